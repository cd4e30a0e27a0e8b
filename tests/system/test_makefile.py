"""The Makefile and tools/venv.sh, run for real with programs that only record what they are asked.

The fake Python answers `-m venv` and `-m pip` itself and hands everything else to the real one.
"""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

WATCH = "inkwatch watch --source auto --else sample\n"
"""What `make run` starts."""

_PROGRAMS = (
    "awk",
    "cat",
    "chmod",
    "cp",
    "dirname",
    "flock",
    "id",
    "make",
    "mkdir",
    "mv",
    "rm",
    "sh",
    "uname",
)

_FAKE_PYTHON = """#!/bin/sh
case "$*" in
"-m venv "*)
    echo "$*" >>"{log}"
    for folder; do :; done
    mkdir -p "$folder/bin"
    cp "$0" "$folder/bin/python"
    exit ;;
"-m pip "*)
    echo "$*" >>"{log}"
    [ ! -e "{log}.pip-fails" ] || exit 1
    printf '#!/bin/sh\\necho inkwatch "$@"\\n' >"${{0%/*}}/inkwatch"
    chmod +x "${{0%/*}}/inkwatch"
    exit ;;
{answers}
esac
exec "{real}" "$@"
"""


@dataclass
class Checkout:
    """A copy of what `make run` needs, and a PATH with nothing on it but what a test puts there."""

    root: Path
    bin: Path
    log: Path
    environment: dict[str, str] = field(default_factory=dict)

    def add_program(self, name: str, script: str) -> None:
        """Put a shell script on the PATH."""
        path = self.bin / name
        path.unlink(missing_ok=True)
        path.write_text(script)
        path.chmod(0o755)

    def add_python(self, name: str = "python3", answers: str = "") -> None:
        """Put a fake Python on the PATH; `answers` are more `case` branches for its arguments."""
        script = _FAKE_PYTHON.format(log=self.log, answers=answers, real=sys.executable)
        self.add_program(name, script)

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `make`, and leave its exit status for the test to judge."""
        return subprocess.run(
            [self.bin / "make", *arguments],
            cwd=self.root,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def run(self) -> str:
        """`make run`, which must succeed; its stdout."""
        done = self.make("run")
        assert done.returncode == 0, done.stderr
        return done.stdout

    def calls(self, module: str) -> list[str]:
        """Every call of `python -m <module>` so far."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return [line for line in lines if line.startswith(f"-m {module} ")]


@pytest.fixture
def checkout(tmp_path: Path, project: Path, clean_environment: dict[str, str]) -> Checkout:
    """An empty machine: make and a shell, no Python."""
    root = tmp_path / "a checkout"
    (root / "tools" / "bench").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", "tools/venv.sh", "tools/bench/peers.sh"):
        shutil.copy(project / name, root / name)
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in _PROGRAMS:
        where = shutil.which(name)
        if where:  # flock may be missing, and is not needed
            (programs / name).symlink_to(where)
    environment = clean_environment | {
        "PATH": str(programs),
        "INKWATCH_APT_PACKAGES": str(tmp_path / "apt"),
    }
    return Checkout(root=root, bin=programs, log=tmp_path / "log", environment=environment)


def targets(makefile: Path) -> set[str]:
    """The targets that are for people: all but the one that `make run` needs."""
    phony = re.search(r"^\.PHONY: (.*)$", makefile.read_text(), re.MULTILINE)
    assert phony
    return set(phony[1].split()) - {"venv"}


def test_help_lists_every_target(checkout: Checkout) -> None:
    listed = set(re.findall(r"^  make (\S+)", checkout.make("help").stdout, re.MULTILINE))
    assert listed == targets(checkout.root / "Makefile")
    assert {"run", "test", "check", "format", "fonts", "train", "clean", "help"} <= listed


def test_make_alone_shows_the_help_and_makes_nothing(checkout: Checkout) -> None:
    assert checkout.make().stdout == checkout.make("help").stdout
    assert not (checkout.root / ".venv").exists()


def test_run_starts_inkwatch_with_the_arguments_and_says_all_else_on_stderr(
    checkout: Checkout,
) -> None:
    checkout.add_python()
    assert checkout.run() == WATCH
    assert checkout.make("run", "ARGS=read a.png").stdout == "inkwatch read a.png\n"


def test_run_installs_no_extras(checkout: Checkout) -> None:
    checkout.add_python()
    checkout.run()
    (call,) = checkout.calls("pip")
    assert call.endswith("--editable .")


def test_second_run_installs_nothing(checkout: Checkout) -> None:
    checkout.add_python()
    checkout.run()
    os.utime(checkout.root / "pyproject.toml")  # a newer date is no change
    done = checkout.make("run")
    assert done.stderr == ""
    assert len(checkout.calls("venv")) == 1
    assert len(checkout.calls("pip")) == 1


def test_changed_project_file_is_installed_into_the_same_venv(checkout: Checkout) -> None:
    checkout.add_python()
    checkout.run()
    with (checkout.root / "pyproject.toml").open("a") as file:
        file.write("# changed\n")
    checkout.run()
    checkout.run()
    assert len(checkout.calls("venv")) == 1
    assert len(checkout.calls("pip")) == 2


def test_failed_install_says_so_and_the_next_run_starts_afresh(checkout: Checkout) -> None:
    checkout.add_python()
    fault = Path(f"{checkout.log}.pip-fails")
    fault.touch()
    failed = checkout.make("run")
    assert failed.returncode != 0
    assert "could not be installed" in failed.stderr
    assert WATCH not in failed.stdout
    half_installed = checkout.root / ".venv" / "half-installed"
    half_installed.touch()
    fault.unlink()
    assert checkout.run() == WATCH
    assert not half_installed.exists()


