from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="needs pip install 'inkwatch[train]'")

from inkwatch.recognise.crop import CROP_VERSION
from inkwatch_convert.run_folder import load_run
from inkwatch_train.artefacts import write_artefacts
from inkwatch_train.run import Run

pytestmark = pytest.mark.train

FIGURES = {"loss": 0.5, "accuracy": 0.9, "val_loss": 0.4, "val_accuracy": 0.95}


def write(tiny: Any, folder: Path, **changes: Any) -> None:
    recipe = msgspec.structs.replace(tiny.recipe, **changes)
    folder.mkdir(exist_ok=True)
    write_artefacts(Run(folder), recipe, tiny.banks, tiny.validation, FIGURES)


def test_conversion_reads_what_training_wrote(tiny: Any, tiny_run: Path) -> None:
    run = load_run(tiny_run)
    assert list(run.labels) == tiny.labels.classes
    assert run.card.recipe == "tiny"
    assert run.card.terms == "open"
    assert run.card.licence.startswith("Apache-2.0")
    assert run.card.crop.version == CROP_VERSION
    assert set(run.card.report) == set(FIGURES)
    (source,) = run.card.sources
    assert source.name == "hershey"
    assert source.licence == "public domain (Hershey fonts)"
    assert source.images == 7 * 4 * 3  # characters, faces that train, thicknesses
    np.testing.assert_array_equal(run.validation.crops, tiny.validation.crops)
    np.testing.assert_array_equal(run.validation.labels, tiny.validation.labels)
    np.testing.assert_array_equal(run.validation.sources, tiny.validation.sources)
    np.testing.assert_array_equal(run.validation.folded, tiny.validation.folded)


def test_representative_crops_are_augmented_training_glyphs(tiny: Any, tiny_run: Path) -> None:
    crops = load_run(tiny_run).representative
    assert crops.shape == (1024, 32, 32)
    assert crops.dtype == np.uint8
    # 84 glyphs alone could not give so many pictures.
    assert len({crop.tobytes() for crop in crops}) > 1000


def test_they_are_the_same_each_time_and_hang_on_the_seed(tiny: Any, tmp_path: Path) -> None:
    crops = {}
    for name, seed in (("one", 1), ("again", 1), ("other", 2)):
        write(tiny, tmp_path / name, seed=seed)
        with np.load(tmp_path / name / "representative.npz") as pack:
            crops[name] = pack["crops"]
    np.testing.assert_array_equal(crops["one"], crops["again"])
    assert not np.array_equal(crops["one"], crops["other"])


def test_a_research_model_says_so(tiny: Any, tmp_path: Path) -> None:
    write(tiny, tmp_path, terms="research")
    card = msgspec.json.decode((tmp_path / "run.json").read_bytes())
    assert card["terms"] == "research"
    assert "research only" in card["licence"]
    assert card["report"] == FIGURES
