"""How well pages of separate letters are read: text and codes, beside the targets."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inkwatch.engine import Engine
from inkwatch.reading import DEFAULT_LANGUAGE
from tools.bench.box_match import BoxCounts, match_boxes
from tools.bench.page_set import PageFacts, Shelf, View, true_boxes
from tools.bench.read_pages import Job, Told, read_pages
from tools.bench.scores import TextScores, text_scores
from tools.bench.table import Row, at_least, at_most, percent
from tools.bench.told_lines import LineFindings, line_findings
from tools.bench.told_words import SURE, SureWords, sure_words


@dataclass(frozen=True)
class Settings:
    """Which bundles read, of characters and of lines, and in how many processes."""

    bundle: str | None = None
    processes: int = 1
    lines_bundle: str | None = None


def letters_rows(shelf: Shelf, settings: Settings) -> list[Row]:
    """Text pages: with words of the language and without, by the camera and flat."""
    camera = read_shelf(shelf, "camera", settings)
    flat = read_shelf(shelf, "flat", settings)
    bare = read_shelf(shelf, "camera", settings, language=None)
    single = read_shelf(shelf, "camera", settings, engine="characters")
    scores = shelf_scores(shelf.pages, camera)
    return [
        at_most("letters, camera: CER", scores.cer, 0.04),
        at_most("letters, camera: WER", scores.wer, 0.12),
        at_most("letters, camera, language none: CER", shelf_scores(shelf.pages, bare).cer, 0.08),
        same_row("letters, camera", camera, single),
        at_most("letters, flat: CER", shelf_scores(shelf.pages, flat).cer),
        *structure_rows("letters, camera", shelf.pages, camera),
        at_least(
            "letters, camera: characters parted, F1", _f1(shelf.pages, camera, "camera"), 0.97
        ),
        at_least("letters, flat: characters parted, F1", _f1(shelf.pages, flat, "flat"), 0.97),
        *_details("letters, camera", shelf.pages, camera),
        *_details("letters, flat", shelf.pages, flat, [_by_paper]),
    ]


def codes_rows(shelf: Shelf, settings: Settings) -> list[Row]:
    """Pages of codes: with the page's pattern, and as any page is read."""
    known = read_shelf(shelf, "camera", settings, use_pattern=True)
    unknown = read_shelf(shelf, "camera", settings)
    flat = read_shelf(shelf, "flat", settings, use_pattern=True)
    single = read_shelf(shelf, "camera", settings, engine="characters")
    return [
        at_most("codes, camera, with the pattern: CER", shelf_scores(shelf.pages, known).cer, 0.03),
        at_most("codes, camera, without: CER", shelf_scores(shelf.pages, unknown).cer, 0.06),
        same_row("codes, camera, without the pattern", unknown, single),
        at_most("codes, flat, with the pattern: CER", shelf_scores(shelf.pages, flat).cer),
        *structure_rows("codes, camera, without the pattern", shelf.pages, unknown),
        *_details("codes, camera, with the pattern", shelf.pages, known),
        *_details("codes, flat, with the pattern", shelf.pages, flat, [_by_paper]),
    ]


def read_shelf(
    shelf: Shelf,
    view: View,
    settings: Settings,
    *,
    language: str | None = DEFAULT_LANGUAGE,
    use_pattern: bool = False,
    engine: Engine = "auto",
) -> list[Told]:
    """Read a set's pictures."""
    jobs = [
        Job(
            shelf.picture(page, view),
            settings.bundle,
            language,
            page.pattern if use_pattern else None,
            engine,
            settings.lines_bundle,
        )
        for page in shelf.pages
    ]
    return read_pages(jobs, settings.processes)


def shelf_scores(pages: Sequence[PageFacts], told: Sequence[Told]) -> TextScores:
    """Compare what was read with the truth."""
    return text_scores([page.text for page in pages], [each.text for each in told])


def structure_rows(
    name: str, pages: Sequence[PageFacts], told: Sequence[Told], told_right: float = 0.95
) -> list[Row]:
    """Sure words, of which `told_right` should be right, and the lines' count and order."""
    pairs = list(zip(pages, told, strict=True))
    words = sum((sure_words(page.text, each.words) for page, each in pairs), SureWords())
    lines = sum((line_findings(page.text, each.lines) for page, each in pairs), LineFindings())
    share = words.right / words.sure if words.sure else 0.0
    sure = at_least(
        f"{name}: words told with {100 * SURE:g} % or more that are right ({words.sure} of "
        f"{words.words})",
        share,
        told_right,
    )
    return [
        sure if words.sure else Row(sure.what, "none is sure", sure.target),
        at_least(
            f"{name}: pages with the right count of lines", lines.right_count / lines.pages, 0.97
        ),
        at_least(
            f"{name}: pages with lines in order, of the {lines.told} that tell",
            lines.right_order / max(1, lines.told),
            0.97,
        ),
    ]


def same_row(name: str, chosen: Sequence[Told], characters: Sequence[Told]) -> Row:
    """Whether pages of separate letters read alike where the engine is chosen line by line."""
    other = sum(one.text != two.text for one, two in zip(chosen, characters, strict=True))
    what = f"{name}: pages that engine auto reads otherwise than engine characters"
    return Row(what, f"{other} of {len(chosen)}", "none", other == 0, other)


def _f1(pages: Sequence[PageFacts], told: Sequence[Told], view: View) -> float:
    counts = (
        match_boxes(true_boxes(page, view), each.boxes)
        for page, each in zip(pages, told, strict=True)
    )
    return sum(counts, BoxCounts()).f1


def _by_writing(page: PageFacts) -> str:
    return "real characters" if page.writing == "real" else "fonts"


def _by_paper(page: PageFacts) -> str:
    return f"{page.paper} paper"


def _by_hand(page: PageFacts) -> str:
    # The writers of one set count as one: each alone has too few pages.
    return page.hand.split("/")[0]


def _details(
    name: str,
    pages: Sequence[PageFacts],
    told: Sequence[Told],
    keys: Sequence[Callable[[PageFacts], str]] = (_by_writing, _by_paper, _by_hand),
) -> list[Row]:
    """Error rates by what `keys` tell of a page."""
    rows = []
    for key in keys:
        groups: dict[str, list[tuple[PageFacts, Told]]] = defaultdict(list)
        for page, each in zip(pages, told, strict=True):
            groups[key(page)].append((page, each))
        for group, pairs in sorted(groups.items()):
            scores = shelf_scores([page for page, _ in pairs], [each for _, each in pairs])
            figure = f"{percent(scores.cer)}, WER {percent(scores.wer)}"
            rows.append(Row(f"{name}, {group} ({len(pairs)} pages): CER", figure, value=scores.cer))
    return rows
