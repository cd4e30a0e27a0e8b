"""`inkwatch config`: whether the settings are right, what they are, and how they are written."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING

from inkwatch.cli_console import Console
from inkwatch.errors import ConfigError, ExitCode, UsageError

if TYPE_CHECKING:
    from inkwatch.config.load import Loaded


def run_config(args: argparse.Namespace, console: Console) -> ExitCode:
    """Do what `inkwatch config check`, `show` or `default` asks for.

    Raises:
        ConfigError: the settings are wrong, with every fault.
        BundleError: a model or lexicon that is taken by default is damaged.
        UsageError: the file is named twice.
    """
    if args.action == "default":
        from inkwatch.config.reference import example

        console.data(example())
        return ExitCode.OK
    from inkwatch.config.load import load

    if args.config is not None and args.file is not None:
        raise UsageError("The file is named twice. Leave out --config, or the other.")
    loaded = load(args.file if args.config is None else args.config)
    if args.action == "show":
        console.data("".join(f"{row}\n" for row in _rows(loaded)))
        return ExitCode.OK
    _check(loaded, console)
    return ExitCode.OK


def _check(loaded: "Loaded", console: Console) -> None:
    """Look also at what a start of the daemon finds out: files, names, the password."""
    from inkwatch.config.named_files import missing_files, missing_source
    from inkwatch.reading_faults import reading_faults

    told = [(key, f"{rest}.") for key, rest in missing_files(loaded.config)]
    missing_keys = {key for key, _ in told}
    installed = None
    for fault in reading_faults(loaded.config.reading):
        if not loaded.where(fault.key):
            # What is taken by default is no fault of the config.
            installed = installed or fault.error
        elif fault.key not in missing_keys:
            told.append((fault.key, fault.rest))
    faults = [
        f"{place}: {key} {rest}" if (place := loaded.where(key)) else f"{key} {rest}"
        for key, rest in told
    ]
    faults += _password_faults(loaded, console)
    if faults:
        raise ConfigError(*faults)
    if installed is not None:
        raise installed
    if missing := missing_source(loaded.config):
        key, rest = missing
        console.note(f"{loaded.where(key)}: {key} {rest}.")
    console.data(_verdict(loaded))


def _password_faults(loaded: "Loaded", console: Console) -> tuple[str, ...]:
    import os

    from inkwatch.config.secrets import read_password

    try:
        read_password(loaded.config)
    except ConfigError as error:
        path = loaded.config.mqtt.password_file
        if path and os.path.lexists(path) and not os.access(path, os.R_OK):
            # It is for the service's user alone, which is as it should be.
            console.note(
                f"Not checked: {path} is closed to this user. As root: sudo inkwatch config check"
            )
            return ()
        return error.faults
    return ()


def _verdict(loaded: "Loaded") -> str:
    from inkwatch.config.load import Origin
    from inkwatch.config.reload import FIXED

    if loaded.path is None:
        first = "There is no config file, which is right; see: inkwatch config default\n"
    else:
        first = f"{loaded.path} is right.\n"
    by_file = [key for key, origin in loaded.given.items() if origin is Origin.FILE]
    by_variable = [key for key, origin in loaded.given.items() if origin is Origin.ENVIRONMENT]
    rows = [
        f"  {who}: {', '.join(keys)}\n"
        for who, keys in (("set by the file", by_file), ("set by the environment", by_variable))
        if keys
    ]
    if not rows:
        rows = ["  nothing is set; all has its default\n"]
    fixed = [key for key in FIXED if key in loaded.given]
    if fixed:
        rows.append(f"  only a restart takes up a change of: {', '.join(fixed)}\n")
    return first + "".join(rows)


def _rows(loaded: "Loaded") -> Iterator[str]:
    """Each setting as TOML has it, with where it came from; the password only as that it is set."""
    from inkwatch.config.reference import toml_value
    from inkwatch.config.settings import all_settings, value_of
    from inkwatch.machine.identity import device_id, host_name

    here = {"device.id": device_id(), "device.name": host_name()}
    yield f"# {loaded.path or 'no config file'}"
    for key in all_settings():
        value = value_of(loaded.config, key)
        origin = loaded.where(key) if loaded.origin(key) == "environment" else loaded.origin(key)
        note = f"{origin}: here {here[key]}" if value == "" and key in here else f"{origin}"
        mark = "# " if value is None else ""
        yield f"{f'{mark}{key} = {toml_value(value)}':<50}  # {note}"
    yield f"# mqtt.password: {_password(loaded)}"


def _password(loaded: "Loaded") -> str:
    from inkwatch.config.secrets import read_password

    if not loaded.config.mqtt.host:
        return "not looked for, since mqtt.host is empty"
    try:
        password = read_password(loaded.config)
    except ConfigError as error:
        return str(error)
    return "not set" if password is None else f"set (from {password.origin})"
