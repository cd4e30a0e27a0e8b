"""The connection against a real Mosquitto: logins, refusals, TLS, outages."""

import json
import shutil
import socket
import ssl
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from paho.mqtt.client import Client, DisconnectFlags
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode
from tests.device.publish.mqtt.authority import Authority
from tests.device.publish.mqtt.websocket_bridge import WebsocketBridge
from tools.soak.mosquitto import Mosquitto, free_port
from tools.soak.observer import Observer

from inkwatch.config.model import MqttSection, TlsSection
from inkwatch.config.secrets import Secret
from inkwatch.errors import ExitCode
from inkwatch.publish.mqtt import connection as connection_module
from inkwatch.publish.mqtt.broker import Connection, ConnectionLostError, TooLargeError, Will
from inkwatch.publish.mqtt.client import KEPT_BYTES
from inkwatch.publish.mqtt.connection import PahoConnection
from inkwatch.publish.mqtt.faults import BrokerFault, BrokerFaultKind
from inkwatch.publish.mqtt.inbox import Inbox
from inkwatch.publish.mqtt.messages import (
    Accepted,
    Arrival,
    Incoming,
    Outgoing,
    Refused,
    SubscriptionRefused,
)
from inkwatch.publish.mqtt.paho_broker import PahoBroker

MakeMosquitto = Callable[..., Mosquitto]
WILL = Will("t/will", b"offline")
VERSIONS: list[Literal["5", "3.1.1"]] = ["5", "3.1.1"]


def broker_at(port: int, *, password: str | None = None, **settings: Any) -> PahoBroker:
    return PahoBroker(
        MqttSection(**{"host": "localhost", "port": port, **settings}),
        None if password is None else Secret(password),
        "tester",
    )


def fault_of(broker: PahoBroker) -> BrokerFault:
    with pytest.raises(BrokerFault) as caught:
        broker.connect(WILL)
    broker.close()
    assert caught.value.exit_code is ExitCode.BROKER
    return caught.value


def work_until(connection: Connection, kind: type, timeout_s: float = 10.0) -> Any:
    deadline_s = time.monotonic() + timeout_s
    while time.monotonic() < deadline_s:
        for arrival in connection.work(0.2):
            if isinstance(arrival, kind):
                return arrival
    raise TimeoutError(kind.__name__)


@pytest.mark.parametrize("protocol", VERSIONS)
def test_messages_go_both_ways(mosquitto: MakeMosquitto, protocol: str) -> None:
    server = mosquitto()
    broker = broker_at(server.port, protocol=protocol)
    connection = broker.connect(WILL)
    connection.subscribe(["t/+"])
    token = connection.publish(Outgoing("t/a", b"hello", correlation=b"\x01\xff"))
    seen: list[Arrival] = []
    deadline_s = time.monotonic() + 10
    while len(seen) < 2 and time.monotonic() < deadline_s:
        seen += connection.work(0.2)
    assert Accepted(token) in seen
    (message,) = [arrival for arrival in seen if isinstance(arrival, Incoming)]
    assert (message.topic, message.payload, message.retained) == ("t/a", b"hello", False)
    assert message.correlation == (b"\x01\xff" if protocol == "5" else None)
    connection.close()
    connection.close()
    broker.close()


@pytest.mark.parametrize("protocol", VERSIONS)
def test_a_goodbye_is_no_death_and_a_drop_is(mosquitto: MakeMosquitto, protocol: str) -> None:
    server = mosquitto()
    with Observer(server.port) as observer:
        broker = broker_at(server.port, protocol=protocol)
        broker.connect(WILL).close()
        broker.connect(WILL).drop()
        heard = observer.wait_for("t/will", b"offline")
        time.sleep(0.2)
        assert observer.all("t/will") == [heard]
        broker.close()


@pytest.mark.parametrize("protocol", VERSIONS)
def test_what_was_retained_comes_marked_or_not_at_all(
    mosquitto: MakeMosquitto, protocol: str
) -> None:
    server = mosquitto()
    with Observer(server.port) as observer:
        observer.send("t/old", b"x", retain=True)
        observer.wait_for("t/old")
        broker = broker_at(server.port, protocol=protocol)
        connection = broker.connect(WILL)
        connection.subscribe(["t/+"])
        time.sleep(0.2)
        observer.send("t/new", b"y")
        seen: list[Incoming] = []
        while not any(message.topic == "t/new" for message in seen):
            seen += [a for a in connection.work(5) if isinstance(a, Incoming)]
        old = [message for message in seen if message.topic == "t/old"]
        assert [m.retained for m in old] == ([] if protocol == "5" else [True])
        connection.close()
        broker.close()


