"""Begin a training of lines with what an earlier run or a shipped bundle has learnt."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import layers

from inkwatch.errors import DataError
from inkwatch.recognise.bundle import load_bundle
from inkwatch.recognise.card import LINES
from inkwatch_train.bundle_weights import PASSED_OVER, Weights, operations_of
from inkwatch_train.lines.alphabet import LINE_ALPHABET
from inkwatch_train.lines.batches import as_batch
from inkwatch_train.lines.recipe import LineRecipe
from inkwatch_train.lines.source import LabelledLine
from inkwatch_train.run import Run
from inkwatch_train.start import require_terms
from inkwatch_train.warm_start import norm_that_undoes

Floats = npt.NDArray[np.float32]

_Convolution = layers.Conv2D | layers.DepthwiseConv2D

LINES_TO_SETTLE = 48
"""How many lines settle the BatchNorms of a bundle's weights."""

_KEPT_OPERATIONS = PASSED_OVER | {"CONV_2D", "DEPTHWISE_CONV_2D", "MAX_POOL_2D", "ADD"}


def begin_with(
    model: keras.Model, start: str, recipe: LineRecipe, lines: Sequence[LabelledLine]
) -> None:
    """Put an earlier training's weights into a fresh network.

    Args:
        model: as `build_line_network` makes it.
        start: a run's folder, whose best weights are taken; else a bundle's name or folder, whose
            int8 weights are taken as real numbers.
        recipe: what will be trained.
        lines: like those that will be trained on; a bundle's BatchNorms are settled by them.

    Raises:
        BundleError: it names neither a run nor a bundle of lines.
        DataError: its network is another one, or its terms are stricter than the recipe's.
    """
    weights = Run(Path(start)).best_weights
    if not weights.is_file():
        _begin_with_bundle(model, start, recipe, lines)
        return
    try:
        model.load_weights(weights)
    except (OSError, ValueError, KeyError) as error:
        raise DataError(
            f"start_from: {weights} cannot be used: {error}. Name the folder of a run with "
            "the same network of lines."
        ) from error


def _begin_with_bundle(
    model: keras.Model, start: str, recipe: LineRecipe, lines: Sequence[LabelledLine]
) -> None:
    bundle = load_bundle(start, LINES)
    require_terms(bundle, recipe.name, recipe.terms)
    operations = operations_of(bundle)
    stored = [each.weights for each in operations if each.weights is not None]
    known = {each.name for each in operations} <= _KEPT_OPERATIONS
    convolutions = [each for each in model.layers if isinstance(each, _Convolution)]
    if (
        not known
        or tuple(bundle.card.labels[:-1]) != tuple(LINE_ALPHABET)
        or len(stored) != len(convolutions)
    ):
        raise _other_network(start)
    kernels = [
        _along_line(own, layer, start) for own, layer in zip(stored, convolutions, strict=True)
    ]
    picture = as_batch(lines).as_input()
    for layer, kernel, own in zip(convolutions, kernels, stored, strict=True):
        if layer is convolutions[-1]:
            layer.set_weights([kernel, own.bias])
        else:
            layer.set_weights([kernel])
            _settle(model, layer, own.bias, picture)


def _along_line(stored: Weights, layer: Any, start: str) -> Floats:
    """A layer's kernel, where the device's goes down the columns instead; see `for_device`."""
    kernel = stored.kernel
    if layer.dilation_rate[1] > 1:
        kernel = np.swapaxes(kernel, 0, 1)
    if kernel.shape != tuple(layer.kernel.shape):
        raise _other_network(start)
    return np.ascontiguousarray(kernel)


def _settle(model: keras.Model, layer: Any, bias: Floats, picture: Floats) -> None:
    """Set the BatchNorm after a layer so that the two give the same as the bundle."""
    until = keras.Model(model.inputs[0], layer.output)
    before = keras.ops.convert_to_numpy(until(picture, training=False))
    norm = model.layers[model.layers.index(layer) + 1]
    norm_that_undoes(norm, np.asarray(before, np.float32), bias)


def _other_network(start: str) -> DataError:
    return DataError(
        f"start_from: the bundle '{start}' has another network than the recipe. Give the recipe "
        "the same [network], or start from another."
    )
