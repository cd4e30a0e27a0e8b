from pathlib import Path

import pytest

from inkwatch_train.data.part import Part

URL = "http://example.org/a.zip"


def test_the_note_comes_back(tmp_path: Path) -> None:
    part = Part(tmp_path / "a.zip")
    assert part.size == 0
    assert part.read_note(URL) == ("", None)
    part.restart(URL, '"mark"', 10)
    part.path.write_bytes(b"1234")
    assert part.size == 4
    assert Part(tmp_path / "a.zip").read_note(URL) == ('"mark"', 10)


def test_a_part_of_another_address_is_of_no_use(tmp_path: Path) -> None:
    part = Part(tmp_path / "a.zip")
    part.restart(URL, '"mark"', 10)
    assert part.read_note(URL + "x") == ("", None)


@pytest.mark.parametrize("note", ["", "[1]", "{", '{"url": 3}', "null"])
def test_a_damaged_note_is_of_no_use(tmp_path: Path, note: str) -> None:
    part = Part(tmp_path / "a.zip")
    part.note.write_text(note)
    assert part.read_note(URL) == ("", None)


def test_restart_empties_the_part(tmp_path: Path) -> None:
    part = Part(tmp_path / "a.zip")
    part.path.write_bytes(b"old")
    part.restart(URL)
    assert part.size == 0
    assert part.read_note(URL) == ("", None)
