"""The TFLite interpreter, from whichever package brings it.

`ai-edge-litert` comes first: its int8 runs through XNNPACK, many times faster. `tflite-runtime`
is for 32-bit systems and for those who ask for it. Both give the same `Interpreter` class, and
so does TensorFlow, whose `Runtime` the training host builds for itself.
"""

import importlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Protocol

import numpy as np

from inkwatch._native_noise import captured_noise
from inkwatch.errors import BundleError, MissingPackageError, UsageError

RUNTIME_VARIABLE = "INKWATCH_RUNTIME"
"""Environment variable that names the one runtime to use."""

_MODULES = {
    "litert": ("ai_edge_litert.interpreter", "ai-edge-litert"),
    "tflite-runtime": ("tflite_runtime.interpreter", "tflite-runtime"),
}


class Interpreter(Protocol):
    """The part of TFLite's `Interpreter` that Inkwatch uses."""

    def allocate_tensors(self) -> None:
        """Make room for the tensors; needed after each resize."""
        ...

    def get_input_details(self) -> list[dict[str, Any]]:
        """One dict for each input: index, shape, dtype, quantization."""
        ...

    def get_output_details(self) -> list[dict[str, Any]]:
        """One dict for each output: index, shape, dtype, quantization."""
        ...

    def get_tensor_details(self) -> list[dict[str, Any]]:
        """One dict for each tensor of the model."""
        ...

    def resize_tensor_input(self, input_index: int, tensor_size: Sequence[int]) -> None:
        """Change an input's shape, such as its batch."""
        ...

    def set_tensor(self, tensor_index: int, value: Any) -> None:
        """Copy an array into an input."""
        ...

    def invoke(self) -> None:
        """Run the model once."""
        ...

    def get_tensor(self, tensor_index: int) -> Any:
        """Copy an output out as an array."""
        ...


class InterpreterFactory(Protocol):
    """What makes an interpreter: the `Interpreter` class of any of the packages."""

    def __call__(self, *, model_content: bytes, num_threads: int) -> Interpreter:
        """Make an interpreter for the model."""
        ...


@dataclass(frozen=True, slots=True)
class Runtime:
    """A package that runs TFLite models: its `name`, its `version`, its interpreter class."""

    name: str
    version: str
    factory: InterpreterFactory

    def open(self, model: bytes, threads: int = 1) -> Interpreter:
        """Make an interpreter for `model` and allocate its tensors.

        Raises:
            MissingPackageError: the package does not fit the NumPy that is installed.
            BundleError: the bytes are no model that this runtime can run.
            UsageError: `threads` is below 1.
        """
        if threads < 1:
            raise UsageError(f"threads must be 1 or more, got {threads}.")
        try:
            # TFLite tells on stderr which kernels it took: `uses_xnnpack` tells it to who asks.
            with captured_noise():
                interpreter = self.factory(model_content=model, num_threads=threads)
                interpreter.allocate_tensors()
        except (SystemError, ImportError) as error:
            # Built against NumPy 1, tflite-runtime imports with NumPy 2 and fails only here.
            raise MissingPackageError(self._why_unfit(error)) from error
        except (ValueError, RuntimeError) as error:
            raise BundleError(
                f"{self.name} {self.version} cannot run this model: {_first_line(error)}. "
                "Install the bundle again, or a newer runtime."
            ) from error
        return interpreter

    def _why_unfit(self, error: Exception) -> str:
        if self.name == "tflite-runtime" and int(np.__version__.split(".")[0]) >= 2:
            return (
                f"tflite-runtime {self.version} does not work with NumPy {np.__version__}: "
                "pip install 'numpy<2', or, better, pip install ai-edge-litert."
            )
        return f"{self.name} {self.version} does not work on this machine: {_first_line(error)}."


def find_runtime(name: str | None = None) -> Runtime:
    """Load the first runtime that is installed, `litert` before `tflite-runtime`.

    Args:
        name: `litert` or `tflite-runtime` to allow only that one. None asks the environment
            variable `INKWATCH_RUNTIME`; where that is not set either, the first that loads.

    Raises:
        UsageError: no runtime has that name.
        MissingPackageError: none could be loaded; the message says what to install.
    """
    wanted = name or os.environ.get(RUNTIME_VARIABLE, "")
    if wanted and wanted not in _MODULES:
        source = "" if name else f" (from {RUNTIME_VARIABLE})"
        raise UsageError(f"No runtime is called '{wanted}'{source}; use {' or '.join(_MODULES)}.")
    reasons: list[str] = []
    for candidate in (wanted,) if wanted else tuple(_MODULES):
        module_name, package = _MODULES[candidate]
        try:
            module = importlib.import_module(module_name)
        except ImportError as error:
            reasons.append(f"{package}: {_first_line(error)}")
            continue
        return Runtime(candidate, metadata.version(package), module.Interpreter)
    package = _MODULES[wanted][1] if wanted else "ai-edge-litert"
    raise MissingPackageError(
        f"No TFLite runtime to run models with: pip install {package} ({'; '.join(reasons)})."
    )


def uses_xnnpack(interpreter: Interpreter) -> bool:
    """Whether XNNPACK took over (part of) the model; without it, expect it to be far slower."""
    details = getattr(interpreter, "_get_ops_details", None)
    return details is not None and any(op["op_name"] == "DELEGATE" for op in details())


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0].rstrip(".")
