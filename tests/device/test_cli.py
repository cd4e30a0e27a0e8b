import io
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inkwatch import __version__
from inkwatch.cli import EXIT_CODES, build_parser, main
from inkwatch.errors import BundleError, ExitCode, MissingPackageError, UsageError

Draw = Callable[..., Path]


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"inkwatch {__version__}\n"


@pytest.mark.parametrize("words", [["--help"], ["read", "--help"], ["classify", "--help"]])
def test_help_lists_the_exit_codes(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 0
    out = capsys.readouterr().out
    for code, what in EXIT_CODES.items():
        assert re.search(rf"^ +{code.value}  {re.escape(what)}$", out, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["read"], "the following arguments are required: PATH"),
        (["reed", "x"], "invalid choice: 'reed'"),
        (["read", "x", "--format", "xml"], "invalid choice: 'xml'"),
        (["read", "x", "--every", "0"], "0 is not above 0"),
        (["read", "x", "--every", "nan"], "nan is not above 0"),
        (["read", "x", "--every", "inf"], "inf is not above 0"),
        (["read", "x", "--every", "soon"], "'soon' is no number of seconds"),
        (["classify", "x", "--top", "0"], "0 is below 1"),
        (["classify", "x", "--top", "all"], "'all' is no whole number"),
        (["read", ""], "argument PATH: the name is empty; name a picture or a folder"),
        (["classify", "x", ""], "argument PATH: the name is empty"),
        (["read", "x", "--overlay", ""], "argument --overlay: the name is empty; name a folder"),
        (["--overlay", ""], "argument --overlay: the name is empty; name a folder"),
        (["page.jpg"], "'page.jpg' is no command; did you mean: inkwatch read page.jpg"),
        (["--model", "./m", "my scans/"], "did you mean: inkwatch read 'my scans/'"),
        (["--bogus"], "unrecognized arguments: --bogus"),
    ],
)
def test_a_wrong_command_line_ends_in_2(
    words: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == ExitCode.USAGE
    captured = capsys.readouterr()
    assert captured.out == ""
    assert says in captured.err


@pytest.mark.parametrize(
    ("words", "usage"),
    [
        (["read", "x", "--bogus"], "usage: inkwatch read "),
        (["classify", "--bogus", "x"], "usage: inkwatch classify "),
        (["--bogus", "read", "x"], "usage: inkwatch [-h] "),
        (["--bogus"], "usage: inkwatch [-h] "),
    ],
)
def test_the_usage_shown_is_of_the_command_that_lacks_the_option(
    words: list[str], usage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == ExitCode.USAGE
    err = capsys.readouterr().err
    assert err.startswith(usage)
    assert err.endswith("error: unrecognized arguments: --bogus\n")


def test_options_before_a_command_hold_for_it() -> None:
    parser = build_parser()
    assert parser.parse_args(["--model", "a", "read", "x"]).model == "a"
    assert parser.parse_args(["--model", "a", "read", "x", "--model", "b"]).model == "b"
    assert parser.parse_args(["--overlay", "o", "read", "x"]).overlay == Path("o")
    assert parser.parse_args(["read", "x"]).overlay is None


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (BundleError("b: the bundle is damaged."), ExitCode.BUNDLE),
        (MissingPackageError("No runtime. Install one."), ExitCode.MISSING),
        (UsageError("no such alphabet."), ExitCode.USAGE),
    ],
)
def test_our_errors_are_one_line_and_their_code(
    error: Exception, code: ExitCode, cli: Any, draw: Draw, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.reader.fails_with = error
    assert cli("read", draw("a.png")) == code
    assert capsys.readouterr() == ("", f"inkwatch: {error}\n")


def test_a_fault_is_one_line_that_asks_for_a_report(
    cli: Any, draw: Draw, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("INKWATCH_DEBUG", raising=False)
    cli.reader.fails_with = ZeroDivisionError("no\nway")
    assert cli("read", draw("a.png")) == ExitCode.INTERNAL
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "internal error, please report it: ZeroDivisionError: no\\nway" in err
    assert __version__ in err
    assert "INKWATCH_DEBUG=1" in err


def test_a_traceback_is_shown_on_request(
    cli: Any, draw: Draw, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("INKWATCH_DEBUG", "1")
    cli.reader.fails_with = ZeroDivisionError("no way")
    assert cli("read", draw("a.png")) == ExitCode.INTERNAL
    assert "Traceback" in capsys.readouterr().err
    cli.reader.fails_with = BundleError("b: the bundle is damaged.")
    assert cli("read", draw("a.png")) == ExitCode.BUNDLE
    assert capsys.readouterr().err == "inkwatch: b: the bundle is damaged.\n"


@pytest.mark.parametrize(
    ("module", "code"), [("cv2", ExitCode.MISSING), ("inkwatch.gone", ExitCode.INTERNAL)]
)
def test_a_package_that_is_missing_is_told_from_a_fault(
    module: str, code: ExitCode, cli: Any, draw: Draw, capsys: pytest.CaptureFixture[str]
) -> None:
    cli.reader.fails_with = ModuleNotFoundError(f"No module named '{module}'", name=module)
    assert cli("read", draw("a.png")) == code
    assert ("pip install inkwatch" in capsys.readouterr().err) is (code == ExitCode.MISSING)


def test_ctrl_c_ends_in_130(cli: Any, draw: Draw, capsys: pytest.CaptureFixture[str]) -> None:
    cli.reader.fails_with = KeyboardInterrupt()
    assert cli("read", draw("a.png")) == ExitCode.INTERRUPTED
    assert capsys.readouterr().err == "inkwatch: stopped.\n"


def test_a_full_stdout_ends_in_6(
    cli: Any, draw: Draw, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert cli("read", draw("a.png")) == ExitCode.OUTPUT
        # What could not be written would be tried again when the file is closed.
        os.dup2(os.open(os.devnull, os.O_WRONLY), full.fileno())
    assert "No space left on device" in capsys.readouterr().err


def test_a_closed_stdout_ends_in_6(
    cli: Any, draw: Draw, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    assert cli("read", draw("a.png")) == ExitCode.OUTPUT
    assert "Standard output is closed" in capsys.readouterr().err


def test_the_schema_is_printed(cli: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli("schema") == ExitCode.OK
    shipped = Path(__file__).parents[2] / "device/inkwatch/publish/reading.schema.json"
    assert capsys.readouterr().out == shipped.read_text(encoding="utf-8")


def test_json_is_utf8_in_every_locale(
    cli: Any, draw: Draw, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO()
    with io.TextIOWrapper(raw, encoding="latin-1") as latin:
        monkeypatch.setattr(sys, "stdout", latin)
        path = draw("日本é.png")
        assert cli("read", path, "--format", "json") == ExitCode.OK
        assert "日本é.png".encode() in raw.getvalue()
        assert cli("read", path, path) == ExitCode.OK


def test_a_reader_that_leaves_is_no_error(draw: Draw) -> None:
    """`inkwatch schema | true`: the pipe breaks, and nothing is said."""
    reader, writer = os.pipe()
    os.close(reader)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "inkwatch", "schema"],
            stdout=writer,
            stderr=subprocess.PIPE,
            check=False,
        )
    finally:
        os.close(writer)
    assert ended.stderr == b""
    assert ended.returncode == 0


def test_help_gives_exit_codes_in_the_words_of_the_documentation() -> None:
    page = (Path(__file__).parents[2] / "docs/exit-codes.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) \| `(\w+)` \| (.+?) \|", page, re.MULTILINE)
    meanings = {ExitCode[name]: meaning for _, name, meaning in rows}
    assert [int(number) for number, _, _ in rows] == [code.value for code in ExitCode]
    hosts_own = {ExitCode.DATA, ExitCode.DOWNLOAD, ExitCode.PARITY}
    assert {code: meanings[code] for code in ExitCode if code not in hosts_own} == EXIT_CODES


def test_the_example_in_the_documentation_is_valid() -> None:
    import json

    import jsonschema

    from inkwatch.publish.json_form import schema_text

    page = (Path(__file__).parents[2] / "docs/formats.md").read_text(encoding="utf-8")
    examples = re.findall(r"```json\n(.+?)```", page, re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        jsonschema.validate(json.loads(example), json.loads(schema_text()))
