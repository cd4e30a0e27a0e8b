import json
from pathlib import Path

import pytest
from tools.bench.table import Row, at_least, at_most, markdown, write_json

from inkwatch.errors import OutputError


def test_targets_are_judged() -> None:
    assert at_most("CER", 0.04, 0.04).met is True
    assert at_most("CER", 0.041, 0.04).met is False
    assert at_least("F1", 0.97, 0.97).met is True
    assert at_least("F1", 0.96, 0.97).met is False
    assert at_most("CER", 0.5).met is None


def test_the_table_tells_what_is_missed() -> None:
    table = markdown([at_most("CER", 0.125, 0.04), Row("size", "3 KiB")])
    assert "| CER | 12.5 % | at most 4 % | **no** |" in table
    assert "| size | 3 KiB |  |  |" in table
    assert {line.count("|") for line in table.splitlines()} == {5}


def test_json_has_the_bare_numbers(tmp_path: Path) -> None:
    path = tmp_path / "bench.json"
    write_json([at_most("CER", 0.125, 0.04)], "a machine", path)
    told = json.loads(path.read_text())
    assert told["machine"] == "a machine"
    assert told["rows"][0]["value"] == 0.125
    assert told["rows"][0]["met"] is False
    with pytest.raises(OutputError):
        write_json([], "", tmp_path / "no" / "folder.json")
