"""Where a reader cannot be opened, the setting or the option that is to blame is named."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from inkwatch.cli import build_parser, main
from inkwatch.cli_blame import blame
from inkwatch.config.load import load
from inkwatch.errors import ExitCode, MissingPackageError

SAMPLE = Path(__file__).parents[2] / "device/inkwatch/samples/note.jpg"
MODELS = Path(__file__).parents[2] / "device/inkwatch/models"

WRONG = [
    ("model", "nope", ExitCode.BUNDLE),
    ("language", "xx", ExitCode.BUNDLE),
    ("pattern", "[", ExitCode.USAGE),
    ("pattern", "@/nope", ExitCode.USAGE),
    ("words", "/nope", ExitCode.USAGE),
]

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text("")
    return path


def watch(config: Path, *words: str) -> int:
    return main(["watch", "--config", str(config), "--source", str(SAMPLE), "--once", *words])


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A folder of bundles in which one byte of each model is another one."""
    folder = tmp_path / "models"
    shutil.copytree(MODELS, folder)
    for path in folder.glob("*/model.tflite"):
        model = bytearray(path.read_bytes())
        model[1000] ^= 1
        path.write_bytes(model)
    return folder


def key_of(option: str) -> str:
    return "words_file" if option == "words" else option


@pytest.mark.parametrize(("option", "value"), [row[:2] for row in WRONG])
def test_a_setting_ends_watch_as_it_ends_the_check(
    option: str, value: str, config: Path, capfd: Capture
) -> None:
    name = key_of(option)
    config.write_text(f'[reading]\n{name} = "{value}"\n')
    assert main(["config", "check", "--config", str(config)]) == ExitCode.CONFIG
    capfd.readouterr()
    assert watch(config) == ExitCode.CONFIG
    assert f"inkwatch: {config}, line 2: reading.{name} cannot be used: " in capfd.readouterr().err


def test_a_variable_is_named_too(
    config: Path, monkeypatch: pytest.MonkeyPatch, capfd: Capture
) -> None:
    monkeypatch.setenv("INKWATCH_READING_PATTERN", "[")
    assert watch(config) == ExitCode.CONFIG
    assert "inkwatch: INKWATCH_READING_PATTERN: reading.pattern " in capfd.readouterr().err


@pytest.mark.parametrize(("key", "bundle"), [("model", "chars"), ("lines_model", "lines")])
def test_a_damaged_model_that_the_config_names_is_its_fault(
    key: str, bundle: str, config: Path, damaged: Path, capfd: Capture
) -> None:
    config.write_text(f'[reading]\n{key} = "{damaged}/{bundle}"\n')
    told = f"inkwatch: {config}, line 2: reading.{key} cannot be used: {damaged}/{bundle}/model"
    assert main(["config", "check", "--config", str(config)]) == ExitCode.CONFIG
    assert told in capfd.readouterr().err
    assert watch(config) == ExitCode.CONFIG
    assert told in capfd.readouterr().err
    assert watch(config, f"--{key.replace('_', '-')}", f"{damaged}/{bundle}") == ExitCode.BUNDLE
    assert f"inkwatch: --{key.replace('_', '-')}: {damaged}" in capfd.readouterr().err


@pytest.mark.parametrize("engine", ["characters", "auto"])
def test_a_damaged_model_that_is_taken_by_default_is_no_fault_of_the_config(
    engine: str, config: Path, damaged: Path, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    if engine == "auto":
        shutil.rmtree(damaged / "chars")
    monkeypatch.setenv("INKWATCH_MODELS", str(damaged))
    config.write_text(f'[reading]\nengine = "{engine}"\n')
    name = "lines" if engine == "auto" else "chars"
    told = f"inkwatch: {damaged}/{name}/model.tflite is not the"
    assert main(["config", "check", "--config", str(config)]) == ExitCode.BUNDLE
    assert told in capfd.readouterr().err
    assert watch(config) == ExitCode.BUNDLE
    assert told in capfd.readouterr().err


@pytest.mark.parametrize(("option", "value", "code"), WRONG)
def test_an_option_is_named_and_keeps_its_code(
    option: str, value: str, code: ExitCode, config: Path, capfd: Capture
) -> None:
    config.write_text(f'[reading]\n{key_of(option)} = "also wrong"\n')
    assert watch(config, f"--{option}", value) == code
    said = capfd.readouterr().err
    assert f"inkwatch: --{option}: " in said
    assert "reading." not in said


def test_own_words_without_a_language_are_the_options_fault_where_that_takes_it_away(
    config: Path, tmp_path: Path, capfd: Capture
) -> None:
    (tmp_path / "words").write_text("Anna")
    config.write_text(f'[reading]\nwords_file = "{tmp_path}/words"\n')
    assert watch(config, "--language", "none") == ExitCode.USAGE
    assert "--language: Own words" in capfd.readouterr().err
    with config.open("a") as file:
        file.write('language = "none"\n')
    assert watch(config) == ExitCode.CONFIG
    assert main(["config", "check", "--config", str(config)]) == ExitCode.CONFIG
    assert "line 2: reading.words_file cannot be used: Own words" in capfd.readouterr().err


def test_a_fault_of_neither_stays_what_it_is(config: Path) -> None:
    loaded = load(config)
    error = MissingPackageError("There is no runtime.")
    args = build_parser().parse_args(["watch"])
    assert blame(error, loaded.config, loaded, args) is error


def test_a_reload_with_such_a_fault_is_told_and_changes_nothing(config: Path) -> None:
    words = ["watch", "--config", str(config), "--source", str(SAMPLE)]
    command = [sys.executable, "-m", "inkwatch", *words]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        config.write_text('\n[reading]\npattern = "["\n')
        process.send_signal(signal.SIGHUP)
        told = next((line for line in process.stderr if "The config was" in line), "")
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
    assert f"all stays as it was: {config}, line 3: reading.pattern cannot be used: " in told
    assert process.returncode == 0
