from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from inkwatch.errors import DataError
from inkwatch.recognise.card import NOT_A_CHARACTER
from inkwatch_train.augment.settings import Augment
from inkwatch_train.data.catalog import open_source
from inkwatch_train.data.sample import Sample
from inkwatch_train.data.wrong_cuts import WrongCutSource, wrong_cut_samples
from inkwatch_train.fonts.hershey import HersheySource


@dataclass(frozen=True)
class Blank:
    name: str = "blank"
    licence: str = "CC0-1.0"
    terms: Literal["open", "research"] = "research"

    def samples(self) -> Iterator[Sample]:
        yield Sample(np.full((20, 20), 255, np.uint8), "a", "", "val")


def test_each_split_has_as_many_as_the_source() -> None:
    source = HersheySource("AHMWk")
    cuts = list(WrongCutSource(source).samples())
    given = list(source.samples())
    for split in ("train", "val", "test"):
        assert sum(c.split == split for c in cuts) == sum(s.split == split for s in given)
    assert {cut.label for cut in cuts} == {NOT_A_CHARACTER}
    assert all(cut.image.dtype == np.uint8 for cut in cuts)


def test_they_are_the_same_each_time() -> None:
    source = WrongCutSource(HersheySource("AHMWk"))
    first, again = list(source.samples()), list(source.samples())
    assert all(np.array_equal(a.image, b.image) for a, b in zip(first, again, strict=True))


def test_name_and_terms_are_those_of_what_is_spoiled() -> None:
    source = WrongCutSource(Blank())
    assert source.name == "wrong-cuts:blank"
    assert source.terms == "research"
    assert source.licence == "CC0-1.0"


def test_a_source_without_ink_is_told() -> None:
    with pytest.raises(DataError, match="no character with any ink"):
        list(WrongCutSource(Blank()).samples())


def test_no_cuts_are_asked_for() -> None:
    samples = list(HersheySource("A").samples())
    rng = np.random.default_rng(0)
    assert list(wrong_cut_samples(samples, 0, rng, Augment(), split="val")) == []


def test_the_catalogue_knows_the_prefix(tmp_path: Path) -> None:
    source = open_source(f"wrong-cuts:folder:{tmp_path}")
    assert isinstance(source, WrongCutSource)
    assert source.of.name == tmp_path.name
