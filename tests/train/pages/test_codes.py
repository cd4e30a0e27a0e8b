import re

import numpy as np
import pytest

from inkwatch_train.pages.codes import CodePage, code_page


@pytest.fixture(scope="module")
def pages() -> list[CodePage]:
    return [code_page(np.random.default_rng(seed)) for seed in range(150)]


def test_every_word_fits_its_pages_pattern(pages: list[CodePage]) -> None:
    for page in pages:
        words = " ".join(page.rows).split()
        assert 10 <= len(words) <= 40
        assert all(re.fullmatch(page.pattern, word) for word in words), page


def test_all_kinds_come_up(pages: list[CodePage]) -> None:
    assert len({page.pattern for page in pages}) == 7


def test_the_reader_takes_every_pattern(pages: list[CodePage]) -> None:
    from inkwatch.language.pattern import compile_pattern

    labels = [chr(code) for code in range(33, 127)]
    for pattern in {page.pattern for page in pages}:
        assert compile_pattern(pattern, labels).ends.any()


def test_look_alikes_are_not_mixed(pages: list[CodePage]) -> None:
    for page in pages:
        assert not set("OIoil") & set("".join(page.rows).replace("kWh", ""))


def test_the_same_numbers_give_the_same_page() -> None:
    assert code_page(np.random.default_rng(3)) == code_page(np.random.default_rng(3))
