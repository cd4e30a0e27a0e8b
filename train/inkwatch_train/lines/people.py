"""Hands put together of single characters that people wrote, as strokes of a pen.

Fonts have few ways to write a letter; people have many. A hand takes one picture of each letter
and digit, at random, and its marks from a font.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch_train.data.packs import PackSource
from inkwatch_train.data.strokes import SUFFIX, StrokeSource, records, strokes_of
from inkwatch_train.lines.glyph_strokes import (
    Glyph,
    Path2,
    Strokes,
    evenly,
    kept_glyphs,
    trace_ink,
)

Grey = npt.NDArray[np.uint8]

PACKS = ("paper62", "omniglot_latin", "az_capitals", "mnist")
"""Open packs whose labels tell capitals from small letters."""

TABLETS = ("chars74k_strokes", "crohme_strokes")
"""Characters that were written on tablets, for research only."""

HANDS = 600
_MOST_OF_A_KIND = 120
_VERSION = 1
_HEIGHT_PX = 72
_STROKE_SHARE = 0.45
_BESIDE = 0.22
_LEAST_HEIGHT = 0.3
_FLAT = "-.,=_~'"
"""Marks whose height says nothing of their size."""

_LEAST_PATHS, _MOST_PATHS = 1, 6
_SEED = 17


def people_licence(root: Path, *, tablets: bool = False) -> str:
    """The licences of the pictures, or of the tablets' strokes, in words."""
    sources = [
        StrokeSource(path) if tablets else PackSource(path)
        for path in _paths(root, tablets=tablets)
    ]
    return "; ".join(f"{source.name}: {source.licence}" for source in sources)


def hands_of_people(
    root: Path, fonts: Sequence[Strokes], *, tablets: bool = False
) -> list[Strokes]:
    """Put hands together. Tracing the pictures takes half a minute, once; then it is kept.

    Args:
        root: the data folder, which holds `open/` and `research/`.
        fonts: give the marks, and how tall each character is.
        tablets: take the strokes of tablets in place of the open packs' pictures.

    Raises:
        DataError: a pack is missing or damaged.
    """
    shapes = _shapes(_paths(root, tablets=tablets), tablets=tablets)
    sizes = {kind: _extent(kind, fonts) for kind in shapes}
    rng = np.random.default_rng(_SEED)
    hands = []
    for number in range(HANDS):
        marks = fonts[int(rng.integers(len(fonts)))]
        glyphs = dict(marks.glyphs)
        for kind, choice in shapes.items():
            if (size := sizes[kind]) is not None:
                glyphs[kind] = _stood(choice[int(rng.integers(len(choice)))], size)
        hands.append(Strokes(f"people-{number}", joined=False, glyphs=glyphs))
    return hands


def _paths(root: Path, *, tablets: bool) -> list[Path]:
    if tablets:
        return [root / "research" / f"{name}{SUFFIX}" for name in TABLETS]
    return [root / "open" / f"{name}.npz" for name in PACKS]


def _shapes(paths: Sequence[Path], *, tablets: bool) -> Mapping[str, Sequence[Glyph]]:
    """All characters as strokes of height 1 on the row 0, by character."""
    sizes = [path.stat().st_size if path.is_file() else 0 for path in paths]

    def trace() -> Iterator[tuple[str, Glyph]]:
        found = _written(paths) if tablets else _pictured(paths)
        return ((label, glyph) for label, glyph in found if glyph is not None)

    shapes: dict[str, list[Glyph]] = {}
    for label, glyph in kept_glyphs("people", f"{sizes} {_VERSION}", trace):
        shapes.setdefault(label, []).append(glyph)
    return shapes


def _pictured(paths: Sequence[Path]) -> Iterator[tuple[str, Glyph | None]]:
    for path in paths:
        few = Counter[str]()
        for sample in PackSource(path).samples():
            if sample.split == "train" and few[sample.label] < _MOST_OF_A_KIND:
                few[sample.label] += 1
                yield sample.label, trace_picture(sample.image)


def _written(paths: Sequence[Path]) -> Iterator[tuple[str, Glyph | None]]:
    for path in paths:
        few = Counter[str]()
        for count, item in records(path):
            label = str(item.get("label"))
            if (
                item.get("split") == "train"
                and len(label) == 1
                and label not in _FLAT
                and few[label] < _MOST_OF_A_KIND
            ):
                few[label] += 1
                strokes = strokes_of(f"{path}, line {count}", item)
                yield label, _of_height_1([np.asarray(each, np.float32) for each in strokes])


def trace_picture(picture: Grey) -> Glyph | None:
    """Trace a character's strokes.

    Args:
        picture: `(H, W)` uint8, dark ink on lighter paper.

    Returns:
        Strokes of height 1 above row 0; None where the picture shows no clear strokes.
    """
    height, width = picture.shape
    if min(height, width) < 5:
        return None
    scale = _HEIGHT_PX / height
    large = cv2.resize(picture, (max(1, round(width * scale)), _HEIGHT_PX))
    soft = cv2.GaussianBlur(large, (0, 0), 1.5)
    _, ink = cv2.threshold(soft, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    if not 0.01 < float(ink.mean()) < _STROKE_SHARE:
        return None
    paths = trace_ink(_without_dust(np.asarray(ink, np.uint8)) > 0, _HEIGHT_PX / 2)
    if not _LEAST_PATHS <= len(paths) <= _MOST_PATHS:
        return None
    return _of_height_1(paths)


def _of_height_1(paths: Sequence[Path2]) -> Glyph | None:
    """Strokes in any unit as a glyph; None where they are too low to be a letter or a digit."""
    points = np.concatenate(paths)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    tall = float(bottom - top)
    if tall <= 0 or tall < _LEAST_HEIGHT * float(right - left):
        return None
    corner = np.array([left, bottom], np.float32)
    moved = tuple(evenly((path - corner) / np.float32(tall)) for path in paths)
    return Glyph(moved, float(right - left) / tall)


def _without_dust(ink: Grey) -> Grey:
    """Leave out specks, and what only reaches in from the side."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink)
    if count <= 2:
        return ink
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    return np.asarray(ink * (areas[labels] >= 0.04 * areas.max()), np.uint8)


def _extent(kind: str, fonts: Sequence[Strokes]) -> tuple[float, float] | None:
    """How far a character reaches in most fonts: its top and bottom row in x-heights."""
    rows = [np.concatenate(font.glyphs[kind].paths)[:, 1] for font in fonts if kind in font.glyphs]
    if not rows:
        return None
    return float(np.median([r.min() for r in rows])), float(np.median([r.max() for r in rows]))


def _stood(shape: Glyph, size: tuple[float, float]) -> Glyph:
    """A shape of height 1 as tall as its kind is, where its kind stands."""
    top, bottom = size
    unit = np.float32(bottom - top)
    offset = np.array([_BESIDE / 2, bottom], np.float32)
    return Glyph(
        tuple(path * unit + offset for path in shape.paths), shape.advance * float(unit) + _BESIDE
    )
