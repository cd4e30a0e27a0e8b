import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inkwatch.errors import ExitCode, ParityError
from inkwatch.recognise.bundle import Bundle, load_bundle
from inkwatch.recognise.checks import GOLDEN_TOLERANCE
from inkwatch.recognise.classifier import Classifier
from inkwatch.recognise.runtime import find_runtime
from inkwatch_convert.answers import Answers
from inkwatch_convert.convert import calibrate, convert, predict
from inkwatch_convert.host import tensorflow_runtime
from inkwatch_convert.run_folder import Crops, Run
from inkwatch_convert.tflite import load_keras

TFLITE_PYTHON = "INKWATCH_TFLITE_PYTHON"

OTHER_PROCESS = """
import json, sys
import numpy as np
from pathlib import Path
from inkwatch.recognise.bundle import load_bundle
from inkwatch.recognise.classifier import Classifier
from inkwatch.recognise.runtime import find_runtime
classifier = Classifier(load_bundle(Path(sys.argv[1])), runtime=find_runtime("tflite-runtime"))
classifier.check_golden()
crops = np.load(sys.argv[2])
singly = np.concatenate([classifier.outputs(crop[np.newaxis]) for crop in crops])
print(json.dumps({"batch": classifier.outputs(crops).tolist(), "singly": singly.tolist()}))
"""


@pytest.fixture(scope="module")
def bundle(converted: Path) -> Bundle:
    return load_bundle(converted)


@pytest.fixture(scope="module")
def crops(loaded_run: Run) -> Crops:
    return loaded_run.validation.crops[:32]


@pytest.mark.train
def test_litert_and_tensorflow_give_the_same_outputs(bundle: Bundle, crops: Crops) -> None:
    by_litert = Classifier(bundle, runtime=find_runtime("litert"))
    by_tensorflow = Classifier(bundle, runtime=tensorflow_runtime())
    batch = by_litert.outputs(crops)
    assert len({tuple(row) for row in batch.tolist()}) > 20
    assert np.array_equal(batch, by_tensorflow.outputs(crops))
    for index in range(len(crops)):
        one = crops[index : index + 1]
        assert np.array_equal(by_litert.outputs(one)[0], batch[index])
        assert np.array_equal(by_tensorflow.outputs(one)[0], batch[index])


@pytest.mark.train
def test_tflite_runtime_gives_the_same_readings(
    converted: Path, bundle: Bundle, crops: Crops, tmp_path: Path
) -> None:
    """In a process of its own: it cannot be loaded after TensorFlow, and wants NumPy 1."""
    python = os.environ.get(TFLITE_PYTHON)
    if not python:
        pytest.skip(
            f"set {TFLITE_PYTHON} to a Python that has tflite-runtime==2.14.0, numpy<2, "
            "opencv-python-headless<4.12 and msgspec"
        )
    np.save(tmp_path / "crops.npy", crops)
    device = Path(__file__).parents[2] / "device"
    run = subprocess.run(
        [python, "-c", OTHER_PROCESS, str(converted), str(tmp_path / "crops.npy")],
        env={**os.environ, "PYTHONPATH": str(device)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    other = json.loads(run.stdout)
    assert other["batch"] == other["singly"]
    # Its kernels round otherwise than XNNPACK, so the last steps may differ, the reading not.
    ours = Classifier(bundle, runtime=find_runtime("litert")).outputs(crops).astype(np.int16)
    theirs = np.array(other["batch"], np.int16)
    assert np.abs(ours - theirs).max() <= GOLDEN_TOLERANCE
    assert np.array_equal(ours.argmax(axis=1), theirs.argmax(axis=1))


@pytest.mark.train
def test_the_int8_model_says_what_the_float_model_says(
    bundle: Bundle, loaded_run: Run, crops: Crops
) -> None:
    model = load_keras(loaded_run.path / "model.keras", len(loaded_run.labels))
    by_float = predict(model, crops)
    by_int8 = Classifier(bundle).logits(crops)
    assert np.abs(by_float - by_int8).max() < 10 * bundle.card.output.scale


@pytest.mark.train
def test_a_broken_quantisation_writes_nothing(loaded_run: Run, tmp_path: Path) -> None:
    # All the converter sees is blank paper, so it makes no room for what ink does.
    blank = dataclasses.replace(loaded_run, representative=np.zeros((50, 32, 32), np.uint8))
    with pytest.raises(ParityError, match="No bundle was written") as caught:
        convert(blank, tmp_path / "chars", "chars")
    assert caught.value.exit_code == ExitCode.PARITY
    assert list(tmp_path.iterdir()) == []


def test_calibrate_takes_a_single_crop() -> None:
    answers = Answers(np.array([1]), np.array([False]), np.arange(3))
    temperature, figures = calibrate(
        np.array([[0.0, 2.0, 1.0]], np.float32), answers, np.array(["one"])
    )
    assert temperature > 0
    assert figures["n"] == 1


def test_importing_the_command_leaves_tensorflow_out() -> None:
    code = "import sys, inkwatch_convert.cli; print([m for m in sys.modules if 'tensorflow' in m])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"


def test_each_source_settles_the_temperature_alike() -> None:
    """Many easy crops of one source do not drown the few hard ones of another."""
    rng = np.random.default_rng(4)
    logits = rng.normal(0, 2, (4200, 5)).astype(np.float32)
    target = np.argmax(logits + rng.gumbel(size=logits.shape), axis=1)
    sharp = np.arange(4200) < 4000
    logits[sharp] *= np.float32(0.25)  # this source's true temperature is a quarter
    answers = Answers(target, np.zeros(4200, np.bool_), np.arange(5))
    sources = np.where(sharp, "sharp", "fair")
    fair, _ = calibrate(logits, answers, sources)
    drowned, _ = calibrate(logits, answers, np.full(4200, "one"))
    assert drowned < 0.35 < fair
