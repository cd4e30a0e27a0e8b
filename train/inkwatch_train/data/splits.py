"""Which samples train and which validate, where the data does not say so itself.

The choice hangs on the content alone: it is the same on every machine, in every order, and it
stays as it is when samples are added.
"""

import hashlib

from inkwatch_train.data.sample import Grey, Split

VALIDATION_PERCENT = 10
"""How many of a hundred writers, or pictures, validate."""


def split_of(image: Grey, writer: str = "") -> Split:
    """Say whether a sample trains or validates.

    All samples of a known writer go to the same side, so that validation measures hands that
    training never saw. With a few writers only, one side may stay empty.

    Args:
        image: `(H, W)` uint8. Equal pictures fall on the same side where the writer is unknown.
        writer: who wrote it; '' where unknown.

    Returns:
        `train` or `val`, about one in ten `val`.
    """
    if writer:
        key = b"writer\0" + writer.encode()
    else:
        height, width = image.shape
        key = b"pixels\0%d %d\0" % (height, width) + image.tobytes()
    digest = hashlib.blake2b(key, digest_size=8).digest()
    return "val" if int.from_bytes(digest, "big") % 100 < VALIDATION_PERCENT else "train"
