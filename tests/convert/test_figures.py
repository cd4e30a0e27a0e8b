import json
import shutil
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inkwatch.errors import DataError
from inkwatch.recognise.bundle import load_bundle, read_card
from inkwatch_convert.cli import main
from inkwatch_convert.figures import add_figures, flat_figures

TINY = Path(__file__).parents[1] / "data" / "tiny_bundle"
MEASURED = {"paper/val": {"digits": {"n": 102, "right": 0.980392156}}}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the tiny bundle."""
    return Path(shutil.copytree(TINY, tmp_path / "tiny"))


def evaluation(to: Path, **changes: Any) -> Path:
    file = to / "evaluation.json"
    told = {
        "bundle": "tiny",
        "model_sha256": read_card(TINY).model_sha256,
        "figures": MEASURED,
    }
    file.write_text(json.dumps(told | changes))
    return file


def test_measured_figures_take_the_place_of_older_ones(folder: Path, tmp_path: Path) -> None:
    before = read_card(folder)
    assert any(name.startswith("drawn") for name in before.figures)
    add_figures(folder, [evaluation(tmp_path)])
    after = load_bundle(folder).card
    assert after.figures["paper/val digits"] == {"n": 102, "right": 0.98039}
    assert not any(name.startswith("drawn") for name in after.figures)
    assert after.figures["val/calibration"] == before.figures["val/calibration"]
    assert msgspec.structs.replace(after, figures={}) == msgspec.structs.replace(before, figures={})


def test_several_evaluations_add_up(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "more").mkdir()
    more = evaluation(tmp_path / "more", figures={"mnist/test": {"digits": {"n": 3}}})
    card = add_figures(folder, [evaluation(tmp_path), more])
    assert {"paper/val digits", "mnist/test digits"} <= set(card.figures)


def test_an_evaluation_of_another_model_is_refused(folder: Path, tmp_path: Path) -> None:
    before = (folder / "card.json").read_bytes()
    with pytest.raises(DataError, match="another model"):
        add_figures(folder, [evaluation(tmp_path, model_sha256="0" * 64)])
    assert (folder / "card.json").read_bytes() == before


@pytest.mark.parametrize("content", ["", "{}", '{"bundle": 3}', "not JSON"])
def test_a_file_that_is_no_evaluation_is_refused(
    folder: Path, tmp_path: Path, content: str
) -> None:
    file = tmp_path / "other.json"
    file.write_text(content)
    with pytest.raises(DataError, match="no evaluation of a bundle"):
        add_figures(folder, [file])


def test_a_missing_file_is_told(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read"):
        add_figures(folder, [tmp_path / "nothing.json"])


def test_each_question_of_a_data_set_gets_a_row() -> None:
    flat = flat_figures({"a": {"x": {"n": 1}, "y": {"n": 2}}, "b": {}})
    assert flat == {"a x": {"n": 1}, "a y": {"n": 2}}


def test_the_command_prints_what_the_card_now_says(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["figures", f"{folder}/", str(evaluation(tmp_path))]) == 0
    assert "paper/val digits\tn=102\tright=0.98039" in capsys.readouterr().out


def test_the_command_tells_what_is_wrong(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["figures", f"{folder}/", str(tmp_path / "nothing.json")]) == 7
    assert "cannot be read" in capsys.readouterr().err
