"""What every model is held to: the tensors that its card tells of, and its golden example."""

from typing import Any

from inkwatch.errors import BundleError, MissingPackageError
from inkwatch.recognise.bundle import CARD_FILE, Bundle
from inkwatch.recognise.card import Tensor
from inkwatch.recognise.runtime import Runtime

GOLDEN_TOLERANCE = 4
"""Steps of the int8 output by which a sound runtime may differ from the one that made the card.

XNNPACK and the older kernels of tflite-runtime round differently in each layer, which came to 2
steps in a net of eight layers. A runtime that miscalculates is off by tens.
"""


def only_tensor(bundle: Bundle, name: str, details: list[dict[str, Any]]) -> int:
    """Give the index of a model's one `input` or `output`, if it is what the card says.

    Raises:
        BundleError: it is not, or there are several.
    """
    expected: Tensor = getattr(bundle.card, name)
    found = [Tensor.of(detail) for detail in details]
    if len(found) != 1 or not found[0].agrees(expected):
        raise BundleError(
            f"{bundle.path / CARD_FILE}: the model's {name} is {found}, "
            f"the card says {expected}. Install the bundle again."
        )
    return int(details[0]["index"])


def require_golden(bundle: Bundle, runtime: Runtime, error: int, what: str) -> None:
    """Refuse a runtime that is too far off on a bundle's golden example.

    Args:
        bundle: whose example was run.
        runtime: what ran it.
        error: the largest difference from the card's output, in steps of int8.
        what: what the example is, such as `crop`.

    Raises:
        MissingPackageError: it gives something else, so it miscalculates here.
    """
    if error > GOLDEN_TOLERANCE:
        raise MissingPackageError(
            f"{runtime.name} {runtime.version} miscalculates on this machine: bundle "
            f"'{bundle.name}' is off by {error} of 255 steps on its golden {what}. "
            "Try another runtime with INKWATCH_RUNTIME, or install the bundle again."
        )
