"""IDX files: the form of MNIST and EMNIST, with or without gzip.

Header: two zero bytes, a type byte (8 for unsigned bytes, the only one in use here), the number
of axes, then the length of each axis as a big-endian 32-bit number; then the values, row-major
(LeCun et al. 1998, doi:10.1109/5.726791).
"""

import contextlib
import gzip
import math
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, cast

import numpy as np
import numpy.typing as npt

from inkwatch.errors import DataError
from inkwatch_train.data.sample import Sample, Split, Terms
from inkwatch_train.data.splits import split_of

_UNSIGNED_BYTE = 8
_MAX_ROW_BYTES = 1 << 24
_CHUNK_BYTES = 1 << 22


def iter_idx(path: Path) -> Iterator[npt.NDArray[np.uint8]]:
    """Yield the file's rows (pictures, labels) in blocks, in bounded memory.

    Args:
        path: an IDX file of unsigned bytes; gzip is told by its first bytes, not by the name.

    Yields:
        `(n, ...)` uint8: the next n rows. Nothing where the file holds no rows.

    Raises:
        DataError: the file is missing, truncated, too long, or no IDX file of bytes.
    """
    with _open(path) as file, _told(path):
        axes = _read_axes(path, file)
        row = math.prod(axes[1:])
        if row > _MAX_ROW_BYTES:
            raise DataError(f"{path} has rows of {row} bytes: it is damaged. Get it again.")
        left = axes[0]
        while left:
            count = min(left, max(1, _CHUNK_BYTES // max(row, 1)))
            values = file.read(count * row)
            if len(values) < count * row:
                raise DataError(
                    f"{path} is cut short: {left} of its rows are missing. Get it again."
                )
            yield np.frombuffer(values, np.uint8).reshape(count, *axes[1:])
            left -= count
        if file.read(1):
            raise DataError(f"{path} is longer than its header says: it is damaged. Get it again.")


def read_shape(path: Path) -> tuple[int, ...]:
    """Read the length of each axis from the file's header.

    Raises:
        DataError: as `iter_idx`.
    """
    with _open(path) as file, _told(path):
        return _read_axes(path, file)


def read_idx(path: Path) -> npt.NDArray[np.uint8]:
    """Read a whole IDX file into an array of the shape that its header states.

    Raises:
        DataError: as `iter_idx`.
    """
    blocks = list(iter_idx(path))
    return np.concatenate(blocks) if blocks else np.zeros(read_shape(path), np.uint8)


def iter_pairs(images: Path, labels: Path) -> Iterator[tuple[npt.NDArray[np.uint8], int]]:
    """Yield each picture `(H, W)` uint8, as stored, with its label's number.

    Raises:
        DataError: as `iter_idx`, or the two files do not belong together.
    """
    shape = read_shape(images)
    if len(shape) != 3 or 0 in shape[1:]:
        raise DataError(f"{images} holds no pictures (its shape is {shape}). Name an images file.")
    numbers = read_idx(labels)
    if numbers.shape != (shape[0],):
        raise DataError(
            f"{labels} does not fit {images}: labels of shape {numbers.shape} for {shape[0]} "
            "pictures. Put the files of one set side by side."
        )
    start = 0
    for block in iter_idx(images):
        yield from zip(block, numbers[start : start + len(block)].tolist(), strict=True)
        start += len(block)


def labels_beside(images: Path) -> Path:
    """Name the labels file that goes with an images file, with or without `.gz`.

    Raises:
        DataError: the name is not that of an images file, or no labels file lies beside it.
    """
    if "images" not in images.name:
        raise DataError(
            f"{images} has no 'images' in its name, so its labels cannot be found. "
            "Use the names of MNIST, such as train-images-idx3-ubyte.gz."
        )
    name = images.name.replace("images", "labels").replace("idx3", "idx1")
    plain = name.removesuffix(".gz")
    for candidate in (name, plain, plain + ".gz"):
        if (images.parent / candidate).is_file():
            return images.parent / candidate
    raise DataError(f"{images.parent / name} is not there. Put the labels beside the pictures.")


def stated_split(name: str) -> Literal["train", "test"] | None:
    """Read `train` or `test` (also `t10k`) from a file's name; None where it says neither."""
    if re.search(r"train", name, re.IGNORECASE):
        return "train"
    return "test" if re.search(r"test|t10k", name, re.IGNORECASE) else None


@dataclass(frozen=True, slots=True)
class IdxSource:
    """Digits in MNIST's form: one images file, or a folder with MNIST's four files.

    The pictures are ink-bright in the file. MNIST states no validation part, so one tenth of
    its training part validates, chosen by `splits.split_of`.
    """

    path: Path
    terms: Terms = "research"
    licence: str = "not stated"

    @property
    def name(self) -> str:
        """The file's or folder's name without suffixes."""
        return self.path.name.split(".")[0]

    def samples(self) -> Iterator[Sample]:
        """Yield every digit, ink dark. See `Source.samples`."""
        for images in self._image_files():
            stated = stated_split(images.name)
            labels = labels_beside(images)
            for picture, number in iter_pairs(images, labels):
                if number > 9:
                    raise DataError(
                        f"{labels} has the label {number}, which is no digit. "
                        "For EMNIST name the source as emnist:SPLIT."
                    )
                image = 255 - picture
                split: Split = "test" if stated == "test" else split_of(image)
                yield Sample(image=image, label=str(number), writer="", split=split)

    def _image_files(self) -> list[Path]:
        if not self.path.is_dir():
            return [self.path]
        files = sorted(self.path.glob("*images*idx3*"))
        if not files:
            raise DataError(f"{self.path} has no IDX files such as train-images-idx3-ubyte.gz.")
        return files


def _open(path: Path) -> BinaryIO:
    if not path.is_file():
        raise DataError(f"{path} is not there. Check the path, or get the file again.")
    try:
        with path.open("rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
        return cast("BinaryIO", gzip.open(path, "rb")) if zipped else path.open("rb")
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error}") from error


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what a damaged gzip file raises into the one error that loaders raise."""
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path} is damaged or cut short: {error}. Get it again.") from error


def _read_axes(path: Path, file: BinaryIO) -> tuple[int, ...]:
    head = file.read(4)
    if len(head) < 4 or head[:2] != b"\0\0" or head[2] != _UNSIGNED_BYTE or not 1 <= head[3] <= 4:
        raise DataError(f"{path} is no IDX file of bytes. Check that it is the file you mean.")
    lengths = file.read(4 * head[3])
    if len(lengths) < 4 * head[3]:
        raise DataError(f"{path} is cut short in its header. Get it again.")
    return tuple(int(length) for length in np.frombuffer(lengths, ">u4"))
