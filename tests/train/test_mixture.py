from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
import numpy as np
import pytest

pytest.importorskip("sklearn", reason="needs pip install 'inkwatch[train]'")

from inkwatch.errors import DataError
from inkwatch.recognise.card import NOT_A_CHARACTER
from inkwatch.recognise.crop import CROP_SIZE, Grey, crop_glyph
from inkwatch_train import mixture
from inkwatch_train.augment.canvas import CANVAS_SIZE
from inkwatch_train.augment.settings import Augment
from inkwatch_train.data.sample import Sample, Source, Split
from inkwatch_train.data.wrong_cuts import wrong_cut_samples
from inkwatch_train.labels import Labels
from inkwatch_train.mixture import Bank, Crops, draw_batch, gather
from inkwatch_train.recipe import DataItem, Recipe

OFF = msgspec.convert(
    {field.name: {"probability": 0} for field in msgspec.structs.fields(Augment)}, Augment
)


def mark(number: int) -> Grey:
    """A picture that no other number gives: twelve columns of ink, tall for a one bit."""
    image = np.full((30, 30), 240, np.uint8)
    image[4:26, 2] = 10  # keeps the box the same for all
    image[24:26, 2:28] = 10
    for bit in range(12):
        top = 4 if number >> bit & 1 else 18
        image[top:26, 4 + 2 * bit] = 10
    return image


@dataclass(frozen=True)
class Given:
    """A source of the samples that it is given."""

    name: str
    given: Sequence[Sample]
    terms: Literal["open", "research"] = "open"
    licence: str = "CC0-1.0"

    def samples(self) -> Iterator[Sample]:
        yield from self.given


def samples(
    label: str, count: int, split: Split = "train", *, first: int = 0, folded: bool = False
) -> list[Sample]:
    return [Sample(mark(first + k), label, "", split, folded) for k in range(count)]


def mix(
    *sources: Given | tuple[Given, dict[str, Any]], alphabet: str = "abcABC", **settings: Any
) -> tuple[list[Bank], Crops]:
    items: list[tuple[DataItem, Source]] = []
    for source in sources:
        given, options = source if isinstance(source, tuple) else (source, {})
        items.append((DataItem(source=given.name, **options), given))
    recipe = Recipe(name="mine", alphabet=alphabet, data=[item for item, _ in items], **settings)
    return gather(recipe, items, Labels(alphabet, reject=recipe.reject > 0))


def drawn(banks: list[Bank], count: int = 4000) -> Counter[str]:
    _, labels, _ = draw_batch(banks, count, np.random.default_rng(1), OFF)
    return Counter(labels)


def test_a_bank_holds_the_training_split_and_the_crops_the_validation() -> None:
    source = Given(
        "one",
        [*samples("a", 5), *samples("b", 3, "val"), *samples("c", 4, "test", first=100)],
    )
    (bank,), validation = mix(source)
    assert bank.name == "one"
    assert bank.licence == "CC0-1.0"
    assert bank.canvases.shape == (5, CANVAS_SIZE, CANVAS_SIZE)
    assert bank.labels.tolist() == ["a"] * 5
    assert bank.chance.sum() == pytest.approx(1)
    assert validation.crops.shape == (3, CROP_SIZE, CROP_SIZE)
    assert validation.crops.dtype == np.uint8
    assert validation.labels.tolist() == ["b"] * 3
    assert validation.sources.tolist() == ["one"] * 3
    np.testing.assert_array_equal(validation.crops[1], crop_glyph(mark(1)))


def test_without_a_validation_split_a_part_of_training_validates() -> None:
    (bank,), validation = mix(Given("one", samples("a", 1000)))
    assert 30 < len(validation.labels) < 95
    assert len(bank.labels) + len(validation.labels) == 1000
    # No picture stands on both sides.
    assert len({canvas.tobytes() for canvas in bank.canvases}) == len(bank.labels)
    held_out = {crop.tobytes() for crop in validation.crops}
    all_crops = [crop_glyph(mark(k)).tobytes() for k in range(1000)]
    assert len(set(all_crops)) == 1000
    assert len(held_out) == len(validation.labels)
    trained = {c for c in all_crops if c not in held_out}
    assert len(trained) == len(bank.labels)


