"""`evaluation.json`: what an evaluation measured, for `inkwatch-convert figures` and others."""

from collections.abc import Mapping
from pathlib import Path

import msgspec


def write_evaluation_file(
    folder: Path, bundle: str, model_sha256: str, figures: Mapping[str, Mapping[str, object]]
) -> Path:
    """Write it.

    Args:
        folder: where it goes.
        bundle: what was measured.
        model_sha256: which model that is, so that its card can take the figures over; '' for none.
        figures: by data set, then by question.

    Returns:
        The file.

    Raises:
        OSError: the folder cannot be written.
    """
    told = {"bundle": bundle, "model_sha256": model_sha256, "figures": figures}
    path = folder / "evaluation.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(told)))
    return path
