"""One check at a time, each with a limit: whatever it does, the next one comes."""

import threading
from collections.abc import Callable, Sequence

from inkwatch.doctor.finding import Finding, Grade
from inkwatch.errors import InkwatchError

Check = Callable[[], Sequence[Finding]]


def bounded(name: str, check: Check, timeout_s: float) -> list[Finding]:
    """Run a check; where it fails or takes too long, that is the finding.

    A check that hangs (a name server, a folder on a dead network drive) cannot be stopped: its
    thread is left behind and ends with the process.

    Args:
        name: what is looked at.
        check: looks, and may raise anything.
        timeout_s: how long at the most.
    """
    found: list[Finding] = []

    def look() -> None:
        try:
            found.extend(check())
        except InkwatchError as error:
            found.append(Finding(name, Grade.FAULT, str(error)))
        except Exception as error:  # a check that is broken must not hide the others
            found.append(_broken(name, error))

    thread = threading.Thread(target=look, name=f"doctor {name}", daemon=True)
    thread.start()
    thread.join(timeout_s)
    if thread.is_alive():
        message = f"This could not be told within {timeout_s:.0f} s."
        return [*found, Finding(name, Grade.WARNING, message)]
    return found


def _broken(name: str, error: Exception) -> Finding:
    # The error's own words are left out: they may hold what is secret.
    message = f"The check itself fails ({type(error).__name__}); please report it."
    return Finding(name, Grade.WARNING, message)
