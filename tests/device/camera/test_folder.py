import os
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkwatch.camera.faults import CameraError, FaultKind
from inkwatch.camera.folder import FolderCamera
from inkwatch.camera.view import View
from inkwatch.frames.decode import read_picture
from inkwatch.frames.frame import Image

LOOK_S = 0.2
HOLD_S = 1.0


class Watched:
    """A folder, a camera on it, and somebody who takes each view; time is made up."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.now_s = 50.0
        self.takes = 0
        self.notes: list[str] = []
        monkeypatch.setattr("time.monotonic", lambda: self.now_s)
        self.camera = FolderCamera(folder, 10**6, HOLD_S, lambda: self.takes, self.notes.append)

    def look(self, for_s: float, *, taking: bool = True) -> list[View]:
        """Look five times a second."""
        views = []
        for _ in range(round(for_s / LOOK_S)):
            self.now_s += LOOK_S
            view = self.camera.capture(0.1)
            if view is not None:
                views.append(view)
                self.takes += taking
        return views

    def shown(self, for_s: float, *, taking: bool = True) -> list[str]:
        """The pictures' names in the order in which they were shown, each once in a row."""
        names = [Path(v.frame.source).name for v in self.look(for_s, taking=taking)]
        return [n for at, n in enumerate(names) if at == 0 or names[at - 1] != n]


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watched:
    (tmp_path / "in").mkdir()
    return Watched(tmp_path / "in", monkeypatch)


def picture(path: Path, level: int = 120, *, old: bool = True) -> bytes:
    kept, data = cv2.imencode(path.suffix, np.full((60, 80), level, np.uint8))
    assert kept
    path.write_bytes(data.tobytes())
    if old:
        age(path)
    return data.tobytes()


def age(path: Path) -> None:
    os.utime(path, (1_600_000_000, 1_600_000_000))


def test_what_is_there_is_shown_in_natural_order_and_the_last_stays(watched: Watched) -> None:
    for name in ("page10.png", "page2.jpg", "page1.png", ".hidden.png"):
        picture(watched.folder / name)
    (watched.folder / "notes.txt").write_text("no picture")
    watched.camera.open()
    assert watched.shown(20) == ["page1.png", "page2.jpg", "page10.png"]
    views = watched.look(1)
    assert [v.number for v in views] == list(range(views[0].number, views[0].number + 5))
    assert watched.notes == []


def test_each_is_shown_for_long_enough_to_count_as_still(watched: Watched) -> None:
    for number in range(3):
        picture(watched.folder / f"{number}.png")
    watched.camera.open()
    names = [Path(v.frame.source).name for v in watched.look(4)]
    assert names.count("0.png") * LOOK_S >= HOLD_S


def test_no_picture_goes_by_while_one_is_read(watched: Watched) -> None:
    for number in range(3):
        picture(watched.folder / f"{number}.png")
    watched.camera.open()
    assert watched.shown(60, taking=False) == ["0.png"]
    assert watched.shown(20) == ["0.png", "1.png", "2.png"]


def test_an_empty_folder_waits_and_what_is_dropped_in_is_shown(watched: Watched) -> None:
    watched.camera.open()
    assert watched.look(5) == []
    picture(watched.folder / "later.png", old=False)
    assert watched.shown(5) == ["later.png"]


