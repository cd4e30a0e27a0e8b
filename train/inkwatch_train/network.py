"""The network: a small Sequential stack whose every operation quantises to int8."""

import keras
from keras import layers

from inkwatch.recognise.crop import CROP_SIZE
from inkwatch_train.recipe import Network


def build_network(settings: Network, classes: int) -> keras.Sequential:
    """Build the classifier.

    Input: `(N, 32, 32, 1)` float32 from 0 (paper) to 1 (ink). Output: `(N, classes)` float32
    logits; the softmax is left to the device, where the temperature is known.

    Each convolution is 3x3 (the stem 5x5 with stride 2), unbiased, followed by BatchNorm (which
    the converter folds into it) and ReLU: the way of VGG (Simonyan and Zisserman 2014,
    arXiv:1409.1556), with BatchNorm (Ioffe and Szegedy 2015, arXiv:1502.03167).
    """
    stack: list[keras.layers.Layer] = [keras.Input((CROP_SIZE, CROP_SIZE, 1), name="crop")]
    if settings.stem is not None:
        stack += _convolution(settings.stem, size=5, stride=2)
    for widths in settings.stages:
        for width in widths:
            stack += _convolution(width, size=3, stride=1)
        stack.append(layers.MaxPooling2D(2))
    stack += [
        layers.Dropout(settings.dropout),
        layers.Flatten(),
        layers.Dense(settings.dense, use_bias=False),
        layers.BatchNormalization(momentum=0.9),
        layers.ReLU(),
        layers.Dropout(settings.dropout),
        layers.Dense(classes, name="logits"),
    ]
    return keras.Sequential(stack, name="chars")


def _convolution(width: int, *, size: int, stride: int) -> list[keras.layers.Layer]:
    return [
        layers.Conv2D(width, size, strides=stride, padding="same", use_bias=False),
        layers.BatchNormalization(momentum=0.9),
        layers.ReLU(),
    ]


def multiply_adds(model: keras.Sequential) -> int:
    """Count the multiply-adds that one crop costs."""
    total = 0
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            _, height, width, channels = layer.output.shape
            window = layer.kernel_size[0] * layer.kernel_size[1]
            total += height * width * channels * window * layer.input.shape[-1]
        elif isinstance(layer, layers.Dense):
            total += layer.input.shape[-1] * layer.units
    return total
