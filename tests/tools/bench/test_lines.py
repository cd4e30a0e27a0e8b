from pathlib import Path

import msgspec
import numpy as np
import pytest
from tools.bench.accuracy import Settings, same_row
from tools.bench.cost import memory_rows, sample_pages
from tools.bench.joined import time_page
from tools.bench.line_targets import line_bundles
from tools.bench.lines import iam_lines_rows, loss_rows, size_row, time_row
from tools.bench.page_set import PageFacts, Shelf
from tools.bench.page_time import joined_time_row
from tools.bench.read_pages import Told

from inkwatch.recognise.bundle import load_bundle
from inkwatch.recognise.card import LINES
from inkwatch.recognise.line_model import LineModel
from tools.bench import line_targets


@pytest.fixture(scope="module")
def model() -> LineModel:
    return LineModel(load_bundle("lines", LINES))


def test_a_model_that_is_too_large_misses_the_target(model: LineModel) -> None:
    card = model.bundle.card
    assert size_row("lines", card).met
    assert not size_row("lines", msgspec.structs.replace(card, model_bytes=2048 * 1024 + 1)).met


def test_what_int8_costs_is_the_card_s(model: LineModel) -> None:
    figures = {"val/drawn": {"cer": 0.3, "cer_float": 0.296}, "drawn/val words": {"cer": 0.2}}
    (row,) = loss_rows("lines", msgspec.structs.replace(model.bundle.card, figures=figures))
    assert (row.figure, row.met) == ("+0.40 points", False)
    (row,) = loss_rows("lines", msgspec.structs.replace(model.bundle.card, figures={}))
    assert row.met is None


def test_a_line_s_time_holds_the_network_s(model: LineModel) -> None:
    image = np.zeros((48, 512), np.uint8)
    row = time_row("lines", model, image, 2)
    assert "512 columns" in row.what
    assert row.value is not None
    assert row.value > 0


def test_lines_without_data_are_left_out(
    model: LineModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INKWATCH_DATA", str(tmp_path))
    (row,) = iam_lines_rows("lines", model, line_bundles()["lines"])
    assert (row.figure, row.target) == ("left out: its data is not here", "at most 12 %")


def test_a_page_of_joined_writing_without_data_is_left_out() -> None:
    row = joined_time_row(None, Settings(), 1)
    assert (row.figure, row.met) == ("left out: its data is not here", None)


def test_the_bundle_for_research_has_targets_of_its_own(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shipped = load_bundle("lines", LINES).path
    card = msgspec.json.decode((shipped / "card.json").read_bytes())
    folder = tmp_path / "lines-research"
    folder.mkdir()
    (folder / "card.json").write_bytes(msgspec.json.encode(card | {"terms": "research"}))
    assert list(line_bundles()) == ["lines", "lines-research"]
    monkeypatch.setenv("INKWATCH_MODELS", str(tmp_path))
    found = line_bundles()
    assert found["lines"].line_cer == 0.12
    assert found[line_targets.RESEARCH_LINES].line_cer == 0.06
    assert list(line_bundles("lines")) == ["lines"]


def test_the_timed_page_has_about_250_characters() -> None:
    pages = tuple(
        PageFacts(f"p{count}", "a b\n" * (count // 2), "real", "w", "plain")
        for count in (120, 248, 300)
    )
    assert time_page(Shelf(Path(), Path(), pages)).name == "p248"


def test_pages_that_the_engines_read_differently_are_counted() -> None:
    one, two = Told(("a",), (), ()), Told(("b",), (), ())
    assert same_row("letters", [one, two], [one, two]).met
    row = same_row("letters", [one, two], [one, one])
    assert (row.figure, row.met) == ("1 of 2", False)


def test_memory_is_measured_against_each_picture_s_own_target() -> None:
    page = sample_pages()[0]
    (row,) = memory_rows({page: 1.0}, None)
    assert row.target == "at most 1 MB"
    # On another system than Linux nothing is measured.
    assert not row.met
