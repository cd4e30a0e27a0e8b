"""How the connection to the broker is encrypted, and who must prove what."""

import ssl

from inkwatch.config.model import TlsSection
from inkwatch.publish.mqtt.faults import BrokerFault, BrokerFaultKind


def make_context(tls: TlsSection) -> ssl.SSLContext:
    """Read the certificates anew, so that renewed ones are taken at the next connection.

    Raises:
        BrokerFault: a file is missing, not readable, or no certificate or key.
    """
    try:
        context = ssl.create_default_context(cafile=tls.ca_file or None)
    except (OSError, ValueError) as error:
        raise _about(tls.ca_file, "mqtt.tls.ca_file", error) from error
    if not tls.verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if tls.cert_file:
        try:
            # With a pass phrase OpenSSL would ask for it at the terminal and wait for ever.
            context.load_cert_chain(tls.cert_file, tls.key_file or None, password=lambda: b"")
        except (OSError, ValueError) as error:
            names = f"{tls.cert_file} with {tls.key_file or 'no key_file'}"
            raise _about(names, "mqtt.tls.cert_file and key_file", error) from error
    return context


def _about(path: str, setting: str, error: Exception) -> BrokerFault:
    match error:
        case FileNotFoundError():
            why = "is not there"
        case PermissionError():
            why = "may not be read by this user"
        case ssl.SSLError() if "KEY_VALUES_MISMATCH" in str(error):
            why = "do not belong together"
        case ssl.SSLError():
            why = "holds no certificate, or no key without a pass phrase, in PEM form"
        case _:
            why = f"cannot be used ({error})"
    return BrokerFault(BrokerFaultKind.FILES, f"{path}: {why}. Mend {setting}.")
