import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("wordfreq", reason="needs pip install 'inkwatch[train]'")

from inkwatch.errors import UsageError
from inkwatch.language.lexicon import SYMBOLS, load_lexicon
from inkwatch_convert.cli import main
from inkwatch_convert.lexicon import build_lexicon, fold_word, word_frequencies, write_lexicon

WORDS = st.text(SYMBOLS[1:], min_size=1, max_size=12)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(WORDS, st.floats(1e-6, 1.0), min_size=1, max_size=60))
def test_every_word_is_found_again_with_its_cost(
    tmp_path_factory: pytest.TempPathFactory, frequencies: dict[str, float]
) -> None:
    path = tmp_path_factory.mktemp("lexicons") / "own.lexicon"
    write_lexicon(path, build_lexicon("own", frequencies, "made up"))
    lexicon = load_lexicon(path)
    total = sum(frequencies.values())
    for word, frequency in frequencies.items():
        cost = lexicon.cost(word)
        assert cost is not None
        assert cost == pytest.approx(min(-math.log2(frequency / total), 255 / 8), abs=0.07)
        assert (lexicon.cost(word + "'x") is not None) == (word + "'x" in frequencies)


@pytest.mark.parametrize(
    ("word", "plain"),
    [
        ("Über", "uber"),
        ("straße", "strasse"),
        ("l’été", "l'ete"),
        ("don't", "don't"),
        ("4th", ""),
        ("'", ""),
        ("слово", ""),
        ("a b", ""),
        ("", ""),
    ],
)
def test_words_are_written_in_the_letters_that_models_know(word: str, plain: str) -> None:
    assert fold_word(word) == plain


def test_german_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "de.lexicon"
    assert main(["lexicon", "--language", "de", "--words", "5000", "--to", str(file)]) == 0
    assert capsys.readouterr().out.strip() == str(file)
    german = load_lexicon(file)
    assert german.header.words == 5000
    assert "wordfreq" in german.header.source
    und, strasse = german.cost("und"), german.cost("strasse")
    assert und is not None
    assert strasse is not None
    assert und < strasse
    assert german.cost("the") is None or und < 8


def test_a_language_that_wordfreq_lacks_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lexicon", "--language", "tlh"]) == 2
    assert "no language 'tlh'. It has" in capsys.readouterr().err


def test_a_language_in_other_letters_is_told() -> None:
    with pytest.raises(UsageError, match="not written in Latin letters"):
        word_frequencies("ru", 100)
