"""`inkwatch-train pages`: draw pages with fonts or real characters, and show many at once."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import numpy as np

from inkwatch.errors import ExitCode, OutputError, UsageError
from inkwatch_train.cli_fonts import add_fonts_option
from inkwatch_train.data.catalog import VARIABLE, data_root, open_source
from inkwatch_train.data.sample import Split
from inkwatch_train.fonts.fetch import installed_font

if TYPE_CHECKING:
    from inkwatch_train.pages.fit import MakePen

_CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_PAPERS = ("plain", "grainy", "ruled", "squared", "dotted")
_MARKS_FONT = "patrick-hand"


def add_pages_commands(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `pages make`, `samples` and `sheet`; each sets `handler` (`add_fonts_commands`)."""
    pages = subparsers.add_parser("pages", help="draw photographed-looking pages of text")
    commands = pages.add_subparsers(dest="pages_command", required=True, metavar="COMMAND")
    _add_make(commands)

    samples = commands.add_parser(
        "samples",
        help="make the sample pages that ship again",
        description="Makes the sample pages that ship with Inkwatch again.",
    )
    samples.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write")
    add_fonts_option(samples)
    samples.set_defaults(handler=run_samples)

    sheet = commands.add_parser(
        "sheet",
        help="show many pages in one picture",
        description="Sets small copies of pictures side by side in one PNG.",
    )
    sheet.add_argument("pictures", type=Path, nargs="+", metavar="PICTURE")
    sheet.add_argument("--out", type=Path, required=True, metavar="PNG", help="where to write")
    sheet.add_argument("--columns", type=int, default=4, metavar="N", help="default: 4")
    sheet.set_defaults(handler=run_sheet)


def _add_make(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    make = commands.add_parser(
        "make",
        help="draw texts as pages",
        description="Draws each text as a page in a look that follows from the seed, and writes "
        "the picture, its text, and a JSON file with the box of every character.",
    )
    make.add_argument("--out", type=Path, required=True, metavar="DIR", help="where to write")
    what = make.add_mutually_exclusive_group(required=True)
    what.add_argument("--texts", type=Path, nargs="+", metavar="FILE", help="UTF-8 text files")
    what.add_argument("--invent", choices=["text", "codes"], help="make texts up: words, or codes")
    make.add_argument("--count", type=_whole, default=1, metavar="N",
                      help="how many pages to invent (default: 1)")  # fmt: skip
    pen = make.add_mutually_exclusive_group(required=True)
    pen.add_argument("--font", metavar="NAME", help="a name from 'fonts list'")
    pen.add_argument("--glyphs", nargs="+", metavar="SET",
                     help="data sets whose characters to write with; they lack marks, which are "
                     f"drawn in the font {_MARKS_FONT}")  # fmt: skip
    make.add_argument("--split", nargs="+", choices=get_args(Split), default=["val"],
                      help="which parts of the data sets (default: val)")  # fmt: skip
    make.add_argument("--paper", choices=_PAPERS, help="default: follows from the seed")
    make.add_argument("--flat", action="store_true", help="a flat scan, without a camera")
    make.add_argument("--seed", type=_whole, default=0, metavar="N", help="default: 0")
    make.add_argument("--data", type=Path, metavar="DIR", help=f"the data folder ({VARIABLE})")
    add_fonts_option(make)
    make.set_defaults(handler=run_make)


def run_make(args: argparse.Namespace) -> ExitCode:
    """Draw each text; print each picture's path.

    Raises:
        UsageError: a text cannot be read or does not fit, or the pen lacks a character.
        DataError: the font is not fetched, or a data set is not there.
        OutputError: the folder cannot be written.
    """
    from inkwatch_train.pages.make import make_page, random_style, with_paper, write_page

    fitted = args.texts is None
    choose_pen = _pen_chooser(args)
    for number, (name, lines) in enumerate(_texts(args)):
        # A page's look depends on the seed and its place in the list, not on the pages before it.
        look, page_seed = np.random.SeedSequence([args.seed, number]).generate_state(2)
        style = with_paper(random_style(np.random.default_rng(look)), args.paper)
        pen = choose_pen("".join(lines), np.random.default_rng(page_seed))
        page = make_page(lines, pen, style, int(page_seed), fitted=fitted, flat=args.flat)
        print(write_page(page, args.out, name), flush=True)
    return ExitCode.OK


def _texts(args: argparse.Namespace) -> list[tuple[str, list[str]]]:
    """Names and lines of the pages: of files, or made up."""
    from inkwatch_train.pages.codes import code_page
    from inkwatch_train.pages.make import read_texts
    from inkwatch_train.pages.texts import text_page

    if args.texts is not None:
        _check_names(args.texts, args.out)
        return [(path.stem, read_texts(path)) for path in args.texts]
    texts = []
    for number in range(args.count):
        rng = np.random.default_rng([args.seed, number])
        lines = list(code_page(rng).rows) if args.invent == "codes" else text_page(rng)
        texts.append((f"{args.invent}-{number:02d}", lines))
    return texts


def _check_names(texts: Sequence[Path], out: Path) -> None:
    names = [path.stem for path in texts]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(f"Two of the texts are named '{twice}': their pages would be one file.")
    for path in texts:
        if path.resolve().parent == out.resolve():
            raise UsageError(f"{path} lies in {out}, where its page's text would replace it.")


def _pen_chooser(
    args: argparse.Namespace,
) -> "Callable[[str, np.random.Generator], Path | MakePen]":
    """What gives the pen for a page, from its text and the page's own numbers."""
    from inkwatch_train.pages.hands import choose_hands, real_hands
    from inkwatch_train.pages.real_pen import real_pen_maker

    if args.font is not None:
        font = installed_font(args.font, args.fonts).path
        return lambda text, rng: font
    root = data_root(args.data)
    hands = real_hands([open_source(name, root) for name in args.glyphs], args.split, _CHARACTERS)
    marks = installed_font(_MARKS_FONT, args.fonts).path
    return lambda text, rng: real_pen_maker(choose_hands(hands, text, rng), marks, rng)


def run_samples(args: argparse.Namespace) -> ExitCode:
    """Make the shipped pages again; print each picture's path.

    Raises:
        DataError: the fonts are not fetched.
        OutputError: the folder cannot be written.
    """
    from inkwatch_train.pages.make import write_page
    from inkwatch_train.pages.samples import SAMPLE_PAGES, make_sample

    for sample in SAMPLE_PAGES:
        page = make_sample(sample, args.fonts)
        print(write_page(page, args.out, sample.name, boxes=False), flush=True)
    return ExitCode.OK


def run_sheet(args: argparse.Namespace) -> ExitCode:
    """Show pictures side by side; print where.

    Raises:
        UsageError: one is no picture.
        OutputError: the sheet cannot be written.
    """
    import cv2

    from inkwatch_train.pages.contact_sheet import contact_sheet

    pages = []
    for path in args.pictures:
        image = cv2.imread(str(path))
        if image is None:
            raise UsageError(f"{path} is missing or no picture.")
        pages.append((path.stem, np.asarray(image, np.uint8)))
    done, data = cv2.imencode(".png", contact_sheet(pages, args.columns))
    if not done:
        raise UsageError("So many pages do not fit one picture. Show fewer.")
    try:
        args.out.write_bytes(data.tobytes())
    except OSError as error:
        raise OutputError(f"{args.out} cannot be written: {error}") from error
    print(args.out)
    return ExitCode.OK


def _whole(text: str) -> int:
    number = int(text)
    if number < 0:
        raise ValueError(text)
    return number
