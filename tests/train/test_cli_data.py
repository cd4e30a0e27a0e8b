import argparse
import hashlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from inkwatch.errors import DataError, DownloadError, ExitCode, OutputError
from inkwatch_train.cli_data import add_data_commands


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("INKWATCH_DATA", raising=False)
    monkeypatch.setenv("INKWATCH_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    folder = tmp_path / "mine"
    for label in ("A", "7"):
        (folder / label).mkdir(parents=True)
        image = np.full((20, 20), 230, np.uint8)
        image[5:15, 8:12] = 20
        assert cv2.imwrite(str(folder / label / "1.png"), image)
    return folder


def run(*words: str) -> ExitCode:
    parser = argparse.ArgumentParser()
    add_data_commands(parser.add_subparsers())
    args = parser.parse_args(["data", *words])
    code = args.handler(args)
    assert isinstance(code, ExitCode)
    return code


def test_show_prints_counts_and_draws_a_sheet(
    pictures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sheet = tmp_path / "out" / "sheet.png"
    assert run("show", f"folder:{pictures}", "--sheet", str(sheet)) is ExitCode.OK
    out, err = capsys.readouterr()
    lines = [line.split() for line in out.splitlines() if line]
    assert lines[0][0] == "mine"
    assert lines[-1][0] == "all"
    assert lines[-1][-1] == "2"
    assert str(sheet) in err
    drawn = cv2.imread(str(sheet), cv2.IMREAD_GRAYSCALE)
    assert drawn is not None
    assert drawn.shape[0] > 64


def test_show_needs_to_know_where_the_data_is(tmp_path: Path, pictures: Path) -> None:
    with pytest.raises(DataError, match="--data"):
        run("show")
    with pytest.raises(DataError, match="no data sets"):
        run("show", "--data", str(tmp_path))
    with pytest.raises(DataError, match="is not there"):
        run("show", f"folder:{pictures}", "--data", str(tmp_path / "none"))


def test_a_sheet_that_cannot_be_written(pictures: Path) -> None:
    with pytest.raises(OutputError, match="Name another file"):
        run("show", f"folder:{pictures}", "--sheet", str(pictures))


def test_fetch_brings_emnist_and_prints_its_folder(
    web: Any, emnist_zip: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    web.content = emnist_zip
    checksum = hashlib.sha256(emnist_zip).hexdigest()
    options = ["--url", web.url, "--sha256", checksum.upper()]
    assert run("fetch", "emnist", *options) is ExitCode.OK
    out, err = capsys.readouterr()
    assert out == f"{tmp_path / 'cache' / 'emnist'}\n"
    assert "(100 %)" in err
    assert run("show", "emnist:digits") is ExitCode.OK
    assert capsys.readouterr().out.splitlines()[-2].split()[-1] == "8"

    assert run("fetch", "emnist", *options, "--to", str(tmp_path / "to")) is ExitCode.OK
    assert (tmp_path / "to" / "emnist-digits-mapping.txt").is_file()


def test_fetch_wants_the_official_archive(web: Any, emnist_zip: bytes, tmp_path: Path) -> None:
    web.content = emnist_zip
    with pytest.raises(DownloadError, match="561753746"):
        run("fetch", "emnist", "--url", web.url)


@pytest.mark.parametrize("words", [("fetch", "mnist"), ("fetch", "emnist", "--sha256", "12"), ()])
def test_wrong_command_lines(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as told:
        run(*words)
    assert told.value.code == ExitCode.USAGE
    assert "usage" in capsys.readouterr().err
