import multiprocessing
import os
import signal
import subprocess
import sys
from itertools import islice
from typing import Any

import msgspec
import numpy as np
import pytest

pytest.importorskip("fontTools", reason="needs pip install 'inkwatch[train]'")

from inkwatch.errors import DataError
from inkwatch_train.lines.batches import TOGETHER, Drawer
from inkwatch_train.lines.feed import Feed, _draw_on
from inkwatch_train.lines.recipe import LineItem, LineRecipe
from inkwatch_train.lines.sets import open_line_sources

pytestmark = pytest.mark.train

Drawn = list[tuple[Any, Any]]

STEPS = TOGETHER + 2
"""Batches an epoch: two groups, of the second only a part."""


@pytest.fixture
def recipe(tiny_lines: LineRecipe) -> LineRecipe:
    schedule = msgspec.structs.replace(
        tiny_lines.schedule, batches_per_epoch=STEPS, batch_columns=400
    )
    return msgspec.structs.replace(tiny_lines, schedule=schedule)


def fed(recipe: LineRecipe, count: int, *, first_epoch: int, processes: int = 1) -> Drawn:
    with Feed(recipe, first_epoch=first_epoch, processes=processes) as feed:
        return list(islice(feed.batches(), count))


def drawn(recipe: LineRecipe, epoch: int) -> Drawn:
    """An epoch's batches, drawn here."""
    drawer = Drawer(
        open_line_sources(recipe),
        [item.weight for item in recipe.data],
        recipe.schedule.batch_columns,
        recipe.seed,
    )
    batches = [*drawer.draw(epoch, 0), *drawer.draw(epoch, 1)[: STEPS - TOGETHER]]
    return [(batch.as_input(), batch.targets) for batch in batches]


def same(some: Drawn, others: Drawn) -> bool:
    return all(
        np.array_equal(a, b) and np.array_equal(x, y)
        for (a, x), (b, y) in zip(some, others, strict=True)
    )


@pytest.mark.parametrize("processes", [1, 2])
def test_groups_are_given_as_often_as_the_recipe_says(recipe: LineRecipe, processes: int) -> None:
    schedule = msgspec.structs.replace(recipe.schedule, times=2)
    twice = msgspec.structs.replace(recipe, schedule=schedule)
    got = fed(twice, 2 * STEPS, first_epoch=3, processes=processes)
    for k, epoch in enumerate((3, 4)):
        first = drawn(recipe, epoch)[:TOGETHER]
        mine = got[k * STEPS : (k + 1) * STEPS]
        assert same(mine[:TOGETHER], first)
        for (again, texts), (before, truth) in zip(mine[TOGETHER:], first, strict=False):
            assert np.array_equal(texts, truth)
            assert again.shape == before.shape
            assert not np.array_equal(again, before)


def test_batches_are_the_same_whoever_draws_them(recipe: LineRecipe) -> None:
    expected = drawn(recipe, 4) + drawn(recipe, 5)
    assert same(fed(recipe, 2 * STEPS, first_epoch=4, processes=1), expected)
    assert same(fed(recipe, 2 * STEPS, first_epoch=4, processes=2), expected)


def test_what_cannot_be_drawn_is_told(recipe: LineRecipe) -> None:
    unknown = msgspec.structs.replace(recipe, data=[LineItem(source="fonts-carved")])
    with pytest.raises(DataError, match="no source of lines named 'fonts-carved'"):
        fed(unknown, 1, first_epoch=0)


def test_a_drawing_process_that_was_killed_is_told(recipe: LineRecipe) -> None:
    """As the kernel does where memory runs out."""
    with Feed(recipe, first_epoch=0) as feed:
        batches = feed.batches()
        next(batches)
        (process,) = feed._processes
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        with pytest.raises(DataError, match="drawing process ended"):
            list(islice(batches, 5 * STEPS))


def test_at_the_end_no_process_stays(recipe: LineRecipe) -> None:
    with Feed(recipe, first_epoch=0, processes=2) as feed:
        next(feed.batches())
        processes = feed._processes
        assert all(process.is_alive() for process in processes)
    assert not any(process.is_alive() for process in processes)


def test_where_the_training_was_killed_no_process_stays(recipe: LineRecipe) -> None:
    """Whatever became of the training, nobody is at the other end any more."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_draw_on, args=(recipe, (None, None), (0, 0, 1), theirs))
    process.start()
    theirs.close()
    mine.close()
    process.join(60)
    assert process.exitcode == 0


def test_drawing_needs_no_keras() -> None:
    """It would cost each process hundreds of megabytes."""
    told = subprocess.run(
        [sys.executable, "-c", "import inkwatch_train.lines.feed, sys; print(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not {"keras", "tensorflow", "torch"} & set(told.stdout.split())
