"""The options of single commands beside those that every command has."""

import argparse

from inkwatch import cli_words


def add_paths(parser: argparse.ArgumentParser) -> None:
    """Let a command take pictures."""
    parser.add_argument(
        "paths",
        nargs="+",
        type=cli_words.path,
        metavar="PATH",
        help="a picture, a folder of pictures, a video, a quoted pattern such as 'scans/*.png', "
        "or - for a picture on standard input",
    )


def add_read_options(parser: argparse.ArgumentParser) -> None:
    """Add what says which part of a picture is read, how, and where the result goes."""
    add_paths(parser)
    parser.add_argument(
        "--format",
        choices=("text", "json", "tsv", "hocr", "alto"),
        default="text",
        help="text: each line's text (the default); json: one object a page, a line each; "
        "tsv: one row a word; hocr, alto: one HTML or XML document for all pages",
    )
    parser.add_argument(
        "--confidence", action="store_true", help="text: put each line's confidence before it"
    )
    parser.add_argument(
        "--min-confidence",
        type=cli_words.share,
        default=0.0,
        metavar="SHARE",
        help="leave out words that are read less surely than this, such as 50%%; the forms other "
        "than text and tsv tell where they were",
    )
    parser.add_argument(
        "--region",
        type=cli_words.region,
        metavar="L,T,W,H",
        help="read only this part of each picture: left, top, width, height in pixels, or all in "
        "percent",
    )
    parser.add_argument(
        "--rotate",
        type=cli_words.turns,
        default=None,
        metavar="DEGREES",
        help="turn each picture clockwise by 0, 90, 180 or 270 before it is read; auto (the "
        "default) finds out",
    )
    parser.add_argument(
        "--debug",
        type=cli_words.folder,
        metavar="DIR",
        help="also write pictures of each page at every stage of its reading to DIR",
    )
    parser.add_argument(
        "--every",
        type=cli_words.seconds,
        default=1.0,
        metavar="SECONDS",
        help="of a video, read a frame every so many seconds (default 1)",
    )
    parser.add_argument(
        "--to",
        type=cli_words.folder,
        metavar="DIR",
        help="write one result for each picture to DIR in the place of standard output; given "
        "again, pictures whose result stands there are passed over",
    )
    parser.add_argument(
        "--again", action="store_true", help="with --to: read also the pictures with a result"
    )
    parser.add_argument(
        "--jobs",
        type=cli_words.count,
        metavar="N",
        help="read N pictures at once (default: as many as cores and memory allow)",
    )


def add_config_file(parser: argparse.ArgumentParser) -> None:
    """Let a command take another config file than the usual one."""
    parser.add_argument(
        "--config",
        type=cli_words.file,
        metavar="FILE",
        help="the settings' file; else the one that INKWATCH_CONFIG names, else "
        "/etc/inkwatch/config.toml where it is there",
    )


def add_mqtt_actions(parser: argparse.ArgumentParser) -> None:
    """Add what `inkwatch mqtt` can do."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what in (
        ("test", "send a test message to the broker, and say what came of it"),
        ("forget", "remove all that the broker and Home Assistant keep of this device"),
    ):
        action = actions.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
        action.set_defaults(parser=action)
        add_config_file(action)


def add_config_actions(parser: argparse.ArgumentParser) -> None:
    """Add what `inkwatch config` can do."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    for name, what in (
        ("check", "say whether all settings are right, and every fault"),
        ("show", "show what holds, and where each value comes from"),
        ("default", "print a file with every setting at its default, to edit"),
    ):
        action = actions.add_parser(name, help=what, description=f"{what[0].upper()}{what[1:]}.")
        action.set_defaults(parser=action)
        if name != "default":
            add_config_file(action)
            action.add_argument(
                "file",
                nargs="?",
                type=cli_words.file,
                metavar="FILE",
                help="the same as --config FILE",
            )
