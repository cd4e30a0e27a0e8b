from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

pytest.importorskip("tensorflow", reason="needs pip install 'inkwatch[train]'")

import keras
import tensorflow as tf

from inkwatch_train.batches import as_input
from inkwatch_train.loss import EitherCaseCrossEntropy, accuracy
from inkwatch_train.network import build_network
from inkwatch_train.recipe import Network

pytestmark = pytest.mark.train

Floats = npt.NDArray[np.float32]


@pytest.fixture
def logits() -> Floats:
    return np.random.default_rng(1).normal(0, 3, (6, 5)).astype(np.float32)


def hot(*rows: tuple[int, ...]) -> Floats:
    targets = np.zeros((len(rows), 5), np.float32)
    for row, classes in enumerate(rows):
        targets[row, list(classes)] = 1
    return targets


def each(loss: EitherCaseCrossEntropy, targets: Floats, logits: Floats) -> Floats:
    values: Any = loss.call(tf.constant(targets), tf.constant(logits))
    return np.asarray(values, np.float32)


def softmax(logits: Floats) -> Floats:
    raised = np.exp(logits.astype(np.float64))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


@pytest.mark.parametrize("smoothing", [0.0, 0.05, 0.3])
def test_with_one_right_class_it_is_softmax_cross_entropy(logits: Floats, smoothing: float) -> None:
    targets = hot((0,), (1,), (2,), (3,), (4,), (0,))
    theirs = keras.losses.categorical_crossentropy(
        targets, logits, from_logits=True, label_smoothing=smoothing
    )
    np.testing.assert_allclose(
        each(EitherCaseCrossEntropy(smoothing), targets, logits), theirs, rtol=1e-5, atol=1e-5
    )


def test_with_two_right_classes_their_probabilities_add_up(logits: Floats) -> None:
    targets = hot((0, 3), (1, 2), (2, 4), (3, 4), (0, 4), (0, 1))
    wanted = -np.log((softmax(logits) * targets).sum(axis=1))
    np.testing.assert_allclose(
        each(EitherCaseCrossEntropy(), targets, logits), wanted, rtol=1e-4, atol=1e-5
    )


def test_it_stays_finite_where_the_network_is_sure_and_wrong() -> None:
    logits = np.array([[500.0, -500, 0, 0, 0]], np.float32)
    assert each(EitherCaseCrossEntropy(), hot((1,)), logits)[0] == pytest.approx(1000)
    assert each(EitherCaseCrossEntropy(), hot((0,)), logits)[0] == pytest.approx(0)


def test_its_gradient_is_what_the_formula_says(logits: Floats) -> None:
    targets = hot((0, 3), (1,), (2, 4), (3,), (0, 4), (1,))
    z = tf.Variable(logits)
    with tf.GradientTape() as tape:
        value = EitherCaseCrossEntropy()(tf.constant(targets), z)
    gradient = np.asarray(tape.gradient(value, z))
    p = softmax(logits)
    among_right = p * targets / (p * targets).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(gradient, (p - among_right) / 6, atol=1e-6)


def test_a_model_compiled_with_it_is_saved_and_loaded(tmp_path: Path) -> None:
    model = build_network(Network(stages=[[3]], dense=4, dropout=0.0), classes=5)
    model.compile("adam", loss=EitherCaseCrossEntropy(0.1), metrics=[accuracy])
    crops = np.random.default_rng(2).integers(0, 256, (6, 32, 32), np.uint8)
    targets = hot((0, 3), (1,), (2, 4), (3,), (0, 4), (1,))
    model.fit(as_input(crops), targets, verbose=0)
    before = model.evaluate(as_input(crops), targets, verbose=0, return_dict=True)
    assert set(before) == {"loss", "accuracy"}
    model.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    assert isinstance(loaded.loss, EitherCaseCrossEntropy)
    assert loaded.loss.smoothing == 0.1
    after = loaded.evaluate(as_input(crops), targets, verbose=0, return_dict=True)
    assert after == pytest.approx(before, rel=1e-5)


def test_accuracy_counts_either_right_class() -> None:
    logits = np.eye(5, dtype=np.float32)[[3, 3, 3, 1, 0]]
    targets = hot((0, 3), (3,), (0, 1), (0, 1), (4,))
    values: Any = accuracy(tf.constant(targets), tf.constant(logits))
    np.testing.assert_array_equal(values, [1, 1, 0, 1, 0])
