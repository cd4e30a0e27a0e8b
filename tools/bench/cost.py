"""Measure what the device's parts cost, and print it beside the targets.

    python tools/bench.py [--repeats N] [--bundle NAME]

Figures are of this machine, on one thread of the runtime unless the row says otherwise. Each is
the median of the repeats, with the fastest and the slowest in brackets: run it on a quiet machine.
"""

import argparse
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import cv2
import numpy as np

from inkwatch import Reader
from inkwatch.recognise.bundle import load_bundle
from inkwatch.recognise.classifier import Classifier
from inkwatch.recognise.crop import crop_glyphs
from inkwatch.recognise.pictures import classify_pictures
from inkwatch.vision.cut import cut_page

GLYPHS = 512
_PEAK = (
    "import resource, sys; from inkwatch.cli import main; code = main(sys.argv[1:]); "
    "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr); sys.exit(code)"
)


@dataclass(frozen=True)
class Row:
    """One measured thing: `target` is in words, '' where there is none yet."""

    what: str
    figure: str
    target: str = ""


def spread(run: Callable[[], object], repeats: int) -> tuple[float, float, float]:
    """Give median, fastest and slowest of `repeats` runs in seconds, after one to warm up."""
    run()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times), min(times), max(times)


def told(times: tuple[float, float, float], per: int = 1, unit: str = "ms") -> str:
    """Write a spread in milliseconds or microseconds, for each of `per` things."""
    scale = (1e3 if unit == "ms" else 1e6) / per
    median, fastest, slowest = (scale * value for value in times)
    return f"{median:.1f} {unit} ({fastest:.1f} to {slowest:.1f})"


def sample_pages() -> list[Path]:
    """The pictures that ship."""
    folder = Path(str(resources.files("inkwatch").joinpath("samples")))
    return sorted(folder.glob("*.jpg"))


def bench_classify(bundle: str | None, repeats: int) -> list[Row]:
    """Single characters: the bare interpreter, and with everything around it."""
    pages = [np.asarray(cv2.imread(str(path)), np.uint8) for path in sample_pages()]
    cuts = [glyph.grey for page in pages for line in cut_page(page).lines for glyph in line.glyphs]
    greys = (cuts * (1 + GLYPHS // len(cuts)))[:GLYPHS]
    classifier = Classifier(load_bundle(bundle))
    crops = crop_glyphs(greys)
    bare = spread(lambda: classifier.outputs(crops), repeats)
    cropping = spread(lambda: crop_glyphs(greys), repeats)
    whole = spread(lambda: classify_pictures(classifier, greys), repeats)
    share = 100 * bare[0] / whole[0]
    name, size = classifier.bundle.name, classifier.bundle.card.model_bytes / 1024
    return [
        Row(f"bundle {name}", f"{size:.0f} KiB", "at most 400 KiB"),
        Row("the interpreter alone, a crop", told(bare, GLYPHS, "us")),
        Row("cropping alone, a picture", told(cropping, GLYPHS, "us")),
        Row(f"pictures classified, of {GLYPHS}", told(whole, GLYPHS, "us")),
        Row("throughput, of the bare interpreter's", f"{share:.0f} %", "at least 80 %"),
    ]


def bench_pages(bundle: str | None, repeats: int) -> list[Row]:
    """Whole pages, in a running process and from its start."""
    reader = Reader(bundle)
    rows = []
    for path in sample_pages():
        page = np.asarray(cv2.imread(str(path)), np.uint8)
        count = len(reader.read(page).glyphs)
        times = spread(lambda page=page: reader.read(page), repeats)  # type: ignore[misc]
        rows.append(Row(f"{path.name}, {count} characters", told(times)))
    command = [sys.executable, "-m", "inkwatch", "read", str(sample_pages()[0])]
    start = spread(lambda: subprocess.run(command, check=True, capture_output=True), 3)  # noqa: S603
    peak = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", _PEAK, "read", str(sample_pages()[0])],
        check=True,
        capture_output=True,
        text=True,
    ).stderr.split()[-1]
    rows.append(Row("inkwatch read, from its start", told(start), "under 2000 ms"))
    rows.append(Row("its peak memory", f"{int(peak) / 1024:.0f} MB"))
    return rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Measure what the device's parts cost.")
    parser.add_argument("--repeats", type=int, default=15)
    parser.add_argument("--bundle", default=None)
    options = parser.parse_args()
    classifier = Classifier(load_bundle(options.bundle))
    kernels = ", XNNPACK" if classifier.xnnpack else ""
    runtime = f"{classifier.runtime.name} {classifier.runtime.version}{kernels}"
    print(f"{platform.machine()}, Python {platform.python_version()}, {runtime}\n")
    print("| what | figure | target |\n| --- | --- | --- |")
    for row in (
        *bench_classify(options.bundle, options.repeats),
        *bench_pages(options.bundle, options.repeats),
    ):
        print(f"| {row.what} | {row.figure} | {row.target} |")


if __name__ == "__main__":
    main()