@pytest.mark.parametrize("protocol", VERSIONS)
def test_what_is_said_while_away_is_not_heard_later(
    mosquitto: MakeMosquitto, protocol: str
) -> None:
    server = mosquitto()
    broker = broker_at(server.port, protocol=protocol)
    with Observer(server.port) as observer:
        for end in ("close", "drop"):
            connection = broker.connect(WILL)
            connection.subscribe(["t/cmd"])
            connection.work(0.2)
            getattr(connection, end)()
            observer.send("t/cmd", b"late")
            observer.wait_for("t/cmd")
        connection = broker.connect(WILL)
        connection.subscribe(["t/cmd"])
        assert not any(isinstance(a, Incoming) for a in connection.work(0.5))
        connection.close()
    broker.close()


@pytest.mark.parametrize("protocol", VERSIONS)
@pytest.mark.parametrize("password", ["wrong", None])
def test_a_refused_login_is_no_connection(
    mosquitto: MakeMosquitto, protocol: str, password: str | None
) -> None:
    server = mosquitto(users={"ink": "right"})
    user = "ink" if password else ""
    fault = fault_of(broker_at(server.port, protocol=protocol, username=user, password=password))
    assert fault.kind is BrokerFaultKind.LOGIN
    assert fault.lasting
    assert "mqtt.username and the password" in str(fault)
    assert "wrong" not in str(fault)
    broker = broker_at(server.port, protocol=protocol, username="ink", password="right")
    broker.connect(WILL).close()
    broker.close()


def test_what_the_access_list_denies_is_noticed(mosquitto: MakeMosquitto) -> None:
    acl = "user ink\ntopic write t/mine\ntopic read t/mine\n"
    server = mosquitto(users={"ink": "x"}, acl=acl)
    broker = broker_at(server.port, username="ink", password="x")
    connection = broker.connect(WILL)
    connection.publish(Outgoing("t/mine", b"1"))
    work_until(connection, Accepted)
    token = connection.publish(Outgoing("t/other", b"2"))
    refused = work_until(connection, Refused)
    assert (refused.token, refused.forever) == (token, False)
    assert "uthori" in refused.reason
    connection.close()
    broker.close()


def test_a_refused_subscription_is_told() -> None:
    inbox = Inbox(Client(CallbackAPIVersion.VERSION2), "tester")
    inbox.filters = {7: ("a", "b")}
    reasons = [ReasonCode(PacketTypes.SUBACK, identifier=code) for code in (1, 0x87)]
    inbox._on_subscribe(None, None, 7, reasons, None)  # type: ignore[arg-type]
    assert inbox.take() == [SubscriptionRefused(("b",))]
    assert inbox.take() == []


def test_the_brokers_limits_are_kept(mosquitto: MakeMosquitto) -> None:
    server = mosquitto(settings="max_packet_size 2000\nmax_inflight_messages 7")
    broker = broker_at(server.port)
    connection = broker.connect(WILL)
    assert connection.window == 7
    with pytest.raises(TooLargeError):
        connection.publish(Outgoing("t", b"x" * 2000))
    connection.publish(Outgoing("t", b"x" * 1500))
    work_until(connection, Accepted)
    connection.close()
    broker.close()


def test_a_hostile_giant_is_not_even_sent_to_us(mosquitto: MakeMosquitto) -> None:
    server = mosquitto()
    broker = broker_at(server.port)
    connection = broker.connect(WILL)
    connection.subscribe(["t/+"])
    connection.work(0.2)
    with Observer(server.port, "nothing") as sender:
        sender.send("t/a", b"x" * 3_000_000)
        sender.send("t/a", b"small")
        assert work_until(connection, Incoming).payload == b"small"
    connection.close()
    broker.close()


