"""Opens the parts of the daemon, at the start and when the config changes."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from inkwatch.camera.eyes import Eyes
from inkwatch.camera.keeper import Keeper
from inkwatch.config.model import Config
from inkwatch.daemon.broker import open_mqtt
from inkwatch.daemon.parts import device_id_of, how_to_read, reader_choice
from inkwatch.daemon.running import Parts
from inkwatch.errors import InkwatchError
from inkwatch.machine.notify import Notifier
from inkwatch.page_reader import MakeReader, PageReader
from inkwatch.publish.console import ConsoleTeller
from inkwatch.watch.watcher import Watcher

if TYPE_CHECKING:
    from inkwatch.publish.mqtt.teller import MqttTeller
    from inkwatch.publish.teller import Teller


def keep_camera(config: Config) -> Keeper:
    """Start the process of the camera that the config names."""
    # A picture of a folder must lie still long enough to be read.
    return Keeper(config.camera, hold_s=max(2.0, config.watch.settle_s + 1.6))


@dataclass(slots=True)
class Opener:
    """Knows how to open each part.

    `write` writes to standard output. `open_eyes` stands in for the camera's process. `blame` says
    which setting is to blame where no reader can be opened by a config.
    """

    make_reader: MakeReader
    write: Callable[[str], None]
    open_eyes: Callable[[Config], Eyes] | None = None
    blame: Callable[[Config, InkwatchError], InkwatchError] = lambda _, error: error
    notifier: Notifier = field(default_factory=Notifier)
    _reader: PageReader | None = None
    _mqtt: "MqttTeller | None" = None
    _console: ConsoleTeller | None = None

    def parts(self, config: Config) -> Parts:
        """Open all.

        Raises:
            InkwatchError: the model, the broker's password or a list of words cannot be had.
        """
        # The camera loads in its process while the model loads here.
        eyes = self.eyes(config)
        try:
            self._reader = self.reader(config)
            watcher = Watcher(self._reader, config.watch, how_to_read(config))
            parts = Parts(config, eyes, watcher, (), notifier=self.notifier)
            self.open_mqtt(parts, config)
            self.set_tellers(parts)
        except BaseException:
            eyes.close()
            raise
        return parts

    def eyes(self, config: Config) -> Eyes:
        """Start the camera's process."""
        if self.open_eyes is not None:
            return self.open_eyes(config)
        return keep_camera(config)

    def reader(self, config: Config) -> PageReader:
        """Open the model.

        Raises:
            InkwatchError: it cannot be had, or a setting or a list of words is wrong.
        """
        try:
            return self.make_reader(reader_choice(config.reading))
        except InkwatchError as error:
            raise self.blame(config, error) from error

    def configure(self, watcher: Watcher, config: Config, reader: PageReader | None) -> None:
        """Give a watcher its settings, and another reader where there is one."""
        if reader is not None:
            self._reader = reader
        if self._reader is not None:
            watcher.configure(self._reader, config.watch, how_to_read(config))

    def open_mqtt(self, parts: Parts, config: Config) -> None:
        """Open the broker's teller where there is a broker."""
        self._mqtt = mqtt = open_mqtt(config)
        parts.link, parts.obey = mqtt, None
        parts.watcher.keep_pictures = mqtt is not None and config.mqtt.image
        if mqtt is not None:
            from inkwatch.daemon.obey import Obedience

            parts.obey = Obedience(mqtt)
            parts.watcher.sequence = max(parts.watcher.sequence, mqtt.last_sequence + 1)

    def close_mqtt(self, parts: Parts) -> None:
        """End the broker's teller, to open another one."""
        if self._mqtt is not None:
            self._mqtt.close(1.0)
        self._mqtt = parts.link = parts.obey = None
        self.set_tellers(parts)

    def set_tellers(self, parts: Parts) -> None:
        """Put the tellers in order: first the one that keeps what it is told."""
        config = parts.config
        if self._console is None:
            self._console = ConsoleTeller(
                config.console.format, device_id_of(config), self.write, time.monotonic
            )
        self._console.form = config.console.format
        self._console.pattern = bool(config.reading.pattern)
        tellers: list[Teller] = [self._console]
        if self._mqtt is not None:
            tellers.insert(0, self._mqtt)
        parts.tellers = tellers
