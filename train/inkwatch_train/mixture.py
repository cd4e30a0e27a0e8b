"""The training mixture: every source's glyphs as canvases, and the batches drawn from them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from inkwatch.errors import DataError
from inkwatch.recognise.card import NOT_A_CHARACTER
from inkwatch.recognise.crop import CROP_SIZE, Grey, crop_glyphs
from inkwatch_train.augment.canvas import Rng, to_canvas
from inkwatch_train.augment.pipeline import augment_glyph
from inkwatch_train.augment.settings import Augment
from inkwatch_train.augment.wrong_cuts import wrong_cut
from inkwatch_train.data.sample import Sample, Source
from inkwatch_train.data.splits import split_of
from inkwatch_train.data.wrong_cuts import WRONG_CUTS, wrong_cut_samples
from inkwatch_train.labels import Labels
from inkwatch_train.recipe import DataItem, Recipe

_VAL_SHARE_PERCENT = 6
_MOST_WRONG_CUTS = 800
_WRONG_SHARE = 0.4
"""Share of wrong cuts among what is drawn from a source that has some."""


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """One source's training glyphs: `(N, 64, 64)` canvases with `(N,)` class labels.

    `chance` is each glyph's probability of being drawn from this bank, summing to 1.
    """

    name: str
    licence: str
    weight: float
    canvases: Grey
    labels: npt.NDArray[np.str_]
    folded: npt.NDArray[np.bool_]
    chance: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Crops:
    """Normalised crops with their truth: `(N, 32, 32)` uint8, `(N,)` labels, sources, folded."""

    crops: Grey
    labels: npt.NDArray[np.str_]
    sources: npt.NDArray[np.str_]
    folded: npt.NDArray[np.bool_]


def gather(
    recipe: Recipe, sources: Sequence[tuple[DataItem, Source]], labels: Labels
) -> tuple[list[Bank], Crops]:
    """Load every source of a recipe, part it into training banks and validation crops.

    A source's own `val` split is the validation set; where it has none, one in ten of its writers,
    or where these are unknown every 16th or so of its samples, is taken from training. `test`
    splits are never touched.

    Raises:
        DataError: a source has no sample of the alphabet, its terms are stricter than the
            recipe's, there is nothing to validate with, or no character to make wrong cuts of.
    """
    banks: list[Bank] = []
    held_out: list[tuple[str, Sample]] = []
    for index, (item, source) in enumerate(sources):
        if recipe.terms == "open" and source.terms != "open":
            raise DataError(
                f"'{source.name}' is for research only, and the recipe '{recipe.name}' makes an "
                'open model. Leave the source out, or set terms = "research" in the recipe.'
            )
        rng = np.random.default_rng([recipe.seed, index])
        left_out = frozenset(item.leave_out)
        known = [
            _named_as_class(s, labels)
            for place, s in enumerate(source.samples())
            if labels.knows(s.label, folded=s.folded) and place not in left_out
        ]
        train, val = _part(known, rng)
        if not train:
            raise DataError(f"'{source.name}' holds no training sample of the recipe's alphabet.")
        train = _pick(train, item.limit, rng)
        banks.append(_bank(item, source, train, recipe.class_balance))
        held_out += [
            (source.name, sample) for sample in _pick(val, recipe.val_limit_per_source, rng)
        ]
    if not held_out:
        raise DataError(
            f"The sources of '{recipe.name}' leave no sample to validate with: none has a "
            "validation split, and all are too small to spare any. Add data."
        )
    if recipe.reject:
        rng = np.random.default_rng([recipe.seed, len(sources)])
        whole = [sample for _, sample in held_out if sample.label != NOT_A_CHARACTER]
        if not whole or all((bank.labels == NOT_A_CHARACTER).all() for bank in banks):
            raise DataError(
                f"The sources of '{recipe.name}' hold no character to make wrong cuts of: all is "
                "wrong cuts already. Add a source of characters."
            )
        held_out += _wrong_cuts(whole, recipe, rng)
    return banks, _crops(held_out)


def draw_batch(
    banks: Sequence[Bank], size: int, rng: Rng, augment: Augment, reject: float = 0.0
) -> tuple[Grey, list[str], npt.NDArray[np.bool_]]:
    """Draw and augment one batch.

    Args:
        banks: what to draw from.
        size: how many crops.
        rng: source of chance.
        augment: what happens to each glyph.
        reject: chance of each crop to be a wrong cut of glyphs from the banks.

    Returns:
        `(size, 32, 32)` uint8 crops, their labels, and `(size,)` bool: either case is right.
    """
    weights = np.array([bank.weight for bank in banks])
    of_bank = rng.choice(len(banks), size, p=weights / weights.sum())
    crops = np.empty((size, CROP_SIZE, CROP_SIZE), np.uint8)
    folded = np.zeros(size, np.bool_)
    chosen: list[str] = [""] * size
    if reject:
        of_bank[rng.random(size) < reject] = len(banks)
        for slot in np.flatnonzero(of_bank == len(banks)):
            cut = wrong_cut(lambda: _any_canvas(banks, weights, rng), rng)
            crops[slot] = augment_glyph(cut, _any_canvas(banks, weights, rng), rng, augment)
            chosen[slot] = NOT_A_CHARACTER
    for b, bank in enumerate(banks):
        slots = np.flatnonzero(of_bank == b)
        picks = rng.choice(len(bank.labels), len(slots), p=bank.chance)
        others = rng.integers(0, len(bank.labels), len(slots))
        for slot, pick, other in zip(slots, picks, others, strict=True):
            crops[slot] = augment_glyph(bank.canvases[pick], bank.canvases[other], rng, augment)
            chosen[slot] = str(bank.labels[pick])
            folded[slot] = bank.folded[pick]
    return crops, chosen, folded


def draw_crops(banks: Sequence[Bank], size: int, rng: Rng, recipe: Recipe) -> Grey:
    """Draw `(size, 32, 32)` uint8 crops as a recipe's batches have them, without their labels."""
    crops, _, _ = draw_batch(banks, size, rng, recipe.augment, recipe.reject)
    return crops


