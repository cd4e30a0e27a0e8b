"""Hands put together of single characters that people wrote, as strokes of a pen.

Fonts have few ways to write a letter; people have many. A hand takes one picture of each letter
and digit, at random, and its marks from a font.
"""

import hashlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch_train.data.packs import PackSource
from inkwatch_train.data.sample import Sample
from inkwatch_train.fonts.fetch import fonts_dir
from inkwatch_train.lines.glyph_strokes import (
    Glyph,
    Strokes,
    read_glyphs,
    trace_ink,
    write_glyphs,
)

_log = logging.getLogger(__name__)

Grey = npt.NDArray[np.uint8]

PACKS = ("paper62", "omniglot_latin", "az_capitals", "mnist")
"""Open packs whose labels tell capitals from small letters."""

HANDS = 600
_MOST_OF_A_KIND = 120
_VERSION = 1
_HEIGHT_PX = 72
_STROKE_SHARE = 0.45
_BESIDE = 0.22
_LEAST_PATHS, _MOST_PATHS = 1, 6
_SEED = 17


def people_licence(root: Path) -> str:
    """The licences of the pictures, in words."""
    return "; ".join(f"{name}: {PackSource(_pack(root, name)).licence}" for name in PACKS)


def hands_of_people(root: Path, fonts: Sequence[Strokes]) -> list[Strokes]:
    """Put hands together. Tracing the pictures takes half a minute, once; then it is kept.

    Args:
        root: the data folder, which holds `open/`.
        fonts: give the marks, and how tall each character is.

    Raises:
        DataError: a pack is missing or damaged.
    """
    shapes = _shapes(root)
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


def _shapes(root: Path) -> Mapping[str, Sequence[Glyph]]:
    """All pictures as strokes of height 1 on the row 0, by character."""
    paths = [_pack(root, name) for name in PACKS]
    sizes = [path.stat().st_size if path.is_file() else 0 for path in paths]
    key = hashlib.sha256(f"{sizes} {_VERSION}".encode()).hexdigest()[:16]
    kept = fonts_dir().parent / "strokes" / f"people-{key}.npz"
    try:
        pairs = read_glyphs(kept)
    except (OSError, ValueError, KeyError, EOFError, BadZipFile):
        _log.info("tracing the strokes of single characters; this is done once")
        pairs = [
            (sample.label, glyph)
            for sample in _samples(paths)
            if (glyph := trace_picture(sample.image)) is not None
        ]
        write_glyphs(kept, pairs)
    shapes: dict[str, list[Glyph]] = {}
    for label, glyph in pairs:
        shapes.setdefault(label, []).append(glyph)
    return shapes


def _pack(root: Path, name: str) -> Path:
    return root / "open" / f"{name}.npz"


def _samples(paths: Sequence[Path]) -> Iterator[Sample]:
    for path in paths:
        seen: dict[str, int] = {}
        for sample in PackSource(path).samples():
            if sample.split == "train" and seen.get(sample.label, 0) < _MOST_OF_A_KIND:
                seen[sample.label] = seen.get(sample.label, 0) + 1
                yield sample


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
    points = np.concatenate(paths)
    (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
    if bottom - top < 0.5:
        return None
    unit = np.float32(1.0 / (bottom - top))
    moved = tuple((path - np.array([left, bottom], np.float32)) * unit for path in paths)
    return Glyph(moved, float((right - left) * unit))


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
