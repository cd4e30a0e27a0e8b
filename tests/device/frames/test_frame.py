"""Every source must fit the one interface; mypy checks it here."""

from pathlib import Path

import numpy as np
import pytest

from inkwatch.frames.fake import FakeSource
from inkwatch.frames.files import FileSource, FolderSource
from inkwatch.frames.frame import FrameSource
from inkwatch.frames.samples import SampleSource
from inkwatch.frames.stdin import StdinSource
from inkwatch.frames.video import VideoSource

SOURCES: list[FrameSource] = [
    FakeSource([np.zeros((1, 1), np.uint8)]),
    FileSource(Path("none.png")),
    FolderSource(Path("none")),
    SampleSource(),
    StdinSource(),
    VideoSource(Path("none.mp4")),
]


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: type(source).__name__)
def test_making_a_source_opens_nothing(source: FrameSource) -> None:
    assert iter(source.frames())  # a generator: nothing runs before the first frame is asked for