def test_a_hostile_giant_takes_no_memory_where_the_broker_cannot_be_told(
    mosquitto: MakeMosquitto,
) -> None:
    """With MQTT 3.1.1 the broker sends it, a retained one at each connection."""
    server = mosquitto()
    with Observer(server.port, "t/c") as sender:
        sender.send("t/a", b"x" * 20_000_000, retain=True)
        # A topic may be nearly as long as what is kept.
        sender.send("t/" + "b" * 65_000, b"y" * 5_000_000, retain=True)
        sender.send("t/c", b"last", retain=True)
        sender.wait_for("t/c")
    broker = broker_at(server.port, protocol="3.1.1")
    tracemalloc.start()
    connection = broker.connect(WILL)
    connection.subscribe(["t/+"])
    came: dict[str, Incoming] = {}
    deadline_s = time.monotonic() + 20
    while len(came) < 3 and time.monotonic() < deadline_s:
        arrivals = connection.work(0.2)
        came |= {each.topic[:3]: each for each in arrivals if isinstance(each, Incoming)}
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert set(came) == {"t/a", "t/b", "t/c"}
    assert came["t/c"].payload == b"last"
    assert all(len(message.payload) <= 2 * KEPT_BYTES for message in came.values())
    assert peak < 4_000_000
    # They were acknowledged, and the connection is as good as ever.
    connection.publish(Outgoing("t/will", b"still here"))
    work_until(connection, Accepted)
    connection.close()
    broker.close()


def test_a_hostile_giant_over_websockets_ends_the_connection(mosquitto: MakeMosquitto) -> None:
    server = mosquitto()
    with Observer(server.port, "t/c") as sender:
        sender.send("t/a", b"x" * 20_000_000, retain=True)
        sender.send("t/c", b"last")
        sender.wait_for("t/c")
    bridge = WebsocketBridge(server.port)
    broker = broker_at(bridge.port, protocol="3.1.1", transport="websockets")
    connection = broker.connect(WILL)
    connection.subscribe(["t/+"])
    with pytest.raises(ConnectionLostError, match="message_size_limit"):
        work_until(connection, Incoming)
    connection.drop()
    broker.close()
    bridge.close()


def test_a_broker_that_says_why_it_ends_a_connection_is_quoted(mosquitto: MakeMosquitto) -> None:
    broker = broker_at(mosquitto().port)
    for code, words in ((0x8E, r"device\.id of its own"), (0x8B, "Server shutting down")):
        connection = broker.connect(WILL)
        assert isinstance(connection, PahoConnection)
        # As paho hands it on; this Mosquitto hangs up without a word.
        flags = DisconnectFlags(is_disconnect_packet_from_server=True)
        reason = ReasonCode(PacketTypes.DISCONNECT, identifier=code)
        connection._inbox._on_disconnect(connection._client, None, flags, reason, None)
        with pytest.raises(ConnectionLostError, match=words):
            connection.work(5)
        connection.drop()
    broker.close()


@pytest.mark.parametrize("end", ["stop", "kill"])
@pytest.mark.parametrize("protocol", VERSIONS)
def test_a_broker_that_goes_is_noticed_and_found_again(
    mosquitto: MakeMosquitto, protocol: str, end: str
) -> None:
    server = mosquitto()
    broker = broker_at(server.port, protocol=protocol)
    connection = broker.connect(WILL)
    getattr(server, end)()
    with pytest.raises(ConnectionLostError):
        work_until(connection, Refused)
    with pytest.raises(ConnectionLostError):
        connection.publish(Outgoing("t", b""))
    connection.drop()
    assert fault_of(broker).kind is BrokerFaultKind.CLOSED
    server.start()
    broker = broker_at(server.port, protocol=protocol)
    broker.connect(WILL).close()
    broker.close()


def test_waking_ends_the_wait(mosquitto: MakeMosquitto) -> None:
    broker = broker_at(mosquitto().port)
    connection = broker.connect(WILL)
    timer = threading.Timer(0.1, broker.wake)
    timer.start()
    began_s = time.monotonic()
    assert connection.work(30) == []
    assert time.monotonic() - began_s < 10
    connection.close()
    broker.close()
    broker.wake()
    broker.close()


def test_a_name_that_does_not_exist() -> None:
    fault = fault_of(broker_at(1883, host="no-such-host.invalid"))
    assert fault.kind is BrokerFaultKind.NAME
    assert "mqtt.host" in str(fault)


def test_a_port_where_nobody_listens() -> None:
    fault = fault_of(broker_at(free_port()))
    assert fault.kind is BrokerFaultKind.CLOSED
    assert not fault.lasting


@pytest.fixture
def stranger() -> Iterator[Callable[[bytes | None], int]]:
    """`stranger(b"…")` is a server that says that and hangs up; with None it says nothing."""
    servers: list[socket.socket] = []
    clients: list[socket.socket] = []

    def serve(listener: socket.socket, words: bytes | None) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            if words is None:
                clients.append(client)
            else:
                client.recv(1000)
                client.sendall(words)
                client.close()

    def make(words: bytes | None) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        servers.append(listener)
        threading.Thread(target=serve, args=(listener, words), daemon=True).start()
        return int(listener.getsockname()[1])

    yield make
    for each in servers + clients:
        each.close()


