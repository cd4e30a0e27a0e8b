"""Many pages in one picture, small, to look over at once."""

from collections.abc import Sequence

import cv2
import numpy as np

from inkwatch.errors import UsageError
from inkwatch.frames.frame import Image

_GAP_PX = 6
_LABEL_PX = 16


def contact_sheet(
    pages: Sequence[tuple[str, Image]], columns: int = 4, width_px: int = 420
) -> Image:
    """Set pages side by side, each with its name below.

    Args:
        pages: names and pictures, `(H, W)` grey or `(H, W, 3)` BGR uint8.
        columns: how many stand in a row.
        width_px: how wide each is shown.

    Returns:
        `(H, W, 3)` uint8 BGR.

    Raises:
        UsageError: there are no pages.
    """
    if not pages:
        raise UsageError("There are no pages to show.")
    small = [_shrunk(image, width_px) for _, image in pages]
    height = max(page.shape[0] for page in small)
    step_x, step_y = width_px + _GAP_PX, height + _LABEL_PX + _GAP_PX
    columns = min(columns, len(pages))
    rows = -(-len(pages) // columns)
    sheet = np.full((rows * step_y + _GAP_PX, columns * step_x + _GAP_PX, 3), 96, np.uint8)
    for number, ((name, _), page) in enumerate(zip(pages, small, strict=True)):
        x = _GAP_PX + number % columns * step_x
        y = _GAP_PX + number // columns * step_y
        sheet[y : y + page.shape[0], x : x + width_px] = page
        cv2.putText(
            sheet,
            name,
            (x, y + height + _LABEL_PX - 4),
            cv2.FONT_HERSHEY_SIMPLEX,
            0.4,
            (255, 255, 255),
            1,
            cv2.LINE_AA,
        )
    return sheet


def _shrunk(image: Image, width_px: int) -> Image:
    height_px = max(1, round(image.shape[0] * width_px / image.shape[1]))
    small = cv2.resize(image, (width_px, height_px), interpolation=cv2.INTER_AREA)
    if small.ndim == 2:
        small = cv2.cvtColor(small, cv2.COLOR_GRAY2BGR)
    return np.asarray(small, np.uint8)
