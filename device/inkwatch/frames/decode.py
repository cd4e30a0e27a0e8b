"""Bytes to a picture, with every guard that a file from anywhere needs."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch._native_noise import captured_noise
from inkwatch.errors import InputError
from inkwatch.frames._header import CutShortError, DamagedError, Header, read_header
from inkwatch.frames.frame import Image

MAX_MEGAPIXELS = 100
"""A picture with more is refused before it is unpacked: it would fill a Raspberry Pi's memory."""

MAX_FILE_BYTES = 256 * 1024 * 1024
"""A picture file larger than this is refused before it is read."""

MAX_SIDE_PX = 65_535
"""Longest side in pixels: JPEG's own limit."""

READ_FORMATS = "JPEG, PNG, GIF, BMP, WebP, TIFF, PBM, PGM or PPM"

_TELLING_BYTES = 18
"""A BMP is known by so many, every other format by fewer."""

_FOREIGN = (
    (
        0,
        b"%PDF",
        "a PDF, not a picture",
        "Turn its pages into pictures first: pdftoppm -r 300 -png",
    ),
    (4, b"ftyphe", "a HEIC picture, which is not read here", "Save it as JPEG or PNG first"),
    (4, b"ftypmif1", "a HEIF picture, which is not read here", "Save it as JPEG or PNG first"),
    (4, b"ftypavi", "an AVIF picture, which is not read here", "Save it as JPEG or PNG first"),
)


class NotAPictureError(InputError):
    """A file begins as no picture does, however it may go on."""


def decode_bytes(data: bytes, name: str) -> Image:
    """Decode one picture to 8 bits, upright, on white.

    EXIF rotation is applied, transparency is laid on white, 16 bits become 8 (divided by 257),
    CMYK becomes BGR. Of several pages or animation frames the first is taken.

    Args:
        data: all bytes of the file.
        name: what to call the picture in errors.

    Returns:
        `(H, W)` grey or `(H, W, 3)` BGR uint8.

    Raises:
        InputError: empty, cut short, damaged, too large, or not a picture (`NotAPictureError`
            where it cannot become one either by what may yet be written).
    """
    if not data:
        raise InputError(f"{name}: the file is empty. Give a picture ({READ_FORMATS}).")
    try:
        header = read_header(data)
    except CutShortError as error:
        raise _cut_short(name) from error
    except DamagedError as error:
        raise InputError(
            f"{name}: the picture is damaged: {error}. Copy it again from where it came."
        ) from error
    if header is None:
        raise _not_a_picture(data, name)
    _refuse_too_large(header, name)
    stored = _decode(header, name)
    return _turn_upright(_lay_on_white(_to_eight_bits(stored, name), name), header.orientation)


def read_picture(path: Path, name: str | None = None) -> Image:
    """Read and decode one picture file; see `decode_bytes`.

    Args:
        path: the file, also a pipe.
        name: what to call it in errors; the path where left out.

    Raises:
        InputError: missing, a folder, not readable, too large, or anything `decode_bytes` raises.
    """
    name = show_name(path) if name is None else name
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise InputError(f"{name}: this is a folder. Give a picture file.")
        if stat.S_ISREG(status.st_mode) and status.st_size > MAX_FILE_BYTES:
            raise _file_too_large(name)
        with path.open("rb") as stream:
            data = read_bounded(stream, name)
    except (OSError, ValueError) as error:
        raise cannot_open(name, error) from error
    return decode_bytes(data, name)


def read_bounded(stream: BinaryIO, name: str) -> bytes:
    """Read a stream to its end, but never more than `MAX_FILE_BYTES`.

    Raises:
        InputError: the stream holds more.
    """
    data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise _file_too_large(name)
    return data


def refuse_size(width: int, height: int, name: str, *, area: int = 0) -> None:
    """Raise where a picture is too large to unpack.

    OpenCV has a limit of its own in OPENCV_IO_MAX_IMAGE_PIXELS; where that is set lower
    than ours, it holds, so that its refusal is told in our words.

    Args:
        width: in pixels.
        height: in pixels.
        name: what to call the picture.
        area: pixels that the decoder must hold at once, where more than the picture's own.

    Raises:
        InputError: more than `MAX_MEGAPIXELS`, or a side longer than `MAX_SIDE_PX`.
    """
    limit = MAX_MEGAPIXELS * 1_000_000
    from_environment = os.environ.get("OPENCV_IO_MAX_IMAGE_PIXELS", "")
    if from_environment.isdecimal():
        limit = min(limit, int(from_environment))
    if max(width * height, area) > limit:
        raise InputError(
            f"{name}: the picture is {width} x {height} pixels "
            f"({max(width * height, area) / 1e6:,.0f} megapixels), "
            f"more than the {limit / 1e6:g} megapixels that are read. Make it smaller first."
        )
    if max(width, height) > MAX_SIDE_PX:
        raise InputError(
            f"{name}: the picture is {width} x {height} pixels, "
            f"and no side may be longer than {MAX_SIDE_PX}. Cut it into pieces first."
        )


