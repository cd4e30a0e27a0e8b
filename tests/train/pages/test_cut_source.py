from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkwatch.recognise.card import NOT_A_CHARACTER
from inkwatch_train.data.sample import Grey, Sample, Source, Split, Terms
from inkwatch_train.fonts.fetch import FontFace
from inkwatch_train.pages import cut_source
from inkwatch_train.pages.codes import CodePage
from inkwatch_train.pages.cut_source import CutSource

PROSE, CODES = "The lamp, over", "42-7 AB3"
LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


@dataclass(frozen=True)
class Drawn:
    """Letters and digits of two writers, in OpenCV's font."""

    name: str = "drawn"
    licence: str = "mine"
    terms: Terms = "open"

    def samples(self) -> Iterator[Sample]:
        splits: Sequence[Split] = ("train", "val")
        for split in splits:
            for character in LETTERS_AND_DIGITS:
                yield Sample(picture(character), character, split, split)


def picture(character: str) -> Grey:
    image = np.full((60, 60), 235, np.uint8)
    cv2.putText(image, character, (12, 42), 0, 1.3, 20, 3, cv2.LINE_AA)
    return image


@pytest.fixture(autouse=True)
def _small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of a few letters, and few of them: those of the real texts take minutes."""
    monkeypatch.setattr(cut_source, "text_page", lambda _: [PROSE])
    monkeypatch.setattr(cut_source, "code_page", lambda _: CodePage((CODES,), ".*"))
    monkeypatch.setattr(cut_source, "_PAGES_OF_HANDS", 20)


def face(name: str, path: Path, *, held_out: bool = False) -> FontFace:
    return FontFace(name, path, "print", "1.0.0", held_out)


def cuts(*faces: FontFace, hands: Sequence[Source] = (), joined: bool = False) -> list[Sample]:
    return list(CutSource("cuts-mine", faces, hands, joined=joined).samples())


def test_a_font_is_a_writer_and_stands_on_one_side(plain_font: Path) -> None:
    names = [f"family-{number}" for number in range(8)]
    sides: dict[str, set[str]] = {}
    for sample in cuts(*(face(name, plain_font) for name in names)):
        sides.setdefault(sample.writer, set()).add(sample.split)
    assert set(sides) == set(names)
    assert all(len(splits) == 1 for splits in sides.values())


def test_labels_are_those_of_the_texts_or_no_character(plain_font: Path) -> None:
    labels = {sample.label for sample in cuts(*(face(f"f{k}", plain_font) for k in range(6)))}
    assert labels <= {*PROSE, *CODES, NOT_A_CHARACTER}
    assert len(labels) > 8
    assert NOT_A_CHARACTER in labels


def test_joined_hands_write_no_codes(plain_font: Path) -> None:
    faces = [face(f"f{k}", plain_font) for k in range(6)]
    joined = {sample.label for sample in cuts(*faces, joined=True)}
    assert joined <= {*PROSE, NOT_A_CHARACTER}


def test_fonts_that_are_held_out_write_nothing(plain_font: Path) -> None:
    assert cuts(face("kept", plain_font, held_out=True)) == []


def test_a_font_that_lacks_a_character_is_passed_over(
    plain_font: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cut_source, "text_page", lambda _: ["naïve Ж"])
    assert cuts(face("one", plain_font), joined=True) == []


def test_every_time_it_is_the_same(plain_font: Path) -> None:
    first, again = cuts(face("one", plain_font)), cuts(face("one", plain_font))
    assert [(s.label, s.writer, s.split) for s in first] == [
        (s.label, s.writer, s.split) for s in again
    ]
    assert all(np.array_equal(a.image, b.image) for a, b in zip(first, again, strict=True))


def test_real_hands_write_both_splits(plain_font: Path) -> None:
    samples = cuts(face("marks", plain_font), hands=[Drawn()])
    assert {sample.split for sample in samples} == {"train", "val"}
    labels = {sample.label for sample in samples}
    assert labels <= {*PROSE, *CODES, NOT_A_CHARACTER}
    assert {"T", "h", "p"} <= labels


@pytest.mark.parametrize(("terms", "whole"), [("open", "open"), ("research", "research")])
def test_terms_and_licence_are_those_of_all_its_sources(terms: Terms, whole: Terms) -> None:
    source = CutSource("cuts-real", [], [Drawn(), Drawn("b", "CC0", terms)])
    assert source.terms == whole
    assert source.licence.endswith("; mine; CC0")
    assert CutSource("cuts-print", []).terms == "open"
