import types
from pathlib import Path

import cv2
import numpy as np
import pytest
from tools.bench.page_set import (
    PageFacts,
    PageSet,
    Shelf,
    beside_data,
    load_set,
    new_folder,
    seen_through,
    store_set,
    true_boxes,
)

from inkwatch.errors import OutputError
from inkwatch.reading import Box

FACTS = PageFacts("a", "some\ntext", "font", "plain", "ruled", boxes=((10, 20, 30, 40),))


def simulator(corners: list[tuple[float, float]], scale_to: tuple[int, int]) -> types.ModuleType:
    """A camera that sees the sheet's corners where it is told to."""
    module = types.ModuleType("simulator")
    module.SIZE = scale_to  # type: ignore[attr-defined]
    module.simulate = lambda scan, seed: (b"jpeg", {"sheet_corners": corners})  # type: ignore[attr-defined]
    return module


def test_boxes_follow_the_sheet_into_the_picture() -> None:
    # 100x50 enlarged to 180x90, a margin of 7 around it: 194x104, seen at half size, moved by 10.
    corners = [(10.0, 10.0), (107.0, 10.0), (107.0, 62.0), (10.0, 62.0)]
    scan = np.zeros((50, 100), np.uint8)
    data, matrix = seen_through(simulator(corners, (200, 100)), scan, 1)
    assert data == b"jpeg"
    page = PageFacts("a", "x", "font", "f", "plain", boxes=((0, 0, 100, 50),), to_camera=matrix)
    assert true_boxes(page, "flat") == [Box(0, 0, 100, 50)]
    (box,) = true_boxes(page, "camera")
    assert (box.left, box.top, box.right, box.bottom) == pytest.approx((13, 13, 104, 59), abs=1)


@pytest.mark.data
def test_ink_is_where_the_real_simulator_shows_it() -> None:
    real = beside_data("camera_sim")
    if real is None:
        pytest.skip("no camera_sim.py stands beside the data")
    scan = np.full((1000, 1500), 255, np.uint8)
    box = Box(1200, 100, 60, 60)
    scan[box.top : box.bottom, box.left : box.right] = 0
    data, matrix = seen_through(real, scan, 3)
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    facts = PageFacts(
        "a", "x", "font", "f", "plain", boxes=((1200, 100, 60, 60),), to_camera=matrix
    )
    (seen,) = true_boxes(facts, "camera")
    inside = picture[seen.top + 5 : seen.bottom - 5, seen.left + 5 : seen.right - 5]
    around = picture[seen.top - 30 : seen.top - 10, seen.left : seen.right]
    assert inside.mean() < 0.6 * around.mean()


def test_a_set_comes_back_from_its_folder(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    with new_folder(folder) as making:
        store_set(making, PageSet("v1", "camera", (FACTS,)))
    assert load_set(folder) == PageSet("v1", "camera", (FACTS,))
    assert list(tmp_path.iterdir()) == [folder]


def test_what_was_not_finished_is_not_taken_for_a_set(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    with pytest.raises(KeyboardInterrupt), new_folder(folder):
        raise KeyboardInterrupt
    assert load_set(folder) is None
    folder.mkdir()
    (folder / "pages.json").write_text("{")
    assert load_set(folder) is None
    assert list(tmp_path.iterdir()) == [folder]


def test_a_cache_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="INKWATCH_BENCH_CACHE"), new_folder(tmp_path / "file/x"):
        pass


def test_a_finished_set_replaces_the_old_one(tmp_path: Path) -> None:
    folder = tmp_path / "letters"
    folder.mkdir()
    (folder / "old.png").touch()
    with new_folder(folder) as making:
        assert (folder / "old.png").exists()
        store_set(making, PageSet("v2", "camera", ()))
    assert [path.name for path in folder.iterdir()] == ["pages.json"]


def test_pictures_are_found_by_view() -> None:
    shelf = Shelf(Path("scans"), Path("cache"), (FACTS,))
    assert shelf.picture(FACTS, "flat") == Path("scans/a.png")
    assert shelf.picture(FACTS, "camera") == Path("cache/a.jpg")


def test_without_data_there_is_nothing_beside_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("INKWATCH_DATA", raising=False)
    assert beside_data("metrics") is None
    monkeypatch.setenv("INKWATCH_DATA", str(tmp_path / "data"))
    assert beside_data("metrics") is None
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "metrics.py").write_text("answer = 42\n")
    module = beside_data("metrics")
    assert module is not None
    assert module.answer == 42
