import numpy as np
import pytest

pytest.importorskip("rapidfuzz", reason="needs pip install 'inkwatch[dev]'")

from tools.bench.told_words import right_words
from tools.fit_sureness import fit


def test_words_that_stand_unedited_are_right() -> None:
    true = ["he", "told", "us", "that", "it", "is"]
    assert right_words(["he", "tale", "us", "that", "it", "it", "is"], true).count(True) == 5
    assert right_words(["tale", "us"], true) == [False, True]
    assert right_words([], true) == []


def test_the_weights_are_those_that_made_the_words_right() -> None:
    rng = np.random.default_rng(1)
    features = np.concatenate([rng.standard_normal((40_000, 2)), np.ones((40_000, 1))], axis=1)
    wanted = np.array([1.5, -0.7, 0.4])
    right = rng.random(len(features)) < 1.0 / (1.0 + np.exp(-features @ wanted))
    assert fit(features, right) == pytest.approx(wanted, abs=0.08)
