"""Real lines of writing as a source: cut as the device cuts them, bent and worn anew each time."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.errors import DataError, InkwatchError
from inkwatch.recognise.line_image import BASELINE_ROW, X_HEIGHT, line_image
from inkwatch.vision.cut import cut_page
from inkwatch.vision.line_ink import line_ink
from inkwatch_train.lines.bend import Bending, bend_line
from inkwatch_train.lines.font_line import DRAWN_X_HEIGHT, DrawnLine
from inkwatch_train.lines.source import LabelledLine, fits
from inkwatch_train.lines.wear import see_line

Grey = npt.NDArray[np.uint8]
Rng = np.random.Generator

_BENDING = Bending(
    widen=0.0,
    stretch=0.14,
    pace=0.08,
    reach=0.1,
    lean_deg=6.0,
    wander=0.04,
    grow=0.04,
    tremble=0.03,
    letters=0.04,
    dots=0.0,
)
"""Real hands differ enough: only so much more that none is seen twice."""

_MARGIN_PX = 60
_TRIES = 20


class RealLines:
    """Lines that people wrote."""

    def __init__(self, name: str, licence: str, lines: Sequence[LabelledLine]) -> None:
        """Take lines.

        Raises:
            DataError: there are none.
        """
        if not lines:
            raise DataError(f"There are no lines in {name}'s training part.")
        self.name = name
        self.licence = licence
        self.images = len(lines)
        self._lines = lines

    def draw(self, rng: Rng) -> LabelledLine:
        """Take a line and bend it a little. See `LineSource.draw`."""
        line = self._lines[int(rng.integers(len(self._lines)))]
        for _ in range(_TRIES):
            ink, row = _enlarged(line.pixels)
            bent = bend_line(DrawnLine(ink, row), _BENDING, rng)
            seen = see_line(bent, row, rng)
            if fits(seen.pixels, line.text):
                return LabelledLine(seen.pixels, line.text)
        return line


def cut_line(picture: Grey, text: str) -> LabelledLine | None:
    """Cut a picture of one line as the device does.

    Args:
        picture: `(H, W)` uint8, dark ink on white.
        text: what stands there.

    Returns:
        The line in the models' form; None where the device finds no line, or several.
    """
    framed = cv2.copyMakeBorder(
        picture, *(_MARGIN_PX,) * 4, borderType=cv2.BORDER_CONSTANT, value=255
    )
    try:
        lines = cut_page(np.asarray(framed, np.uint8)).lines
    except InkwatchError:
        return None
    if len(lines) != 1:
        return None
    ink = line_ink(lines[0])
    pixels = line_image(ink.ink, ink.baseline, lines[0].x_height_px).pixels
    return LabelledLine(pixels, text) if fits(pixels, text) else None


def write_lines(path: Path, lines: Iterable[LabelledLine]) -> None:
    """Keep lines that took long to cut, in one file."""
    kept = list(lines)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f"part-{path.name}")
    np.savez_compressed(
        part,
        pixels=np.concatenate([line.pixels for line in kept], axis=1),
        widths=np.array([line.pixels.shape[1] for line in kept]),
        texts=np.array([line.text for line in kept]),
    )
    part.replace(path)


def read_lines_file(path: Path) -> list[LabelledLine]:
    """Read what `write_lines` wrote."""
    with np.load(path, allow_pickle=False) as pack:
        ends = np.cumsum(pack["widths"])
        parts = np.split(pack["pixels"], ends[:-1], axis=1)
        return [LabelledLine(*pair) for pair in zip(parts, pack["texts"].tolist(), strict=True)]


def _enlarged(pixels: Grey) -> tuple[Grey, int]:
    """A line at the size in which lines are drawn, and the row of its baseline."""
    scale = DRAWN_X_HEIGHT / X_HEIGHT
    large = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    return np.asarray(large, np.uint8), round((BASELINE_ROW + 0.5) * scale)
