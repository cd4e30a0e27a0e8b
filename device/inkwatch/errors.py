"""What can go wrong, with the exit code and the sentence that tells the user what to do.

Exit codes are part of the stable interface: scripts and systemd units depend on them.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What `inkwatch` tells the shell."""

    OK = 0
    INTERNAL = 1
    """A fault in Inkwatch itself."""
    USAGE = 2
    """The command line is wrong."""
    INPUT = 3
    """One or more pictures could not be read; the others were."""
    BUNDLE = 4
    """The model bundle is missing, damaged, or made for another version."""
    MISSING = 5
    """A package that this needs is not installed, or does not fit this machine."""
    OUTPUT = 6
    """A result could not be written."""
    DATA = 7
    """Training data is missing or damaged."""
    DOWNLOAD = 8
    """A download failed; what was fetched so far is kept."""
    PARITY = 9
    """The quantised model lost more than the bound; no bundle was written."""
    CAMERA = 10
    """No camera, or it cannot be used."""
    CONFIG = 11
    """The config file is wrong; systemd does not start the service again."""
    BROKER = 12
    """The MQTT broker cannot be reached, or refuses."""
    NOTHING = 13
    """`watch --once` saw no writing come to rest in the time it was given."""
    WARNINGS = 20
    """`doctor` found what may become a fault."""
    FAULTS = 21
    """`doctor` found what keeps the device from working."""
    INTERRUPTED = 130
    """Stopped by Ctrl-C."""


class InkwatchError(Exception):
    """Any error that is the world's and not the program's; its message is for the user.

    Attributes:
        exit_code: what the command ends with when nothing handles the error.
    """

    exit_code: ExitCode = ExitCode.INTERNAL


class UsageError(InkwatchError):
    """The caller asked for something that cannot be."""

    exit_code = ExitCode.USAGE


class InputError(InkwatchError):
    """A picture cannot be opened, or is not one."""

    exit_code = ExitCode.INPUT


class BundleError(InkwatchError):
    """A model bundle cannot be used."""

    exit_code = ExitCode.BUNDLE


class MissingPackageError(InkwatchError):
    """Something must be installed first."""

    exit_code = ExitCode.MISSING


class OutputError(InkwatchError):
    """A result has nowhere to go."""

    exit_code = ExitCode.OUTPUT


class DataError(InkwatchError):
    """Training data is missing or not in the form it should be."""

    exit_code = ExitCode.DATA


class DownloadError(InkwatchError):
    """A download failed or did not match its checksum."""

    exit_code = ExitCode.DOWNLOAD


class ParityError(InkwatchError):
    """Quantisation lost more accuracy than allowed."""

    exit_code = ExitCode.PARITY


class ConfigError(InkwatchError):
    """The config file, or a value from the environment, is wrong.

    Attributes:
        faults: a sentence for each thing that is wrong; the error's message is all of them.
    """

    exit_code = ExitCode.CONFIG

    def __init__(self, *faults: str) -> None:
        super().__init__(" ".join(faults))
        self.faults = faults


class BrokerError(InkwatchError):
    """The broker cannot be reached, or refuses."""

    exit_code = ExitCode.BROKER
