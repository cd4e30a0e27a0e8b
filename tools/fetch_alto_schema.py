"""Fetch ALTO's own XML schema, by which the tests judge what `--format alto` writes.

    python tools/fetch_alto_schema.py

The schema is published on GitHub alone. The source package of kraken, another reader of writing,
carries it for its own tests, and pip can fetch that: 13 MB, of which two files are kept in
`$INKWATCH_CACHE/alto` or `~/.cache/inkwatch/alto`.
"""

import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

KEPT = ("alto-4-3.xsd", "xlink.xsd")
_PACKAGE = "kraken==4.3.13"
_SHA256 = "e34549828fd4f3a9c08e438d1dca8cb4fc96dcacc7c3970692bdc6a43298bc5f"


def schema_dir() -> Path:
    """Where the schema is kept."""
    cache = os.environ.get("INKWATCH_CACHE")
    return (Path(cache) if cache else Path.home() / ".cache" / "inkwatch") / "alto"


def fetch(folder: Path) -> None:
    """Fetch the schema into `folder`; nothing is fetched where it is there already."""
    if all((folder / name).is_file() for name in KEPT):
        return
    with tempfile.TemporaryDirectory() as temporary:
        wanted = Path(temporary) / "wanted.txt"
        wanted.write_text(f"{_PACKAGE} --hash=sha256:{_SHA256}\n", encoding="utf-8")
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps")
        options = ("--no-binary", "kraken", "--dest", temporary, "-r", str(wanted))
        subprocess.run((*pip, *options), check=True)  # noqa: S603 - words of this file alone
        (package,) = Path(temporary).glob("kraken-*.tar.gz")
        folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(package) as archive:
            for member in archive:
                name = Path(member.name).name
                content = archive.extractfile(member) if name in KEPT else None
                if content is not None:
                    (folder / name).write_bytes(content.read())


if __name__ == "__main__":
    fetch(schema_dir())
    print(schema_dir())
