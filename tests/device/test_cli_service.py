import os
from pathlib import Path

import pytest

from inkwatch import cli_service
from inkwatch.cli_service import beside_service, service_password
from inkwatch.config.model import Config, MqttSection


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The service's config, with unit and credentials beside it."""
    config, unit, credentials = (tmp_path / name for name in ("config.toml", "unit", "credentials"))
    config.touch()
    unit.touch()
    credentials.mkdir()
    (credentials / "mqtt-password").write_text("right\n")
    monkeypatch.setattr(cli_service, "DEFAULT_PATH", config)
    monkeypatch.setattr(cli_service, "UNIT_FILE", unit)
    monkeypatch.setattr(cli_service, "CREDENTIALS", credentials)
    return config


def test_beside_the_service_its_state_and_password_are_looked_at(config: Path) -> None:
    service = beside_service(config, {"A": "b"})
    assert service.installed
    assert not service.closed
    assert service.environment == {
        "A": "b",
        "STATE_DIRECTORY": "/var/lib/inkwatch",
        "CREDENTIALS_DIRECTORY": str(config.with_name("credentials")),
    }
    password = service_password(Config(mqtt=MqttSection(host="b", username="u")), service)
    assert password is not None
    assert password.secret.reveal() == "right"


def test_what_was_given_goes_before_the_services(config: Path) -> None:
    given = {"CREDENTIALS_DIRECTORY": "/mine"}
    assert beside_service(config, given).environment["CREDENTIALS_DIRECTORY"] == "/mine"


def test_another_config_is_not_the_services(config: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.touch()
    assert not beside_service(other, {}).installed
    cli_service.UNIT_FILE.unlink()
    assert beside_service(config, {}).environment == {}


def test_who_may_not_read_the_password_is_told_so(
    config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    assert beside_service(config, {}).closed
