import pytest
from tools.bench.told_lines import LineFindings, line_findings

TRUTH = "first line\nsecond row\nthird one"


@pytest.mark.parametrize(
    ("lines", "count", "order"),
    [
        (["first line", "second row", "third one"], 1, 1),
        (["flrst llne", "secoud row", "thjrd one"], 1, 1),
        (["second row", "first line", "third one"], 1, 0),
        (["first line", "third one"], 0, 1),
        (["first line", "second", "row", "third one"], 0, 1),
        ([], 0, 1),
        (["first line", "", "second row", "third one"], 1, 1),
    ],
)
def test_count_and_order(lines: list[str], count: int, order: int) -> None:
    assert line_findings(TRUTH, lines) == LineFindings(1, count, order)


def test_two_lines_alike_may_stand_one_below_the_other() -> None:
    assert line_findings("tea\nmilk\ntea", ["tea", "milk", "tea"]).right_order == 1
