import itertools
import shutil
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from inkwatch import reader as reader_room
from inkwatch.errors import BundleError, InputError, UsageError
from inkwatch.places import Box, Region, Shares
from inkwatch.publish.strip import draw_strip
from inkwatch.reader import Reader, check_image
from inkwatch.reading import Reading
from inkwatch.unread import Reason
from inkwatch.vision.cut import cut_found
from inkwatch.vision.page import Page

Pixels = npt.NDArray[np.uint8]

TINY = Path(__file__).parents[1] / "data" / "tiny_bundle"
TINY_LINES = TINY.with_name("tiny_lines")
LABELS = "0123ABETabet"


@pytest.fixture(scope="module")
def reader() -> Reader:
    """A model of a few KB that tells twelve drawn characters apart."""
    return Reader(TINY)


def write(*lines: str, scale: float = 2.0) -> Pixels:
    page = np.full((round(60 * scale) * len(lines) + 40, 700), 220, np.uint8)
    for row, line in enumerate(lines):
        at = (40, 20 + round(45 * scale) + row * round(60 * scale))
        cv2.putText(page, line, at, cv2.FONT_HERSHEY_SIMPLEX, scale, 40, 4, cv2.LINE_AA)
    return page


def same(one: Reading, other: Reading) -> bool:
    return (one.lines, one.width, one.height) == (other.lines, other.width, other.height)


def check(reading: Reading, image: Pixels) -> None:
    """What holds for any picture."""
    height, width = image.shape[:2]
    assert (reading.width, reading.height) == (width, height)
    for glyph in reading.glyphs:
        assert 0 <= glyph.box.left < glyph.box.right <= width
        assert 0 <= glyph.box.top < glyph.box.bottom <= height
        values = [candidate.probability for candidate in glyph.candidates]
        assert values == sorted(values, reverse=True)
        assert all(0.0 <= value <= 1.0 for value in values)
    polygons = [line.polygon for line in reading.lines] + [w.polygon for w in reading.words]
    polygons += [glyph.polygon for glyph in reading.glyphs] + [u.polygon for u in reading.unread]
    for polygon in polygons:
        assert len(polygon) == 4
        assert all(0 <= x <= width and 0 <= y <= height for x, y in polygon)
    for line in reading.lines:
        assert len(line.baseline) >= 2
        assert line.x_height_px > 0
    assert 0.0 <= reading.confidence <= 1.0
    assert all(line.text.strip() for line in reading.lines)


def test_a_page_is_read(reader: Reader) -> None:
    reading = reader.read(write("TAB 12", "abet 30"), source="page.png")
    check(reading, write("TAB 12", "abet 30"))
    assert reading.text == "TAB 12\nabet 30"
    assert (reading.source, reading.model) == ("page.png", "tiny")
    assert 0.0 < reading.elapsed_s < 60.0
    assert reading.confidence > 0.5


@pytest.mark.parametrize("text", ["TAB", "abet", "B", "2"])
def test_a_word_or_a_character_is_read(reader: Reader, text: str) -> None:
    assert reader.read(write(text)).text == text


