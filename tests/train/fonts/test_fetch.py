import json
import os
from pathlib import Path

import pytest

from inkwatch.errors import (
    DataError,
    DownloadError,
    MissingPackageError,
    OutputError,
    UsageError,
)
from inkwatch_train.fonts.fetch import (
    fetch_fonts,
    fonts_dir,
    installed_font,
    installed_fonts,
    npm_install,
)
from inkwatch_train.fonts.packages import FontPackage

PACKAGES = (
    FontPackage("alpha-hand", "1.0.0", "print", "OFL-1.1", held_out=True),
    FontPackage("beta-hand", "2.1.0", "joined", "OFL-1.1"),
)


class FakeNpm:
    """Fills `node_modules` as npm does, from a font on this machine."""

    def __init__(self, font: Path) -> None:
        self._font = font
        self.asked: list[dict[str, str]] = []
        self.without: set[str] = set()

    def __call__(self, folder: Path) -> None:
        from fontTools.ttLib import TTFont

        manifest = json.loads((folder / "package.json").read_text())
        assert manifest["private"] is True
        self.asked.append(manifest["dependencies"])
        for npm_name in manifest["dependencies"]:
            package = folder / "node_modules" / npm_name
            name = Path(npm_name).name
            (package / "files").mkdir(parents=True)
            if "LICENSE" not in self.without:
                (package / "LICENSE").write_text(f"terms of {name}")
            with TTFont(self._font) as font:
                font.flavor = "woff2"
                font.save(package / "files" / f"{name}-latin-400-normal.woff2")
            (package / "files" / f"{name}-latin-700-normal.woff2").write_bytes(b"bold")


@pytest.fixture
def npm(plain_font: Path) -> FakeNpm:
    pytest.importorskip("fontTools.ttLib", reason="needs: pip install 'inkwatch[train]'")
    pytest.importorskip("brotli", reason="WOFF2 needs it: pip install 'inkwatch[train]'")
    return FakeNpm(plain_font)


def test_fetching_leaves_truetype_and_licence_and_nothing_else(
    npm: FakeNpm, tmp_path: Path
) -> None:
    from fontTools.ttLib import TTFont

    assert fetch_fonts(tmp_path, PACKAGES, npm) == 2
    found = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    assert found == [
        "alpha-hand",
        "alpha-hand/LICENSE",
        "alpha-hand/alpha-hand-1.0.0.ttf",
        "beta-hand",
        "beta-hand/LICENSE",
        "beta-hand/beta-hand-2.1.0.ttf",
    ]
    assert (tmp_path / "alpha-hand/LICENSE").read_text() == "terms of alpha-hand"
    with TTFont(tmp_path / "alpha-hand/alpha-hand-1.0.0.ttf") as font:
        assert font.flavor is None
        assert ord("a") in font.getBestCmap()


def test_exact_versions_are_asked_for(npm: FakeNpm, tmp_path: Path) -> None:
    fetch_fonts(tmp_path, PACKAGES, npm)
    assert npm.asked == [{"@fontsource/alpha-hand": "1.0.0", "@fontsource/beta-hand": "2.1.0"}]


def test_a_second_run_does_nothing(npm: FakeNpm, tmp_path: Path) -> None:
    fetch_fonts(tmp_path, PACKAGES, npm)
    assert fetch_fonts(tmp_path, PACKAGES, npm) == 0
    assert len(npm.asked) == 1


def test_a_raised_version_replaces_only_that_font(npm: FakeNpm, tmp_path: Path) -> None:
    fetch_fonts(tmp_path, PACKAGES, npm)
    raised = (FontPackage("alpha-hand", "1.1.0", "print", "OFL-1.1"), PACKAGES[1])
    assert fetch_fonts(tmp_path, raised, npm) == 1
    assert npm.asked[1] == {"@fontsource/alpha-hand": "1.1.0"}
    assert [path.name for path in (tmp_path / "alpha-hand").glob("*.ttf")] == [
        "alpha-hand-1.1.0.ttf"
    ]


def test_a_package_without_its_licence_is_refused(npm: FakeNpm, tmp_path: Path) -> None:
    npm.without = {"LICENSE"}
    with pytest.raises(DownloadError, match="without LICENSE"):
        fetch_fonts(tmp_path, PACKAGES, npm)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kept_share", [0.0, 0.005, 0.5, 0.95])
def test_a_damaged_font_is_refused_and_a_later_run_mends_it(
    npm: FakeNpm, tmp_path: Path, kept_share: float
) -> None:
    def damaged(folder: Path) -> None:
        npm(folder)
        for file in folder.rglob("beta-hand-latin-400*"):
            whole = file.read_bytes()
            file.write_bytes(whole[: round(kept_share * len(whole))])

    with pytest.raises(DownloadError, match="beta-hand"):
        fetch_fonts(tmp_path, PACKAGES, damaged)
    assert fetch_fonts(tmp_path, PACKAGES, npm) == 1


def test_a_place_that_cannot_be_written_is_named(npm: FakeNpm, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="--to"):
        fetch_fonts(tmp_path / "file" / "fonts", PACKAGES, npm)


def test_installed_fonts_are_listed_with_what_is_known_of_them(
    npm: FakeNpm, tmp_path: Path
) -> None:
    fetch_fonts(tmp_path, PACKAGES, npm)
    first, second = installed_fonts(tmp_path, PACKAGES)
    assert (first.name, first.kind, first.version, first.held_out) == (
        "alpha-hand",
        "print",
        "1.0.0",
        True,
    )
    assert second.path == tmp_path / "beta-hand" / "beta-hand-2.1.0.ttf"
    assert second.path.is_file()


def test_missing_fonts_are_told_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="inkwatch-train fonts fetch --to"):
        installed_fonts(tmp_path)


def test_an_unknown_font_is_told_with_one_like_it(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"Did you mean .*patrick-hand"):
        installed_font("patrick-hnd", tmp_path)


def test_the_environment_says_where_fonts_are_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("INKWATCH_CACHE", str(tmp_path))
    assert fonts_dir() == tmp_path / "fonts"
    monkeypatch.delenv("INKWATCH_CACHE")
    assert fonts_dir() == Path.home() / ".cache" / "inkwatch" / "fonts"


def test_without_npm_the_user_is_told_what_to_install(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingPackageError, match="apt install npm"):
        npm_install(tmp_path)


def _npm_program(folder: Path, script: str) -> None:
    folder.mkdir()
    program = folder / "npm"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_npm_runs_in_the_folder_without_scripts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _npm_program(tmp_path / "bin", 'echo "$@" > asked')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    work = tmp_path / "work"
    work.mkdir()
    npm_install(work)
    asked = (work / "asked").read_text().split()
    assert asked[0] == "install"
    assert {"--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"} <= set(asked)


def test_what_npm_says_when_it_fails_is_passed_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _npm_program(tmp_path / "bin", "echo 'no route to the registry' >&2; exit 3")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(DownloadError, match=r"status 3(.|\n)*no route to the registry"):
        npm_install(tmp_path)
