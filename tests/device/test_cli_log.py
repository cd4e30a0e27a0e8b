import logging

import pytest

from inkwatch.cli_log import start_log, under_systemd


def said(capsys: pytest.CaptureFixture[str], environ: dict[str, str]) -> list[str]:
    start_log(environ)
    log = logging.getLogger("inkwatch")
    log.warning("too %s", "hot")
    log.info("fine\x1b[2J")
    return capsys.readouterr().err.splitlines()


@pytest.mark.parametrize("name", ["JOURNAL_STREAM", "INVOCATION_ID"])
def test_the_journal_gets_priorities_and_no_times(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert said(capsys, {name: "8:1"}) == ["<4>too hot", "<6>fine\\x1b[2J"]


def test_people_get_the_time_and_no_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    hot, fine = said(capsys, {})
    assert hot[2] == hot[5] == ":"
    assert hot[8:] == " too hot"
    assert fine.endswith(" fine\\x1b[2J")


def test_a_second_start_doubles_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    start_log({})
    assert len(said(capsys, {})) == 2


def test_a_shell_is_no_service() -> None:
    assert not under_systemd({"HOME": "/root"})
