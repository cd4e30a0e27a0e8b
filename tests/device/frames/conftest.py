"""Pictures in every form that may come in."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image as Pillow

Pixels = npt.NDArray[np.uint8]
Encode = Callable[..., bytes]


@pytest.fixture
def page() -> Pixels:
    """(60, 90, 3) RGB: light paper, a red block at the top left and noise, so that turns show."""
    noise = np.random.default_rng(7).integers(0, 12, (60, 90, 3), dtype=np.uint8)
    pixels = np.full((60, 90, 3), 228, np.uint8) + noise
    pixels[4:24, 6:30] = (200, 30, 10)
    return pixels


@pytest.fixture
def encode() -> Encode:
    """`encode(pixels, "PNG", mode="RGB", **options)`: a file's bytes, written by Pillow."""

    def run(pixels: Pixels, form: str, *, mode: str | None = None, **options: Any) -> bytes:
        picture = Pillow.fromarray(pixels)
        if mode is not None:
            picture = picture.convert(mode)
        orientation = options.pop("orientation", None)
        if orientation is not None:
            exif = Pillow.Exif()
            exif[0x112] = orientation
            options["exif"] = exif
        stream = io.BytesIO()
        picture.save(stream, form, **options)
        return stream.getvalue()

    return run
