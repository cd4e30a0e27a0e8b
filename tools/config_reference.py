"""Writes docs/configuration.md and systemd/config.toml from the settings' types."""

from pathlib import Path

from inkwatch.config.reference import example, page

_PROJECT = Path(__file__).parents[1]


def main() -> None:
    """Write both."""
    for name, text in (("docs/configuration.md", page()), ("systemd/config.toml", example())):
        (_PROJECT / name).write_text(text, encoding="utf-8")
        print(name)


if __name__ == "__main__":
    main()
