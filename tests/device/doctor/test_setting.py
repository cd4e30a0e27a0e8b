from pathlib import Path

import pytest

from inkwatch.config.file import DEFAULT_PATH
from inkwatch.doctor.setting import Setting


@pytest.mark.parametrize(
    ("setting", "edit", "start", "check"),
    [
        (
            Setting(service=True),
            "sudoedit /etc/inkwatch/config.toml",
            "sudo systemctl start inkwatch",
            "inkwatch config check",
        ),
        (
            Setting(service=False, config_path=DEFAULT_PATH),
            "sudoedit /etc/inkwatch/config.toml",
            "inkwatch watch",
            "inkwatch config check",
        ),
        (
            Setting(service=False, config_path=Path("my own.toml")),
            "nano 'my own.toml'",
            "inkwatch watch --config 'my own.toml'",
            "inkwatch config check --config 'my own.toml'",
        ),
    ],
)
def test_what_is_typed_goes_by_who_runs_it(
    setting: Setting, edit: str, start: str, check: str
) -> None:
    assert (setting.edit, setting.start, setting.check) == (edit, start, check)
