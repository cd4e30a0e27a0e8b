"""The pages that ship, read by the bundle that ships."""

from functools import cache

import pytest
from rapidfuzz.distance import Levenshtein

from inkwatch.frames.samples import Sample, sample_pages
from inkwatch.reader import Reader
from inkwatch.reading import Reading

MOST_CER = 0.10
SAMPLES = sample_pages()


@pytest.fixture(autouse=True)
def the_bundle_that_ships(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may have another one set."""
    monkeypatch.delenv("INKWATCH_MODELS", raising=False)


@cache
def read(sample: Sample) -> Reading:
    return _reader().read(sample.image(), sample.name)


@cache
def _reader() -> Reader:
    return Reader()


def collapsed(text: str) -> str:
    """Each run of whitespace, line breaks included, as one space."""
    return " ".join(text.split())


def errors(sample: Sample) -> int:
    return Levenshtein.distance(collapsed(sample.text), collapsed(read(sample).text))


def test_there_are_sample_pages() -> None:
    assert len(SAMPLES) >= 3


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_each_page_is_read_with_few_errors(sample: Sample) -> None:
    assert errors(sample) / len(collapsed(sample.text)) < MOST_CER


def test_all_pages_together_are_read_with_few_errors() -> None:
    assert sum(map(errors, SAMPLES)) / sum(len(collapsed(s.text)) for s in SAMPLES) < MOST_CER


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_each_page_has_its_lines(sample: Sample) -> None:
    assert len(read(sample).lines) == len(sample.text.split("\n"))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_confidence_is_a_share_and_fits_the_errors(sample: Sample) -> None:
    reading = read(sample)
    confidences = [
        reading.confidence,
        *(line.confidence for line in reading.lines),
        *(word.confidence for word in reading.words),
        *(glyph.confidence for glyph in reading.glyphs),
    ]
    assert all(0.0 <= confidence <= 1.0 for confidence in confidences)
    right = 1 - errors(sample) / len(collapsed(sample.text))
    assert reading.confidence == pytest.approx(right, abs=0.15)


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_boxes_lie_on_the_page_and_lines_below_each_other(sample: Sample) -> None:
    reading = read(sample)
    for glyph in reading.glyphs:
        assert 0 <= glyph.box.left < glyph.box.right <= reading.width
        assert 0 <= glyph.box.top < glyph.box.bottom <= reading.height
    tops = [line.box.top for line in reading.lines]
    assert tops == sorted(tops)
