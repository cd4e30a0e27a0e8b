"""The wheel: what is in it, and that it reads a page where there is no checkout."""

import difflib
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path, PurePosixPath

import pytest

from inkwatch import __version__

RunInstalled = Callable[..., subprocess.CompletedProcess[str]]

_PACKAGES = {"inkwatch", "inkwatch_train", "inkwatch_convert"}
_DATA_SUFFIXES = {".npz", ".npy", ".csv", ".gz", ".zip", ".tar", ".keras", ".h5", ".ckpt"}
_FONT_SUFFIXES = {".ttf", ".otf", ".woff", ".woff2"}


@pytest.fixture(scope="session")
def wheel(project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built by the back-end itself so that nothing is downloaded."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=project, check=True, capture_output=True, timeout=120)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def contents(wheel: Path) -> set[PurePosixPath]:
    """Every file in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return {PurePosixPath(name) for name in archive.namelist()}


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A virtual environment with the wheel in it.

    The packages that it depends on are borrowed from the environment that runs the tests. Its
    editable install of this project is not: a `.pth` file named in a `.pth` file is not read.
    """
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install"]
    subprocess.run(
        [*pip, "--quiet", "--no-deps", "--no-index", str(wheel)], check=True, timeout=120
    )
    (own_packages,) = folder.glob("lib/python*/site-packages")
    borrowed = sysconfig.get_paths()["purelib"]
    (own_packages / "borrowed.pth").write_text(borrowed + "\n")
    return folder


@pytest.fixture
def run_installed(
    installed: Path, tmp_path: Path, clean_environment: dict[str, str]
) -> RunInstalled:
    """Starts a program of the installed wheel, far from the checkout."""

    def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [installed / "bin" / program, *arguments],
            cwd=tmp_path,
            env=clean_environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


def test_wheel_is_small(wheel: Path) -> None:
    assert wheel.stat().st_size < 6_000_000


def test_wheel_holds_the_packages_and_nothing_else(contents: set[PurePosixPath]) -> None:
    tops = {path.parts[0] for path in contents}
    assert tops == _PACKAGES | {f"inkwatch-{__version__}.dist-info"}
    assert {path for path in contents if path.suffix in _DATA_SUFFIXES | _FONT_SUFFIXES} == set()
    assert {
        path for path in contents if {"tests", "runs", "__pycache__"} & set(path.parts)
    } == set()


@pytest.mark.parametrize(
    "name",
    [
        "inkwatch/models/chars/model.tflite",
        "inkwatch/models/chars/card.json",
        "inkwatch/samples/note.jpg",
        "inkwatch/samples/note.txt",
        "inkwatch/py.typed",
        f"inkwatch-{__version__}.dist-info/licenses/LICENSE",
    ],
)
def test_wheel_holds(contents: set[PurePosixPath], name: str) -> None:
    assert PurePosixPath(name) in contents


def test_wheel_asks_for_no_host_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        metadata = archive.read(f"inkwatch-{__version__}.dist-info/METADATA").decode()
    base = [line for line in metadata.splitlines() if "extra ==" not in line]
    names = set(re.findall(r"^Requires-Dist: ([\w-]+)", "\n".join(base), re.MULTILINE))
    assert names == {
        "numpy",
        "opencv-python-headless",
        "msgspec",
        "ai-edge-litert",
        "tflite-runtime",
    }


def test_installed_program_tells_its_version(run_installed: RunInstalled) -> None:
    done = run_installed("inkwatch", "--version")
    assert done.returncode == 0, done.stderr
    assert __version__ in done.stdout


def test_installed_package_is_the_one_that_runs(
    installed: Path, run_installed: RunInstalled
) -> None:
    done = run_installed("python", "-c", "import inkwatch; print(inkwatch.__file__)")
    assert Path(done.stdout.strip()).is_relative_to(installed)


def test_installed_program_reads_a_shipped_page(
    installed: Path, run_installed: RunInstalled
) -> None:
    (samples,) = installed.glob("lib/python*/site-packages/inkwatch/samples")
    done = run_installed("inkwatch", "read", str(samples / "note.jpg"))
    assert done.returncode == 0, done.stderr
    wanted = (samples / "note.txt").read_text(encoding="utf-8")
    assert difflib.SequenceMatcher(None, wanted, done.stdout, autojunk=False).ratio() > 0.7
