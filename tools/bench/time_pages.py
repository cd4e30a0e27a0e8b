"""Pages of known length to measure time on: the same hand, more and more text."""

import zlib
from pathlib import Path

import numpy as np

from inkwatch_train.fonts.fetch import installed_font
from inkwatch_train.pages.fit import write_fitted
from inkwatch_train.pages.glyph import Pen
from inkwatch_train.pages.layout import Hand, SheetSize
from inkwatch_train.pages.paper import Paper, flat_scan
from inkwatch_train.pages.sets import SetPage
from inkwatch_train.pages.texts import text_page
from tools.bench.make_sets import kept_set
from tools.bench.page_set import Shelf

LENGTHS = (125, 250, 500)
"""Characters without spaces: half a page, a page, two pages' worth in one."""

_FONT = "patrick-hand"
_HAND = Hand(x_height_px=24.0, line_pitch=3.2, word_gap=0.9)
_SIZE = SheetSize(width=1800, height=1150, left=110, first_baseline=140, right_margin=90)


def time_set(cache: Path) -> Shelf:
    """Give the pages, one of each length, made now if they are not there.

    Raises:
        DataError: the font is not fetched.
    """
    return kept_set(cache / "time", lambda: (_page(length) for length in LENGTHS))


def _page(length: int) -> SetPage:
    rng = np.random.default_rng(zlib.crc32(b"time"))
    words: list[str] = []
    while sum(map(len, words)) < length:
        words += " ".join(text_page(rng)).split()
    while sum(map(len, words)) > length:
        words.pop()
    font = installed_font(_FONT).path
    sheet = write_fitted(
        [" ".join(words)], lambda x_height_px: Pen(font, x_height_px), _HAND, _SIZE, 1
    )
    return SetPage(
        name=f"time-{length}",
        scan=flat_scan(sheet.coverage, Paper("plain"), sheet.baselines, np.random.default_rng(2)),
        truth=sheet.truth,
        writing="font",
        hand=_FONT,
        paper="plain",
    )
