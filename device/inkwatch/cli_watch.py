"""`inkwatch watch`: looks through a camera, reads what comes to rest, and tells it."""

import argparse
import logging
import time
from collections.abc import Callable
from dataclasses import astuple, dataclass
from importlib import resources
from typing import TYPE_CHECKING

from inkwatch.cli_console import Console
from inkwatch.cli_log import start_log, under_systemd
from inkwatch.cli_watch_options import ONCE_TIMEOUT_S
from inkwatch.errors import ExitCode, OutputError, UsageError
from inkwatch.page_reader import MakeReader

if TYPE_CHECKING:
    from inkwatch.camera.eyes import Eyes
    from inkwatch.config.model import Config

_LOG = logging.getLogger("inkwatch")

_CAMERA_WAIT_S = 10.0


def run_watch(args: argparse.Namespace, console: Console, make_reader: MakeReader) -> ExitCode:
    """Watch until it is told to end.

    Raises:
        ConfigError: the config is wrong.
        OutputError: with --once, a page cannot be written.
        UsageError: --else stands beside another --source than auto.
        InkwatchError: what opening the parts raises.
    """
    from inkwatch.cli_blame import blame
    from inkwatch.config.load import load
    from inkwatch.daemon.daemon import run_daemon
    from inkwatch.daemon.opening import Opener
    from inkwatch.daemon.reloading import Reloading
    from inkwatch.daemon.running import Ending, Parts

    start_log()

    loaded = load(args.config)

    def load_config() -> "Config":
        nonlocal loaded
        loaded = load(args.config)
        return with_options(loaded.config, args)

    config = with_options(loaded.config, args)
    lost: list[OutputError] = []
    write = _writer(console)
    opener = Opener(
        make_reader,
        _keeping(write, lost) if args.once else write,
        blame=lambda config, error: blame(error, config, loaded, args),
    )
    if args.instead is not None:
        if args.source not in (None, "auto"):
            raise UsageError(f"--else goes with --source auto, not {args.source}. Leave one out.")
        opener.open_eyes = _Instead(source_path(args.instead))

    def open_parts() -> Parts:
        parts = opener.parts(config)
        parts.reload = Reloading(load_config, opener, config)
        return parts

    timeout_s = args.timeout
    if timeout_s is None and args.once:
        timeout_s = ONCE_TIMEOUT_S
    code = run_daemon(open_parts, Ending(args.once, timeout_s))
    # A daemon goes on without its stdout; a script that asked for one page must know.
    if lost:
        raise lost[0]
    return code


def with_options(config: "Config", args: argparse.Namespace) -> "Config":
    """The config with what the command line says over it."""
    from msgspec.structs import replace

    source = config.camera.source if args.source is None else args.source
    reading = {
        "model": args.model,
        "engine": args.engine,
        "lines_model": args.lines_model,
        "language": args.language,
        "pattern": args.pattern,
        "words_file": args.words,
        "region": None if args.region is None else astuple(args.region),
        "min_confidence": args.min_confidence,
    }
    given = {name: value for name, value in reading.items() if value is not None}
    if hasattr(args, "rotate"):
        given["rotation"] = "auto" if args.rotate is None else args.rotate * 90
    shown = {} if args.format is None else {"format": args.format}
    return replace(
        config,
        camera=replace(config.camera, source=source_path(source)),
        reading=replace(config.reading, **given),
        console=replace(config.console, **shown),
    )


def source_path(source: str) -> str:
    """A source as the config has it; `sample` is the video that ships."""
    from inkwatch.config.model import SAMPLE

    return str(resources.files("inkwatch") / "samples/desk.mp4") if source == SAMPLE else source


@dataclass(slots=True)
class _Instead:
    """Opens the camera, and another source where `auto` finds none."""

    source: str

    def __call__(self, config: "Config") -> "Eyes":
        from msgspec.structs import replace

        from inkwatch.camera.faults import FaultKind
        from inkwatch.camera.status import CameraState
        from inkwatch.daemon.opening import keep_camera

        eyes = keep_camera(config)
        if config.camera.source != "auto":
            # A camera or a path that is named in the config and missing is to be told.
            return eyes
        deadline_s = time.monotonic() + _CAMERA_WAIT_S
        while eyes.status().state is CameraState.STARTING and time.monotonic() < deadline_s:
            eyes.newest(0.2)
        status = eyes.status()
        if status.state is not CameraState.FAILED or status.kind is not FaultKind.NO_CAMERA:
            return eyes
        eyes.close()
        _LOG.info("Here is %s instead.", self.source)
        return keep_camera(replace(config, camera=replace(config.camera, source=self.source)))


def _keeping(write: Callable[[str], None], lost: list[OutputError]) -> Callable[[str], None]:
    """Write, and keep the first fault for the end, which tells it: no teller is to tell it too."""

    def keeping(text: str) -> None:
        try:
            write(text)
        except OutputError as error:
            lost.append(error)
            del lost[1:]

    return keeping


def _writer(console: Console) -> Callable[[str], None]:
    """Write to stdout; the journal going away for a moment is no reader who has enough."""
    if not under_systemd():
        return console.data

    def write(text: str) -> None:
        try:
            console.data(text)
        except BrokenPipeError as error:
            raise OutputError("The journal does not take readings now.") from error

    return write
