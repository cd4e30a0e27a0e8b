"""SIGHUP: what changed is made anew, also where the config's text is the same."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.device.watch.desk import Desk, ScriptedReader, a_view

from inkwatch.camera.fakes import FakeEyes
from inkwatch.camera.status import CameraState, CameraStatus
from inkwatch.config.model import (
    Config,
    ConsoleSection,
    HealthSection,
    MqttSection,
    QueueSection,
    ReadingSection,
    TlsSection,
)
from inkwatch.daemon.loop import Loop
from inkwatch.daemon.named_files import changed_files, file_marks
from inkwatch.daemon.opening import Opener
from inkwatch.daemon.reloading import Reloading
from inkwatch.daemon.running import Ending
from inkwatch.daemon.stopping import Signals
from inkwatch.page_reader import PageReader, ReaderChoice
from inkwatch.publish.console import ConsoleTeller

RUNNING = CameraStatus(CameraState.RUNNING, "fake", 0.0)


class Desktop:
    """A daemon that is opened by a config and reloaded by others; the broker is nobody."""

    def __init__(self, config: Config) -> None:
        self.choices: list[ReaderChoice] = []
        self.opener = Opener(self._make_reader, lambda _: None, lambda _: FakeEyes([RUNNING]))
        self.parts = self.opener.parts(config)
        self.loop = Loop(self.parts, Signals(lambda: None), Ending())
        self._next = config
        self._reloading = Reloading(lambda: self._next, self.opener, config)

    def reload(self, config: Config) -> None:
        self._next = config
        self._reloading(self.loop)

    def _make_reader(self, choice: ReaderChoice) -> PageReader:
        self.choices.append(choice)
        return ScriptedReader(["milk"])

    def close(self) -> None:
        for teller in self.parts.tellers:
            teller.close(0.5)


@pytest.fixture
def desktop() -> Iterator[Callable[[Config], Desktop]]:
    opened: list[Desktop] = []

    def make(config: Config) -> Desktop:
        opened.append(Desktop(config))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def with_broker(folder: Path, *, image: bool = False, password_file: str = "") -> Config:
    return Config(
        mqtt=MqttSection(
            host="127.0.0.1",
            port=9,
            image=image,
            password_file=password_file,
            queue=QueueSection(path=str(folder / "queue.db")),
        )
    )


def test_pictures_that_are_switched_on_are_kept_from_then_on(
    desktop: Callable[[Config], Desktop], tmp_path: Path
) -> None:
    desk = desktop(with_broker(tmp_path))
    watcher = desk.parts.watcher
    assert not watcher.keep_pictures
    desk.reload(with_broker(tmp_path, image=True))
    picture = Desk(page=0).picture()
    events = [watcher.step(a_view(picture, number)) for number in range(8)]
    assert any(events)
    assert watcher.picture is picture
    desk.reload(with_broker(tmp_path))
    assert not watcher.keep_pictures


def test_pictures_that_are_switched_on_within_a_vote_are_not_there_yet(
    desktop: Callable[[Config], Desktop], tmp_path: Path
) -> None:
    desk = desktop(with_broker(tmp_path))
    watcher = desk.parts.watcher
    watcher.configure(ScriptedReader(["milk?"]), desk.parts.config.watch, watcher._how)
    picture = Desk(page=0).picture()
    for number in range(8):
        assert watcher.step(a_view(picture, number)) is None
        if watcher.counts.read:
            break
    desk.reload(with_broker(tmp_path, image=True))
    assert watcher.finish() is not None
    assert watcher.picture is None


def test_another_password_connects_anew(
    desktop: Callable[[Config], Desktop], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    secret = tmp_path / "password"
    secret.write_text("first-canary\n")
    secret.chmod(0o600)
    config = with_broker(tmp_path, password_file=str(secret))
    desk = desktop(config)
    before = desk.parts.link
    with caplog.at_level("INFO", "inkwatch"):
        desk.reload(config)
        assert desk.parts.link is before
        secret.write_text("second-canary\n")
        desk.reload(config)
    assert desk.parts.link is not before
    assert "the broker's password" in caplog.text
    assert "canary" not in caplog.text
    after = desk.parts.link
    secret.unlink()
    desk.reload(config)
    assert desk.parts.link is after, "a password that is gone changes nothing"


def test_the_console_takes_another_form_and_forgets_nothing(
    desktop: Callable[[Config], Desktop], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "inkwatch")
    desk = desktop(Config())
    (console,) = desk.parts.tellers
    console.camera(RUNNING)
    desk.reload(Config(console=ConsoleSection(format="json"), health=HealthSection(every_s=5)))
    assert desk.parts.tellers == [console]
    console.camera(RUNNING)
    assert caplog.messages.count("Watching through fake.") == 1


def test_other_words_in_the_same_file_make_the_reader_anew(
    desktop: Callable[[Config], Desktop], tmp_path: Path
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("milk bread")
    config = Config(reading=ReadingSection(words_file=str(words)))
    desk = desktop(config)
    desk.reload(config)
    assert len(desk.choices) == 1
    words.write_text("milk cream")
    desk.reload(config)
    assert [choice.own_words for choice in desk.choices] == [("milk", "bread"), ("milk", "cream")]
    desk.reload(config)
    assert len(desk.choices) == 2


def test_every_named_file_is_looked_at(tmp_path: Path) -> None:
    names = ("words", "pattern", "en.lexicon", "ca", "cert", "key", "model/card.json")
    (tmp_path / "model").mkdir()
    for name in names:
        (tmp_path / name).write_text("one")
    config = Config(
        reading=ReadingSection(
            words_file=str(tmp_path / "words"),
            pattern=f"@{tmp_path / 'pattern'}",
            language=str(tmp_path / "en.lexicon"),
            model=str(tmp_path / "model"),
        ),
        mqtt=MqttSection(
            tls=TlsSection(
                ca_file=str(tmp_path / "ca"),
                cert_file=str(tmp_path / "cert"),
                key_file=str(tmp_path / "key"),
            )
        ),
    )
    before = file_marks(config)
    assert changed_files(before, file_marks(config)) == ()
    for name in names:
        path = tmp_path / name
        told = path.stat()
        # The same size, and the time of writing set back.
        path.write_text("two")
        os.utime(path, ns=(told.st_atime_ns, told.st_mtime_ns))
        now = file_marks(config)
        assert len(changed_files(before, now)) == 1, name
        before = now
    (tmp_path / "ca").unlink()
    assert changed_files(before, file_marks(config)) == ("mqtt.tls.ca_file",)


def test_a_file_that_is_not_named_any_more_is_a_change_of_the_setting_alone() -> None:
    named = file_marks(Config(reading=ReadingSection(words_file="/no/such")))
    assert changed_files(named, file_marks(Config())) == ()


def test_the_console_knows_of_a_pattern_that_comes_and_goes(
    desktop: Callable[[Config], Desktop],
) -> None:
    one = desktop(Config(reading=ReadingSection(pattern="digits")))
    (console,) = one.parts.tellers
    assert isinstance(console, ConsoleTeller)
    assert console.pattern
    one.reload(Config())
    assert not console.pattern
