from pathlib import Path

import numpy as np
import pytest

from inkwatch.errors import DataError
from inkwatch_train.data import az_csv
from inkwatch_train.data.az_csv import AzCsvSource


def rows(count: int) -> list[str]:
    rng = np.random.default_rng(4)
    pixels = rng.integers(0, 256, (count, 784))
    return [",".join(map(str, [i % 26, *row])) for i, row in enumerate(pixels.tolist())]


def put(path: Path, lines: list[str]) -> AzCsvSource:
    path.write_text("\n".join(lines) + "\n")
    return AzCsvSource(path)


def test_every_row_comes_back_dark(tmp_path: Path) -> None:
    lines = rows(60)
    source = put(tmp_path / "A_Z Handwritten Data.csv", lines)
    samples = list(source.samples())
    assert (source.name, source.terms) == ("A_Z Handwritten Data", "open")
    assert "".join(s.label for s in samples[:27]) == "ABCDEFGHIJKLMNOPQRSTUVWXYZA"
    stored = np.array([line.split(",")[1:] for line in lines], int)
    got = np.stack([sample.image for sample in samples])
    assert got.shape == (60, 28, 28)
    assert got.dtype == np.uint8
    assert (255 - got.reshape(60, 784).astype(int) == stored).all()
    assert {sample.split for sample in samples} == {"train", "val"}


def test_blocks_join_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = put(tmp_path / "a.csv", rows(10))
    whole = [sample.image.tobytes() for sample in source.samples()]
    monkeypatch.setattr(az_csv, "_ROWS_AT_ONCE", 3)
    assert [sample.image.tobytes() for sample in source.samples()] == whole


def test_a_header_windows_ends_and_blank_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    header = ",".join(["label", *(f"pixel{i}" for i in range(784))])
    path.write_bytes("\r\n".join([header, *rows(2), "", ""]).encode())
    assert [sample.label for sample in AzCsvSource(path).samples()] == ["A", "B"]


@pytest.mark.parametrize(
    "line",
    [
        rows(1)[0][:700],
        rows(1)[0] + ",0",
        "26" + rows(1)[0][1:],
        "-1" + rows(1)[0][1:],
        rows(1)[0].rpartition(",")[0] + ",256",
        rows(1)[0].rpartition(",")[0] + ",-1",
        rows(1)[0].rpartition(",")[0] + ",x",
        rows(1)[0].rpartition(",")[0] + ",99999999999",
        "hello",
    ],
)
def test_a_bad_row_is_told_with_its_place(
    tmp_path: Path, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(az_csv, "_ROWS_AT_ONCE", 2)
    source = put(tmp_path / "odd.csv", [*rows(4), line])
    with pytest.raises(DataError, match=r"odd\.csv: lines 5 to 5"):
        list(source.samples())


def test_missing_empty_and_foreign_files(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    with pytest.raises(DataError, match="not there"):
        list(AzCsvSource(path).samples())
    path.write_bytes(b"")
    with pytest.raises(DataError, match="empty"):
        list(AzCsvSource(path).samples())
    path.write_bytes(b"\xff\xfe\x00PNG")
    with pytest.raises(DataError, match="as a table"):
        list(AzCsvSource(path).samples())
