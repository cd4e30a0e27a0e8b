"""`inkwatch-train evaluate` of a bundle for lines."""

import json
from pathlib import Path

import pytest

from inkwatch.errors import ExitCode
from inkwatch_train.cli import main
from inkwatch_train.lines import sets
from inkwatch_train.lines.source import LabelledLine


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = sets.drawn_lines

    def three(count: int) -> list[LabelledLine]:
        del count
        return drawn(3)

    monkeypatch.setattr(sets, "drawn_lines", three)


@pytest.mark.usefixtures("few")
def test_it_prints_a_table_and_writes_what_a_card_takes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evaluate", "lines", "drawn", "--report", str(tmp_path)]) == ExitCode.OK
    head, rule, *rows = capsys.readouterr().out.splitlines()
    assert [row.split(" | ")[2] for row in rows] == ["3", "3"]
    assert {row.count("|") for row in (head, rule, *rows)} == {8}
    told = json.loads((tmp_path / "evaluation.json").read_text())
    assert told["bundle"] == "lines"
    assert told["figures"]["drawn/val"]["words"]["n"] == 3


def test_other_data_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "lines", "mnist"]) == ExitCode.USAGE
    assert "no source of lines" in capsys.readouterr().err
