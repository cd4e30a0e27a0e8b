"""What counts as news from one reading to the next."""

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.device.watch.desk import a_line, a_reading

from inkwatch.places import Box
from inkwatch.reading import Reading
from inkwatch.watch.align import align_lines
from inkwatch.watch.changes import Outcome, Touched, compare
from inkwatch.watch.event import ChangedLine, LineChange

LEAST = 0.5
PAGE = "milk and bread\neggs twelve\ntwo lemons\nsalt"


def nowhere(_: Box) -> bool:
    return False


def everywhere(_: Box) -> bool:
    return True


def in_row(row: int) -> Touched:
    """Only the line of that number changed in the view."""
    return lambda box: box.top == 40 + 40 * row


def test_the_same_page_is_the_same() -> None:
    assert compare(a_reading(PAGE), a_reading(PAGE), everywhere, LEAST).outcome is Outcome.SAME


def test_an_added_line_is_told_alone() -> None:
    compared = compare(a_reading(PAGE), a_reading(f"{PAGE}\nbutter"), in_row(4), LEAST)
    assert compared.outcome is Outcome.CHANGED
    assert compared.changes == (ChangedLine(LineChange.ADDED, "", "butter"),)


def test_a_removed_line_is_told_alone() -> None:
    without = PAGE.replace("two lemons\n", "")
    compared = compare(a_reading(PAGE), a_reading(without), in_row(2), LEAST)
    assert compared.changes == (ChangedLine(LineChange.REMOVED, "two lemons", ""),)


@pytest.mark.parametrize("after", ["eggs twenty", "eggs twelve brown", "flour"])
def test_a_changed_line_is_told_alone(after: str) -> None:
    other = PAGE.replace("eggs twelve", after)
    compared = compare(a_reading(PAGE), a_reading(other), in_row(1), LEAST)
    assert compared.changes == (ChangedLine(LineChange.CHANGED, "eggs twelve", after),)
    assert "\n".join(line.text for line in compared.lines) == other


def test_a_meter_that_counts_on_is_changed_though_no_digit_is_alike() -> None:
    before, after = a_reading("00419\nm3 at noon\nhouse 7"), a_reading("73582\nm3 at noon\nhouse 7")
    compared = compare(before, after, in_row(0), LEAST)
    assert compared.changes == (ChangedLine(LineChange.CHANGED, "00419", "73582"),)


def test_another_page_is_another() -> None:
    compared = compare(a_reading(PAGE), a_reading("call mother\non monday"), everywhere, LEAST)
    assert compared.outcome is Outcome.OTHER
    assert compared.changes == ()


def test_a_word_that_flickers_where_nothing_changed_is_no_news() -> None:
    after = a_reading(PAGE.replace("lemons", "leman5?"))
    compared = compare(a_reading(PAGE), after, nowhere, LEAST)
    assert compared.outcome is Outcome.SAME
    assert "two lemons" in [line.text for line in compared.lines]


def test_a_word_that_flickers_is_not_told_with_what_changed_elsewhere() -> None:
    after = a_reading(f"{PAGE.replace('lemons', 'leman5?')}\nbutter")
    compared = compare(a_reading(PAGE), after, in_row(4), LEAST)
    assert [change.after for change in compared.changes] == ["butter"]


def test_a_word_that_flickers_because_the_page_was_pushed_is_no_news() -> None:
    after = a_reading(PAGE.replace("lemons", "leman5?"))
    assert compare(a_reading(PAGE), after, everywhere, LEAST).outcome is Outcome.SAME


def test_an_unsure_word_counts_where_the_view_changed() -> None:
    after = a_reading(PAGE.replace("lemons", "limes?"))
    compared = compare(a_reading(PAGE), after, in_row(2), LEAST)
    assert compared.changes == (ChangedLine(LineChange.CHANGED, "two lemons", "two limes"),)


