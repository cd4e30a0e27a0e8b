"""From a bundle to what runs it, whichever kind of model it is."""

from inkwatch.recognise.bundle import Bundle
from inkwatch.recognise.card import LINES
from inkwatch.recognise.classifier import Classifier
from inkwatch.recognise.line_model import LineModel
from inkwatch.recognise.runtime import Runtime


def open_model(bundle: Bundle, runtime: Runtime | None = None) -> Classifier | LineModel:
    """Open a bundle's model. See `Classifier` and `LineModel`, also for what they raise."""
    kind = LineModel if bundle.card.engine == LINES else Classifier
    return kind(bundle, runtime=runtime)
