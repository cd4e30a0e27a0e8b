"""Which of the settings for reading a reader would refuse, and why; no model is loaded."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from inkwatch.cli_words import NO_LANGUAGE
from inkwatch.errors import ConfigError, InkwatchError, UsageError
from inkwatch.word_lists import listed_words

if TYPE_CHECKING:
    import argparse

    from inkwatch.config.load import Loaded
    from inkwatch.config.model import Config, ReadingSection

_OPTIONS = {
    "reading.model": "model",
    "reading.lines_model": "lines_model",
    "reading.language": "language",
    "reading.pattern": "pattern",
    "reading.words_file": "words",
}
"""What each is called on the command line."""


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


def reading_faults(reading: "ReadingSection") -> Iterator[ReadingFault]:
    """Try each setting alone; pattern and words wait for a model, since it has the characters."""
    from inkwatch.language.lexicon import find_lexicon, load_lexicon
    from inkwatch.recognise.bundle import find_bundle, require_engine
    from inkwatch.recognise.card import CHARACTERS, LINES

    if reading.language != NO_LANGUAGE:
        try:
            load_lexicon(find_lexicon(reading.language))
        except InkwatchError as error:
            yield ReadingFault("reading.language", error)
    if reading.lines_model and reading.engine != "characters":
        try:
            require_engine(find_bundle(reading.lines_model), LINES)
        except InkwatchError as error:
            yield ReadingFault("reading.lines_model", error)
    try:
        labels = require_engine(find_bundle(reading.model or None), CHARACTERS).labels
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


def blame(
    error: InkwatchError, config: "Config", loaded: "Loaded", args: "argparse.Namespace"
) -> InkwatchError:
    """Say which setting or option is to blame where no reader could be opened.

    Args:
        error: what was raised.
        config: the settings that hold, the command line's over the file's.
        loaded: the file's and the environment's, with where each was given.
        args: the command line.

    Returns:
        The option's fault with the exit code that such a fault has; a `ConfigError` where file or
        environment are to blame; `error` itself where neither is.
    """
    in_config = []
    for fault in reading_faults(config.reading):
        for option in filter(None, map(_OPTIONS.get, (fault.key, fault.beside))):
            if getattr(args, option) is not None:
                return type(fault.error)(f"--{option.replace('_', '-')}: {fault.error}")
        if place := loaded.where(fault.key):
            in_config.append(f"{place}: {fault.key} {fault.rest}")
    return ConfigError(*in_config) if in_config else error


def _try_pattern(pattern: str, labels: Sequence[str]) -> None:
    from inkwatch.language.pattern import compile_choices, compile_pattern

    if pattern.startswith("@"):
        compile_choices(listed_words(pattern[1:], pattern[1:]), labels)
    elif pattern:
        compile_pattern(pattern, labels)


def _try_words(path: str, labels: Sequence[str]) -> None:
    from inkwatch.language.own_words import OwnWords

    if path:
        OwnWords(listed_words(path, path), labels)
