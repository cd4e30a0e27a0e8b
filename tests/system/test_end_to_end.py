"""The whole path with nothing faked: train, convert, read a page with the bundle that came out."""

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pytest

pytest.importorskip("tensorflow", reason="needs pip install 'inkwatch[train]'")

from rapidfuzz.distance import Levenshtein

from inkwatch.recognise.bundle import load_bundle
from inkwatch.recognise.crop import CROP_VERSION

pytestmark = pytest.mark.train

LINES = ("Make tea and toast", "Send 25 parcels by Friday", "Keep the garden green")


def draw_page() -> npt.NDArray[np.uint8]:
    """Three lines in OpenCV's plainest font, in falling light, a little blurred, with noise."""
    height, width = 570, 1400
    ink = np.full((height, width), 255, np.uint8)
    for number, line in enumerate(LINES):
        at = (70, 160 + 150 * number)
        cv2.putText(ink, line, at, cv2.FONT_HERSHEY_SIMPLEX, 2.1, 0, 4, cv2.LINE_AA)
    soft = cv2.GaussianBlur(ink, (0, 0), 1.0).astype(np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    light = 0.92 - 0.28 * x / width - 0.12 * y / height
    noise = np.random.default_rng(1).normal(0, 4, ink.shape)
    grey = np.clip((40 + 0.8 * soft) * light + noise, 0, 255)
    return np.asarray(grey, np.uint8)


def run(module: str, *words: str | Path, folder: Path) -> subprocess.CompletedProcess[str]:
    ended = subprocess.run(
        [sys.executable, "-m", module, *map(str, words)],
        cwd=folder,
        capture_output=True,
        check=False,
        text=True,
        timeout=400,
    )
    assert ended.returncode == 0, ended.stderr
    return ended


@pytest.mark.timeout(500)
def test_from_a_recipe_to_a_page_that_is_read(tmp_path: Path, project: Path) -> None:
    recipe = project / "train" / "recipes" / "smoke.toml"
    trained = run("inkwatch_train.cli", "fit", recipe, folder=tmp_path)
    figures = dict(pair.split() for pair in trained.stdout.split(","))
    assert float(figures["val_accuracy"]) > 0.85

    bundle = tmp_path / "smoke"
    run("inkwatch_convert.cli", "runs/smoke", "--to", bundle, "--name", "smoke", folder=tmp_path)

    assert cv2.imwrite(str(tmp_path / "page.png"), draw_page())
    read = run("inkwatch", "read", "page.png", "--model", bundle, folder=tmp_path)
    wanted = "\n".join(LINES)
    wrong = Levenshtein.distance(read.stdout.strip(), wanted)
    # Measured: none wrong. A font that the model knows is no handwriting.
    assert wrong < 0.15 * len(wanted), read.stdout

    card = load_bundle(bundle).card
    assert (card.recipe, card.terms, card.crop.version) == ("smoke", "open", CROP_VERSION)
    assert [source.name for source in card.sources] == ["hershey"]
    assert card.report["val_accuracy"] == pytest.approx(float(figures["val_accuracy"]), abs=1e-4)
