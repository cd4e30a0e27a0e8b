from inkwatch.publish.mqtt.messages import Outgoing
from inkwatch.publish.mqtt.outbox import ANSWERS, Outbox


def drain(outbox: Outbox) -> list[tuple[str, bytes]]:
    found = []
    while (message := outbox.take()) is not None:
        found.append((message.topic, message.payload))
        outbox.arrived(message.topic)
    return found


def test_of_a_state_only_the_newest_is_sent() -> None:
    outbox = Outbox()
    for number in range(5):
        outbox.set_state("a", lambda number=number: str(number).encode())  # type: ignore[misc]
    assert drain(outbox) == [("a", b"4")]
    assert drain(outbox) == []


def test_a_state_waits_until_its_last_message_has_arrived() -> None:
    outbox = Outbox()
    outbox.set_state("a", lambda: b"1")
    first = outbox.take()
    outbox.set_state("a", lambda: b"2")
    outbox.set_state("a", lambda: b"3")
    assert first is not None
    assert outbox.take() is None
    outbox.arrived("a")
    assert drain(outbox) == [("a", b"3")]


def test_a_new_connection_gets_all_retained_states_again_in_order() -> None:
    outbox = Outbox()
    outbox.set_state("availability", lambda: b"online")
    outbox.set_state("health", lambda: b"h", retain=False)
    outbox.set_state("reading", lambda: b"r")
    everything = drain(outbox)
    assert [topic for topic, _ in everything] == ["availability", "health", "reading"]
    outbox.take()
    outbox.connected()
    assert [topic for topic, _ in drain(outbox)] == ["availability", "reading"]


def test_what_was_given_back_comes_next() -> None:
    outbox = Outbox()
    outbox.set_state("a", lambda: b"1")
    outbox.answer(Outgoing("rsp", b"x"))
    state = outbox.take()
    assert state is not None
    outbox.give_back(state)
    answer = Outgoing("rsp", b"x")
    assert outbox.take() == state
    assert outbox.take() == answer
    outbox.give_back(answer)
    outbox.arrived("a")
    assert outbox.take() == answer


def test_answers_that_nobody_fetches_do_not_pile_up() -> None:
    outbox = Outbox()
    for number in range(3 * ANSWERS):
        outbox.answer(Outgoing("rsp", str(number).encode()))
    kept = drain(outbox)
    assert len(kept) == ANSWERS
    assert kept[-1] == ("rsp", str(3 * ANSWERS - 1).encode())
