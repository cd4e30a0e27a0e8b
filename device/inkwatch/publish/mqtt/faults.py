"""Why a broker cannot be used, in words that tell what mends it."""

import errno
import socket
import ssl
from dataclasses import dataclass
from enum import StrEnum

from inkwatch.errors import BrokerError


class BrokerFaultKind(StrEnum):
    """What is wrong between device and broker."""

    NAME = "name-not-found"
    CLOSED = "connection-refused"
    """The machine answers; nothing listens on that port."""
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    LOGIN = "login-refused"
    CLIENT_ID = "client-id-refused"
    VERSION = "version-refused"
    BUSY = "broker-busy"
    CERTIFICATE = "certificate-not-trusted"
    HOST_NAME = "host-name-mismatch"
    EXPIRED = "certificate-expired"
    NOT_YET = "certificate-not-yet-valid"
    CLIENT_CERTIFICATE = "client-certificate-refused"
    TLS = "tls-failed"
    FILES = "tls-files"
    """Our own certificate files cannot be read."""
    NOT_MQTT = "not-mqtt"
    PROTOCOL = "protocol"


_LASTING = frozenset(
    {
        BrokerFaultKind.LOGIN,
        BrokerFaultKind.CLIENT_ID,
        BrokerFaultKind.VERSION,
        BrokerFaultKind.CERTIFICATE,
        BrokerFaultKind.HOST_NAME,
        BrokerFaultKind.CLIENT_CERTIFICATE,
        BrokerFaultKind.FILES,
    }
)


