import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inkwatch.language.line_sureness import WEIGHTS, Evidence, sureness

GOOD = Evidence(share=0.99, seen=0.98, length=6, line=0.95, known=True)

shares = st.floats(0.0, 1.0)
evidences = st.builds(Evidence, shares, shares, st.integers(1, 40), shares, st.booleans())


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
        replace(GOOD, length=1),
        replace(GOOD, line=0.4),
        replace(GOOD, known=False),
    ],
)
def test_each_doubt_makes_a_word_less_sure(worse: Evidence) -> None:
    assert sureness(worse) < sureness(GOOD)
    assert sureness(GOOD) > 0.8