@pytest.mark.parametrize("text", ["TAB", "B12", "abet"])
def test_a_word_cut_out_tightly_is_read(reader: Reader, text: str) -> None:
    page = write(text)
    rows, columns = np.flatnonzero((page < 130).any(1)), np.flatnonzero((page < 130).any(0))
    tight = page[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    assert reader.read(tight).text == text


def test_grey_and_colour_give_the_same(reader: Reader) -> None:
    page = write("TAB 12")
    colour = np.asarray(cv2.cvtColor(page, cv2.COLOR_GRAY2BGR), np.uint8)
    assert same(reader.read(page), reader.read(colour))


def test_it_gives_the_same_each_time(reader: Reader) -> None:
    page = write("TAB 12", "abet 30")
    first = reader.read(page)
    reader.read(write("B"))
    assert same(first, reader.read(page))
    assert same(first, Reader(TINY, threads=2).read(page))


@pytest.mark.parametrize("level", [0, 90, 255])
def test_a_blank_page_has_no_lines(reader: Reader, level: int) -> None:
    reading = reader.read(np.full((300, 400), level, np.uint8))
    assert (reading.lines, reading.text, reading.confidence) == ((), "", 0.0)
    assert (reading.width, reading.height) == (400, 300)


def test_noisy_blank_paper_has_no_lines(reader: Reader) -> None:
    noise = np.random.default_rng(0).normal(200, 6, (300, 400, 3))
    assert reader.read(np.clip(noise, 0, 255).astype(np.uint8)).lines == ()


def test_boxes_are_in_the_given_pixels_however_large_the_picture(reader: Reader) -> None:
    page = write("TAB 12")
    large = np.asarray(cv2.resize(page, None, fx=5.0, fy=5.0), np.uint8)
    assert large.shape[1] > 3000
    small_reading, large_reading = reader.read(page), reader.read(large)
    check(large_reading, large)
    assert large_reading.text == small_reading.text
    for one, other in zip(small_reading.glyphs, large_reading.glyphs, strict=True):
        assert other.box.left / 5 == pytest.approx(one.box.left, abs=2)
        assert other.box.right / 5 == pytest.approx(one.box.right, abs=2)
        assert other.box.top / 5 == pytest.approx(one.box.top, abs=2)


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.zeros((20, 30), np.float32), "uint8 from 0 to 255, not float32"),
        (np.zeros((20, 30), np.uint16), "not uint16"),
        (np.zeros((20, 30), np.bool_), "not bool"),
        (np.zeros((20, 30, 4), np.uint8), r"not \(20, 30, 4\)"),
        (np.zeros((20, 30, 1), np.uint8), r"not \(20, 30, 1\)"),
        (np.zeros((2, 20, 30, 3), np.uint8), r"not \(2, 20, 30, 3\)"),
        (np.zeros(30, np.uint8), r"not \(30,\)"),
        (np.zeros((), np.uint8), r"not \(\)"),
        (np.zeros((0, 30), np.uint8), r"not \(0, 30\)"),
        (np.zeros((20, 0, 3), np.uint8), r"not \(20, 0, 3\)"),
        (None, "not NoneType"),
        ("page.png", "not str"),
        ([[1, 2], [3, 4]], "not list"),
    ],
)
def test_what_is_no_picture_is_refused(reader: Reader, image: Any, message: str) -> None:
    for action in (check_image, reader.read, lambda it: reader.classify([it])):
        with pytest.raises(InputError, match=message):
            action(image)


def test_a_missing_bundle_is_told(tmp_path: Path) -> None:
    with pytest.raises(BundleError):
        Reader(tmp_path / "none")


def test_name_and_labels(reader: Reader) -> None:
    assert reader.name == "tiny"
    assert "".join(reader.labels) == LABELS


def crop(character: str) -> Pixels:
    page = np.full((96, 96), 215, np.uint8)
    cv2.putText(page, character, (28, 66), cv2.FONT_HERSHEY_SIMPLEX, 2.0, 40, 4, cv2.LINE_AA)
    return page


def test_crops_are_classified(reader: Reader) -> None:
    found = reader.classify([crop(character) for character in "0123ABET"])
    assert "".join(candidates[0].character for candidates in found) == "0123ABET"
    for candidates in found:
        assert len(candidates) == 5
        values = [candidate.probability for candidate in candidates]
        assert values == sorted(values, reverse=True)
        assert sum(values) <= 1.0 + 1e-5


def test_crops_of_any_size_and_in_colour_are_classified(reader: Reader) -> None:
    colour = np.dstack([crop("B")] * 3)
    large = np.asarray(cv2.resize(crop("2"), (700, 700)), np.uint8)
    tiny = np.full((1, 1), 7, np.uint8)
    found = reader.classify([colour, large, tiny])
    assert [candidates[0].character for candidates in found[:2]] == ["B", "2"]
    assert len(found) == 3
    assert reader.classify([colour]) == reader.classify([crop("B")])


