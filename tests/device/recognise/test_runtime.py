import importlib
import importlib.metadata
import types
from typing import Any

import pytest

from inkwatch.errors import BundleError, ExitCode, MissingPackageError, UsageError
from inkwatch.recognise.bundle import Bundle
from inkwatch.recognise.runtime import Interpreter, Runtime, find_runtime, uses_xnnpack


@pytest.fixture(autouse=True)
def no_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INKWATCH_RUNTIME", raising=False)


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Pretend that only some of the runtimes' modules are installed."""

    def pretend(*installed: str) -> None:
        def import_module(name: str) -> types.SimpleNamespace:
            if name not in installed:
                raise ModuleNotFoundError(f"No module named '{name}'")
            return types.SimpleNamespace(Interpreter=name)

        monkeypatch.setattr(importlib, "import_module", import_module)
        monkeypatch.setattr(importlib.metadata, "version", lambda package: f"{package} 1.0")

    return pretend


LITERT = "ai_edge_litert.interpreter"
TFLITE = "tflite_runtime.interpreter"


def _raising(error: Exception) -> Any:
    def factory(*, model_content: bytes, num_threads: int) -> Interpreter:
        raise error

    return factory


def test_litert_goes_first(install: Any) -> None:
    install(LITERT, TFLITE)
    runtime = find_runtime()
    assert (runtime.name, runtime.version) == ("litert", "ai-edge-litert 1.0")
    assert str(runtime.factory) == LITERT


def test_tflite_runtime_is_taken_where_litert_is_missing(install: Any) -> None:
    install(TFLITE)
    assert find_runtime().name == "tflite-runtime"


def test_the_environment_chooses(install: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    install(LITERT, TFLITE)
    monkeypatch.setenv("INKWATCH_RUNTIME", "tflite-runtime")
    assert find_runtime().name == "tflite-runtime"
    assert find_runtime("litert").name == "litert"


def test_an_unknown_choice_names_the_known_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKWATCH_RUNTIME", "onnx")
    with pytest.raises(UsageError, match=r"'onnx' .*INKWATCH_RUNTIME.*litert or tflite-runtime"):
        find_runtime()


def test_no_runtime_says_what_to_install(install: Any) -> None:
    install()
    with pytest.raises(MissingPackageError, match="pip install ai-edge-litert") as caught:
        find_runtime()
    assert caught.value.exit_code == ExitCode.MISSING
    with pytest.raises(MissingPackageError, match="pip install tflite-runtime"):
        find_runtime("tflite-runtime")


def test_a_chosen_runtime_is_not_replaced_by_another(install: Any) -> None:
    install(LITERT)
    with pytest.raises(MissingPackageError):
        find_runtime("tflite-runtime")


def test_tflite_runtime_with_numpy_2_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inkwatch.recognise.runtime.np.__version__", "2.1.3")
    broken = Runtime("tflite-runtime", "2.14.0", _raising(SystemError("returned a result")))
    with pytest.raises(MissingPackageError, match=r"NumPy 2\.1\.3: pip install 'numpy<2'"):
        broken.open(b"model")


def test_another_fault_of_the_machine_is_told_as_it_is() -> None:
    broken = Runtime("litert", "2.3.0", _raising(ImportError("GLIBC_2.38 not found\nmore")))
    with pytest.raises(MissingPackageError, match=r"machine: GLIBC_2\.38 not found\."):
        broken.open(b"model")


@pytest.mark.parametrize("model", [b"", b"x" * 500])
def test_bytes_that_are_no_model_are_refused(model: bytes) -> None:
    with pytest.raises(BundleError, match="cannot run this model"):
        find_runtime().open(model)


def test_threads_below_one_are_refused(tiny: Bundle) -> None:
    with pytest.raises(UsageError, match="threads"):
        find_runtime().open(tiny.model, threads=0)


def test_the_real_runtime_opens_a_model(tiny: Bundle) -> None:
    runtime = find_runtime()
    interpreter = runtime.open(tiny.model, threads=2)
    assert tuple(interpreter.get_input_details()[0]["shape"]) == (1, 32, 32, 1)
    assert runtime.version[0].isdigit()
    assert uses_xnnpack(interpreter) == (runtime.name == "litert")