class BrokerFault(BrokerError):  # noqa: N818 - an error by its parent; a fault as the camera's
    """The broker cannot be used now.

    Attributes:
        kind: what is wrong.
    """

    def __init__(self, kind: BrokerFaultKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind

    @property
    def lasting(self) -> bool:
        """Whether it stays until somebody changes something, so that haste does not help."""
        return self.kind in _LASTING


@dataclass(frozen=True, slots=True)
class Where:
    """What the sentences name: how the broker was to be reached."""

    host: str
    port: int
    username: str = ""
    tls: bool = False
    client_id: str = ""

    @property
    def address(self) -> str:
        """Host and port, for people."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def fault_from_error(error: Exception, where: Where) -> BrokerFault:  # noqa: PLR0911
    """Say what an exception at connecting means."""
    kinds, at = BrokerFaultKind, where.address
    match error:
        case ssl.SSLCertVerificationError():
            return _certificate_fault(error, where)
        case ssl.SSLError():
            return _tls_fault(error, where)
        case socket.gaierror():
            return BrokerFault(
                kinds.NAME,
                f"The broker's name {where.host!r} is not found. Check mqtt.host, and that the "
                "network and its name server answer.",
            )
        case ConnectionRefusedError():
            return BrokerFault(
                kinds.CLOSED,
                f"Nothing listens at {at}. Start the broker, or check mqtt.port (usually 1883, "
                "with TLS 8883).",
            )
        case TimeoutError():
            return BrokerFault(
                kinds.TIMEOUT,
                f"{at} does not answer in time. Check that the broker's machine is on, and its "
                "firewall.",
            )
        case ConnectionResetError() | BrokenPipeError() | ConnectionAbortedError():
            return closed_early(where)
        case OSError() if error.errno in {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN}:
            return BrokerFault(
                kinds.UNREACHABLE,
                f"There is no way to {at}. Check the network: cable, Wi-Fi, address.",
            )
    return BrokerFault(
        kinds.PROTOCOL, f"{at} cannot be used: {type(error).__name__}: {error}. Check [mqtt]."
    )


def closed_early(where: Where) -> BrokerFault:
    """Say what it means that the broker hangs up before it has answered the login."""
    if where.tls:
        wants = "want a certificate of this device (mqtt.tls.cert_file)"
    else:
        wants = "want to be spoken to with TLS (mqtt.tls.enabled = true, port 8883)"
    return BrokerFault(
        BrokerFaultKind.NOT_MQTT,
        f"{where.address} hangs up before the login is answered. It may {wants}, allow no more "
        "clients, or be no MQTT broker.",
    )


def no_answer(where: Where) -> BrokerFault:
    """Say what it means that a login gets no answer."""
    other = "without TLS" if where.tls else "with TLS (mqtt.tls.enabled = true, port 8883)"
    return BrokerFault(
        BrokerFaultKind.NOT_MQTT,
        f"{where.address} takes the connection but never answers the login. It may want to be "
        f"spoken to {other}, or be no MQTT broker.",
    )


def fault_from_websocket(error: Exception, where: Where) -> BrokerFault:
    """Say what it means that the broker does not speak websockets."""
    return BrokerFault(
        BrokerFaultKind.NOT_MQTT,
        f"{where.address} answers, but not with MQTT over websockets ({error}). Check mqtt.port "
        "and mqtt.websocket_path.",
    )


def fault_from_reason(code: int, name: str, where: Where) -> BrokerFault:
    """Say what a refused login means.

    Args:
        code: MQTT 5's reason code; those of 3.1.1 are translated to it by paho.
        name: the broker's word for it.
        where: how it was reached.
    """
    kinds, at = BrokerFaultKind, where.address
    user = f"user {where.username!r}" if where.username else "a client without user and password"
    match code:
        case 0x86 | 0x87 | 0x8C:
            return BrokerFault(
                kinds.LOGIN,
                f"{at} refuses the login of {user} ({name}). Check mqtt.username and the "
                "password, and what the broker allows this user.",
            )
        case 0x8A:
            return BrokerFault(kinds.LOGIN, f"{at} has banned this client ({name}). Ask its owner.")
        case 0x85:
            return BrokerFault(
                kinds.CLIENT_ID,
                f"{at} does not take the client id {where.client_id!r}. Set another device.id, or "
                "let the broker allow this one.",
            )
        case 0x84 | 0x01:
            return BrokerFault(
                kinds.VERSION,
                f"{at} does not speak this version of MQTT. Set mqtt.protocol to the other one of "
                '"5" and "3.1.1".',
            )
        case 0x88 | 0x89 | 0x97 | 0x9F:
            return BrokerFault(
                kinds.BUSY, f"{at} takes no more clients now ({name}). It is tried again."
            )
    return BrokerFault(kinds.PROTOCOL, f"{at} refuses the connection ({name}). Look at its log.")


# OpenSSL's numbers for what is wrong with a certificate, from its x509_vfy.h.
_NOT_YET_VALID, _EXPIRED = 9, 10
_HOST_NAME_MISMATCHES = frozenset({62, 64})


def _certificate_fault(error: ssl.SSLCertVerificationError, where: Where) -> BrokerFault:
    kinds, at = BrokerFaultKind, where.address
    if error.verify_code in _HOST_NAME_MISMATCHES:
        return BrokerFault(
            kinds.HOST_NAME,
            f"The certificate of {at} is for another name. Set mqtt.host to the name that stands "
            "in the certificate, or make one for this name.",
        )
    if error.verify_code == _EXPIRED:
        return BrokerFault(
            kinds.EXPIRED,
            f"The certificate of {at} has expired, or this machine's clock is wrong (look at "
            "`timedatectl`). Renew the broker's certificate.",
        )
    if error.verify_code == _NOT_YET_VALID:
        return BrokerFault(
            kinds.NOT_YET,
            f"The certificate of {at} is not valid yet: this machine's clock is probably not set "
            "(look at `timedatectl`). It is tried again.",
        )
    return BrokerFault(
        kinds.CERTIFICATE,
        f"The certificate of {at} is not trusted ({error.verify_message}). Name the authority "
        "that signed it in mqtt.tls.ca_file.",
    )


def _tls_fault(error: ssl.SSLError, where: Where) -> BrokerFault:
    reason = getattr(error, "reason", None) or str(error)
    words = f"{reason} {error}".upper()
    if is_about_our_certificate(words):
        return client_certificate_refused(where)
    if any(mark in words for mark in ("WRONG_VERSION_NUMBER", "UNEXPECTED_EOF", "RECORD_LAYER")):
        return BrokerFault(
            BrokerFaultKind.TLS,
            f"{where.address} does not speak TLS. Check mqtt.port (with TLS usually 8883), or "
            "set mqtt.tls.enabled = false.",
        )
    return BrokerFault(
        BrokerFaultKind.TLS,
        f"TLS with {where.address} fails ({reason}). Look at the broker's log.",
    )


def client_certificate_refused(where: Where) -> BrokerFault:
    """Say that the broker wants a certificate of the device, or another one."""
    return BrokerFault(
        BrokerFaultKind.CLIENT_CERTIFICATE,
        f"{where.address} does not accept this device's certificate, or wants one. Set "
        "mqtt.tls.cert_file and mqtt.tls.key_file to one that the broker's authority has signed.",
    )


def is_about_our_certificate(words: str) -> bool:
    """Whether OpenSSL's words tell that the other side wants another certificate of us."""
    upper = words.upper()
    return "ALERT" in upper and any(
        mark in upper
        for mark in ("CERTIFICATE_REQUIRED", "CERTIFICATE REQUIRED", "UNKNOWN_CA", "UNKNOWN CA",
                     "BAD_CERTIFICATE", "BAD CERTIFICATE", "HANDSHAKE_FAILURE", "HANDSHAKE FAILURE",
                     "CERTIFICATE_EXPIRED", "CERTIFICATE EXPIRED", "CERTIFICATE_UNKNOWN")
    )  # fmt: skip
