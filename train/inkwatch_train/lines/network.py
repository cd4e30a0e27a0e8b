"""The network that reads lines: convolutions all the way, so that it runs in int8 at any width."""

from typing import Any

import keras
import numpy as np
from keras import layers

from inkwatch.recognise.line_image import LINE_HEIGHT
from inkwatch_train.lines.alphabet import OUTPUTS, STEP_PX
from inkwatch_train.lines.recipe import LineNetwork


def build_line_network(settings: LineNetwork) -> keras.Model:
    """Build the reader of lines.

    Input: `(N, 48, W, 1)` float32 from 0 (paper) to 1 (ink). Output: `(N, W / 4, 96)` float32
    logits for each step of four columns: the characters of `LINE_ALPHABET`, then CTC's blank.
    A Functional model, because of its residual sums (He et al. 2016, doi:10.1109/CVPR.2016.90); no
    recurrence, since int8 runs fastest without it.

    Any width goes that is a multiple of 4.
    """
    return _network(settings, None)


def for_device(trained: keras.Model, settings: LineNetwork, width: int) -> keras.Model:
    """Give the same network for pieces of one width, of layers that TFLite runs fastest.

    For a dilated convolution TFLite makes several steps through memory. The steps of a line that
    are `dilation` apart stand below one another once they are written in rows of so many, so
    that a plain convolution down the columns does the same.

    Args:
        trained: from `build_line_network(settings)`.
        settings: how wide each part is.
        width: columns, a multiple of 4 times each of the dilations.
    """
    keras.config.set_dtype_policy("float32")
    model = _network(settings, width)
    pairs = zip(_with_weights(model), _with_weights(trained), strict=True)
    for mine, theirs in pairs:
        weights = theirs.get_weights()
        if isinstance(mine, layers.Conv2D) and mine.kernel_size != theirs.kernel_size:
            along, *rest = weights
            weights = [np.swapaxes(along, 0, 1), *rest]
        mine.set_weights(weights)
    return model


def _with_weights(model: keras.Model) -> list[keras.layers.Layer]:
    return [layer for layer in model.layers if layer.weights]


def _network(settings: LineNetwork, width: int | None) -> keras.Model:
    """The network for any width, or for one, as the device has it."""
    picture = keras.Input((LINE_HEIGHT, width, 1), name="line")
    x = _convolution(picture, settings.stem, (5, 5), strides=2)
    x = _convolution(x, settings.stages[0][0], (3, 3), strides=2)
    for filters in settings.stages[0][1:]:
        x = _convolution(x, filters, (3, 3))
    for stage in settings.stages[1:]:
        x = FastMaxPooling((2, 1))(x)
        for filters in stage:
            x = _convolution(x, filters, (3, 3))
    # What is left of the height, three rows, becomes one: from here on the line is a sequence.
    x = _convolution(x, settings.sequence, (3, 1), padding="valid")
    plain = len(settings.dilations) - len(settings.wide)
    for place, dilation in enumerate(settings.dilations):
        x = layers.Dropout(settings.dropout)(x)
        x = layers.Add()([x, _along(x, settings.sequence, dilation, width)])
        if place >= plain:
            x = layers.Add()([x, _wide(x, settings.sequence, settings.wide[place - plain])])
    x = layers.Dropout(settings.dropout)(x)
    x = layers.Conv2D(OUTPUTS, 1, name="logits", dtype="float32")(x)
    steps = -1 if width is None else width // STEP_PX
    x = layers.Reshape((steps, OUTPUTS), dtype="float32")(x)
    return keras.Model(picture, x, name="lines")


