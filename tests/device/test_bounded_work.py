"""However much a picture holds that is no writing, little of it is classified and searched."""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
import pytest

from inkwatch import Reader
from inkwatch.frames.samples import sample_pages
from inkwatch.language import ways
from inkwatch.recognise import legible
from inkwatch.unread import Reason

_ROUNDS = 4 * 60


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


@pytest.fixture
def crops(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many crops each call of the classifier was given."""
    counts: list[int] = []
    classify = reader._characters._probabilities

    def counted(cuts: Sequence[Any]) -> Any:
        counts.append(len(cuts))
        return classify(cuts)

    monkeypatch.setattr(reader._characters, "_probabilities", counted)
    return counts


def grain(along: float, across: float, contrast: float) -> Any:
    noise = np.random.default_rng(3).standard_normal((1296, 2304)).astype(np.float32)
    smooth = cv2.GaussianBlur(noise, (0, 0), sigmaX=along, sigmaY=across)
    return np.clip(150 + contrast * smooth / smooth.std(), 0, 255).astype(np.uint8)


@pytest.mark.parametrize(
    "ground", [(14.0, 1.0, 18.0), (1.5, 1.5, 40.0), (3.0, 3.0, 45.0), (0.01, 0.01, 70.0)]
)
def test_of_a_ground_at_most_a_sample_is_classified_and_no_word_is_searched(
    reader: Reader,
    crops: list[int],
    ground: tuple[float, float, float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def searched(*_: Any) -> Any:
        raise AssertionError("no word is to be searched")

    monkeypatch.setattr(ways, "_words", searched)
    reading = reader.read(grain(*ground))
    assert reading.lines == ()
    assert sum(crops) <= _ROUNDS
    assert Reason.TEXTURE in {unread.reason for unread in reading.unread}


def test_a_page_far_out_of_focus_is_told_as_texture(reader: Reader, crops: list[int]) -> None:
    page = cv2.GaussianBlur(sample_pages()[0].image(), (0, 0), 9)
    reading = reader.read(np.asarray(page, np.uint8))
    assert reading.lines == ()
    assert sum(crops) <= _ROUNDS
    assert Reason.TEXTURE in {unread.reason for unread in reading.unread}


def test_few_letters_tell_nothing() -> None:
    assert legible.is_legible(np.full((legible.FEW - 1, 3), 0.0))
    assert not legible.is_legible(np.full((legible.FEW, 3), 0.05))
    assert legible.is_legible(np.full((legible.FEW, 3), 0.1), crowd=False) is True
    assert not legible.is_legible(np.full((legible.FEW, 3), 0.1), crowd=True)
