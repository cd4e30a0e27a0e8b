"""Pictures for the training report."""

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")  # no screen is needed

import numpy as np
import numpy.typing as npt
from matplotlib import pyplot as plt
from matplotlib.colors import LogNorm

_COLUMNS = 10


def plot_curves(history: Sequence[dict[str, float]], path: Path) -> None:
    """Draw loss and accuracy over the epochs."""
    epochs = [row["epoch"] + 1 for row in history]
    figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
    for axis, name in zip(axes, ("loss", "accuracy"), strict=True):
        axis.plot(epochs, [row[name] for row in history], label="training (augmented)")
        axis.plot(epochs, [row[f"val_{name}"] for row in history], label="validation")
        axis.set(xlabel="epoch", title=name)
        axis.grid(alpha=0.3)
        axis.legend()
    figure.savefig(path, dpi=110)
    plt.close(figure)


def plot_confusion(counts: npt.NDArray[np.intp], classes: Sequence[str], path: Path) -> None:
    """Draw the confusion matrix: `(L, L)` counts, rows the truth, as shares of each row."""
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    size = max(5.0, 0.16 * len(classes))
    figure, axis = plt.subplots(figsize=(size, size), layout="constrained")
    axis.imshow(np.maximum(shares, 1e-3), cmap="Blues", norm=LogNorm(1e-3, 1))
    ticks = range(len(classes))
    axis.set_xticks(ticks, [_plain(c) for c in classes], fontsize=6)
    axis.set_yticks(ticks, [_plain(c) for c in classes], fontsize=6)
    axis.set(xlabel="read as", ylabel="is")
    figure.savefig(path, dpi=110)
    plt.close(figure)


def plot_mistakes(crops: npt.NDArray[np.uint8], captions: Sequence[str], path: Path) -> None:
    """Draw `(N, 32, 32)` crops with a caption under each; an empty sheet where N is 0."""
    rows = max(1, -(-len(crops) // _COLUMNS))
    figure, axes = plt.subplots(
        rows, _COLUMNS, figsize=(1.25 * _COLUMNS, 1.5 * rows), squeeze=False, layout="constrained"
    )
    for axis in axes.flat:
        axis.axis("off")
    for axis, crop, caption in zip(axes.flat, crops, captions, strict=False):
        axis.imshow(crop, cmap="gray_r", vmin=0, vmax=255)
        axis.set_title(_plain(caption), fontsize=7)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def plot_reliability(bins: Sequence[tuple[float, float, int]], path: Path) -> None:
    """Draw share right over confidence: bins of (mean confidence, share right, count)."""
    figure, axis = plt.subplots(figsize=(4.5, 4.5), layout="constrained")
    axis.plot([0, 1], [0, 1], color="grey", linewidth=1)
    told, true, counts = ([b[k] for b in bins] for k in range(3))
    axis.scatter(told, true, s=[20 + 300 * n / max(counts, default=1) for n in counts], alpha=0.7)
    axis.set(xlabel="confidence", ylabel="share right", xlim=(0, 1.02), ylim=(0, 1.02))
    axis.grid(alpha=0.3)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _plain(text: str) -> str:
    """Keep matplotlib from reading `$` as mathematics."""
    return text.replace("$", r"\$")
