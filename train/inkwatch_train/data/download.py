"""Fetching one large file over HTTP so that a bad link costs patience and nothing else.

What has arrived lies in `NAME.part`, with `NAME.part.json` beside it saying which version of the
file it belongs to; a later run goes on from there. A file of the wanted name is always whole and
checked.
"""

import contextlib
import fcntl
import hashlib
import http.client
import os
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from inkwatch.errors import DownloadError, OutputError, UsageError
from inkwatch_train.data.part import Part

Progress = Callable[[int, int], None]
"""Called with the bytes that are here and the bytes of the whole file."""

_BLOCK_BYTES = 1 << 18
_PASSING_STATUS = {408, 425, 429, 500, 502, 503, 504}


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A file on a server, with what it must turn out to be."""

    url: str
    sha256: str
    size_bytes: int | None = None
    """None where unknown: then the server's word is taken, and the checksum decides."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to keep trying.

    `failures` tries in a row may bring nothing new before it gives up; the pause before the
    next try starts at `pause_s` and doubles. `timeout_s` is how long the server may be silent.
    """

    failures: int = 5
    pause_s: float = 1.0
    timeout_s: float = 30.0


class _PassingError(Exception):
    """A fault that may be gone at the next try."""


def download(
    remote: RemoteFile,
    to: Path,
    *,
    progress: Progress = lambda here, whole: None,
    patience: Patience = Patience(),
    sleep: Callable[[float], None] = time.sleep,
) -> Path:
    """Fetch a file, going on from what an earlier run left.

    Args:
        remote: what to fetch. A changed file (by its ETag or date) is fetched from its start.
        to: where the whole, checked file goes; its folder is made. A file that is there already
            is checked and kept.
        progress: told after every block.
        patience: when to give up.
        sleep: how to wait, in seconds.

    Returns:
        `to`.

    Raises:
        DownloadError: the transfer failed (what has arrived is kept), or the file is not the
            one expected (it is moved aside as `NAME.bad`).
        OutputError: the file cannot be written.
        UsageError: the URL is neither http nor https.
    """
    if not remote.url.startswith(("http://", "https://")):
        raise UsageError(f"'{remote.url}' is no web address. Give one that starts with https://")
    with _writing(to), _alone(to):
        if not to.is_file():
            part = Part(to)
            _fetch_all(remote, part, progress, patience, sleep)
            part.path.replace(to)
            part.note.unlink(missing_ok=True)
        found = file_sha256(to)
        if found != remote.sha256.lower():
            raise DownloadError(
                f"{to} is not the file expected: its SHA-256 is {found}, not "
                f"{remote.sha256.lower()}. It now lies in {set_aside(to)}. Run the command again; "
                "if it stays so, the server gives another file: look for another --url."
            )
    return to


def set_aside(path: Path) -> Path:
    """Move a bad file out of the way, as `NAME.bad`, and return where it is now."""
    bad = path.with_name(path.name + ".bad")
    path.replace(bad)
    return bad


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _fetch_all(
    remote: RemoteFile,
    part: Part,
    progress: Progress,
    patience: Patience,
    sleep: Callable[[float], None],
) -> None:
    failures = 0
    best = part.size
    while True:
        try:
            _fetch_once(remote, part, progress, patience.timeout_s)
        except _PassingError as error:
            # A server that cannot resume would otherwise be asked for the same start for ever.
            failures = 0 if part.size > best else failures + 1
            best = max(best, part.size)
            if failures >= patience.failures:
                raise DownloadError(
                    f"{remote.url}: {error}. {part.size} bytes are in {part.path}: run it again "
                    "to go on."
                ) from error
            sleep(patience.pause_s * 2 ** max(0, failures - 1))
        else:
            return


def _fetch_once(remote: RemoteFile, part: Part, progress: Progress, timeout_s: float) -> None:
    """Ask for what is missing, once.

    Raises:
        _PassingError: it may work the next time.
        DownloadError: it will not.
    """
    validator, noted_size = part.read_note(remote.url)
    here = part.size if validator else 0
    if here and here == noted_size:
        return
    headers = {"User-Agent": "inkwatch-train", "Accept-Encoding": "identity"}
    if here:
        # If-Range: the server sends the rest of the same file, or the whole of a changed one.
        headers |= {"Range": f"bytes={here}-", "If-Range": validator}
    request = urllib.request.Request(remote.url, headers=headers)  # noqa: S310 - checked above
    with _telling(remote.url):
        try:
            answer = urllib.request.urlopen(request, timeout=timeout_s)  # noqa: S310
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 416 and here:
                part.restart(remote.url)
                raise _PassingError("the part that is here does not fit the file") from error
            if error.code in _PASSING_STATUS:
                raise _PassingError(f"the server answered {error.code} {error.reason}") from error
            raise DownloadError(
                f"{remote.url}: the server answered {error.code} {error.reason}. Check the "
                "address, or name another with --url."
            ) from error
    with answer:
        goes_on = answer.status == 206
        whole = _whole_size(answer, here) if goes_on else _announced(answer)
        # Before anything is thrown away: a login page of some network must not cost the part.
        if whole is not None and remote.size_bytes not in (None, whole):
            raise DownloadError(
                f"{remote.url} offers {whole} bytes where {remote.size_bytes} are expected: it is "
                "another file. Name another address with --url."
            )
        if not goes_on:
            here = 0
            part.restart(remote.url, _validator(answer), whole)
        limit = whole if whole is not None else remote.size_bytes
        with part.path.open("ab") as file:
            pour = _Pour(remote.url, limit, progress)
            here = pour.run(answer, file, here)
    if limit is not None and here < limit:
        raise _PassingError(f"the transfer ended after {here} of {limit} bytes")


@dataclass(frozen=True, slots=True)
class _Pour:
    url: str
    limit: int | None
    progress: Progress

    def run(self, answer: http.client.HTTPResponse, file: BinaryIO, here: int) -> int:
        """Write what comes to the end of `file`; return how many bytes are then there."""
        while True:
            with _telling(self.url):
                block = answer.read(_BLOCK_BYTES)
            if not block:
                return here
            here += len(block)
            if self.limit is not None and here > self.limit:
                raise DownloadError(f"{self.url} sends more than the {self.limit} bytes announced.")
            file.write(block)
            self.progress(here, self.limit or here)


def _whole_size(answer: http.client.HTTPResponse, here: int) -> int:
    """Size of the whole file that the answer goes on with from `here`."""
    content_range = answer.headers.get("Content-Range", "")
    span, _, whole = content_range.removeprefix("bytes ").partition("/")
    if here and span.partition("-")[0] == str(here) and whole.isdigit():
        return int(whole)
    raise _PassingError(f"the server sent another part than asked for ({content_range})")


def _announced(answer: http.client.HTTPResponse) -> int | None:
    length = answer.headers.get("Content-Length", "")
    return int(length) if length.isdigit() else None


def _validator(answer: http.client.HTTPResponse) -> str:
    """What If-Range may name: a strong ETag, else the date; '' where there is neither."""
    etag = answer.headers.get("ETag", "")
    if etag.startswith('"'):
        return etag
    return answer.headers.get("Last-Modified", "")


@contextlib.contextmanager
def _telling(url: str) -> Iterator[None]:
    """Part the network's passing faults from those that stay."""
    try:
        yield
    except urllib.error.HTTPError:
        raise
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        if isinstance(reason, ssl.SSLCertVerificationError):
            raise DownloadError(
                f"{url}: the server's certificate does not hold ({reason.verify_message}). Check "
                "this machine's clock and its ca-certificates package."
            ) from error
        raise _PassingError(f"the connection failed ({reason or type(error).__name__})") from error


@contextlib.contextmanager
def _writing(to: Path) -> Iterator[None]:
    """Tell faults of the disk; those of the network have been told by then."""
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise OutputError(
            f"{to} cannot be written: {error}. Make room, or name another folder with --to."
        ) from error


@contextlib.contextmanager
def _alone(to: Path) -> Iterator[None]:
    """Keep a second run from writing the same part, by a lock on the folder."""
    folder = os.open(to.parent, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise DownloadError(f"{to} is being fetched by another run. Wait for it.") from error
        yield
    finally:
        os.close(folder)
