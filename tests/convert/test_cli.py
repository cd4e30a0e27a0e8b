import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from inkwatch.errors import ExitCode
from inkwatch.recognise.bundle import load_bundle
from inkwatch.recognise.card import Golden, decode_card, encode_card
from inkwatch_convert.cli import default_folder, main

TINY = Path(__file__).parents[1] / "data" / "tiny_bundle"
TINY_LINES = TINY.with_name("tiny_lines")


@pytest.mark.train
def test_convert_writes_a_bundle_and_prints_its_path(
    trained_run: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    to = tmp_path / "bundle"
    assert main([str(trained_run), "--to", str(to), "--name", "mine"]) == ExitCode.OK
    printed = capfd.readouterr()
    assert printed.out == f"{to}\n"
    assert "all: float" in printed.err
    assert load_bundle(to).name == "mine"


@pytest.mark.train
def test_convert_refuses_too_great_a_loss(
    own_run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(own_run / "representative.npz", crops=np.zeros((20, 32, 32), np.uint8))
    to = tmp_path / "bundle"
    assert main([str(own_run), "--to", str(to)]) == ExitCode.PARITY
    assert "--max-loss" in capsys.readouterr().err
    assert not to.exists()


def test_a_missing_run_is_told_without_a_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == ExitCode.DATA
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"inkwatch-convert: {tmp_path} is not a training run")


@pytest.mark.parametrize("name", ["", "a/b", ".hidden"])
def test_a_name_that_is_no_name_is_refused(
    fake_run: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(fake_run), "--name", name]) == ExitCode.USAGE
    assert "cannot be a bundle's name" in capsys.readouterr().err


def test_no_arguments_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == ExitCode.USAGE
    assert "RUN_DIR" in capsys.readouterr().err


@pytest.mark.parametrize("bundle", [TINY, TINY_LINES])
def test_check_prints_a_line_for_each_runtime(
    bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", str(bundle)]) == ExitCode.OK
    lines = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert lines
    assert all(len(line) == 5 and line[-1] == "ok" for line in lines)


@pytest.mark.parametrize("bundle", [TINY, TINY_LINES])
def test_check_fails_where_a_runtime_gives_something_else(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = Path(shutil.copytree(bundle, tmp_path / "wrong"))
    card = decode_card((wrong / "card.json").read_bytes(), "card.json")
    golden = Golden(card.golden.pixels, bytes(len(card.golden.outputs)))
    (wrong / "card.json").write_bytes(encode_card(msgspec.structs.replace(card, golden=golden)))
    assert main(["check", str(wrong)]) == ExitCode.MISSING
    assert "WRONG" in capsys.readouterr().out


@pytest.mark.parametrize("bundle", [TINY, TINY_LINES])
def test_check_refuses_a_damaged_bundle(
    bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    damaged = Path(shutil.copytree(bundle, tmp_path / "tiny"))
    model = bytearray((damaged / "model.tflite").read_bytes())
    model[1000] ^= 1
    (damaged / "model.tflite").write_bytes(model)
    assert main(["check", str(damaged)]) == ExitCode.BUNDLE
    assert "SHA-256" in capsys.readouterr().err


def test_a_bundle_that_ships_is_made_again_in_its_place_and_no_other(tmp_path: Path) -> None:
    assert default_folder("chars", "open", tmp_path) == tmp_path / "chars"
    (tmp_path / "pyproject.toml").write_text("")
    shipped = tmp_path / "device" / "inkwatch" / "models" / "chars"
    shipped.mkdir(parents=True)
    (tmp_path / "runs").mkdir()
    assert default_folder("chars", "open", tmp_path) == shipped
    assert default_folder("chars", "open", tmp_path / "runs") == shipped
    assert default_folder("smoke", "open", tmp_path) == tmp_path / "smoke"
    assert default_folder("chars", "research", tmp_path) == tmp_path / "chars"


def test_a_bundle_is_called_as_its_recipe(
    trained_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([str(trained_run)]) == ExitCode.OK
    assert (tmp_path / "tiny" / "card.json").is_file()
