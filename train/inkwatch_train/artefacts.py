"""What a finished run leaves for conversion: its card, and crops to calibrate and compare with."""

from collections.abc import Sequence

import msgspec
import numpy as np

from inkwatch.recognise.card import Source
from inkwatch.recognise.crop import CROP_SIZE, CROP_VERSION
from inkwatch_train.mixture import Bank, Crops, draw_crops
from inkwatch_train.recipe import Recipe
from inkwatch_train.run import Run

_REPRESENTATIVE = 1024
LICENCE = {
    "open": "Apache-2.0. Trained only on data that may be used freely; the sources are listed.",
    "research": "For research only: some of the sources allow no more. They are listed.",
}


def write_artefacts(
    run: Run,
    recipe: Recipe,
    banks: Sequence[Bank],
    validation: Crops,
    report: dict[str, float],
    *,
    start_sources: Sequence[Source] = (),
) -> None:
    """Write `run.json`, `representative.npz` and `validation.npz` into the run's folder.

    The representative crops are drawn from the training split through the camera path, in the
    mixture's proportions; a generator of their own keeps them from being a batch of the training.
    `start_sources` is what the bundle that the training began with had been trained on: the model
    owes to these as well.
    """
    own = [Source(bank.name, bank.licence, len(bank.labels)) for bank in banks]
    names = {source.name for source in own}
    card = {
        "recipe": recipe.name,
        "terms": recipe.terms,
        "licence": LICENCE[recipe.terms],
        "sources": [*own, *(source for source in start_sources if source.name not in names)],
        "report": report,
        "crop": {"version": CROP_VERSION, "size": CROP_SIZE},
    }
    (run.folder / "run.json").write_bytes(msgspec.json.format(msgspec.json.encode(card)))
    rng = np.random.default_rng([recipe.seed, 1 << 30])
    crops = draw_crops(banks, _REPRESENTATIVE, rng, recipe)
    np.savez_compressed(run.folder / "representative.npz", crops=crops)
    np.savez_compressed(
        run.folder / "validation.npz",
        crops=validation.crops,
        labels=validation.labels,
        sources=validation.sources,
        folded=validation.folded,
    )
