import numpy as np
import pytest

from inkwatch.vision.baselines import STEEPEST, Curve, crest, shifted_curve, smooth_curve, x_height

BODY = 20.0
X = np.linspace(100, 900, 60)


def bent(x: np.ndarray) -> np.ndarray:
    """A baseline that bows by two bodies, as on the page of a thick book."""
    return 300 + 2 * BODY * ((x - 500) / 400) ** 2


def test_a_curve_goes_on_straight_past_its_ends() -> None:
    curve = Curve(500.0, 400.0, (300.0, 0.0, 40.0))
    assert curve.at([100, 500, 900]).tolist() == [340, 300, 340]
    assert curve.slope(900) == pytest.approx(0.2)
    assert curve.at(1000) == pytest.approx(340 + 0.2 * 100)
    assert curve.at(0) == pytest.approx(340 + 0.2 * 100)
    assert curve.moved(5.0).at(500) == pytest.approx(305)


def test_a_long_line_bends_and_a_short_one_keeps_to_the_expected_slope() -> None:
    long = smooth_curve(X, bent(X), np.ones(60), slope=0.0, body_px=BODY)
    assert np.abs(long.at(X) - bent(X)).max() < 0.2 * BODY
    short = smooth_curve(
        np.array([100.0, 120]), np.array([300.0, 306]), np.ones(2), slope=0.05, body_px=BODY
    )
    assert float(short.slope(110)) == pytest.approx(0.05, abs=0.03)


def test_no_line_is_steeper_than_writing_may_be() -> None:
    steep = smooth_curve(
        np.array([0.0, 10]), np.array([0.0, 60]), np.ones(2), slope=0.0, body_px=BODY
    )
    assert abs(float(steep.slope(5))) <= STEEPEST + 1e-9


def test_the_baseline_lies_at_the_letters_feet_whatever_their_tails() -> None:
    middle = smooth_curve(X, bent(X), np.ones(60), slope=0.0, body_px=BODY)
    bottoms = bent(X) + 0.5 * BODY
    bottoms[::5] += 0.7 * BODY  # tails
    bottoms[3::9] -= 0.6 * BODY  # marks
    baseline = shifted_curve(middle, X, bottoms, BODY)
    assert np.abs(baseline.at(X) - bent(X) - 0.5 * BODY).max() < 0.1 * BODY


def test_the_crest_of_values() -> None:
    assert crest(np.array([1.0, 1.1, 0.9, 5.0]), 0.2) == pytest.approx(1.0, abs=0.1)
    assert crest(np.array([7.0]), 0.5) == pytest.approx(7.0, abs=0.2)


def test_the_x_height_is_the_lower_of_two_crests() -> None:
    rng = np.random.default_rng(1)
    rise = np.concatenate([rng.normal(20, 0.8, 40), rng.normal(36, 0.8, 45)])
    assert x_height(rise, 26.0) == pytest.approx(20, abs=1)
    assert x_height(np.full(12, 36.0), 26.0) == pytest.approx(36, abs=1)
    assert x_height(np.array([36.0, 36, 20]), 26.0, usual_px=20.0) == pytest.approx(20, abs=1)
    assert x_height(np.zeros(0), 26.0) == 26.0
