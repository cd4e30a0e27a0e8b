"""Pen strokes (`*.jsonl.gz`), drawn as pictures: one character a line, as one JSON object.

`strokes` is a list of strokes, each a list of `[x, y]` points with y downwards; `label` is the
character, `writer` who wrote it, `split` the part it belongs to.
"""

import gzip
import json
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.errors import DataError
from inkwatch_train.data.sample import Grey, Sample, Split, Terms
from inkwatch_train.data.splits import split_of

SUFFIX = ".jsonl.gz"

_LICENCES = {
    "chars74k_strokes": "research use, cite de Campos et al. 2009 (Chars74K)",
    "crohme_strokes": "CC BY-NC-SA (CROHME)",
}
# How long a mark is beside a capital's height. Files hold each symbol at a size of its own, and
# a full stop blown up to a capital's size would show the pen's trembling, not a dot.
_LENGTHS = {".": 0.03, ",": 0.25, "'": 0.25, "-": 0.5}
# Drawn this much larger and shrunk: OpenCV's own smooth lines come out 1 to 2 pixels too wide.
_FINE = 4
_SUBPIXEL_BITS = 4
_MAX_COORDINATE = 1e7
_NO_EXTENT = 1e-6


@dataclass(frozen=True, slots=True)
class StrokeSource:
    """The characters of one stroke file, drawn black on white.

    `size_px` and `thickness` are as in `draw_strokes`.
    """

    path: Path
    terms: Terms = "research"
    size_px: int = 80
    thickness: float = 0.08

    @property
    def name(self) -> str:
        """The file's name without its suffixes."""
        return self.path.name.removesuffix(SUFFIX)

    @property
    def licence(self) -> str:
        """The licence that the file's makers state."""
        return _LICENCES.get(self.name, "not stated")

    def samples(self) -> Iterator[Sample]:
        """Yield every character, drawn. See `Source.samples`."""
        for count, item in records(self.path):
            where = f"{self.path}, line {count}"
            label = _label(where, item)
            writer = str(item.get("writer", ""))
            image = draw_strokes(
                strokes_of(where, item),
                size_px=self.size_px,
                thickness=self.thickness,
                length=_LENGTHS.get(label, 1.0),
            )
            yield Sample(image, label, writer, _split(where, item, image, writer))


def draw_strokes(
    strokes: Sequence[npt.NDArray[np.float64]],
    *,
    size_px: int = 80,
    thickness: float = 0.08,
    length: float = 1.0,
) -> Grey:
    """Draw one character with a round pen.

    Args:
        strokes: each `(n, 2)` float64, n at least 1, x and y with y downwards, in any unit.
        size_px: the character's longer side with its margins, for a length of 1, in pixels.
        thickness: the pen's width as a part of the character's longer side, for a length of 1.
        length: the character's longer side beside that of a capital; smaller for a comma.

    Returns:
        `(H, W)` uint8, black on white with smooth edges. The longer side is `size_px` for a
        length of 1, and the shorter one no longer.
    """
    points = np.concatenate(strokes)
    low = points.min(axis=0)
    extent = points.max(axis=0) - low
    room = (size_px - 2 * max(2, size_px // 20)) * _FINE
    pen = max(_FINE, round(thickness * room / (1 + thickness)))
    margin = (size_px * _FINE - room + pen) // 2
    # A character of one point has no extent: any scale draws the same dot.
    scale = length * (room - pen) / max(float(extent.max()), _NO_EXTENT)
    width, height = (math.ceil((side * scale + 2 * margin) / _FINE - 1e-6) for side in extent)
    fine = np.full((height * _FINE, width * _FINE), 255, np.uint8)
    # OpenCV's pixel centres are whole numbers.
    offset = margin - 0.5
    for stroke in strokes:
        path = np.rint(((stroke - low) * scale + offset) * (1 << _SUBPIXEL_BITS)).astype(np.int32)
        if len(path) == 1:
            path = np.repeat(path, 2, axis=0)
        cv2.polylines(fine, [path], False, 0, pen, cv2.LINE_8, _SUBPIXEL_BITS)
    return np.asarray(cv2.resize(fine, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def holds_characters(path: Path) -> bool:
    """Tell whether a stroke file holds characters (True) or whole lines of text (False).

    Raises:
        DataError: the file is missing, damaged, or holds no JSON lines.
    """
    for _, item in records(path):
        return "label" in item
    return False


def records(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Give the objects of a stroke file, each with the number of its line.

    Raises:
        DataError: the file is missing, damaged, or holds no JSON lines.
    """
    if not path.is_file():
        raise DataError(
            f"{path} is not there. Name the folder that holds the data with --data or "
            "the environment variable INKWATCH_DATA."
        )
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for count, line in enumerate(file, start=1):
                item = json.loads(line)
                if not isinstance(item, dict):
                    raise DataError(f"{path}, line {count}: not a JSON object. Get the file again.")
                yield count, item
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is damaged or cut short: {error}. Get it again.") from error
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path} does not hold JSON lines: {error}. Get it again.") from error


def _label(where: str, item: dict[str, Any]) -> str:
    label = item.get("label")
    if label is None and "text" in item:
        raise DataError(
            f"{where}: this file holds lines of text, not characters. "
            "Name a file whose lines have a 'label', such as chars74k_strokes."
        )
    if not isinstance(label, str) or len(label) != 1:
        raise DataError(f"{where}: 'label' must be one character, got {label!r}.")
    return label


def strokes_of(where: str, item: dict[str, Any]) -> list[npt.NDArray[np.float64]]:
    """Give an object's strokes, `(n, 2)` float64 each; `where` names it in errors.

    Raises:
        DataError: they are no lists of points, or there are none.
    """
    try:
        strokes = [np.array(stroke, np.float64) for stroke in item["strokes"]]
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{where}: 'strokes' must be lists of [x, y] points.") from error
    for stroke in strokes:
        # The comparison is false for NaN too.
        if stroke.ndim != 2 or stroke.shape[1] != 2 or not (abs(stroke) < _MAX_COORDINATE).all():
            raise DataError(f"{where}: each stroke must be [x, y] points of plain numbers.")
    if not strokes:
        raise DataError(f"{where}: there are no strokes to draw.")
    return strokes


def _split(where: str, item: dict[str, Any], image: Grey, writer: str) -> Split:
    split = item.get("split")
    if split is None:
        return split_of(image, writer)
    if split not in get_args(Split):
        raise DataError(f"{where}: split {split!r} is none of train, val, test.")
    return split  # type: ignore[no-any-return]
