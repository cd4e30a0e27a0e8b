"""The words that a reader knows: a language's, the units of measure, and the user's own."""

from collections.abc import Iterable, Sequence

from inkwatch.language.lexicon import Lexicon
from inkwatch.language.own_words import OwnWords
from inkwatch.language.units import units_of
from inkwatch.language.word_path import Vocabulary


def vocabulary(lexicon: Lexicon, labels: Sequence[str], own: Iterable[str] = ()) -> Vocabulary:
    """Put words together.

    Args:
        lexicon: the language's.
        labels: the characters that the model knows.
        own: the user's.

    Raises:
        UsageError: one of the user's words holds what the model cannot read, or they are too many.
    """
    return Vocabulary(lexicon, OwnWords([*units_of(labels), *own], labels))
