"""How both host commands end, whatever goes wrong."""

import pytest

from inkwatch.errors import DataError, ExitCode
from inkwatch_convert import cli as convert_cli
from inkwatch_train.cli_console import run_command


def ends_with(error: BaseException) -> int:
    def work() -> ExitCode:
        raise error

    return run_command("inkwatch-x", work, when_stopped="All is kept.")


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (DataError("a.npz is empty. Copy it again."), ExitCode.DATA, "a.npz is empty."),
        (ModuleNotFoundError("No module named 'keras'"), ExitCode.MISSING, "inkwatch[train]"),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED, "stopped. All is kept."),
        (ZeroDivisionError("by zero"), ExitCode.INTERNAL, "please report it"),
    ],
)
def test_each_fault_is_one_sentence_and_a_code(
    capsys: pytest.CaptureFixture[str], error: BaseException, code: ExitCode, words: str
) -> None:
    assert ends_with(error) == code
    told = capsys.readouterr().err
    assert words in told
    assert told.startswith("inkwatch-x: ")
    assert told.count("\n") == 1


def test_an_internal_fault_shows_its_traceback_only_when_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKWATCH_DEBUG", "1")
    ends_with(ZeroDivisionError("by zero"))
    assert "Traceback" in capsys.readouterr().err


def test_the_converter_ends_so_too(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(path: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.delenv("INKWATCH_DEBUG", raising=False)
    monkeypatch.setattr(convert_cli, "load_run", broken)
    assert convert_cli.main(["anywhere"]) == ExitCode.INTERNAL
    told = capsys.readouterr().err
    assert told.startswith("inkwatch-convert: internal error")
    assert "Traceback" not in told
