import copy
import json
import logging
import os
import pickle
import traceback
from pathlib import Path
from typing import Any

import msgspec
import pytest

from inkwatch.config.load import load
from inkwatch.config.model import Config, MqttSection
from inkwatch.config.secrets import Password, Secret, read_password
from inkwatch.errors import ConfigError

CANARY = "canary-7f3a"


def config(**mqtt: Any) -> Config:
    return Config(mqtt=MqttSection(**{"host": "b", **mqtt}))


def keep(path: Path, content: bytes = CANARY.encode(), mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def revealed(password: Password | None) -> tuple[str, str] | None:
    return None if password is None else (password.secret.reveal(), password.origin)


def test_the_credential_goes_before_the_environment_and_that_before_the_file(
    tmp_path: Path,
) -> None:
    keep(tmp_path / "mqtt-password", b"one\n", 0o440)
    settings = config(password_file=str(keep(tmp_path / "file", b"three\r\n")))
    environ = {"CREDENTIALS_DIRECTORY": str(tmp_path), "INKWATCH_MQTT_PASSWORD": "two"}
    assert revealed(read_password(settings, environ)) == ("one", "credential")
    keep(tmp_path / "mqtt-password", b"")
    assert revealed(read_password(settings, environ)) == ("two", "environment")
    (tmp_path / "mqtt-password").unlink()
    environ["INKWATCH_MQTT_PASSWORD"] = ""
    assert revealed(read_password(settings, environ)) == ("three", "file")
    assert read_password(config(), environ) is None


def test_without_a_broker_there_is_no_password() -> None:
    assert read_password(config(host=""), {"INKWATCH_MQTT_PASSWORD": CANARY}) is None


def test_all_but_one_line_end_belongs_to_the_password(tmp_path: Path) -> None:
    path = keep(tmp_path / "p", "  größer \t\n".encode())
    assert revealed(read_password(config(password_file=str(path)), {})) == ("  größer \t", "file")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o777])
def test_a_file_that_is_open_to_others_is_refused_with_what_mends_it(
    mode: int, tmp_path: Path
) -> None:
    path = keep(tmp_path / "my password", mode=mode)
    with pytest.raises(ConfigError) as told:
        read_password(config(password_file=str(path)), {})
    assert str(told.value).endswith(f"Close it: sudo chmod 600 '{path}'")
    path.chmod(0o400)
    assert read_password(config(password_file=str(path)), {})


@pytest.mark.parametrize(
    ("owner", "us", "allowed"), [(0, 5, True), (5, 5, True), (6, 5, False), (6, 0, True)]
)
def test_whose_file_it_may_be(
    owner: int, us: int, allowed: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = keep(tmp_path / "p")
    status = list(path.stat())
    status[4] = owner
    monkeypatch.setattr(os, "fstat", lambda _: os.stat_result(status))
    monkeypatch.setattr(os, "geteuid", lambda: us)
    settings = config(password_file=str(path))
    if allowed:
        assert read_password(settings, {})
    else:
        with pytest.raises(ConfigError, match=r"belongs to another user.* sudo chown "):
            read_password(settings, {})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (CANARY.encode() + b"\xff", "is no text in UTF-8"),
        (CANARY.encode() + b"\nmore", "must be one line"),
        (CANARY.encode() + b"\0", "must be one line"),
        (CANARY.encode() * 9000, "at most 64 KiB"),
    ],
)
def test_what_no_password_can_be(content: bytes, says: str, tmp_path: Path) -> None:
    path = keep(tmp_path / "p", content)
    with pytest.raises(ConfigError, match=says) as told:
        read_password(config(password_file=str(path)), {})
    unseen(told.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    def says(path: str) -> str:
        with pytest.raises(ConfigError) as told:
            read_password(config(password_file=path), {})
        return str(told.value)

    assert "does not exist. Make it: sudo install -m 600 -o " in says(str(tmp_path / "none"))
    opened = len(list(Path("/proc/self/fd").iterdir()))
    assert "Is a directory" in says(str(tmp_path))
    assert len(list(Path("/proc/self/fd").iterdir())) == opened
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "is no file" in says(str(tmp_path / "pipe"))


def test_a_credential_that_is_a_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "mqtt-password").mkdir()
    with pytest.raises(ConfigError, match="The credential mqtt-password cannot be read"):
        read_password(config(), {"CREDENTIALS_DIRECTORY": str(tmp_path)})


