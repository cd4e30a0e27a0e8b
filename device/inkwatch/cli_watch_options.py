"""The options of `inkwatch watch`."""

import argparse

from inkwatch import cli_words
from inkwatch.cli_options import add_config_file
from inkwatch.engine import ENGINES

ONCE_TIMEOUT_S = 30.0


def add_watch_options(parser: argparse.ArgumentParser) -> None:
    """Add what `inkwatch watch` takes. All but `--once` and `--timeout` is in the config too."""
    add_config_file(parser)
    parser.add_argument(
        "--source",
        metavar="SOURCE",
        help="auto, picamera2, v4l2, a device such as /dev/video2, a picture, a folder, a video, "
        "or sample for the video that ships",
    )
    parser.add_argument(
        "--else",
        dest="instead",
        metavar="SOURCE",
        help="watch this where the source auto finds no camera",
    )
    parser.add_argument(
        "--once", action="store_true", help="end after the first page, with 13 where none came"
    )
    parser.add_argument(
        "--timeout",
        type=cli_words.seconds,
        metavar="SECONDS",
        help=f"end after so long (--once: {ONCE_TIMEOUT_S:g})",
    )
    parser.add_argument(
        "--format", choices=("text", "json", "none"), help="json: one object a line for each event"
    )
    parser.add_argument(
        "--region",
        type=cli_words.part_of_view,
        metavar="L,T,W,H",
        help="watch only this part of the view: left, top, width, height in percent",
    )
    parser.add_argument(
        "--rotate",
        type=cli_words.turns,
        default=argparse.SUPPRESS,
        metavar="DEGREES",
        help="turn the view clockwise by 0, 90, 180 or 270 before it is read; auto finds out",
    )
    parser.add_argument(
        "--min-confidence",
        type=cli_words.share,
        metavar="SHARE",
        help="tell words that are read less surely than this in `raw` only",
    )
    for option, metavar, what in (
        ("--model", "BUNDLE", "a bundle's name, or its folder, with a slash in it"),
        ("--lines-model", "BUNDLE", "the bundle that reads whole lines"),
        ("--language", "NAME", "a lexicon's name or file; none knows no words"),
        ("--pattern", "PATTERN", "what every word looks like: see inkwatch read --help"),
        ("--words", "FILE", "words of your own beside the language's"),
    ):
        # A default would hide what was given before the command's name.
        parser.add_argument(option, default=argparse.SUPPRESS, metavar=metavar, help=what)
    parser.add_argument(
        "--engine",
        choices=ENGINES,
        default=argparse.SUPPRESS,
        help="read single characters, whole lines, or each line by what suits it",
    )
