import msgspec
import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="needs pip install 'inkwatch[train]'")

from inkwatch_train.batches import Batches, Floats, as_input
from inkwatch_train.labels import Labels
from inkwatch_train.loss import EitherCaseCrossEntropy
from inkwatch_train.mixture import Bank, gather
from inkwatch_train.network import build_network
from inkwatch_train.recipe import Recipe
from inkwatch_train.sources import open_sources

pytestmark = pytest.mark.train

RECIPE = msgspec.convert(
    {
        "name": "mine",
        "alphabet": "abcAB",
        "data": [{"source": "hershey"}],
        "network": {"stages": [[2], [2], [2]], "dense": 3},
        "schedule": {"epochs": 3, "batches_per_epoch": 4, "batch_size": 6},
    },
    Recipe,
)
LABELS = Labels(RECIPE.alphabet)


@pytest.fixture(scope="module")
def banks() -> list[Bank]:
    return gather(RECIPE, open_sources(RECIPE), LABELS)[0]


def batches(banks: list[Bank], epoch: int = 0) -> Batches:
    return Batches(banks, LABELS, RECIPE, first_epoch=epoch)


def same(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> bool:
    return np.array_equal(first[0], second[0]) and np.array_equal(first[1], second[1])


def test_a_batch_is_what_the_network_takes(banks: list[Bank]) -> None:
    epoch = batches(banks)
    assert len(epoch) == 4
    crops, targets = epoch[0]
    assert crops.shape == (6, 32, 32, 1)
    assert targets.shape == (6, 5)
    assert crops.dtype == targets.dtype == np.float32
    assert crops.min() == 0.0
    assert 0.9 < crops.max() <= 1.0
    np.testing.assert_array_equal(targets.sum(axis=1), 1)


def test_the_same_epoch_and_place_give_the_same_batch(banks: list[Bank]) -> None:
    first, second = batches(banks, 5), batches(banks, 5)
    for index in (3, 0, 1):
        assert same(first[index], second[index])
        assert same(first[index], first[index])


def test_other_places_epochs_and_seeds_give_others(banks: list[Bank]) -> None:
    one = batches(banks)[0]
    assert not same(one, batches(banks)[1])
    assert not same(one, batches(banks, 1)[0])
    reseeded = Batches(banks, LABELS, msgspec.structs.replace(RECIPE, seed=2), first_epoch=0)
    assert not same(one, reseeded[0])


def test_an_epoch_that_ends_brings_the_next(banks: list[Bank]) -> None:
    going_on = batches(banks, 0)
    going_on.on_epoch_end()
    assert same(going_on[2], batches(banks, 1)[2])


def test_a_resumed_training_has_the_batches_it_would_have_had(banks: list[Bank]) -> None:
    class Recording(Batches):
        """Keeps what was drawn; what Keras peeks at before it begins is forgotten."""

        drawn: list[bytes]

        def __getitem__(self, index: int) -> tuple[Floats, Floats]:
            crops, targets = super().__getitem__(index)
            self.drawn.append(crops.tobytes())
            return crops, targets

    def drawn_in(first_epoch: int, epochs: int) -> list[set[bytes]]:
        recording = Recording(banks, LABELS, RECIPE, first_epoch=first_epoch)
        recording.drawn = []
        model = build_network(RECIPE.network, 5)
        model.compile("sgd", loss=EitherCaseCrossEntropy())
        model.fit(recording, epochs=epochs, verbose=0)
        last = recording.drawn[-4 * epochs :]
        return [set(last[4 * k : 4 * k + 4]) for k in range(epochs)]

    whole = drawn_in(0, 3)
    # All different, and nothing drawn ahead across the end of an epoch.
    assert len(set.union(*whole)) == 12
    assert whole[1:] == drawn_in(1, 2)


def test_input_runs_from_zero_to_one() -> None:
    crops = np.zeros((2, 32, 32), np.uint8)
    crops[0, 3, 4], crops[1, 5, 6] = 255, 51
    given = as_input(crops)
    assert given.shape == (2, 32, 32, 1)
    assert given[0, 3, 4, 0] == 1.0
    assert given[1, 5, 6, 0] == np.float32(0.2)
    assert given.sum() == pytest.approx(1.2)
