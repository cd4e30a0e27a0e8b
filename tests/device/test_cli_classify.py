import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from inkwatch import cli_classify
from inkwatch.errors import ExitCode
from inkwatch.publish.json_form import schema_text

Draw = Callable[..., Path]
Capture = pytest.CaptureFixture[str]


def test_a_row_for_each_picture(cli: Any, draw: Draw, capsys: Capture) -> None:
    first, second = draw("a.png"), draw("b.png")
    assert cli("classify", first, second) == ExitCode.OK
    ranks = "x 50%\ty 25%\tz 16%"
    assert capsys.readouterr().out == f"{first}\t{ranks}\n{second}\t{ranks}\n"
    assert cli.reader.asked == ["2 of xyz"]


def test_alphabet_and_top_reach_the_reader(cli: Any, draw: Draw, capsys: Capture) -> None:
    path = draw("a.png")
    assert cli("classify", "--alphabet", "0123", "--top", "2", path) == ExitCode.OK
    assert capsys.readouterr().out == f"{path}\t0 50%\t1 25%\n"


def test_json_fits_the_schema(cli: Any, draw: Draw, capsys: Capture) -> None:
    path = draw("a.png")
    assert cli("classify", "--format", "json", "--top", "1", path, path) == ExitCode.OK
    forms = [json.loads(row) for row in capsys.readouterr().out.splitlines()]
    assert (
        forms[0]
        == forms[1]
        == {
            "schema": "inkwatch-classified/1",
            "source": str(path),
            "model": "fake",
            "candidates": [{"character": "x", "probability": 0.5}],
        }
    )
    jsonschema.validate(forms[0], json.loads(schema_text()))


def test_an_empty_picture_is_an_error_and_no_character(
    cli: Any, draw: Draw, capsys: Capture
) -> None:
    blank, inked = draw("blank.png", blank=True), draw("a.png")
    assert cli("classify", blank, "none.png", inked) == ExitCode.INPUT
    captured = capsys.readouterr()
    assert captured.out.startswith(f"{inked}\tx")
    assert captured.out.count("\n") == 1
    assert f"{blank}: no ink can be told from the paper. Give dark ink" in captured.err
    assert "none.png: there is no such file" in captured.err


def test_many_pictures_go_in_batches_and_stay_in_order(
    cli: Any, draw: Draw, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_classify, "_BATCH", 2)
    for number in (1, 2, 3, 4, 10):
        draw(f"{number}.png")
    assert cli("classify", tmp_path) == ExitCode.OK
    names = [Path(row.split("\t")[0]).name for row in capsys.readouterr().out.splitlines()]
    assert names == ["1.png", "2.png", "3.png", "4.png", "10.png"]
    assert cli.reader.asked == ["2 of xyz", "2 of xyz", "1 of xyz"]
    assert len(cli.models) == 1


def test_large_pictures_do_not_pile_up(
    cli: Any, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cli_classify, "_BATCH_PIXELS", 1000)
    cli("classify", draw("a.png"), draw("b.png"))
    assert cli.reader.asked == ["1 of xyz", "1 of xyz"]
