"""How well a bundle reads lines: the int8 model, with and without the device's search for words."""

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from inkwatch.language.lexicon import find_lexicon, load_lexicon
from inkwatch.language.line_state import SPACE, Expected
from inkwatch.language.line_words import FoundWord, line_words
from inkwatch.language.vocabulary import vocabulary
from inkwatch.recognise.line_model import LineModel
from inkwatch_train.lines.alphabet import best_paths
from inkwatch_train.lines.score import error_rate
from inkwatch_train.lines.source import LabelledLine

Figures = dict[str, float]

TITLES = {"best_path": "best path, no words known", "words": "with the language's words"}


def evaluate_lines(
    model: LineModel, lines: Sequence[LabelledLine], language: str, threshold: float
) -> dict[str, Figures]:
    """Read lines and compare.

    Args:
        model: the bundle's.
        lines: with their texts.
        language: name of a lexicon.
        threshold: confidence from which a word counts as told.

    Returns:
        By question (`TITLES`): `n` lines, `cer`, `wer`, and for words also the share `told` and
        of these the share `told_right`.
    """
    told = model.probabilities([line.pixels for line in lines])
    true = [line.text for line in lines]
    best = best_paths(told)
    expected = expected_words(model, language)
    found = [line_words(rows, expected) for rows in told]
    read = [SPACE.join(word.text for word in words) for words in found]
    return {
        "best_path": _rates(best, true),
        "words": _rates(read, true) | _told(found, true, threshold),
    }


def expected_words(model: LineModel, language: str) -> Expected:
    """What a line may hold where it is read with the words of a lexicon, told by its name."""
    lexicon = load_lexicon(find_lexicon(language))
    return Expected(model.labels, vocabulary(lexicon, model.labels))


def _rates(read: Sequence[str], true: Sequence[str]) -> Figures:
    wrong = sum(Levenshtein.distance(a.split(), b.split()) for a, b in zip(read, true, strict=True))
    count = sum(len(text.split()) for text in true)
    return {"n": len(true), "cer": error_rate(read, true), "wer": wrong / max(1, count)}


def _told(found: Sequence[Sequence[FoundWord]], true: Sequence[str], threshold: float) -> Figures:
    """How many words are sure, and how many of these stand in the line's text."""
    total = told = right = 0
    for words, text in zip(found, true, strict=True):
        wanted = text.split()
        total += len(wanted)
        for word in words:
            if word.sureness >= threshold:
                told += 1
                right += word.text in wanted
    return {"told": told / max(1, total), "told_right": right / max(1, told)}
