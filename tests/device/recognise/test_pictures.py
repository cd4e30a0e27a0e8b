from typing import Any

import cv2
import numpy as np
import pytest

from inkwatch.recognise import pictures as pictures_module
from inkwatch.recognise.bundle import Bundle
from inkwatch.recognise.classifier import BATCH, Classifier
from inkwatch.recognise.crop import Grey, crop_glyphs
from inkwatch.recognise.pictures import classify_pictures


def pictures(count: int) -> list[Grey]:
    rng = np.random.default_rng(count)
    drawn = []
    for k in range(count):
        page = np.full((int(rng.integers(30, 90)), 96), 215, np.uint8)
        cv2.putText(page, "0123ABET"[k % 8], (28, 28), 0, 1.0, 40, 3, cv2.LINE_AA)
        drawn.append(page)
    return drawn


@pytest.mark.parametrize("cores", [1, 4])
@pytest.mark.parametrize("count", [0, 1, BATCH, BATCH + 1, 3 * BATCH + 5])
def test_cutting_beside_the_model_changes_nothing(
    tiny: Bundle, count: int, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures_module, "usable_cores", lambda: cores)
    classifier = Classifier(tiny)
    greys = pictures(count)
    expected = classifier.probabilities(crop_glyphs(greys))
    assert np.array_equal(classify_pictures(classifier, greys), expected)


def test_a_fault_in_the_second_thread_comes_to_light(
    tiny: Bundle, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures_module, "usable_cores", lambda: 4)
    greys: list[Any] = [*pictures(3 * BATCH), "no picture"]
    with pytest.raises(AttributeError, match="shape"):
        classify_pictures(Classifier(tiny), greys)
