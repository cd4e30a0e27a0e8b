"""Line images to what may stand at each step along them: the model, run piece by piece."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from inkwatch.errors import BundleError
from inkwatch.recognise.bundle import CARD_FILE, Bundle
from inkwatch.recognise.card import NOT_A_CHARACTER
from inkwatch.recognise.checks import only_tensor, require_golden
from inkwatch.recognise.classifier import softmax
from inkwatch.recognise.quantise import Float32, Int8, dequantise, grey_table, quantise_grey
from inkwatch.recognise.runtime import Runtime, find_runtime, uses_xnnpack

Grey = npt.NDArray[np.uint8]

CONTEXT_PX = 80
"""Pieces overlap by so many columns on each side: what stands further off hardly counts for what a
step reads, though networks see up to 168 columns far. Whole lines come out with the same error rate
(IAM's, docs/experiments.md)."""


class LineModel:
    """Runs a model of lines. One instance serves one thread at a time.

    Args:
        bundle: from `load_bundle`, of the engine `lines`.
        threads: how many threads the runtime may use.
        runtime: which package runs the model; None takes what is installed.

    Attributes:
        bundle: the bundle that was given.
        labels: the L characters that the model tells apart, in the order of its outputs; one more
            output, the last, is the blank.
        step_px: columns of a line image for each step.
        runtime: the package that runs the model.
        xnnpack: whether XNNPACK runs (part of) the model.

    Raises:
        BundleError: the model is not what the card says, or the runtime cannot run it.
        MissingPackageError: no runtime is installed, or it does not work here.
        UsageError: `threads` is below 1, or INKWATCH_RUNTIME names no runtime.
    """

    def __init__(self, bundle: Bundle, threads: int = 1, runtime: Runtime | None = None) -> None:
        card = bundle.card
        self.bundle = bundle
        self.labels = tuple(c for c in card.labels if c != NOT_A_CHARACTER)
        self.runtime = runtime or find_runtime()
        _, self._height, self._piece_px, _ = card.input.shape
        self.step_px = self._piece_px // card.output.shape[1]
        least = 2 * self._context * self.step_px
        if self._piece_px <= least:
            raise BundleError(
                f"{bundle.path / CARD_FILE}: the model reads pieces of {self._piece_px} columns; "
                f"lines need more than {least}. Convert the model again with wider pieces."
            )
        self._interpreter = self.runtime.open(bundle.model, threads)
        self._input = only_tensor(bundle, "input", self._interpreter.get_input_details())
        self._output = only_tensor(bundle, "output", self._interpreter.get_output_details())
        self.xnnpack = uses_xnnpack(self._interpreter)
        self._table = grey_table(card.input)
        self._paper = quantise_grey(np.zeros((1, 1), np.uint8), self._table)[0, 0]

    def probabilities(self, lines: Sequence[Grey]) -> list[Float32]:
        """Tell for each step along lines how likely each character is.

        Args:
            lines: `(H, W)` uint8 each, from `line_image`.

        Returns:
            For each line `(T, L + 1)` float32, rows summing to 1, T its width over `step_px`,
            rounded up; the last column is for no character.
        """
        temperature = np.float32(self.bundle.card.temperature)
        tensor = self.bundle.card.output
        return [softmax(dequantise(self.outputs(line), tensor) / temperature) for line in lines]

    def outputs(self, line: Grey) -> Int8:
        """Run the model along a line.

        Args:
            line: `(H, W)` uint8.

        Returns:
            `(T, L + 1)` int8 as the model stores them.
        """
        steps = -(-line.shape[1] // self.step_px)
        outputs = np.empty((steps, len(self.labels) + 1), np.int8)
        for start, first, stop in pieces(steps, self._piece_px // self.step_px, self._context):
            left = start * self.step_px
            piece = np.full((1, self._height, self._piece_px, 1), self._paper, np.int8)
            part = line[:, left : left + self._piece_px]
            piece[0, :, : part.shape[1], 0] = quantise_grey(part, self._table)
            self._interpreter.set_tensor(self._input, piece)
            self._interpreter.invoke()
            told = self._interpreter.get_tensor(self._output)[0]
            outputs[first:stop] = told[first - start : stop - start]
        return outputs

    def check_golden(self) -> None:
        """Run the card's golden piece and compare.

        Raises:
            MissingPackageError: the runtime gives something else, so it miscalculates here.
        """
        require_golden(self.bundle, self.runtime, self.golden_error(), "piece")

    def golden_error(self) -> int:
        """Give the largest difference from the card's golden output, in steps of int8."""
        golden = self.bundle.card.golden
        piece = np.frombuffer(golden.pixels, np.uint8).reshape(self._height, self._piece_px)
        expected = np.frombuffer(golden.outputs, np.int8)
        return int(np.abs(self.outputs(piece).ravel().astype(np.int16) - expected).max())

    @property
    def _context(self) -> int:
        return -(-CONTEXT_PX // self.step_px)


def pieces(steps: int, longest: int, context: int) -> list[tuple[int, int, int]]:
    """Divide a line among pieces of one length that overlap.

    Args:
        steps: how long the line is, at least 1.
        longest: how long a piece is, more than twice `context`.
        context: so far from a piece's end nothing is taken from it, where the line goes on.

    Returns:
        For each piece where it starts, and from where to where it has the say, in steps.
    """
    parts = []
    start = first = 0
    while first < steps:
        stop = steps if start + longest >= steps else start + longest - context
        parts.append((start, first, stop))
        first, start = stop, stop - context
    return parts
