"""One tiny training run and one bundle made from it, shared by the tests of the conversion."""

import runpy
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inkwatch.recognise.crop import CROP_VERSION
from inkwatch_convert.convert import convert
from inkwatch_convert.run_folder import Run, load_run

MAKER = Path(__file__).parents[1] / "data" / "make_tiny_bundle.py"


@pytest.fixture(scope="session")
def trained_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A training run made in a few seconds. Do not change it: `own_run` is a copy."""
    pytest.importorskip("tensorflow", reason="needs pip install 'inkwatch[train]'")
    folder: Path = tmp_path_factory.mktemp("runs") / "tiny"
    runpy.run_path(str(MAKER))["write_run"](folder)
    return folder


@pytest.fixture
def own_run(trained_run: Path, tmp_path: Path) -> Path:
    """A copy of the training run that a test may damage."""
    return Path(shutil.copytree(trained_run, tmp_path / "run"))


@pytest.fixture(scope="session")
def loaded_run(trained_run: Path) -> Run:
    return load_run(trained_run)


@pytest.fixture(scope="session")
def converted(loaded_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the bundle that the training run gives. Read only."""
    folder = tmp_path_factory.mktemp("bundles") / "tiny"
    convert(loaded_run, folder, "tiny")
    return folder


@pytest.fixture
def fake_run(tmp_path: Path) -> Path:
    """A training run whose files fit each other, though its model is none; needs no TensorFlow."""
    folder = tmp_path / "fake"
    folder.mkdir()
    (folder / "model.keras").write_bytes(b"not read by these tests")
    (folder / "labels.json").write_text('["a", "A", "b"]')
    (folder / "run.json").write_text(
        '{"recipe": "r", "terms": "research", "licence": "", "sources": [], "report": {},'
        f' "crop": {{"version": {CROP_VERSION}, "size": 32}}, "seconds": 3}}'
    )
    crops = np.zeros((4, 32, 32), np.uint8)
    np.savez(folder / "representative.npz", crops=crops)
    arrays: dict[str, Any] = {
        "crops": crops,
        "labels": np.array(["a", "A", "b", "b"]),
        "sources": np.array(["one", "one", "two", "two"]),
        "folded": np.array([True, False, False, False]),
    }
    np.savez(folder / "validation.npz", **arrays)
    return folder
