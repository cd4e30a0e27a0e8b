import numpy as np
import pytest

from inkwatch.errors import ExitCode, ParityError
from inkwatch.recognise.quantise import Float32
from inkwatch_convert.answers import Answers
from inkwatch_convert.parity import Parity, compare, require_parity

LABELS = ("a", "b")


def _logits(predicted: list[int]) -> Float32:
    return np.eye(2, dtype=np.float32)[predicted]


def _parity(wrong_of_b: int) -> Parity:
    """Of 40 crops the float model reads all, the int8 model all but `wrong_of_b` of the b's."""
    target = [0] * 20 + [1] * 20
    by_int8 = [0] * (20 + wrong_of_b) + [1] * (20 - wrong_of_b)
    sources = np.array(["first"] * 20 + ["second"] * 20)
    answers = Answers(np.array(target), np.zeros(40, np.bool_), np.arange(2))
    return compare(_logits(target), _logits(by_int8), answers, LABELS, sources)


def test_compare_counts_by_source_and_class() -> None:
    parity = _parity(4)
    assert parity.overall.float_accuracy == 1.0
    assert parity.overall.int8_accuracy == pytest.approx(0.9)
    assert parity.overall.loss_points == pytest.approx(10.0)
    assert parity.agreement == pytest.approx(0.9)
    assert parity.by_source["first"].int8_accuracy == 1.0
    assert parity.by_source["second"].int8_accuracy == pytest.approx(0.8)
    assert parity.worst_class == "b"
    assert parity.by_class["b"].loss_points == pytest.approx(20.0)


def test_figures_name_the_sets() -> None:
    figures = _parity(4).figures
    assert figures["second/val"] == {"n": 20, "accuracy": 0.8, "accuracy_float": 1.0}
    assert figures["val"]["agreement"] == 0.9
    assert figures["val/worst class 'b'"]["accuracy"] == 0.8
    assert not [name for name in _parity(0).figures if "worst" in name]


def test_a_class_with_few_crops_is_not_called_worst() -> None:
    target = np.array([0] * 30 + [1])
    answers = Answers(target, np.zeros(31, np.bool_), np.arange(2))
    sources = np.array(["s"] * 31)
    parity = compare(_logits(target.tolist()), _logits([0] * 31), answers, LABELS, sources)
    assert parity.worst_class == ""
    assert parity.overall.loss_points > 0


def test_either_case_is_right_where_folded() -> None:
    answers = Answers(np.array([0, 0]), np.array([True, False]), np.array([1, 0]))
    parity = compare(_logits([0, 0]), _logits([1, 1]), answers, ("a", "A"), np.array(["s", "s"]))
    assert parity.overall.int8_accuracy == 0.5
    assert parity.agreement == 0.0


def test_require_parity_refuses_beyond_the_bound() -> None:
    require_parity(_parity(4), 10.5)
    with pytest.raises(ParityError, match=r"loses 10\.00 points, 0\.5 are allowed.*'b'") as caught:
        require_parity(_parity(4), 0.5)
    assert caught.value.exit_code == ExitCode.PARITY
