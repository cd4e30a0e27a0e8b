"""Other readers on the same pages in the same run: Tesseract and RapidOCR, where installed.

`make bench-peers` installs them. Tesseract (Smith 2007, doi:10.1109/ICDAR.2007.4376991) runs as a
program of its own for each page, RapidOCR with PP-OCR's models in one process; both on one core.
"""

import json
import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from inkwatch.errors import MissingPackageError

PEERS_PYTHON = Path(__file__).parents[2] / ".venv-peers" / "bin" / "python"
"""Python of the environment that RapidOCR is installed in."""

PAGE_MODES = ("3", "4", "6")
"""Tesseract's ways to look at a page: automatic, one column, one block."""

_TIMEOUT_S = 1800


@dataclass(frozen=True)
class PeerPage:
    """What a peer read in one picture, and how long it took."""

    text: str
    seconds: float


def tesseract_version() -> str | None:
    """Tesseract's version, or None where it is not installed."""
    program = shutil.which("tesseract")
    if program is None:
        return None
    told = _run([program, "--version"]).stdout or "unknown"
    return told.split("\n")[0].removeprefix("tesseract ")


def rapidocr_version() -> str | None:
    """RapidOCR's version, or None where it is not installed."""
    if not PEERS_PYTHON.is_file():
        return None
    code = "from importlib.metadata import version; print(version('rapidocr'))"
    done = _run([str(PEERS_PYTHON), "-c", code])
    return done.stdout.strip() if done.returncode == 0 else None


def read_with_tesseract(pictures: Sequence[Path], mode: str) -> list[PeerPage]:
    """Read pictures with Tesseract, each in a process of its own.

    Args:
        pictures: what to read.
        mode: one of `PAGE_MODES`.

    Raises:
        MissingPackageError: Tesseract is not installed, or fails.
    """
    return [_tesseract(path, mode) for path in pictures]


def read_with_rapidocr(pictures: Sequence[Path]) -> list[PeerPage]:
    """Read pictures with RapidOCR, all in one process; opening its models is not timed.

    Raises:
        MissingPackageError: RapidOCR is not installed, or fails.
    """
    if not pictures:
        return []
    # The first page warms up, and is read once more.
    paths = [pictures[0], *pictures]
    script = Path(__file__).with_name("peer_rapidocr.py")
    done = _run([str(PEERS_PYTHON), str(script)], "".join(f"{path}\n" for path in paths))
    lines = done.stdout.splitlines()
    if done.returncode != 0 or len(lines) != len(paths):
        raise MissingPackageError(
            f"RapidOCR failed: {done.stderr.strip()[-300:]} Install it again: make bench-peers"
        )
    return [PeerPage(**json.loads(line)) for line in lines[1:]]


def _tesseract(path: Path, mode: str) -> PeerPage:
    start = time.perf_counter()
    done = _run([shutil.which("tesseract") or "tesseract", str(path), "stdout", "--psm", mode])
    seconds = time.perf_counter() - start
    if done.returncode != 0:
        raise MissingPackageError(
            f"Tesseract failed on {path}: {done.stderr.strip()[-300:]} "
            "Install it: sudo apt install tesseract-ocr"
        )
    return PeerPage(done.stdout, seconds)


def _run(command: list[str], text: str = "") -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - a peer, with paths of our own
            command,
            input=text,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=_TIMEOUT_S,
            env=os.environ | {"OMP_THREAD_LIMIT": "1", "OMP_NUM_THREADS": "1"},
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MissingPackageError(
            f"{command[0]} does not run: {error}. Install it again: make bench-peers"
        ) from error
