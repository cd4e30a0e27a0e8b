"""A page through every stage of its reading, in one picture: the strip."""

from pathlib import Path

import cv2
import numpy as np

from inkwatch.errors import OutputError
from inkwatch.frames.frame import Image
from inkwatch.publish.canvas import FONT, FONT_PX
from inkwatch.publish.files import free_name, replace_file
from inkwatch.publish.strip_lattice import doubtful_words, lattice_panel, word_box
from inkwatch.publish.strip_panels import (
    INK,
    Panel,
    close_up,
    cuts_panel,
    ink_panel,
    light_panel,
    lines_panel,
    sheet_panel,
    text_panel,
    view_panel,
)
from inkwatch.trace import Trace

STRIP_PX = 1600
"""How wide a strip is."""

STAGE_PX = 2400
"""How wide a single stage's picture is at the most."""

STAGES = ("view", "sheet", "light", "ink", "lines", "cuts", "lattice", "text")
"""The stages in their order; a page without writing lacks lines, cuts and lattice."""

ENDING = "-strip.png"
_STAGES = "-stages"
_GAP_PX = 16
_TITLE_PX = 15.0
_LEGEND_PX = 10.0
_HEAD_PX = 50
_COMPRESSION = 4
_PAPER = 245


def draw_strip(image: Image, trace: Trace) -> Image:
    """Draw all stages into one picture, 1600 pixels wide.

    Cuts are shown where there is most doubt, near enough to be looked at.

    Args:
        image: the picture, `(H, W)` grey or `(H, W, 3)` BGR uint8; it is not changed.
        trace: what the stages made of it.

    Returns:
        `(h, 1600, 3)` BGR uint8.
    """
    third, half = (STRIP_PX - 4 * _GAP_PX) // 3, (STRIP_PX - 3 * _GAP_PX) // 2
    rows = [[view_panel(image, trace, third), sheet_panel(trace, third), light_panel(trace, third)]]
    if trace.lattices:
        near = close_up(trace, word_box(doubtful_words(trace)[0]), third)
        rows += [
            [ink_panel(trace, third), lines_panel(trace, third), cuts_panel(trace, third, near)],
            [lattice_panel(trace, half), text_panel(trace, half)],
        ]
    else:
        rows.append([ink_panel(trace, half), text_panel(trace, half)])
    return np.concatenate([_row(row) for row in rows])


def draw_stages(image: Image, trace: Trace) -> list[Panel]:
    """Draw each stage in a picture of its own, the whole page up to 2400 pixels wide."""
    page_px = min(STAGE_PX, max(image.shape[1], trace.page.straightened.grey.shape[1]))
    panels = [
        view_panel(image, trace, page_px),
        *(panel(trace, page_px) for panel in (sheet_panel, light_panel, ink_panel)),
    ]
    if trace.lattices:
        panels += [lines_panel(trace, page_px), cuts_panel(trace, page_px)]
        panels.append(lattice_panel(trace, STRIP_PX))
    return [*panels, text_panel(trace, page_px)]


def save_strip(image: Image, trace: Trace, path: Path) -> None:
    """Write a strip to `path` and its stages to a folder beside it.

    For `NAME-strip.png` that is `NAME-stages`, with `1-view.png` and so on. Files of these names
    are replaced, each in one step; folders are made where they are missing.

    Raises:
        OutputError: they cannot be written.
    """
    folder = path.with_name(path.name.removesuffix(ENDING) + _STAGES)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # A page without writing has fewer stages than what its name stood for before.
        old = {folder / f"{number}-{name}.png" for number, name in enumerate(STAGES, 1)}
        for panel in draw_stages(image, trace):
            place = folder / f"{STAGES.index(panel.name) + 1}-{panel.name}.png"
            replace_file(place, _png(panel.image, path))
            old.discard(place)
        for place in old:
            place.unlink(missing_ok=True)
        # Last, since it tells whoever goes on after a stop that all is there.
        replace_file(path, _png(draw_strip(image, trace), path))
    except OSError as error:
        raise OutputError(
            f"{path}: the strip cannot be written: {error.strerror or error}. "
            "Name a folder that you may write to and that has room."
        ) from error


def strip_name(source: str, used: set[str]) -> str:
    """Name the strip of a picture, and add the name to those that are `used`."""
    return free_name(source, ENDING, used)


def _png(image: Image, path: Path) -> bytes:
    encoded, data = cv2.imencode(".png", image, [cv2.IMWRITE_PNG_COMPRESSION, _COMPRESSION])
    if not encoded:
        raise OutputError(f"{path}: the strip cannot be made into a PNG. Try a smaller page.")
    return data.tobytes()


def _row(panels: list[Panel]) -> Image:
    """Panels side by side, each under its title."""
    width = (STRIP_PX - (len(panels) + 1) * _GAP_PX) // len(panels)
    height = max(panel.image.shape[0] for panel in panels)
    row = np.full((_HEAD_PX + height + _GAP_PX, STRIP_PX, 3), _PAPER, np.uint8)
    for place, panel in enumerate(panels):
        left = _GAP_PX + place * (width + _GAP_PX)
        high, wide = panel.image.shape[:2]
        row[_HEAD_PX : _HEAD_PX + high, left : left + wide] = panel.image
        title = f"{STAGES.index(panel.name) + 1}  {panel.title}"
        scale = _TITLE_PX / FONT_PX
        cv2.putText(row, title, (left, 24), FONT, scale, INK, 2, cv2.LINE_AA)
        _legend(row, panel, left)
    return row


def _legend(row: Image, panel: Panel, left: int) -> None:
    scale = _LEGEND_PX / FONT_PX
    for text, colour in panel.legend:
        (width, _), _ = cv2.getTextSize(text, FONT, scale, 1)
        cv2.putText(row, text, (left, 42), FONT, scale, colour, 1, cv2.LINE_AA)
        left += width + 2 * _GAP_PX
