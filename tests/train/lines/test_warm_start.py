from typing import Any

import msgspec
import numpy as np
import pytest

pytest.importorskip("keras", reason="needs pip install 'inkwatch[train]'")
pytest.importorskip("fontTools", reason="needs pip install 'inkwatch[train]'")

import keras

from inkwatch.errors import BundleError, DataError
from inkwatch.recognise.bundle import load_bundle
from inkwatch.recognise.card import LINES
from inkwatch.recognise.line_image import LINE_HEIGHT
from inkwatch.recognise.line_model import LineModel
from inkwatch_train.lines.alphabet import best_paths
from inkwatch_train.lines.network import build_line_network
from inkwatch_train.lines.recipe import LineItem, LineNetwork, LineRecipe
from inkwatch_train.lines.score import error_rate, read_lines
from inkwatch_train.lines.sets import drawn_lines
from inkwatch_train.lines.source import LabelledLine
from inkwatch_train.lines.warm_start import begin_with

pytestmark = pytest.mark.train

RECIPE = LineRecipe(engine="lines", name="later", data=[LineItem(source="fonts-print")])


@pytest.fixture(scope="module")
def lines(faces: Any) -> list[LabelledLine]:
    assert faces
    return [line for line in drawn_lines(24) if len(line.text) > 3]


@pytest.fixture(scope="module")
def started(lines: list[LabelledLine]) -> keras.Model:
    keras.config.set_dtype_policy("float32")
    model = build_line_network(RECIPE.network)
    begin_with(model, "lines", RECIPE, lines)
    return model


def test_a_network_begins_with_what_the_shipped_bundle_reads(
    started: keras.Model, lines: list[LabelledLine]
) -> None:
    device = LineModel(load_bundle("lines", LINES))
    by_bundle = best_paths(device.probabilities([line.pixels for line in lines]))
    assert error_rate(read_lines(started, lines), by_bundle) < 0.06


def test_its_normalisation_is_settled(started: keras.Model, lines: list[LabelledLine]) -> None:
    """In training, too, the network reads: what the BatchNorms expect is what comes."""
    width = min(line.pixels.shape[1] for line in lines) // 4 * 4
    picture = np.stack([line.pixels[:, :width] for line in lines])[..., None] / np.float32(255)
    means = keras.ops.convert_to_numpy(started(picture, training=False))
    by_batch = keras.ops.convert_to_numpy(started(picture, training=True))
    agree = (np.asarray(means).argmax(axis=2) == np.asarray(by_batch).argmax(axis=2)).mean()
    assert agree > 0.85


def test_what_is_neither_a_run_nor_a_bundle_is_told(
    started: keras.Model, lines: list[LabelledLine]
) -> None:
    with pytest.raises(BundleError, match="No model bundle is named 'nowhere'"):
        begin_with(started, "nowhere", RECIPE, lines)


def test_a_bundle_of_another_network_is_told(lines: list[LabelledLine]) -> None:
    other = msgspec.structs.replace(RECIPE, network=LineNetwork(sequence=40))
    with pytest.raises(DataError, match="another network than the recipe"):
        begin_with(build_line_network(other.network), "lines", other, lines)
    assert lines[0].pixels.shape[0] == LINE_HEIGHT
