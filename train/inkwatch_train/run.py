"""A training run's folder: what stands in it, and whose it is."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec

from inkwatch.errors import DataError, OutputError, UsageError


@dataclass(frozen=True, slots=True)
class Run:
    """A run's folder and the files in it."""

    folder: Path

    @property
    def model(self) -> Path:
        """The best model so far, by validation loss."""
        return self.folder / "model.keras"

    @property
    def best_weights(self) -> Path:
        """The best weights so far of a run of lines, by validation error rate."""
        return self.folder / "best.weights.h5"

    @property
    def labels(self) -> Path:
        """The classes, in the order of the outputs."""
        return self.folder / "labels.json"

    @property
    def recipe(self) -> Path:
        """A copy of the recipe, to notice that it changed under a resumed run."""
        return self.folder / "recipe.json"

    @property
    def history(self) -> Path:
        """Loss and accuracy, a row an epoch."""
        return self.folder / "history.csv"

    @property
    def last(self) -> Path:
        """Weights and optimiser of the last whole epoch, which a resumed run goes on from."""
        return self.folder / "resume" / "latest.weights.h5"

    @property
    def done(self) -> Path:
        """Stands when training has ended."""
        return self.folder / "done"


def claim(run: Run, recipe: msgspec.Struct, beside: Mapping[Path, bytes] | None = None) -> None:
    """Take a run's folder for a recipe, or see that it is this recipe's.

    Args:
        run: the folder.
        recipe: what is trained; a copy is kept, by which a resumed run is known.
        beside: files to write with it.

    Raises:
        DataError: the folder holds a run of another recipe.
        OutputError: the folder cannot be written.
    """
    text = msgspec.json.format(msgspec.json.encode(recipe))
    try:
        run.folder.mkdir(parents=True, exist_ok=True)
        if run.recipe.exists() and run.recipe.read_bytes() != text:
            raise DataError(
                f"{run.folder} was begun with another recipe. Give this one a folder of its own "
                "with --run, or start afresh with --fresh."
            )
        run.recipe.write_bytes(text)
        for path, content in (beside or {}).items():
            path.write_bytes(content)
    except OSError as error:
        raise OutputError(
            f"The run cannot be written to {run.folder}: {error}. Name another folder with --run."
        ) from error


def discard(run: Run) -> None:
    """Throw an earlier run away, if there is one.

    Raises:
        UsageError: the folder holds something that is no run.
        OutputError: it cannot be removed.
    """
    try:
        if not run.recipe.exists() and any(run.folder.iterdir()):
            raise UsageError(
                f"{run.folder} holds no training run, so --fresh leaves it alone. Name another "
                "folder with --run."
            )
        shutil.rmtree(run.folder)
    except FileNotFoundError:
        return
    except OSError as error:
        raise OutputError(
            f"{run.folder} cannot be thrown away: {error}. Name another folder with --run."
        ) from error
