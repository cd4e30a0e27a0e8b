import hashlib
import json
import stat
from pathlib import Path

import msgspec
import pytest

from inkwatch.errors import BundleError, ExitCode, OutputError
from inkwatch.recognise.bundle import load_bundle
from inkwatch.recognise.classifier import Classifier
from inkwatch.recognise.runtime import find_runtime
from inkwatch_convert.bundle import RESEARCH_LICENCE, Draft, draft_bundle, write_bundle
from inkwatch_convert.run_folder import load_run

TINY = Path(__file__).parents[1] / "data" / "tiny_bundle"


@pytest.fixture
def draft() -> Draft:
    bundle = load_bundle(TINY)
    return Draft(bundle.card, bundle.model)


def test_write_bundle_round_trips(draft: Draft, tmp_path: Path) -> None:
    to = tmp_path / "deep" / "chars"
    write_bundle(draft, to, find_runtime())
    bundle = load_bundle(to)
    assert bundle.card == draft.card
    assert bundle.model == draft.model
    assert [path.name for path in to.parent.iterdir()] == ["chars"]
    assert stat.S_IMODE(to.stat().st_mode) & 0o055 == 0o055 & ~_umask()


def _umask() -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("Umask:"):
            return int(line.split()[1], 8)
    raise AssertionError("no umask in /proc/self/status")


def test_write_bundle_replaces_the_whole_of_the_old_one(draft: Draft, tmp_path: Path) -> None:
    to = tmp_path / "chars"
    write_bundle(draft, to, find_runtime())
    renamed = Draft(msgspec.structs.replace(draft.card, name="second"), draft.model)
    write_bundle(renamed, to, find_runtime())
    assert load_bundle(to).name == "second"
    assert [path.name for path in tmp_path.iterdir()] == ["chars"]


def test_a_bundle_that_does_not_load_replaces_nothing(draft: Draft, tmp_path: Path) -> None:
    to = tmp_path / "chars"
    write_bundle(draft, to, find_runtime())
    before = (to / "card.json").read_bytes()
    with pytest.raises(BundleError):
        write_bundle(Draft(draft.card, draft.model[:-1]), to, find_runtime())
    assert (to / "card.json").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["chars"]


def test_write_bundle_spares_a_folder_with_other_things(draft: Draft, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(OutputError, match=r"notes\.txt") as caught:
        write_bundle(draft, tmp_path, find_runtime())
    assert caught.value.exit_code == ExitCode.OUTPUT
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


def test_write_bundle_says_where_it_cannot_write(draft: Draft, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        write_bundle(draft, tmp_path / "file", find_runtime())
    with pytest.raises(OutputError, match="cannot be written"):
        write_bundle(draft, tmp_path / "file" / "chars", find_runtime())


def test_draft_bundle_describes_the_model(fake_run: Path) -> None:
    tiny = load_bundle(TINY)
    run = load_run(fake_run)
    draft = draft_bundle(run.card, "mine", tiny.model, find_runtime(), labels=run.labels)
    assert draft.card.name == "mine"
    assert draft.card.licence == RESEARCH_LICENCE
    assert draft.card.input == tiny.card.input
    assert draft.card.output == tiny.card.output
    assert draft.card.model_sha256 == hashlib.sha256(tiny.model).hexdigest()


@pytest.mark.train
def test_the_bundle_of_a_run_tells_its_origin_and_figures(converted: Path) -> None:
    bundle = load_bundle(converted)
    Classifier(bundle).check_golden()
    card = json.loads((converted / "card.json").read_text())
    assert card["labels"] == list("0123ABETabet")
    assert card["sources"] == [{"name": "drawn", "licence": "Apache-2.0", "images": 960}]
    assert card["terms"] == "open"
    assert "Apache-2.0" in card["licence"]
    assert set(card["report"]) == {"loss", "accuracy"}
    assert card["figures"]["val"]["n"] == 360
    assert card["figures"]["val"]["accuracy"] > 0.95
    assert card["figures"]["drawn/val"]["n"] + card["figures"]["folded/val"]["n"] == 360
    calibration = card["figures"]["val/calibration"]
    assert calibration["nll"] <= calibration["nll_uncalibrated"]
    assert card["temperature"] != 1.0
    assert card["tools"]["keras"]
