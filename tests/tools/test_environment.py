"""The programs of tools/ with a Python that lacks their packages."""

import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def tool(*words: str) -> subprocess.CompletedProcess[str]:
    """Run Python without the packages that are installed."""
    return subprocess.run(
        [sys.executable, "-S", "-m", *words],
        cwd=PROJECT,
        env={},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_a_missing_package_is_one_line_that_says_what_brings_it() -> None:
    for name in ("tools.soak.service", "tools.bench"):
        done = tool(name, "--help")
        (line,) = done.stderr.splitlines()
        assert done.returncode == 1
        assert "`make venv-dev`" in line
        assert ".venv-dev/bin/python" in line


def test_a_tool_that_does_not_exist_is_told_as_ever() -> None:
    done = tool("tools.nothing")
    assert "No module named tools.nothing" in done.stderr
    assert "make venv-dev" not in done.stderr
