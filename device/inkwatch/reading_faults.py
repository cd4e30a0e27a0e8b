"""Which of the settings for reading a reader would refuse, and why; no model is run."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from inkwatch.config.model import ReadingSection
from inkwatch.errors import InkwatchError, UsageError
from inkwatch.language.lexicon import find_lexicon, load_lexicon
from inkwatch.language.own_words import OwnWords
from inkwatch.language.pattern import compile_choices, compile_pattern
from inkwatch.reading import NO_LANGUAGE
from inkwatch.recognise.bundle import DEFAULT_LINES, has_lines, load_bundle
from inkwatch.recognise.card import LINES
from inkwatch.word_lists import listed_words


@dataclass(frozen=True, slots=True)
class ReadingFault:
    """A setting that cannot be used: its key such as `reading.model`, and what refuses it.

    `beside` is the key of another setting where the two do not go together, else ''.
    """

    key: str
    error: InkwatchError
    beside: str = ""

    @property
    def rest(self) -> str:
        """The rest of a sentence that begins with the key."""
        return f"cannot be used: {self.error}"


def reading_faults(reading: ReadingSection) -> Iterator[ReadingFault]:
    """Try each setting alone, the default ones too.

    Pattern and words wait for a model, since it has the characters. A bundle is checked to be
    whole.
    """
    if reading.language != NO_LANGUAGE:
        try:
            load_lexicon(find_lexicon(reading.language))
        except InkwatchError as error:
            yield ReadingFault("reading.language", error)
    whole = reading.lines_model or reading.engine == "lines" or has_lines()
    if whole and reading.engine != "characters":
        try:
            load_bundle(reading.lines_model or DEFAULT_LINES, LINES)
        except InkwatchError as error:
            yield ReadingFault("reading.lines_model", error)
    try:
        labels = load_bundle(reading.model or None).card.labels
    except InkwatchError as error:
        yield ReadingFault("reading.model", error)
        return
    tries: dict[str, Callable[[], None]] = {
        "reading.pattern": lambda: _try_pattern(reading.pattern, labels),
        "reading.words_file": lambda: _try_words(reading.words_file, labels),
    }
    for key, attempt in tries.items():
        try:
            attempt()
        except InkwatchError as error:
            yield ReadingFault(key, error)
    if reading.words_file and reading.language == NO_LANGUAGE:
        lonely = UsageError("Own words stand beside a language: name one as well.")
        yield ReadingFault("reading.words_file", lonely, "reading.language")


def _try_pattern(pattern: str, labels: Sequence[str]) -> None:
    if pattern.startswith("@"):
        compile_choices(listed_words(pattern[1:], pattern[1:]), labels)
    elif pattern:
        compile_pattern(pattern, labels)


def _try_words(path: str, labels: Sequence[str]) -> None:
    if path:
        OwnWords(listed_words(path, path), labels)