def test_test_splits_are_never_used() -> None:
    source = Given("one", [*samples("a", 200), *samples("b", 500, "test")])
    (bank,), validation = mix(source)
    assert set(bank.labels) == {"a"}
    assert set(validation.labels) == {"a"}
    with pytest.raises(DataError, match="'one' holds no training sample"):
        mix(Given("one", samples("b", 50, "test")))


def test_the_same_recipe_parts_the_same_way() -> None:
    source = Given("one", samples("a", 300))
    first, again, other = (mix((source, {"limit": 40}), seed=seed) for seed in (5, 5, 6))
    np.testing.assert_array_equal(first[0][0].canvases, again[0][0].canvases)
    np.testing.assert_array_equal(first[1].crops, again[1].crops)
    assert not np.array_equal(first[0][0].canvases, other[0][0].canvases)


def test_weights_are_shares_of_the_batch() -> None:
    banks, _ = mix(
        (Given("one", samples("a", 50)), {"weight": 3.0}),
        (Given("two", samples("b", 2000)), {"weight": 1.0}),
    )
    assert drawn(banks)["a"] / 4000 == pytest.approx(0.75, abs=0.03)


@pytest.mark.parametrize(("balance", "share"), [(1.0, 0.9), (0.0, 0.5), (0.5, 0.75)])
def test_class_balance_is_the_power_that_a_share_follows(balance: float, share: float) -> None:
    validation = samples("a", 1, "val")
    source = Given("one", [*samples("a", 900), *samples("b", 100), *validation])
    banks, _ = mix(source, class_balance=balance)
    assert drawn(banks)["a"] / 4000 == pytest.approx(share, abs=0.03)


def test_without_a_validation_split_known_writers_validate_whole() -> None:
    hands = [
        Sample(mark(3 * hand + k), label, f"hand {hand}", "train")
        for hand in range(60)
        for k, label in enumerate("abc")
    ]
    (bank,), crops = mix(Given("hands", hands), alphabet="abc")
    trained = Counter(bank.labels.tolist())
    # Whole hands of one a, one b and one c each: the three counts agree on either side.
    assert len(set(trained.values())) == 1
    assert len(set(Counter(crops.labels.tolist()).values())) == 1
    assert 0 < len(crops.labels) < 60
    assert len(bank.labels) + len(crops.labels) == 180


def test_limits_hold_for_training_and_validation() -> None:
    source = Given("one", [*samples("a", 300), *samples("a", 300, "val", first=300)])
    (bank,), validation = mix((source, {"limit": 20}), val_limit_per_source=30)
    assert len(bank.labels) == 20
    assert len(validation.labels) == 30
    # Spread over the whole, and not the first.
    first = {
        canvas.tobytes() for canvas in mix(Given("one", source.given[:20]), seed=1)[0][0].canvases
    }
    assert {canvas.tobytes() for canvas in bank.canvases} - first


def test_case_folded_letters_stay_marked() -> None:
    given = [
        *samples("a", 30, folded=True),
        *samples("B", 30),
        *samples("c", 5, "val", folded=True),
    ]
    banks, validation = mix(Given("nist", given))
    assert validation.folded.all()
    _, labels, folded = draw_batch(banks, 500, np.random.default_rng(0), OFF)
    assert {(label, bool(either)) for label, either in zip(labels, folded, strict=True)} == {
        ("a", True),
        ("B", False),
    }


def test_case_folded_letters_take_the_case_that_is_a_class() -> None:
    given = [*samples("a", 30, folded=True), *samples("b", 5, "val", folded=True)]
    (bank,), validation = mix(Given("nist", given), alphabet="ABC")
    # What conversion and report look up among the classes.
    assert set(bank.labels) == {"A"}
    assert set(validation.labels) == {"B"}


