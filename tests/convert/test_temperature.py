import numpy as np
import pytest

from inkwatch.recognise.quantise import Float32
from inkwatch_convert.answers import Answers
from inkwatch_convert.temperature import (
    calibration_error,
    fit_temperature,
    negative_log_likelihood,
)

CLASSES = 5


def _calibrated(n: int = 6000) -> tuple[Float32, Answers]:
    """Logits whose softmax is the true distribution that the answers were drawn from."""
    rng = np.random.default_rng(3)
    logits = rng.normal(0, 2, (n, CLASSES))
    target = np.argmax(logits + rng.gumbel(size=logits.shape), axis=1)
    answers = Answers(target, np.zeros(n, np.bool_), np.arange(CLASSES))
    return logits.astype(np.float32), answers


@pytest.mark.parametrize("factor", [0.3, 1.0, 4.0])
def test_fit_temperature_undoes_overconfidence(factor: float) -> None:
    logits, answers = _calibrated()
    fitted = fit_temperature(logits * np.float32(factor), answers)
    assert fitted == pytest.approx(factor, rel=0.08)


def test_fit_temperature_is_where_the_loss_is_lowest() -> None:
    logits, answers = _calibrated(500)
    best = fit_temperature(logits, answers)
    at_best = negative_log_likelihood(logits / np.float32(best), answers)
    for other in (0.9 * best, 1.1 * best):
        assert at_best < negative_log_likelihood(logits / np.float32(other), answers)


def test_fit_temperature_stays_in_range_when_all_is_right() -> None:
    logits = np.eye(CLASSES, dtype=np.float32)
    answers = Answers(np.arange(CLASSES), np.zeros(CLASSES, np.bool_), np.arange(CLASSES))
    assert 0.05 <= fit_temperature(logits, answers) <= 0.06


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    # Confidence 0.75 on both, right once: the gap is 0.25.
    logits = np.log(np.array([[3.0, 1.0], [3.0, 1.0]], np.float32))
    answers = Answers(np.array([0, 1]), np.zeros(2, np.bool_), np.arange(2))
    assert calibration_error(logits, answers) == pytest.approx(0.25, abs=1e-6)


def test_calibration_error_is_small_for_calibrated_logits() -> None:
    logits, answers = _calibrated()
    assert calibration_error(logits, answers) < 0.02
    assert calibration_error(logits * np.float32(4), answers) > 0.1


def test_confidence_is_both_cases_where_either_is_right() -> None:
    # Labels a, A, b. Half a, half A, case unknown: certain, and right.
    logits = np.array([[10.0, 10.0, -90.0]], np.float32)
    answers = Answers(np.array([1]), np.array([True]), np.array([1, 0, 2]))
    assert calibration_error(logits, answers) == pytest.approx(0.0, abs=1e-6)
    assert negative_log_likelihood(logits, answers) == pytest.approx(0.0, abs=1e-6)
