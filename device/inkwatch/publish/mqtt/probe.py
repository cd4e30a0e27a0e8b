"""Asks a broker, once, whether this device may tell it anything; and takes back what it keeps."""

import secrets
import time
from dataclasses import dataclass

import msgspec

from inkwatch.publish.mqtt.broker import Broker, Connection, ConnectionLostError
from inkwatch.publish.mqtt.faults import BrokerFault, BrokerFaultKind
from inkwatch.publish.mqtt.messages import Accepted, Incoming, Outgoing, Refused
from inkwatch.publish.mqtt.payloads import TRIAL_SCHEMA, TrialForm
from inkwatch.publish.mqtt.topics import Topics, discovery_topic

TIMEOUT_S = 5.0


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a test message.

    `refusal` is the broker's word where it did not take it (MQTT 5 tells, 3.1.1 does not), else
    ''. `back_s` is after how many seconds it came back, None where it did not.
    """

    refusal: str
    back_s: float | None


def try_broker(broker: Broker, topics: Topics, timeout_s: float = TIMEOUT_S) -> Trial:
    """Connect, send a message that is not retained to `test`, and wait for it to come back.

    Raises:
        BrokerFault: the broker cannot be reached, or refuses the login.
    """
    connection = broker.connect(None)
    payload = msgspec.json.encode(TrialForm(TRIAL_SCHEMA, topics.device, secrets.token_hex(8)))
    try:
        connection.subscribe([topics.test])
        began_s = time.monotonic()
        token = connection.publish(Outgoing(topics.test, payload))
        refusal, accepted = "", False
        back_s: float | None = None
        while (left_s := began_s + timeout_s - time.monotonic()) > 0 and not (
            refusal or (accepted and back_s is not None)
        ):
            for arrival in connection.work(left_s):
                match arrival:
                    case Accepted(answered) if answered == token:
                        accepted = True
                    case Refused(token=answered) if answered == token:
                        refusal = arrival.reason
                    case Incoming() if arrival.payload == payload:
                        back_s = time.monotonic() - began_s
        if not accepted and not refusal:
            refusal = f"no answer within {timeout_s:.0f} s"
        return Trial(refusal, back_s)
    except ConnectionLostError as error:
        # Mosquitto 2.0.11 hangs up on what its access list does not allow.
        return Trial(str(error), None)
    finally:
        connection.close()


def forget(
    broker: Broker, topics: Topics, prefix: str, timeout_s: float = TIMEOUT_S
) -> tuple[str, ...]:
    """Take back all that the broker keeps of the device: empty retained messages remove it.

    Args:
        broker: as the device uses it.
        topics: the device's.
        prefix: Home Assistant's discovery prefix.
        timeout_s: how long to wait for the broker's answers.

    Returns:
        The topics that were emptied.

    Raises:
        BrokerFault: the broker cannot be reached, refuses, or does not answer.
    """
    # The description goes first: Home Assistant shall not show entities without availability.
    wanted = (discovery_topic(prefix, topics.device), *topics.retained)
    connection = broker.connect(None)
    try:
        for topic in wanted:
            _empty(connection, broker, topic, timeout_s)
    finally:
        connection.close()
    return wanted


def _empty(connection: Connection, broker: Broker, topic: str, timeout_s: float) -> None:
    refusal = ""
    deadline_s = time.monotonic() + timeout_s
    try:
        token = connection.publish(Outgoing(topic, b"", retain=True))
        while not refusal:
            left_s = deadline_s - time.monotonic()
            if left_s <= 0:
                refusal = f"no answer within {timeout_s:.0f} s"
            for arrival in connection.work(max(0.0, left_s)):
                if arrival == Accepted(token):
                    return
                if isinstance(arrival, Refused) and arrival.token == token:
                    refusal = arrival.reason
    except ConnectionLostError as error:
        refusal = str(error)
    raise BrokerFault(
        BrokerFaultKind.LOGIN,
        f"{broker.address} does not take an empty message to {topic} ({refusal}). Allow this user "
        "to write there, in the broker's access list.",
    )