@pytest.mark.parametrize("lost", ["bin/python", "bin/inkwatch", ".inkwatch-install"])
def test_damaged_venv_is_repaired(checkout: Checkout, lost: str) -> None:
    checkout.add_python()
    checkout.run()
    (checkout.root / ".venv" / lost).unlink()
    assert checkout.run() == WATCH
    assert (checkout.root / ".venv" / lost).exists()


def test_moved_checkout_gets_a_new_venv(checkout: Checkout) -> None:
    checkout.add_python()
    checkout.run()
    checkout.root = checkout.root.rename(checkout.root.with_name("moved"))
    assert checkout.run() == WATCH
    assert len(checkout.calls("venv")) == 2


def test_no_python_says_what_to_install(checkout: Checkout) -> None:
    done = checkout.make("run")
    assert done.returncode != 0
    assert "found none" in done.stderr
    assert "sudo apt install python3 python3-venv" in done.stderr


def test_old_python_is_named_and_refused(checkout: Checkout) -> None:
    checkout.add_program("python3", "#!/bin/sh\necho 3.9\n")
    done = checkout.make("run")
    assert done.returncode != 0
    assert "Python 3.11 to 3.14" in done.stderr
    assert "python3 (Python 3.9)" in done.stderr
    assert not (checkout.root / ".venv").exists()


def test_newer_python_beside_an_old_one_is_taken(checkout: Checkout) -> None:
    checkout.add_program("python3", "#!/bin/sh\necho 3.9\n")
    checkout.add_python("python3.12")
    assert checkout.run() == WATCH


def test_python_too_new_for_tensorflow_is_refused_for_the_tests_only(checkout: Checkout) -> None:
    checkout.add_python(answers="*'print(\"%d.%d\"'*) echo 3.14; exit ;;")
    assert checkout.run() == WATCH
    done = checkout.make("test")
    assert done.returncode != 0
    assert "Python 3.11 to 3.13" in done.stderr


def test_missing_venv_package_is_named(checkout: Checkout) -> None:
    checkout.add_python(answers="*ensurepip*) exit 1 ;;")
    done = checkout.make("run")
    assert done.returncode != 0
    assert "sudo apt install python3-venv" in done.stderr
    assert "Traceback" not in done.stderr


def test_named_python_is_used_and_a_wrong_name_explained(checkout: Checkout) -> None:
    checkout.add_python("my python")
    assert checkout.make("run", f"PYTHON={checkout.bin / 'my python'}").returncode == 0
    done = checkout.make("run", "PYTHON=nosuchpython")
    assert done.returncode != 0
    assert "nosuchpython, which does not run" in done.stderr


def test_with_picamera2_the_venv_sees_apt_and_keeps_its_numpy(
    checkout: Checkout, tmp_path: Path
) -> None:
    (tmp_path / "apt" / "picamera2").mkdir(parents=True)
    checkout.add_python(answers="-I*importlib.metadata*) echo numpy==1.24.2; exit ;;")
    arguments = ("run", "PYTHON=python3")
    assert checkout.make(*arguments).returncode == 0
    (call,) = checkout.calls("venv")
    assert "--system-site-packages" in call
    (call,) = checkout.calls("pip")
    constraints = checkout.root / call.partition("--constraint ")[2]
    assert constraints.read_text() == "numpy==1.24.2\n"


def test_picamera2_that_comes_later_calls_for_a_new_venv(
    checkout: Checkout, tmp_path: Path
) -> None:
    checkout.add_python()
    assert checkout.make("run", "PYTHON=python3").returncode == 0
    (tmp_path / "apt" / "picamera2").mkdir(parents=True)
    assert checkout.make("run", "PYTHON=python3").returncode == 0
    assert ["--system-site-packages" in call for call in checkout.calls("venv")] == [False, True]


def test_peers_are_installed_once_in_a_place_of_their_own(checkout: Checkout) -> None:
    checkout.add_python(answers="*'version(\"rapidocr\")'*) echo 3.10.0; exit ;;")
    first, again = checkout.make("bench-peers"), checkout.make("bench-peers")
    assert first.returncode == again.returncode == 0
    (call,) = checkout.calls("pip")
    assert "rapidocr==3.10.0" in call
    assert checkout.calls("venv") == ["-m venv .venv-peers"]
    # There is no apt on this machine's PATH.
    assert "sudo apt install tesseract-ocr" in again.stderr


def test_the_long_tests_are_given_a_limit(checkout: Checkout) -> None:
    told = checkout.make("-n", "soak", "LIMIT_S=5", "ARGS=--quick").stdout
    assert ".venv-dev/bin/python -m tools.soak --limit-s 5 --quick" in told


@pytest.mark.parametrize(("bits", "wrapped"), [(32, True), (64, False)])
def test_32_bit_python_under_a_64_bit_kernel_installs_as_32_bit(
    checkout: Checkout, bits: int, *, wrapped: bool
) -> None:
    checkout.add_program("uname", "#!/bin/sh\necho aarch64\n")
    checkout.add_program("linux32", f'#!/bin/sh\n: >"{checkout.log}.linux32"\nexec "$@"\n')
    checkout.add_python(answers=f"*calcsize*) echo {bits}; exit ;;")
    checkout.run()
    assert Path(f"{checkout.log}.linux32").exists() is wrapped
    assert any("pip>=24.1" in call for call in checkout.calls("pip")) is wrapped
