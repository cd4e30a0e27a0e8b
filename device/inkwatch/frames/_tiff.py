"""Numbers out of a TIFF directory: a TIFF's own size, and the EXIF orientation in other formats.

EXIF is a TIFF directory inside a JPEG, PNG or WebP, so one small reader serves both.
"""

import struct

WIDTH = 256
HEIGHT = 257
ORIENTATION = 274
TILE_WIDTH = 322
TILE_HEIGHT = 323

_MAX_ENTRIES = 4096
_NUMBER_FORMATS = {3: "H", 4: "I", 16: "Q"}


def tiff_tags(data: bytes) -> dict[int, int] | None:
    """Read the whole-number tags of the first directory.

    Args:
        data: the bytes of a TIFF or BigTIFF, from its byte-order mark on.

    Returns:
        Tag number to its first value, tags of other types left out; None where `data` is no TIFF.

    Raises:
        struct.error: the bytes end before the directory does.
    """
    order = {b"II": "<", b"MM": ">"}.get(data[:2])
    if order is None:
        return None
    (magic,) = struct.unpack_from(order + "H", data, 2)
    if magic == 42:
        offset_format, count_format, entry_bytes, value_at = "I", "H", 12, 8
        (start,) = struct.unpack_from(order + "I", data, 4)
    elif magic == 43:
        offset_format, count_format, entry_bytes, value_at = "Q", "Q", 20, 12
        (start,) = struct.unpack_from(order + "Q", data, 8)
    else:
        return None
    if start > len(data):
        raise struct.error("the directory lies behind the end")
    (count,) = struct.unpack_from(order + count_format, data, start)
    at = start + struct.calcsize(order + count_format)
    inline_bytes = struct.calcsize(order + offset_format)
    tags: dict[int, int] = {}
    for _ in range(min(count, _MAX_ENTRIES)):
        tag, kind = struct.unpack_from(order + "HH", data, at)
        number_format = _NUMBER_FORMATS.get(kind)
        if number_format is not None:
            (values,) = struct.unpack_from(order + offset_format, data, at + 4)
            value_offset = at + value_at
            if values * struct.calcsize(order + number_format) > inline_bytes:
                (value_offset,) = struct.unpack_from(order + offset_format, data, value_offset)
            if value_offset + struct.calcsize(order + number_format) <= len(data):
                (tags[tag],) = struct.unpack_from(order + number_format, data, value_offset)
        at += entry_bytes
    return tags


def exif_orientation(exif: bytes) -> int:
    """The EXIF orientation, 1 to 8; 1 (upright) where it is missing or makes no sense.

    Args:
        exif: a TIFF directory, with or without the `Exif` mark that JPEG puts before it.
    """
    try:
        tags = tiff_tags(exif.removeprefix(b"Exif\0\0"))
    except struct.error:
        # A picture with damaged EXIF can still be read; it only may lie on its side.
        return 1
    orientation = (tags or {}).get(ORIENTATION, 1)
    return orientation if 1 <= orientation <= 8 else 1
