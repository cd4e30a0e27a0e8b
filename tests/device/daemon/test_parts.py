from pathlib import Path

import pytest

from inkwatch.config.model import Config, DeviceSection, ReadingSection
from inkwatch.daemon.parts import device_id_of, how_to_read, reader_choice
from inkwatch.errors import UsageError
from inkwatch.page_reader import HowToRead, ReaderChoice
from inkwatch.places import Shares


def test_the_default_config_is_the_default_reader() -> None:
    assert reader_choice(ReadingSection()) == ReaderChoice(language="en")
    assert how_to_read(Config()) == HowToRead(None, None, 0.5)


def test_all_of_reading_is_taken(tmp_path: Path) -> None:
    words = tmp_path / "names.txt"
    words.write_text("Ada Bo\nCy")
    reading = ReadingSection(
        model="m", language="none", pattern="digits", words_file=str(words), rotation=270,
        region=(0.1, 0.2, 0.3, 0.4), min_confidence=0.7,
    )  # fmt: skip
    assert reader_choice(reading) == ReaderChoice("m", None, "digits", ("Ada", "Bo", "Cy"))
    how = how_to_read(Config(reading=reading))
    assert how == HowToRead(3, Shares(0.1, 0.2, 0.3, 0.4), 0.7)


def test_a_pattern_may_be_a_list_of_words(tmp_path: Path) -> None:
    words = tmp_path / "codes.txt"
    words.write_text("A1 B2")
    assert reader_choice(ReadingSection(pattern=f"@{words}")).pattern == ("A1", "B2")
    with pytest.raises(UsageError, match=r"reading\.pattern: the list of words cannot be read"):
        reader_choice(ReadingSection(pattern="@/no/such/file"))


def test_a_device_has_an_id_without_any_settings() -> None:
    assert device_id_of(Config(device=DeviceSection(id="desk"))) == "desk"
    assert device_id_of(Config()).startswith("inkwatch-")
