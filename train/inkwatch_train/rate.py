"""The learning rate: it rises linearly, then falls as a cosine."""

import keras


def warmed_cosine(
    highest: float, *, steps: int, warmup_steps: int, last_share: float
) -> keras.optimizers.schedules.LearningRateSchedule:
    """Give the schedule (Loshchilov and Hutter 2017, arXiv:1608.03983).

    Args:
        highest: the rate where the warm-up ends; it begins with a 25th of that.
        steps: batches of the whole training.
        warmup_steps: batches of the warm-up, 1 at least.
        last_share: the share of `highest` that it ends with.
    """
    warmup_steps = max(1, warmup_steps)
    return keras.optimizers.schedules.CosineDecay(
        initial_learning_rate=highest / 25,
        warmup_target=highest,
        warmup_steps=warmup_steps,
        decay_steps=max(1, steps - warmup_steps),
        alpha=last_share,
    )
