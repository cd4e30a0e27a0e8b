"""Wrong cuts as a data set: what a bundle must refuse, made from any source's characters.

`wrong-cuts:NAME` spoils the characters of the set NAME as a segmentation would.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from inkwatch.errors import DataError
from inkwatch.recognise.card import NOT_A_CHARACTER
from inkwatch_train.augment.canvas import Rng, to_canvas
from inkwatch_train.augment.pipeline import photograph_glyph
from inkwatch_train.augment.settings import Augment
from inkwatch_train.augment.wrong_cuts import wrong_cut
from inkwatch_train.data.sample import Grey, Sample, Source, Split, Terms

WRONG_CUTS = "wrong-cuts"
PREFIX = WRONG_CUTS + ":"


@dataclass(frozen=True, slots=True)
class WrongCutSource:
    """As many wrong cuts of a source's characters as it has characters, split by split.

    The same on every machine: chance comes from a fixed seed.
    """

    of: Source
    seed: int = 20

    @property
    def name(self) -> str:
        """`wrong-cuts:` and the name of the set that is spoiled."""
        return PREFIX + self.of.name

    @property
    def licence(self) -> str:
        """That of the set that is spoiled."""
        return self.of.licence

    @property
    def terms(self) -> Terms:
        """Those of the set that is spoiled."""
        return self.of.terms

    def samples(self) -> Iterator[Sample]:
        """Yield the cuts, `train` first. See `Source.samples`."""
        whole = list(self.of.samples())
        splits: tuple[Split, ...] = ("train", "val", "test")
        for number, split in enumerate(splits):
            samples = [sample for sample in whole if sample.split == split]
            if samples:
                rng = np.random.default_rng([self.seed, number])
                yield from wrong_cut_samples(samples, len(samples), rng, Augment(), split=split)


def wrong_cut_samples(
    samples: Sequence[Sample], count: int, rng: Rng, augment: Augment, *, split: Split
) -> Iterator[Sample]:
    """Yield pictures of wrong cuts, dark ink on paper, labelled `NOT_A_CHARACTER`.

    Args:
        samples: the characters to spoil.
        count: how many cuts.
        rng: source of chance.
        augment: pens and cameras that they pass through.
        split: what they are labelled as part of.

    Raises:
        DataError: none of the samples shows any ink.
    """
    canvases = [c for c in (to_canvas(sample.image) for sample in samples) if c is not None]
    if not canvases:
        raise DataError("There is no character with any ink to make wrong cuts of.")

    def pick() -> Grey:
        return canvases[int(rng.integers(len(canvases)))]

    for _ in range(count):
        picture = photograph_glyph(wrong_cut(pick, rng), pick(), rng, augment)
        yield Sample(picture, NOT_A_CHARACTER, "", split)
