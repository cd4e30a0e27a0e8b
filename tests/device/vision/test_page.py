import numpy as np

from inkwatch.reading import Box
from inkwatch.vision.baselines import Curve
from inkwatch.vision.page import GlyphCut, LineCut, WordCut


def test_a_lines_glyphs_are_its_words_glyphs_in_order() -> None:
    glyphs = [
        GlyphCut(Box(k, 0, 1, 1), Box(k, 0, 1, 1), np.zeros((3, 3), np.uint8), 0.0, 1.0)
        for k in range(4)
    ]
    words = (WordCut(tuple(glyphs[:1])), WordCut(tuple(glyphs[1:])))
    line = LineCut(words, Curve(0.0, 1.0, (0.0,)), 1.0)
    assert line.glyphs == tuple(glyphs)
