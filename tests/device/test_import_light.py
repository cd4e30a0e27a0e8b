"""What importing may cost, and what the device must never load."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

HEAVY = ("cv2", "numpy", "msgspec", "ai_edge_litert", "tflite_runtime")
HOST_ONLY = ("tensorflow", "keras", "sklearn", "matplotlib", "PIL", "fontTools", "tqdm")

BUNDLE = Path(__file__).parents[1] / "data/tiny_bundle"

LOADED = "import json, sys; print(json.dumps(sorted({n.partition('.')[0] for n in sys.modules})))"

WALK = """
import importlib, pkgutil, inkwatch
seen = []
for module in pkgutil.walk_packages(inkwatch.__path__, "inkwatch."):
    importlib.import_module(module.name)
    seen.append(module.name)
assert {"inkwatch.cli", "inkwatch.frames.decode", "inkwatch.publish.overlay"} <= set(seen), seen
"""

RUN = """
import contextlib, io
from inkwatch.cli import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main([{words}])
"""


def loaded_after(code: str) -> set[str]:
    """The top-level modules that a fresh interpreter holds after running `code`."""
    ended = subprocess.run(
        [sys.executable, "-c", f"{code}\n{LOADED}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    modules: Any = json.loads(ended.stdout.splitlines()[-1])
    return set(modules)


@pytest.mark.parametrize(
    "code",
    [
        "import inkwatch; inkwatch.Reading, inkwatch.ExitCode",
        "import inkwatch.cli",
        RUN.format(words="'--version'"),
        RUN.format(words="'--help'"),
        RUN.format(words="'config', 'check', '--help'"),
    ],
    ids=["import inkwatch", "import inkwatch.cli", "--version", "--help", "config check --help"],
)
def test_a_small_start_stays_small(code: str) -> None:
    assert loaded_after(code).isdisjoint(HEAVY)


def test_settings_are_read_without_what_reads_pages() -> None:
    loaded = loaded_after("from inkwatch.config.load import load; load(None, {})")
    assert "msgspec" in loaded
    assert loaded.isdisjoint({"cv2", "numpy", "paho", "difflib"})


def test_nothing_on_the_device_loads_the_hosts_packages() -> None:
    loaded = loaded_after(WALK)
    assert "cv2" in loaded  # the walk reached the modules that do the work
    assert loaded.isdisjoint(HOST_ONLY)


def test_one_picture_is_read_without_the_tools_for_many(tmp_path: Path) -> None:
    page = tmp_path / "page.png"
    assert cv2.imwrite(str(page), np.full((60, 80), 220, np.uint8))
    words = f"'read', {str(page)!r}, '--model', {str(BUNDLE)!r}"
    loaded = loaded_after(RUN.format(words=words))
    assert "cv2" in loaded
    assert "multiprocessing" not in loaded
