"""`inkwatch watch` from the command line: with a fake reader here, and whole in a process."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
from tests.device.conftest import Cli

from inkwatch.cli import build_parser
from inkwatch.cli_watch import source_path, with_options
from inkwatch.config.model import Config
from inkwatch.config.settings import make_config
from inkwatch.errors import ExitCode
from inkwatch.publish.event_form import event_schema_text

PAGES = Path(__file__).parents[2] / "device/inkwatch/samples"


@pytest.fixture(autouse=True)
def _no_config(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("INKWATCH_")]:
        monkeypatch.delenv(name)


def options(*words: str) -> Config:
    return with_options(Config(), build_parser().parse_args(["watch", *words]))


def test_without_options_the_config_holds() -> None:
    assert options() == Config()


def test_options_stand_over_the_config() -> None:
    config = options(
        *("--source", "clip.mp4", "--format", "json", "--language", "none"),
        *("--pattern", "digits", "--words", "w.txt", "--model", "chars"),
        *("--region", "10%,0%,80%,50%", "--rotate", "180", "--min-confidence", "70%"),
    )
    assert config.camera.source == "clip.mp4"
    assert config.console.format == "json"
    reading = config.reading
    assert (reading.language, reading.pattern, reading.words_file) == ("none", "digits", "w.txt")
    assert (reading.model, reading.rotation, reading.min_confidence) == ("chars", 180, 0.7)
    assert reading.region == (0.1, 0.0, 0.8, 0.5)
    assert options("--rotate", "auto").reading.rotation == "auto"


@pytest.mark.parametrize("option", ["model", "language", "pattern", "words"])
@pytest.mark.parametrize("value", ["en", "x"])
def test_an_option_before_the_command_stands_over_the_config_too(option: str, value: str) -> None:
    key = "words_file" if option == "words" else option
    config = make_config({f"reading.{key}": "other"})
    before = build_parser().parse_args([f"--{option}", value, "watch"])
    assert getattr(with_options(config, before).reading, key) == value
    both = build_parser().parse_args([f"--{option}", "y", "watch", f"--{option}", value])
    assert getattr(with_options(config, both).reading, key) == value


@pytest.mark.parametrize(
    "words", [("--region", "1,2,3,4"), ("--timeout", "0"), ("--format", "hocr"), ("--rotate", "45")]
)
def test_wrong_options_are_refused(cli: Cli, words: tuple[str, str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli("watch", *words)
    assert ended.value.code == ExitCode.USAGE


@pytest.mark.parametrize(
    ("region", "says"),
    [
        ("1,2,30,40", "in percent of the view, such as 10%,5%,80%,50%"),
        ("0,0.5,1,0.5", "in percent of the view, such as 10%,5%,80%,50%"),
        ("0%,x%,1%,5%", "in percent of the view, such as 10%,5%,80%,50%"),
        ("-1%,0%,1%,5%", "in percent of the view, such as 10%,5%,80%,50%"),
        ("0%,50%,100%,60%", "are 110%"),
    ],
)
def test_a_wrong_region_is_told_how_to_be_written(
    region: str, says: str, cli: Cli, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        cli("watch", f"--region={region}")
    said = capsys.readouterr().err
    assert says in said
    assert "pixels" not in said


def test_the_sample_is_a_video_that_ships() -> None:
    assert Path(source_path("sample")).stat().st_size < 900 * 1024
    assert source_path("auto") == "auto"


def test_a_page_is_read_once_and_printed(
    cli: Cli, draw: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    page = draw("page.png", 60)
    assert cli("watch", "--source", page, "--once") == ExitCode.OK
    printed = capfd.readouterr()
    assert printed.out == "h60\n\n"
    assert f"Watching through {page}." in printed.err
    assert cli.languages == ["en"]


def test_in_a_folder_each_picture_is_named(
    cli: Cli, draw: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    page = draw("pages/a\tb.png", 60)
    assert cli("watch", "--source", page.parent, "--once") == ExitCode.OK
    assert capfd.readouterr().out == f"==> {page.parent}/a\\tb.png <==\nh60\n\n"


def test_the_sample_may_be_named_in_the_config_too(
    cli: Cli, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[camera]\nsource = "sample"\n')
    assert cli("watch", "--config", config, "--timeout", "4") == ExitCode.OK
    assert "desk.mp4" in capfd.readouterr().err


def test_options_before_the_command_hold_too(cli: Cli, draw: Callable[..., Path]) -> None:
    page = draw("page.png", 60)
    assert cli("--language", "none", "watch", "--source", page, "--once") == ExitCode.OK
    assert cli.languages == [None]


def test_a_page_that_cannot_be_written_is_no_success_and_told_once() -> None:
    page = Path(source_path("sample")).with_name("note.jpg")
    command = [sys.executable, "-m", "inkwatch", "watch", "--source", str(page), "--once"]
    with Path("/dev/full").open("w") as full:
        ended = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, timeout=60, check=False
        )
    assert ended.returncode == ExitCode.OUTPUT
    told = [row for row in ended.stderr.decode().splitlines() if "output cannot be written" in row]
    assert len(told) == 1
    assert told[0].startswith("inkwatch: ")


def test_json_lines_fit_the_schema(
    cli: Cli, draw: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    page = draw("page.png", 60)
    assert cli("watch", "--source", page, "--once", "--format", "json") == ExitCode.OK
    form = json.loads(capfd.readouterr().out)
    jsonschema.validate(form, json.loads(event_schema_text()))
    assert (form["text"], form["kind"], form["sequence"]) == ("h60", "new", 0)


def test_a_page_without_writing_ends_in_its_own_code(
    cli: Cli, draw: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    page = draw("page.png", 60, blank=True)
    code = cli("watch", "--source", page, "--once", "--timeout", "2")
    assert code == ExitCode.NOTHING
    printed = capfd.readouterr()
    assert printed.out == ""
    assert "No writing came to rest. Of " in printed.err


def test_a_camera_that_is_not_there_is_told_with_what_to_do(
    cli: Cli, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    code = cli("watch", "--source", tmp_path / "none.mp4", "--once", "--timeout", "5")
    assert code == ExitCode.CAMERA
    said = capfd.readouterr().err
    assert said.count("none.mp4") == 1
    assert "`--source`, or `camera.source` in the config" in said


def test_another_source_steps_in_for_auto_alone(
    cli: Cli, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    other = ("--else", PAGES / "note.jpg", "--once")
    assert cli("watch", "--source", "mistyped.jpg", *other) == ExitCode.USAGE
    assert "--else goes with --source auto, not mistyped.jpg" in capfd.readouterr().err
    config = tmp_path / "config.toml"
    config.write_text('[camera]\nsource = "/no/mistyped.jpg"\n')
    assert cli("watch", "--config", config, *other) == ExitCode.CAMERA
    assert "/no/mistyped.jpg: there is no such" in capfd.readouterr().err


def test_a_wrong_config_is_refused(
    cli: Cli, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[watch]\nvotess = 2\n")
    assert cli("watch", "--config", config) == ExitCode.CONFIG
    assert "watch.votes" in capfd.readouterr().err


def test_the_config_is_taken(
    cli: Cli, tmp_path: Path, draw: Callable[..., Path], capfd: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    page = draw("page.png", 60)
    config.write_text(
        f'[camera]\nsource = "{page}"\n[console]\nformat = "json"\n'
        '[reading]\nlanguage = "none"\npattern = "digits"\n'
    )
    assert cli("watch", "--config", config, "--once") == ExitCode.OK
    assert json.loads(capfd.readouterr().out)["text"] == "h60"
    assert (cli.languages, cli.patterns) == ([None], ["digits"])


def start(*words: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "inkwatch", "watch", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_the_sample_video_is_told_page_by_page() -> None:
    """The command as it is: a page, a second one, a cleared desk."""
    with start("--source", "sample", "--format", "json") as process:
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    events = [json.loads(line) for line in out.splitlines()]
    assert [event["kind"] for event in events] == ["new", "new", "cleared"]
    for event, page in zip(events, ("meter-card", "note"), strict=False):
        written = (PAGES / f"{page}.txt").read_text().split()
        right = [word for word in event["text"].split() if word in written]
        assert len(right) > 0.8 * len(written)
    assert [event["sequence"] for event in events] == [0, 1, 2]
    assert events[2]["text"] == ""


@pytest.mark.skipif(any(Path("/dev").glob("video[0-9]*")), reason="a camera is here")
def test_where_there_is_no_camera_the_other_source_is_watched() -> None:
    source = str(PAGES / "note.jpg")
    with start("--source", "auto", "--else", source, "--once") as process:
        out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    assert "Dear Martha" in out
    assert "note.jpg" in err


def test_sigterm_ends_it_at_once_and_leaves_no_process() -> None:
    with start("--source", str(PAGES / "note.jpg")) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        began_s = time.monotonic()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
        assert time.monotonic() - began_s < 15
    assert process.returncode == 0
    assert children
    assert not any(Path(f"/proc/{child}").exists() for child in children)


def test_a_pipe_that_has_enough_ends_it() -> None:
    command = f"{sys.executable} -m inkwatch watch --source sample | head -n 1"
    done = subprocess.run(
        command, shell=True, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.stdout == "METER CARD\n"
    assert "Traceback" not in done.stderr
