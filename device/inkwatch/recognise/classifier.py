"""Normalised crops to characters: the model, run in batches."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from inkwatch.errors import UsageError
from inkwatch.reading import Candidate
from inkwatch.recognise.bundle import Bundle
from inkwatch.recognise.card import NOT_A_CHARACTER
from inkwatch.recognise.checks import only_tensor, require_golden
from inkwatch.recognise.quantise import Float32, Int8, dequantise, grey_table, quantise_grey
from inkwatch.recognise.runtime import Runtime, find_runtime, uses_xnnpack

Crops = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

BATCH = 32
"""Crops that go through the model at once. More gains nothing and outgrows a Pi's cache."""

_ROUNDING = 1e-5


class Classifier:
    """Runs a bundle's model. One instance serves one thread at a time.

    Args:
        bundle: from `load_bundle`.
        threads: how many threads the runtime may use.
        runtime: which package runs the model; None takes what is installed.

    Attributes:
        bundle: the bundle that was given.
        labels: the characters that the model tells apart, in the order of its outputs.
        runtime: the package that runs the model.
        xnnpack: whether XNNPACK runs (part of) the model.

    Raises:
        BundleError: the model is not what the card says, or the runtime cannot run it.
        MissingPackageError: no runtime is installed, or it does not work here.
        UsageError: `threads` is below 1, or INKWATCH_RUNTIME names no runtime.
    """

    def __init__(self, bundle: Bundle, threads: int = 1, runtime: Runtime | None = None) -> None:
        self.bundle = bundle
        self._outputs = len(bundle.card.labels)
        self.labels = tuple(c for c in bundle.card.labels if c != NOT_A_CHARACTER)
        self.runtime = runtime or find_runtime()
        self._interpreter = self.runtime.open(bundle.model, threads)
        self._input = only_tensor(bundle, "input", self._interpreter.get_input_details())
        self._output = only_tensor(bundle, "output", self._interpreter.get_output_details())
        self.xnnpack = uses_xnnpack(self._interpreter)
        self._table = grey_table(bundle.card.input)
        self._batch = 1

    def outputs(self, crops: Crops) -> Int8:
        """Run the model.

        Args:
            crops: `(N, 32, 32)` uint8 from `crop_glyph`; N may be 0.

        Returns:
            `(N, O)` int8, the model's outputs as it stores them; O is one more than the labels
            where the model has an output for what is no character.

        Raises:
            UsageError: the crops have another shape or dtype.
        """
        size = self.bundle.card.crop.size
        if crops.dtype != np.uint8 or crops.ndim != 3 or crops.shape[1:] != (size, size):
            raise UsageError(
                f"crops must be (N, {size}, {size}) uint8, got {crops.shape} {crops.dtype}."
            )
        stored = quantise_grey(crops, self._table)[..., np.newaxis]
        outputs = np.empty((len(crops), self._outputs), np.int8)
        for start in range(0, len(crops), BATCH):
            part = stored[start : start + BATCH]
            # Resizing to the rest of the crops costs 10 microseconds, padding them one by one 30.
            self._resize(len(part))
            self._interpreter.set_tensor(self._input, part)
            self._interpreter.invoke()
            outputs[start : start + BATCH] = self._interpreter.get_tensor(self._output)
        return outputs

    def logits(self, crops: Crops) -> Float32:
        """Run the model: `(N, 32, 32)` uint8 crops to `(N, O)` float32 logits (see `outputs`).

        Raises:
            UsageError: the crops have another shape or dtype.
        """
        return dequantise(self.outputs(crops), self.bundle.card.output)

    def probabilities(self, crops: Crops) -> Float32:
        """Give `(N, L)` float32 calibrated probabilities.

        What a row's sum lacks to 1 is the probability that the crop holds no character.

        Raises:
            UsageError: the crops have another shape or dtype.
        """
        whole = softmax(self.logits(crops) / np.float32(self.bundle.card.temperature))
        return whole[:, : len(self.labels)]

    def mask(self, alphabet: Iterable[str]) -> Mask:
        """Give the `(L,)` bool mask that allows only the characters of `alphabet`.

        Raises:
            UsageError: the model does not know one of them, or there are none.
        """
        wanted = set(alphabet)
        if not wanted:
            raise UsageError("The alphabet is empty. Name the characters to choose among.")
        unknown = sorted(wanted - set(self.labels))
        if unknown:
            raise UsageError(
                f"The alphabet asks for {''.join(unknown)!r}; bundle '{self.bundle.name}' knows "
                f"only {''.join(self.labels)}"
            )
        return np.array([label in wanted for label in self.labels])

    def rank(
        self, probabilities: Float32, top: int = 5, mask: Mask | None = None
    ) -> tuple[tuple[Candidate, ...], ...]:
        """Name the likeliest characters.

        Args:
            probabilities: `(N, L)` from `probabilities`.
            top: at most how many characters for each crop, at least 1.
            mask: `(L,)` from `mask`; the probabilities are those given that the crop holds one
                of these or no character at all.

        Returns:
            For each crop its candidates, likeliest first.
        """
        allowed = np.arange(len(self.labels)) if mask is None else np.flatnonzero(mask)
        if mask is not None:
            probabilities = among(probabilities, allowed)
        # Stable, so that equal probabilities come in the order of the labels on every machine.
        order = np.argsort(-probabilities, axis=1, kind="stable")[:, :top]
        best = np.take_along_axis(probabilities, order, axis=1)
        return tuple(
            tuple(
                Candidate(self.labels[label], probability)
                for label, probability in zip(labels, values, strict=True)
            )
            for labels, values in zip(allowed[order].tolist(), best.tolist(), strict=True)
        )

    def check_golden(self) -> None:
        """Run the card's golden crop and compare.

        Raises:
            MissingPackageError: the runtime gives something else, so it miscalculates here.
        """
        require_golden(self.bundle, self.runtime, self.golden_error(), "crop")

    def golden_error(self) -> int:
        """Give the largest difference from the card's golden output, in steps of int8."""
        card = self.bundle.card
        crop = np.frombuffer(card.golden.pixels, np.uint8).reshape(
            1, card.crop.size, card.crop.size
        )
        expected = np.frombuffer(card.golden.outputs, np.int8)
        return int(np.abs(self.outputs(crop)[0].astype(np.int16) - expected).max())

    def _resize(self, batch: int) -> None:
        if batch != self._batch:
            size = self.bundle.card.crop.size
            self._interpreter.resize_tensor_input(self._input, (batch, size, size, 1))
            self._interpreter.allocate_tensors()
            self._batch = batch


def among(probabilities: Float32, allowed: npt.NDArray[np.intp]) -> Float32:
    """Condition on one of the `allowed` characters, or none at all.

    Args:
        probabilities: `(N, L)` from `Classifier.probabilities`.
        allowed: `(A,)` columns.

    Returns:
        `(N, A)` float32; again, what a row's sum lacks to 1 is for no character.
    """
    nothing = 1.0 - probabilities.sum(axis=1, keepdims=True)
    # What rounding leaves must not outweigh characters that are all unlikely.
    nothing[nothing < _ROUNDING] = 0.0
    kept = probabilities[:, allowed]
    total = kept.sum(axis=1, keepdims=True) + nothing
    return np.asarray(kept / np.maximum(total, np.finfo(np.float32).tiny), np.float32)


def softmax(logits: Float32) -> Float32:
    """Turn each row of logits, `(N, L)` float32, into probabilities with sum 1."""
    if logits.size == 0:
        return logits
    powers: Float32 = np.exp(logits - logits.max(axis=1, keepdims=True))
    powers /= powers.sum(axis=1, keepdims=True)
    return powers
