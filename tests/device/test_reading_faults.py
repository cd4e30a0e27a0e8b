"""Settings that a reader would refuse are found without one."""

from pathlib import Path

from inkwatch.config.model import ReadingSection
from inkwatch.reading_faults import reading_faults


def test_a_wrong_model_does_not_hide_a_wrong_language() -> None:
    faults = reading_faults(ReadingSection(model="nope", language="xx"))
    assert {fault.key for fault in faults} == {"reading.model", "reading.language"}


def test_words_that_the_model_cannot_read_are_found_without_one(tmp_path: Path) -> None:
    (tmp_path / "words").write_text("日本")
    (fault,) = reading_faults(ReadingSection(words_file=f"{tmp_path}/words"))
    assert fault.key == "reading.words_file"
    assert "日本" in fault.rest
