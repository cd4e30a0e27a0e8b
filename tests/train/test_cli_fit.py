import csv
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="needs pip install 'inkwatch[train]'")

from inkwatch.errors import ExitCode
from inkwatch_train.cli import main

pytestmark = pytest.mark.train

SMALL_SHEET = 'name = "sheet"\nalphabet = "abc"\ndata = [{source = "hershey"}]\n'


@pytest.fixture
def recipe(tiny: Any, tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(tiny.text)
    return path


def start(*words: str | Path, code: str | None = None) -> subprocess.Popen[str]:
    command = ["-c", code] if code else ["-m", "inkwatch_train.cli"]
    return subprocess.Popen(
        [sys.executable, *command, *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def epochs(run: Path) -> list[int]:
    path = run / "history.csv"
    if not path.exists():
        return []
    with path.open(newline="") as file:
        return [int(row["epoch"]) for row in csv.DictReader(file)]


def wait_for_epoch(number: int, run: Path, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        # The next file is of the epoch after: what must not be lost stands when it is logged.
        if len(epochs(run)) >= number and (run / "resume" / "latest.weights.h5").exists():
            return
        assert process.poll() is None, process.communicate()[1]
        time.sleep(0.01)
    raise AssertionError("the training does not get on")


def test_killed_and_stopped_it_goes_on(tmp_path: Path, recipe: Path) -> None:
    longer = recipe.read_text().replace("batches_per_epoch = 6", "batches_per_epoch = 20")
    recipe.write_text(longer.replace("epochs = 4", "epochs = 8"))
    run = tmp_path / "run"
    process = start("fit", recipe, "--run", run)
    wait_for_epoch(1, run, process)
    process.kill()
    out, err = process.communicate()
    assert process.returncode == -signal.SIGKILL
    assert out == ""
    done_before = epochs(run)
    assert 1 <= len(done_before) < 7
    assert not (run / "done").exists()

    process = start("fit", recipe, "--run", run)
    wait_for_epoch(len(done_before) + 1, run, process)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED
    assert re.search(r"^[1-6] of 8 epochs are done; going on", err, re.MULTILINE)
    assert "stopped. The same command goes on" in err
    assert re.search(r"^hershey +84 training glyphs$", err, re.MULTILINE)
    assert "Traceback" not in err
    assert out == ""

    assert main(["fit", str(recipe), "--run", str(run)]) == ExitCode.OK
    assert epochs(run) == list(range(8))
    assert (run / "report.md").exists()


def test_figures_go_to_stdout_and_all_else_to_stderr(
    tmp_path: Path, tiny_run: Path, recipe: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    # A finished run is not trained again: its report is written anew.
    (tiny_run / "report.md").unlink()
    assert main(["fit", str(recipe), "--run", str(tiny_run)]) == ExitCode.OK
    out, err = capfd.readouterr()
    (line,) = out.splitlines()
    words = line.replace(",", "").split()
    assert words[::2] == ["loss", "accuracy", "val_loss", "val_accuracy"]
    assert all(0 <= float(figure) < 10 for figure in words[1::2])
    assert f"{tiny_run / 'report.md'}" in err
    assert f"inkwatch-convert {tiny_run}" in err
    assert (tiny_run / "report.md").exists()


def test_progress_does_not_go_to_stdout(
    tmp_path: Path, tiny: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "short.toml"
    recipe.write_text(tiny.text.replace("epochs = 4", "epochs = 1"))
    assert main(["fit", str(recipe), "--run", str(tmp_path / "run")]) == ExitCode.OK
    out, err = capfd.readouterr()
    assert len(out.splitlines()) == 1
    assert out.startswith("loss ")
    assert "6/6" in err

    # --fresh begins again, where another recipe would be refused.
    recipe.write_text(tiny.text.replace("epochs = 4", "epochs = 1\nweight_decay = 0.01"))
    marker = tmp_path / "run" / "old.txt"
    marker.touch()
    assert main(["fit", str(recipe), "--run", str(tmp_path / "run")]) == ExitCode.DATA
    assert "another recipe" in capfd.readouterr().err
    assert marker.exists()
    assert main(["fit", str(recipe), "--run", str(tmp_path / "run"), "--fresh"]) == ExitCode.OK
    assert not marker.exists()
    assert epochs(tmp_path / "run") == [0]


def test_fresh_spares_what_is_no_run_and_what_cannot_be_trained_anew(
    tmp_path: Path, recipe: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("dear")
    assert main(["fit", str(recipe), "--run", str(mine), "--fresh"]) == ExitCode.USAGE
    assert (mine / "letter.txt").exists()
    assert "holds no training run" in capfd.readouterr().err

    (mine / "recipe.json").write_text("{}")
    recipe.write_text(recipe.read_text().replace('"hershey"', '"folder:/nowhere"'))
    assert main(["fit", str(recipe), "--run", str(mine), "--fresh"]) == ExitCode.DATA
    assert (mine / "recipe.json").exists()


def test_without_a_name_the_run_lies_under_its_recipes(
    tmp_path: Path, tiny_run: Path, recipe: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "tiny").symlink_to(tiny_run)
    monkeypatch.chdir(tmp_path)
    assert main(["fit", str(recipe)]) == ExitCode.OK


@pytest.mark.parametrize("blocked", ["tensorflow", "keras"])
def test_without_tensorflow_it_says_what_to_install(recipe: Path, blocked: str) -> None:
    code = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Missing())
from inkwatch_train.cli import main
sys.exit(main(sys.argv[1:]))
"""
    process = start("fit", recipe, "--run", recipe.parent / "run", code=code)
    out, err = process.communicate(timeout=120)
    assert process.returncode == ExitCode.MISSING
    assert "tensorflow" in err
    assert "pip install 'inkwatch[train]'" in err
    assert "Traceback" not in err
    assert out == ""
    assert not (recipe.parent / "run").exists()


def test_a_report_that_cannot_be_written_keeps_the_training(
    tiny_run: Path, recipe: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tiny_run / "report.md").unlink()
    (tiny_run / "report.md").mkdir()
    try:
        assert main(["fit", str(recipe), "--run", str(tiny_run)]) == ExitCode.OUTPUT
    finally:
        (tiny_run / "report.md").rmdir()
    assert "The training is done and kept" in capfd.readouterr().err
    assert main(["fit", str(recipe), "--run", str(tiny_run)]) == ExitCode.OK


def test_the_augmentation_sheet_is_drawn(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    recipe = tmp_path / "sheet.toml"
    recipe.write_text(SMALL_SHEET)
    sheet = tmp_path / "new" / "sheet.png"
    words = ["augment", "show", str(recipe), "--glyphs", "3"]
    assert main([*words, "--sheet", str(sheet)]) == ExitCode.OK
    out, err = capfd.readouterr()
    assert out == ""
    assert str(sheet) in err
    drawn = cv2.imread(str(sheet), cv2.IMREAD_GRAYSCALE)
    assert drawn is not None
    assert len(np.unique(drawn)) > 50
    # PNG whatever its name; the same seed draws the same sheet, another one another.
    assert main([*words, "--sheet", str(tmp_path / "sheet.picture")]) == ExitCode.OK
    assert (tmp_path / "sheet.picture").read_bytes() == sheet.read_bytes()
    assert main([*words, "--seed", "7", "--sheet", str(sheet)]) == ExitCode.OK
    assert (tmp_path / "sheet.picture").read_bytes() != sheet.read_bytes()
    assert main([*words, "--sheet", str(tmp_path)]) == ExitCode.OUTPUT
    assert str(tmp_path) in capfd.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        ("fit",),
        ("fit", "a.toml", "--epochs", "3"),
        ("augment",),
        ("augment", "show"),
        ("augment", "show", "a.toml", "--glyphs", "0"),
        ("augment", "show", "a.toml", "--glyphs", "many"),
        ("augment", "show", "a.toml", "--seed", "-1"),
    ],
)
def test_wrong_command_lines(words: tuple[str, ...], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as told:
        main(words)
    assert told.value.code == ExitCode.USAGE
    assert "usage" in capfd.readouterr().err


@pytest.mark.parametrize("command", [["fit"], ["augment", "show"]])
def test_a_bad_recipe_is_told(
    command: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, str(tmp_path / "none.toml")]) == ExitCode.DATA
    assert "none.toml" in capfd.readouterr().err
    (tmp_path / "bad.toml").write_text(SMALL_SHEET + "epocs = 3\n")
    assert main([*command, str(tmp_path / "bad.toml")]) == ExitCode.DATA
    out, err = capfd.readouterr()
    assert "bad.toml" in err
    assert "`epocs`" in err
    assert out == ""
