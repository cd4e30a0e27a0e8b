"""Reads many pictures with Inkwatch, in as many processes as are wanted."""

import multiprocessing
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from inkwatch import Reader
from inkwatch.engine import Engine
from inkwatch.errors import InputError
from inkwatch.reading import DEFAULT_LANGUAGE, Box
from tools.bench.page_set import Image
from tools.bench.told_words import ToldWord


@dataclass(frozen=True)
class Job:
    """A picture to be read, and how: see `Reader`."""

    picture: Path
    bundle: str | None = None
    language: str | None = DEFAULT_LANGUAGE
    pattern: str | None = None
    engine: Engine = "auto"
    lines_bundle: str | None = None


@dataclass(frozen=True)
class Told:
    """What was read in a picture: its lines, its words in reading order, and characters' boxes."""

    lines: tuple[str, ...]
    words: tuple[ToldWord, ...]
    boxes: tuple[Box, ...]

    @property
    def text(self) -> str:
        """The lines, joined."""
        return "\n".join(self.lines)


def read_pages(jobs: Sequence[Job], processes: int = 1) -> list[Told]:
    """Read pictures.

    Args:
        jobs: what to read.
        processes: with 1, everything is done in this one.

    Raises:
        InputError: a picture cannot be opened.
    """
    if processes == 1:
        return [_read(job) for job in jobs]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        processes, context, initializer=cv2.setNumThreads, initargs=(1,)
    ) as pool:
        return list(pool.map(_read, jobs))


def load_picture(path: Path) -> Image:
    """Open a picture in colour, `(H, W, 3)` uint8.

    Raises:
        InputError: it is missing or none.
    """
    image = cv2.imread(str(path))
    if image is None:
        raise InputError(f"{path} is missing or no picture.")
    return np.asarray(image, np.uint8)


def _read(job: Job) -> Told:
    # All of a job but its picture makes the reader.
    reading = _reader(replace(job, picture=Path())).read(load_picture(job.picture))
    return Told(
        lines=tuple(line.text for line in reading.lines),
        words=tuple(
            ToldWord(word.text, word.confidence) for line in reading.lines for word in line.words
        ),
        boxes=tuple(glyph.box for glyph in reading.glyphs),
    )


@lru_cache(maxsize=16)
def _reader(job: Job) -> Reader:
    return Reader(
        job.bundle,
        language=job.language,
        pattern=job.pattern,
        engine=job.engine,
        lines_bundle=job.lines_bundle,
    )
