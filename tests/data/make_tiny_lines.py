"""Make `tests/data/tiny_lines`: a model of a few KB that reads lines of twelve drawn characters.

It lets the device's tests read whole lines where TensorFlow is not installed. Run it on a
training host, in the checkout's root: `python tests/data/make_tiny_lines.py`. The lines are drawn
here with OpenCV's own line fonts. Where each character stands is known, so that the network learns
its steps one by one: CTC's loss alone would take far longer.
"""

import json
from pathlib import Path

import cv2
import msgspec
import numpy as np
import numpy.typing as npt

from inkwatch.recognise.line_image import LINE_HEIGHT, LINE_VERSION, line_image
from inkwatch.vision.baselines import Curve
from inkwatch_convert.host import load_tensorflow
from inkwatch_train.lines.alphabet import BLANK, LINE_ALPHABET, STEP_PX
from inkwatch_train.lines.network import build_line_network
from inkwatch_train.lines.recipe import LineItem, LineNetwork, LineRecipe

LABELS = "0123ABETabet"
TO = Path(__file__).parent / "tiny_lines"
PIECE_PX = 192

RECIPE = LineRecipe(
    engine="lines",
    name="tiny-lines",
    data=[LineItem(source="fonts-print")],
    network=LineNetwork(stem=8, stages=[[12, 12, 12], [16, 16], [16]], sequence=16, wide=[]),
)

Grey = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int32]

_FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_DUPLEX)
_X_HEIGHT = 14.0
"""Of these fonts at scale 1, in pixels."""


def draw_line(text: str, rng: np.random.Generator) -> tuple[Grey, Ints]:
    """Draw a line: its image, `(48, W)` uint8, and what stands at each step, `(W / 4,)` int32."""
    font = int(rng.choice(_FONTS))
    scale, thickness = float(rng.uniform(0.9, 2.2)), int(rng.integers(1, 5))
    ends = [cv2.getTextSize(text[: k + 1], font, scale, 1)[0][0] for k in range(len(text))]
    ink = np.zeros((round(70 * scale), ends[-1] + 40), np.uint8)
    foot = round(45 * scale)
    cv2.putText(ink, text, (20, foot), font, scale, 255, thickness, cv2.LINE_AA)
    half = ink.shape[1] / 2
    x_height = _X_HEIGHT * scale
    terms = (foot + 0.08 * x_height * rng.standard_normal(), 0.05 * x_height * rng.normal())
    # The page reader takes capitals for bodies where a line has hardly anything else.
    error = float(np.exp(rng.uniform(-0.15, 0.5)))
    seen = line_image(ink, Curve(half, half, terms), x_height * error)
    steps = np.full(-(-seen.pixels.shape[1] // STEP_PX), BLANK, np.int32)
    for character, first, last in zip(text, [0, *ends], ends, strict=False):
        middle = ((first + last) / 2 + 20 - seen.left) * seen.scale / STEP_PX
        at = int(np.clip(round(middle), 1, len(steps) - 1))
        steps[at - 1 : at + 1] = LINE_ALPHABET.index(character)
    return seen.pixels, steps


def draw_text(rng: np.random.Generator, most: int) -> str:
    """Make up words of the twelve characters."""
    words = [
        "".join(rng.choice(list(LABELS), int(rng.integers(1, 5))))
        for _ in range(int(rng.integers(1, 4)))
    ]
    return " ".join(words)[:most].strip()


def draw_pieces(count: int, seed: int) -> tuple[Grey, Ints]:
    """Draw lines as pieces, `(N, 48, PIECE_PX)` uint8, and their steps, `(N, PIECE_PX / 4)`."""
    rng = np.random.default_rng(seed)
    pieces = np.zeros((count, LINE_HEIGHT, PIECE_PX), np.uint8)
    targets = np.full((count, PIECE_PX // STEP_PX), BLANK, np.int32)
    for piece, target in zip(pieces, targets, strict=True):
        pixels, steps = draw_line(draw_text(rng, 12), rng)
        width = min(PIECE_PX, pixels.shape[1])
        piece[:, :width] = pixels[:, :width]
        target[: len(steps)] = steps[: len(target)]
    return pieces, targets


def write_run(folder: Path, epochs: int = 14) -> None:
    """Train for some seconds and write a training run as the trainer of lines does."""
    keras = load_tensorflow().keras
    keras.utils.set_random_seed(7)
    model = build_line_network(RECIPE.network)
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(8e-3, epochs * 20)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        jit_compile=False,
    )
    pieces, targets = draw_pieces(640, seed=1)
    history = model.fit(
        pieces[..., np.newaxis] / np.float32(255), targets, batch_size=32, epochs=epochs, verbose=0
    )
    folder.mkdir(parents=True, exist_ok=True)
    model.save_weights(folder / "best.weights.h5")
    (folder / "recipe.json").write_bytes(msgspec.json.encode(RECIPE))
    run = {
        "recipe": RECIPE.name,
        "terms": "open",
        "licence": "",
        "sources": [{"name": "drawn", "licence": "Apache-2.0", "images": len(pieces)}],
        "report": {"loss": float(history.history["loss"][-1])},
        "crop": {"version": LINE_VERSION, "size": LINE_HEIGHT},
    }
    (folder / "run.json").write_text(json.dumps(run))
    np.savez_compressed(folder / "representative.npz", crops=pieces[:100])
    rng = np.random.default_rng(2)
    texts = [draw_text(rng, 30) for _ in range(60)]
    lines = [draw_line(text, rng)[0] for text in texts]
    np.savez_compressed(
        folder / "validation.npz",
        pixels=np.concatenate(lines, axis=1),
        widths=np.array([line.shape[1] for line in lines]),
        texts=np.array(texts),
        sources=np.array(["drawn", "again"])[np.arange(len(lines)) % 2],
    )


if __name__ == "__main__":
    import tempfile

    from inkwatch_convert.lines import convert_lines, load_line_run

    with tempfile.TemporaryDirectory() as run_folder:
        write_run(Path(run_folder))
        convert_lines(
            load_line_run(Path(run_folder)),
            TO,
            "tiny-lines",
            max_loss_points=5.0,
        )
