import os
import re
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from inkwatch.config.load import Loaded, Origin, load
from inkwatch.config.model import Config, HomeAssistantSection
from inkwatch.config.settings import all_settings
from inkwatch.errors import ConfigError, ExitCode

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def run(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return run


@pytest.fixture
def fault(write: Write) -> Callable[..., str]:
    """What is said of a file with one fault, without the file's name and folder."""

    def run(text: str, **environ: str) -> str:
        path = write(text)
        with pytest.raises(ConfigError) as told:
            load(path, environ)
        assert told.value.exit_code == ExitCode.CONFIG
        assert len(told.value.faults) == 1, told.value.faults
        assert "\n" not in told.value.faults[0]
        return told.value.faults[0].removeprefix(f"{path}, ").removeprefix(f"{path}: ")

    return run


def test_nothing_given_is_all_defaults(tmp_path: Path) -> None:
    assert load(None, {}, default_path=tmp_path / "none.toml") == Loaded(Config(), None, {})


def test_the_file_holds_and_the_environment_over_it(write: Write) -> None:
    path = write('[mqtt]\nhost = "a"\nport = 1\nkeepalive_s = 30\n[camera]\nrate_hz = 2\n')
    loaded = load(path, {"INKWATCH_MQTT_HOST": "b", "INKWATCH_MQTT_TLS_ENABLED": "true"})
    assert (loaded.config.mqtt.host, loaded.config.mqtt.port) == ("b", 1)
    assert loaded.config.mqtt.tls.enabled is True
    assert loaded.config.camera.rate_hz == 2.0
    assert loaded.path == path
    assert loaded.origin("mqtt.host") == Origin.ENVIRONMENT
    assert loaded.origin("mqtt.port") == Origin.FILE
    assert loaded.origin("mqtt.base") == Origin.DEFAULT


def test_which_file_holds(tmp_path: Path) -> None:
    files = {}
    for each in ("asked", "named", "default"):
        files[each] = tmp_path / f"{each}.toml"
        files[each].write_text(f'device.name = "{each}"', encoding="utf-8")
    named = {"INKWATCH_CONFIG": str(files["named"])}

    def name(path: Path | None, environ: dict[str, str]) -> str:
        return load(path, environ, default_path=files["default"]).config.device.name

    assert name(files["asked"], named) == "asked"
    assert name(None, named) == "named"
    assert name(None, {}) == "default"
    assert name(None, {"INKWATCH_CONFIG": ""}) == "default"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "[mqtt]\n\nkeepalive_s = 4",
            "line 3: mqtt.keepalive_s must be a whole number from 5 to 3600, not 4.",
        ),
        (
            "[mqtt]\nkeepalive = 15",
            "line 2: there is no setting mqtt.keepalive; did you mean mqtt.keepalive_s?",
        ),
        ("mqtt.port = true", "line 1: mqtt.port must be a whole number from 0 to 65535, not true."),
        ('mqtt.image = "no"', 'line 1: mqtt.image must be true or false, not "no".'),
        ("mqtt.host = 5", "line 1: mqtt.host must be text of at most 253 characters, not 5."),
        (
            "camera.rate_hz = 0",
            "line 1: camera.rate_hz must be a number above 0 and at most 60, not 0.",
        ),
        ("camera.gain = nan", "line 1: camera.gain must be a number from 0 to 64, not nan."),
        ("camera.gain = -inf", "line 1: camera.gain must be a number from 0 to 64, not -inf."),
        ("camera.gain = []", "line 1: camera.gain must be a number from 0 to 64, not []."),
        ("camera.gain = {a=1}", "line 1: camera.gain must be a number from 0 to 64, not a table."),
        (
            "camera.gain = 1999-01-01",
            "line 1: camera.gain must be a number from 0 to 64, not a date or time.",
        ),
        (
            "camera.gain = 0x" + "f" * 5000,
            "line 1: camera.gain must be a number from 0 to 64, not a far larger number.",
        ),
        ('camera.source = ""', 'line 1: camera.source must be text that is not empty, not "".'),
        (
            'camera.autofocus = "continous"',
            'line 1: camera.autofocus must be "continuous", "single", "fixed" or "none", not "cont',
        ),
        (
            "reading.rotation = 45",
            'line 1: reading.rotation must be "auto", 0, 90, 180 or 270, not 45.',
        ),
        (
            "reading.region = [0, 0, 1]",
            "line 1: reading.region must be a list of 4 numbers from 0 to 1, not [0, 0, 1].",
        ),
        (
            'device.id = "a b"',
            'line 1: device.id must be at most 64 letters, digits, `-` and `_`, not "a b".',
        ),
        ('device.name = "a\\u0000"', "line 1: device.name must be without control characters"),
        ('device.id = "a\\n"', "line 1: device.id must be without control characters"),
        ("mqtt = 5", "line 1: mqtt must be a table: [mqtt]."),
        ("[[mqtt]]", "line 1: mqtt must be a table: [mqtt]."),
        ("[mqqt]\nhost = 5", "line 1: there is no table [mqqt]; did you mean [mqtt]?"),
        ("[tls]", "line 1: there is no table [tls]; did you mean [mqtt.tls]?"),
        ("host = 5", "line 1: there is no setting host; did you mean mqtt.host?"),
        ("camera.region = 5", "line 1: there is no setting camera.region; did you mean reading.r"),
        ("xyzzy = 5", "line 1: there is no setting xyzzy."),
        ('"mqtt.host" = "a"', "line 1: there is no setting mqtt.host; did you mean mqtt.host?"),
        ('"a\\nb" = 5', 'line 1: there is no setting "a\\nb".'),
        ("[mqtt]\nport = ", "line 2: there is no value here that TOML knows."),
        ("[mqtt]\nhost = x", "line 2, column 8: there is no value here that TOML knows. Text "),
        ('a = "\\d"', "line 1, column 8: a backslash counts as itself only between single quotes."),
        ("a = 1\na = 2", "line 2: this was given before. Leave one of the two out."),
        ("[mqtt]\n[mqtt]", "line 2, column 6: this table was given before."),
        ('\n\na = "x', "line 3: a quote is not closed."),
        ("a = " + "[" * 100_000, "lists or tables lie too deep within one another."),
        ("a = " + "1" * 5000, "a number in it is far too long for a setting."),
        ("a." * 101 + "b = 1", "line 1: more than 100 dots are in one line"),
    ],
)
def test_each_fault_is_one_sentence(text: str, says: str, fault: Callable[..., str]) -> None:
    assert fault(text).startswith(says)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[mqtt]\n# x\nbad = 1", 3),
        ("[mqtt]\r\nbad = 1\r\n", 2),
        ("\ufeff[mqtt]\nbad = 1", 2),
        ('["mqtt"]\n\n"bad" = 1', 3),
        ("[mqtt]\nhost = '''\nbad = 1\n[camera]\n'''\nbad = 1", 6),
        ('[mqtt]\nhost = """x\\"""\nbad = 1"""\n bad . x = 1', 4),
        ("x = [\n]\nmqtt.bad = 1".replace("x", "reading.region", 1).replace("\n]", "0,0,1,1]"), 2),
        ("[ mqtt . tls ] # [x]\nbad = 1", 2),
        ("[mqtt]\nport = 1\ntls = { bad = 1 }", 3),
        ("[mqtt]\ntls = { enabled = true, ca_file = '''\n\n''', bad = [\n1,\n2] }", 2),
        ("mqtt.tls.enabled = true\nmqtt.tls.bad = 1", 2),
        ("[mqtt.tls]\nenabled = true\n[mqtt]\nbad = 1", 4),
    ],
)
def test_the_line_is_found_however_a_key_is_written(text: str, line: int, write: Write) -> None:
    path = write(text)
    with pytest.raises(ConfigError) as told:
        load(path, {})
    assert any(
        fault.startswith(f"{path}, line {line}: there is no") and "bad" in fault
        for fault in told.value.faults
    ), told.value.faults