def test_sure_words_count_though_no_change_was_seen() -> None:
    after = a_reading(PAGE.replace("twelve", "eleven"))
    compared = compare(a_reading(PAGE), after, nowhere, LEAST)
    assert compared.changes == (ChangedLine(LineChange.CHANGED, "eggs twelve", "eggs eleven"),)


def test_words_below_the_threshold_are_in_no_change() -> None:
    after = a_reading(f"{PAGE.replace('salt', 'salt xqz??')}\nwgh??")
    assert compare(a_reading(PAGE), after, everywhere, LEAST).outcome is Outcome.SAME
    changed = compare(a_reading(PAGE), after, in_row(4), LEAST)
    assert changed.changes == ()


words = st.sampled_from(
    ("milk", "bread", "eggs", "salt", "two", "lemons", "call", "7", "42", "007")
)
pages = st.lists(st.lists(words, min_size=1, max_size=4).map(" ".join), min_size=1, max_size=8)


@given(page=pages, random=st.randoms(use_true_random=False))
def test_flicker_of_unsure_words_is_never_news(page: list[str], random: Random) -> None:
    """Any word may be read unsurely, in any way, where nothing changed in the view."""

    def flickers(word: str) -> str:
        return f"{word[::-1]}x?" if random.random() < 0.4 else word

    rows = [" ".join(map(flickers, row.split())) for row in page]
    compared = compare(a_reading("\n".join(page)), a_reading("\n".join(rows)), nowhere, LEAST)
    assert compared.outcome is Outcome.SAME


def test_lines_that_say_the_same_are_told_apart_by_their_place() -> None:
    """Found by the test above: line 4 was read badly, and line 3 took its place."""
    before = ["milk milk", *["milk milk milk milk"] * 3, "milk", "milk milk milk"]
    after = ["milk klimx?", "klimx? milk milk milk", *["milk milk milk milk"] * 2, "klimx?"]
    after.append("milk klimx? milk")
    compared = compare(a_reading("\n".join(before)), a_reading("\n".join(after)), nowhere, LEAST)
    assert compared.outcome is Outcome.SAME


@given(pages, pages)
def test_changes_lead_from_one_page_to_the_other(before: list[str], after: list[str]) -> None:
    one, other = a_reading("\n".join(before)), a_reading("\n".join(after))
    compared = compare(one, other, everywhere, LEAST)
    if compared.outcome is Outcome.SAME:
        assert before == after
        return
    if compared.outcome is Outcome.OTHER:
        assert compared.lines == other.lines
        return
    lines = Counter(before)
    lines.subtract(change.before for change in compared.changes if change.before)
    lines.update(change.after for change in compared.changes if change.after)
    assert +lines == Counter(after)
    assert min(lines.values(), default=0) >= 0
    assert [line.text for line in compared.lines] == after


@given(pages)
def test_a_page_is_never_news_to_itself(page: list[str]) -> None:
    reading = a_reading("\n".join(page))
    for touched in (nowhere, everywhere):
        assert compare(reading, reading, touched, LEAST).outcome is Outcome.SAME


@given(before=pages, after=pages, by_place=st.booleans())
def test_lines_are_paired_in_order_and_none_is_lost(
    before: list[str], after: list[str], *, by_place: bool
) -> None:
    old, new = a_reading("\n".join(before)).lines, a_reading("\n".join(after)).lines
    pairs = align_lines(old, new, by_place=by_place)
    assert [a for a, _ in pairs if a is not None] == list(old)
    assert [b for _, b in pairs if b is not None] == list(new)


def test_pages_of_hundreds_of_lines_are_compared_all_the_same() -> None:
    old = Reading(tuple(a_line(f"one {n} a", top=n) for n in range(300)), 10, 10)
    new = Reading(tuple(a_line(f"other {n} b", top=n) for n in range(300)), 10, 10)
    assert compare(old, new, everywhere, LEAST).outcome is Outcome.OTHER
