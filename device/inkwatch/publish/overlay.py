"""The page with what was read drawn onto it: outlines, and the characters above them."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.errors import OutputError
from inkwatch.frames.decode import show_name
from inkwatch.frames.frame import Image
from inkwatch.places import Point
from inkwatch.publish.files import free_name, replace_file
from inkwatch.reading import DEFAULT_THRESHOLD, Glyph, Reading
from inkwatch.unread import Unread

JPEG_QUALITY = 90
_MAX_STEM_BYTES = 180
_FADE = 0.55
"""Share of the page's own contrast that stays, so that what is drawn stands out."""

_PALE = 0.45
_TEXT_SHARE = 0.6
_MIN_TEXT_PX = 9
_MAX_TEXT_PX = 120
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_FONT_PX = 21.0
"""Height of a capital letter of the font at scale 1, in pixels."""


class _Colour(NamedTuple):
    blue: int
    green: int
    red: int


UNREAD_COLOUR = _Colour(200, 60, 120)
# Blue-ish green, orange and red-violet also differ for people who do not tell red from green.
SURE_COLOUR = _Colour(90, 130, 0)
UNSURE_COLOUR = _Colour(0, 120, 230)
GUESS_COLOUR = _Colour(90, 0, 200)
SURE_FROM = DEFAULT_THRESHOLD
UNSURE_FROM = 0.6


def draw_overlay(image: Image, reading: Reading) -> Image:
    """Draw a reading onto a faded copy of its page.

    Lines, words and glyphs have outlines that follow the writing, lines their baseline as well.
    All are green from 90 % confidence, orange from 60 %, and red below, as are the characters
    above them; lines are drawn paler. What was left unread is violet and crossed out, with the
    reason. OpenCV's font has only ASCII: other characters are drawn as `?`.

    Args:
        image: the page, `(H, W)` grey or `(H, W, 3)` BGR uint8; it is not changed.
        reading: what was read on it.

    Returns:
        `(H, W, 3)` BGR uint8.
    """
    page = cv2.cvtColor(image, cv2.COLOR_GRAY2BGR) if image.ndim == 2 else image
    canvas: Image = cv2.convertScaleAbs(page, alpha=_FADE, beta=255 * (1 - _FADE)).astype(
        np.uint8, copy=False
    )
    text_px = _text_height(reading)
    for line in reading.lines:
        pale = _paler(colour_of(line.confidence))
        _outline(canvas, line.polygon, pale, grow_px=4)
        _outline(canvas, line.baseline, pale, closed=False)
    for unread in reading.unread:
        _crossed_out(canvas, unread, text_px)
    for word in reading.words:
        _outline(canvas, word.polygon, colour_of(word.confidence), grow_px=2)
    for word in reading.words:
        for glyph in word.glyphs:
            _outline(canvas, glyph.polygon, colour_of(glyph.confidence))
            _character(canvas, glyph, word.box.top - 4, text_px)
    return canvas


def write_overlay(
    image: Image, reading: Reading, folder: Path, *, used: set[str] | None = None
) -> Path:
    """Draw an overlay and write it as `NAME-overlay.jpg`, NAME from the reading's source.

    A file of that name is replaced, in one step: no half-written picture is ever seen.

    Args:
        image: the page, `(H, W)` grey or `(H, W, 3)` BGR uint8.
        reading: what was read on it.
        folder: where to write; made where it is missing.
        used: names already given out in this run, to which the new one is added; pages of the
            same name then become `NAME-2-overlay.jpg` and so on.

    Returns:
        The path of the overlay.

    Raises:
        OutputError: it cannot be written.
    """
    path = folder / overlay_name(reading.source, set() if used is None else used)
    save_overlay(image, reading, path)
    return path


def save_overlay(image: Image, reading: Reading, path: Path) -> None:
    """Draw an overlay and write it to `path`, whose folder is made where it is missing.

    Raises:
        OutputError: it cannot be written.
    """
    encoded, data = cv2.imencode(
        ".jpg", draw_overlay(image, reading), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    )
    if not encoded:
        raise OutputError(f"{path}: the overlay cannot be made into a JPEG. Try a smaller page.")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, data.tobytes())
    except OSError as error:
        raise OutputError(
            f"{path}: the overlay cannot be written: {error.strerror or error}. "
            "Name a folder that you may write to and that has room."
        ) from error


