import numpy as np
import pytest

from inkwatch.reading import Box
from inkwatch.vision.baselines import Curve
from inkwatch.vision.page import GlyphCut, LineCut, WordCut


def test_a_lines_glyphs_are_its_words_glyphs_in_order() -> None:
    glyphs = [
        GlyphCut(Box(k, 0, 1, 1), Box(k, 0, 1, 1), np.zeros((3, 3), np.uint8), 0.0, 1.0)
        for k in range(4)
    ]
    words = (WordCut(tuple(glyphs[:1])), WordCut(tuple(glyphs[1:])))
    line = LineCut(words, Curve(0.0, 1.0, (0.0,)), 1.0, (1.0, -1.0, -1.0))
    assert line.glyphs == tuple(glyphs)


@pytest.mark.parametrize("level", [0, 40, 130, 200])
def test_ink_is_what_is_nearer_to_the_darkest_than_to_paper(level: int) -> None:
    """A pencil's ink is ink as well."""
    grey = np.full((12, 16), 255, np.uint8)
    grey[4:8, 5:9] = level
    place = Box(20, 30, 10, 6)
    ink = GlyphCut(place, place, grey, 30.0, 36.0).ink
    assert ink.shape == (6, 10)
    assert np.count_nonzero(ink) == 16
    assert ink[1:5, 2:6].all()


def test_blank_paper_is_no_ink() -> None:
    place = Box(0, 0, 4, 4)
    assert not GlyphCut(place, place, np.full((10, 10), 255, np.uint8), 0.0, 4.0).ink.any()
