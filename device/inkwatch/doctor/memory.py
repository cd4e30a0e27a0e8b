"""Memory, and the contiguous part of it (CMA) that the camera's pictures need."""

from inkwatch.doctor.finding import Finding, Grade
from inkwatch.doctor.machine import Machine

LEAST_FREE_MB = 100
"""The daemon with its camera takes up to 130 MB; below this the kernel begins to swap or kill."""

LEAST_CMA_MB = 48
"""Four buffers of 2304 x 1296 in YUV420 and the sensor's raw ones beside them, rounded up."""

_CMA_MEND = "Write dtoverlay=vc4-kms-v3d,cma-128 into /boot/firmware/config.txt, then: sudo reboot"


def check_memory(machine: Machine, *, ribbon_camera: bool) -> list[Finding]:
    """Look at what is free; at CMA only where a camera on the ribbon cable is used."""
    sizes = _sizes_kb(machine.text("/proc/meminfo") or "")
    findings = []
    total, free = sizes.get("MemTotal"), sizes.get("MemAvailable")
    if total is None or free is None:
        findings.append(Finding("memory", Grade.NOTE, "The kernel does not tell how much is free."))
    elif free // 1024 < LEAST_FREE_MB:
        findings.append(
            Finding(
                "memory",
                Grade.WARNING,
                f"{free // 1024} MB of {total // 1024} MB are free: the daemon may be killed.",
                "ps --sort=-rss -eo rss,cmd | head -5     # what takes it",
            )
        )
    else:
        findings.append(
            Finding("memory", Grade.OK, f"{free // 1024} MB of {total // 1024} MB are free.")
        )
    if ribbon_camera and "CmaTotal" in sizes:
        findings.append(_cma(sizes["CmaTotal"] // 1024, sizes.get("CmaFree", 0) // 1024))
    return findings


def _cma(total_mb: int, free_mb: int) -> Finding:
    if total_mb < LEAST_CMA_MB:
        return Finding(
            "cma",
            Grade.FAULT,
            f"{total_mb} MB are set aside for the camera's pictures; {LEAST_CMA_MB} MB are needed.",
            _CMA_MEND,
        )
    return Finding(
        "cma", Grade.OK, f"{free_mb} MB of {total_mb} MB for the camera's pictures are free."
    )


def _sizes_kb(meminfo: str) -> dict[str, int]:
    """`Name:  123 kB` by name; rows of another form are left out."""
    sizes = {}
    for row in meminfo.splitlines():
        name, _, rest = row.partition(":")
        words = rest.split()
        if words and words[0].isascii() and words[0].isdigit():
            sizes[name] = int(words[0])
    return sizes
