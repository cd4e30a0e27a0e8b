"""What a picture file says of itself, read without decoding it.

Size comes first, so that a small file that would unpack to gigabytes is refused before it does;
then whether the file is whole, since decoders fill what is missing with grey and say little.
"""

import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from inkwatch.frames import _tiff


class CutShortError(Exception):
    """The bytes end before the picture does."""


class DamagedError(Exception):
    """The bytes contradict themselves."""


@dataclass(frozen=True, slots=True)
class Header:
    """A picture's format and stored size.

    `width` and `height` are in pixels, before any turning. `largest_area` is what the decoder
    must hold at once, in pixels: more than the picture where a TIFF's tiles are larger.
    `orientation` is EXIF's, 1 to 8, and left for the caller to apply. `data` is what
    to give to the decoder.
    """

    format: str
    width: int
    height: int
    largest_area: int
    orientation: int
    data: bytes


def read_header(data: bytes) -> Header | None:
    """Tell format and size of a picture, and check that it is whole as far as the format tells.

    Args:
        data: all bytes of the file.

    Returns:
        The header, or None where `data` is in no format that is read here
        (JPEG, PNG, GIF, BMP, WebP, TIFF, PBM, PGM, PPM).

    Raises:
        CutShortError: the bytes end too early.
        DamagedError: the header makes no sense.
    """
    for magic, parse in _FORMATS:
        if re.match(magic, data, re.DOTALL):
            try:
                return parse(data)
            except (struct.error, IndexError) as error:
                raise CutShortError from error
    return None


def _header(
    name: str, width: int, height: int, data: bytes, *, orientation: int = 1, tile_area: int = 0
) -> Header:
    if width < 1 or height < 1:
        raise DamagedError(f"it claims to be {width} x {height} pixels")
    return Header(name, width, height, max(width * height, tile_area), orientation, data)


def _jpeg(data: bytes) -> Header:
    size: tuple[int, int] | None = None
    orientation = 1
    at = 2
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            raise CutShortError
        marker = data[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
            continue
        if marker in (0x00, 0x01) or 0xD0 <= marker <= 0xD8:  # these stand alone
            at += 2
            continue
        if marker == 0xD9:
            raise DamagedError("it ends before its picture begins")
        (length,) = struct.unpack_from(">H", data, at + 2)
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack_from(">HH", data, at + 5)
            size = (width, height)
        elif marker == 0xE1 and data[at + 4 : at + 10] == b"Exif\0\0":
            orientation = _tiff.exif_orientation(data[at + 4 : at + 2 + length])
        elif marker == 0xDA:
            break
        at += 2 + length
    if size is None:
        raise DamagedError("it has no size")
    # Bytes after the end are common (phones hang a second picture there); a missing end is a cut.
    if data.find(b"\xff\xd9", at) < 0:
        raise CutShortError
    return _header("JPEG", *size, data, orientation=orientation)


_PNG_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")


def _png(data: bytes) -> Header:
    kept = [data[:8]]
    orientation = 1
    size: tuple[int, int] | None = None
    at = 8
    while True:
        (length,) = struct.unpack_from(">I", data, at)
        kind = data[at + 4 : at + 8]
        end = at + 12 + length
        if end > len(data):
            raise CutShortError
        if kind in _PNG_KEPT:
            (checksum,) = struct.unpack_from(">I", data, end - 4)
            if zlib.crc32(memoryview(data)[at + 4 : end - 4]) != checksum:
                raise DamagedError(f"its {kind.decode()} part does not match its checksum")
            kept.append(data[at:end])
        if size is None:
            if kind != b"IHDR":
                raise DamagedError("it has no size")
            size = struct.unpack_from(">II", data, at + 8)
        elif kind == b"eXIf":
            orientation = _tiff.exif_orientation(data[at + 8 : end - 4])
        elif kind == b"IEND":
            break
        at = end
    # The decoder warns on stderr of colour profiles and comments that it does not use anyway.
    return _header("PNG", *size, b"".join(kept), orientation=orientation)


def _gif(data: bytes) -> Header:
    width, height = struct.unpack_from("<HH", data, 6)
    return _header("GIF", width, height, data)


def _bmp(data: bytes) -> Header:
    (info_bytes,) = struct.unpack_from("<I", data, 14)
    width, height = struct.unpack_from("<HH" if info_bytes == 12 else "<ii", data, 18)
    return _header("BMP", width, abs(height), data)


def _webp(data: bytes) -> Header:
    (riff_bytes,) = struct.unpack_from("<I", data, 4)
    if riff_bytes + 8 > len(data):
        raise CutShortError
    kind = data[12:16]
    orientation = 1
    if kind == b"VP8 ":
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    elif kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8X":
        width = int.from_bytes(data[24:27], "little") + 1
        height = int.from_bytes(data[27:30], "little") + 1
        at = 12
        while at + 8 <= len(data):
            (length,) = struct.unpack_from("<I", data, at + 4)
            if data[at : at + 4] == b"EXIF":
                orientation = _tiff.exif_orientation(data[at + 8 : at + 8 + length])
            at += 8 + length + length % 2
    else:
        raise DamagedError("its first part is unknown")
    return _header("WebP", width, height, data, orientation=orientation)


def _tiff_header(data: bytes) -> Header:
    tags = _tiff.tiff_tags(data) or {}
    tile_area = tags.get(_tiff.TILE_WIDTH, 0) * tags.get(_tiff.TILE_HEIGHT, 0)
    width, height = tags.get(_tiff.WIDTH, 0), tags.get(_tiff.HEIGHT, 0)
    # OpenCV turns a TIFF upright itself, so no orientation is passed on.
    return _header("TIFF", width, height, data, tile_area=tile_area)


def _pnm(data: bytes) -> Header:
    gap = rb"(?:\s|#[^\n]*\n)+"
    match = re.match(rb"P[1-6]" + gap + rb"(\d{1,10})" + gap + rb"(\d{1,10})\s", data[:4096])
    if match is None:
        raise CutShortError
    return _header("PNM", int(match[1]), int(match[2]), data)


_FORMATS: tuple[tuple[bytes, Callable[[bytes], Header]], ...] = (
    (rb"\xff\xd8\xff", _jpeg),
    (rb"\x89PNG\r\n\x1a\n", _png),
    (rb"GIF8[79]a", _gif),
    (rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", _bmp),
    (rb"RIFF....WEBP", _webp),
    (rb"II[\x2a\x2b]\0|MM\0[\x2a\x2b]", _tiff_header),
    (rb"P[1-6]\s", _pnm),
)
