"""The engine for whole lines by itself: its size, what int8 costs it, its time, its error rate."""

import numpy as np
import numpy.typing as npt

from inkwatch.errors import DataError
from inkwatch.language.line_state import SPACE
from inkwatch.language.line_words import line_words
from inkwatch.reading import DEFAULT_LANGUAGE
from inkwatch.recognise.bundle import load_bundle
from inkwatch.recognise.card import LINES, Card
from inkwatch.recognise.line_model import LineModel
from inkwatch_train.data.catalog import data_root
from inkwatch_train.lines.alphabet import best_paths
from inkwatch_train.lines.evaluate import expected_words
from inkwatch_train.lines.research import IAM, research_lines
from inkwatch_train.lines.sets import drawn_lines
from tools.bench.line_targets import LineTargets
from tools.bench.scores import text_scores
from tools.bench.table import Row, at_least, at_most
from tools.bench.timing import one_core, spread
from tools.bench.told_words import SURE, SureWords, ToldWord, sure_words

Grey = npt.NDArray[np.uint8]

COLUMNS = 512
"""How wide the timed image of a line is."""

_MOST_MS = 5.0
_MOST_KIB = 2048
_MOST_LOSS = 0.003
_DRAWN = 40


def line_rows(name: str, targets: LineTargets, repeats: int) -> list[Row]:
    """Measure one bundle of lines.

    Args:
        name: its name or path.
        targets: what is asked of it.
        repeats: how often time is taken.

    Raises:
        BundleError: it is missing or damaged.
        DataError: the fonts are not fetched.
    """
    model = LineModel(load_bundle(name, LINES))
    return [
        size_row(name, model.bundle.card),
        *loss_rows(name, model.bundle.card),
        time_row(name, model, drawn_image(), repeats),
        *iam_lines_rows(name, model, targets),
    ]


def size_row(name: str, card: Card) -> Row:
    """How large the int8 model is."""
    size = card.model_bytes / 1024
    met = size <= _MOST_KIB
    return Row(f"bundle {name}", f"{size:.0f} KiB", f"at most {_MOST_KIB} KiB", met, size)


def loss_rows(name: str, card: Card) -> list[Row]:
    """What int8 costs beside the float network, as the conversion measured it for the card."""
    target = f"at most {100 * _MOST_LOSS:g} points"
    rows = []
    for source, figures in card.figures.items():
        if "cer_float" in figures:
            loss = figures["cer"] - figures["cer_float"]
            what = f"{name}, {source}: CER, int8 against float (card)"
            points = f"{100 * loss:+.2f} points"
            rows.append(Row(what, points, target, loss <= _MOST_LOSS, loss))
    return rows or [Row(f"{name}: CER, int8 against float (card)", "not in the card", target)]


def drawn_image() -> Grey:
    """The first 512 columns of a line in a font that training never saw: `(H, 512)` uint8.

    Raises:
        DataError: the fonts are not fetched, or none of the lines is so wide.
    """
    for line in drawn_lines(_DRAWN):
        if line.pixels.shape[1] >= COLUMNS:
            return np.ascontiguousarray(line.pixels[:, :COLUMNS])
    raise DataError(f"None of {_DRAWN} drawn lines is {COLUMNS} columns wide.")


def time_row(name: str, model: LineModel, image: Grey, repeats: int) -> Row:
    """The network and the search for words, on one core with one thread."""
    expected = expected_words(model, DEFAULT_LANGUAGE)
    with one_core():
        whole = spread(lambda: line_words(model.probabilities([image])[0], expected), repeats)
        bare = spread(lambda: model.probabilities([image]), repeats)
    what = f"{name}: a line of {image.shape[1]} columns, network and search"
    figure = f"{whole.told()}, network alone {1e3 * bare.median_s:.1f} ms"
    met = 1e3 * whole.median_s <= _MOST_MS
    return Row(what, figure, f"at most {_MOST_MS:g} ms", met, whole.median_s)


def iam_lines_rows(name: str, model: LineModel, targets: LineTargets) -> list[Row]:
    """Lines of people whom training never saw, where the data stands."""
    what = f"{name}, IAM lines val: "
    target = at_most("", 1.0, targets.line_cer).target
    try:
        lines = research_lines(IAM, "val", data_root())
    except DataError:
        return [Row(f"{what}CER", "left out: its data is not here", target)]
    true = [line.text for line in lines]
    rows = model.probabilities([line.pixels for line in lines])
    expected = expected_words(model, DEFAULT_LANGUAGE)
    words = [
        [ToldWord(word.text, word.sureness) for word in line_words(each, expected)] for each in rows
    ]
    read = [SPACE.join(word.text for word in each) for each in words]
    sure = sum(map(sure_words, true, words), SureWords())
    told = f"{what}words told with {100 * SURE:g} % or more that are right"
    told_row = at_least(
        f"{told} ({sure.sure} of {sure.words})",
        sure.right / max(1, sure.sure),
        targets.told_right,
    )
    return [
        at_most(f"{what}CER", text_scores(true, read).cer, targets.line_cer),
        at_most(f"{what}CER, no words known", text_scores(true, best_paths(rows)).cer),
        told_row if sure.sure else Row(told, "none is sure", told_row.target),
    ]
