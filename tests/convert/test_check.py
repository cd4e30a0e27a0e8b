from pathlib import Path

import msgspec
import numpy as np
import pytest

from inkwatch.recognise.bundle import Bundle, load_bundle
from inkwatch.recognise.card import LINES, Golden
from inkwatch.recognise.runtime import find_runtime
from inkwatch_convert.check import check_bundle, installed_runtimes, shifted

TINY = Path(__file__).parents[1] / "data" / "tiny_bundle"
TINY_LINES = TINY.with_name("tiny_lines")


@pytest.fixture
def bundle() -> Bundle:
    return load_bundle(TINY)


def test_a_sound_bundle_passes(bundle: Bundle) -> None:
    check = check_bundle(bundle, find_runtime())
    assert check.passed
    assert check.batch_error == 0


def test_a_wrong_golden_output_fails(bundle: Bundle) -> None:
    golden = Golden(bundle.card.golden.crop, bytes(len(bundle.card.labels)))
    wrong = Bundle(bundle.path, msgspec.structs.replace(bundle.card, golden=golden), bundle.model)
    check = check_bundle(wrong, find_runtime())
    assert not check.passed
    assert check.golden_error > 10


def test_a_sound_bundle_of_lines_passes() -> None:
    assert check_bundle(load_bundle(TINY_LINES, LINES), find_runtime()).passed


def test_a_wrong_golden_piece_fails() -> None:
    bundle = load_bundle(TINY_LINES, LINES)
    golden = Golden(bundle.card.golden.pixels, bytes(len(bundle.card.golden.outputs)))
    wrong = Bundle(bundle.path, msgspec.structs.replace(bundle.card, golden=golden), bundle.model)
    assert not check_bundle(wrong, find_runtime()).passed


def test_shifted_crops_all_differ(bundle: Bundle) -> None:
    assert len(np.unique(shifted(bundle), axis=0)) == 32


@pytest.mark.train
def test_installed_runtimes_finds_tensorflow_too() -> None:
    pytest.importorskip("tensorflow")
    assert "tensorflow" in [runtime.name for runtime in installed_runtimes()]
