"""The reference page and the example file, made of the types so that they cannot be wrong."""

import json
import textwrap
from inspect import cleandoc
from typing import Any

from inkwatch.config.reload import FIXED
from inkwatch.config.settings import Setting, all_sections, all_settings
from inkwatch.config.wording import expected

_WIDTH = 98

_EXAMPLE_HEAD = """\
# Inkwatch's settings. A line that begins with # and a name shows a default: take the # away to
# change it. Then:  inkwatch config check  &&  sudo systemctl reload inkwatch
"""

_PAGE_HEAD = """\
# Configuration

This page is made of the program's types; `inkwatch config default` prints the same as a file.

Settings stand in one TOML file: the one that `--config` names, else `INKWATCH_CONFIG`, else
`/etc/inkwatch/config.toml` where it is there. Each may be given by an environment variable
instead, which goes before the file. What is given nowhere has its default. A name that is not
known, or a value that cannot be, is told with its line and stops the start: exit code 11
([exit-codes.md](exit-codes.md)).

```sh
inkwatch config check       # is all of it right? (check FILE: of another file)
inkwatch config show        # what holds now, and where each value comes from
inkwatch config default     # the file with all defaults
```

## Changing it while it runs

`sudo systemctl reload inkwatch` (or SIGHUP) reads the file again. Only the parts that a change
is about are made anew; a file with a fault is told in the log and changes nothing. {fixed}
hold until `sudo systemctl restart inkwatch`.

## The password

The broker's password never stands in this file. It is taken from, in this order:

1. the systemd credential `mqtt-password`, which the service gets from
   `/etc/inkwatch/credentials/mqtt-password`;
2. the variable `INKWATCH_MQTT_PASSWORD`;
3. the file that `mqtt.password_file` names: it must belong to the user that runs `inkwatch`, or
   to root, and be closed to others (`chmod 600`).

It appears in no log, message or listing; `inkwatch config show` says only where it came from.
"""


def example() -> str:
    """The example file: every setting commented out at its default, under live table headers."""
    parts = [_EXAMPLE_HEAD]
    for name, section in all_sections().items():
        lines = ["", *_comment(cleandoc(section.__doc__ or "")), f"[{name}]"]
        for setting in _of(name):
            lines += ["", *_comment(setting.description)]
            if setting.default is None:
                # TOML cannot write "none": an example, which sets something once it is live.
                lines.append(f"#{setting.name} = {setting.example}     # an example")
            else:
                lines.append(f"#{setting.name} = {toml_value(setting.default)}")
        parts.append("\n".join(lines) + "\n")
    return "".join(parts)


def page() -> str:
    """The reference page, Markdown."""
    fixed = " and ".join(f"`{key}`" for key in FIXED)
    parts = [_PAGE_HEAD.replace("{fixed}", fixed)]
    for name, section in all_sections().items():
        rows = [
            f"\n## [{name}]\n\n{cleandoc(section.__doc__ or '')}\n",
            "| setting | what it may be | default | meaning |",
            "| --- | --- | --- | --- |",
        ]
        rows += [_row(setting) for setting in _of(name)]
        parts.append("\n".join(rows) + "\n")
    return "".join(parts)


def toml_value(value: Any) -> str:
    """A setting's value as TOML writes it; None, which TOML lacks, as words."""
    match value:
        case None:
            return "(left out)"
        case bool():
            return "true" if value else "false"
        case str():
            return json.dumps(value, ensure_ascii=False)
        case tuple():
            return f"[{', '.join(map(toml_value, value))}]"
        case _:
            return str(value)


def _of(section: str) -> list[Setting]:
    return [setting for setting in all_settings().values() if setting.section == section]


def _comment(text: str) -> list[str]:
    # A name such as mqtt-password stays whole.
    return textwrap.wrap(
        text, _WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
    )


def _row(setting: Setting) -> str:
    default = "" if setting.default is None else f"`{toml_value(setting.default)}`"
    cells = (
        f"`{setting.name}`<br>`{setting.variable}`",
        expected(setting.type),
        default,
        setting.description,
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
