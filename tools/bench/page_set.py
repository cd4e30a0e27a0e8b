"""The pages that reading is measured on, as flat scans and through a camera, kept in a cache.

A set lies in a folder of its own: its pictures, and `pages.json` with the truth. It is made anew
when what makes it changes.
"""

import importlib.util
import os
import shutil
import types
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from inkwatch.errors import OutputError
from inkwatch.reading import Box
from inkwatch_train.fonts.fetch import fonts_dir
from inkwatch_train.pages.truth import map_box

Image = npt.NDArray[np.uint8]
View = Literal["flat", "camera"]

_BesideData = Literal["camera_sim", "metrics"]


class PageFacts(msgspec.Struct, frozen=True):
    """What is known of a page.

    `text` is the truth, lines parted by newlines. `boxes` are `[left, top, width, height]` of
    each character in pixels of the flat scan, and `to_camera` the homography, row by row, that
    takes them to the camera's picture; both empty where they are not known.
    """

    name: str
    text: str
    writing: str
    hand: str
    paper: str
    pattern: str = ""
    boxes: tuple[tuple[int, int, int, int], ...] = ()
    to_camera: tuple[tuple[float, ...], ...] = ()


class PageSet(msgspec.Struct, frozen=True):
    """The pages of one folder; `version` tells what made them."""

    version: str
    camera: str
    pages: tuple[PageFacts, ...]


def bench_cache() -> Path:
    """Where the pages are kept: `$INKWATCH_BENCH_CACHE`, else `bench` beside the fonts."""
    named = os.environ.get("INKWATCH_BENCH_CACHE")
    return Path(named) if named else fonts_dir().parent / "bench"


@dataclass(frozen=True)
class Shelf:
    """Where the pictures of a set's `pages` lie: `<name>.png` flat, `<name>.jpg` by the camera."""

    flat: Path
    camera: Path
    pages: tuple[PageFacts, ...]

    def picture(self, page: PageFacts, view: View) -> Path:
        """The file with a page's picture."""
        if view == "flat":
            return self.flat / f"{page.name}.png"
        return self.camera / f"{page.name}.jpg"


def true_boxes(page: PageFacts, view: View) -> list[Box]:
    """The boxes of a page's characters in the pixels of a picture of it."""
    boxes = [Box(*box) for box in page.boxes]
    if view == "flat":
        return boxes
    homography = np.array(page.to_camera, np.float64)
    return [map_box(box, homography) for box in boxes]


def load_set(folder: Path) -> PageSet | None:
    """Read what lies in a set's folder; None where it is missing or not whole."""
    try:
        pages = msgspec.json.decode((folder / "pages.json").read_bytes(), type=PageSet)
    except (OSError, msgspec.DecodeError):
        return None
    return pages


@contextmanager
def new_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder to make a set in; it takes the place of `folder` when that is done.

    Raises:
        OutputError: it cannot be written.
    """
    making = folder.with_name(f"{folder.name}.part-{os.getpid()}")
    shutil.rmtree(making, ignore_errors=True)
    try:
        making.mkdir(parents=True)
        yield making
        shutil.rmtree(folder, ignore_errors=True)
        making.rename(folder)
    except OSError as error:
        raise OutputError(
            f"{making} cannot be written: {error}. Make room, or name another folder with "
            "INKWATCH_BENCH_CACHE."
        ) from error
    finally:
        shutil.rmtree(making, ignore_errors=True)


def store_set(folder: Path, pages: PageSet) -> None:
    """Write what is known of a set's pages into its folder."""
    text = msgspec.json.format(msgspec.json.encode(pages), indent=1)
    (folder / "pages.json").write_bytes(text + b"\n")


def beside_data(name: _BesideData) -> types.ModuleType | None:
    """Load `../bench/<name>.py` beside the data folder that INKWATCH_DATA names, where it is."""
    root = os.environ.get("INKWATCH_DATA")
    path = Path(root).resolve().parent / "bench" / f"{name}.py" if root else None
    if path is None or not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location(f"beside_data_{name}", path)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def seen_through(
    simulator: types.ModuleType, scan: Image, seed: int
) -> tuple[bytes, tuple[tuple[float, ...], ...]]:
    """Take a flat scan through the camera simulator.

    Args:
        simulator: the module; its `simulate` gives the picture and the sheet's four corners.
        scan: `(H, W)` uint8.
        seed: the same seed gives the same picture.

    Returns:
        The JPEG's bytes, and the homography from the scan's pixels to the picture's.
    """
    data, facts = simulator.simulate(scan, seed)
    height, width = scan.shape[:2]
    # As the simulator does it: the scan is enlarged, and gets a margin on all sides.
    fitted = 0.9 * min(simulator.SIZE[0] / width, simulator.SIZE[1] / height)
    wide, high = (round(side * max(1.0, fitted)) for side in (width, height))
    margin = round(0.04 * max(wide, high))
    outer = np.array([(0, 0), (1, 0), (1, 1), (0, 1)], np.float32)
    outer *= (wide + 2 * margin, high + 2 * margin)
    corners = np.array(facts["sheet_corners"], np.float32)
    matrix = cv2.getPerspectiveTransform(outer, corners)
    onto_sheet = np.array([[wide / width, 0, margin], [0, high / height, margin], [0, 0, 1]])
    return data, rows_of(matrix @ onto_sheet)


def rows_of(matrix: npt.NDArray[np.float64]) -> tuple[tuple[float, ...], ...]:
    """A matrix as plain numbers."""
    return tuple(tuple(float(value) for value in row) for row in matrix)