def test_characters_outside_the_alphabet_are_passed_over() -> None:
    given = [*samples("a", 30), *samples("x", 30), *samples("?", 9, "val"), *samples("b", 1, "val")]
    (bank,), validation = mix(Given("one", given))
    assert set(bank.labels) == {"a"}
    assert validation.labels.tolist() == ["b"]
    with pytest.raises(DataError, match="'one' holds no training sample of the recipe's alphabet"):
        mix(Given("one", samples("x", 30)))


def test_research_data_makes_no_open_model() -> None:
    closed = Given("theirs", samples("a", 100), terms="research")
    with pytest.raises(DataError, match="'theirs' is for research only") as told:
        mix(Given("one", samples("a", 100)), closed)
    assert 'terms = "research"' in str(told.value)
    banks, _ = mix(closed, Given("one", samples("a", 100)), terms="research")
    assert [bank.name for bank in banks] == ["theirs", "one"]


def test_pictures_without_ink_train_nothing() -> None:
    blank = Sample(np.full((9, 9), 200, np.uint8), "a", "", "train")
    given = [blank, blank, *samples("b", 3), *samples("b", 1, "val")]
    (bank,), _ = mix(Given("one", given))
    assert bank.labels.tolist() == ["b"] * 3
    with pytest.raises(DataError, match="'one': no picture in it shows any ink"):
        mix(Given("one", [blank, *samples("b", 1, "val")]))


def test_there_must_be_something_to_validate_with() -> None:
    with pytest.raises(DataError, match="no sample to validate with"):
        mix(Given("one", samples("a", 1)))


def test_a_batch_is_augmented_and_hangs_on_the_generator_alone() -> None:
    banks, _ = mix(Given("one", [*samples("a", 40), *samples("b", 40), *samples("a", 1, "val")]))
    first, labels, folded = draw_batch(banks, 16, np.random.default_rng(3), Augment())
    again, labels_again, _ = draw_batch(banks, 16, np.random.default_rng(3), Augment())
    other, _, _ = draw_batch(banks, 16, np.random.default_rng(4), Augment())
    assert first.shape == (16, CROP_SIZE, CROP_SIZE)
    assert first.dtype == np.uint8
    assert len(labels) == 16
    assert folded.shape == (16,)
    np.testing.assert_array_equal(first, again)
    assert labels == labels_again
    assert not np.array_equal(first, other)
    plain, _, _ = draw_batch(banks, 16, np.random.default_rng(3), OFF)
    assert not np.array_equal(first, plain)


def test_each_crop_of_a_batch_is_of_its_label() -> None:
    given = [*samples("a", 1, first=5), *samples("b", 1, first=4000), *samples("a", 1, "val")]
    banks, _ = mix(Given("one", given), (Given("two", samples("c", 40, first=77)), {"limit": 1}))
    crops, labels, _ = draw_batch(banks, 60, np.random.default_rng(3), OFF)
    by_label = {
        label: {c.tobytes() for c, k in zip(crops, labels, strict=True) if k == label}
        for label in "abc"
    }
    assert [len(by_label[label]) for label in "abc"] == [1, 1, 1]
    assert len(set.union(*by_label.values())) == 3


def test_samples_that_somebody_found_wrong_are_left_out() -> None:
    source = Given("one", [*samples("a", 3), *samples("b", 3, first=9), *samples("c", 2, "val")])
    ((bank,), crops) = mix((source, {"leave_out": [0, 1, 3, 6]}))
    assert sorted(bank.labels) == ["a", "b", "b"]
    assert len(crops.labels) == 1


