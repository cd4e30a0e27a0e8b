"""Writing drawn with OpenCV's own line fonts."""

from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt
import pytest

Grey = npt.NDArray[np.uint8]


class Write(Protocol):
    """Draws lines of ASCII text and gives the picture."""

    def __call__(
        self,
        *lines: str,
        scale: float = 1.2,
        pen_px: int = 2,
        gap_px: int = 70,
        paper: int = 235,
        ink: int = 40,
    ) -> Grey: ...


@pytest.fixture(scope="session")
def write() -> Write:
    """`write("one", "two")`: `(H, W)` uint8, capitals about 26 pixels tall at scale 1.2."""

    def draw(
        *lines: str,
        scale: float = 1.2,
        pen_px: int = 2,
        gap_px: int = 70,
        paper: int = 235,
        ink: int = 40,
    ) -> Grey:
        font = cv2.FONT_HERSHEY_SIMPLEX
        size = [cv2.getTextSize(line, font, scale, pen_px)[0] for line in lines]
        margin = round(40 * scale)
        width = max(w for w, _ in size) + 2 * margin
        page = np.full((gap_px * (len(lines) - 1) + size[0][1] + 2 * margin, width), paper)
        page = page.astype(np.uint8)
        for row, line in enumerate(lines):
            at = (margin, margin + size[0][1] + row * gap_px)
            cv2.putText(page, line, at, font, scale, ink, pen_px, cv2.LINE_AA)
        return page

    return draw
