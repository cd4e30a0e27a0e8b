from collections.abc import Sequence

import numpy as np
import pytest

from inkwatch.vision.baselines import Curve
from inkwatch.vision.components import Pieces
from inkwatch.vision.gaps import NO_GAP, hull_gaps
from inkwatch.vision.ink_points import sample_ink
from inkwatch.vision.lines import FoundLine

UNIT = 30.0
BASE = 130.0


def gaps_of(*shapes: Sequence[tuple[int, int, int, int]]) -> list[float]:
    """Gaps between glyphs, each made of rectangles of left, top, width, height."""
    labels = np.zeros((220, 500), np.int32)
    for number, parts in enumerate(shapes):
        for x, y, w, h in parts:
            labels[y : y + h, x : x + w] = number + 1
    boxes = []
    for number in range(len(shapes)):
        rows, columns = np.nonzero(labels == number + 1)
        boxes.append((columns.min(), rows.min(), columns.max() + 1, rows.max() + 1, len(rows)))
    left, top, right, bottom, area = np.array(boxes, np.int32).T
    ids = np.arange(1, len(shapes) + 1, dtype=np.int32)
    pieces = Pieces(labels, ids, left, top, right, bottom, area, stroke_px=1.0)
    line = FoundLine(np.arange(len(shapes)), Curve(250.0, 250.0, (BASE, 0.0)), UNIT, UNIT)
    groups = [[k] for k in range(len(shapes))]
    (gaps,) = hull_gaps([line], [groups], pieces, sample_ink(pieces))
    return [float(gap) for gap in gaps]


def leaning(x: int, height: int = 50) -> list[tuple[int, int, int, int]]:
    """A stroke that leans to the right by as much as it is tall."""
    return [(x + height - k, round(BASE) - height + k, 4, 1) for k in range(height)]


def test_upright_letters_are_as_far_apart_as_their_boxes() -> None:
    assert gaps_of([(100, 100, 20, 30)], [(129, 100, 20, 30)]) == [pytest.approx(0.3, abs=0.02)]


def test_leaning_letters_are_apart_though_their_boxes_overlap() -> None:
    # 26 of 30 pixels; what leans within one row of the measure is lost.
    assert gaps_of(leaning(100), leaning(130)) == [pytest.approx(26 / UNIT, abs=0.2)]


def test_a_hollow_is_closed() -> None:
    """A stroke that stands in the mouth of a C is within it, not beside it."""
    mouth = [(100, 100, 4, 30), (100, 100, 24, 3), (100, 127, 24, 3)]
    assert gaps_of(mouth, [(114, 112, 3, 6)])[0] < 0


def test_a_full_stop_belongs_to_the_word_before_it() -> None:
    letter, dot = [(100, 100, 20, 30)], [(150, 124, 6, 6)]
    assert gaps_of(letter, dot, [(190, 100, 20, 30)]) == [
        NO_GAP,
        pytest.approx(34 / UNIT, abs=0.05),
    ]
    high = [(150, 96, 6, 6)]
    assert gaps_of(letter, high)[0] > 0.5


def test_a_mark_that_shares_no_row_has_a_gap_all_the_same() -> None:
    gaps = gaps_of([(100, 70, 6, 8)], [(116, 124, 6, 6)], [(140, 100, 20, 30)])
    assert np.isfinite(gaps).all()


def test_no_lines_and_a_glyph_alone() -> None:
    assert gaps_of([(100, 100, 20, 30)]) == []
