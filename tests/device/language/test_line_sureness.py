import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.language.lexicon import find_lexicon, load_lexicon
from inkwatch.language.line_sureness import WEIGHTS, Evidence, rarity, sureness
from inkwatch.language.vocabulary import vocabulary

GOOD = Evidence(share=0.99, seen=0.98, length=6, line=0.95, rarity=0.3, capital=False)

shares = st.floats(0.0, 1.0)
evidences = st.builds(Evidence, shares, shares, st.integers(1, 40), shares, shares, st.booleans())


@given(evidences)
def test_it_is_a_probability(evidence: Evidence) -> None:
    assert 0.0 < sureness(evidence) < 1.0
    assert len(evidence.features()) == len(WEIGHTS)
    assert all(map(math.isfinite, evidence.features()))


@pytest.mark.parametrize(
    "worse",
    [
        replace(GOOD, share=0.5),
        replace(GOOD, seen=0.6),
        replace(GOOD, length=2),
        replace(GOOD, line=0.4),
        replace(GOOD, rarity=0.6),
        replace(GOOD, rarity=1.0),
        replace(GOOD, capital=True),
    ],
)
def test_each_doubt_makes_a_word_less_sure(worse: Evidence) -> None:
    assert sureness(worse) < sureness(GOOD)
    assert sureness(GOOD) > 0.8


def test_rare_words_are_told_from_common_and_unknown_ones() -> None:
    labels = [chr(code) for code in range(32, 127)]
    english = vocabulary(load_lexicon(find_lexicon("en")), labels, ["zorgify"])
    shares = [rarity(word, english) for word in ("the", "wonderful,", "philatelist", "qxv")]
    assert shares == sorted(shares)
    assert shares[0] < 0.4
    assert shares[-1] == 1.0
    assert rarity("zorgify", english) < 0.5
    assert 0.0 < rarity("anything", None) < 1.0
