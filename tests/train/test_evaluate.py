"""Scores of answers whose figures can be counted by hand."""

import numpy as np
import pytest

from inkwatch.recognise.card import NOT_A_CHARACTER
from inkwatch_train.evaluate import TASKS, Answers, calibration_error, choose, score

CLASSES = ("0", "1", "O", "a", "o", "?")
BY_NAME = {task.name: task for task in TASKS}


def answers(rows: list[list[float]], labels: str, folded: list[bool] | None = None) -> Answers:
    return Answers(
        crops=np.zeros((len(rows), 32, 32), np.uint8),
        probabilities=np.array(rows, np.float32),
        classes=CLASSES,
        labels=tuple(labels),
        folded=np.array(folded or [False] * len(rows)),
    )


def test_case_and_zero_are_merged_before_the_likeliest_is_taken() -> None:
    # Alone, `a` is likeliest; O and o together are likelier; with 0 more so.
    one = answers([[0.15, 0.0, 0.25, 0.35, 0.25, 0.0]], "o")
    assert choose(one, BY_NAME["exact"]).chosen == ("a",)
    assert choose(one, BY_NAME["any_case"]).chosen == ("o",)
    merged = choose(one, BY_NAME["merged"])
    assert merged.chosen == ("o",)
    assert merged.confidence[0] == pytest.approx(0.65)
    assert merged.right.tolist() == [True]


def test_digits_are_chosen_among_digits_only() -> None:
    asked = answers([[0.1, 0.05, 0.6, 0.1, 0.1, 0.05], [0.0, 0.0, 0.0, 1.0, 0.0, 0.0]], "0a")
    choice = choose(asked, BY_NAME["digits"])
    assert choice.samples.tolist() == [0]
    assert choice.chosen == ("0",)
    assert choice.confidence[0] == pytest.approx(2 / 3)


def test_a_folded_letter_is_not_asked_for_its_case() -> None:
    asked = answers([[0.0, 0.0, 1.0, 0.0, 0.0, 0.0]], "o", [True])
    assert score(choose(asked, BY_NAME["exact"]), 0.5) is None
    assert choose(asked, BY_NAME["any_case"]).right.all()


def test_the_figures_are_those_counted_by_hand() -> None:
    asked = answers(
        [
            [0.0, 0.95, 0.0, 0.05, 0.0, 0.0],
            [0.0, 0.95, 0.0, 0.05, 0.0, 0.0],
            [0.0, 0.45, 0.0, 0.55, 0.0, 0.0],
        ],
        "1aa",
    )
    figures = score(choose(asked, BY_NAME["any_case"]), 0.9)
    assert figures is not None
    assert figures.n == 3
    assert figures.right == pytest.approx(2 / 3)
    assert figures.accepted == pytest.approx(2 / 3)
    assert figures.accepted_right == 0.5
    # Two told with 0.95 of which half are right, one with 0.55 that is right.
    assert figures.ece == pytest.approx((2 * 0.45 + 0.45) / 3)


def test_a_confidence_that_is_true_has_no_calibration_error() -> None:
    right = np.array([True] * 8 + [False] * 2)
    assert calibration_error(np.full(10, 0.8, np.float32), right) == pytest.approx(0.0, abs=1e-6)


def test_what_lacks_to_one_is_for_no_character() -> None:
    asked = answers([[0.0, 0.0, 0.2, 0.1, 0.0, 0.1]], "O")
    choice = choose(asked, BY_NAME["any_case"])
    # Of the alphabet there is 0.3, for no character at all 0.6; the question mark is not asked for.
    assert choice.confidence[0] == pytest.approx(0.2 / 0.9)


def test_of_wrong_cuts_all_that_is_told_is_wrong() -> None:
    asked = answers([[0.95, 0, 0, 0, 0, 0], [0.3, 0, 0, 0, 0, 0]], NOT_A_CHARACTER * 2)
    figures = score(choose(asked, BY_NAME["wrong_cuts"]), 0.9)
    assert figures is not None
    assert (figures.n, figures.right, figures.accepted) == (2, 0.0, 0.5)
    assert score(choose(asked, BY_NAME["any_case"]), 0.9) is None
