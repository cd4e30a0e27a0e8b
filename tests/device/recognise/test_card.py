import msgspec
import numpy as np
import pytest

from inkwatch.errors import BundleError
from inkwatch.recognise.bundle import Bundle
from inkwatch.recognise.card import Card, Golden, Tensor, decode_card, encode_card


def test_a_card_round_trips(tiny: Bundle) -> None:
    card = tiny.card
    assert decode_card(encode_card(card), "card.json") == card


def test_encode_card_is_for_people_too(tiny: Bundle) -> None:
    lines = encode_card(tiny.card).decode().splitlines()
    assert '  "name": "tiny",' in lines
    assert max(len(line) for line in lines if "crop" not in line) < 250


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"engine": "pages"}, "no engine 'pages'"),
        ({"labels": []}, "no labels"),
        ({"labels": ["ab", *"123ABETabet"]}, "'ab' is not a single character"),
        ({"labels": list("0023ABETabet")}, "occurs twice"),
        ({"labels": list("012")}, "does not fit the labels"),
        ({"temperature": 0.0}, "temperature is 0"),
        ({"temperature": -1.0}, "temperature is -1"),
        ({"input": Tensor("uint8", (1, 32, 32, 1), 0.1, 0)}, "input is uint8"),
        ({"input": Tensor("int8", (1, 28, 28, 1), 0.1, 0)}, "does not fit the crop"),
        ({"output": Tensor("int8", (1, 12), 0.0, 0)}, "scale of the model's output"),
    ],
)
def test_decode_card_refuses_what_contradicts_itself(
    tiny: Bundle, change: dict[str, object], named: str
) -> None:
    card: Card = msgspec.structs.replace(tiny.card, **change)
    with pytest.raises(BundleError, match=named) as caught:
        decode_card(encode_card(card), "some/card.json")
    assert str(caught.value).startswith("some/card.json: ")


def test_decode_card_refuses_a_golden_output_of_another_length(tiny: Bundle) -> None:
    golden = msgspec.structs.replace(tiny.card.golden, output=b"123")
    card = msgspec.structs.replace(tiny.card, golden=golden)
    with pytest.raises(BundleError, match="golden"):
        decode_card(encode_card(card), "card.json")


def test_decode_card_tells_of_another_format_before_its_keys() -> None:
    with pytest.raises(BundleError, match=r"inkwatch-bundle/9.*update whichever is older"):
        decode_card(b'{"format": "inkwatch-bundle/9", "novelty": 1}', "card.json")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"{}", b"\xff\xfe", b'{"format": 1}'])
def test_decode_card_refuses_what_is_no_card(data: bytes) -> None:
    with pytest.raises(BundleError, match="x is not a bundle's card"):
        decode_card(data, "x")


def test_scales_agree_to_float32_and_no_further() -> None:
    tensor = Tensor(dtype="int8", shape=(1, 2), scale=float(np.float32(0.1)), zero_point=0)
    rounded = msgspec.structs.replace(tensor, scale=0.1)
    next_one = msgspec.structs.replace(
        tensor, scale=float(np.nextafter(np.float32(0.1), np.float32(1.0)))
    )
    assert tensor.agrees(rounded)
    assert not tensor.agrees(next_one)


def test_a_packed_golden_example_gives_back_what_went_in() -> None:
    pixels, outputs = bytes(1000) + b"ink", bytes(range(200))
    golden = Golden.packed(pixels, outputs)
    assert len(golden.crop) < 100
    assert (golden.pixels, golden.outputs) == (pixels, outputs)
    assert Golden(pixels, outputs).pixels == pixels


@pytest.mark.parametrize("crop", [b"", b"no zlib", Golden.packed(bytes(2 << 20), b"").crop])
def test_a_damaged_packed_example_is_refused(tiny: Bundle, crop: bytes) -> None:
    golden = Golden(crop, tiny.card.golden.output, deflated=True)
    card = msgspec.structs.replace(tiny.card, golden=golden)
    with pytest.raises(BundleError, match="golden"):
        decode_card(encode_card(card), "card.json")
