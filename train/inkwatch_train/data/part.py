"""A half-fetched file on disk, and what must be known to go on with it."""

import json
from pathlib import Path


class Part:
    """The unfinished `NAME.part`, and the note `NAME.part.json` of what it is a part of.

    Args:
        to: the whole file's path.
    """

    def __init__(self, to: Path) -> None:
        self.path = to.with_name(to.name + ".part")
        self.note = to.with_name(to.name + ".part.json")

    @property
    def size(self) -> int:
        """Bytes that are here."""
        return self.path.stat().st_size if self.path.is_file() else 0

    def read_note(self, url: str) -> tuple[str, int | None]:
        """The ETag or date of the file that the part came from, and that file's size.

        '' and None where the part is of no use.
        """
        try:
            note = json.loads(self.note.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return "", None
        if not isinstance(note, dict) or note.get("url") != url:
            return "", None
        size = note.get("size")
        return str(note.get("validator", "")), size if isinstance(size, int) else None

    def restart(self, url: str, validator: str = "", size: int | None = None) -> None:
        """Forget what is here and note what will be."""
        self.path.write_bytes(b"")
        note = {"url": url, "validator": validator, "size": size}
        self.note.write_text(json.dumps(note), encoding="utf-8")
