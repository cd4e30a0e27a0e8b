import numpy as np
import pytest

from inkwatch_train.augment.canvas import CANVAS_SIZE
from inkwatch_train.augment.doodles import doodle, rules, specks


@pytest.mark.parametrize("draw", [doodle, rules, specks])
def test_all_draw_ink_and_no_two_alike(draw) -> None:  # type: ignore[no-untyped-def]
    drawn = [draw(np.random.default_rng(seed)) for seed in range(40)]
    for canvas in drawn:
        assert canvas.shape == (CANVAS_SIZE, CANVAS_SIZE)
        assert canvas.dtype == np.uint8
        assert 0.002 < (canvas > 128).mean() < 0.7
    assert len({canvas.tobytes() for canvas in drawn}) == len(drawn)


def test_rules_are_thin_and_long() -> None:
    for seed in range(20):
        canvas = rules(np.random.default_rng(seed)) > 128
        rows, columns = np.nonzero(canvas)
        assert max(np.ptp(rows), np.ptp(columns)) > 0.55 * CANVAS_SIZE
