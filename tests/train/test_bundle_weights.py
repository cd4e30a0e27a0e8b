"""The weights of a bundle, against what the bundle itself computes."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="needs pip install 'inkwatch[train]'")

import cv2
import keras
import msgspec
import numpy.typing as npt

from inkwatch.errors import DataError
from inkwatch.recognise.bundle import Bundle, load_bundle
from inkwatch.recognise.classifier import Classifier
from inkwatch.recognise.crop import crop_glyphs
from inkwatch_train.batches import as_input
from inkwatch_train.bundle_weights import read_weights
from inkwatch_train.labels import Labels
from inkwatch_train.network import build_network
from inkwatch_train.recipe import Recipe, load_recipe
from inkwatch_train.start import open_start, with_network
from inkwatch_train.warm_start import warm_start

TINY = Path(__file__).parents[1] / "data" / "tiny_bundle"


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return load_bundle(TINY)


@pytest.fixture(scope="module")
def crops() -> npt.NDArray[np.uint8]:
    rng = np.random.default_rng(5)
    pages = []
    for k in range(300):
        page = np.full((96, 96), 215, np.uint8)
        at = tuple(int(v) for v in rng.integers((20, 56), (36, 76)))
        scale, pen = float(rng.uniform(1.2, 2.2)), int(rng.integers(2, 6))
        cv2.putText(page, "0123ABETabet"[k % 12], at, 0, scale, 40, pen, cv2.LINE_AA)
        pages.append(page)
    return crop_glyphs(pages)


def test_the_network_is_found_again(bundle: Bundle) -> None:
    start = read_weights(bundle)
    assert start.network.stem == 8
    assert start.network.stages == [[12], [16]]
    assert start.network.dense == 24
    assert start.labels == tuple(bundle.card.labels)


def test_a_started_network_computes_what_the_bundle_computes(
    bundle: Bundle, crops: npt.NDArray[np.uint8]
) -> None:
    start = read_weights(bundle)
    labels = Labels("".join(bundle.card.labels))
    network = msgspec.structs.replace(start.network, dropout=0.0)
    model = build_network(network, len(labels.classes))
    warm_start(model, start, labels, crops[:200])
    ours = model.predict(as_input(crops[200:]), verbose=0)
    theirs = Classifier(bundle).logits(crops[200:])
    assert (ours.argmax(axis=1) == theirs.argmax(axis=1)).mean() > 0.97
    assert np.abs(ours - theirs).mean() < 0.15
    # What training sees, with the batch's own means, must be near to it as well.
    trained = keras.ops.convert_to_numpy(model(as_input(crops[:200]), training=True))
    assert (
        trained.argmax(axis=1) == model.predict(as_input(crops[:200]), verbose=0).argmax(1)
    ).all()


def test_new_characters_begin_as_unlikely(bundle: Bundle, crops: npt.NDArray[np.uint8]) -> None:
    start = read_weights(bundle)
    labels = Labels("".join(bundle.card.labels) + "éß", reject=True)
    model = build_network(start.network, len(labels.classes))
    warm_start(model, start, labels, crops)
    told = {labels.classes[k] for k in model.predict(as_input(crops), verbose=0).argmax(axis=1)}
    assert told <= set(bundle.card.labels)


def recipe_of(tmp_path: Path, terms: str = "open", start: Path = TINY) -> Recipe:
    path = tmp_path / "mine.toml"
    path.write_text(
        f'name = "mine"\nterms = "{terms}"\nstart_from = "{start}/"\n'
        'data = [{source = "hershey"}]\nnetwork = {dropout = 0.05, dense = 999}\n'
    )
    return load_recipe(path)


def test_a_recipe_takes_the_network_of_what_it_starts_from(tmp_path: Path) -> None:
    recipe = recipe_of(tmp_path)
    _, start = open_start(recipe)
    network = with_network(recipe, start).network
    assert (network.stem, network.dense, network.dropout) == (8, 24, 0.05)


def test_research_weights_make_no_open_model(tmp_path: Path, bundle: Bundle) -> None:
    folder = tmp_path / "research"
    folder.mkdir()
    (folder / "model.tflite").write_bytes(bundle.model)
    card = (TINY / "card.json").read_text().replace('"terms": "open"', '"terms": "research"')
    (folder / "card.json").write_text(card)
    with pytest.raises(DataError, match="for research only"):
        open_start(recipe_of(tmp_path, start=folder))
    assert open_start(recipe_of(tmp_path, "research", folder))[0].card.terms == "research"
