"""All that is expected of a page's text before its shapes are looked at."""

from dataclasses import dataclass, field

from inkwatch.language.manner import Manner
from inkwatch.language.patience import USUAL, Effort, Patience
from inkwatch.language.pattern import Pattern
from inkwatch.language.word_path import Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class Expectation:
    """What words may be.

    `labels` are the characters that the classifier's columns stand for. `words` are the
    language's and the user's, None where only kinds of character are known; `pattern` is what
    every word fits, in the place of words, where given; `manner` what the page is like;
    `patience` how hard it is searched, and `effort` what is left of that.
    """

    labels: tuple[str, ...]
    words: Vocabulary | None
    pattern: Pattern | None
    manner: Manner
    patience: Patience = USUAL
    effort: Effort = field(default_factory=Effort)
