import random
import string

import pytest
from tools.bench.told_lines import LineFindings, line_findings

TRUTH = "first line\nsecond row\nthird one"

PAGE = (
    "She carried the basket down to the\n"
    "river before anybody was awake, and\n"
    "set it upon a flat stone by the ford.\n"
    "Mist lay over the water so thickly\n"
    "that neither bank could be made out\n"
    "from the other. Twice a heron called,\n"
    "far up the valley; then all was still.\n"
    "She counted eleven eggs, wrapped each\n"
    "one in straw, and waited for the boat."
)


def badly_read(line: str, rng: random.Random, rate: float = 0.3) -> str:
    """A line in which a share of the characters is wrong, missing or followed by another."""
    read = []
    for letter in line:
        if rng.random() >= rate:
            read.append(letter)
            continue
        other = rng.choice(string.ascii_lowercase)
        read.append(rng.choice(["", other, other, letter + other]))
    return "".join(read)


def swapped(lines: list[str], at: int) -> list[str]:
    return [*lines[:at], lines[at + 1], lines[at], *lines[at + 2 :]]


def halves_swapped(lines: list[str], at: int) -> list[str]:
    words = lines[at].split()
    half = len(words) // 2
    return [*lines[:at], " ".join(words[half:]), " ".join(words[:half]), *lines[at + 1 :]]


def row_by_row(lines: list[str]) -> list[str]:
    """The page's halves are two columns, and their lines were read in turn."""
    half = len(lines) // 2
    return [line for pair in zip(lines, lines[half:], strict=False) for line in pair]


def across(lines: list[str]) -> list[str]:
    """The page's halves are two columns, and were read as if they were one."""
    half = len(lines) // 2
    return [f"{left} {right}" for left, right in zip(lines, lines[half:], strict=False)]


@pytest.mark.parametrize(
    ("lines", "count", "order"),
    [
        (["first line", "second row", "third one"], 1, 1),
        (["flrst llne", "secoud row", "thjrd one"], 1, 1),
        (["second row", "first line", "third one"], 1, 0),
        (["first line", "third one"], 0, 1),
        (["first line", "second", "row", "third one"], 0, 1),
        (["first line", "", "second row", "third one"], 1, 1),
    ],
)
def test_count_and_order(lines: list[str], count: int, order: int) -> None:
    assert line_findings(TRUTH, lines) == LineFindings(1, count, 1, order)


def test_a_page_of_which_nothing_was_read_tells_no_order() -> None:
    assert line_findings(TRUTH, []) == LineFindings(1, 0, 1, 1)
    assert line_findings(TRUTH, ["iiiiiiii", "vvvvvvvv"]) == LineFindings(1, 0, 0, 0)


def test_two_lines_alike_may_stand_one_below_the_other() -> None:
    lines = ["one tea", "skimmed milk", "butter", "one tea"]
    assert line_findings("\n".join(lines), lines) == LineFindings(1, 1, 1, 1)


@pytest.mark.parametrize("rate", [0.0, 0.15, 0.3, 0.5, 0.7])
def test_a_page_read_from_top_to_bottom_is_in_order_however_badly_it_is_read(rate: float) -> None:
    rng = random.Random(5)
    for _ in range(60):
        lines = [badly_read(line, rng, rate) for line in PAGE.split("\n")]
        found = line_findings(PAGE, lines)
        assert found.right_order == found.told
        assert found.told == 1 or rate > 0.3


def test_another_text_is_seldom_held_to_be_in_wrong_order() -> None:
    rng = random.Random(6)
    letters, wrong = list(PAGE.replace("\n", " ")), 0
    for _ in range(100):
        rng.shuffle(letters)
        lines = ["".join(letters[k : k + 36]) for k in range(0, len(letters), 36)]
        found = line_findings(PAGE, lines)
        wrong += found.told - found.right_order
    assert wrong <= 2


@pytest.mark.parametrize("rate", [0.0, 0.15, 0.3])
def test_lines_in_wrong_order_are_found_out_though_badly_read(rate: float) -> None:
    rng = random.Random(7)
    found = {"swapped": 0, "halves swapped": 0, "row by row": 0, "across": 0}
    for _ in range(60):
        lines = [badly_read(line, rng, rate) for line in PAGE.split("\n")]
        at = rng.randrange(len(lines) - 1)
        pages = [swapped(lines, at), halves_swapped(lines, at), row_by_row(lines), across(lines)]
        for how, page in zip(found, pages, strict=True):
            finding = line_findings(PAGE, page)
            found[how] += finding.told - finding.right_order
    assert min(found["row by row"], found["across"]) == 60
    assert found["swapped"] >= 57
    # Half a line at 30 % is 18 characters with five of them wrong: some say nothing.
    assert found["halves swapped"] >= (57 if rate < 0.3 else 45)