def test_a_choice_that_is_nearly_right_is_told(fault: Callable[..., str]) -> None:
    told = fault('camera.autofocus = "continous"')
    assert told.endswith('not "continous"; did you mean "continuous"?')


def test_all_faults_are_told_in_the_order_of_their_lines(write: Write) -> None:
    path = write("mqtt.port = -1\nmqtt.bad = 1\ncamera.gain = -1\nmqtt.image = 1\n")
    with pytest.raises(ConfigError) as told:
        load(path, {"INKWATCH_MQTT_BASE": "/"})
    assert [fault.partition(": ")[0] for fault in told.value.faults] == [
        *(f"{path}, line {line}" for line in (1, 2, 3, 4)),
        "INKWATCH_MQTT_BASE",
    ]


def test_of_very_many_faults_the_first_are_told(write: Write) -> None:
    with pytest.raises(ConfigError) as told:
        load(write("".join(f"a{number} = 1\n" for number in range(1000))), {})
    assert len(told.value.faults) == 21
    assert told.value.faults[-1] == "980 more faults are not told."


@pytest.mark.parametrize(
    ("variable", "text", "value"),
    [
        ("INKWATCH_MQTT_PORT", "8883", 8883),
        ("INKWATCH_MQTT_IMAGE", "1", True),
        ("INKWATCH_MQTT_IMAGE", "False", False),
        ("INKWATCH_MQTT_HOST", "[not] a list", "[not] a list"),
        ("INKWATCH_MQTT_PROTOCOL", "3.1.1", "3.1.1"),
        ("INKWATCH_MQTT_USERNAME", "17", "17"),
        ("INKWATCH_READING_ROTATION", "90", 90),
        ("INKWATCH_READING_ROTATION", "auto", "auto"),
        ("INKWATCH_READING_REGION", "[0.5, 0, 0.5, 1]", (0.5, 0.0, 0.5, 1.0)),
        ("INKWATCH_HEALTH_EVERY_S", "7.5", 7.5),
    ],
)
def test_the_environment_gives_every_type(variable: str, text: str, value: object) -> None:
    if variable == "INKWATCH_MQTT_HOST":
        variable = "INKWATCH_READING_PATTERN"
    config = load(None, {variable: text}, default_path=Path("/no/such/file")).config
    section, _, name = variable.removeprefix("INKWATCH_").lower().partition("_")
    got = getattr(getattr(config, section), name)
    assert got == value
    assert type(got) is type(value)


