import json
from pathlib import Path

import cv2
import pytest
from tools.bench.__main__ import main
from tools.bench.page_set import load_set, true_boxes

from inkwatch.errors import DataError
from inkwatch.reading import Box

pytest.importorskip("wordfreq", reason="needs: pip install 'inkwatch[train]'")


@pytest.fixture
def no_data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine with the fonts and without handwriting data; gives its cache."""
    from inkwatch_train.fonts.fetch import installed_fonts

    try:
        installed_fonts()
    except DataError:
        pytest.skip("the fonts are not fetched: make fonts")
    monkeypatch.delenv("INKWATCH_DATA", raising=False)
    monkeypatch.setenv("INKWATCH_BENCH_CACHE", str(tmp_path / "bench"))
    return tmp_path / "bench"


def test_a_quick_run_needs_no_data_and_prints_the_table(
    no_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figures.json"
    only = ["--quick", "--processes", "1", "--only", "codes,iam", "--json", str(out)]
    assert main(only) == 0
    told = capsys.readouterr()
    lines = [line for line in told.out.splitlines() if line.startswith("|")]
    assert {line.count("|") for line in lines} == {5}
    assert any("codes, camera, with the pattern: CER" in line for line in lines)
    assert "iam is left out" in told.err
    rates = {row["what"]: row["value"] for row in json.loads(out.read_text())["rows"]}
    # Tidy fonts on flat pages: a reader that finds the lines makes few errors.
    assert 0 <= rates["codes, flat, with the pattern: CER"] < 0.25

    pages = load_set(no_data / "codes-4")
    assert pages is not None
    assert len(pages.pages) == 4
    for page in pages.pages:
        picture = cv2.imread(str(no_data / "codes-4" / f"{page.name}.jpg"))
        assert picture is not None
        around = Box.around(true_boxes(page, "camera"))
        assert min(around.left, around.top) >= 0
        assert around.right <= picture.shape[1]
        assert around.bottom <= picture.shape[0]

    made = no_data / "codes-4" / "codes-00.png"
    before = made.stat().st_mtime_ns
    assert main(only) == 0
    assert "making" not in capsys.readouterr().err
    assert made.stat().st_mtime_ns == before


def test_an_unknown_part_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "letters,leters"])
    assert "no part 'leters'" in capsys.readouterr().err


def test_a_bundle_that_is_not_there_ends_in_one_sentence(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--bundle", "nosuch", "--only", "time"]) == 4
    told = capsys.readouterr()
    assert told.out == ""
    assert "nosuch" in told.err
    assert "Traceback" not in told.err
