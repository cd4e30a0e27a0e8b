"""Fit how sure words of whole lines are: the weights in `inkwatch.language.line_sureness`.

    python -m tools.fit_sureness lines:iam-lines lines:drawn lines-research:iam-lines

Each argument is a bundle and a set of lines that its training never saw. What is printed is the
weights of a logistic regression over all words together, and by cross-validation over lines how
many words are told at 0.9, and how many of these are right, for some lower constants.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from inkwatch.errors import InkwatchError
from inkwatch.language.line_words import FoundWord, line_words
from inkwatch.reading import DEFAULT_LANGUAGE
from inkwatch.recognise.bundle import load_bundle
from inkwatch.recognise.card import LINES
from inkwatch.recognise.line_model import LineModel
from tools.bench.told_words import SURE, right_words

Floats = npt.NDArray[np.float64]

_PARTS = 5
_RIDGE = 1.0
_ROUNDS = 50
_LOWER = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)


def fit(features: Floats, right: npt.NDArray[np.bool_]) -> Floats:
    """Fit a logistic regression by Newton's method, its weights but the last drawn to 0 a little.

    Args:
        features: `(N, K)`, the last column 1.
        right: `(N,)`.

    Returns:
        `(K,)`.
    """
    weights = np.zeros(features.shape[1])
    ridge = np.full(len(weights), _RIDGE)
    ridge[-1] = 0.0
    for _ in range(_ROUNDS):
        told = _told(features, weights)
        slope = features.T @ (right - told) - ridge * weights
        curve = (features * (told * (1.0 - told))[:, np.newaxis]).T @ features + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        weights = weights + step
        if float(np.abs(step).max()) < 1e-6:
            break
    return weights


def _told(features: Floats, weights: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-features @ weights)))


def _words(spec: str) -> Iterator[tuple[int, FoundWord, bool]]:
    """All words of a set as a bundle reads them: line number, word, whether it is right."""
    from inkwatch_train.data.catalog import data_root
    from inkwatch_train.lines.evaluate import expected_words
    from inkwatch_train.lines.research import LICENCES, research_lines
    from inkwatch_train.lines.sets import drawn_lines

    name, _, which = spec.partition(":")
    model = LineModel(load_bundle(name, LINES))
    lines = research_lines(which, "val", data_root()) if which in LICENCES else drawn_lines(600)
    expected = expected_words(model, DEFAULT_LANGUAGE)
    told = model.probabilities([line.pixels for line in lines])
    for number, (line, rows) in enumerate(zip(lines, told, strict=True)):
        words = line_words(rows, expected)
        right_ones = right_words([word.text for word in words], line.text.split())
        for word, right in zip(words, right_ones, strict=True):
            yield number, word, right


def main(argv: Sequence[str] | None = None) -> int:
    """Print the weights and what they would tell."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument(
        "spec", nargs="+", metavar="BUNDLE:SET", help="lines:iam-lines and the like"
    )
    args = parser.parse_args(argv)
    try:
        found = [(spec, *each) for spec in args.spec for each in _words(spec)]
    except InkwatchError as error:
        print(f"fit_sureness: {error}", file=sys.stderr)
        return int(error.exit_code)
    specs = np.array([spec for spec, *_ in found])
    parts = np.array([number for _, number, _, _ in found]) % _PARTS
    features = np.array([word.evidence.features() for _, _, word, _ in found])
    right = np.array([right for *_, right in found])
    print(", ".join(f"{weight:.3f}" for weight in fit(features, right)))
    scores = np.zeros(len(right))
    for part in range(_PARTS):
        weights = fit(features[parts != part], right[parts != part])
        scores[parts == part] = features[parts == part] @ weights
    for lower in _LOWER:
        sure = 1.0 / (1.0 + np.exp(lower - scores)) >= SURE
        cells = []
        for spec in args.spec:
            own = specs == spec
            share, good = sure[own].mean(), right[own & sure].mean() if (own & sure).any() else 1.0
            cells.append(f"{spec} told {share:.3f} right {good:.4f}")
        print(f"constant lower by {lower:.1f}: " + "; ".join(cells))
    return 0


if __name__ == "__main__":
    sys.exit(main())
