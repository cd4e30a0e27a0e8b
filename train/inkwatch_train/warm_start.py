"""Begin a training with what a bundle has learnt, instead of at random."""

from collections.abc import Iterator

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

from inkwatch_train.batches import as_input
from inkwatch_train.bundle_weights import BundleWeights, Weights
from inkwatch_train.labels import Labels

Floats = npt.NDArray[np.float32]

CROPS = 1024
"""How many crops settle the BatchNorms."""

_RESTING_LOGIT = -4.0
_NO_CHANGE = 1e-5


def warm_start(
    model: keras.Sequential,
    start: BundleWeights,
    labels: Labels,
    crops: npt.NDArray[np.uint8],
) -> None:
    """Put a bundle's weights into a fresh network, so that it computes what the bundle computes.

    A bundle has no BatchNorms any more: each is set to the mean and variance that its input
    really has on `crops`, with the gain and shift that undo them. So the network gives the same
    as before, and training finds it normalised.

    Args:
        model: as `build_network` makes it from `start.network`.
        start: the bundle's weights.
        labels: the new classes. Those that the bundle had keep their outputs; new ones begin
            as unlikely.
        crops: `(N, 32, 32)` uint8 like those that will be trained on.
    """
    values: Floats = as_input(crops)
    weights = iter(start.layers)
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            values = _settle_norm(layer, next(weights), model, values)
        elif isinstance(layer, layers.Dense):
            own = next(weights)
            if layer is model.layers[-1]:
                layer.set_weights(_logits(own, start.labels, labels.classes))
            else:
                values = _settle_norm(layer, own, model, values)
        elif not isinstance(layer, layers.BatchNormalization):
            values = _plain(layer(values))


def _settle_norm(
    layer: keras.layers.Layer, weights: Weights, model: keras.Sequential, values: Floats
) -> Floats:
    """Set a layer and the BatchNorm after it; return what comes out of the two."""
    layer.set_weights([weights.kernel])
    before = np.concatenate([_plain(layer(part)) for part in _parts(values)])
    norm_that_undoes(model.layers[model.layers.index(layer) + 1], before, weights.bias)
    return np.asarray(before + weights.bias, np.float32)


def norm_that_undoes(norm: keras.layers.Layer, before: Floats, bias: Floats) -> None:
    """Set a BatchNorm to what really comes, with the gain and shift that undo it but for a bias.

    Args:
        norm: the BatchNorm.
        before: what comes into it, the last axis its channels.
        bias: `(C,)`, what it is to add.
    """
    axes = tuple(range(before.ndim - 1))
    mean, variance = before.mean(axis=axes), np.maximum(before.var(axis=axes), _NO_CHANGE)
    # In the order that Keras keeps: gain, shift, moving mean, moving variance.
    norm.set_weights([np.sqrt(variance + norm.epsilon), mean + bias, mean, variance])


def _plain(tensor: object) -> Floats:
    return np.asarray(keras.ops.convert_to_numpy(tensor), np.float32)


def _parts(values: Floats, size: int = 256) -> Iterator[Floats]:
    for first in range(0, len(values), size):
        yield values[first : first + size]


def _logits(weights: Weights, known: tuple[str, ...], classes: list[str]) -> list[Floats]:
    kernel = np.zeros((weights.kernel.shape[0], len(classes)), np.float32)
    bias = np.full(len(classes), _RESTING_LOGIT, np.float32)
    for column, label in enumerate(classes):
        if label in known:
            kernel[:, column] = weights.kernel[:, known.index(label)]
            bias[column] = weights.bias[known.index(label)]
    return [kernel, bias]
