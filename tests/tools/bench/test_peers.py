import sys
from pathlib import Path

import pytest

from inkwatch.errors import MissingPackageError
from tools.bench import peers


def test_a_peer_that_is_not_here_has_no_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(peers, "PEERS_PYTHON", tmp_path / "python")
    assert peers.tesseract_version() is None
    assert peers.rapidocr_version() is None


def test_a_peer_that_breaks_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    # This Python has no RapidOCR.
    monkeypatch.setattr(peers, "PEERS_PYTHON", Path(sys.executable))
    with pytest.raises(MissingPackageError, match="make bench-peers"):
        peers.read_with_rapidocr([Path("page.jpg")])


def test_tesseract_is_called_for_each_page_with_one_thread(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "tesseract"
    program.write_text('#!/bin/sh\necho "$1 $3 $4 threads=$OMP_THREAD_LIMIT"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    first, second = peers.read_with_tesseract([Path("a.jpg"), Path("b.jpg")], "6")
    assert first.text == "a.jpg --psm 6 threads=1\n"
    assert second.text.startswith("b.jpg")
    assert first.seconds > 0
