"""A real Mosquitto for tests: on a port of its own, with users, access list, TLS, as asked."""

import shutil
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path


def mosquitto_program() -> str | None:
    """Where Mosquitto is, None where it is not installed (Debian: apt install mosquitto)."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    """A TCP port that nobody uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


@dataclass
class Mosquitto:
    """A broker that can be stopped, killed and started again on the same port.

    Attributes:
        folder: for its files; what it keeps over restarts, sessions and retained messages, too.
        users: passwords by user; with none everybody may connect.
        acl: lines of its access list; None for none.
        tls: lines for its listener, such as `cafile PATH`.
        settings: more lines.
    """

    folder: Path
    users: dict[str, str] = field(default_factory=dict)
    acl: str | None = None
    tls: str = ""
    settings: str = ""
    port: int = field(default_factory=free_port)

    def __post_init__(self) -> None:
        program = mosquitto_program()
        if program is None:
            raise FileNotFoundError("Mosquitto is not installed. apt install mosquitto")
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self.folder.mkdir(parents=True, exist_ok=True)

    def start(self, timeout_s: float = 10.0) -> "Mosquitto":
        """Start it, and wait until it listens."""
        config = self.folder / "mosquitto.conf"
        config.write_text(self._config())
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, "-c", str(config)], stdout=log, stderr=log
            )
        deadline_s = time.monotonic() + timeout_s
        while not listens(self.port):
            if self._process.poll() is not None or time.monotonic() > deadline_s:
                raise RuntimeError(f"Mosquitto does not start:\n{self.log}")
            time.sleep(0.02)
        return self

    def stop(self) -> None:
        """End it in order: sessions and retained messages are kept. May be called twice."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def kill(self) -> None:
        """End it at once."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    @property
    def log(self) -> str:
        """What it said so far."""
        return (self.folder / "log").read_text(errors="replace")

    def _config(self) -> str:
        lines = [
            "user root",
            "persistence true",
            f"persistence_location {self.folder}/",
            # Nothing is to be lost in the broker: the tests ask what we lose.
            "max_queued_messages 0",
            "max_queued_bytes 0",
            self.settings,
        ]
        if self.users:
            passwords = self.folder / "passwords"
            passwords.write_text("".join(f"{user}:{word}\n" for user, word in self.users.items()))
            passwords.chmod(0o600)
            subprocess.run(["mosquitto_passwd", "-U", str(passwords)], check=True)
            lines.append(f"password_file {passwords}")
        lines.append(f"allow_anonymous {'false' if self.users else 'true'}")
        if self.acl is not None:
            access = self.folder / "acl"
            access.write_text(self.acl)
            access.chmod(0o600)
            lines.append(f"acl_file {access}")
        lines += [f"listener {self.port} 127.0.0.1", self.tls]
        return "\n".join(lines) + "\n"
