from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.errors import BundleError, MissingPackageError
from inkwatch.recognise.bundle import Bundle, load_bundle
from inkwatch.recognise.card import LINES, NOT_A_CHARACTER, Crop, Golden, Tensor
from inkwatch.recognise.line_image import LINE_HEIGHT, LINE_VERSION, line_image
from inkwatch.recognise.line_model import CONTEXT_PX, LineModel, pieces
from inkwatch.recognise.quantise import dequantise
from inkwatch.recognise.runtime import Runtime
from inkwatch.vision.baselines import Curve

Grey = npt.NDArray[np.uint8]

STEP_PX = 4


@pytest.fixture(scope="module")
def model(tiny_lines: Bundle) -> LineModel:
    return LineModel(tiny_lines)


def draw(text: str, scale: float = 1.5) -> Grey:
    width = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, scale, 2)[0][0]
    ink = np.zeros((round(80 * scale), width + 40), np.uint8)
    foot = round(50 * scale)
    cv2.putText(ink, text, (20, foot), cv2.FONT_HERSHEY_SIMPLEX, scale, 255, 2, cv2.LINE_AA)
    half = ink.shape[1] / 2
    return line_image(ink, Curve(half, half, (float(foot),)), 14 * scale).pixels


def read(model: LineModel, line: Grey) -> str:
    """The best path, repeats and blanks taken out."""
    (rows,) = model.probabilities([line])
    best = rows.argmax(axis=1)
    kept = [k for k, before in zip(best, [-1, *best[:-1]], strict=True) if k != before]
    return "".join(model.labels[k] for k in kept if k < len(model.labels)).strip()


def with_card(bundle: Bundle, **changes: Any) -> Bundle:
    return Bundle(bundle.path, msgspec.structs.replace(bundle.card, **changes), bundle.model)


@st.composite
def divisions(draw: st.DrawFn) -> tuple[int, int, int]:
    context = draw(st.integers(0, 40))
    return draw(st.integers(1, 2000)), draw(st.integers(2 * context + 1, 300)), context


@given(divisions())
def test_pieces_cover_each_step_once_and_with_what_is_around(
    division: tuple[int, int, int],
) -> None:
    steps, longest, context = division
    parts = pieces(steps, longest, context)
    said = [step for _, first, stop in parts for step in range(first, stop)]
    assert said == list(range(steps))
    for start, first, stop in parts:
        assert 0 <= start <= first < stop <= min(steps, start + longest)
        assert start == 0 or first - start >= context
        assert stop == steps or start + longest - stop >= context


def test_a_line_of_one_piece_is_read_in_one() -> None:
    assert pieces(48, 48, 20) == [(0, 0, 48)]
    assert len(pieces(49, 48, 20)) > 1


