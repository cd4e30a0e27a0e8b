"""A Debian system in a folder, started with systemd-nspawn: a Raspberry Pi OS without the Pi.

Trees and packages are made once and kept in Inkwatch's cache; a start works on an overlay, so that
the kept tree stays as it was made. Needs root, and the network for the making.
"""

import os
import shutil
import subprocess
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
SUITES = ("bookworm", "trixie")

_PACKAGES = (
    "systemd,systemd-sysv,dbus,udev,procps,python3,python3-venv,python3-numpy,ca-certificates"
)
_PROGRAMS = ("systemd-nspawn", "nsenter", "mount")
_SOURCE = "/srv/inkwatch"
_WHEELS = "/srv/wheels"
_TRUSTED = Path("/etc/ssl/certs/ca-certificates.crt")

Done = subprocess.CompletedProcess[str]


def trees_folder() -> Path:
    """Where trees are kept: `trees` in INKWATCH_CACHE or ~/.cache/inkwatch."""
    cache = os.environ.get("INKWATCH_CACHE") or Path.home() / ".cache/inkwatch"
    return Path(cache) / "trees"


def why_not(suite: str) -> str:
    """Why no tree of `suite` can be started here; '' where one can."""
    if os.geteuid() != 0:
        return "this needs root"
    missing = [program for program in _PROGRAMS if shutil.which(program) is None]
    if missing:
        return f"{', '.join(missing)} missing: apt install systemd-container util-linux mount"
    if not is_made(suite):
        return f"there is no {suite} tree yet: python -m tools.soak.service --make {suite}"
    return ""


def is_made(suite: str) -> bool:
    """Whether the tree of `suite` and the packages for it are in the cache."""
    return (trees_folder() / suite).is_dir() and wheels_folder(suite).is_dir()


