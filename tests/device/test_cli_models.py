from pathlib import Path
from typing import Any

import pytest

from inkwatch.errors import ExitCode
from inkwatch.recognise import bundle
from inkwatch.recognise.card import (
    CHARACTERS,
    FORMAT,
    Card,
    Crop,
    Golden,
    Source,
    Tensor,
    encode_card,
)
from inkwatch.recognise.crop import CROP_SIZE, CROP_VERSION

Capture = pytest.CaptureFixture[str]

CARD = Card(
    format=FORMAT,
    name="tiny",
    engine=CHARACTERS,
    created="2026-11-20",
    labels=["a", "b", "7"],
    crop=Crop(CROP_VERSION, CROP_SIZE),
    input=Tensor("int8", (1, CROP_SIZE, CROP_SIZE, 1), 1 / 255, -128),
    output=Tensor("int8", (1, 3), 0.1, 0),
    temperature=1.0,
    terms="open",
    licence="Apache-2.0",
    sources=[Source("drawn letters", "OFL-1.1", 1200)],
    recipe="tiny.toml",
    figures={"drawn/val": {"accuracy": 0.9034, "n": 578}},
    report={},
    tools={},
    model_sha256="0" * 64,
    model_bytes=2048,
    golden=Golden(bytes(CROP_SIZE**2), bytes(3)),
)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the bundle `tiny`, whose model is missing, and no shipped bundles."""
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny/card.json").write_bytes(encode_card(CARD))
    monkeypatch.setattr(bundle, "_roots", lambda: (tmp_path,))
    return tmp_path


@pytest.mark.usefixtures("models")
def test_a_bundle_is_described(cli: Any, capsys: Capture) -> None:
    assert cli("models") == ExitCode.OK
    captured = capsys.readouterr()
    assert captured.err == ""
    rows = captured.out.splitlines()
    assert rows[0] == "tiny"
    told = {row.split()[0]: row.strip().partition(" ")[2].strip() for row in rows[1:]}
    assert told["terms"] == "open, Apache-2.0"
    assert told["labels"] == "3: ab7"
    assert told["size"] == "2 KiB"
    assert told["made"] == "2026-11-20, recipe tiny.toml"
    assert told["figures"] == "drawn/val: accuracy 90.3%, n 578"
    assert told["source"] == "drawn letters (OFL-1.1), 1200 images"
    assert told["path"].endswith("/tiny")


def test_a_damaged_bundle_is_told_and_the_others_are_listed(
    cli: Any, models: Path, capsys: Capture
) -> None:
    (models / "bad").mkdir()
    (models / "bad/card.json").write_text("{", encoding="utf-8")
    assert cli("models") == ExitCode.BUNDLE
    captured = capsys.readouterr()
    assert "tiny" in captured.out
    assert "bad/card.json is not a bundle's card" in captured.err


@pytest.mark.usefixtures("models")
def test_a_bundle_that_fails_its_check_is_still_listed(cli: Any, capsys: Capture) -> None:
    assert cli("models", "--check") == ExitCode.BUNDLE
    captured = capsys.readouterr()
    assert "  check    failed\n" in captured.out
    assert "model.tflite cannot be read" in captured.err


def test_no_bundles_at_all_is_an_error(cli: Any, models: Path, capsys: Capture) -> None:
    (models / "tiny/card.json").unlink()
    assert cli("models") == ExitCode.BUNDLE
    assert capsys.readouterr().err.startswith("inkwatch: No model bundle is installed.")


def test_the_shipped_bundles_pass_their_check(cli: Any, capsys: Capture) -> None:
    if not bundle.list_bundles():
        pytest.skip("no bundle ships yet")
    assert cli("models", "--check") == ExitCode.OK
    out = capsys.readouterr().out
    assert f"{bundle.DEFAULT_BUNDLE} (the default)\n" in out
    assert out.count("  check    passed with ") == len(bundle.list_bundles())
