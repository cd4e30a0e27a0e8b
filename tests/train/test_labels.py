import string

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'inkwatch[train]'")

from sklearn.preprocessing import LabelBinarizer

from inkwatch.recognise.card import NOT_A_CHARACTER
from inkwatch_train.alphabet import ALPHANUMERIC, PUNCTUATION
from inkwatch_train.labels import Labels


def bools(*values: int) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array(values, np.bool_)


def test_the_alphabet_has_all_digits_and_letters_once() -> None:
    assert set(ALPHANUMERIC) == set(string.digits + string.ascii_letters)
    assert len(ALPHANUMERIC + PUNCTUATION) == len(set(ALPHANUMERIC + PUNCTUATION)) == 82


@pytest.mark.parametrize("alphabet", [ALPHANUMERIC + PUNCTUATION, "zéAa1", "cbaabc"])
def test_classes_stand_in_the_order_of_scikit_learn(alphabet: str) -> None:
    labels = Labels(alphabet)
    theirs = LabelBinarizer().fit(list(alphabet))
    assert labels.classes == theirs.classes_.tolist()
    assert labels.classes == sorted(set(alphabet))
    targets = labels.targets(list(alphabet), np.zeros(len(alphabet), np.bool_))
    np.testing.assert_array_equal(targets, theirs.transform(list(alphabet)))


def test_targets_are_one_hot_at_the_class() -> None:
    labels = Labels("cabAB")
    targets = labels.targets(["b", "A", "b"], bools(0, 0, 0))
    assert targets.dtype == np.float32
    assert targets.shape == (3, 5)
    assert [labels.classes[k] for k in targets.argmax(axis=1)] == ["b", "A", "b"]
    np.testing.assert_array_equal(targets.sum(axis=1), [1, 1, 1])


def test_a_folded_letter_may_be_either_case() -> None:
    labels = Labels("abAB1")
    targets = labels.targets(["a", "a", "B", "1"], bools(1, 0, 1, 1))
    hot = [{labels.classes[k] for k in np.flatnonzero(row)} for row in targets]
    assert hot == [{"a", "A"}, {"a"}, {"b", "B"}, {"1"}]
    assert set(np.unique(targets)) == {0.0, 1.0}


def test_where_only_one_case_is_a_class_a_folded_letter_is_that() -> None:
    labels = Labels("ABC")
    targets = labels.targets(["a", "B"], bools(1, 1))
    assert [labels.classes[k] for k in targets.argmax(axis=1)] == ["A", "B"]
    np.testing.assert_array_equal(targets.sum(axis=1), [1, 1])


def test_knows_tells_what_can_be_a_target() -> None:
    labels = Labels("ABc")
    assert labels.knows("A")
    assert not labels.knows("a")
    assert labels.knows("a", folded=True)
    assert labels.knows("C", folded=True)
    assert not labels.knows("d", folded=True)
    assert not labels.knows("")


def test_every_label_needs_its_folded() -> None:
    with pytest.raises(ValueError, match="argument 2 is shorter"):
        Labels("abc").targets(["a", "b"], bools(0))


def test_what_is_no_character_comes_last() -> None:
    labels = Labels("aZ0~", reject=True)
    assert labels.classes == ["0", "Z", "a", "~", NOT_A_CHARACTER]
    assert labels.targets([NOT_A_CHARACTER], bools(0)).tolist() == [[0, 0, 0, 0, 1]]
    assert not Labels("aZ0~").knows(NOT_A_CHARACTER)
