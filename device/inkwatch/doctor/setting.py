"""How Inkwatch runs here, by its service or by hand: what mends a fault depends on it."""

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from inkwatch.config.file import DEFAULT_PATH


@dataclass(frozen=True, slots=True)
class Setting:
    """Whether the config is the service's own, and the file it stands in."""

    service: bool
    config_path: Path = DEFAULT_PATH

    @property
    def edit(self) -> str:
        """What opens the config file; only the one in /etc is root's."""
        return f"{'sudoedit' if self._in_etc else 'nano'} {shlex.quote(str(self.config_path))}"

    @property
    def start(self) -> str:
        """What starts to watch."""
        return "sudo systemctl start inkwatch" if self.service else self._with("watch")

    @property
    def check(self) -> str:
        """What checks the config."""
        return self._with("config check")

    @property
    def reinstall(self) -> str:
        """What installs Inkwatch and its packages anew, in the project's folder."""
        command = "sudo sh systemd/install.sh" if self.service else "rm -rf .venv; make run"
        return f"{command}     # in the project's folder"

    @property
    def pip(self) -> str:
        """What installs packages beside the Inkwatch that is asked."""
        return f"{'sudo ' if self.service else ''}{shlex.quote(sys.executable)} -m pip"

    @property
    def _in_etc(self) -> bool:
        return self.service or self.config_path == DEFAULT_PATH

    def _with(self, command: str) -> str:
        place = "" if self._in_etc else f" --config {shlex.quote(str(self.config_path))}"
        return f"inkwatch {command}{place}"
