"""The device with NumPy 1, an older OpenCV and either runtime: what Bookworm with a camera has."""

import difflib
import os
import subprocess
from pathlib import Path

import pytest

_OTHER_PYTHON = "INKWATCH_TFLITE_PYTHON"


@pytest.mark.parametrize("runtime", ["litert", "tflite-runtime"])
def test_a_sample_page_is_read(
    project: Path, clean_environment: dict[str, str], runtime: str
) -> None:
    python = os.environ.get(_OTHER_PYTHON)
    if not python:
        pytest.skip(
            f"set {_OTHER_PYTHON} to the Python of an environment made by: "
            "sh tools/venv.sh .venv-tflite tflite-runtime"
        )
    samples = project / "device" / "inkwatch" / "samples"
    done = subprocess.run(
        [Path(python).with_name("inkwatch"), "read", samples / "note.jpg"],
        env=clean_environment | {"INKWATCH_RUNTIME": runtime},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    wanted = (samples / "note.txt").read_text(encoding="utf-8")
    assert difflib.SequenceMatcher(None, wanted, done.stdout, autojunk=False).ratio() > 0.7
