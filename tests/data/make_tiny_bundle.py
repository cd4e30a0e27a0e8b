"""Make `tests/data/tiny_bundle`: a model of a few KB that tells twelve drawn characters apart.

It lets the device's tests run a real model where TensorFlow is not installed. Run it on a
training host, in the checkout's root: `python tests/data/make_tiny_bundle.py`. The pictures are
drawn here with OpenCV's own line fonts.
"""

import json
import sys
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from inkwatch.recognise.crop import CROP_SIZE, CROP_VERSION, crop_glyph
from inkwatch_convert.host import load_tensorflow
from inkwatch_train.network import build_network
from inkwatch_train.recipe import Network

LABELS = "0123ABETabet"
TO = Path(__file__).parent / "tiny_bundle"

Crops = npt.NDArray[np.uint8]

_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX, cv2.FONT_HERSHEY_COMPLEX)


def draw_glyph(character: str, rng: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Draw a character, `(96, 96)` uint8, dark on light, sheared and noisy."""
    page = np.full((96, 96), 220, np.uint8)
    font = int(rng.choice(_FONTS))
    thickness = int(rng.integers(2, 6))
    cv2.putText(page, character, (28, 66), font, 2.0, 40, thickness, cv2.LINE_AA)
    turn = rng.normal(0, 0.2, (2, 2)) + np.eye(2)
    centre = np.array([48.0, 48.0])
    matrix = np.column_stack([turn, centre - turn @ centre])
    page = cv2.warpAffine(page, matrix, (96, 96), borderValue=220.0).astype(np.uint8)
    noisy = page + rng.normal(0, 14, page.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def draw_crops(per_label: int, seed: int) -> tuple[Crops, npt.NDArray[np.intp]]:
    """Draw normalised crops, `(N, 32, 32)` uint8, and their labels' indices, `(N,)`."""
    rng = np.random.default_rng(seed)
    target = np.tile(np.arange(len(LABELS)), per_label)
    crops = np.stack([crop_glyph(draw_glyph(LABELS[i], rng)) for i in target])
    return crops, target


def write_run(folder: Path) -> None:
    """Train for a few seconds and write a training run as `inkwatch-train` does."""
    keras = load_tensorflow().keras
    keras.utils.set_random_seed(7)
    settings = Network(stem=8, stages=[[12], [16]], dense=24, dropout=0.0)
    model = build_network(settings, len(LABELS))
    model.compile(
        keras.optimizers.Adam(4e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        jit_compile=False,
    )
    crops, target = draw_crops(80, seed=1)
    history = model.fit(
        crops[..., np.newaxis] / np.float32(255), target, batch_size=48, epochs=10, verbose=0
    )
    folder.mkdir(parents=True, exist_ok=True)
    model.save(folder / "model.keras")
    (folder / "labels.json").write_text(json.dumps(list(LABELS)))
    run = {
        "recipe": "tiny",
        "terms": "open",
        "licence": "",
        "sources": [{"name": "drawn", "licence": "Apache-2.0", "images": len(crops)}],
        "report": {
            "loss": float(history.history["loss"][-1]),
            "accuracy": float(history.history["accuracy"][-1]),
        },
        "crop": {"version": CROP_VERSION, "size": CROP_SIZE},
    }
    (folder / "run.json").write_text(json.dumps(run))
    np.savez_compressed(folder / "representative.npz", crops=crops[:200])
    crops, target = draw_crops(30, seed=2)
    # Half of the letters play the data sets that do not tell upper from lower case.
    labels = np.array(list(LABELS))[target]
    folded = np.char.isalpha(labels) & (np.arange(len(labels)) % 2 == 0)
    np.savez_compressed(
        folder / "validation.npz",
        crops=crops,
        labels=np.where(folded, np.char.lower(labels), labels),
        sources=np.where(folded, "folded", "drawn"),
        folded=folded,
    )


if __name__ == "__main__":
    import tempfile

    from inkwatch_convert.cli import main

    with tempfile.TemporaryDirectory() as run_folder:
        write_run(Path(run_folder))
        sys.exit(main([run_folder, "--to", str(TO), "--name", "tiny"]))