def test_an_alphabet_limits_the_choice(reader: Reader) -> None:
    (candidates,) = reader.classify([crop("B")], "0123")
    assert {candidate.character for candidate in candidates} == set("0123")
    assert sum(candidate.probability for candidate in candidates) == pytest.approx(1.0, abs=1e-5)
    (candidates,) = reader.classify([crop("B")], ["B", "A"], top=1)
    assert [candidate.character for candidate in candidates] == ["B"]


def test_an_alphabet_that_the_bundle_lacks_is_refused(reader: Reader) -> None:
    with pytest.raises(UsageError, match="'x'"):
        reader.classify([crop("B")], "0x")
    with pytest.raises(UsageError, match="alphabet is empty"):
        reader.classify([crop("B")], "")


def test_no_crops_give_no_answers(reader: Reader) -> None:
    assert reader.classify([]) == []
    assert reader.classify([], "01") == []


def test_crops_may_come_from_an_array_or_a_generator(reader: Reader) -> None:
    def several() -> Iterator[Pixels]:
        yield from (crop("A"), crop("B"))

    expected = reader.classify([crop("A"), crop("B")])
    assert reader.classify(np.stack([crop("A"), crop("B")])) == expected
    assert reader.classify(several()) == expected


def test_one_bad_crop_is_told_before_any_is_read(reader: Reader) -> None:
    with pytest.raises(InputError, match="float64"):
        reader.classify([crop("A"), np.zeros((5, 5))])  # type: ignore[list-item]


