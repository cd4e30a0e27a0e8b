"""Small files in the forms of the real ones, and a web server that can misbehave."""

import gzip
import http.server
import io
import os
import re
import struct
import threading
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

# Read at once: tests of the environment change the variable.
_DATA = os.environ.get("INKWATCH_DATA")

WriteIdx = Callable[[Path, npt.NDArray[np.uint8]], Path]


@pytest.fixture
def write_idx() -> WriteIdx:
    """Write an array as an IDX file of bytes, gzipped where the name ends in .gz."""

    def write(path: Path, values: npt.NDArray[np.uint8]) -> Path:
        head = bytes([0, 0, 8, values.ndim]) + struct.pack(f">{values.ndim}I", *values.shape)
        content = head + values.tobytes()
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
        return path

    return write


@pytest.fixture
def data_folder() -> Path:
    """The real data; the test is skipped where there is none."""
    if not _DATA:
        pytest.skip("INKWATCH_DATA names no data folder")
    return Path(_DATA)


@pytest.fixture
def emnist_zip(tmp_path: Path, write_idx: WriteIdx) -> bytes:
    """EMNIST's archive in small: the digits, 6 for training and 2 for testing."""
    work = tmp_path / "make"
    work.mkdir()
    rng = np.random.default_rng(7)
    for part, count in (("train", 6), ("test", 2)):
        stem = f"emnist-digits-{part}"
        pictures = rng.integers(0, 256, (count, 28, 28), np.uint8)
        write_idx(work / f"{stem}-images-idx3-ubyte.gz", pictures)
        labels = np.arange(count, dtype=np.uint8)
        write_idx(work / f"{stem}-labels-idx1-ubyte.gz", labels)
    (work / "emnist-digits-mapping.txt").write_text(
        "".join(f"{digit} {48 + digit}\n" for digit in range(10))
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("gzip/", "")
        for path in sorted(work.iterdir()):
            archive.write(path, f"gzip/{path.name}")
        archive.writestr("__MACOSX/gzip/._emnist-digits-mapping.txt", b"junk")
    return buffer.getvalue()


@dataclass
class WebServer:
    """One file on 127.0.0.1, and the faults that it is to have."""

    content: bytes = b""
    etag: str = '"first"'
    last_modified: str = ""
    ranges: bool = True
    announce_length: bool = True
    cuts: list[int] = field(default_factory=list)
    """For each coming answer, after how many bytes of its body the line goes dead."""
    statuses: list[int] = field(default_factory=list)
    """For each coming answer, an error status to give instead."""
    requests: list[dict[str, str]] = field(default_factory=list)
    sent_bytes: int = 0
    url: str = ""


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    """A running `WebServer`; it is stopped after the test."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    state = WebServer()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            _answer(self, state)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/gzip.zip"
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


def _answer(handler: http.server.BaseHTTPRequestHandler, state: WebServer) -> None:
    state.requests.append(dict(handler.headers.items()))
    if state.statuses:
        handler.send_error(state.statuses.pop(0))
        return
    body = state.content
    wanted = re.fullmatch(r"bytes=(\d+)-", handler.headers.get("Range", ""))
    same = handler.headers.get("If-Range") in (state.etag, state.last_modified)
    if state.ranges and wanted and same:
        start = int(wanted[1])
        if start >= len(body):
            handler.send_error(416)
            return
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        body = body[start:]
    else:
        handler.send_response(200)
    if state.announce_length:
        handler.send_header("Content-Length", str(len(body)))
    if state.etag:
        handler.send_header("ETag", state.etag)
    if state.last_modified:
        handler.send_header("Last-Modified", state.last_modified)
    handler.end_headers()
    body = body[: state.cuts.pop(0)] if state.cuts else body
    # Counted first: a client that has read the last byte may look before this thread goes on.
    state.sent_bytes += len(body)
    handler.wfile.write(body)


@dataclass(frozen=True)
class Tiny:
    """A recipe that trains in seconds, and all that `fit` wants besides."""

    text: str
    recipe: Any
    banks: Any
    validation: Any
    labels: Any


@pytest.fixture(scope="session")
def tiny() -> Tiny:
    """Seven characters of OpenCV's fonts and a network that hardly learns them."""
    import msgspec

    from inkwatch_train.labels import Labels
    from inkwatch_train.mixture import gather
    from inkwatch_train.recipe import Recipe
    from inkwatch_train.sources import open_sources

    text = """
        name = "tiny"
        alphabet = "abAB12$"
        data = [{source = "hershey"}]
        [network]
        stages = [[4], [4], [4]]
        dense = 8
        dropout = 0.1
        [schedule]
        epochs = 4
        batches_per_epoch = 6
        batch_size = 24
        learning_rate = 0.01
    """
    recipe = msgspec.toml.decode(text, type=Recipe)
    labels = Labels(recipe.alphabet)
    banks, validation = gather(recipe, open_sources(recipe), labels)
    return Tiny(text, recipe, banks, validation, labels)


@pytest.fixture(scope="session")
def tiny_run(tiny: Tiny, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tiny recipe's finished training, with its report. Read only."""
    pytest.importorskip("tensorflow", reason="needs pip install 'inkwatch[train]'")
    from inkwatch_train.cli import main

    folder = tmp_path_factory.mktemp("runs")
    (folder / "tiny.toml").write_text(tiny.text)
    run = folder / "tiny"
    assert main(["fit", str(folder / "tiny.toml"), "--run", str(run)]) == 0
    return run