def test_a_half_written_file_is_waited_for(watched: Watched) -> None:
    watched.camera.open()
    watched.look(1)
    path = watched.folder / "slow.png"
    whole = picture(path, old=False)
    path.write_bytes(whole[: len(whole) // 2])
    assert watched.look(5) == []
    path.write_bytes(whole)
    assert watched.shown(5) == ["slow.png"]
    assert watched.notes == []


def test_a_file_that_grows_is_not_opened_before_it_rests(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []

    def read(path: Path) -> Image:
        opened.append(path)
        return read_picture(path)

    monkeypatch.setattr("inkwatch.camera.folder.read_picture", read)
    watched.camera.open()
    path = watched.folder / "grows.png"
    whole = picture(path, old=False)
    for share in range(1, 10):
        path.write_bytes(whole[: len(whole) * share // 10])
        watched.look(0.6)
    assert opened == []
    path.write_bytes(whole)
    assert watched.shown(5) == ["grows.png"]


def test_a_bad_file_is_told_once_and_passed_over_until_it_changes(watched: Watched) -> None:
    bad = watched.folder / "a.png"
    bad.write_bytes(b"no picture at all")
    age(bad)
    picture(watched.folder / "b.png")
    watched.camera.open()
    assert watched.shown(30) == ["b.png"]
    assert len(watched.notes) == 1
    assert "not a picture" in watched.notes[0]
    assert "passed over" in watched.notes[0]
    picture(bad, 50, old=False)
    assert watched.shown(20) == ["b.png", "a.png"]
    assert len(watched.notes) == 1


@pytest.mark.parametrize("data", [b"a note with a wrong name", b"%PDF-1.7\n" + bytes(40)])
def test_a_new_file_that_cannot_become_a_picture_is_told_when_it_rests(
    data: bytes, watched: Watched
) -> None:
    watched.camera.open()
    watched.look(1)
    (watched.folder / "a.png").write_bytes(data)
    watched.look(3)
    assert len(watched.notes) == 1
    assert "not a picture" in watched.notes[0]
    watched.look(20)
    assert len(watched.notes) == 1


@pytest.mark.parametrize(("name", "first"), [("slow.webp", 6), ("slow.bmp", 17), ("room.png", 0)])
def test_a_beginning_of_a_new_file_that_tells_nothing_is_no_verdict(
    name: str, first: int, watched: Watched
) -> None:
    watched.camera.open()
    watched.look(1)
    path = watched.folder / name
    whole = picture(path, old=False)
    path.write_bytes(whole[:first] or bytes(len(whole)))
    watched.look(5)
    path.write_bytes(whole)
    assert watched.shown(5) == [name]
    assert watched.notes == []


def test_a_new_file_that_stays_cut_short_is_told_in_the_end(watched: Watched) -> None:
    watched.camera.open()
    watched.look(1)
    path = watched.folder / "cut.png"
    path.write_bytes(picture(path, old=False)[:40])
    watched.look(8)
    assert watched.notes == []
    watched.look(6)
    assert len(watched.notes) == 1
    assert "cut short" in watched.notes[0]


def test_a_file_written_over_in_its_place_is_shown_again(watched: Watched) -> None:
    path = watched.folder / "same.png"
    picture(path, 40)
    watched.camera.open()
    before = watched.look(5)[-1]
    picture(path, 200, old=False)
    after = watched.look(10)[-1]
    assert int(before.frame.image[0, 0]) == 40
    assert int(after.frame.image[0, 0]) == 200


def test_a_file_from_the_future_is_shown_too(watched: Watched) -> None:
    path = watched.folder / "future.png"
    picture(path)
    os.utime(path, (4_000_000_000, 4_000_000_000))
    watched.camera.open()
    assert watched.shown(5) == ["future.png"]


def test_files_that_are_gone_are_not_remembered(watched: Watched) -> None:
    watched.camera.open()
    for number in range(5):
        path = watched.folder / f"{number}.png"
        picture(path, old=False)
        assert watched.shown(6)[-1] == path.name
        path.unlink()
    watched.look(6)
    assert watched.camera._files == {}


def test_a_folder_that_is_gone_is_a_fault(watched: Watched) -> None:
    watched.camera.open()
    watched.folder.rmdir()
    with pytest.raises(CameraError, match="cannot be read") as told:
        watched.look(2)
    assert told.value.kind is FaultKind.NO_CAMERA


def test_a_colour_picture_stays_in_colour(watched: Watched) -> None:
    path = watched.folder / "c.png"
    assert cv2.imwrite(str(path), np.full((60, 80, 3), (10, 20, 200), np.uint8))
    age(path)
    watched.camera.open()
    view = watched.look(2)[-1]
    assert view.frame.image.shape == (60, 80, 3)
    assert view.small.shape == (60, 80)
