"""`inkwatch-train data`: show what there is, fetch what is missing, take in one's own."""

import argparse
import re
import sys
import time
from pathlib import Path

import cv2

from inkwatch.errors import ExitCode, OutputError, UsageError
from inkwatch_train.data.catalog import FORMS, data_root, list_sources, open_source
from inkwatch_train.data.download import RemoteFile
from inkwatch_train.data.fetch import EMNIST, emnist_dir, fetch_emnist
from inkwatch_train.data.folder import FolderSource
from inkwatch_train.data.show import contact_sheet, look_at, table
from inkwatch_train.data.write_pack import write_pack


def add_data_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `data show`, `fetch` and `from-folder`; each sets `handler`, which takes the arguments.

    The handlers return an `ExitCode` and raise `InkwatchError`.
    """
    data = subparsers.add_parser("data", help="show, fetch or take in handwriting data")
    commands = data.add_subparsers(dest="data_command", required=True, metavar="COMMAND")

    show = commands.add_parser(
        "show",
        help="count samples per class and part, and draw a sheet of them",
        description="Counts samples per class and part. Without SPEC: all in the data folder.",
    )
    show.add_argument("spec", nargs="*", metavar="SPEC", help=FORMS)
    show.add_argument(
        "--data", type=Path, metavar="DIR", help="the data folder (default: $INKWATCH_DATA)"
    )
    show.add_argument("--sheet", type=Path, metavar="FILE.png", help="write a contact sheet")
    show.set_defaults(handler=run_show)

    fetch = commands.add_parser(
        "fetch",
        help="download a published data set",
        description="Downloads a data set (EMNIST: 562 MB) and checks it. A run that was cut "
        "short goes on where it ended.",
    )
    fetch.add_argument("dataset", choices=["emnist"], help="which one")
    fetch.add_argument("--to", type=Path, metavar="DIR", help=f"where to (default: {emnist_dir()})")
    fetch.add_argument("--url", help="another address of the same archive")
    fetch.add_argument(
        "--sha256",
        type=_sha256,
        metavar="HEX",
        help="what the archive must be, where it is not the official one",
    )
    fetch.set_defaults(handler=run_fetch)

    own = commands.add_parser(
        "from-folder",
        help="take pictures of your own into the data folder",
        description="Packs a folder of pictures, a folder for each character (A/, upper_A/, "
        "lower_a/, 7/ ...), into research/NAME.npz of the data folder, under which name recipes "
        "can then use it.",
    )
    own.add_argument("folder", type=Path, help="the folder with a folder for each character")
    own.add_argument("--name", help="what the set is called (default: the folder's name)")
    own.add_argument(
        "--data", type=Path, metavar="DIR", help="the data folder (default: $INKWATCH_DATA)"
    )
    own.add_argument(
        "--licence", default="the user's own", help="stated in cards (default: %(default)s)"
    )
    own.set_defaults(handler=run_from_folder)


def run_show(args: argparse.Namespace) -> ExitCode:
    """Print a table for each source; write the sheet if one is asked for.

    Raises:
        DataError: a source is not there or cannot be read.
        OutputError: the sheet cannot be written.
    """
    if args.spec:
        root = data_root(args.data) if args.data is not None else None
        sources = [open_source(spec, root) for spec in args.spec]
    else:
        sources = list_sources(data_root(args.data))
    overviews = []
    for source in sources:
        overview = look_at(source)
        print(table(overview), end="\n\n", flush=True)
        overviews.append(overview)
    if args.sheet is not None:
        write_png(args.sheet, contact_sheet(overviews))
        print(f"contact sheet: {args.sheet}", file=sys.stderr)
    return ExitCode.OK


def run_fetch(args: argparse.Namespace) -> ExitCode:
    """Bring EMNIST here; print the folder that it lies in.

    Raises:
        DownloadError: it could not be had whole.
        OutputError: it could not be written.
        UsageError: the address is not one of the web.
    """
    folder = args.to if args.to is not None else emnist_dir()
    remote = RemoteFile(
        url=args.url or EMNIST.url,
        sha256=args.sha256 or EMNIST.sha256,
        size_bytes=None if args.sha256 else EMNIST.size_bytes,
    )
    progress = _Progress()
    try:
        paths = fetch_emnist(folder, remote, progress=progress)
    finally:
        progress.end()
    print(f"{len(paths)} files of EMNIST are in", file=sys.stderr)
    print(folder)
    return ExitCode.OK


def run_from_folder(args: argparse.Namespace) -> ExitCode:
    """Write the pack; print its name and counts.

    Raises:
        DataError: the folder is not as it should be, or no data folder is named.
        UsageError: the name has other signs than letters, digits, '-' and '_', or is taken.
        OutputError: the pack cannot be written.
    """
    source = FolderSource(args.folder)
    name = args.name or source.name
    if not re.fullmatch(r"[A-Za-z0-9_-]+", name):
        raise UsageError(
            f"'{name}' cannot name a data set: use letters, digits, '-' and '_' in --name."
        )
    root = data_root(args.data)
    if name in {known.name for known in list_sources(root, may_be_empty=True)}:
        raise UsageError(
            f"{root} has a data set '{name}' already. Choose another name with --name, or remove "
            "that one."
        )
    to = root / source.terms / f"{name}.npz"
    written = write_pack(
        to, source.samples(), licence=args.licence, source=f"pictures in {source.name}"
    )
    print(table(look_at(open_source(name, root))))
    print(f"{written} pictures are in {to}; recipes call them '{name}'.", file=sys.stderr)
    return ExitCode.OK


class _Progress:
    """A line on stderr: kept up to date on a terminal, now and then in a log."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._pause_s = 0.2 if self._terminal else 10.0
        self._next_s = 0.0
        self._open_line = False

    def __call__(self, here: int, whole: int) -> None:
        now_s = time.monotonic()
        if now_s < self._next_s and here < whole:
            return
        self._next_s = now_s + self._pause_s
        percent = 100 * here // max(whole, 1)
        text = f"{here / 1e6:.1f} of {whole / 1e6:.1f} MB ({percent} %)"
        print(f"\r{text}" if self._terminal else text, file=sys.stderr, flush=True,
              end="" if self._terminal else "\n")  # fmt: skip
        self._open_line = self._terminal

    def end(self) -> None:
        """Leave the line, so that what follows stands on its own."""
        if self._open_line:
            print(file=sys.stderr)
            self._open_line = False


def _sha256(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text):
        raise argparse.ArgumentTypeError("a SHA-256 has 64 hexadecimal digits")
    return text.lower()


def write_png(path: Path, image: cv2.typing.MatLike) -> None:
    """Write a picture as PNG, whatever its name ends in; folders are made.

    Raises:
        OutputError: it cannot be written.
    """
    _, encoded = cv2.imencode(".png", image)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded.tobytes())
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error}. Name another file.") from error