def multiply_adds(model: keras.Model, width: int) -> int:
    """Count the multiply-adds that a line of `width` columns costs."""
    total = 0
    for layer in model.layers:
        if not isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D):
            continue
        _, height, _, channels = layer.output.shape
        step = 2 if not total else STEP_PX
        each = layer.input.shape[-1] if isinstance(layer, layers.Conv2D) else 1
        window = layer.kernel_size[0] * layer.kernel_size[1]
        total += height * (width // step) * channels * window * each
    return total


@keras.saving.register_keras_serializable("inkwatch")
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


@keras.saving.register_keras_serializable("inkwatch")
class FastConvolution(layers.Conv2D):  # type: ignore[misc]
    """A convolution that leaves channels last where Keras runs on PyTorch.

    Keras copies what goes in to channels first and back there, which costs a tenth of a step of
    training. Elsewhere it is Keras's layer; weights and results are the same either way.
    """

    def call(self, inputs: Any) -> Any:
        """Convolve `(N, H, W, C)`."""
        if keras.backend.backend() != "torch" or self.use_bias:
            return super().call(inputs)
        from torch.nn import functional

        x = inputs.permute(0, 3, 1, 2)
        padding: Any = 0
        if self.padding == "same":
            rows, columns = (self._around(axis, x.shape[2 + axis]) for axis in (0, 1))
            if rows[0] == rows[1] and columns[0] == columns[1]:
                padding = (rows[0], columns[0])
            else:
                x = functional.pad(x, (*columns, *rows))
        kernel = keras.ops.cast(self.kernel, self.compute_dtype).permute(3, 2, 0, 1)
        made = functional.conv2d(x, kernel, None, self.strides, padding, self.dilation_rate)
        return made.permute(0, 2, 3, 1)

    def _around(self, axis: int, size: int) -> tuple[int, int]:
        """How many zeros stand before and after, as TensorFlow has it."""
        stride = self.strides[axis]
        window = (self.kernel_size[axis] - 1) * self.dilation_rate[axis] + 1
        total = max(0, (-(-size // stride) - 1) * stride + window - size)
        return total // 2, total - total // 2


@keras.saving.register_keras_serializable("inkwatch")
class FastMaxPooling(layers.MaxPooling2D):  # type: ignore[misc]
    """The larger of two rows, as one comparison where Keras runs on PyTorch."""

    def call(self, inputs: Any) -> Any:
        """Halve the height of `(N, H, W, C)`."""
        if keras.backend.backend() != "torch":
            return super().call(inputs)
        import torch

        return torch.maximum(inputs[:, 0::2], inputs[:, 1::2])


def _wide(x: Any, filters: int, window: int) -> Any:
    """What stands far along the line, cheaply: each channel by itself, then all together.

    Chollet 2017, doi:10.1109/CVPR.2017.195. It begins as little, so that it can be put into a
    network that has learnt to do without.
    """
    x = layers.DepthwiseConv2D((1, window), padding="same", use_bias=False)(x)
    x = layers.ReLU()(FastBatchNormalization(momentum=0.95)(x))
    x = FastConvolution(filters, 1, use_bias=False)(x)
    little = keras.initializers.Constant(0.2)
    return layers.ReLU()(FastBatchNormalization(momentum=0.95, gamma_initializer=little)(x))


def _along(x: Any, filters: int, dilation: int, width: int | None) -> Any:
    """A convolution of five steps along the line, `dilation` apart; see `for_device` for widths."""
    if width is None or dilation == 1:
        return _convolution(x, filters, (1, 5), dilation=(1, dilation))
    steps = width // STEP_PX
    rows = layers.Reshape((steps // dilation, dilation, filters))(x)
    return layers.Reshape((1, steps, filters))(_convolution(rows, filters, (5, 1)))


def _convolution(
    x: Any,
    filters: int,
    size: tuple[int, int],
    *,
    strides: int = 1,
    dilation: tuple[int, int] = (1, 1),
    padding: str = "same",
) -> Any:
    x = FastConvolution(
        filters, size, strides=strides, dilation_rate=dilation, padding=padding, use_bias=False
    )(x)
    return layers.ReLU()(FastBatchNormalization(momentum=0.95)(x))
