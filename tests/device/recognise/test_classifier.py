import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.errors import BundleError, MissingPackageError, UsageError
from inkwatch.recognise.bundle import Bundle, load_bundle
from inkwatch.recognise.card import NOT_A_CHARACTER, Golden, Tensor
from inkwatch.recognise.classifier import BATCH, Classifier, Crops, among, softmax
from inkwatch.recognise.crop import crop_glyph
from inkwatch.recognise.quantise import dequantise


@pytest.fixture(scope="module")
def classifier(tiny: Bundle) -> Classifier:
    return Classifier(tiny)


def _draw(text: str) -> Crops:
    crops = []
    for character in text:
        page = np.full((96, 96), 215, np.uint8)
        cv2.putText(page, character, (28, 66), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 40, 4, cv2.LINE_AA)
        crops.append(crop_glyph(page))
    return np.stack(crops)


def _with_card(bundle: Bundle, **changes: Any) -> Bundle:
    return Bundle(bundle.path, msgspec.structs.replace(bundle.card, **changes), bundle.model)


def test_it_reads_drawn_characters(classifier: Classifier) -> None:
    ranked = classifier.rank(classifier.probabilities(_draw("0123ABET")), top=3)
    assert "".join(candidates[0].character for candidates in ranked) == "0123ABET"
    for candidates in ranked:
        values = [candidate.probability for candidate in candidates]
        assert len(values) == 3
        assert values == sorted(values, reverse=True)
        assert isinstance(values[0], float)


@pytest.mark.parametrize("count", [1, 2, BATCH - 1, BATCH, BATCH + 1, 3 * BATCH + 7])
def test_outputs_do_not_depend_on_the_batch(classifier: Classifier, count: int) -> None:
    rng = np.random.default_rng(count)
    crops = rng.integers(0, 256, (count, 32, 32), dtype=np.uint8)
    singly = np.concatenate([classifier.outputs(crop[np.newaxis]) for crop in crops])
    assert np.array_equal(classifier.outputs(crops), singly)


def test_two_threads_give_the_same(tiny: Bundle, classifier: Classifier) -> None:
    crops = _draw("0123ABETabet")
    assert np.array_equal(Classifier(tiny, threads=2).outputs(crops), classifier.outputs(crops))


def test_no_crops_give_no_rows(classifier: Classifier) -> None:
    none = np.zeros((0, 32, 32), np.uint8)
    assert classifier.logits(none).shape == (0, 12)
    assert classifier.probabilities(none).shape == (0, 12)
    assert classifier.rank(classifier.probabilities(none)) == ()


def test_logits_are_the_outputs_in_real_numbers(tiny: Bundle, classifier: Classifier) -> None:
    crops = _draw("0A")
    logits = classifier.logits(crops)
    assert logits.dtype == np.float32
    assert np.array_equal(logits, dequantise(classifier.outputs(crops), tiny.card.output))


def test_temperature_softens_probabilities(tiny: Bundle, classifier: Classifier) -> None:
    crops = _draw("0A")
    soft = Classifier(_with_card(tiny, temperature=10.0)).probabilities(crops)
    assert (soft.max(axis=1) < classifier.probabilities(crops).max(axis=1)).all()
    assert np.array_equal(soft, softmax(classifier.logits(crops) / np.float32(10)))


def test_crops_that_are_not_contiguous_are_fine(classifier: Classifier) -> None:
    crops = np.repeat(_draw("0A1B"), 2, axis=0)
    assert np.array_equal(classifier.outputs(crops[::2]), classifier.outputs(_draw("0A1B")))


@pytest.mark.parametrize(
    "crops",
    [
        np.zeros((32, 32), np.uint8),
        np.zeros((1, 28, 28), np.uint8),
        np.zeros((1, 32, 32), np.float32),
        np.zeros((1, 32, 32, 1), np.uint8),
    ],
)
def test_other_arrays_are_refused(classifier: Classifier, crops: Any) -> None:
    with pytest.raises(UsageError, match=r"\(N, 32, 32\) uint8"):
        classifier.outputs(crops)


def test_a_mask_leaves_only_its_alphabet(tiny: Bundle) -> None:
    classifier = Classifier(_with_card(tiny, temperature=1.0))
    probabilities = classifier.probabilities(_draw("AB"))
    (first, _) = classifier.rank(probabilities, top=9, mask=classifier.mask("0123"))
    assert sorted(candidate.character for candidate in first) == list("0123")
    assert sum(candidate.probability for candidate in first) == pytest.approx(1.0, abs=1e-5)


