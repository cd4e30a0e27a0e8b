import io
import os
import struct
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image as Pillow
from PIL import ImageOps

from inkwatch.errors import ExitCode, InputError
from inkwatch.frames import decode
from inkwatch.frames.decode import decode_bytes, read_bounded, read_picture, show_name

Pixels = npt.NDArray[np.uint8]
Encode = Callable[..., bytes]

FORMATS = ["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM"]


def bgr(pixels: Pixels) -> Pixels:
    return np.ascontiguousarray(pixels[:, :, ::-1])


def far(image: Pixels, wanted: Pixels) -> float:
    """The mean difference in grey levels; shapes must agree."""
    assert image.shape == wanted.shape
    return float(np.abs(image.astype(int) - wanted.astype(int)).mean())


def png_of(width: int, height: int, rows: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    size = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_gives_the_picture(form: str, page: Pixels, encode: Encode) -> None:
    image = decode_bytes(encode(page, form), "page")
    assert image.dtype == np.uint8
    assert far(image, bgr(page)) < 12  # GIF has few colours and JPEG is lossy


@pytest.mark.parametrize("form", ["PNG", "BMP", "TIFF", "PPM"])
def test_lossless_formats_give_every_pixel(form: str, page: Pixels, encode: Encode) -> None:
    np.testing.assert_array_equal(decode_bytes(encode(page, form), "page"), bgr(page))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF", "PPM"])
def test_grey_stays_grey(form: str, page: Pixels, encode: Encode) -> None:
    image = decode_bytes(encode(page, form, mode="L"), "page")
    assert far(image, np.asarray(Pillow.fromarray(page).convert("L"))) < 3


@pytest.mark.parametrize("form", ["PNG", "TIFF", "PPM"])
def test_one_bit_pictures_are_black_and_white(form: str, page: Pixels, encode: Encode) -> None:
    image = decode_bytes(encode(page, form, mode="1"), "page")
    assert image.shape == (60, 90)
    assert set(np.unique(image)) == {0, 255}


def test_a_cmyk_jpeg_has_the_colours_of_its_rgb(page: Pixels, encode: Encode) -> None:
    plain = np.full((64, 64, 3), (200, 30, 10), np.uint8)
    image = decode_bytes(encode(plain, "JPEG", mode="CMYK", quality=95), "page")
    assert far(image, bgr(plain)) < 4


@pytest.mark.parametrize("form", ["png", "tif"])
def test_sixteen_bits_become_eight(form: str, page: Pixels) -> None:
    deep = page.astype(np.uint16) * 257
    data = cv2.imencode(f".{form}", deep)[1].tobytes()
    np.testing.assert_array_equal(decode_bytes(data, "page"), page)


def test_sixteen_bits_with_alpha_are_laid_on_white() -> None:
    deep = np.zeros((8, 9, 4), np.uint16)
    deep[:, :, 3] = 32768
    image = decode_bytes(cv2.imencode(".png", deep)[1].tobytes(), "page")
    assert image.shape == (8, 9, 3)
    assert set(np.unique(image)) <= {127, 128}


def test_float_samples_are_refused_with_a_remedy(page: Pixels) -> None:
    data = cv2.imencode(".tif", page[:, :, 0].astype(np.float32))[1].tobytes()
    with pytest.raises(InputError, match=r"float32.*Save it with 8 or 16 bits"):
        decode_bytes(data, "page.tif")


@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF"])
def test_transparency_is_paper_white(form: str) -> None:
    pixels = np.zeros((40, 50, 4), np.uint8)  # transparent black, as drawing programs leave it
    pixels[10:30, 20:25, 3] = 255
    pixels[10:30, 30:35, 3] = 128
    stream = io.BytesIO()
    options = {"lossless": True} if form == "WEBP" else {}
    Pillow.fromarray(pixels).save(stream, form, **options)
    image = decode_bytes(stream.getvalue(), "ink")
    assert image.shape == (40, 50, 3)
    assert (image[0, 0] == 255).all()
    assert (image[20, 22] == 0).all()
    if form != "TIFF":  # TIFF's alpha may be multiplied in already
        assert abs(int(image[20, 32, 0]) - 127) <= 1


def test_a_tall_transparent_picture_is_laid_on_white_to_its_last_row() -> None:
    pixels = np.zeros((700, 3, 4), np.uint8)
    stream = io.BytesIO()
    Pillow.fromarray(pixels).save(stream, "PNG")
    assert (decode_bytes(stream.getvalue(), "ink") == 255).all()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("form", ["PNG", "WEBP", "TIFF", "JPEG"])
def test_every_exif_orientation_is_undone(
    form: str, orientation: int, page: Pixels, encode: Encode
) -> None:
    options = {"quality": 95, "subsampling": 0} if form == "JPEG" else {}
    if form == "WEBP":
        options = {"lossless": True}
    data = encode(page, form, orientation=orientation, **options)
    # TIFF keeps its own tag where Pillow wrote none: what Pillow shows is what is right.
    wanted = ImageOps.exif_transpose(Pillow.open(io.BytesIO(data)))
    assert far(decode_bytes(data, "page"), bgr(np.asarray(wanted.convert("RGB")))) < 4


def test_broken_exif_does_not_stop_the_picture(page: Pixels) -> None:
    data = cv2.imencode(".jpg", page)[1].tobytes()
    exif = b"Exif\0\0MM\0*\0\0\xff\xff"
    data = data[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + data[2:]
    assert decode_bytes(data, "page").shape == (60, 90, 3)


@pytest.mark.parametrize("grey", [0, 128, 255])
@pytest.mark.parametrize("size", [(1, 1), (40, 60)])
def test_black_blank_and_tiny_pictures_are_pictures(grey: int, size: tuple[int, int]) -> None:
    flat = np.full(size, grey, np.uint8)
    np.testing.assert_array_equal(decode_bytes(cv2.imencode(".png", flat)[1].tobytes(), "p"), flat)


@pytest.mark.parametrize("form", FORMATS)
def test_a_picture_cut_anywhere_is_an_error_or_whole(
    form: str, page: Pixels, encode: Encode, capfd: pytest.CaptureFixture[str]
) -> None:
    data = encode(page, form)
    whole = decode_bytes(data, "page")
    refused = 0
    for length in {1, *range(2, len(data), max(1, len(data) // 60)), len(data) - 1}:
        try:
            image = decode_bytes(data[:length], "page")
        except InputError as error:
            refused += str(error).startswith("page: ")
        else:  # what was cut off held no pixels
            np.testing.assert_array_equal(image, whole)
    assert refused > 50
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_a_cut_picture_is_said_to_be_cut_short(form: str, page: Pixels, encode: Encode) -> None:
    data = encode(page, form)
    with pytest.raises(InputError, match=r"^a\.x: the picture is cut short\. Copy it again"):
        decode_bytes(data[: len(data) // 2], "a.x")


def test_a_jpeg_with_a_hole_is_damaged_and_says_so_once(
    page: Pixels, encode: Encode, capfd: pytest.CaptureFixture[str]
) -> None:
    data = encode(page, "JPEG")
    hole = data[:-300] + b"\xff\xd9"  # libjpeg would paint the rest grey
    with pytest.raises(InputError, match="cut short or damaged"):
        decode_bytes(hole, "page.jpg")
    assert capfd.readouterr().err == ""


def test_bytes_after_a_jpeg_do_no_harm(page: Pixels, encode: Encode) -> None:
    data = encode(page, "JPEG")
    np.testing.assert_array_equal(decode_bytes(data + b"tail", "p"), decode_bytes(data, "p"))


def test_a_png_with_a_flipped_bit_is_damaged(page: Pixels, encode: Encode) -> None:
    data = bytearray(encode(page, "PNG"))
    data[len(data) // 2] ^= 1
    with pytest.raises(InputError, match="damaged: its IDAT part does not match its checksum"):
        decode_bytes(bytes(data), "page.png")


def test_a_png_with_a_bad_colour_profile_is_read_in_silence(
    page: Pixels, encode: Encode, capfd: pytest.CaptureFixture[str]
) -> None:
    data = encode(page, "PNG", icc_profile=b"no profile at all" * 20)
    np.testing.assert_array_equal(decode_bytes(data, "page"), bgr(page))
    assert capfd.readouterr().err == ""


def bomb(form: str) -> bytes:
    """A few bytes that claim to be a 60000 x 50000 picture."""
    width, height = 60_000, 50_000
    sides = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    jpeg_size = struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\1\x11\0"
    size_tags = [(256, width), (257, height)]
    tile_tags = [(256, 100), (257, 100), (322, width), (323, height)]
    return {
        "png": png_of(width, height, b"\0" * 1000),
        "gif": b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;",
        "bmp": b"BM" + bytes(12) + struct.pack("<IiiHH", 40, width, -height, 1, 24) + bytes(24),
        "jpeg": b"\xff\xd8\xff\xc0" + jpeg_size + b"\xff\xda\0\x08\1\1\0\0\x3f\0\xff\xd9",
        "webp": b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0" + bytes(4) + sides,
        "tiff": b"II*\0" + struct.pack("<IH", 8, 2) + tiff_entries("<HHII", size_tags),
        "tiff tiles": b"II*\0" + struct.pack("<IH", 8, 4) + tiff_entries("<HHII", tile_tags),
        "bigtiff": b"II+\0\x08\0\0\0"
        + struct.pack("<QQ", 16, 2)
        + tiff_entries("<HHQQ", size_tags),
        "pnm": b"P6\n# a bomb\n60000 50000\n255\n",
    }[form]


def tiff_entries(entry: str, tags: list[tuple[int, int]]) -> bytes:
    return b"".join(struct.pack(entry, tag, 4, 1, value) for tag, value in tags)


@pytest.mark.parametrize(
    "form", ["png", "gif", "bmp", "jpeg", "webp", "tiff", "tiff tiles", "bigtiff", "pnm"]
)
def test_an_image_bomb_is_refused_before_it_is_unpacked(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("the decoder was called")

    monkeypatch.setattr(cv2, "imdecode", never)
    with pytest.raises(InputError, match=r"3,000 megapixels\), more than the 100 .* Make it small"):
        decode_bytes(bomb(form), "bomb")


def test_a_very_long_picture_is_refused() -> None:
    with pytest.raises(InputError, match="no side may be longer than 65535"):
        decode_bytes(png_of(70_000, 1, b"\0"), "strip")


def test_opencvs_own_limit_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENCV_IO_MAX_IMAGE_PIXELS", "1000")
    with pytest.raises(InputError, match=r"more than the 0\.001 megapixels"):
        decode_bytes(cv2.imencode(".png", np.zeros((40, 40), np.uint8))[1].tobytes(), "p")


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "the file is empty"),
        (b"hello", "this is not a picture"),
        (b"BM is how this note begins", "this is not a picture"),
        (b"%PDF-1.7", "a PDF.*pdftoppm"),
        (b"\0\0\0\x18ftypheic", "HEIC.*Save it as JPEG"),
        (b"\0\0\0\x18ftypavif", "AVIF.*Save it as JPEG"),
        (png_of(0, 5, b""), "claims to be 0 x 5"),
        (png_of(100, 100, b"\0" * 500), "PNG picture is cut short or damaged"),
        (b"\xff\xd8\xff\xd9", "ends before its picture begins"),
        (b"GIF89a\1", "cut short"),
    ],
)
def test_what_is_no_picture_gets_a_clear_error(
    data: bytes, says: str, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(InputError, match=f"^x: .*{says}") as caught:
        decode_bytes(data, "x")
    assert caught.value.exit_code is ExitCode.INPUT
    assert str(caught.value).endswith(".") or "-png" in str(caught.value)
    assert capfd.readouterr().err == ""


BEGINNINGS = (
    *(b"", b"\xff\xd8\xff", b"\xff\xd8\xff\xe1\0\x20Exif\0\0II*\0", b"\x89PNG\r\n\x1a\n"),
    *(b"GIF89a", b"BM", b"BM" + bytes(12) + b"\x28\0\0\0", b"RIFF\x20\0\0\0WEBPVP8X"),
    *(b"RIFF\x20\0\0\0WEBPVP8L", b"RIFF\x20\0\0\0WEBPVP8 ", b"II*\0", b"MM\0*", b"II+\0"),
    *(b"II*\0\x08\0\0\0\x05\0", b"P6 ", b"P3 9 9 ", b"P1 3 3 "),
)


@settings(max_examples=300, deadline=None)
@given(magic=st.sampled_from(BEGINNINGS), tail=st.binary(max_size=200))
def test_random_bytes_never_crash(magic: bytes, tail: bytes) -> None:
    try:
        image = decode_bytes(magic + tail, "x")
    except InputError:
        return
    assert image.dtype == np.uint8
    assert image.ndim in (2, 3)


def _whole_files() -> list[bytes]:
    small = np.random.default_rng(3).integers(0, 255, (9, 11, 3), dtype=np.uint8)
    return [
        cv2.imencode(suffix, small)[1].tobytes()
        for suffix in (".jpg", ".png", ".bmp", ".webp", ".tif", ".ppm")
    ]


@settings(max_examples=300, deadline=None)
@given(
    data=st.sampled_from(_whole_files()),
    at=st.integers(0, 2000),
    patch=st.binary(min_size=1, max_size=6),
)
def test_damaged_files_never_crash(data: bytes, at: int, patch: bytes) -> None:
    at %= len(data)
    try:
        image = decode_bytes(data[:at] + patch + data[at + len(patch) :], "x")
    except InputError:
        return
    assert image.dtype == np.uint8


def test_read_picture_reads_a_file(tmp_path: Path, page: Pixels, encode: Encode) -> None:
    path = tmp_path / "page.png"
    path.write_bytes(encode(page, "PNG"))
    np.testing.assert_array_equal(read_picture(path), bgr(page))


def test_read_picture_reads_a_pipe(tmp_path: Path, page: Pixels, encode: Encode) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(encode(page, "PNG"),))
    writer.start()
    assert read_picture(pipe).shape == (60, 90, 3)
    writer.join()


def test_missing_folder_and_odd_names_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.png: there is no such file"):
        read_picture(tmp_path / "none.png")
    with pytest.raises(InputError, match="this is a folder"):
        read_picture(tmp_path)
    with pytest.raises(InputError, match="this is no file name"):
        read_picture(Path("a\0b"))
    with pytest.raises(InputError, match="cannot be read: File name too long"):
        read_picture(tmp_path / ("x" * 300))


def test_an_unreadable_file_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.png"
    path.write_bytes(b"x")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)  # root may read anything, so modes prove nothing
    with pytest.raises(InputError, match=r"secret\.png: it may not be read"):
        read_picture(path)


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decode, "MAX_FILE_BYTES", 1024**2)
    path = tmp_path / "large.png"
    with path.open("wb") as stream:
        stream.truncate(1024**2 + 1)
    with pytest.raises(InputError, match="more than 1 MiB"):
        read_picture(path)


def test_an_endless_stream_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decode, "MAX_FILE_BYTES", 1024**2)
    with Path("/dev/zero").open("rb") as zeros, pytest.raises(InputError, match="more than 1 MiB"):
        read_bounded(zeros, "/dev/zero")


def test_names_that_are_no_utf8_can_be_shown() -> None:
    assert show_name(os.fsdecode(b"caf\xe9.png")) == "caf\\xe9.png"
