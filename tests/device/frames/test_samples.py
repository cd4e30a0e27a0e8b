from pathlib import Path

import cv2
import numpy as np
import pytest

from inkwatch.errors import InputError
from inkwatch.frames import samples
from inkwatch.frames.samples import SampleSource, sample_pages


def test_pages_are_pictures_with_a_text_beside_them(tmp_path: Path) -> None:
    for name in ("page10", "page2", "no-text"):
        cv2.imwrite(str(tmp_path / f"{name}.jpg"), np.full((20, 30, 3), 230, np.uint8))
    for name in ("page10", "page2", "no-picture"):
        (tmp_path / f"{name}.txt").write_text(f"{name} é\nsecond\n", encoding="utf-8")
    pages = sample_pages(tmp_path)
    assert [page.name for page in pages] == ["page2.jpg", "page10.jpg"]
    assert pages[0].text == "page2 é\nsecond"
    assert pages[0].image().shape == (20, 30, 3)


def test_an_installation_without_pages_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert sample_pages(tmp_path / "none") == []
    monkeypatch.setattr(samples, "sample_pages", list)
    with pytest.raises(InputError, match="Install inkwatch again"):
        list(SampleSource().frames())


def test_the_shipped_pages_open_and_have_text() -> None:
    pages = sample_pages()
    if not pages:
        pytest.skip("no sample pages are installed yet")
    frames = list(SampleSource().frames())
    assert [frame.source for frame in frames] == [page.name for page in pages]
    assert all(min(frame.image.shape[:2]) > 100 for frame in frames)
    assert all(page.text.strip() for page in pages)