def wheels_folder(suite: str) -> Path:
    """Where the packages for `suite` are kept; another place when the project asks for others."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = [
        project["project"]["dependencies"],
        project["project"]["optional-dependencies"]["mqtt"],
    ]
    return trees_folder() / f"{suite}-wheels-{sha256(repr(asked).encode()).hexdigest()[:8]}"


def make(suite: str) -> None:
    """Make the tree and fetch the packages that the installer will ask pip for; 3 to 5 minutes.

    Raises:
        subprocess.CalledProcessError: mmdebstrap or pip failed.
    """
    folder = trees_folder()
    folder.mkdir(parents=True, exist_ok=True)
    tree, wheels = folder / suite, wheels_folder(suite)
    if not tree.is_dir():
        partial = folder / f"{suite}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        subprocess.run(
            ["mmdebstrap", "--variant=minbase", f"--include={_PACKAGES}", suite, str(partial)],
            check=True,
        )
        partial.rename(tree)
    if not wheels.is_dir():
        partial = wheels.with_suffix(".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir()
        _fetch_wheels(tree, partial)
        partial.rename(wheels)


def _fetch_wheels(tree: Path, wheels: Path) -> None:
    """Let the tree's own pip choose, with apt's NumPy pinned as the installer pins it."""
    fetch = (
        "set -e; python3 -m venv --system-site-packages /tmp/venv; cd /tmp/venv; "
        "bin/python -c 'import numpy; print(\"numpy==\" + numpy.__version__)' >constraints.txt; "
        f"bin/python -m pip download -q -d {_WHEELS} -c constraints.txt {_SOURCE}[mqtt] hatchling"
    )
    with _overlay(tree) as root:
        subprocess.run(
            ["systemd-nspawn", "-q", "--register=no", "--keep-unit", "-D", str(root),
             f"--bind-ro={PROJECT}:{_SOURCE}", f"--bind={wheels}:{_WHEELS}", "--pipe",
             # The tree trusts whom this machine trusts: a proxy of its own, for one.
             f"--bind-ro={_TRUSTED}", f"--setenv=PIP_CERT={_TRUSTED}",
             "/bin/sh", "-c", fetch],
            check=True, stdin=subprocess.DEVNULL, timeout=900,
        )  # fmt: skip


@contextmanager
def _overlay(tree: Path) -> Iterator[Path]:
    """A folder that looks like the tree and may be written to; what is written is thrown away."""
    with tempfile.TemporaryDirectory(prefix="inkwatch-tree-", dir=trees_folder()) as scratch:
        upper, work, root = (Path(scratch, name) for name in ("upper", "work", "root"))
        for folder in (upper, work, root):
            folder.mkdir()
        options = f"lowerdir={tree},upperdir={upper},workdir={work}"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, root], check=True)
        try:
            yield root
        finally:
            subprocess.run(["umount", "--lazy", root], check=False)


class Booted:
    """A started tree. The project lies in `/srv/inkwatch`, where it cannot be written to."""

    def __init__(self, root: Path, leader: int) -> None:
        self.root = root
        self._leader = leader

    def run(self, *words: str, timeout_s: float = 60.0, check: bool = True) -> Done:
        """Run a command inside, as root; pip finds its packages without a network.

        Raises:
            AssertionError: it failed, with all that it said.
            subprocess.TimeoutExpired: it took too long.
        """
        environment = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": _WHEELS,
            "PIP_ROOT_USER_ACTION": "ignore",
        }
        done = subprocess.run(
            ["nsenter", "-a", "-t", str(self._leader), *words],
            env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False, timeout=timeout_s,
        )  # fmt: skip
        if check and done.returncode:
            raise AssertionError(
                f"{words} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
            )
        return done

    def show(self, what: str) -> str:
        """One property of the service, as systemd tells it."""
        return self.run("systemctl", "show", "-P", what, "inkwatch.service").stdout.strip()

    def journal(self, *words: str) -> str:
        """What the service said, without times."""
        return self.run(
            "journalctl", "-u", "inkwatch.service", "-o", "cat", "--no-pager", *words
        ).stdout

    def wait_for(self, what: str, value: str, timeout_s: float) -> float:
        """Wait until a property has a value.

        Returns:
            Seconds that it took.

        Raises:
            AssertionError: it did not come to that, with the end of the journal.
        """
        started = time.monotonic()
        while (now := self.show(what)) != value:
            if time.monotonic() - started > timeout_s:
                last = self.journal("-n", "40")
                raise AssertionError(f"{what} is {now}, not {value}, after {timeout_s} s:\n{last}")
            time.sleep(0.1)
        return time.monotonic() - started


@contextmanager
def booted(suite: str) -> Iterator[Booted]:
    """Start the tree of `suite`, without a network; powered off and thrown away at the end."""
    with _overlay(trees_folder() / suite) as root:
        container = subprocess.Popen(
            ["systemd-nspawn", "-q", "-D", str(root), "--boot", "--register=no", "--keep-unit",
             "--private-network", f"--bind-ro={PROJECT}:{_SOURCE}",
             f"--bind-ro={wheels_folder(suite)}:{_WHEELS}"],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            tree = Booted(root, _leader_of(container))
            _wait_for_systemd(tree)
            yield tree
        finally:
            _power_off(container)


def _leader_of(container: "subprocess.Popen[str]") -> int:
    children = Path(f"/proc/{container.pid}/task/{container.pid}/children")
    for _ in range(100):
        if container.poll() is not None:
            said = container.stderr.read() if container.stderr else ""
            raise RuntimeError(f"systemd-nspawn ended with {container.returncode}: {said}")
        for pid in children.read_text().split():
            # The container's first process is the one that is number 1 inside.
            with suppress(OSError, IndexError):
                status = Path(f"/proc/{pid}/status").read_text()
                if status.partition("NSpid:")[2].splitlines()[0].split()[-1] == "1":
                    return int(pid)
        time.sleep(0.1)
    raise RuntimeError("systemd-nspawn started no system within 10 s")


def _wait_for_systemd(tree: Booted) -> None:
    for _ in range(200):
        state = tree.run("systemctl", "is-system-running", check=False).stdout.strip()
        if state in {"running", "degraded"}:
            return
        time.sleep(0.1)
    raise RuntimeError(f"the system in the tree is {state!r} after 20 s")


def _power_off(container: "subprocess.Popen[str]") -> None:
    container.terminate()  # nspawn takes it for a power button
    try:
        container.wait(15)
    except subprocess.TimeoutExpired:
        container.kill()
        container.wait(5)
