import numpy as np
import pytest

from inkwatch.recognise.crop import Grey
from inkwatch_train.augment.canvas import CANVAS_SIZE, GLYPH_SIZE, to_canvas


def bar(height: int, width: int, margin: int = 9) -> Grey:
    """A dark bar on light paper."""
    image = np.full((height + 2 * margin, width + 2 * margin), 220, np.uint8)
    image[margin : margin + height, margin : margin + width] = 30
    return image


@pytest.mark.parametrize(
    ("height", "width", "box"),
    [
        (88, 44, (GLYPH_SIZE, 22)),
        (10, 22, (20, GLYPH_SIZE)),
        (300, 3, (GLYPH_SIZE, 2)),
    ],
)
def test_ink_fills_the_glyph_size_and_keeps_its_aspect(
    height: int, width: int, box: tuple[int, int]
) -> None:
    canvas = to_canvas(bar(height, width))
    assert canvas is not None
    assert canvas.shape == (CANVAS_SIZE, CANVAS_SIZE)
    assert canvas.dtype == np.uint8
    assert canvas.max() == 255
    rows, columns = np.nonzero(canvas > 100)
    assert np.ptp(rows) + 1 == pytest.approx(box[0], abs=1)
    assert np.ptp(columns) + 1 == pytest.approx(box[1], abs=1)
    # In the middle, so that it can turn either way.
    assert (rows.min() + rows.max()) / 2 == pytest.approx((CANVAS_SIZE - 1) / 2, abs=1)
    assert (columns.min() + columns.max()) / 2 == pytest.approx((CANVAS_SIZE - 1) / 2, abs=1)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_no_ink_no_canvas(level: int) -> None:
    assert to_canvas(np.full((20, 30), level, np.uint8)) is None


def test_a_single_pixel_is_no_ink() -> None:
    assert to_canvas(np.zeros((1, 1), np.uint8)) is None
