import os
import subprocess
import sys

import pytest

from inkwatch.errors import MissingPackageError
from inkwatch_convert.host import load_tensorflow, tensorflow_runtime
from inkwatch_train.quiet import native_output_held

LOUD = "import os; print('python'); os.write(1, b'native out'); os.write(2, b'native err')"


def test_native_output_is_held_back(capfd: pytest.CaptureFixture[str]) -> None:
    with native_output_held():
        exec(LOUD)
    assert capfd.readouterr() == ("", "")
    sys.stdout.write("after")
    os.write(2, b"after")
    assert capfd.readouterr() == ("after", "after")


def test_native_output_is_shown_on_failure(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ZeroDivisionError), native_output_held():
        exec(f"{LOUD}; 1 / 0")
    shown = capfd.readouterr()
    assert shown.out == ""
    for part in ("python", "native out", "native err"):
        assert part in shown.err


def test_without_tensorflow_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", None)
    with pytest.raises(MissingPackageError, match=r"pip install 'inkwatch\[train\]'"):
        load_tensorflow()


@pytest.mark.train
def test_tensorflow_loads_without_a_word() -> None:
    pytest.importorskip("tensorflow", reason="needs pip install 'inkwatch[train]'")
    code = "from inkwatch_convert.host import tensorflow_runtime as t; print(t().name)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (run.stdout, run.stderr) == ("tensorflow\n", "")


@pytest.mark.train
def test_tensorflow_runtime_names_its_version() -> None:
    tensorflow = pytest.importorskip("tensorflow")
    assert tensorflow_runtime().version == tensorflow.__version__