def test_a_mask_over_impossible_characters_stays_finite(classifier: Classifier) -> None:
    certain = np.eye(12, dtype=np.float32)[:1]
    (first,) = classifier.rank(certain, mask=classifier.mask("123"))
    assert [(c.character, c.probability) for c in first] == [("1", 0.0), ("2", 0.0), ("3", 0.0)]


@pytest.fixture(scope="module")
def rejecting(tiny: Bundle) -> Classifier:
    """The tiny model, its last output taken for one of crops that hold no character."""
    return Classifier(_with_card(tiny, labels=[*tiny.card.labels[:-1], NOT_A_CHARACTER]))


def test_what_is_no_character_is_no_label(tiny: Bundle, rejecting: Classifier) -> None:
    assert rejecting.labels == tuple(tiny.card.labels[:-1])
    assert rejecting.outputs(_draw("0A")).shape == (2, 12)
    assert rejecting.mask("0A").shape == (11,)


def test_what_rows_lack_is_for_no_character(classifier: Classifier, rejecting: Classifier) -> None:
    crops = _draw("0At")  # the t is what the last output stands for
    told = rejecting.probabilities(crops)
    assert told.shape == (3, 11)
    assert np.array_equal(told, classifier.probabilities(crops)[:, :11])
    assert (told.sum(axis=1) > 0.5).tolist() == [True, True, False]


def test_a_mask_does_not_make_a_character_of_nothing(rejecting: Classifier) -> None:
    (candidates,) = rejecting.rank(
        rejecting.probabilities(_draw("t")), top=9, mask=rejecting.mask("01")
    )
    assert [c.probability < 0.5 for c in candidates] == [True, True]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.001, 1.0), min_size=4, max_size=4), st.floats(0.0, 1.0))
def test_among_keeps_ratios_and_the_weight_of_nothing(shares: list[float], nothing: float) -> None:
    row = np.array(shares) / sum(shares) * (1.0 - nothing)
    kept = among(row[None].astype(np.float32), np.array([0, 2]))[0]
    assert kept.sum() <= 1.0 + 1e-5
    expected = row[[0, 2]] / (row[0] + row[2] + nothing)
    assert kept == pytest.approx(expected, abs=1e-4)


def test_a_mask_names_characters_that_the_model_lacks(classifier: Classifier) -> None:
    with pytest.raises(UsageError, match="'xy'"):
        classifier.mask("0xy")
    with pytest.raises(UsageError, match="alphabet is empty"):
        classifier.mask("")


def test_softmax_rows_sum_to_one_however_large() -> None:
    logits = np.array([[1e4, 1e4, 0.0], [-1e4, 0.0, 1.0]], np.float32)
    result = softmax(logits)
    assert result[0].tolist() == [0.5, 0.5, 0.0]
    assert result.sum(axis=1) == pytest.approx([1.0, 1.0])


def test_the_golden_crop_gives_its_output(classifier: Classifier) -> None:
    classifier.check_golden()
    if classifier.runtime.name == "litert":
        assert classifier.golden_error() == 0


def test_a_runtime_that_miscalculates_is_told(tiny: Bundle) -> None:
    golden = Golden(tiny.card.golden.crop, bytes(12))
    with pytest.raises(MissingPackageError, match=r"miscalculates.*'tiny' is off by"):
        Classifier(_with_card(tiny, golden=golden)).check_golden()


@pytest.mark.parametrize(
    ("name", "tensor"),
    [
        ("input", Tensor("int8", (1, 32, 32, 1), 0.5, -128)),
        ("input", Tensor("int8", (1, 32, 32, 1), 0.003921568859368563, -127)),
        ("output", Tensor("int8", (1, 11), 0.1, 0)),
    ],
)
def test_a_model_that_is_not_what_the_card_says_is_refused(
    tiny: Bundle, name: str, tensor: Tensor
) -> None:
    with pytest.raises(BundleError, match=f"the model's {name} is"):
        Classifier(_with_card(tiny, **{name: tensor}))


def test_a_foreign_model_under_a_fitting_card_is_refused(
    folder: Path, change_card: Callable[..., None]
) -> None:
    """Its hash and size were put right, but it is no model."""
    junk = b"no model" * 20
    (folder / "model.tflite").write_bytes(junk)
    change_card(model_sha256=hashlib.sha256(junk).hexdigest(), model_bytes=len(junk))
    with pytest.raises(BundleError, match="cannot run this model"):
        Classifier(load_bundle(folder))
