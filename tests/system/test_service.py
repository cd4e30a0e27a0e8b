"""The service in a started Debian system, as `python -m tools.soak.service` tries it at length."""

import pytest
from tools.soak.service import SHORT, prepare, shorten_watchdog

from tools.soak import pi_tree

_REASON = pi_tree.why_not("bookworm")


@pytest.mark.skipif(bool(_REASON), reason=_REASON or "it can")
def test_the_service_lives_as_it_should() -> None:
    with pi_tree.booted("bookworm") as tree:
        prepare(tree)
        shorten_watchdog(tree, seconds=4)
        for step in SHORT:
            step(tree)