def test_a_password_needs_a_user_in_the_older_protocol() -> None:
    environ = {"INKWATCH_MQTT_PASSWORD": CANARY}
    with pytest.raises(ConfigError, match=r"needs mqtt\.username") as told:
        read_password(config(protocol="3.1.1"), environ)
    unseen(told.value)
    assert read_password(config(protocol="3.1.1", username="u"), environ)


def unseen(error: BaseException) -> None:
    """Neither the message nor the traceback, with all that is chained, shows the canary."""
    shown = "".join(traceback.format_exception(error)) + str(error) + repr(error)
    assert CANARY not in shown


def test_a_secret_shows_itself_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    secret = Secret(CANARY)
    password = Password(secret, "file")
    logging.getLogger("inkwatch").warning("%s %r %s", secret, secret, password)
    shown = [str(secret), repr(secret), f"{secret}", f"{secret!r:>50}", repr(password), caplog.text]
    shown += [str([secret]), str({"a": password})]
    assert CANARY not in "".join(shown)
    assert "Secret(...)" in caplog.text
    for give in (pickle.dumps, json.dumps, msgspec.json.encode, copy.deepcopy, hash):
        with pytest.raises(TypeError) as told:
            give(secret)
        unseen(told.value)
    assert not hasattr(secret, "__dict__")
    assert secret.reveal() == CANARY


def test_secrets_can_be_compared() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("ä") != Secret("a")
    assert Secret("a") != "a"


@pytest.mark.parametrize(
    "text",
    [
        f'[mqtt]\npassword = "{CANARY}"',
        f"[mqtt]\npassword = {CANARY}",
        f'[mqtt]\npassword = "{CANARY}',
        f'[mqtt]\npasswd = "{CANARY}"',
        f'[mqtt]\npasword = "{CANARY}"',
        f'[mqtt]\npasword = ["{CANARY}"]',
        f'mqtt.password = {{secret = "{CANARY}"}}',
        f'token = "{CANARY}"',
        f'[mqtt]\nhost = "mqtt://user:{CANARY}@broker"',
        f'[mqtt]\nhost = "user:{CANARY}@broker"',
        f'[mqtt]\nport = "user:{CANARY}@broker"',
        f'mqtt = "mqtt://user:{CANARY}@broker"',
        f'[mqtt]\npassword_file = "{CANARY}"',
        f'[mqtt]\nusername = ["{CANARY}"]',
        f'password = "{CANARY}"\npassword = "{CANARY}"',
    ],
)
def test_a_password_in_the_wrong_place_is_not_repeated(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as told:
        load(path, {})
    unseen(told.value)


def test_a_password_in_the_file_is_told_where_it_belongs(tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(f'[mqtt]\npassword = "{CANARY}"', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"line 2: mqtt.password does not belong .* 0600 .*") as (
        told
    ):
        load(path, {})
    assert "mqtt.password_file" in str(told.value)
    assert "INKWATCH_MQTT_PASSWORD" in str(told.value)


def test_misspelt_variables_do_not_repeat_a_password(tmp_path: Path) -> None:
    environ = {"INKWATCH_MQTT_PASSWORDD": CANARY, "INKWATCH_MQTT_PASSWORD": CANARY}
    with pytest.raises(ConfigError, match="did you mean INKWATCH_MQTT_PASSWORD") as told:
        load(None, environ, default_path=tmp_path / "none")
    unseen(told.value)