class WindowInterpreter:
    """Stands for a model that sees exactly the context: a step's outputs sum up its columns.

    Columns that lie outside of the piece count as if they were black, so that a step that lacked
    any of its context would come out different.
    """

    def __init__(self, columns: int, labels: int) -> None:
        self.columns, self.labels = columns, labels
        self.runs = 0
        self._piece = np.zeros((1, LINE_HEIGHT, columns, 1), np.int8)

    def get_input_details(self) -> list[dict[str, Any]]:
        return [tensor(self._piece.shape, 1 / 255, -128)]

    def get_output_details(self) -> list[dict[str, Any]]:
        return [tensor((1, self.columns // STEP_PX, self.labels), 0.1, 0)]

    def get_tensor_details(self) -> list[dict[str, Any]]:
        return []

    def allocate_tensors(self) -> None:
        pass

    def resize_tensor_input(self, input_index: int, tensor_size: Sequence[int]) -> None:
        raise AssertionError("the width never changes")

    def set_tensor(self, tensor_index: int, value: Any) -> None:
        assert value.shape == self._piece.shape
        assert value.dtype == np.int8
        self._piece = value.copy()

    def invoke(self) -> None:
        self.runs += 1

    def get_tensor(self, tensor_index: int) -> Any:
        columns = self._piece[0, :, :, 0].astype(np.int64) + 128
        weights = np.arange(1, LINE_HEIGHT + 1) @ columns
        edged = np.pad(weights, CONTEXT_PX, constant_values=255 * LINE_HEIGHT)
        steps = []
        for step in range(self.columns // STEP_PX):
            seen = edged[step * STEP_PX : step * STEP_PX + 2 * CONTEXT_PX + STEP_PX]
            mixed = seen * (1 + np.arange(len(seen)))
            steps.append([int(mixed.sum() * (k + 3) // 7 % 251) - 125 for k in range(self.labels)])
        return np.array([steps], np.int8)


def tensor(shape: tuple[int, ...], scale: float, zero_point: int) -> dict[str, Any]:
    return {
        "index": 0,
        "shape": np.array(shape),
        "dtype": np.int8,
        "quantization": (scale, zero_point),
    }


def fake(columns: int, tiny_lines: Bundle) -> tuple[LineModel, WindowInterpreter]:
    """A model that sees exactly the context, for pieces of some width."""
    interpreter = WindowInterpreter(columns, 3)
    card = msgspec.structs.replace(
        tiny_lines.card,
        labels=[" ", "a", NOT_A_CHARACTER],
        input=Tensor.of(interpreter.get_input_details()[0]),
        output=Tensor.of(interpreter.get_output_details()[0]),
    )
    runtime = Runtime("fake", "1", lambda *, model_content, num_threads: interpreter)
    return LineModel(Bundle(Path("fake"), card, b""), runtime=runtime), interpreter


@settings(max_examples=25, deadline=None)
@given(
    width=st.integers(1, 900),
    columns=st.integers(2 * CONTEXT_PX // STEP_PX + 1, 100),
    seed=st.integers(0, 99),
)
def test_a_line_in_pieces_comes_out_as_if_it_were_read_whole(
    tiny_lines: Bundle, width: int, columns: int, seed: int
) -> None:
    line = np.random.default_rng(seed).integers(0, 256, (LINE_HEIGHT, width), dtype=np.uint8)
    piecewise, interpreter = fake(columns * STEP_PX, tiny_lines)
    told = piecewise.outputs(line)
    assert told.shape == (-(-width // STEP_PX), 3)
    # Whole: one piece that ends where the last of the pieces does.
    steps = len(told)
    last = pieces(steps, columns, CONTEXT_PX // STEP_PX)[-1][0]
    whole, _ = fake((last + columns) * STEP_PX, tiny_lines)
    assert np.array_equal(told, whole.outputs(line))
    assert interpreter.runs == len(pieces(steps, columns, CONTEXT_PX // STEP_PX))


def test_behind_a_lines_end_is_paper(model: LineModel) -> None:
    line = draw("TAB")
    assert line.shape[1] < 192
    with_paper = np.pad(line, ((0, 0), (0, 192 - line.shape[1])))
    told = model.outputs(line)
    assert np.array_equal(told, model.outputs(with_paper)[: len(told)])


def test_it_reads_drawn_lines_of_any_length(model: LineModel) -> None:
    assert read(model, draw("TAB 12")) == "TAB 12"
    long = "TAB 12 bat 30 BEAT 21 abet 3"
    assert read(model, draw(long)) == long


def test_where_pieces_part_makes_no_difference(model: LineModel) -> None:
    """The same ink, a step or some further left: other pieces see it, the answers are the same."""
    line = draw("TAB 12 bat 30 BEAT 21 abet 3 TEA")
    whole = model.outputs(line)
    context = CONTEXT_PX // STEP_PX
    assert len(whole) > 2 * 48
    for cut in (1, 5, 13, 30):
        part = model.outputs(line[:, cut * STEP_PX :])
        inside = slice(context, len(part) - context)
        assert np.array_equal(part[inside], whole[cut:][inside])


def test_probabilities_are_those_of_the_outputs(tiny_lines: Bundle, model: LineModel) -> None:
    lines = [draw("TAB"), draw("30 BEAT 21 abet 3")]
    told = model.probabilities(lines)
    temperature = tiny_lines.card.temperature
    for line, rows in zip(lines, told, strict=True):
        assert rows.shape == (-(-line.shape[1] // STEP_PX), len(model.labels) + 1)
        assert rows.dtype == np.float32
        assert rows.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
        logits = dequantise(model.outputs(line), tiny_lines.card.output) / temperature
        assert np.log(rows[:, 0] / rows[:, -1]) == pytest.approx(
            logits[:, 0] - logits[:, -1], abs=1e-3
        )
    assert model.probabilities([]) == []


def test_temperature_softens(tiny_lines: Bundle, model: LineModel) -> None:
    line = draw("TAB")
    soft = LineModel(with_card(tiny_lines, temperature=10.0)).probabilities([line])[0]
    assert (soft.max(axis=1) < model.probabilities([line])[0].max(axis=1)).all()


def test_the_blank_is_no_label(tiny_lines: Bundle, model: LineModel) -> None:
    assert model.labels == tuple(tiny_lines.card.labels[:-1])
    assert model.step_px == STEP_PX


def test_the_golden_piece_gives_its_output(model: LineModel) -> None:
    model.check_golden()
    if model.runtime.name == "litert":
        assert model.golden_error() == 0


def test_a_runtime_that_miscalculates_is_told(tiny_lines: Bundle) -> None:
    golden = tiny_lines.card.golden
    wrong = Golden(golden.pixels, bytes(len(golden.outputs)))
    with pytest.raises(MissingPackageError, match=r"miscalculates.*'tiny-lines' is off by"):
        LineModel(with_card(tiny_lines, golden=wrong)).check_golden()


@pytest.mark.parametrize(
    ("name", "tensor"),
    [
        ("input", Tensor("int8", (1, 48, 256, 1), 0.003921568859368563, -128)),
        ("input", Tensor("int8", (1, 48, 192, 1), 0.5, -128)),
        ("output", Tensor("int8", (1, 48, 96), 0.1, 5)),
    ],
)
def test_a_model_that_is_not_what_the_card_says_is_refused(
    tiny_lines: Bundle, name: str, tensor: Tensor
) -> None:
    with pytest.raises(BundleError, match=f"the model's {name} is"):
        LineModel(with_card(tiny_lines, **{name: tensor}))


@pytest.mark.parametrize("columns", [2 * CONTEXT_PX, CONTEXT_PX, STEP_PX])
def test_pieces_without_room_beside_the_context_are_refused(
    tiny_lines: Bundle, columns: int
) -> None:
    with pytest.raises(BundleError, match=rf"{columns} columns.*more than {2 * CONTEXT_PX}"):
        fake(columns, tiny_lines)


def test_the_kinds_of_models_are_not_mistaken(tiny: Bundle, tiny_lines: Bundle) -> None:
    with pytest.raises(BundleError, match="for lines, not for characters"):
        load_bundle(tiny_lines.path)
    with pytest.raises(BundleError, match="for characters, not for lines"):
        load_bundle(tiny.path, LINES)


def test_a_model_of_other_lines_is_refused(
    lines_folder: Path, change_lines_card: Callable[..., None]
) -> None:
    change_lines_card("crop", version=LINE_VERSION + 1)
    with pytest.raises(BundleError, match=rf"trained on lines of version {LINE_VERSION + 1}"):
        load_bundle(lines_folder, LINES)


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"labels": [*"ab", NOT_A_CHARACTER]}, "does not fit the labels"),
        ({"input": Tensor("int8", (1, 32, 192, 1), 0.1, 0)}, "does not fit the line's height"),
        ({"input": Tensor("int8", (1, 48, 192), 0.1, 0)}, "does not fit the line's height"),
        ({"output": Tensor("int8", (1, 96), 0.1, 0)}, "does not fit the labels"),
        ({"output": Tensor("int8", (1, 50, 96), 0.1, 0)}, "50 steps do not divide the 192"),
        ({"crop": Crop(LINE_VERSION, 40)}, "does not fit the line's height"),
    ],
)
def test_a_card_of_lines_that_contradicts_itself_is_refused(
    lines_folder: Path,
    change_lines_card: Callable[..., None],
    changes: dict[str, Any],
    named: str,
) -> None:
    change_lines_card(**msgspec.to_builtins(changes))
    with pytest.raises(BundleError, match=named):
        load_bundle(lines_folder, LINES)


def test_a_card_whose_last_output_is_no_blank_is_refused(
    tiny_lines: Bundle, lines_folder: Path, change_lines_card: Callable[..., None]
) -> None:
    change_lines_card(labels=[*tiny_lines.card.labels[:-1], "é"])
    with pytest.raises(BundleError, match="last output is not the blank"):
        load_bundle(lines_folder, LINES)
