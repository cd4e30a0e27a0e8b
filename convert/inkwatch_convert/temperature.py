"""Confidence that means what it says: one number by which the logits are divided.

Guo et al. 2017, "On Calibration of Modern Neural Networks" (arXiv:1706.04599).
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from inkwatch.recognise.classifier import softmax
from inkwatch.recognise.quantise import Float32
from inkwatch_convert.answers import Answers

_LOWEST = 0.05
_HIGHEST = 20.0
_GOLDEN = (5**0.5 - 1) / 2


def fit_temperature(
    logits: Float32, answers: Answers, weights: npt.NDArray[np.float64] | None = None
) -> float:
    """Find the temperature that makes the right answers likeliest.

    Args:
        logits: `(N, L)` float32 of the quantised model, N at least 1.
        answers: the right ones for the same N crops.
        weights: `(N,)` how much each crop counts; None counts all the same.

    Returns:
        The temperature, between 0.05 and 20, to 4 digits.
    """

    def loss(log_temperature: float) -> float:
        cooled = logits / np.float32(np.exp(log_temperature))
        return negative_log_likelihood(cooled, answers, weights)

    best = _minimise(loss, float(np.log(_LOWEST)), float(np.log(_HIGHEST)))
    return float(f"{np.exp(best):.4g}")


def negative_log_likelihood(
    logits: Float32, answers: Answers, weights: npt.NDArray[np.float64] | None = None
) -> float:
    """Give the weighted mean of -log p over the crops; p sums over all answers that are right."""
    probabilities = softmax(logits).astype(np.float64)
    right = (probabilities * answers.accepted).sum(axis=1)
    lost = -np.log(np.maximum(right, np.finfo(np.float32).tiny))
    return float(np.average(lost, weights=weights))


def calibration_error(logits: Float32, answers: Answers, bins: int = 15) -> float:
    """Give the expected calibration error of logits that were divided by their temperature.

    The crops are binned by confidence; the error is the mean of |accuracy - confidence| over the
    bins, each weighted by its crops. Where either case is right, confidence is both cases'.
    """
    probabilities = softmax(logits)
    predicted = probabilities.argmax(axis=1)
    rows = np.arange(len(predicted))
    confidence = probabilities[rows, predicted].astype(np.float64)
    other = answers.other_case[predicted]
    both = answers.folded & (other != predicted)
    confidence[both] += probabilities[rows[both], other[both]]
    right = answers.is_right(predicted)
    which = np.minimum((confidence * bins).astype(np.intp), bins - 1)
    gaps = np.asarray(np.bincount(which, right - confidence, minlength=bins), np.float64)
    return float(np.abs(gaps).sum() / len(predicted))


def _minimise(function: Callable[[float], float], low: float, high: float) -> float:
    """Find the minimum of a function with one valley by golden-section search."""
    left, right = high - _GOLDEN * (high - low), low + _GOLDEN * (high - low)
    at_left, at_right = function(left), function(right)
    while high - low > 1e-4:
        if at_left < at_right:
            high, right, at_right = right, left, at_left
            left = high - _GOLDEN * (high - low)
            at_left = function(left)
        else:
            low, left, at_left = left, right, at_right
            right = low + _GOLDEN * (high - low)
            at_right = function(right)
    return (low + high) / 2
