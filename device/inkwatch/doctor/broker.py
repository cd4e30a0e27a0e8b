"""The MQTT broker: its name, the way to it, encryption, login, and the right to write."""

import contextlib
import time
from collections.abc import Callable

from inkwatch.doctor.finding import Finding, Grade
from inkwatch.doctor.setting import Setting
from inkwatch.publish.mqtt.broker import Broker, Connection, ConnectionLostError
from inkwatch.publish.mqtt.faults import BrokerFault, BrokerFaultKind
from inkwatch.publish.mqtt.messages import Accepted, Outgoing, Refused

_ANSWER_S = 10.0

_MENDS = {
    BrokerFaultKind.NAME: "getent hosts {host}     # nothing? the name or the name server is wrong",
    BrokerFaultKind.CLOSED: "sudo systemctl start mosquitto     # on the broker's machine",
    BrokerFaultKind.UNREACHABLE: "ip route get {host}; ping -c 3 {host}",
    BrokerFaultKind.TIMEOUT: "ping -c 3 {host}     # answers? then look at the broker's firewall",
    BrokerFaultKind.EXPIRED: "timedatectl     # right? then renew the broker's certificate",
    BrokerFaultKind.NOT_YET: "sudo timedatectl set-ntp true",
}


def check_broker(
    host: str, topic: str, make_broker: Callable[[], Broker], setting: Setting
) -> list[Finding]:
    """Log in beside the daemon, and write to a topic of doctor's own, which nobody keeps.

    Args:
        host: the broker's name, for what to type.
        topic: what to write to.
        make_broker: makes what connects, with a client id of its own: two clients with one id
            throw each other out.
        setting: where the settings and the password stand.
    """
    broker = make_broker()
    try:
        connection = broker.connect(None)
    except BrokerFault as fault:
        return [Finding("broker", Grade.FAULT, str(fault), _mend(fault.kind, host, setting))]
    else:
        with contextlib.closing(connection):
            welcome = Finding("broker", Grade.OK, f"{broker.address} takes the login.")
            return [welcome, _rights(connection, topic)]
    finally:
        broker.close()


def _mend(kind: BrokerFaultKind, host: str, setting: Setting) -> str:
    if kind is BrokerFaultKind.LOGIN and setting.service:
        return "sudoedit /etc/inkwatch/credentials/mqtt-password; sudo systemctl restart inkwatch"
    if kind is BrokerFaultKind.LOGIN:
        return f"{setting.edit}     # mqtt.username; the password's place: mqtt.password_file"
    if kind in _MENDS:
        return _MENDS[kind].format(host=host)
    return f"{setting.edit}     # [mqtt]"


def _rights(connection: Connection, topic: str) -> Finding:
    try:
        token = connection.publish(Outgoing(topic, b""))
        ends = time.monotonic() + _ANSWER_S
        while (left_s := ends - time.monotonic()) > 0:
            for arrival in connection.work(left_s):
                match arrival:
                    case Accepted(token=answered) if answered == token:
                        return Finding("broker rights", Grade.OK, f"{topic} can be written to.")
                    case Refused(token=answered, reason=reason) if answered == token:
                        return Finding(
                            "broker rights",
                            Grade.FAULT,
                            f"The broker does not let this user write to {topic} ({reason}).",
                            f"Allow it in the broker's access list: topic readwrite {_tree(topic)}",
                        )
    except ConnectionLostError as error:
        message = f"The broker hangs up when {topic} is written to: {error}"
        mend = f"Look at the broker's log; its access list may forbid {_tree(topic)}"
        return Finding("broker rights", Grade.FAULT, message, mend)
    message = f"The broker does not answer within {_ANSWER_S:.0f} s."
    return Finding("broker rights", Grade.WARNING, message, "Look at the broker's load and log.")


def _tree(topic: str) -> str:
    return f"{topic.rpartition('/')[0]}/#"
