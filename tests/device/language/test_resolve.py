import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.language.geometry import GlyphHeights
from inkwatch.language.resolve import TOP, LineGuesses, resolve_page
from inkwatch.language.shapes import shape_of

LABELS = "".join(sorted("oO0sS1lIabehrndtTHECR,'."))


def line(*words: str, blur: dict[str, str] | None = None, y: float = 100.0) -> LineGuesses:
    """A line as a steady hand writes it; `blur` says what else a crop may show."""
    text = "".join(words)
    rows = np.full((len(text), len(LABELS)), 1e-6)
    for row, character in zip(rows, text, strict=True):
        row[[LABELS.index(c) for c in character + (blur or {}).get(character, "")]] = 1.0
    shapes = [shape_of(c) for c in text]
    return LineGuesses(
        probabilities=rows / rows.sum(axis=1, keepdims=True),
        heights=GlyphHeights(
            top=y - 20 * np.array([s.top for s in shapes]),
            bottom=y - 20 * np.array([s.bottom for s in shapes]),
        ),
        word_lengths=tuple(len(word) for word in words),
    )


def text_of(*lines: LineGuesses) -> list[str]:
    ranked = resolve_page(lines, LABELS)
    return ["".join(glyph[0].character for glyph in line.glyphs) for line in ranked]


def test_an_empty_page() -> None:
    assert resolve_page([], LABELS) == []


def test_heights_and_neighbours_together() -> None:
    blur = {"o": "O0", "O": "o0", "0": "oO", "1": "lI", "l": "1I", "s": "S"}
    page = [line("shone", "so", blur=blur), line("1001", blur=blur), line("The", "lost", blur=blur)]
    assert text_of(*page) == ["shoneso", "1001", "Thelost"]


def test_words_are_weighed_apart() -> None:
    """Each reads its look-alike by its own neighbours, not by those over the gap."""
    blur = {"0": "O", "O": "0"}
    assert text_of(line("1001", "HOTEH", blur=blur)) == ["1001HOTEH"]


def test_lines_with_few_letters_lean_on_the_page() -> None:
    blur = {"s": "S", "S": "s", "o": "O", "O": "o"}
    page = [line("then", "the", "bread"), line("and", "the", "hat"), line("os", blur=blur, y=300)]
    assert text_of(*page)[2] == "os"


def test_a_cut_that_holds_no_character_stays_unsure() -> None:
    """Its neighbours and height may name it, but not make it surer than the classifier is."""
    sure = line("then")
    sure.probabilities[2] *= 0.3
    _, h, e, n = resolve_page([sure], LABELS)[0].glyphs
    assert e[0].character == "e"
    assert sum(candidate.probability for candidate in e) <= 0.3 + 1e-9
    assert min(h[0].probability, n[0].probability) > 0.9


def test_candidates_are_ranked_probabilities() -> None:
    glyph, _ = resolve_page([line("so", blur={"s": "S", "o": "O0"})], LABELS)[0].glyphs
    values = [candidate.probability for candidate in glyph]
    assert values == sorted(values, reverse=True)
    assert 1 <= len(glyph) <= TOP
    assert len({candidate.character for candidate in glyph}) == len(glyph)
    assert sum(values) <= 1 + 1e-9


def test_it_gives_the_same_each_time() -> None:
    page = [line("shone", "so", blur={"s": "S", "o": "O0"}), line("1001")]
    assert resolve_page(page, LABELS) == resolve_page(page, LABELS)


@st.composite
def pages(draw: st.DrawFn) -> list[LineGuesses]:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lines = []
    for lengths in draw(st.lists(st.lists(st.integers(1, 5), min_size=1, max_size=4), max_size=4)):
        count = sum(lengths)
        rows = rng.dirichlet(np.full(len(LABELS), 0.05), count)
        rows[rows < 1e-6] = 0.0
        top = rng.uniform(0, 60, count)
        heights = GlyphHeights(top, top + rng.uniform(1, 60, count))
        lines.append(LineGuesses(rows, heights, tuple(lengths)))
    return lines


@given(pages())
@settings(max_examples=80, deadline=None)
def test_nothing_is_invented(page: list[LineGuesses]) -> None:
    ranked = resolve_page(page, LABELS)
    assert [len(line.glyphs) for line in ranked] == [len(guess.probabilities) for guess in page]
    for guess, line in zip(page, ranked, strict=True):
        for given_row, glyph in zip(guess.probabilities, line.glyphs, strict=True):
            assert glyph
            for candidate in glyph:
                assert 0.0 <= candidate.probability <= 1.0
                assert given_row[LABELS.index(candidate.character)] > 0
            assert sum(c.probability for c in glyph) <= 1.0 + 1e-9
