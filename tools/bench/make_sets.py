"""Makes the sets `letters` and `codes` with the page maker, unless they are there already."""

import hashlib
import os
import sys
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

import inkwatch.language.shapes
import inkwatch_train.pages
from inkwatch_train.data.catalog import VARIABLE, data_root, list_sources, open_source
from inkwatch_train.data.sample import Split
from inkwatch_train.fonts.fetch import installed_fonts
from inkwatch_train.pages.camera import Camera, photograph, to_jpeg, to_png
from inkwatch_train.pages.hands import RealHand, real_hands
from inkwatch_train.pages.sets import SetName, SetPage, Writers, set_pages
from tools.bench.page_set import (
    Image,
    PageFacts,
    PageSet,
    Shelf,
    beside_data,
    load_set,
    new_folder,
    rows_of,
    seen_through,
    store_set,
)

_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# Each group's turn comes once in three; what training never saw of it.
_OPEN: tuple[str, ...] = ("paper62", "mnist", "nist_sd19")
_RESEARCH: tuple[str, ...] = ("chars74k_strokes",)
_UNSEEN: tuple[Split, ...] = ("val", "test")

_NOT_ASKED = {"contact_sheet.py", "cut_crops.py", "cut_source.py", "make.py", "samples.py"}
"""Parts of the page maker that these sets do not go through."""

_WIDTH_PX = 2304

_Seen = tuple[bytes, tuple[tuple[float, ...], ...]]


def made_set(name: SetName, cache: Path, count: int | None = None) -> Shelf:
    """Give a set; made now where it is not there as it would be made.

    Args:
        name: the set.
        cache: where the sets lie.
        count: only the first so many pages; they have a folder of their own.

    Raises:
        DataError: the fonts are not fetched.
        OutputError: the cache cannot be written.
    """
    folder = cache / (name if count is None else f"{name}-{count}")
    return kept_set(folder, lambda: set_pages(name, _writers(), count))


def kept_set(folder: Path, make: Callable[[], Iterable[SetPage]]) -> Shelf:
    """Give the set in a folder; where it is not there as it would be made now, make it.

    Args:
        folder: where it lies.
        make: makes its pages.
    """
    version = _version()
    known = load_set(folder)
    if known is not None and known.version == version:
        return Shelf(folder, folder, known.pages)
    print(f"making the pages of {folder} ...", file=sys.stderr, flush=True)
    see, camera = _camera()
    with new_folder(folder) as making:
        facts = tuple(_stored(page, making, see) for page in make())
        store_set(making, PageSet(version, camera, facts))
    return Shelf(folder, folder, facts)


def _stored(page: SetPage, folder: Path, see: Callable[[Image, int], _Seen]) -> PageFacts:
    (folder / f"{page.name}.png").write_bytes(to_png(page.scan))
    data, to_camera = see(page.scan, zlib.crc32(f"0/{page.name}".encode()))
    (folder / f"{page.name}.jpg").write_bytes(data)
    boxes = (each.box for each in page.truth.characters)
    return PageFacts(
        name=page.name,
        text=page.truth.text,
        writing=page.writing,
        hand=page.hand,
        paper=page.paper,
        pattern=page.pattern,
        boxes=tuple((box.left, box.top, box.width, box.height) for box in boxes),
        to_camera=to_camera,
    )


def _camera() -> tuple[Callable[[Image, int], _Seen], str]:
    """What takes the pictures, and its name: the simulator beside the data, or our own camera."""
    simulator = beside_data("camera_sim")
    if simulator is None:
        return _own_camera, "the page maker's camera"
    return lambda scan, seed: seen_through(simulator, scan, seed), "camera_sim"


def _own_camera(scan: Image, seed: int) -> _Seen:
    rng = np.random.default_rng(seed)
    tilt_x, tilt_y = rng.uniform(-2.0, 2.0, 2)
    # It shows no more than the sheet: another shape than the sheet's would cut lines off.
    height_px = round(_WIDTH_PX * scan.shape[0] / scan.shape[1])
    camera = Camera(_WIDTH_PX, height_px, tilt_x, tilt_y, rng.uniform(-0.5, 0.5))
    paper = np.array((0.84, 0.88, 0.90), np.float32)
    sheet = np.asarray(scan[..., None].astype(np.float32) / 255.0 * paper, np.float32)
    picture, matrix = photograph(sheet, camera, rng)
    return to_jpeg(picture, 85), rows_of(matrix)


def _writers() -> Writers:
    fonts = [face for face in installed_fonts() if face.held_out]
    groups = [hands for names in (_OPEN, _OPEN, _RESEARCH) if (hands := _hands(names))]
    return Writers(fonts, groups)


def _hands(names: tuple[str, ...]) -> list[RealHand]:
    """The real hands of the sets that are here; none where there are none."""
    sources = [open_source(name) for name in names if name in _sources_here()]
    return real_hands(sources, _UNSEEN, _CHARACTERS) if sources else []


def _sources_here() -> list[str]:
    if not os.environ.get(VARIABLE):
        return []
    known = {source.name for source in list_sources(data_root(), may_be_empty=True)}
    return [name for name in (*_OPEN, *_RESEARCH) if name in known]


def _version() -> str:
    """A hash of all that the pages follow from: code, simulator, and which data is there."""
    digest = hashlib.sha256()
    folder = Path(inkwatch_train.pages.__file__).parent
    simulator = beside_data("camera_sim")
    files = [
        *(path for path in sorted(folder.glob("*.py")) if path.name not in _NOT_ASKED),
        Path(str(inkwatch.language.shapes.__file__)),
        Path(__file__),
    ]
    if simulator is not None:
        files.append(Path(str(simulator.__file__)))
    for path in files:
        digest.update(path.read_bytes())
    digest.update(str(_sources_here()).encode())
    return digest.hexdigest()[:16]
