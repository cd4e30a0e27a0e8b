"""EMNIST's official archive: where it is, what it must be, and how it is taken apart."""

import json
import os
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inkwatch.errors import DownloadError, OutputError
from inkwatch_train.data.download import Progress, RemoteFile, download, set_aside
from inkwatch_train.data.emnist import EMNIST_SPLITS

# NIST publishes no checksum. Size and SHA-256 are those that TensorFlow Datasets pins for this
# archive (tensorflow_datasets/url_checksums/emnist.txt); torchvision pins its MD5,
# 58c8d27c78d21e728a6bc7b3cc06412e (torchvision/datasets/mnist.py).
EMNIST = RemoteFile(
    url="https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip",
    sha256="fb9bb67e33772a9cc0b895e4ecf36d2cf35be8b709693c3564cea2a019fcda8e",
    size_bytes=561_753_746,
)

_ARCHIVE = "gzip.zip"
_MANIFEST = "fetched.json"
_WANTED = re.compile(
    rf"emnist-(?:{'|'.join(EMNIST_SPLITS)})-"
    r"(?:(?:train|test)-(?:images-idx3|labels-idx1)-ubyte\.gz|mapping\.txt)"
)
# The largest member of the real archive, byclass' training pictures, has under 200 MB.
_MAX_MEMBER_BYTES = 1 << 29
_MAX_ALL_BYTES = 1 << 30
_MAX_MEMBERS = 1000
_BLOCK_BYTES = 1 << 20


def emnist_dir() -> Path:
    """Where EMNIST is kept: `$INKWATCH_CACHE/emnist`, or `~/.cache/inkwatch/emnist`."""
    cache = os.environ.get("INKWATCH_CACHE")
    return (Path(cache) if cache else Path.home() / ".cache" / "inkwatch") / "emnist"


def fetch_emnist(
    folder: Path,
    remote: RemoteFile = EMNIST,
    *,
    progress: Progress = lambda here, whole: None,
    fetch: Callable[..., Path] = download,
) -> list[Path]:
    """Bring EMNIST's files to a folder; those that are there already are not fetched again.

    Args:
        folder: where `emnist-*.gz` and the mapping files go.
        remote: the archive.
        progress: told of the download.
        fetch: what downloads; `download.download` unless more or less patience is wanted.

    Returns:
        The files, in the order of names. The archive itself is removed.

    Raises:
        DownloadError: see `download.download`; or the archive is broken, or holds other things.
        OutputError: the folder cannot be written.
    """
    done = _already(folder, remote)
    if done:
        return done
    archive = fetch(remote, folder / _ARCHIVE, progress=progress)
    try:
        paths = extract(archive, folder)
        manifest = {
            "url": remote.url,
            "sha256": remote.sha256,
            "files": {path.name: path.stat().st_size for path in paths},
        }
        (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        archive.unlink()
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written: {error}. Make room, or name another folder with --to; "
            "the archive is kept."
        ) from error
    return paths


def extract(archive: Path, folder: Path) -> list[Path]:
    """Take EMNIST's files out of its archive; nothing appears under its name until all is well.

    Args:
        archive: a ZIP with members such as `gzip/emnist-digits-train-images-idx3-ubyte.gz`;
            others are passed over.
        folder: where the files go, without their folders.

    Returns:
        The files, in the order of names.

    Raises:
        DownloadError: the archive is broken, names paths outside, is far too large, or holds
            nothing of EMNIST. It is moved aside.
        OSError: the folder cannot be written.
    """
    with tempfile.TemporaryDirectory(prefix=".unpack-", dir=folder) as work:
        try:
            with zipfile.ZipFile(archive) as opened:
                names = _extract_to(opened, Path(work))
        # zipfile tells damage in many ways: a wrong CRC, a method or flag that it does not know.
        except (
            zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
        ) as error:  # fmt: skip
            raise DownloadError(
                f"{archive} is broken: {error}. It now lies in {set_aside(archive)}. "
                "Run the command again to fetch it anew."
            ) from error
        return [Path(shutil.move(Path(work) / name, folder / name)) for name in sorted(names)]


def _extract_to(opened: zipfile.ZipFile, work: Path) -> list[str]:
    members = opened.infolist()
    if len(members) > _MAX_MEMBERS:
        raise ValueError(f"it has {len(members)} members")
    names: list[str] = []
    left = _MAX_ALL_BYTES
    for member in members:
        parts = member.filename.replace("\\", "/").split("/")
        if ".." in parts or parts[0] == "" or ":" in parts[0]:
            raise ValueError(f"it names a path outside itself, {member.filename!r}")
        name = parts[-1]
        if not _WANTED.fullmatch(name):
            continue
        if name in names:
            raise ValueError(f"it has {name} twice")
        left -= _copy(opened, member, work / name, min(left, _MAX_MEMBER_BYTES))
        names.append(name)
    if not names:
        raise ValueError("it holds no files of EMNIST")
    return names


def _copy(opened: zipfile.ZipFile, member: zipfile.ZipInfo, to: Path, limit: int) -> int:
    """Unpack one member, counting what really comes out and not what its header says."""
    written = 0
    with opened.open(member) as source, to.open("wb") as target:
        while block := source.read(_BLOCK_BYTES):
            written += len(block)
            if written > limit:
                raise ValueError(f"{member.filename} is larger than anything in EMNIST")
            target.write(block)
    return written


def _already(folder: Path, remote: RemoteFile) -> list[Path]:
    """Files that an earlier run brought from the same archive; none where one has gone."""
    try:
        manifest: Any = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        sizes = {folder / str(name): size for name, size in manifest["files"].items()}
        whole = all(path.stat().st_size == size for path, size in sizes.items())
        same = manifest["sha256"] == remote.sha256
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []
    return sorted(sizes) if whole and same else []
