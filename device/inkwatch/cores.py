"""How many cores there are to work on."""

import os


def usable_cores() -> int:
    """Cores that this process may run on; all of them where the system does not tell."""
    try:
        return len(os.sched_getaffinity(0))
    except (AttributeError, OSError):
        return os.cpu_count() or 1
