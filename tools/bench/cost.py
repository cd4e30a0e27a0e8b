"""What the device's parts cost: single characters, the sample pages, starting up."""

import subprocess
import sys
from collections.abc import Mapping
from functools import partial
from importlib import resources
from pathlib import Path

from inkwatch import Reader
from inkwatch.recognise.bundle import load_bundle
from inkwatch.recognise.classifier import Classifier
from inkwatch.recognise.crop import crop_glyphs
from inkwatch.recognise.pictures import classify_pictures
from inkwatch.vision.cut import cut_page
from tools.bench.read_pages import load_picture
from tools.bench.table import Row
from tools.bench.timing import spread

GLYPHS = 512

_PEAK = """
import sys
from inkwatch.cli import main
code = main(sys.argv[1:])
# Not getrusage: its peak is handed down from the process that started this one.
lines = open("/proc/self/status").read().splitlines()
print(next(line.split()[1] for line in lines if line.startswith("VmHWM")), file=sys.stderr)
sys.exit(code)
"""


def sample_pages() -> list[Path]:
    """The pictures that ship."""
    folder = Path(str(resources.files("inkwatch").joinpath("samples")))
    return sorted(folder.glob("*.jpg"))


def classify_rows(bundle: str | None, repeats: int) -> list[Row]:
    """Single characters: the bare interpreter, and with everything around it."""
    pages = [load_picture(path) for path in sample_pages()]
    cuts = [glyph.grey for page in pages for line in cut_page(page).lines for glyph in line.glyphs]
    greys = (cuts * (1 + GLYPHS // len(cuts)))[:GLYPHS]
    classifier = Classifier(load_bundle(bundle))
    crops = crop_glyphs(greys)
    bare = spread(lambda: classifier.outputs(crops), repeats)
    cropping = spread(lambda: crop_glyphs(greys), repeats)
    whole = spread(lambda: classify_pictures(classifier, greys), repeats)
    share = bare.median_s / whole.median_s
    name, size = classifier.bundle.name, classifier.bundle.card.model_bytes / 1024
    return [
        Row(f"bundle {name}", f"{size:.0f} KiB", "at most 400 KiB", size <= 400, size),
        _timed("the interpreter alone, a crop", bare.told(GLYPHS, "us"), bare.median_s / GLYPHS),
        _timed(
            "cropping alone, a picture", cropping.told(GLYPHS, "us"), cropping.median_s / GLYPHS
        ),
        _timed(
            f"pictures classified, of {GLYPHS}", whole.told(GLYPHS, "us"), whole.median_s / GLYPHS
        ),
        Row(
            "throughput, of the bare interpreter's",
            f"{100 * share:.0f} %",
            "at least 80 %",
            share >= 0.8,
            share,
        ),
    ]


def sample_rows(bundle: str | None, repeats: int) -> list[Row]:
    """The sample pages in a running process, and one from the program's start."""
    reader = Reader(bundle)
    rows = []
    for path in sample_pages():
        page = load_picture(path)
        count = len(reader.read(page).glyphs)
        times = spread(partial(reader.read, page), repeats)
        rows.append(_timed(f"{path.name}, {count} characters", times.told(), times.median_s))
    command = [sys.executable, "-m", "inkwatch", "read", str(sample_pages()[0])]
    start = spread(lambda: subprocess.run(command, check=True, capture_output=True), 3)  # noqa: S603
    met = start.median_s < 2.0
    rows.append(
        Row("inkwatch read, from its start", start.told(), "under 2000 ms", met, start.median_s)
    )
    return rows


def memory_rows(pictures: Mapping[Path, float], bundle: str | None) -> list[Row]:
    """The most memory that `inkwatch read` takes for each of some pictures.

    Args:
        pictures: each with how many MB it should take at most.
        bundle: the characters' bundle; None takes the default.
    """
    rows = []
    measured = Path("/proc/self/status").is_file()
    choice = [] if bundle is None else ["--model", bundle]
    for path, most_mb in pictures.items():
        what, target = f"peak memory of inkwatch read, {path.stem}", f"at most {most_mb:g} MB"
        if not measured:
            rows.append(Row(what, "only measured on Linux", target))
            continue
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-c", _PEAK, "read", *choice, str(path)],
            check=True,
            capture_output=True,
            text=True,
        )
        peak_mb = int(done.stderr.split()[-1]) / 1024
        rows.append(Row(what, f"{peak_mb:.0f} MB", target, peak_mb <= most_mb, peak_mb))
    return rows


def _timed(what: str, figure: str, seconds: float) -> Row:
    return Row(what, figure, value=seconds)
