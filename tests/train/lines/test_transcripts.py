"""Transcripts as they stand on paper."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch_train.lines.transcripts import on_paper


@pytest.mark.parametrize(
    ("transcript", "paper"),
    [
        ("Mr . Foot , of London ;", "Mr. Foot, of London;"),
        ('he said " yes " and " no "', 'he said "yes" and "no"'),
        ("( see there )", "(see there)"),
        ("plain  words", "plain words"),
        ("a crossed # word", None),
        ("   ", None),
        ("caf\u00e9", None),
    ],
)
def test_marks_go_back_to_their_words(transcript: str, paper: str | None) -> None:
    assert on_paper(transcript) == paper


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40))
def test_no_character_but_spaces_is_lost(text: str) -> None:
    paper = on_paper(text)
    if paper is None:
        assert "#" in text or not text.strip()
    else:
        assert paper.replace(" ", "") == text.replace(" ", "")
        assert paper == paper.strip()
