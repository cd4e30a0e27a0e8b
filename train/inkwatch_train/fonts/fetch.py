"""Fetch the handwriting fonts with npm, once, and find them again.

A family lies in `<fonts>/<name>/<name>-<version>.ttf` with its licence beside it. The version
stands in the file's name so that a raised pin in `packages.json` is fetched and nothing else is.
"""

import difflib
import json
import logging
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from inkwatch.errors import (
    DataError,
    DownloadError,
    MissingPackageError,
    OutputError,
    UsageError,
)
from inkwatch_train.fonts.packages import FontPackage, Kind, font_packages

Install = Callable[[Path], None]
"""Install what the `package.json` in a folder asks for into its `node_modules`."""

_NPM_OPTIONS = ("--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund")
_TIMEOUT_S = 1800


@dataclass(frozen=True, slots=True)
class FontFace:
    """One fetched font file (`path`, TrueType) of the family `name`.

    `held_out` families are for sample pages and figures, and are never trained on.
    """

    name: str
    path: Path
    kind: Kind
    version: str
    held_out: bool


def fonts_dir() -> Path:
    """Where fonts are kept: `$INKWATCH_CACHE/fonts`, or `~/.cache/inkwatch/fonts`."""
    cache = os.environ.get("INKWATCH_CACHE")
    return (Path(cache) if cache else Path.home() / ".cache" / "inkwatch") / "fonts"


def installed_fonts(
    folder: Path | None = None, packages: Sequence[FontPackage] | None = None
) -> list[FontFace]:
    """List every fetched family, in the order of names.

    Args:
        folder: where the fonts lie; `fonts_dir()` where not given.
        packages: the families; those of `packages.json` where not given.

    Raises:
        DataError: one or more families are not there; the message says the command.
    """
    folder = fonts_dir() if folder is None else folder
    packages = font_packages() if packages is None else packages
    missing = [font.name for font in packages if not _font_path(folder, font).is_file()]
    if missing:
        to = "" if folder == fonts_dir() else f" --to {folder}"
        raise DataError(
            f"{len(missing)} of {len(packages)} handwriting fonts are not in {folder} "
            f"({missing[0]} is the first). Fetch them: inkwatch-train fonts fetch{to}"
        )
    return [
        FontFace(font.name, _font_path(folder, font), font.kind, font.version, font.held_out)
        for font in packages
    ]


def installed_font(name: str, folder: Path | None = None) -> FontFace:
    """Find one fetched family by its name; the others need not be there.

    Raises:
        UsageError: there is no such family in `packages.json`.
        DataError: it is not fetched; the message says the command.
    """
    found = [font for font in font_packages() if font.name == name]
    if not found:
        close = difflib.get_close_matches(name, [font.name for font in font_packages()], n=3)
        hint = f"Did you mean {' or '.join(close)}?" if close else "kalam is one."
        raise UsageError(f"There is no font named '{name}'. {hint}")
    return installed_fonts(folder, found)[0]


def npm_install(folder: Path) -> None:
    """Run `npm install` in `folder`; npm's own messages go to stderr.

    Raises:
        MissingPackageError: npm is not installed.
        DownloadError: npm failed.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise MissingPackageError(
            "The fonts are fetched with npm, which is not installed. Install it: "
            "sudo apt install npm"
        )
    try:
        result = subprocess.run(  # noqa: S603 - a fixed command in a folder of our own
            [npm, "install", *_NPM_OPTIONS, "--loglevel=error"],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise DownloadError(
            f"npm was not done after {_TIMEOUT_S} s. Look at the network, then run the command "
            "again; npm keeps what it has."
        ) from error
    if result.returncode:
        said = "\n".join((result.stderr or result.stdout).strip().splitlines()[-8:])
        raise DownloadError(
            f"npm could not install the fonts (status {result.returncode}). Look at the network "
            f"and npm's settings, then run the command again. npm said:\n{said}"
        )


def fetch_fonts(
    folder: Path,
    packages: Sequence[FontPackage] | None = None,
    install: Install = npm_install,
) -> int:
    """Fetch the families that `folder` lacks; what is there already is not touched.

    Args:
        folder: where each family gets a folder of its name.
        packages: the families wanted; those of `packages.json` where not given.
        install: what fills `node_modules`; npm unless a test brings its own.

    Returns:
        How many families were fetched: 0 where all were there.

    Raises:
        MissingPackageError: npm is not installed.
        DownloadError: npm failed, or a package does not hold what it should.
        OutputError: `folder` cannot be written.
    """
    packages = font_packages() if packages is None else packages
    wanted = [font for font in packages if not _font_path(folder, font).is_file()]
    if not wanted:
        return 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".npm-", dir=folder) as work:
            manifest = {
                "private": True,
                "dependencies": {font.npm_name: font.version for font in wanted},
            }
            (Path(work) / "package.json").write_text(json.dumps(manifest), encoding="utf-8")
            install(Path(work))
            for font in wanted:
                _keep(font, Path(work) / "node_modules" / font.npm_name, folder)
    except OSError as error:
        raise OutputError(
            f"The fonts cannot be written to {folder}: {error}. Name another folder with --to or "
            "the environment variable INKWATCH_CACHE."
        ) from error
    return len(wanted)


def _font_path(folder: Path, font: FontPackage) -> Path:
    return folder / font.name / f"{font.name}-{font.version}.ttf"


def _keep(font: FontPackage, package: Path, folder: Path) -> None:
    """Bring the licence and the font, as TrueType, from a package to its place."""
    web_font = package / "files" / f"{font.name}-latin-400-normal.woff2"
    licence = package / "LICENSE"
    for file in (web_font, licence):
        if not file.is_file():
            raise DownloadError(
                f"The package {font.npm_name}@{font.version} came without {file.name}. "
                "Run the command again; if that does not help, the package has changed."
            )
    place = _font_path(folder, font)
    place.parent.mkdir(exist_ok=True)
    shutil.copyfile(licence, place.parent / "LICENSE")
    unfinished = place.with_suffix(".part")
    _to_truetype(web_font, unfinished, font)
    for old in place.parent.glob("*.ttf"):
        old.unlink()
    # Last of all and in one step: a font file that is there is whole.
    unfinished.replace(place)


def _to_truetype(web_font: Path, to: Path, font: FontPackage) -> None:
    from fontTools.ttLib import TTFont

    # It warns of old dates inside fonts, which nobody can act on.
    logging.getLogger("fontTools").setLevel(logging.ERROR)
    try:
        with TTFont(web_font) as opened:
            opened.flavor = None
            opened.save(to)
    except ImportError as error:  # raised late, where WOFF2 is first decompressed
        raise MissingPackageError(
            "Opening web fonts needs the 'brotli' package. Install it: "
            "pip install 'inkwatch[train]'"
        ) from error
    except OSError:
        raise
    except Exception as error:  # TTLibError, brotli.error and whatever a damaged table makes
        raise DownloadError(
            f"{font.npm_name}@{font.version}: {web_font.name} is damaged ({error}). "
            "Run the command again."
        ) from error