def check_folder(folder: Path, what: str = "the overlays") -> None:
    """Tell whether files can go to `folder` before there are any; it need not exist yet.

    Raises:
        OutputError: it is a file, or would lie in one.
    """
    for place in (folder, *folder.parents):
        try:
            is_file = place.exists() and not place.is_dir()
        except OSError:
            continue  # writing will tell
        if is_file:
            raise OutputError(f"{show_name(place)} is a file; name a folder for {what}.")


def colour_of(confidence: float) -> tuple[int, int, int]:
    """The BGR colour for a confidence from 0 to 1."""
    if confidence >= SURE_FROM:
        return SURE_COLOUR
    return UNSURE_COLOUR if confidence >= UNSURE_FROM else GUESS_COLOUR


def _text_height(reading: Reading) -> int:
    """Height of the drawn characters in pixels, the same all over the page."""
    if not reading.glyphs:
        return _MIN_TEXT_PX
    # The median, since a comma's own height would make its sign unreadable.
    usual = float(np.median([glyph.box.height for glyph in reading.glyphs]))
    return int(np.clip(usual * _TEXT_SHARE, _MIN_TEXT_PX, _MAX_TEXT_PX))


def _outline(
    canvas: Image,
    points: Sequence[Point],
    colour: tuple[int, int, int],
    *,
    grow_px: int = 0,
    closed: bool = True,
) -> None:
    """Draw a path, or along the outermost pixels inside a polygon, or so many pixels around it."""
    along = _pixels(points, grow_px) if closed else np.floor(points).astype(np.int32)
    cv2.polylines(canvas, [along], closed, colour, 1)


def _pixels(points: Sequence[Point], grow_px: int) -> npt.NDArray[np.int32]:
    """Points between pixels' edges as the pixels on their inner side, `(N, 2)` int32."""
    corners = np.array(points, np.float64)
    outward = np.where(corners >= corners.mean(axis=0), 1, -1)
    inner = np.where(outward > 0, np.ceil(corners) - 1, np.floor(corners))
    return np.asarray(inner + outward * grow_px, np.int32)


def _crossed_out(canvas: Image, unread: Unread, text_px: int) -> None:
    corners = _pixels(unread.polygon, 1)
    cv2.polylines(canvas, [corners], True, UNREAD_COLOUR, 1)
    for start, end in ((0, 2), (1, 3)):
        ends = (corners[start].tolist(), corners[end].tolist())
        cv2.line(canvas, ends[0], ends[1], UNREAD_COLOUR, 1, cv2.LINE_AA)
    scale = max(_MIN_TEXT_PX, text_px / 2) / _FONT_PX
    at = (unread.box.left, unread.box.bottom + round(scale * _FONT_PX) + 3)
    cv2.putText(canvas, str(unread.reason), at, _FONT, scale, UNREAD_COLOUR, 1, cv2.LINE_AA)


def _paler(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    blue, green, red = (round(255 - (255 - part) * _PALE) for part in colour)
    return blue, green, red


def _character(canvas: Image, glyph: Glyph, baseline: int, text_px: int) -> None:
    """Write a glyph's character, centred over its box, its foot at row `baseline`."""
    scale = text_px / _FONT_PX
    thickness = max(1, round(scale * 2))
    (width, height), _ = cv2.getTextSize(glyph.character, _FONT, scale, thickness)
    x = glyph.box.left + (glyph.box.width - width) // 2
    x = min(max(x, 0), max(canvas.shape[1] - width, 0))
    y = max(baseline, height + 1)  # at the top of the page it goes into the box, not off the page
    cv2.putText(canvas, glyph.character, (x, y), _FONT, scale, (255, 255, 255), thickness + 2)
    colour = colour_of(glyph.confidence)
    cv2.putText(canvas, glyph.character, (x, y), _FONT, scale, colour, thickness, cv2.LINE_AA)


def overlay_name(source: str, used: set[str]) -> str:
    """Name the overlay of a picture, and add the name to those that are `used`."""
    return free_name(source, "-overlay.jpg", used)
