import pytest

from inkwatch.publish.mqtt.topics import Topics, birth_topic, discovery_topic

TOPICS = Topics("home/ink", "desk")


def test_all_topics_are_below_base_and_device() -> None:
    told = (
        TOPICS.availability, TOPICS.reading, TOPICS.event, TOPICS.camera, TOPICS.health,
        TOPICS.problem, TOPICS.image, TOPICS.test, TOPICS.commands,
        TOPICS.command("read"), TOPICS.response("read"),
    )  # fmt: skip
    assert all(topic.startswith("home/ink/desk/") for topic in told)
    assert len(set(told)) == len(told)
    assert discovery_topic("homeassistant", "desk") == "homeassistant/device/desk/config"
    assert birth_topic("homeassistant") == "homeassistant/status"


@pytest.mark.parametrize(
    ("topic", "name"),
    [
        ("home/ink/desk/cmd/read", "read"),
        ("home/ink/desk/cmd/", None),
        ("home/ink/desk/cmd", None),
        ("home/ink/desk/cmd/read/now", None),
        ("home/ink/other/cmd/read", None),
        ("home/ink/desk/rsp/read", None),
    ],
)
def test_a_command_is_named_by_the_last_level(topic: str, name: str | None) -> None:
    assert TOPICS.command_name(topic) == name


@pytest.mark.parametrize(
    ("topic", "allowed"),
    [
        ("home/ink/desk/rsp/me", True),
        ("home/ink/rsp/panel/7", True),
        ("home/ink/desk/reading", False),
        ("home/ink/desk/rsp/", False),
        ("home/ink/other/cmd/read", False),
        ("home/ink/other/rsp/me", False),
        ("homeassistant/device/desk/config", False),
        ("home/ink/desk/rsp/+", False),
        ("home/ink/desk/rsp/#", False),
        ("home/ink/desk/rsp/a\x00", False),
        ("home/ink/desk/rsp/" + "a" * 300, False),
        ("", False),
    ],
)
def test_answers_go_only_where_nothing_else_is(topic: str, allowed: bool) -> None:
    assert TOPICS.allows_response(topic) == allowed
