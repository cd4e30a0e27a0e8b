"""The page with what was read drawn onto it: boxes, and the characters above them."""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from inkwatch.errors import OutputError
from inkwatch.frames.decode import show_name
from inkwatch.frames.frame import Image
from inkwatch.reading import DEFAULT_THRESHOLD, Box, Glyph, Reading

JPEG_QUALITY = 90
_MAX_STEM_BYTES = 180
_FADE = 0.55
"""Share of the page's own contrast that stays, so that what is drawn stands out."""

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


WORD_COLOUR = _Colour(200, 120, 0)
# Blue-ish green, orange and red-violet also differ for people who do not tell red from green.
SURE_COLOUR = _Colour(90, 130, 0)
UNSURE_COLOUR = _Colour(0, 120, 230)
GUESS_COLOUR = _Colour(90, 0, 200)
SURE_FROM = DEFAULT_THRESHOLD
UNSURE_FROM = 0.6


def draw_overlay(image: Image, reading: Reading) -> Image:
    """Draw a reading onto a faded copy of its page.

    Words have blue boxes. Glyph boxes and the characters above them are green from 90 %
    confidence, orange from 60 %, and red below. OpenCV's font has only ASCII: other characters
    are drawn as `?`.

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
    for word in reading.words:
        _rectangle(canvas, _grown(word.box, 2), WORD_COLOUR)
    text_px = _text_height(reading)
    for word in reading.words:
        for glyph in word.glyphs:
            _rectangle(canvas, glyph.box, colour_of(glyph.confidence))
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
    path = folder / _free_name(reading.source, set() if used is None else used)
    encoded, data = cv2.imencode(
        ".jpg", draw_overlay(image, reading), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    )
    if not encoded:
        raise OutputError(f"{path}: the overlay cannot be made into a JPEG. Try a smaller page.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _replace(path, data.tobytes())
    except OSError as error:
        raise OutputError(
            f"{path}: the overlay cannot be written: {error.strerror or error}. "
            "Name a folder that you may write to and that has room."
        ) from error
    return path


def check_folder(folder: Path) -> None:
    """Tell whether overlays can go to `folder` before there are any; it need not exist yet.

    Raises:
        OutputError: it is a file, or would lie in one.
    """
    for place in (folder, *folder.parents):
        try:
            is_file = place.exists() and not place.is_dir()
        except OSError:
            continue  # writing will tell
        if is_file:
            raise OutputError(f"{show_name(place)} is a file; name a folder for the overlays.")


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


def _rectangle(canvas: Image, box: Box, colour: tuple[int, int, int]) -> None:
    cv2.rectangle(canvas, (box.left, box.top), (box.right - 1, box.bottom - 1), colour, 1)


def _grown(box: Box, by_px: int) -> Box:
    return Box(box.left - by_px, box.top - by_px, box.width + 2 * by_px, box.height + 2 * by_px)


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


def _free_name(source: str, used: set[str]) -> str:
    # A video's frame keeps its number: clip.mp4#12 becomes clip-12.
    file, mark, frame = source.rpartition("#")
    if not (mark and frame.isdecimal()):
        file, frame = source, ""
    stem = Path(file.replace("\0", "")).stem
    stem = "page" if stem in ("", "-") else stem
    stem = stem.encode("utf-8", "backslashreplace")[:_MAX_STEM_BYTES].decode("utf-8", "ignore")
    stem = f"{stem}-{frame}" if frame else stem
    name = f"{stem}-overlay.jpg"
    number = 1
    while name in used:
        number += 1
        name = f"{stem}-{number}-overlay.jpg"
    used.add(name)
    return name


def _replace(path: Path, data: bytes) -> None:
    handle, temporary = tempfile.mkstemp(prefix=".inkwatch-", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            # mkstemp lets only the owner read; an overlay is as open as any other file.
            os.fchmod(handle, 0o666 & ~_umask())
            stream.write(data)
        Path(temporary).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(temporary).unlink()
        raise


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
