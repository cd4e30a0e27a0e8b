from pathlib import Path

import pytest
from tools.soak.mosquitto import Mosquitto, mosquitto_program

from inkwatch.config.model import MqttSection
from inkwatch.config.secrets import Secret
from inkwatch.doctor.broker import check_broker
from inkwatch.doctor.finding import Finding, Grade
from inkwatch.doctor.setting import Setting
from inkwatch.publish.mqtt.broker import Broker, Connection, Will
from inkwatch.publish.mqtt.fake import FakeBroker
from inkwatch.publish.mqtt.faults import BrokerFault, BrokerFaultKind
from inkwatch.publish.mqtt.teller import open_broker

TOPIC = "inkwatch/desk/doctor"
SERVICE = Setting(service=True)
BY_HAND = Setting(service=False, config_path=Path("my own.toml"))


def look(broker: Broker, setting: Setting = SERVICE) -> dict[str, Finding]:
    found = check_broker("broker.lan", TOPIC, lambda: broker, setting)
    return {each.what: each for each in found}


def test_a_broker_that_takes_everything() -> None:
    broker = FakeBroker()
    found = look(broker)
    assert [f.grade for f in found.values()] == [Grade.OK, Grade.OK]
    assert [(m.topic, m.payload, m.retain) for m in broker.got] == [(TOPIC, b"", False)]
    assert broker.goodbyes == 1


def test_a_topic_that_may_not_be_written() -> None:
    found = look(FakeBroker(refuses={TOPIC: "Not authorized"}))["broker rights"]
    assert found.grade is Grade.FAULT
    assert "Not authorized" in found.message
    assert "inkwatch/desk/#" in found.mend


def test_a_broker_that_does_not_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inkwatch.doctor.broker._ANSWER_S", 0.2)
    found = look(FakeBroker(silent=True))["broker rights"]
    assert found.grade is Grade.WARNING


@pytest.mark.parametrize("setting", [SERVICE, BY_HAND])
@pytest.mark.parametrize("kind", BrokerFaultKind)
def test_every_fault_has_what_mends_it(kind: BrokerFaultKind, setting: Setting) -> None:
    class Refusing(FakeBroker):
        def connect(self, will: Will | None) -> Connection:
            raise BrokerFault(kind, "It is so.")

    (found,) = look(Refusing(), setting).values()
    assert (found.what, found.grade, found.message) == ("broker", Grade.FAULT, "It is so.")
    assert found.mend
    assert "{" not in found.mend
    named = "/etc/inkwatch" in found.mend or "systemctl restart" in found.mend
    assert not named or setting is SERVICE
    if kind is BrokerFaultKind.LOGIN and setting is BY_HAND:
        assert found.mend.startswith("nano 'my own.toml'")


def real(port: int, user: str, password: str, version: str) -> dict[str, Finding]:
    settings = MqttSection(host="127.0.0.1", port=port, username=user, protocol=version)  # type: ignore[arg-type]
    return look(open_broker(settings, Secret(password), "desk-doctor"))


@pytest.mark.skipif(mosquitto_program() is None, reason="no Mosquitto: apt install mosquitto")
@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_a_real_broker(tmp_path: Path, version: str) -> None:
    broker = Mosquitto(
        tmp_path,
        users={"desk": "right", "stranger": "right"},
        acl="user desk\ntopic readwrite inkwatch/desk/#",
    ).start()
    try:
        found = real(broker.port, "desk", "right", version)
        assert [f.grade for f in found.values()] == [Grade.OK, Grade.OK]
        (refused,) = real(broker.port, "desk", "hunter2", version).values()
        assert refused.grade is Grade.FAULT
        assert "refuses the login" in refused.message
        assert "hunter2" not in repr(refused)
        if version == "5":  # 3.1.1 has no way to say no
            found = real(broker.port, "stranger", "right", version)
            assert found["broker rights"].grade is Grade.FAULT
    finally:
        broker.stop()
    (away,) = real(broker.port, "desk", "right", version).values()
    assert "Nothing listens" in away.message
