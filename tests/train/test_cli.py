import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("sklearn", reason="needs pip install 'inkwatch[train]'")

from inkwatch import __version__
from inkwatch.errors import DataError, DownloadError, ExitCode, MissingPackageError, OutputError
from inkwatch_train import cli
from inkwatch_train.cli import main


def fails_with(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    """Run a command that ends in `error`."""

    def handler(args: object) -> ExitCode:
        raise error

    class Parser:
        def parse_args(self, argv: object) -> object:
            return type("Args", (), {"handler": staticmethod(handler)})()

    monkeypatch.setattr(cli, "_parser", Parser)
    return main(["anything"])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (DataError("the data is not there"), ExitCode.DATA),
        (OutputError("no room"), ExitCode.OUTPUT),
        (DownloadError("cut short"), ExitCode.DOWNLOAD),
        (MissingPackageError("install it"), ExitCode.MISSING),
    ],
)
def test_an_error_is_one_sentence_and_a_code(
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    error: Exception,
    code: ExitCode,
) -> None:
    assert fails_with(monkeypatch, error) == code
    out, err = capfd.readouterr()
    assert out == ""
    assert err == f"inkwatch-train: {error}\n"


def test_a_missing_package_is_named(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    missing = ModuleNotFoundError("No module named 'sklearn'", name="sklearn")
    assert fails_with(monkeypatch, missing) == ExitCode.MISSING
    err = capfd.readouterr().err
    assert "sklearn" in err
    assert "pip install 'inkwatch[train]'" in err


def test_ctrl_c_says_that_the_work_is_kept(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    assert fails_with(monkeypatch, KeyboardInterrupt()) == 130
    assert "goes on" in capfd.readouterr().err


def test_a_fault_of_the_program_shows_its_traceback_only_when_asked(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("INKWATCH_DEBUG", raising=False)
    assert fails_with(monkeypatch, ZeroDivisionError("by nought")) == ExitCode.INTERNAL
    err = capfd.readouterr().err
    assert "please report it: ZeroDivisionError: by nought" in err
    assert "Traceback" not in err
    monkeypatch.setenv("INKWATCH_DEBUG", "1")
    assert fails_with(monkeypatch, ZeroDivisionError("by nought")) == ExitCode.INTERNAL
    assert "Traceback" in capfd.readouterr().err


@pytest.mark.parametrize("words", [[], ["nonsense"], ["--nonsense"], ["data"]])
def test_wrong_command_lines(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as told:
        main(words)
    assert told.value.code == ExitCode.USAGE
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("usage: inkwatch-train")


def test_help_names_every_command_and_exit_code(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as told:
        main(["--help"])
    assert told.value.code == 0
    out = capfd.readouterr().out
    for command in ("data", "fonts", "pages", "fit", "augment"):
        assert f"\n    {command} " in out
    for code in (0, 1, 2, 5, 6, 7, 8, 130):
        assert f" {code} " in out


def test_a_reader_that_goes_away_is_no_fault(tmp_path: Path) -> None:
    """`inkwatch-train data show ... | head -1`: neither a traceback nor an error."""
    code = (
        "import inkwatch_train.cli as cli, sys, types\n"
        "def handler(args):\n"
        "    for _ in range(100000): print('a line')\n"
        "class Parser:\n"
        "    def parse_args(self, argv): return types.SimpleNamespace(handler=handler)\n"
        "cli._parser = Parser\n"
        "sys.exit(cli.main())\n"
    )
    script = tmp_path / "show.py"
    script.write_text(code)
    process = subprocess.Popen(
        [sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline() == "a line\n"
    process.stdout.close()
    assert process.wait(60) == ExitCode.OK
    assert process.stderr.read() == ""
    process.stderr.close()


def test_the_version_is_told_by_a_process_of_its_own() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "inkwatch_train.cli", "--version"],
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0
    assert ended.stdout == f"inkwatch-train {__version__}\n"
    assert ended.stderr == ""


def test_help_needs_nothing_but_the_base_install() -> None:
    absent = ("tensorflow", "keras", "sklearn", "matplotlib", "PIL", "fontTools", "tqdm")
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({absent}))\n"
        "from inkwatch_train.cli import main\n"
        "main(['--help'])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "fit" in done.stdout
