"""From the config to the parts of the daemon."""

from inkwatch.config.model import Config, ReadingSection
from inkwatch.machine.identity import device_id
from inkwatch.page_reader import HowToRead, ReaderChoice
from inkwatch.places import Shares
from inkwatch.reading import NO_LANGUAGE
from inkwatch.word_lists import listed_words


def reader_choice(reading: ReadingSection) -> ReaderChoice:
    """Which reader the config asks for.

    Raises:
        UsageError: a list of words cannot be read.
    """
    pattern: str | tuple[str, ...] | None = reading.pattern or None
    if reading.pattern.startswith("@"):
        pattern = listed_words(reading.pattern[1:], "reading.pattern")
    own_words = None
    if reading.words_file:
        own_words = listed_words(reading.words_file, "reading.words_file")
    return ReaderChoice(
        bundle=reading.model or None,
        language=None if reading.language == NO_LANGUAGE else reading.language,
        pattern=pattern,
        own_words=own_words,
        engine=reading.engine,
        lines_bundle=reading.lines_model or None,
    )


def how_to_read(config: Config) -> HowToRead:
    """How the config has each page read."""
    reading = config.reading
    turns = None if reading.rotation == "auto" else reading.rotation // 90
    region = None if reading.region is None else Shares(*reading.region)
    return HowToRead(turns, region, reading.min_confidence)


def device_id_of(config: Config) -> str:
    """The device's id: as configured, else made of the machine's."""
    return config.device.id or device_id()
