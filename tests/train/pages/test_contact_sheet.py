import numpy as np
import pytest

from inkwatch.errors import UsageError
from inkwatch_train.pages.contact_sheet import contact_sheet


def test_every_page_is_shown_small_in_its_place() -> None:
    pages = [(f"page {value}", np.full((200, 300), value, np.uint8)) for value in (10, 120, 250)]
    sheet = contact_sheet(pages, columns=2, width_px=150)
    assert sheet.ndim == 3
    for (_, page), (row, column) in zip(pages, ((0, 0), (0, 1), (1, 0)), strict=True):
        y, x = 6 + row * (100 + 16 + 6) + 50, 6 + column * 156 + 75
        assert (sheet[y, x] == page[0, 0]).all()


def test_colour_and_grey_pages_of_any_height_go_together() -> None:
    pages = [
        ("grey", np.zeros((100, 200), np.uint8)),
        ("colour", np.zeros((300, 200, 3), np.uint8)),
    ]
    assert contact_sheet(pages, columns=4, width_px=100).shape[1] == 2 * 106 + 6


def test_no_pages_are_told() -> None:
    with pytest.raises(UsageError, match="no pages"):
        contact_sheet([])