@given(
    hnp.arrays(np.uint8, hnp.array_shapes(min_dims=2, max_dims=2, max_side=50)),
    st.sampled_from([1, 3, 8]),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_no_picture_makes_it_fail(reader: Reader, grey: Pixels, enlarge: int, colour: bool) -> None:
    image = np.repeat(np.repeat(grey, enlarge, axis=0), enlarge, axis=1)
    image = np.dstack([image, image[::-1], image]) if colour else image
    check(reader.read(image), image)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_no_scribble_makes_it_fail(reader: Reader, seed: int) -> None:
    rng = np.random.default_rng(seed)
    image = np.full(rng.integers(20, 600, 2), rng.integers(100, 256), np.uint8)
    for _ in range(int(rng.integers(1, 60))):
        start = rng.integers(0, 600, 2)
        end = start + rng.integers(-80, 80, 2)
        shade, pen_px = rng.integers((0, 1), (100, 9)).tolist()
        cv2.line(image, start.tolist(), end.tolist(), shade, pen_px)
    check(reader.read(image), image)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_turned_page_is_read_where_the_turn_is_told(reader: Reader, turns: int) -> None:
    page = np.ascontiguousarray(np.rot90(write("TAB 12", "abet 30"), turns))
    reading = reader.read(page, quarter_turns=turns)
    assert reading.text == "TAB 12\nabet 30"
    check(reading, page)


@pytest.mark.parametrize("lines", [("TAB 12 BET", "abet 30 ABE"), ("NNN WWW", "MMM XXX")])
def test_a_page_makes_room_while_it_is_turned_for_trial(
    reader: Reader, lines: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the peak of memory is higher by the page, its cuts and the page as it was turned."""
    pages: list[weakref.ref[Pixels]] = []
    kept: list[int] = []

    def watched(*args: Any, **options: Any) -> Page:
        kept.append(sum(page() is not None for page in pages))
        page = cut_found(*args, **options)
        pages.append(weakref.ref(page.straightened.grey))
        return page

    monkeypatch.setattr(reader_room, "cut_found", watched)
    reader.read(np.ascontiguousarray(np.rot90(write(*lines), 2)))
    assert len(kept) > 1
    assert not any(kept)


def test_light_writing_on_a_dark_board_is_read(reader: Reader) -> None:
    assert reader.read(255 - write("TAB 12", "abet 30")).text == "TAB 12\nabet 30"


def test_other_turns_are_refused(reader: Reader) -> None:
    with pytest.raises(UsageError, match="quarter_turns"):
        reader.read(write("TAB"), quarter_turns=4)


def test_a_pattern_settles_what_a_word_is() -> None:
    digits = Reader(TINY, pattern="digits")
    assert digits.read(write("3020")).text == "3020"
    listed = Reader(TINY, pattern=["BAT", "TAB"])
    assert listed.read(write("TAB")).text == "TAB"
    (word,) = listed.read(write("30")).words
    assert word.text == "30"
    assert word.confidence < 1e-6


def test_a_part_of_a_picture_is_read_in_the_whole_pictures_pixels(reader: Reader) -> None:
    page = write("TAB 12", "abet 30")
    whole = reader.read(page)
    part = Box(0, page.shape[0] // 2, page.shape[1], page.shape[0] // 2)
    shares = Shares(0, 0.5, 1, 0.5)
    regions: tuple[Region, ...] = (part, shares)
    for region in regions:
        reading = reader.read(page, region=region)
        check(reading, page)
        assert reading.text == "abet 30"
        for one, other in zip(reading.glyphs, whole.lines[1].glyphs, strict=True):
            assert one.box == other.box
            assert np.array(one.polygon) == pytest.approx(np.array(other.polygon))


def test_a_part_of_a_turned_picture_is_read(reader: Reader) -> None:
    page = write("TAB 12", "abet 30")
    turned = np.ascontiguousarray(np.rot90(page, 1))
    left_half = Shares(0, 0, 0.5, 1)  # where the first line is
    reading = reader.read(turned, quarter_turns=1, region=left_half)
    check(reading, turned)
    assert reading.text == "TAB 12"
    whole = reader.read(turned, quarter_turns=1)
    assert [glyph.box for glyph in reading.glyphs] == [g.box for g in whole.lines[0].glyphs]


def test_a_region_that_reaches_out_of_the_picture_is_cut_to_fit(reader: Reader) -> None:
    page = write("TAB 12")
    reading = reader.read(page, region=Box(-50, -50, 9000, 9000))
    assert same(reading, reader.read(page))


def test_a_region_outside_the_picture_is_told(reader: Reader) -> None:
    with pytest.raises(InputError, match="700,0,10,10 lies outside the picture, which is 700 x"):
        reader.read(write("TAB"), region=Box(700, 0, 10, 10))


def test_a_tilted_sheet_gives_tilted_polygons(reader: Reader) -> None:
    """The corners of each word on the picture are those of the flat sheet, through the camera."""
    lines = ("TAB 12 BET", "abet 30 Tab", "EAT 0123 A")
    sheet = write(*lines, scale=1.6)
    height, width = sheet.shape
    corners = np.array([[150, 90], [1080, 190], [1020, 560], [90, 470]], np.float32)
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    camera = cv2.getPerspectiveTransform(flat, corners)
    picture = np.full((700, 1200), 60, np.uint8)
    cv2.warpPerspective(
        sheet, camera, (1200, 700), picture, cv2.INTER_LINEAR, cv2.BORDER_TRANSPARENT
    )
    straight, tilted = reader.read(sheet), reader.read(picture)
    check(tilted, picture)
    assert len(tilted.lines) == 3

    def seen(points: Any) -> Pixels:
        return np.asarray(cv2.perspectiveTransform(np.array([points], np.float64), camera)[0])

    for one, other in zip(tilted.glyphs, straight.glyphs, strict=True):
        assert np.array(one.polygon) == pytest.approx(seen(other.polygon), abs=2)
    for line, flat_line in zip(tilted.lines, straight.lines, strict=True):
        assert np.array(line.polygon) == pytest.approx(seen(flat_line.polygon), abs=5)
        assert np.array(line.baseline) == pytest.approx(seen(flat_line.baseline), abs=8)
        (x0, y0), (x1, y1) = line.baseline
        assert (y1 - y0) / (x1 - x0) == pytest.approx(0.107, abs=0.02)


def test_polygons_of_a_turned_page_begin_at_the_writings_own_top_left(reader: Reader) -> None:
    page = write("TAB 12")
    upside_down = np.ascontiguousarray(np.rot90(page, 2))
    (line,) = reader.read(upside_down, quarter_turns=2).lines
    (first, second, third, _) = line.polygon
    assert first[0] > second[0]
    assert second[1] > third[1]
    assert line.baseline[0][0] > line.baseline[-1][0]


def test_the_x_height_is_the_pictures(reader: Reader) -> None:
    page = write("abet", scale=3.0)
    (line,) = reader.read(page).lines
    letters = {glyph.character: glyph.box for glyph in line.glyphs}
    assert line.x_height_px == pytest.approx(letters["a"].height, rel=0.25)
    assert line.baseline[0][1] == pytest.approx(letters["a"].bottom, abs=8)


def test_each_stage_has_its_time(reader: Reader) -> None:
    reading = reader.read(write("TAB 12"))
    assert {"sheet", "ink", "pieces", "lines", "cuts", "classify", "language"} <= set(
        reading.timings
    )
    assert 0 < sum(reading.timings.values()) <= reading.elapsed_s


def test_a_page_of_sure_words_leaves_nothing_unread(reader: Reader) -> None:
    assert reader.read(write("TAB 12")).unread == ()


def test_a_mark_far_from_all_lines_is_stray(reader: Reader) -> None:
    page = write("TAB 12", "abet 30")
    page = np.vstack([page, np.full((400, page.shape[1]), 220, np.uint8)])
    cv2.circle(page, (350, 560), 5, 40, -1)
    reading = reader.read(page)
    assert reading.text == "TAB 12\nabet 30"
    (stray,) = reading.unread
    assert stray.reason is Reason.STRAY_MARK
    assert stray.box.left <= 350 < stray.box.right
    assert stray.box.top <= 560 < stray.box.bottom


def test_a_dark_bar_at_the_edge_is_no_writing(reader: Reader) -> None:
    page = write("TAB 12", "abet 30")
    page[:, :20] = 20
    (dark,) = reader.read(page).unread
    assert dark.reason is Reason.NOT_WRITING
    assert (dark.box.left, dark.box.height) == (0, page.shape[0])


def test_words_below_the_wanted_confidence_are_unread(reader: Reader) -> None:
    page = write("TAB 12", "abet 30")
    whole = reader.read(page)
    ordered = sorted(word.confidence for word in whole.words)
    assert ordered[0] < ordered[1]
    reading = reader.read(page, min_confidence=ordered[1])
    assert [word.text for word in reading.words] == [
        word.text for word in whole.words if word.confidence >= ordered[1]
    ]
    (unsure,) = reading.unread
    assert unsure.reason is Reason.UNSURE
    assert unsure.text in whole.text.split()
    assert reader.read(page, min_confidence=1.0).lines == ()
    with pytest.raises(UsageError, match="min_confidence"):
        reader.read(page, min_confidence=90)


def test_words_have_alternatives(reader: Reader) -> None:
    words = reader.read(write("TAB 12", "abet 30")).words
    for word in words:
        assert word.text not in {other.text for other in word.alternatives}
        values = [word.confidence, *(other.probability for other in word.alternatives)]
        assert values == sorted(values, reverse=True)


@pytest.fixture(scope="module")
def whole_lines() -> Reader:
    """Reads whole lines, with a model of a few KB."""
    return Reader(TINY, language=None, engine="lines", lines_bundle=TINY_LINES)


def test_whole_lines_are_read_to_the_same_form(whole_lines: Reader) -> None:
    page = write("TAB 12", "abet 30")
    reading = whole_lines.read(page)
    check(reading, page)
    assert reading.text == "TAB 12\nabet 30"
    by_characters = Reader(TINY, language=None, engine="characters").read(page)
    for one, other in zip(reading.words, by_characters.words, strict=True):
        assert one.text == other.text
        for side in ("left", "top", "right", "bottom"):
            # One of the model's steps is some 7 pixels of this page.
            assert abs(getattr(one.box, side) - getattr(other.box, side)) <= 4


@settings(max_examples=15, deadline=None)
@given(
    hnp.arrays(np.uint8, st.tuples(st.integers(1, 90), st.integers(1, 120))),
)
def test_whole_lines_of_anything_have_the_same_form(whole_lines: Reader, image: Pixels) -> None:
    check(whole_lines.read(image), image)


def test_a_trace_of_whole_lines_has_their_page(whole_lines: Reader) -> None:
    trace = whole_lines.trace(write("TAB 12"))
    assert trace.reading.text == "TAB 12"
    assert len(trace.page.lines) == 1
    assert draw_strip(write("TAB 12"), trace).ndim == 3


def test_a_pattern_holds_for_whole_lines() -> None:
    reader = Reader(TINY, pattern="[0-9]+", engine="lines", lines_bundle=TINY_LINES)
    assert reader.read(write("120 31"), quarter_turns=0).text == "120 31"
    text = reader.read(write("TAB 12"), quarter_turns=0).text
    assert all(word.isdigit() for word in text.split())


def test_auto_reads_separate_letters_by_their_characters() -> None:
    page = write("TAB 12", "abet 30")
    auto = Reader(TINY, language=None, lines_bundle=TINY_LINES).read(page)
    alone = Reader(TINY, language=None, engine="characters", lines_bundle=TINY_LINES).read(page)
    assert same(auto, alone)


def test_a_bundle_for_characters_is_none_for_lines() -> None:
    with pytest.raises(BundleError, match="for characters, not for lines"):
        Reader(TINY, lines_bundle=TINY)
    with pytest.raises(BundleError, match="for lines, not for characters"):
        Reader(TINY_LINES)


def test_whole_lines_need_a_bundle(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("INKWATCH_MODELS", raising=False)
    monkeypatch.setattr("inkwatch.recognise.bundle.list_bundles", dict)
    with pytest.raises(BundleError, match="No model bundle is named 'lines'"):
        Reader(TINY, engine="lines")
    assert Reader(TINY).read(write("TAB")).text == "TAB"  # auto does without


def test_a_bundle_named_lines_is_taken_by_itself(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(TINY_LINES, tmp_path / "lines")
    monkeypatch.setenv("INKWATCH_MODELS", str(tmp_path))
    assert Reader(TINY, language=None, engine="lines").read(write("TAB 12")).text == "TAB 12"


def test_a_reading_names_the_bundles_that_read_it(monkeypatch: pytest.MonkeyPatch) -> None:
    page = write("TAB 12", "bat 30", "abet 1")
    whole = Reader(TINY, language=None, engine="lines", lines_bundle=TINY_LINES)
    assert whole.read(page).model == "tiny-lines"
    assert whole.read(np.full((300, 300), 255, np.uint8)).model == "tiny"
    auto = Reader(TINY, language=None, lines_bundle=TINY_LINES)
    assert auto.read(page).model == "tiny"

    # The first line alone looks joined, and is surest whole.
    shares = itertools.cycle((0.25, 0.0, 0.0))
    monkeypatch.setattr("inkwatch.engines.joined_share", lambda _: next(shares))
    monkeypatch.setattr("inkwatch.engines.JOINED_PAGE", 0.1)
    monkeypatch.setattr("inkwatch.engines.SURE_ENOUGH", 0.0)
    assert auto.read(page, quarter_turns=0).model == "tiny+tiny-lines"


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(UsageError, match=r"no engine 'wheel'.*auto, characters, lines"):
        Reader(TINY, engine="wheel")  # type: ignore[arg-type]
