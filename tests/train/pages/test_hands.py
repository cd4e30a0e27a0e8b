from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.train.pages.conftest import DrawnSource

from inkwatch.errors import DataError, UsageError
from inkwatch_train.data.sample import Sample
from inkwatch_train.fonts.hershey import draw_text
from inkwatch_train.pages.hands import RealHand, choose_hands, real_hands

ALL = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def hand(name: str, characters: str) -> RealHand:
    picture = np.full((20, 12), 255, np.uint8)
    return RealHand(name, dict.fromkeys(characters, (picture,)))


def test_writers_are_kept_apart_where_they_are_known() -> None:
    hands = real_hands([DrawnSource(writers=("2", "1")), DrawnSource("other")], ["val"], ALL)
    assert [each.name for each in hands] == ["drawn/1", "drawn/2", "other"]


def test_only_the_wanted_parts_are_taken() -> None:
    both = [DrawnSource("seen", split="train"), DrawnSource("unseen", split="val")]
    assert [each.name for each in real_hands(both, ["val"], ALL)] == ["unseen"]
    with pytest.raises(DataError, match="part test"):
        real_hands(both, ["test"], ALL)


def test_letters_of_unknown_case_are_left_out() -> None:
    (found,) = real_hands([DrawnSource(folded=True)], ["val"], ALL)
    assert set(found.pictures) == set("0123456789")


def test_pictures_are_ink_cut_to_its_box() -> None:
    (found,) = real_hands([DrawnSource()], ["val"], "A")
    (picture,) = found.pictures["A"]
    assert picture.max() == 255
    for side in (picture[0], picture[-1], picture[:, 0], picture[:, -1]):
        assert side.max() > 100


class OneSource(DrawnSource):
    def samples(self) -> Iterator[Sample]:
        image = draw_text("h")
        image[-9:-3, 20:26] = 0  # a full stop below
        yield Sample(image, "h", "", "val")
        yield Sample(draw_text("h"), "h", "", "val")


def test_a_speck_beside_a_letter_is_left_out() -> None:
    (found,) = real_hands([OneSource()], ["val"], ALL)
    with_speck, clean = found.pictures["h"]
    assert abs(with_speck.shape[0] - clean.shape[0]) <= 2


def test_a_blot_is_no_character() -> None:
    class Blot(DrawnSource):
        def samples(self) -> Iterator[Sample]:
            image = np.full((40, 40), 255, np.uint8)
            image[5:35, 5:35] = 0
            yield Sample(image, "o", "", "val")

    with pytest.raises(DataError):
        real_hands([Blot()], ["val"], ALL)


def test_one_hand_that_has_it_all_comes_first(rng: np.random.Generator) -> None:
    hands = [hand("letters", "abc"), hand("all", "abc012"), hand("digits", "012")]
    for _ in range(10):
        chosen = choose_hands(hands, "ab 12", rng)
        assert sorted(each.name for each in chosen) == ["all", "digits", "letters"]
        if chosen[0].name == "letters":
            assert chosen[1].name in {"all", "digits"}


def test_a_page_of_digits_needs_no_letters(rng: np.random.Generator) -> None:
    chosen = choose_hands([hand("letters", "abc"), hand("digits", "012")], "1, 2.", rng)
    assert chosen[0].name == "digits"


def test_a_character_that_no_hand_has_is_told(rng: np.random.Generator) -> None:
    with pytest.raises(UsageError, match="'Q'"):
        choose_hands([hand("few", "ab")], "aQ", rng)


def test_the_choice_follows_from_the_numbers() -> None:
    hands = [hand(str(index), "abc") for index in range(9)]
    first, again, other = (
        choose_hands(hands, "abc", np.random.default_rng(seed))[0].name for seed in (1, 1, 4)
    )
    assert first == again
    assert first != other


@pytest.mark.data
def test_no_picture_that_training_saw_gets_onto_a_page(data_folder: Path) -> None:
    from inkwatch_train.data.catalog import open_source

    source = open_source("paper62", data_folder)
    (seen,) = real_hands([source], ["train"], ALL)
    (unseen,) = real_hands([source], ["val"], ALL)
    assert set(unseen.pictures) == set(ALL)
    trained = {picture.tobytes() for each in seen.pictures.values() for picture in each}
    shown = [picture.tobytes() for each in unseen.pictures.values() for picture in each]
    assert len(shown) > 500
    assert not trained.intersection(shown)
