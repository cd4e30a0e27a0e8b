"""Everything that is looked at, in the order in which one mends it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from msgspec.structs import replace

from inkwatch.config.file import DEFAULT_PATH
from inkwatch.config.load import Loaded
from inkwatch.config.model import Config
from inkwatch.doctor.bounded import Check, bounded
from inkwatch.doctor.camera import check_camera, wants_ribbon
from inkwatch.doctor.clock import check_clock
from inkwatch.doctor.disk import check_disk
from inkwatch.doctor.finding import Finding, Grade
from inkwatch.doctor.heat import check_heat
from inkwatch.doctor.machine import Machine
from inkwatch.doctor.memory import check_memory
from inkwatch.doctor.model import check_model
from inkwatch.doctor.reading import refused_settings, with_defaults
from inkwatch.doctor.service import check_service
from inkwatch.doctor.setting import Setting
from inkwatch.errors import ConfigError
from inkwatch.machine.clock import clock_is_synced
from inkwatch.machine.heat import temperature_c, throttled


@dataclass(frozen=True, slots=True)
class Patient:
    """What is examined.

    `load` reads the config and raises ConfigError; `queue_path` says where a config's queue lies;
    `check_broker` tries its broker. `setting` says whose config it is, which the mends go by.
    """

    machine: Machine
    load: Callable[[], Loaded]
    queue_path: Callable[[Config], str]
    check_broker: Callable[[Config], list[Finding]]
    setting: Setting


def examine(patient: Patient) -> Iterator[Finding]:
    """Look at everything; findings come as they are found, a few seconds each at the most.

    Where the config is wrong the rest is looked at with the defaults, without the broker; where
    only single settings for reading cannot be used, with the defaults of these.
    """
    config, findings = _config(patient)
    yield from findings
    for name, timeout_s, check in _checks(patient, config):
        yield from bounded(name, check, timeout_s)


def _config(patient: Patient) -> tuple[Config | None, list[Finding]]:
    loaded: list[Loaded] = []
    mend = f"{patient.setting.edit}     # then: {patient.setting.check}"

    def load() -> list[Finding]:
        try:
            loaded.append(patient.load())
        except ConfigError as error:
            return [Finding("config", Grade.FAULT, fault, mend) for fault in error.faults]
        path = loaded[0].path
        if path is None:
            message = f"There is no {DEFAULT_PATH}: the defaults hold."
            return [Finding("config", Grade.NOTE, message)]
        return [Finding("config", Grade.OK, f"{path} is right.")]

    findings = bounded("config", load, 10.0)
    if not loaded:
        return None, findings
    refused: list[tuple[str, str]] = []

    def check() -> list[Finding]:
        refused.extend(refused_settings(patient.machine, loaded[0]))
        return [Finding("config", Grade.FAULT, fault, mend) for _, fault in refused]

    told = bounded("config", check, 40.0)
    config = loaded[0].config
    usable = replace(config, reading=with_defaults(config.reading, {key for key, _ in refused}))
    return usable, told or findings


def _checks(patient: Patient, known: Config | None) -> list[tuple[str, float, Check]]:
    """What to look at: a name, how many seconds it may take, and the check itself."""
    machine, config = patient.machine, known or Config()
    source, slow_above_c = config.camera.source, config.health.slow_above_c
    setting = patient.setting

    checks: list[tuple[str, float, Check]] = [
        ("service", 10.0, lambda: check_service(machine)),
        ("camera", 40.0, lambda: check_camera(machine, source, setting)),
        ("memory", 5.0, lambda: check_memory(machine, ribbon_camera=wants_ribbon(source))),
        ("model", 70.0, lambda: check_model(machine, config.reading, setting)),
        ("clock", 10.0, lambda: check_clock(machine, synced=clock_is_synced())),
        ("temperature", 5.0, lambda: check_heat(temperature_c(), throttled(), slow_above_c)),
    ]
    if known is not None and config.mqtt.host:
        queue, size = patient.queue_path(config), config.mqtt.queue.max_bytes
        checks += [
            ("disk", 10.0, lambda: check_disk(machine, queue, size, setting)),
            ("broker", 30.0, lambda: patient.check_broker(config)),
        ]
    return checks
