import numpy as np

from inkwatch_convert.answers import Answers, answers_of
from inkwatch_convert.run_folder import Validation

LABELS = ("a", "A", "b", "1")


def _answers() -> Answers:
    labels = np.array(["a", "a", "b", "1"])
    folded = np.array([True, False, True, True])
    crops = np.zeros((4, 32, 32), np.uint8)
    return answers_of(Validation(crops, labels, np.array(["s"] * 4), folded), LABELS)


def test_accepted_allows_either_case_only_where_folded() -> None:
    assert _answers().accepted.astype(int).tolist() == [
        [1, 1, 0, 0],
        [1, 0, 0, 0],
        [0, 0, 1, 0],  # the model has no B
        [0, 0, 0, 1],
    ]


def test_is_right_says_what_accepted_says() -> None:
    answers = _answers()
    for predicted in range(len(LABELS)):
        right = answers.is_right(np.full(4, predicted))
        assert right.tolist() == answers.accepted[:, predicted].tolist()


def test_take_keeps_rows_together() -> None:
    taken = _answers().take(np.array([2, 0]))
    assert taken.target.tolist() == [2, 0]
    assert taken.accepted.astype(int).tolist() == [[0, 0, 1, 0], [1, 1, 0, 0]]
