from typing import Any

import msgspec
import pytest

from inkwatch_train.augment.settings import Augment

WAYS = [field.name for field in msgspec.structs.fields(Augment)]


def augment(**ways: dict[str, Any]) -> Augment:
    return msgspec.convert(ways, Augment)


def test_what_a_recipe_leaves_out_keeps_its_default() -> None:
    settings = augment(blur={"probability": 0.0})
    assert settings.blur.probability == 0.0
    assert settings.blur.sigma_px == Augment().blur.sigma_px
    assert msgspec.structs.replace(settings, blur=Augment().blur) == Augment()


@pytest.mark.parametrize("way", WAYS)
def test_each_way_can_be_switched_off(way: str) -> None:
    assert getattr(augment(**{way: {"probability": 0}}), way).probability == 0


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("share", [-0.01, 1.01, float("nan"), "often"])
def test_a_probability_is_a_share(way: str, share: object) -> None:
    with pytest.raises(msgspec.ValidationError, match=rf"\$\.{way}\.probability"):
        augment(**{way: {"probability": share}})


@pytest.mark.parametrize("way", WAYS)
def test_no_way_takes_a_key_that_it_does_not_know(way: str) -> None:
    with pytest.raises(msgspec.ValidationError, match="strenght"):
        augment(**{way: {"strenght": 1}})


def test_there_are_no_other_ways() -> None:
    with pytest.raises(msgspec.ValidationError, match="blurr"):
        augment(blurr={})


@pytest.mark.parametrize(
    ("way", "key", "value"),
    [
        ("affine", "rotate_deg", -1),
        ("affine", "slant", -0.1),
        ("affine", "stretch", float("inf")),
        ("elastic", "shift_px", -1),
        ("elastic", "cells", 0),
        ("thickness", "widen_px", -3),
        ("thickness", "thin_px", -1),
        ("broken", "gap_px", 0),
        ("neighbours", "reach_px", 0),
        ("camera", "height_px", [0, 20]),
        ("camera", "height_px", [20, 2000]),
        ("camera", "height_px", [40, 20]),
        ("camera", "height_px", [20]),
        ("camera", "paper", [0, 200]),
        ("camera", "paper", [200, 256]),
        ("camera", "contrast", [0.0, 0.5]),
        ("camera", "contrast", [0.9, 0.5]),
        ("camera", "slope", 1.0),
        ("blur", "sigma_px", [0.0, 1.0]),
        ("blur", "sigma_px", [2.0, 1.0]),
        ("noise", "sigma", -1),
        ("jpeg", "quality", [0, 50]),
        ("jpeg", "quality", [50, 101]),
    ],
)
def test_values_that_would_fail_in_the_middle_of_a_training(
    way: str, key: str, value: object
) -> None:
    with pytest.raises(msgspec.ValidationError, match=key):
        augment(**{way: {key: value}})