def _any_canvas(banks: Sequence[Bank], weights: npt.NDArray[np.float64], rng: Rng) -> Grey:
    ends = np.cumsum(weights)
    while True:
        bank = banks[int(np.searchsorted(ends, rng.random() * ends[-1], side="right"))]
        pick = int(rng.integers(len(bank.canvases)))
        # Half of what is no character may well be one.
        if bank.labels[pick] != NOT_A_CHARACTER:
            return np.asarray(bank.canvases[pick], np.uint8)


def _named_as_class(sample: Sample, labels: Labels) -> Sample:
    """Name a letter of unknown case by the case that is among the classes."""
    if labels.knows(sample.label):
        return sample
    return replace(sample, label=sample.label.swapcase())


def _part(samples: Iterable[Sample], rng: Rng) -> tuple[list[Sample], list[Sample]]:
    train = [s for s in samples if s.split == "train"]
    val = [s for s in samples if s.split == "val"]
    if val:
        return train, val
    if any(s.writer for s in train):
        # Hands that training never saw tell more than pictures that it never saw.
        taken = np.array([split_of(s.image, s.writer) == "val" for s in train])
    else:
        taken = rng.random(len(train)) * 100 < _VAL_SHARE_PERCENT
    return (
        [s for s, out in zip(train, taken, strict=True) if not out],
        [s for s, out in zip(train, taken, strict=True) if out],
    )


def _pick(samples: list[Sample], limit: int | None, rng: Rng) -> list[Sample]:
    if limit is None or len(samples) <= limit:
        return samples
    return [samples[i] for i in np.sort(rng.choice(len(samples), limit, replace=False))]


def _bank(item: DataItem, source: Source, samples: list[Sample], balance: float) -> Bank:
    pairs = [(to_canvas(s.image), s) for s in samples]
    kept = [(canvas, s) for canvas, s in pairs if canvas is not None]
    if not kept:
        raise DataError(f"'{source.name}': no picture in it shows any ink.")
    labels = np.array([s.label for _, s in kept])
    _, which, counts = np.unique(labels, return_inverse=True, return_counts=True)
    chance = (counts.astype(np.float64) ** (balance - 1))[which]
    wrong = labels == NOT_A_CHARACTER
    if wrong.any() and not wrong.all():
        chance[wrong] *= (
            _WRONG_SHARE / (1 - _WRONG_SHARE) * chance[~wrong].sum() / chance[wrong].sum()
        )
    return Bank(
        name=source.name,
        licence=source.licence,
        weight=item.weight,
        canvases=np.stack([canvas for canvas, _ in kept]),
        labels=labels,
        folded=np.array([s.folded for _, s in kept]),
        chance=chance / chance.sum(),
    )


def _wrong_cuts(samples: Sequence[Sample], recipe: Recipe, rng: Rng) -> list[tuple[str, Sample]]:
    """Wrong cuts of glyphs that training never saw, as many as there are of the usual source."""
    count = min(len(samples), recipe.val_limit_per_source, _MOST_WRONG_CUTS)
    cuts = wrong_cut_samples(samples, count, rng, recipe.augment, split="val")
    return [(WRONG_CUTS, cut) for cut in cuts]


def _crops(held_out: list[tuple[str, Sample]]) -> Crops:
    return Crops(
        crops=crop_glyphs([s.image for _, s in held_out]),
        labels=np.array([s.label for _, s in held_out]),
        sources=np.array([name for name, _ in held_out]),
        folded=np.array([s.folded for _, s in held_out]),
    )