@pytest.mark.parametrize(
    "words", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x20\x01", b"\xff" * 300, b"\x20\x7f"]
)
def test_a_server_that_is_no_broker(stranger: Callable[..., int], words: bytes) -> None:
    fault = fault_of(broker_at(stranger(words)))
    assert fault.kind is BrokerFaultKind.NOT_MQTT
    assert "hangs up" in str(fault)


def test_a_server_that_never_answers(
    stranger: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "CONNECT_TIMEOUT_S", 0.3)
    fault = fault_of(broker_at(stranger(None)))
    assert fault.kind is BrokerFaultKind.NOT_MQTT
    assert "never answers" in str(fault)


def test_a_server_that_knows_no_websockets(stranger: Callable[..., int]) -> None:
    port = stranger(b"HTTP/1.1 404 Not Found\r\n\r\n")
    fault = fault_of(broker_at(port, transport="websockets"))
    assert "websocket_path" in str(fault)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    authority = Authority(tmp_path_factory.mktemp("authority"))
    authority.sign("broker", "localhost")
    authority.sign("elsewhere", "broker.example")
    authority.sign("expired", "localhost", start="20200101000000Z", end="20200201000000Z")
    authority.sign("future", "localhost", start="20980101000000Z")
    authority.sign("client", "tester")
    return authority


def secured(authority: Authority, name: str, more: str = "") -> str:
    return (
        f"cafile {authority.ca}\ncertfile {authority.cert(name)}\nkeyfile {authority.key(name)}\n"
        + more
    )


@pytest.mark.parametrize("protocol", VERSIONS)
def test_tls_with_an_own_authority(
    mosquitto: MakeMosquitto, authority: Authority, protocol: str
) -> None:
    server = mosquitto(tls=secured(authority, "broker"))
    tls = TlsSection(enabled=True, ca_file=str(authority.ca))
    broker = broker_at(server.port, protocol=protocol, tls=tls)
    connection = broker.connect(WILL)
    connection.subscribe(["t"])
    # More than one TLS record, which the socket may hold back from `poll`.
    for _ in range(20):
        connection.publish(Outgoing("t", b"x" * 10_000))
    seen: list[Arrival] = []
    deadline_s = time.monotonic() + 20
    while len(seen) < 40 and time.monotonic() < deadline_s:
        seen += connection.work(1)
    assert sum(isinstance(arrival, Incoming) for arrival in seen) == 20
    connection.close()
    broker.close()


@pytest.mark.parametrize(
    ("certificate", "trusted", "found"),
    [
        ("broker", False, (BrokerFaultKind.CERTIFICATE, "mqtt.tls.ca_file")),
        ("elsewhere", True, (BrokerFaultKind.HOST_NAME, "another name")),
        ("expired", True, (BrokerFaultKind.EXPIRED, "timedatectl")),
        ("future", True, (BrokerFaultKind.NOT_YET, "clock is probably not set")),
    ],
)
def test_a_broker_that_cannot_prove_who_it_is(
    mosquitto: MakeMosquitto,
    authority: Authority,
    certificate: str,
    trusted: bool,
    found: tuple[BrokerFaultKind, str],
) -> None:
    kind, words = found
    server = mosquitto(tls=secured(authority, certificate))
    ca = str(authority.ca) if trusted else ""
    fault = fault_of(broker_at(server.port, tls=TlsSection(enabled=True, ca_file=ca)))
    assert fault.kind is kind
    assert words in str(fault)
    # Whoever turns verification off has been told what that means.
    broker = broker_at(server.port, tls=TlsSection(enabled=True, verify=False))
    broker.connect(WILL).close()
    broker.close()


def test_a_broker_that_wants_a_certificate(mosquitto: MakeMosquitto, authority: Authority) -> None:
    server = mosquitto(tls=secured(authority, "broker", "require_certificate true"))
    ca = str(authority.ca)
    fault = fault_of(broker_at(server.port, tls=TlsSection(enabled=True, ca_file=ca)))
    # It sends the alert that TLS has for this and hangs up; which of the two is seen is chance.
    assert "mqtt.tls.cert_file" in str(fault)
    own = TlsSection(
        enabled=True, ca_file=ca,
        cert_file=str(authority.cert("client")), key_file=str(authority.key("client")),
    )  # fmt: skip
    broker = broker_at(server.port, tls=own)
    broker.connect(WILL).close()
    broker.close()


