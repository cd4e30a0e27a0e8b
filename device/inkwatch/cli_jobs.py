"""How many processes read at once: as many as the machine's cores and memory carry."""

from pathlib import Path

from inkwatch.cores import usable_cores

PROCESS_BYTES = 300 * 1024 * 1024
"""What a reading process may take: a picture of 12 megapixels took 280 MB, one of 2 took 135."""

PICTURES_EACH = 4
"""A process costs about as much to start as two pages to read: with fewer it gains nothing."""

_MEMINFO = Path("/proc/meminfo")


def processes_for(pictures: int, wanted: int | None = None) -> int:
    """Say how many processes are to read.

    Args:
        pictures: how many there are to read.
        wanted: how many the user asked for; None takes all cores that memory allows.

    Returns:
        From 1 to `pictures`.
    """
    if wanted is not None:
        return max(1, min(wanted, pictures))
    by_memory = free_bytes() // PROCESS_BYTES
    return max(1, min(usable_cores(), by_memory, pictures // PICTURES_EACH))


def free_bytes(meminfo: Path = _MEMINFO) -> int:
    """Memory that programs may still take; where the system does not tell, enough for two."""
    try:
        for row in meminfo.read_text(encoding="ascii").splitlines():
            name, _, rest = row.partition(":")
            if name == "MemAvailable":
                return int(rest.split()[0]) * 1024
    except (OSError, ValueError, IndexError):
        pass
    return 2 * PROCESS_BYTES
