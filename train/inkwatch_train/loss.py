"""Loss and accuracy for targets in which more than one class may be right."""

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="inkwatch")
class EitherCaseCrossEntropy(keras.losses.Loss):  # type: ignore[misc]
    """Cross-entropy with the probability of the right answer summed over all right classes.

    With targets y of zeros and ones and logits z, it is `logsumexp(z) - logsumexp(z where y)`:
    with a single one it equals softmax cross-entropy; with two, the network is free to choose
    which case it sees. Label smoothing spreads `smoothing` of the weight over all classes
    (Szegedy et al. 2016, arXiv:1512.00567).
    """

    def __init__(self, smoothing: float = 0.0, name: str = "either_case") -> None:
        super().__init__(name=name)
        self.smoothing = smoothing

    def call(self, y_true: object, y_pred: object) -> object:
        """Return `(N,)` losses of `(N, L)` targets and logits."""
        whole = ops.logsumexp(y_pred, axis=-1)
        right = ops.logsumexp(ops.where(ops.cast(y_true, "bool"), y_pred, -1e9), axis=-1)
        exact = whole - right
        if self.smoothing == 0.0:
            return exact
        spread = whole - ops.mean(y_pred, axis=-1)
        return (1.0 - self.smoothing) * exact + self.smoothing * spread

    def get_config(self) -> dict[str, object]:
        """Return what `from_config` needs."""
        return {"smoothing": self.smoothing, "name": self.name}


@keras.saving.register_keras_serializable(package="inkwatch")  # type: ignore[untyped-decorator]
def accuracy(y_true: object, y_pred: object) -> object:
    """Return `(N,)`: 1 where the likeliest class is one of the right ones."""
    best = ops.one_hot(ops.argmax(y_pred, axis=-1), ops.shape(y_pred)[-1])
    return ops.sum(best * ops.cast(y_true, best.dtype), axis=-1)
