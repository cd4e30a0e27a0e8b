"""The tool that fetches ALTO's schema, with pip's part played here."""

import subprocess
import tarfile
from pathlib import Path
from typing import Any

import pytest
from tools.fetch_alto_schema import KEPT, fetch

from tools import fetch_alto_schema


def test_two_files_of_the_package_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def pip(words: tuple[str, ...], **_: Any) -> None:
        asked.append(Path(words[-1]).read_text(encoding="utf-8"))
        source = tmp_path / "kraken-1"
        (source / "tests").mkdir(parents=True)
        for name in (*KEPT, "other.xsd"):
            (source / "tests" / name).write_text(name, encoding="utf-8")
        with tarfile.open(Path(words[-3]) / "kraken-1.tar.gz", "w:gz") as archive:
            archive.add(source, "kraken-1")

    monkeypatch.setattr(subprocess, "run", pip)
    folder = tmp_path / "cache" / "alto"
    fetch(folder)
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()} == {
        name: name for name in KEPT
    }
    assert "--hash=sha256:" in asked[0]
    fetch(folder)
    assert len(asked) == 1


def test_the_cache_may_be_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INKWATCH_CACHE", "/somewhere")
    assert fetch_alto_schema.schema_dir() == Path("/somewhere/alto")
