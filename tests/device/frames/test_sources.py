import io
import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkwatch.errors import InputError
from inkwatch.frames.frame import Frame
from inkwatch.frames.sources import find_sources, open_paths


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number in (1, 2, 10):
        cv2.imwrite(str(tmp_path / f"p{number}.png"), np.full((number, 7), 200, np.uint8))
    (tmp_path / "p3.png").write_bytes(b"broken")
    return tmp_path


def outline(paths: list[str], **options: object) -> list[str]:
    """Names of what was opened, `!` before those that could not be."""
    stdin = options.get("stdin")
    assert stdin is None or isinstance(stdin, io.BytesIO)
    return [
        Path(name).name if isinstance(frame, Frame) else "!" + Path(name).name
        for name, frame in open_paths(paths, stdin=stdin)
    ]


def test_one_bad_file_does_not_stop_the_rest(folder: Path) -> None:
    assert outline([str(folder)]) == ["p1.png", "p2.png", "!p3.png", "p10.png"]


def test_every_kind_of_path_in_one_call(folder: Path) -> None:
    clip = folder / "clip.avi"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"MJPG"), 2, (32, 32))
    for _ in range(4):
        writer.write(np.zeros((32, 32, 3), np.uint8))
    writer.release()
    stdin = io.BytesIO((folder / "p1.png").read_bytes())
    paths = [str(clip), f"{folder}/p1*.png", "-", str(folder / "none.png"), f"{folder}/*.gif"]
    assert outline(paths, stdin=stdin) == [
        *("clip.avi#0", "clip.avi#2", "p1.png", "p10.png", "-", "!none.png", "!*.gif"),
    ]


def test_a_file_whose_name_looks_like_a_pattern_is_itself(folder: Path) -> None:
    (folder / "p[1].png").write_bytes((folder / "p2.png").read_bytes())
    ((_, frame),) = open_paths([str(folder / "p[1].png")])
    assert isinstance(frame, Frame)
    assert frame.image.shape == (2, 7)


def test_finding_decodes_nothing_and_tells_what_may_be_many(folder: Path) -> None:
    found = find_sources([str(folder), "none.png"])
    assert [named.many for named in found] == [False] * 5
    assert not isinstance(found[2].source, InputError)  # p3 is found out when it is decoded


@pytest.mark.parametrize("path", ["", "a\0b", "x" * 5000, os.fsdecode(b"caf\xe9.png"), "[*"])
def test_odd_paths_are_errors_and_nothing_worse(path: str) -> None:
    ((name, frame),) = open_paths([path])
    assert isinstance(frame, InputError)
    name.encode("utf-8")


def test_an_empty_path_is_not_the_current_folder(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    ((_, error),) = open_paths([""])
    assert isinstance(error, InputError)
    assert "a path is empty" in str(error)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    ((_, error),) = open_paths([str(tmp_path)])
    assert isinstance(error, InputError)
    assert "holds no pictures" in str(error)
