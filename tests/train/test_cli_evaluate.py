"""The evaluate command as a user runs it, with the bundle that ships."""

import json
from pathlib import Path

import pytest

from inkwatch.errors import ExitCode
from inkwatch_train.cli import main
from inkwatch_train.fonts.hershey import HersheySource


@pytest.fixture
def letters(tmp_path: Path) -> Path:
    """A folder a class, in the way of the Kaggle layouts, drawn with stroke fonts."""
    import cv2

    folder = tmp_path / "letters"
    for number, sample in enumerate(HersheySource("AEHKM").samples()):
        place = folder / "val" / sample.label
        place.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(place / f"{number}.png"), sample.image)
    return folder


def test_table_and_report(
    letters: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["evaluate", "chars", f"folder:{letters}", "--report", str(out)]) == ExitCode.OK
    printed = capsys.readouterr().out
    assert "36: case ignored" in printed
    assert (out / "evaluation.md").read_text(encoding="utf-8").count("|") >= printed.count("|")
    (figures,) = json.loads((out / "evaluation.json").read_bytes())["figures"].values()
    assert figures["any_case"]["n"] == 75
    assert figures["any_case"]["right"] > 0.8
    assert len(list(out.glob("*.png"))) == 3


def test_a_split_without_samples_is_told(letters: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["evaluate", "chars", f"folder:{letters}", "--split", "test"])
    assert code == ExitCode.DATA
    assert "no character" in capsys.readouterr().err


def test_a_threshold_out_of_range_is_told(letters: Path) -> None:
    args = ["evaluate", "chars", f"folder:{letters}", "--threshold", "2"]
    assert main(args) == ExitCode.USAGE
