"""docs/mqtt.md says what is so: topics, examples, numbers."""

import json
import re
from pathlib import Path

import jsonschema
import pytest

from inkwatch.publish.event_form import event_schema_text
from inkwatch.publish.mqtt import caution, commands, listening, queue
from inkwatch.publish.mqtt.commands import CommandName
from inkwatch.publish.mqtt.payloads import schema_text
from inkwatch.publish.mqtt.topics import Topics

PAGE = (Path(__file__).parents[4] / "docs/mqtt.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)


def test_every_topic_is_there() -> None:
    topics = Topics("b", "d")
    told = (*topics.retained, topics.event, topics.health, topics.image, topics.test)
    for topic in told:
        assert f"| `{topic.removeprefix('b/d/')}` |" in PAGE
    for topic in topics.retained:
        (row,) = re.findall(rf"^\| `{topic.removeprefix('b/d/')}` \|.*$", PAGE, re.MULTILINE)
        assert "| yes |" in row
    for name in CommandName:
        assert f"`cmd/{name}`" in PAGE


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_valid(example: str) -> None:
    form = json.loads(example)
    is_event = form["schema"].startswith("inkwatch-event")
    schema = json.loads(event_schema_text() if is_event else schema_text())
    jsonschema.validate(form, schema, jsonschema.Draft202012Validator)


def test_there_is_an_example_of_each() -> None:
    named = {json.loads(example)["schema"] for example in EXAMPLES}
    assert named == {
        "inkwatch-event/1", "inkwatch-camera/1", "inkwatch-problem/1", "inkwatch-health/1",
        "inkwatch-response/1",
    }  # fmt: skip


def test_numbers_are_as_in_the_code() -> None:
    assert (commands.BURST, commands.PER_SECOND) == (10, 2.0)
    assert "Ten may come at once and two a second" in PAGE
    assert (commands.LONGEST_ID, commands.LARGEST_BYTES) == (128, 1024)
    assert queue.MEMORY_BYTES == 4 * 2**20
    assert listening.BIRTH_JITTER_S == 5.0
    assert caution.SHORT_SESSIONS == 2