@pytest.mark.parametrize(
    ("variable", "text", "says"),
    [
        ("INKWATCH_MQTT_PORT", "x", 'mqtt.port must be a whole number from 0 to 65535, not "x".'),
        ("INKWATCH_MQTT_PORT", "", 'mqtt.port must be a whole number from 0 to 65535, not "".'),
        ("INKWATCH_CAMERA_GAIN", "nan", "camera.gain must be a number from 0 to 64, not "),
        ("INKWATCH_CAMERA_GAIN", "inf", "camera.gain must be a number from 0 to 64, not "),
        ("INKWATCH_READING_REGION", "[", "reading.region must be a list of 4 numbers from 0 to 1"),
        ("INKWATCH_READING_REGION", "[" * 9999, "reading.region must be a list of 4 numbers"),
        ("INKWATCH_READING_REGION", "[0]\nx=1", "reading.region must be a list of 4 numbers"),
        ("INKWATCH_DEVICE_NAME", "\udcff", "device.name must be without control characters, and "),
        ("INKWATCH_MQTT_HOSTT", "x", "there is no such setting; did you mean INKWATCH_MQTT_HOST?"),
        ("INKWATCH_MQT_HOST", "x", "there is no such setting; did you mean INKWATCH_MQTT_HOST?"),
        ("INKWATCH_WATCH_XYZ", "x", "there is no such setting"),
        ("INKWATCH_MQTT_TLS_KEY_FILE", "/k", "mqtt.tls.key_file needs mqtt.tls.cert_file"),
    ],
)
def test_a_fault_of_the_environment_names_the_variable(
    variable: str, text: str, says: str, fault: Callable[..., str]
) -> None:
    tls = "mqtt.tls.enabled = true"
    assert fault(tls, **{variable: text}).startswith(f"{variable}: {says}")


