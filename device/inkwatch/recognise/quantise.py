"""Between real numbers and a model's int8: `real = scale * (stored - zero_point)`.

The scheme is that of Jacob et al. 2018 (arXiv:1712.05877), as TFLite uses it.
"""

import numpy as np
import numpy.typing as npt

from inkwatch.recognise.card import Tensor

Int8 = npt.NDArray[np.int8]
Float32 = npt.NDArray[np.float32]

_SIGN_FLIP = np.arange(-128, 128).astype(np.int8)
"""Scale 1/255 and zero point -128: grey level g is stored as g - 128."""


def quantise(real: npt.NDArray[np.floating], tensor: Tensor) -> Int8:
    """Store real numbers as int8, rounded to even and clipped to the ends of the range."""
    stored = np.rint(np.asarray(real, np.float64) / tensor.scale) + tensor.zero_point
    clipped: Int8 = np.clip(stored, -128, 127).astype(np.int8)
    return clipped


def dequantise(stored: Int8, tensor: Tensor) -> Float32:
    """Give the real numbers that int8 values stand for, in the same shape."""
    real = stored.astype(np.float32)
    real -= np.float32(tensor.zero_point)
    real *= np.float32(tensor.scale)
    return real


def grey_table(tensor: Tensor) -> Int8:
    """Make the `(256,)` int8 table of what each grey level 0..255, read as 0..1, is stored as."""
    return quantise(np.arange(256) / 255.0, tensor)


def quantise_grey(crops: npt.NDArray[np.uint8], table: Int8) -> Int8:
    """Store crops, read as 0..1, as int8 in the same shape. `table` comes from `grey_table`."""
    if np.array_equal(table, _SIGN_FLIP):
        # Nearly every model: flipping the top bit is the subtraction, at a copy's price.
        return (crops ^ np.uint8(0x80)).view(np.int8)
    return table[crops]
