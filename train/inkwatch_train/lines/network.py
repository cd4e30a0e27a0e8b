"""The network that reads lines: convolutions all the way, so that it runs in int8 at any width."""

from typing import Any

import keras
from keras import layers

from inkwatch.recognise.line_image import LINE_HEIGHT
from inkwatch_train.lines.alphabet import OUTPUTS
from inkwatch_train.lines.recipe import LineNetwork

STEP_PX = 4
"""Columns of the line image for each step of the output."""


def build_line_network(settings: LineNetwork, width: int | None = None) -> keras.Model:
    """Build the reader of lines.

    Input: `(N, 48, W, 1)` float32 from 0 (paper) to 1 (ink). Output: `(N, W / 4, 96)` float32
    logits for each step of four columns: output 0 is CTC's blank, the others the characters of
    `LINE_ALPHABET`. A Functional model, because of its residual sums (He et al. 2016,
    doi:10.1109/CVPR.2016.90); no recurrence, since int8 runs fastest without it.

    Args:
        settings: how wide each part is.
        width: a fixed number of columns, a multiple of 4; None takes any.
    """
    picture = keras.Input((LINE_HEIGHT, width, 1), name="line")
    x = _convolution(picture, settings.stem, (5, 5), strides=2)
    x = _convolution(x, settings.stages[0][0], (3, 3), strides=2)
    for filters in settings.stages[0][1:]:
        x = _convolution(x, filters, (3, 3))
    for stage in settings.stages[1:]:
        x = layers.MaxPooling2D((2, 1))(x)
        for filters in stage:
            x = _convolution(x, filters, (3, 3))
    # What is left of the height, three rows, becomes one: from here on the line is a sequence.
    x = _convolution(x, settings.sequence, (3, 1), padding="valid")
    for dilation in settings.dilations:
        x = layers.Dropout(settings.dropout)(x)
        wide = _convolution(x, settings.sequence, (1, 5), dilation=(1, dilation))
        x = layers.Add()([x, wide])
    x = layers.Dropout(settings.dropout)(x)
    x = layers.Conv2D(OUTPUTS, 1, name="logits", dtype="float32")(x)
    return keras.Model(picture, layers.Reshape((-1, OUTPUTS), dtype="float32")(x), name="lines")


def multiply_adds(model: keras.Model, width: int) -> int:
    """Count the multiply-adds that a line of `width` columns costs."""
    columns = {"line": width}
    total = 0
    for layer in model.layers:
        if not isinstance(layer, layers.Conv2D):
            continue
        _, height, _, channels = layer.output.shape
        step = 2 if not total else STEP_PX
        window = layer.kernel_size[0] * layer.kernel_size[1]
        total += height * (columns["line"] // step) * channels * window * layer.input.shape[-1]
    return total


class FastBatchNormalization(layers.BatchNormalization):  # type: ignore[misc]
    """Batch normalisation as one of PyTorch's own steps where Keras runs on PyTorch.

    Keras makes it of many small ones there, which cost as much as all convolutions. Elsewhere it
    is Keras's layer; weights are the same either way.
    """

    def call(self, inputs: Any, training: bool | None = None, mask: Any = None) -> Any:
        """Normalise `(N, H, W, C)` over all but the channels."""
        if keras.backend.backend() != "torch" or mask is not None:
            return super().call(inputs, training=training, mask=mask)
        import torch

        normal = torch.nn.functional.batch_norm(
            inputs.permute(0, 3, 1, 2),
            self.moving_mean.value.data,
            self.moving_variance.value.data,
            self.gamma.value,
            self.beta.value,
            training=bool(training),
            momentum=1.0 - self.momentum,
            eps=self.epsilon,
        )
        return normal.permute(0, 2, 3, 1)


def _convolution(
    x: Any,
    filters: int,
    size: tuple[int, int],
    *,
    strides: int = 1,
    dilation: tuple[int, int] = (1, 1),
    padding: str = "same",
) -> Any:
    x = layers.Conv2D(
        filters, size, strides=strides, dilation_rate=dilation, padding=padding, use_bias=False
    )(x)
    return layers.ReLU()(FastBatchNormalization(momentum=0.95)(x))
