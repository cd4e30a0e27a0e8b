import json
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inkwatch.errors import DataError, ParityError
from inkwatch.recognise.bundle import load_bundle
from inkwatch.recognise.card import LINES, NOT_A_CHARACTER
from inkwatch.recognise.line_image import LINE_HEIGHT, LINE_VERSION
from inkwatch.recognise.line_model import LineModel
from inkwatch_convert.lines import LineRun, convert_lines, is_line_run, load_line_run

MAKER = Path(__file__).parents[1] / "data" / "make_tiny_lines.py"


@pytest.fixture(scope="session")
def line_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training run of lines made in some seconds. Do not change it: `own_line_run` is a copy."""
    pytest.importorskip("tensorflow", reason="needs pip install 'inkwatch[train]'")
    folder: Path = tmp_path_factory.mktemp("runs") / "lines"
    runpy.run_path(str(MAKER))["write_run"](folder, epochs=1)
    return folder


@pytest.fixture
def fake_line_run(tmp_path: Path) -> Path:
    """A run whose files fit each other, though its weights are none; needs no TensorFlow."""
    folder = tmp_path / "fake"
    folder.mkdir()
    (folder / "best.weights.h5").write_bytes(b"not read by these tests")
    (folder / "run.json").write_text(
        '{"recipe": "r", "terms": "open", "licence": "", "sources": [], "report": {},'
        f' "crop": {{"version": {LINE_VERSION}, "size": {LINE_HEIGHT}}}}}'
    )
    np.savez(folder / "representative.npz", crops=np.zeros((2, LINE_HEIGHT, 192), np.uint8))
    columns = np.arange(70, dtype=np.uint8)
    arrays: dict[str, Any] = {
        "pixels": np.tile(columns, (LINE_HEIGHT, 1)),
        "widths": np.array([30, 40]),
        "texts": np.array(["ab", "c"]),
        "sources": np.array(["one", "two"]),
    }
    np.savez(folder / "validation.npz", **arrays)
    return folder


def test_a_run_of_lines_is_told_from_one_of_characters(fake_line_run: Path, tmp_path: Path) -> None:
    assert is_line_run(fake_line_run)
    assert not is_line_run(tmp_path)


def test_lines_come_apart_as_they_were_put_together(fake_line_run: Path) -> None:
    run = load_line_run(fake_line_run)
    assert [line.shape for line in run.lines] == [(LINE_HEIGHT, 30), (LINE_HEIGHT, 40)]
    assert run.lines[1][0].tolist() == list(range(30, 70))
    assert (run.texts, run.sources) == (("ab", "c"), ("one", "two"))
    assert run.representative.shape == (2, LINE_HEIGHT, 192)
    assert run.card.recipe == "r"


def _other_version(folder: Path) -> None:
    card = json.loads((folder / "run.json").read_text())
    card["crop"]["version"] += 1
    (folder / "run.json").write_text(json.dumps(card))


def _other_widths(folder: Path) -> None:
    with np.load(folder / "validation.npz") as pack:
        arrays: dict[str, Any] = dict(pack)
    np.savez(folder / "validation.npz", **{**arrays, "widths": np.array([30, 41])})


def _no_lines(folder: Path) -> None:
    empty = np.zeros(0)
    arrays: dict[str, Any] = {"widths": empty.astype(int), "texts": empty, "sources": empty}
    np.savez(folder / "validation.npz", pixels=np.zeros((LINE_HEIGHT, 0), np.uint8), **arrays)


def _a_text_less(folder: Path) -> None:
    with np.load(folder / "validation.npz") as pack:
        arrays: dict[str, Any] = dict(pack)
    np.savez(folder / "validation.npz", **{**arrays, "texts": np.array(["ab"])})


def _flat_pieces(folder: Path) -> None:
    np.savez(folder / "representative.npz", crops=np.zeros((LINE_HEIGHT, 192), np.uint8))


def _cut_pack(folder: Path) -> None:
    path = folder / "validation.npz"
    path.write_bytes(path.read_bytes()[:100])


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (_other_version, rf"run\.json: trained on lines of version {LINE_VERSION + 1}"),
        (_other_widths, "lines are not what the trainer writes"),
        (_no_lines, "lines are not what the trainer writes"),
        (_a_text_less, "lines are not what the trainer writes"),
        (_flat_pieces, "lines are not what the trainer writes"),
        (_cut_pack, r"validation\.npz is not what the trainer writes"),
        (lambda folder: (folder / "run.json").unlink(), r"run\.json cannot be read"),
        (lambda folder: (folder / "run.json").write_text("{"), r"run\.json is not what"),
    ],
)
def test_a_damaged_run_is_told(
    fake_line_run: Path, damage: Callable[[Path], None], named: str
) -> None:
    damage(fake_line_run)
    with pytest.raises(DataError, match=named):
        load_line_run(fake_line_run)


@pytest.mark.train
def test_a_run_becomes_a_bundle_that_reads_as_the_network_does(
    line_run: Path, tmp_path: Path
) -> None:
    run = load_line_run(line_run)
    to = tmp_path / "bundle"
    told: list[str] = []
    draft = convert_lines(run, to, "mine", max_loss_points=100.0, tell=told.append)
    bundle = load_bundle(to, LINES)
    card = bundle.card
    assert card == draft.card
    assert (card.name, card.engine, card.recipe) == ("mine", LINES, "tiny-lines")
    assert card.labels[-1] == NOT_A_CHARACTER
    assert len(card.labels) == 96
    assert (card.crop.version, card.crop.size) == (LINE_VERSION, LINE_HEIGHT)
    assert sorted(card.figures) == ["val/again", "val/drawn"]
    assert sum(figures["n"] for figures in card.figures.values()) == len(run.lines)
    assert len(told) == 5
    model = LineModel(bundle)
    model.check_golden()
    assert model.step_px == 4
    _check_against_the_network(run, model)


def _check_against_the_network(run: LineRun, model: LineModel) -> None:
    """Away from the ends, a long line in pieces is likely what the float network says at once."""
    import keras

    from inkwatch_convert.lines import _networks

    trained, device = _networks(run)
    assert device.input_shape[1:] == (LINE_HEIGHT, run.representative.shape[2], 1)
    line = np.concatenate([line[:, : line.shape[1] // 4 * 4] for line in run.lines[:8]], axis=1)
    picture = line[np.newaxis, ..., np.newaxis].astype(np.float32) / 255
    logits = np.asarray(keras.ops.convert_to_numpy(trained(picture, training=False)))[0]
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    expected = powers / powers.sum(axis=1, keepdims=True)
    (rows,) = model.probabilities([line])
    assert rows.shape == expected.shape
    assert len(rows) > 100
    assert np.abs(rows - expected)[20:-20].max() < 0.1
    assert np.ptp(expected[:, -1]) > 0.2


@pytest.mark.train
def test_a_loss_beyond_what_is_allowed_writes_nothing(line_run: Path, tmp_path: Path) -> None:
    run = load_line_run(line_run)
    with pytest.raises(ParityError, match=r"points above.*No bundle was written"):
        convert_lines(run, tmp_path / "bundle", "mine", max_loss_points=-1000.0)
    assert not (tmp_path / "bundle").exists()


@pytest.mark.train
def test_weights_of_another_network_are_told(line_run: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(line_run, tmp_path / "run"))
    recipe = json.loads((folder / "recipe.json").read_text())
    recipe["network"]["sequence"] += 1
    (folder / "recipe.json").write_text(json.dumps(recipe))
    with pytest.raises(DataError, match=r"best\.weights\.h5 does not fit the recipe's network"):
        convert_lines(load_line_run(folder), tmp_path / "bundle", "mine")