def show_name(path: Path | str) -> str:
    """A path as text that can be printed anywhere, also where its bytes are no UTF-8."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def cannot_open(name: str, error: Exception) -> InputError:
    """The error for a file that the system does not give us."""
    match error:
        case FileNotFoundError():
            return InputError(f"{name}: there is no such file. Check the name.")
        case PermissionError():
            return InputError(f"{name}: it may not be read. Check its owner and permissions.")
        case ValueError():
            return InputError(f"{name}: this is no file name. Check the name.")
        case OSError():
            reason = error.strerror or str(error)
            return InputError(f"{name}: it cannot be read: {reason}. Check the disk and the name.")
    raise error


def _decode(header: Header, name: str) -> npt.NDArray[np.generic]:
    try:
        # OpenCV's own log goes to the same place as the codecs' words, and is caught with them.
        with captured_noise() as noise:
            # Unchanged, since every other flag drops the transparency that must be laid on white.
            stored = cv2.imdecode(np.frombuffer(header.data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error as error:
        raise _damaged(header, name) from error
    if stored is None:
        raise _damaged(header, name)
    # libjpeg paints what is missing grey and goes on; text would be lost without a word.
    if any("premature end" in line.lower() for line in noise):
        raise _damaged(header, name)
    return np.asarray(stored)


def _to_eight_bits(stored: npt.NDArray[np.generic], name: str) -> Image:
    if stored.dtype == np.uint8:
        return stored.astype(np.uint8, copy=False)
    if stored.dtype == np.uint16:
        return cv2.convertScaleAbs(stored.astype(np.uint16, copy=False), alpha=1 / 257).astype(
            np.uint8, copy=False
        )
    raise InputError(
        f"{name}: its samples are {stored.dtype}. Save it with 8 or 16 bits a channel first."
    )


def _lay_on_white(image: Image, name: str) -> Image:
    if image.ndim == 2:
        return image
    channels = image.shape[2]
    if channels == 1:
        return image[:, :, 0]
    if channels == 3:
        return image
    if channels != 4:
        raise InputError(f"{name}: it has {channels} channels. Save it as a plain JPEG or PNG.")
    out = np.ascontiguousarray(image[:, :, :3])
    # In bands: floats of the whole picture would take 16 times its own memory.
    for top in range(0, image.shape[0], 256):
        band = image[top : top + 256].astype(np.float32)
        opacity = band[:, :, 3:] / 255
        out[top : top + 256] = np.rint(255 + (band[:, :, :3] - 255) * opacity)
    return out


def _turn_upright(image: Image, orientation: int) -> Image:
    """Undo an EXIF orientation: 2, 4, 5 and 7 are mirrored, 3, 6 and 8 turned."""
    if orientation in (5, 6, 7, 8):
        image = cv2.transpose(image).astype(np.uint8, copy=False)
    flip = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    return image if flip is None else cv2.flip(image, flip).astype(np.uint8, copy=False)


def _refuse_too_large(header: Header, name: str) -> None:
    refuse_size(header.width, header.height, name, area=header.largest_area)


def _cut_short(name: str) -> InputError:
    return InputError(f"{name}: the picture is cut short. Copy it again from where it came.")


def _damaged(header: Header, name: str) -> InputError:
    return InputError(
        f"{name}: this {header.format} picture is cut short or damaged. "
        "Copy it again from where it came, or save it anew as PNG."
    )


def _file_too_large(name: str) -> InputError:
    return InputError(
        f"{name}: more than {MAX_FILE_BYTES // 1024**2} MiB is more than a picture needs. "
        "Give a smaller file."
    )


def _not_a_picture(data: bytes, name: str) -> InputError:
    # A beginning of zeros may be room that was made for what is still being written.
    begun = data[:_TELLING_BYTES]
    kind = NotAPictureError if len(begun) == _TELLING_BYTES and any(begun) else InputError
    for offset, magic, what, remedy in _FOREIGN:
        if data.startswith(magic, offset):
            return kind(f"{name}: this is {what}. {remedy}.")
    return kind(f"{name}: this is not a picture that is read here. Give {READ_FORMATS}.")
