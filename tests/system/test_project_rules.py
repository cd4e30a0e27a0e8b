"""What must hold of the checkout as a whole: nothing large in git, links that lead somewhere."""

import re
import subprocess
from pathlib import Path

import pytest

from inkwatch import __version__
from inkwatch.errors import ExitCode

_FILE_LIMIT_BYTES = 1_000_000
_MODELS_LIMIT_BYTES = 3_000_000
_MODELS = "device/inkwatch/models"
_DATA_SUFFIXES = {
    ".npz",
    ".npy",
    ".idx",
    ".keras",
    ".h5",
    ".ckpt",
    ".zip",
    ".woff2",
    ".ttf",
    ".otf",
}
_DRAWN = Path("tests/data/drawn_glyphs.npz")
"""The one pack that the project drew itself, to notice when the shipped model falls."""

_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


@pytest.fixture(scope="module")
def tracked(project: Path) -> list[Path]:
    """Every file that git knows and that is there, as paths from the project's root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=project, check=True, capture_output=True, text=True
    )
    paths = [Path(name) for name in listed.stdout.split("\0") if name]
    return [path for path in paths if (project / path).is_file()]


def links(project: Path, pages: list[Path]) -> list[tuple[Path, str]]:
    """Each page with each of its links to a place in the project."""
    return [
        (page, target)
        for page in pages
        for target in _LINK.findall((project / page).read_text(encoding="utf-8"))
        if not re.match(r"[a-z]+:", target) and not target.startswith("#")
    ]


def test_no_large_file_is_tracked(project: Path, tracked: list[Path]) -> None:
    large = [path for path in tracked if (project / path).stat().st_size > _FILE_LIMIT_BYTES]
    # Models have a limit of their own, below.
    assert [path for path in large if not path.is_relative_to(_MODELS)] == []


def test_no_data_set_or_checkpoint_is_tracked(tracked: list[Path]) -> None:
    data = {path for path in tracked if path.suffix in _DATA_SUFFIXES}
    assert data == {_DRAWN}
    assert [path for path in tracked if path.parts[0] in {"data", "runs"}] == []


def test_shipped_models_stay_small(project: Path, tracked: list[Path]) -> None:
    models = [path for path in tracked if path.is_relative_to(_MODELS)]
    assert sum((project / path).stat().st_size for path in models) < _MODELS_LIMIT_BYTES


def test_links_between_documents_lead_somewhere(project: Path, tracked: list[Path]) -> None:
    pages = [path for path in tracked if path.suffix == ".md"]
    assert Path("docs/install-pi.md") in pages
    found = links(project, pages)
    assert found, "the pattern no longer finds links"
    broken = [
        f"{page}: {target}"
        for page, target in found
        if not (project / page.parent / target.partition("#")[0]).exists()
    ]
    assert broken == []


def test_exit_codes_are_documented_with_their_numbers(project: Path) -> None:
    page = (project / "docs" / "exit-codes.md").read_text(encoding="utf-8")
    table = re.findall(r"^\| (\d+) \| `([A-Z]+)` \|", page, re.MULTILINE)
    assert [(int(number), name) for number, name in table] == [
        (code.value, code.name) for code in ExitCode
    ]


def test_changelog_knows_this_version(project: Path) -> None:
    changelog = (project / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## \[{re.escape(__version__)}\]", changelog, re.MULTILINE)


def test_scripts_can_be_started(project: Path) -> None:
    for script in (".ci/run", "tools/venv.sh", "systemd/install.sh", "systemd/uninstall.sh"):
        assert (project / script).stat().st_mode & 0o111, f"{script} is not executable"
