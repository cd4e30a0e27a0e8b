"""The machine as the checks see it: files, groups and programs, each behind one small method."""

import grp
import json
import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

LONGEST_OUTPUT = 100_000


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended; `code` is None where it took too long, `out` and `err` what it said."""

    code: int | None
    out: str = ""
    err: str = ""

    @property
    def ok(self) -> bool:
        """Whether it ended well."""
        return self.code == 0


class Machine:
    """This machine. Nothing here raises for what the machine lacks."""

    def __init__(self, root: Path = Path("/")) -> None:
        """Look at files under `root`: tests put a machine of their own there."""
        self._root = root

    def at(self, path: str) -> Path:
        """Where `path`, which begins with a slash, lies."""
        return self._root / path.lstrip("/")

    def text(self, path: str) -> str | None:
        """A small text file's content; None where it cannot be read."""
        try:
            with self.at(path).open("rb") as file:
                return file.read(LONGEST_OUTPUT).decode("utf-8", "replace")
        except OSError:
            return None

    def names(self, folder: str, pattern: str) -> list[str]:
        """Paths in `folder` that match, sorted, without `root`; none where there is no folder."""
        with suppress(OSError):
            found = sorted(self.at(folder).glob(pattern))
            return [f"{folder.rstrip('/')}/{path.name}" for path in found]
        return []

    def may(self, path: str, mode: int) -> bool:
        """Whether this user may do that to a path: `os.R_OK`, `os.W_OK`, together or alone."""
        return os.access(self.at(path), mode)

    def free_bytes(self, path: str) -> int | None:
        """Free space where `path` is or will be; None where that cannot be told."""
        place = self.at(path)
        while not place.exists() and place != place.parent:
            place = place.parent
        with suppress(OSError):
            return shutil.disk_usage(place).free
        return None

    def user(self) -> str:
        """This user's name."""
        with suppress(KeyError):
            return pwd.getpwuid(os.geteuid()).pw_name
        return str(os.geteuid())

    def is_root(self) -> bool:
        """Whether this user may do everything."""
        return os.geteuid() == 0

    def groups(self) -> frozenset[str]:
        """The groups that this process has."""
        names = set()
        for number in {os.getegid(), *os.getgroups()}:
            with suppress(KeyError):
                names.add(grp.getgrgid(number).gr_name)
        return frozenset(names)

    def run(self, words: Sequence[str], timeout_s: float) -> Ran | None:
        """Run a program to its end, or kill it with all that it started.

        Returns:
            None where there is no such program.
        """
        try:
            process = subprocess.Popen(  # noqa: S603 - the words are ours
                words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                text=True, errors="replace", start_new_session=True,
            )  # fmt: skip
        except OSError:
            return None
        with process:
            try:
                out, err = process.communicate(timeout=timeout_s)
            except subprocess.TimeoutExpired:
                with suppress(OSError):
                    os.killpg(process.pid, signal.SIGKILL)
                # A process that hangs in a driver cannot be killed, and is not waited for.
                with suppress(subprocess.TimeoutExpired):
                    process.communicate(timeout=1.0)
                return Ran(None)
        return Ran(process.returncode, out[:LONGEST_OUTPUT], err[:LONGEST_OUTPUT])


def last_object(out: str) -> dict[str, object]:
    """The last line that is a JSON object, for libraries write lines of their own before it.

    Returns:
        An empty one where there is none.
    """
    for line in reversed(out.splitlines()):
        with suppress(ValueError, RecursionError):
            told = json.loads(line)
            if isinstance(told, dict):
                return told
    return {}