def test_wrong_cuts_take_their_share_of_batch_and_validation() -> None:
    source = Given("one", [*samples("a", 20), *samples("b", 30, "val", first=50)])
    banks, crops = mix(source, reject=0.25)
    assert [bank.name for bank in banks] == ["one"]
    assert Counter(crops.labels) == {"b": 30, NOT_A_CHARACTER: 30}
    assert set(crops.sources[crops.labels == NOT_A_CHARACTER]) == {"wrong-cuts"}
    drawn_crops, labels, folded = draw_batch(banks, 1000, np.random.default_rng(2), OFF, 0.25)
    assert Counter(labels)[NOT_A_CHARACTER] == pytest.approx(250, abs=60)
    assert drawn_crops.any(axis=(1, 2)).all()
    assert not folded.any()


def test_without_a_share_there_is_no_wrong_cut() -> None:
    banks, crops = mix(Given("one", [*samples("a", 20), *samples("b", 9, "val", first=50)]))
    assert NOT_A_CHARACTER not in drawn(banks)
    assert NOT_A_CHARACTER not in crops.labels


def cut_pages(characters: int, wrong: int, name: str = "cuts-mine") -> Given:
    """A source as pages are cut: characters, and cuts that are none."""
    return Given(
        name,
        [
            *samples("a", characters),
            *samples(NOT_A_CHARACTER, wrong, first=2000),
            *samples("b", 6, "val", first=1000),
            *samples(NOT_A_CHARACTER, 7, "val", first=3000),
        ],
    )


@pytest.mark.parametrize(("characters", "wrong"), [(10, 200), (200, 10), (50, 50)])
def test_a_source_gives_its_own_wrong_cuts_a_fixed_share(characters: int, wrong: int) -> None:
    banks, _ = mix(cut_pages(characters, wrong), reject=0.1)
    assert drawn(banks)[NOT_A_CHARACTER] / 4000 == pytest.approx(0.4, abs=0.04)


def test_a_source_of_wrong_cuts_alone_is_drawn_from() -> None:
    only = Given("wrong-cuts:mine", samples(NOT_A_CHARACTER, 60, first=2000))
    banks, _ = mix((only, {"weight": 1.0}), (Given("one", samples("a", 60)), {"weight": 3.0}),
                   reject=0.1)  # fmt: skip
    assert drawn(banks)[NOT_A_CHARACTER] / 4000 == pytest.approx(0.25, abs=0.03)


def test_wrong_cuts_are_not_spoiled_further(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half of two joined letters may well be a letter."""
    spoiled: list[Sample] = []

    def recorded(samples: Sequence[Sample], *args: Any, **options: Any) -> Iterator[Sample]:
        spoiled.extend(samples)
        return wrong_cut_samples(samples, *args, **options)

    picked: list[bytes] = []

    def picks(pick: Callable[[], Grey], rng: np.random.Generator) -> Grey:
        canvas = pick()
        picked.append(canvas.tobytes())
        return canvas

    monkeypatch.setattr(mixture, "wrong_cut_samples", recorded)
    monkeypatch.setattr(mixture, "wrong_cut", picks)
    banks, crops = mix(cut_pages(20, 60), reject=0.5)
    assert {sample.label for sample in spoiled} == {"b"}
    assert Counter(crops.sources.tolist()) == {"cuts-mine": 13, "wrong-cuts": 6}
    draw_batch(banks, 300, np.random.default_rng(1), OFF, 0.5)
    (bank,) = banks
    whole = {canvas.tobytes() for canvas in bank.canvases[bank.labels == "a"]}
    assert len(picked) > 100
    assert set(picked) <= whole


@pytest.mark.parametrize("split", ["train", "val"])
def test_wrong_cuts_need_characters(split: Split) -> None:
    given = [*samples(NOT_A_CHARACTER, 60), *samples(NOT_A_CHARACTER, 9, "val", first=100)]
    if split == "val":
        given += samples("a", 9, "val", first=300)
    else:
        given += samples("a", 9, "train", first=300)
    with pytest.raises(DataError, match="no character to make wrong cuts of"):
        mix(Given("one", given), reject=0.1)
