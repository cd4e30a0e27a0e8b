"""What is said of names that no setting has: the nearest one, and where passwords belong."""

from inkwatch.config.settings import PREFIX, all_sections, all_settings
from inkwatch.config.wording import nearest, quoted

PASSWORD_VARIABLE = "INKWATCH_MQTT_PASSWORD"  # noqa: S105 - the name, not the password
CREDENTIAL = "mqtt-password"

OTHER_VARIABLES = frozenset(
    {
        PASSWORD_VARIABLE,
        "INKWATCH_CONFIG",
        "INKWATCH_MODELS",
        "INKWATCH_RUNTIME",
        "INKWATCH_DEBUG",
        "INKWATCH_DATA",
        "INKWATCH_CACHE",
        "INKWATCH_BENCH_CACHE",
        "INKWATCH_TFLITE_PYTHON",
        "INKWATCH_FUZZ_S",
        "INKWATCH_FUZZ_SEED",
    }
)
"""Variables that are no settings: docs/environment.md."""

_SECRET_WORDS = ("pass", "pwd", "secret", "token", "credential")
_SURE = 0.85


def unknown_key(section: str, name: str, *, is_table: bool) -> str:
    """Say that there is no such setting or table, and which one may be meant.

    Args:
        section: the table that it stands in, '' for the file itself.
        name: its name within that, which may be anything.
        is_table: whether it is a table itself.
    """
    key = f"{section}.{name}" if section else name
    shown = key if key.isascii() and key.isprintable() and len(key) <= 60 else quoted(key)
    what = f"there is no table [{shown}]" if is_table else f"there is no setting {shown}"
    meant = _meant_key(section, name, is_table=is_table)
    if any(word in name.lower() for word in _SECRET_WORDS) and not _sure(name, meant):
        return (
            f"{shown} does not belong in this file, which others may read. Put the password alone "
            "into a file with mode 0600 and name that in mqtt.password_file, or give it as the "
            f"systemd credential {CREDENTIAL} or in {PASSWORD_VARIABLE}."
        )
    return f"{what}; did you mean {meant}?" if meant else f"{what}."


def unknown_variable(variable: str) -> str:
    """Say what is wrong with an environment variable that looks like a setting's.

    Returns:
        '' where it is one of ours, or does not look like a setting's.
    """
    known = {setting.variable for setting in all_settings().values()} | OTHER_VARIABLES
    if variable in known:
        return ""
    meant = nearest(variable, known, cutoff=_SURE)
    in_section = any(
        variable.startswith(f"{PREFIX}{section.upper()}_")
        for section in all_sections()
        if "." not in section
    )
    if not meant and not in_section:
        return ""
    meant = meant or nearest(variable, known)
    return (
        f"there is no such setting; did you mean {meant}?" if meant else "there is no such setting."
    )


def _meant_key(section: str, name: str, *, is_table: bool) -> str:
    if is_table:
        key = f"{section}.{name}" if section else name
        meant = nearest(key.lower(), all_sections()) or nearest(
            name.lower(), [s.rpartition(".")[2] for s in all_sections()]
        )
        whole = next((s for s in all_sections() if s.rpartition(".")[2] == meant), meant)
        return f"[{whole}]" if whole else ""
    # The right name in a wrong table is likelier than another name.
    same_name = [s.key for s in all_settings().values() if s.name == name.lower()]
    if same_name:
        return next((key for key in same_name if key.startswith(f"{section}.")), same_name[0])
    within = [s.name for s in all_settings().values() if s.section == section]
    if near := nearest(name.lower(), within):
        return f"{section}.{near}"
    key = f"{section}.{name}" if section else name
    return nearest(key.lower(), all_settings(), cutoff=0.75)


def _sure(name: str, meant: str) -> bool:
    return bool(nearest(name.lower(), [meant.rpartition(".")[2]], cutoff=_SURE))
