import copy
import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkwatch.places import Box
from inkwatch.publish.json_form import format_classified_json, format_json, schema_text
from inkwatch.reading import Candidate, Reading
from inkwatch.unread import Reason, Unread


def closed(schema: Any) -> Any:
    """The schema with fields that it does not name forbidden, to find undocumented ones."""
    if isinstance(schema, dict):
        schema = {key: closed(value) for key, value in schema.items()}
        if "properties" in schema:
            schema["additionalProperties"] = False
            assert set(schema["required"]) == set(schema["properties"])
    elif isinstance(schema, list):
        schema = [closed(value) for value in schema]
    return schema


SCHEMA = json.loads(schema_text())
VALIDATOR = jsonschema.Draft202012Validator(closed(SCHEMA))


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_reading_in_full(reading: Reading) -> None:
    form = json.loads(format_json(reading))
    assert form["schema"] == "inkwatch-reading/1"
    assert (form["source"], form["model"]) == ("notes/page.jpg", "chars")
    assert (form["width"], form["height"]) == (200, 120)
    assert form["text"] == "Hi me\nx"
    assert form["confidence"] == pytest.approx((0.99 + 0.5 + 0.98 + 0.7 + 1) / 5)
    first = form["lines"][0]
    assert first["text"] == "Hi me"
    assert first["box"] == [20, 30, 96, 25]
    word = first["words"][0]
    assert (word["text"], word["box"]) == ("Hi", [20, 30, 36, 24])
    assert word["confidence"] == pytest.approx(0.495)
    assert word["polygon"] == [[20, 30], [56, 30], [56, 54], [20, 54]]
    assert word["alternatives"] == [
        {"text": "H?", "probability": 0.495},
        {"text": "?i", "probability": 0.005},
        {"text": "??", "probability": 0.005},
    ]
    assert first["baseline"] == [[20, 55], [116, 55]]
    assert first["x_height"] == 0
    assert (form["unread"], form["elapsed_s"], form["timings"]) == ([], 0, {})
    assert word["glyphs"][0] == {
        "box": [20, 30, 16, 24],
        "polygon": [[20, 30], [36, 30], [36, 54], [20, 54]],
        "candidates": [
            {"character": "H", "probability": 0.99},
            {"character": "?", "probability": 0.01},
        ],
    }
    VALIDATOR.validate(form)


@settings(deadline=None, max_examples=40)
@given(data=st.data())
def test_any_reading_is_one_line_of_valid_json(
    readings: st.SearchStrategy[Reading], data: st.DataObject
) -> None:
    reading = data.draw(readings)
    text = format_json(reading)
    assert "\n" not in text
    form = json.loads(text.encode("utf-8"))
    VALIDATOR.validate(form)
    assert form["text"] == reading.text


def test_a_classified_character_is_valid() -> None:
    candidates = (Candidate("é", 0.97), Candidate("e", 0.02))
    text = format_classified_json("a\udce9.png", "chars", candidates)
    VALIDATOR.validate(json.loads(text))
    assert '"é"' in text


@pytest.mark.parametrize(
    "damage",
    [
        {"schema": "inkwatch-reading/2"},
        {"width": 0},
        {"confidence": 1.5},
        {"lines": [{}]},
        {"surprise": 1},
    ],
)
def test_the_schema_refuses_what_is_wrong(reading: Reading, damage: dict[str, Any]) -> None:
    form = json.loads(format_json(reading))
    assert VALIDATOR.is_valid(form)
    assert not VALIDATOR.is_valid({**form, **damage})


@pytest.mark.parametrize("box", [[1, 2, 3], [1, 2, 3, 4, 5], [1, 2, 0, 4], [1.5, 2, 3, 4]])
def test_the_schema_refuses_wrong_boxes(reading: Reading, box: list[float]) -> None:
    form = copy.deepcopy(json.loads(format_json(reading)))
    form["lines"][0]["words"][0]["glyphs"][0]["box"] = box
    assert not VALIDATOR.is_valid(form)


def test_a_missing_field_is_refused(reading: Reading) -> None:
    form = json.loads(format_json(reading))
    for field in form:
        assert not VALIDATOR.is_valid({key: form[key] for key in form if key != field}), field


def test_readers_of_the_published_schema_let_new_fields_pass(reading: Reading) -> None:
    form = {**json.loads(format_json(reading)), "later": 1}
    jsonschema.Draft202012Validator(SCHEMA).validate(form)


def test_places_and_times_are_told(reading: Reading) -> None:
    corners = ((1.04, 2.0), (9.96, 3.0), (9.0, 8.0), (1.0, 7.0))
    stray = Unread(Reason.STRAY_MARK, Box(1, 2, 9, 6), corners)
    form = json.loads(
        format_json(replace(reading, unread=(stray,), elapsed_s=0.12345, timings={"ink": 0.00012}))
    )
    VALIDATOR.validate(form)
    assert form["unread"] == [
        {
            "reason": "stray-mark",
            "box": [1, 2, 9, 6],
            "polygon": [[1.0, 2.0], [10.0, 3.0], [9.0, 8.0], [1.0, 7.0]],
            "text": "",
        }
    ]
    assert (form["elapsed_s"], form["timings"]) == (0.1235, {"ink": 0.0001})


def test_the_schema_names_every_reason() -> None:
    assert SCHEMA["$defs"]["unread"]["properties"]["reason"]["examples"] == list(Reason)


@pytest.mark.parametrize("polygon", [[], [[1, 2]] * 3, [[1, 2]] * 5, [[1, 2, 3]] * 4, [1, 2, 3, 4]])
def test_the_schema_refuses_wrong_polygons(reading: Reading, polygon: Any) -> None:
    form = json.loads(format_json(reading))
    form["lines"][0]["polygon"] = polygon
    assert not VALIDATOR.is_valid(form)
