"""Which setting or option is to blame where no reader can be opened."""

from typing import TYPE_CHECKING

from inkwatch.errors import ConfigError, InkwatchError

if TYPE_CHECKING:
    import argparse

    from inkwatch.config.load import Loaded
    from inkwatch.config.model import Config

_OPTIONS = {
    "reading.model": "model",
    "reading.lines_model": "lines_model",
    "reading.language": "language",
    "reading.pattern": "pattern",
    "reading.words_file": "words",
}
"""What each is called on the command line."""


def blame(
    error: InkwatchError, config: "Config", loaded: "Loaded", args: "argparse.Namespace"
) -> InkwatchError:
    """Say which setting or option is to blame where no reader could be opened.

    Args:
        error: what was raised.
        config: the settings that hold, the command line's over the file's.
        loaded: the file's and the environment's, with where each was given.
        args: the command line.

    Returns:
        The option's fault with the exit code that such a fault has; a `ConfigError` where file or
        environment are to blame; `error` itself where neither is.
    """
    from inkwatch.reading_faults import reading_faults

    in_config = []
    for fault in reading_faults(config.reading):
        for option in filter(None, map(_OPTIONS.get, (fault.key, fault.beside))):
            if getattr(args, option) is not None:
                return type(fault.error)(f"--{option.replace('_', '-')}: {fault.error}")
        if place := loaded.where(fault.key):
            in_config.append(f"{place}: {fault.key} {fault.rest}")
    return ConfigError(*in_config) if in_config else error
