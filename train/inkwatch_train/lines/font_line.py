"""A line of text written with a font, word by word, at the size that the bending step expects."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from inkwatch.errors import DataError
from inkwatch_train.fonts.fetch import FontFace

Grey = npt.NDArray[np.uint8]
Rng = np.random.Generator

DRAWN_X_HEIGHT = 18
"""Height of the letters' bodies in what is drawn here, in pixels."""

_NOMINAL_PX = 100
ABOVE, BELOW, MARGIN = 3.4, 2.3, 1.2
"""Room over and under the baseline, and at both ends, in x-heights."""

_MOST_WIDTH = 6000


@dataclass(frozen=True, slots=True, eq=False)
class DrawnLine:
    """Ink of one line: `ink` is `(H, W)` uint8, bright on 0; its baseline lies in row `baseline`.

    Letters' bodies are `DRAWN_X_HEIGHT` pixels tall.
    """

    ink: Grey
    baseline: int


def can_write(face: FontFace, text: str) -> bool:
    """Whether a font has every character of a text."""
    return characters_of(face.path).issuperset(text.replace(" ", ""))


def write_line(text: str, face: FontFace, rng: Rng) -> DrawnLine:
    """Write a line as somebody with this font for a hand might.

    Words are drawn whole, so that joined letters join; families whose letters stand apart are
    drawn letter by letter at times, each a little off its place. Gaps between words vary, and so
    does what the pen's width is.

    Args:
        text: what is written; the font must have its characters.
        face: the font.
        rng: gives what differs from line to line.

    Raises:
        DataError: the font cannot be opened, or draws nothing.
    """
    size = size_of(face.path, DRAWN_X_HEIGHT)
    apart = face.kind == "print" and rng.random() < 0.5
    font = _font(face.path, size, not apart)
    unit = DRAWN_X_HEIGHT
    stroke = int(rng.choice([0, 0, 0, 1, 1])) if not _is_bold(face.path) else 0
    gap = unit * float(np.exp(rng.normal(np.log(0.95), 0.4)))
    spread = unit * float(rng.normal(0.06, 0.08)) if face.kind == "print" else 0.0
    pieces = _placed(text, font, gap=gap, spread=spread, apart=apart, rng=rng)
    width = min(_MOST_WIDTH, int(pieces[-1].x + pieces[-1].advance + 2 * MARGIN * unit))
    baseline = round(ABOVE * unit)
    canvas = Image.new("L", (width, round((ABOVE + BELOW) * unit)), 0)
    draw = ImageDraw.Draw(canvas)
    for piece in pieces:
        place = (MARGIN * unit + piece.x, baseline + piece.down)
        draw.text(place, piece.text, fill=255, font=font, anchor="ls", stroke_width=stroke)
    ink = np.asarray(canvas, np.uint8)
    if not ink.any():
        raise DataError(f"The font {face.name} draws nothing for '{text}'.")
    return DrawnLine(ink, baseline)


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    x: float
    down: float
    advance: float


def _placed(
    text: str,
    font: ImageFont.FreeTypeFont,
    *,
    gap: float,
    spread: float,
    apart: bool,
    rng: Rng,
) -> list[_Piece]:
    pieces: list[_Piece] = []
    x = 0.0
    for word in text.split(" "):
        for part in word if apart else (word,):
            advance = font.getlength(part)
            hop = DRAWN_X_HEIGHT * float(rng.normal(0.0, 0.04 if apart else 0.05))
            pieces.append(_Piece(part, x, hop, advance))
            x += advance + (spread * float(rng.normal(1.0, 0.6)) if apart else 0.0)
        x += gap * float(np.clip(rng.normal(1.0, 0.3), 0.45, 2.5))
    return pieces


def usable_faces(faces: Sequence[FontFace]) -> list[FontFace]:
    """Leave out the families that are held out for samples and figures."""
    return [face for face in faces if not face.held_out]


@lru_cache(maxsize=2048)
def _font(path: Path, size_px: int, shaped: bool) -> ImageFont.FreeTypeFont:
    # Raqm joins letters as the font's own rules say, where Pillow has it.
    layout = ImageFont.Layout.RAQM if shaped else ImageFont.Layout.BASIC
    try:
        return ImageFont.truetype(str(path), size_px, layout_engine=layout)
    except OSError as error:
        raise DataError(
            f"{path} is no font that can be opened: {error}. Fetch the fonts again: "
            "inkwatch-train fonts fetch"
        ) from error


@lru_cache(maxsize=2048)
def size_of(path: Path, x_height_px: int) -> int:
    """The size in pixels at which a font's letters' bodies are so tall."""
    _, top, _, bottom = _font(path, _NOMINAL_PX, False).getbbox("x", anchor="ls")
    return max(8, round(_NOMINAL_PX * x_height_px / max(1.0, bottom - top)))


@lru_cache(maxsize=2048)
def _is_bold(path: Path) -> bool:
    """Whether strokes are so thick already that thicker ones would run together."""
    font = _font(path, size_of(path, DRAWN_X_HEIGHT), False)
    canvas = Image.new("L", (6 * DRAWN_X_HEIGHT, 4 * DRAWN_X_HEIGHT), 0)
    ImageDraw.Draw(canvas).text((0, 3 * DRAWN_X_HEIGHT), "nou", fill=255, font=font, anchor="ls")
    ink = np.asarray(canvas, np.uint8) >= 128
    edges = int((ink & ~np.roll(ink, 1, axis=1)).sum())
    return bool(ink.sum() > 0.16 * DRAWN_X_HEIGHT * max(1, edges))


@lru_cache(maxsize=2048)
def characters_of(path: Path) -> frozenset[str]:
    """The characters that a font file has glyphs for."""
    from fontTools.ttLib import TTFont

    with TTFont(path, lazy=True) as font:
        return frozenset(chr(code) for code in font.getBestCmap())
