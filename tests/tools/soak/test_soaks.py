"""The long tests' own doing: time, table, exit code."""

import importlib
import time
from pathlib import Path

import pytest
from tools.bench.table import Row
from tools.soak.report import all_of, finish, holds, none_of, within
from tools.soak.soaks import SOAKS, Soak, share_s

from tools.soak import __main__ as soak_main

FOLDER = Path(soak_main.__file__).parent


def test_each_is_a_program_and_each_program_is_in_the_list() -> None:
    programs = {
        path.stem
        for path in FOLDER.glob("*.py")
        if "def main() -> int" in path.read_text("utf-8") and path.stem != "publisher"
    }
    assert programs == {soak.name for soak in SOAKS}
    for soak in SOAKS:
        assert callable(importlib.import_module(f"tools.soak.{soak.name}").main)


def test_the_time_is_divided_and_what_is_left_over_goes_on() -> None:
    soaks = [Soak("a", 10), Soak("b", 30), Soak("c", 60)]
    assert share_s(200, soaks) == 20
    assert share_s(195, soaks[1:]) == pytest.approx(65)
    assert share_s(190, soaks[2:]) == 190


def test_a_missed_target_is_an_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    good = [none_of("a", 0), all_of("b", 3, 3), within("c", 1.5, 1.5), Row("d", "x")]
    assert finish(good) == 0
    for bad in (none_of("a", 1), all_of("b", 2, 3), within("c", 1.6, 1.5), holds("e", kept=False)):
        assert finish([*good, bad]) == 1
        assert "**no**" in capsys.readouterr().out


def program(folder: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> str:
    """Put a soak of the test's own where `-m tools.soak.NAME` finds it."""
    package = folder / "tools" / "soak"
    package.mkdir(parents=True)
    for name in ("report.py",):
        (package / name).write_text((FOLDER / name).read_text("utf-8"))
    bench = folder / "tools" / "bench"
    bench.mkdir()
    table = FOLDER.parent / "bench" / "table.py"
    (bench / "table.py").write_text(table.read_text("utf-8"))
    (package / "made_up.py").write_text(text)
    monkeypatch.chdir(folder)
    return "made_up"


REPORTS = """
import sys
from tools.soak.report import all_of, finish, options
args = options("", 1.0).parse_args()
sys.exit(finish([all_of("x", 1, {wanted})], args.json))
"""


def test_figures_come_back_from_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = program(tmp_path, monkeypatch, REPORTS.format(wanted=1))
    assert soak_main.run_one(name, 60, ()) == [all_of("x", 1, 1)]


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("raise SystemExit(3)", "failed with 3"),
        (REPORTS.format(wanted=1) + "\n", "1"),
        (
            REPORTS.replace("sys.exit(finish", "sys.exit(7 + finish").format(wanted=1),
            "failed with 7",
        ),
    ],
)
def test_one_that_fails_is_missed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, figure: str
) -> None:
    row = soak_main.run_one(program(tmp_path, monkeypatch, text), 60, ())[-1]
    assert row.figure == figure
    assert row.met is (figure == "1")


def test_one_that_does_not_end_is_ended_with_all_its_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(soak_main, "_ENDING_S", 1.0)
    text = (
        "import subprocess, time, pathlib\n"
        "child = subprocess.Popen(['sleep', '600'])\n"
        "pathlib.Path('pid').write_text(str(child.pid))\ntime.sleep(600)\n"
    )
    (row,) = soak_main.run_one(program(tmp_path, monkeypatch, text), 2, ())
    assert (row.figure, row.met) == ("not over after 2 s", False)
    stat = Path("/proc", (tmp_path / "pid").read_text(), "stat")
    deadline_s = time.monotonic() + 10
    while stat.exists() and " Z " not in stat.read_text() and time.monotonic() < deadline_s:
        time.sleep(0.05)
    assert not stat.exists() or " Z " in stat.read_text()


def test_an_unknown_soak_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        soak_main.main(["--only", "latency,nosuch"])
    assert "there is no soak 'nosuch'" in capsys.readouterr().err
