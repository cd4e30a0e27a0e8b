import pytest

from inkwatch.publish.text import format_text, percent
from inkwatch.reading import Reading


def test_each_line_is_a_row(reading: Reading) -> None:
    assert format_text(reading) == "Hi me\nx\n"


def test_confidence_stands_before_each_line(reading: Reading) -> None:
    assert format_text(reading, confidence=True) == " 79%  Hi me\n100%  x\n"


def test_a_blank_page_is_no_text() -> None:
    assert format_text(Reading((), 10, 10)) == ""
    assert format_text(Reading((), 10, 10), confidence=True) == ""


@pytest.mark.parametrize(
    ("probability", "shown"),
    [(0.0, "  0%"), (0.29, " 29%"), (0.999, " 99%"), (0.97, " 97%"), (1.0, "100%")],
)
def test_what_may_be_wrong_is_never_shown_as_certain(probability: float, shown: str) -> None:
    assert percent(probability) == shown