def test_tls_where_there_is_none_and_none_where_there_is(
    mosquitto: MakeMosquitto, authority: Authority
) -> None:
    plain, secret = mosquitto(), mosquitto(tls=secured(authority, "broker"))
    fault = fault_of(broker_at(plain.port, tls=TlsSection(enabled=True)))
    assert "does not speak TLS" in str(fault) or "hangs up" in str(fault)
    assert "with TLS" in str(fault_of(broker_at(secret.port)))


@pytest.mark.parametrize(
    ("name", "words"),
    [("missing", "is not there"), ("junk", "holds no certificate"), ("mixed", "belong together")],
)
def test_certificate_files_that_cannot_be_used(
    authority: Authority, tmp_path: Path, name: str, words: str
) -> None:
    junk = tmp_path / "junk"
    junk.write_text("no certificate")
    tls = {
        "missing": TlsSection(enabled=True, ca_file="/no/such/file"),
        "junk": TlsSection(enabled=True, ca_file=str(junk)),
        "mixed": TlsSection(
            enabled=True, cert_file=str(authority.cert("client")),
            key_file=str(authority.key("broker")),
        ),
    }[name]  # fmt: skip
    fault = fault_of(broker_at(1, tls=tls))
    assert fault.kind is BrokerFaultKind.FILES
    assert words in str(fault)
    assert "mqtt.tls." in str(fault)


def test_errors_that_a_test_cannot_bring_about_are_told_too() -> None:
    from inkwatch.publish.mqtt import faults

    where = faults.Where("broker.example", 1883)
    unreachable = faults.fault_from_error(OSError(113, "No route to host"), where)
    assert unreachable.kind is BrokerFaultKind.UNREACHABLE
    assert faults.fault_from_error(TimeoutError(), where).kind is BrokerFaultKind.TIMEOUT
    alert = ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert")
    assert faults.fault_from_error(alert, where).kind is BrokerFaultKind.CLIENT_CERTIFICATE
    odd = faults.fault_from_error(ssl.SSLError(1, "odd"), where)
    assert odd.kind is BrokerFaultKind.TLS
    for code, kind in {
        0x84: BrokerFaultKind.VERSION,
        0x85: BrokerFaultKind.CLIENT_ID,
        0x89: BrokerFaultKind.BUSY,
        0x8A: BrokerFaultKind.LOGIN,
        0x80: BrokerFaultKind.PROTOCOL,
    }.items():
        assert faults.fault_from_reason(code, "x", where).kind is kind
    assert faults.Where("::1", 1).address == "[::1]:1"


def test_the_password_shows_nowhere(mosquitto: MakeMosquitto, caplog: Any) -> None:
    canary = "canary-8841"
    server = mosquitto(users={"ink": "x"})
    broker = broker_at(server.port, username="ink", password=canary)
    with caplog.at_level("DEBUG"), pytest.raises(BrokerFault) as caught:
        broker.connect(WILL)
    assert canary not in caplog.text + str(caught.value) + repr(caught.value)
    assert canary not in json.dumps(repr(broker)) + server.log
    broker.close()


@pytest.mark.parametrize("protocol", VERSIONS)
def test_websockets(mosquitto: MakeMosquitto, protocol: str) -> None:
    bridge = WebsocketBridge(mosquitto().port)
    broker = broker_at(
        bridge.port, protocol=protocol, transport="websockets", websocket_path="/in/here"
    )
    connection = broker.connect(WILL)
    assert bridge.paths == ["/in/here"]
    with pytest.raises(TooLargeError):
        connection.publish(Outgoing("t/a", b"x" * 200_000))
    connection.subscribe(["t/+"])
    seen: list[Arrival] = []
    for number in range(30):
        # As the sender does: no more on the way than `window_bytes`.
        payload = bytes([number]) * (connection.window_bytes // 2)
        token = connection.publish(Outgoing("t/a", payload))
        deadline_s = time.monotonic() + 10
        while Accepted(token) not in seen and time.monotonic() < deadline_s:
            seen += connection.work(0.5)
    while sum(isinstance(arrival, Incoming) for arrival in seen) < 30:
        seen += connection.work(5)
    messages = [arrival for arrival in seen if isinstance(arrival, Incoming)]
    assert [message.payload[0] for message in messages] == list(range(30))
    connection.close()
    broker.close()
    bridge.close()
