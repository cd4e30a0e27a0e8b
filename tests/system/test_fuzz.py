"""Odd pictures and broken files: each gives a reading in which all holds, or an error of ours.

Pictures are drawn from seeds until the time is up: `INKWATCH_FUZZ_S` seconds, 60 unless told.
A failure tells its seed; `INKWATCH_FUZZ_SEED` begins with that one.
"""

import os
import time
from itertools import count
from zlib import crc32

import cv2
import numpy as np
import pytest
from tests.system.invariants import Image, check_forms, check_reading
from tests.system.odd_pictures import DRAWS, samples

from inkwatch.errors import InkwatchError, InputError
from inkwatch.frames.decode import decode_bytes
from inkwatch.frames.samples import sample_pages
from inkwatch.places import Region, Shares
from inkwatch.reader import Reader

FUZZ_S = float(os.environ.get("INKWATCH_FUZZ_S", "60"))
FIRST_SEED = int(os.environ.get("INKWATCH_FUZZ_SEED", "0"))
HANGS_S = 300 + FUZZ_S
"""A picture that is read this long is never read: the tests have no other limit."""


@pytest.fixture(scope="module")
def readers(reader: Reader) -> tuple[Reader, ...]:
    """With a language, without one, and with a pattern."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("INKWATCH_MODELS", raising=False)
        return reader, Reader(language=None), Reader(pattern=r"[A-Z]{2}\d+|[a-z]*")


def read_oddly(reader: Reader, image: Image, rng: np.random.Generator) -> None:
    """Read with random options and check all that must hold."""
    region: Region | None = None
    if rng.random() < 0.2:
        left, top = rng.uniform(0, 0.9, 2).tolist()
        region = Shares(
            left, top, float(rng.uniform(0.01, 1 - left)), float(rng.uniform(0.01, 1 - top))
        )
    turns = None if rng.random() < 0.6 else int(rng.integers(4))
    least = 0.0 if rng.random() < 0.7 else float(rng.random())
    before = image.copy()
    reading = reader.read(
        image, "odd <&> \"'", quarter_turns=turns, region=region, min_confidence=least
    )
    assert np.array_equal(image, before)
    check_reading(reading, image)
    check_forms(reading, image)


@pytest.mark.timeout(HANGS_S)
def test_no_odd_picture_breaks_the_reader(readers: tuple[Reader, ...]) -> None:
    names = list(DRAWS)
    end_s = time.monotonic() + FUZZ_S
    for seed in count(FIRST_SEED):
        # Every kind has its turn, however slow the machine.
        if time.monotonic() > end_s and seed >= FIRST_SEED + len(names):
            break
        name = names[seed % len(names)]
        rng = np.random.default_rng(seed)
        image = DRAWS[name](rng)
        print(f"INKWATCH_FUZZ_SEED={seed}: {name}, {image.shape}", flush=True)  # noqa: T201
        read_oddly(readers[rng.choice(3, p=[0.7, 0.15, 0.15])], image, rng)


@pytest.mark.timeout(HANGS_S)
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tiff", ".bmp", ".webp", ".gif", ".pgm"])
@pytest.mark.parametrize("harm", ["cut", "bytes", "bits", "middle", "zeros"])
def test_no_broken_file_breaks_the_decoder(reader: Reader, suffix: str, harm: str) -> None:
    rng = np.random.default_rng(crc32(f"{suffix} {harm}".encode()))
    page = cv2.resize(samples()[0], None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    page = cv2.cvtColor(page, cv2.COLOR_BGR2GRAY) if suffix == ".pgm" else page
    done, whole = cv2.imencode(suffix, page)
    if not done:
        pytest.skip(f"this OpenCV writes no {suffix}")
    for number in range(25):
        data = harmed(whole.tobytes(), harm, rng)
        try:
            image = decode_bytes(data, "broken")
        except InputError:
            continue
        assert image.dtype == np.uint8
        assert image.ndim == 2 or image.shape[2:] == (3,)
        if number % 8 == 0:
            read_oddly(reader, image, rng)


def harmed(data: bytes, how: str, rng: np.random.Generator) -> bytes:
    """A file as a bad card or a broken copy leaves it."""
    if how == "cut":
        return data[: rng.integers(len(data))]
    harmed = np.frombuffer(data, np.uint8).copy()
    # Half of the harm goes to the beginning, where the header is.
    reach = len(harmed) if rng.random() < 0.5 else min(200, len(harmed))
    places = rng.integers(0, reach, int(rng.integers(1, 30)))
    start, stop = np.sort(rng.integers(0, reach + 1, 2))
    match how:
        case "bytes":
            harmed[places] = rng.integers(0, 256, len(places), dtype=np.uint8)
        case "bits":
            harmed[places] ^= np.uint8(1) << rng.integers(0, 8, len(places), dtype=np.uint8)
        case "middle":
            return data[:start] + data[stop:]
        case _:
            harmed[start:stop] = 0
    return harmed.tobytes()


@pytest.mark.parametrize("number", range(len(sample_pages())))
def test_a_sample_page_cut_short_is_refused(number: int) -> None:
    sample = sample_pages()[number]
    rng = np.random.default_rng(number)
    for length in rng.integers(0, len(sample.data) - 2, 12).tolist():
        with pytest.raises(InkwatchError, match=r"cut short|empty|not a picture"):
            decode_bytes(sample.data[:length], sample.name)
