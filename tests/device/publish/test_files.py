from pathlib import Path

import pytest

from inkwatch.publish.files import free_name, replace_file


def test_names_are_given_once() -> None:
    used: set[str] = set()
    names = [free_name(source, ".json", used) for source in ("a/x.png", "b/x.jpg", "c.mp4#7", "-")]
    assert names == ["x.json", "x-2.json", "c-7.json", "page.json"]
    assert used == set(names)


def test_names_that_are_taken_are_passed_over() -> None:
    assert free_name("x.png", ".json", set(), {"x.json", "x-2.json"}) == "x-3.json"


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"old")
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [path]


def test_what_cannot_be_written_leaves_what_was_there(tmp_path: Path) -> None:
    (tmp_path / "a.txt").mkdir()
    with pytest.raises(OSError, match="directory"):
        replace_file(tmp_path / "a.txt", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
