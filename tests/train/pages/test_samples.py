from importlib.resources import files

import cv2
import numpy as np
import pytest

from inkwatch.errors import DataError
from inkwatch_train.alphabet import ALPHANUMERIC, PUNCTUATION
from inkwatch_train.fonts.packages import font_packages
from inkwatch_train.pages.camera import to_jpeg
from inkwatch_train.pages.samples import SAMPLE_PAGES, SamplePage, make_sample, sample_text

FOLDER = files("inkwatch") / "samples"
BY_NAME = pytest.mark.parametrize("sample", SAMPLE_PAGES, ids=lambda sample: sample.name)


def test_three_pages_ship_and_are_small() -> None:
    sizes = [len((FOLDER / f"{sample.name}.jpg").read_bytes()) for sample in SAMPLE_PAGES]
    assert len(sizes) == 3
    assert sum(sizes) < 600_000


@BY_NAME
def test_a_page_opens_at_its_size(sample: SamplePage) -> None:
    data = np.frombuffer((FOLDER / f"{sample.name}.jpg").read_bytes(), np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert image is not None
    assert image.shape == (sample.style.camera.height, sample.style.camera.width, 3)


@BY_NAME
def test_its_text_has_only_what_can_be_read(sample: SamplePage) -> None:
    lines = sample_text(sample.name)
    assert len(lines) >= 8
    assert set("".join(lines)) <= set(ALPHANUMERIC + PUNCTUATION + " ")
    assert lines == [" ".join(line.split()) for line in lines]


@BY_NAME
def test_its_font_is_held_out_and_named_with_its_licence(sample: SamplePage) -> None:
    held_out = {font.name for font in font_packages() if font.held_out}
    assert sample.font in held_out
    notice = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"| `{sample.name}` | {sample.font.replace('-', ' ').title()} |" in notice
    assert "SIL Open Font License" in notice


@BY_NAME
def test_the_maker_still_makes_the_shipped_page(sample: SamplePage) -> None:
    try:
        page = make_sample(sample)
    except DataError as error:
        pytest.skip(f"the fonts are not here: {error}")
    assert page.truth.text.splitlines() == sample_text(sample.name)
    shipped, made = (
        cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
        for data in ((FOLDER / f"{sample.name}.jpg").read_bytes(), to_jpeg(page.image))
    )
    assert shipped is not None
    assert made is not None
    off = cv2.absdiff(shipped, made)
    # Other versions of OpenCV, Pillow and libjpeg round differently; ink that moved is far off.
    assert float(off.mean()) < 2.0
    assert float((off > 40).mean()) < 0.001
