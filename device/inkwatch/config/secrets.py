"""The broker's password: from where it may come, and a wrapper that never shows it."""

import hmac
import os
import shlex
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from inkwatch.config.file import open_at_once
from inkwatch.config.model import Config, MqttSection
from inkwatch.config.unknown import CREDENTIAL, PASSWORD_VARIABLE
from inkwatch.errors import ConfigError

_LIMIT_BYTES = 65_535
"""What MQTT can carry."""

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class Secret:
    """A text that shows itself to nobody who does not ask: not in messages, repr, or pickles."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself, for the one call that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(...)"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not handed to other processes")


@dataclass(frozen=True, slots=True)
class Password:
    """The broker's password; `origin` is `credential`, `environment` or `file`."""

    secret: Secret
    origin: str


def read_password(config: Config, environ: Mapping[str, str] = os.environ) -> Password | None:
    """Find the broker's password.

    The systemd credential `mqtt-password` is taken first, then INKWATCH_MQTT_PASSWORD, then the
    file that `mqtt.password_file` names. An empty credential or variable counts as none.

    Returns:
        None where there is none, or no broker.

    Raises:
        ConfigError: the file is missing or others may read it; the password is no text that MQTT
            can carry, or needs a user. None of these repeats it.
    """
    mqtt = config.mqtt
    if not mqtt.host:
        return None
    password = (
        _from_credential(environ)
        or _password(environ.get(PASSWORD_VARIABLE, ""), PASSWORD_VARIABLE, "environment")
        or _from_file(mqtt)
    )
    if password and not mqtt.username and mqtt.protocol == "3.1.1":
        raise ConfigError(
            f'The MQTT password ({password.origin}) needs mqtt.username, or mqtt.protocol = "5".'
        )
    return password


def _from_credential(environ: Mapping[str, str]) -> Password | None:
    folder = environ.get("CREDENTIALS_DIRECTORY", "")
    if not folder:
        return None
    path = Path(folder, CREDENTIAL)
    try:
        # systemd has seen to it that only the service can read it.
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name is not possible"
        raise ConfigError(f"The credential {CREDENTIAL} cannot be read: {reason}.") from None
    return _password(data, f"The credential {CREDENTIAL}", "credential")


def _from_file(mqtt: MqttSection) -> Password | None:
    if not mqtt.password_file:
        return None
    path = Path(mqtt.password_file)
    try:
        with open_at_once(path) as file:
            # Asked of what was opened, so that nobody can put another file there in between.
            _refuse_open_file(path, os.fstat(file.fileno()))
            data = file.read(_LIMIT_BYTES + 3)
    except FileNotFoundError:
        raise ConfigError(
            f"mqtt.password_file: {path} does not exist. Make it: "
            f"sudo install -m 600 -o {_user()} /dev/stdin {_word(path)}, then type the password, "
            "Enter and Ctrl-D."
        ) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name is not possible"
        raise ConfigError(f"mqtt.password_file: {path} cannot be read: {reason}.") from None
    password = _password(data, f"mqtt.password_file: {path}", "file")
    if password is None:
        raise ConfigError(f"mqtt.password_file: {path} is empty. Write the password into it.")
    return password


def _refuse_open_file(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise ConfigError(f"mqtt.password_file: {path} is no file. Name a file with the password.")
    # Root, who may look at what it likes, checks for the service whose file it is.
    if status.st_uid not in (0, os.geteuid()) and os.geteuid() != 0:
        raise ConfigError(
            f"mqtt.password_file: {path} belongs to another user, who can change it. Take it: "
            f"sudo chown {_user()} {_word(path)}"
        )
    if status.st_mode & _OTHERS:
        raise ConfigError(
            f"mqtt.password_file: {path} may be read by others. Close it: "
            f"sudo chmod 600 {_word(path)}"
        )


def _password(data: bytes | str, where: str, origin: str) -> Password | None:
    """Take one line end off, which editors put there; the rest is the password to the letter."""
    try:
        text = data if isinstance(data, str) else data.decode("utf-8")
        length = len(text.encode("utf-8"))
    except UnicodeError:
        # Python's error holds the whole text.
        raise ConfigError(f"{where}: the password is no text in UTF-8.") from None
    text = text.removesuffix("\n").removesuffix("\r")
    if length > _LIMIT_BYTES or "\n" in text or "\0" in text:
        raise ConfigError(f"{where}: the password must be one line of at most 64 KiB.")
    return Password(Secret(text), origin) if text else None


def _user() -> str:
    """Who we are, by name where the system knows one."""
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _word(path: Path) -> str:
    return shlex.quote(str(path))