def test_other_variables_are_left_alone(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/environment.md").read_text(encoding="utf-8")
    documented = re.findall(r"`(INKWATCH_[A-Z_]+)`", page)
    assert len(documented) >= 8
    ours = {setting.variable for setting in all_settings().values()} | {"INKWATCH_CONFIG"}
    environ = dict.fromkeys({*documented, "INKWATCH_SOMETHING_ELSE"} - ours, "5")
    assert load(None, environ, default_path=tmp_path / "none").config == Config()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("mqtt.tls = {enabled=true, key_file='/k'}", "mqtt.tls.key_file needs mqtt.tls.cert_file"),
        ("mqtt.tls.ca_file = '/c'", "mqtt.tls.ca_file does nothing unless mqtt.tls.enabled = true"),
        ("mqtt.tls.verify = false", "mqtt.tls.verify does nothing unless mqtt.tls.enabled = true"),
        ("mqtt.host = 'mqtt://b'", "mqtt.host must be the broker's name or address alone"),
        ("mqtt.host = 'b:1883'", "mqtt.host must be a name or address alone"),
        ("mqtt.host = '[::1]'", "mqtt.host must be a name or address alone"),
        ("mqtt.host = 'b c'", "mqtt.host must be the broker's name or address alone"),
        ("mqtt.websocket_path = 'x'", "mqtt.websocket_path must begin with /"),
        ("mqtt.password_file = 'x'", "mqtt.password_file must be a file's whole path"),
        (
            "mqtt = {password_file='/p', protocol='3.1.1'}",
            "mqtt.password_file needs mqtt.username",
        ),
        (
            "camera.focus_dioptres = 2",
            'camera.focus_dioptres counts only with camera.autofocus = "f',
        ),
        ("camera.rate_hz = 0.2", "camera.hang_after_s must be above 5: "),
        ("camera.exposure_us = 4000000", "camera.hang_after_s must be above 4: "),
        ("reading.region = [0.6, 0, 0.5, 1]", "reading.region must lie within the picture: its w"),
        ("reading.region = [0, 0, 1, 0]", "reading.region must lie within the picture: its height"),
    ],
)
def test_what_cannot_hold_together_is_told(text: str, says: str, fault: Callable[..., str]) -> None:
    told = fault(text)
    assert told.removeprefix("line 1: ").startswith(says)


@pytest.mark.parametrize(
    "text",
    [
        "camera = {focus_dioptres=2, autofocus='fixed'}",
        "mqtt = {host='::1', tls={enabled=true, cert_file='/c', key_file='/k', verify=false}}",
        "reading.region = [0.7, 0.7, 0.3, 0.3]",
        "camera = {rate_hz=0.2, hang_after_s=6}",
        "mqtt = {username='u', password_file='/p', protocol='3.1.1'}",
    ],
)
def test_what_can_hold_together_is_taken(text: str, write: Write) -> None:
    assert load(write(text), {}).config != Config()


def test_a_nested_table_may_be_written_inline(write: Write) -> None:
    loaded = load(write("mqtt.home_assistant = {enabled=false, prefix='ha'}"), {})
    assert loaded.config.mqtt.home_assistant == HomeAssistantSection(enabled=False, prefix="ha")
    assert dict(loaded.given) == {
        "mqtt.home_assistant.enabled": Origin.FILE,
        "mqtt.home_assistant.prefix": Origin.FILE,
    }


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "text",
    [
        "a = [\n" + "1,\n" * 100_000 + "]",
        "".join(f"a{number} = 1\n" for number in range(20_000)),
        "".join(f"[mqtt.{'x' * 100}{number}]\n" for number in range(2_000)),
        f'"{"k" * 900_000}" = 1',
        "mqtt.port = 0x" + "f" * 900_000,
    ],
    ids=["list", "names", "tables", "name", "number"],
)
def test_large_files_that_are_no_config_are_told_in_short(text: str, write: Write) -> None:
    with pytest.raises(ConfigError) as told:
        load(write(text), {})
    assert len(str(told.value)) < 6000


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    def says(path: Path) -> str:
        with pytest.raises(ConfigError) as told:
            load(path, {})
        return str(told.value)

    assert "does not exist" in says(tmp_path / "none.toml")
    assert "is a folder" in says(tmp_path)
    assert "cannot be read: the name is not possible" in says(Path("a\0b"))
    assert "cannot be read: File name too long" in says(Path("x" * 5000))
    os.mkfifo(tmp_path / "pipe")
    assert "is no file" in says(tmp_path / "pipe")
    assert "is no file" in says(Path("/dev/zero"))
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * (1024 * 1024 + 1))
    assert "is larger than 1024 KiB" in says(large)
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"# a\n# \xff\n")
    assert "line 2: this is no text in UTF-8" in says(binary)


def test_a_file_that_is_closed_to_us_says_how_to_open_it(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write("")

    def refuse(*_: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(ConfigError, match=f"sudo chmod a\\+r {path}"):
        load(path, {})


def test_a_default_that_is_there_but_broken_is_not_passed_over(tmp_path: Path) -> None:
    link = tmp_path / "config.toml"
    link.symlink_to(tmp_path / "gone")
    assert stat.S_ISLNK(link.lstat().st_mode)
    with pytest.raises(ConfigError, match="does not exist"):
        load(None, {}, default_path=link)
