"""EMNIST in its official files: `emnist-<split>-{train,test}-{images-idx3,labels-idx1}-ubyte.gz`.

Cohen et al. 2017, doi:10.1109/IJCNN.2017.7966217. The pictures stand transposed in the files,
and `emnist-<split>-mapping.txt` says which character a label's number means.
"""

import string
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from inkwatch.errors import DataError
from inkwatch_train.data.idx import iter_pairs, labels_beside
from inkwatch_train.data.sample import Sample, Split, Terms
from inkwatch_train.data.splits import split_of

EmnistSplit = Literal["byclass", "bymerge", "balanced", "letters", "digits", "mnist"]
"""EMNIST's own word for its six selections; not to be mixed up with train, val and test."""

EMNIST_SPLITS: tuple[EmnistSplit, ...] = get_args(EmnistSplit)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a label's number means; `folded` where one number stands for both cases."""

    character: str
    folded: bool


@dataclass(frozen=True, slots=True)
class EmnistSource:
    """One of EMNIST's six selections, in a folder that holds the official files.

    EMNIST states no validation part, so one tenth of its training part validates, chosen by
    `splits.split_of`.
    """

    folder: Path
    split: EmnistSplit
    terms: Terms = "open"
    licence: str = "public domain (NIST Special Database 19, as EMNIST)"

    @property
    def name(self) -> str:
        """Such as `emnist_balanced`."""
        return f"emnist_{self.split}"

    def samples(self) -> Iterator[Sample]:
        """Yield every character upright, ink dark. See `Source.samples`."""
        mapping_path = self.folder / f"emnist-{self.split}-mapping.txt"
        meanings = read_mapping(mapping_path)
        for part in ("train", "test"):
            images = self._images(part)
            for picture, number in iter_pairs(images, labels_beside(images)):
                meaning = meanings.get(number)
                if meaning is None:
                    raise DataError(
                        f"{mapping_path} has no line for label {number}, which {images} uses. "
                        "Put the files of one EMNIST archive side by side."
                    )
                image = 255 - picture.T.copy()
                split: Split = "test" if part == "test" else split_of(image)
                yield Sample(image, meaning.character, "", split, meaning.folded)

    def _images(self, part: str) -> Path:
        plain = self.folder / f"emnist-{self.split}-{part}-images-idx3-ubyte"
        zipped = plain.with_name(plain.name + ".gz")
        if zipped.is_file() or plain.is_file():
            return zipped if zipped.is_file() else plain
        raise DataError(f"{zipped} is not there. Get EMNIST with: inkwatch-train data fetch emnist")


def read_mapping(path: Path) -> dict[int, Meaning]:
    """Read what a selection's labels mean.

    A letter is folded (lower case by name, either case by shape) where its line names both
    cases, as `letters` does, or where the mapping has no line for its other case, as with the
    merged letters of `bymerge` and `balanced`.

    Raises:
        DataError: the file is missing, empty, or a line is not `label code [code]`.
    """
    if not path.is_file():
        raise DataError(f"{path} is not there. Put EMNIST's mapping file beside its pictures.")
    codes: dict[int, list[str]] = {}
    # The characters, not the bytes, matter: a foreign file must not end in a decoding error.
    for count, line in enumerate(path.read_text("latin-1").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            number, *values = (int(field) for field in line.split())
            codes[number] = [_character(value) for value in values]
        except ValueError:
            values = []
        if not 1 <= len(values) <= 2:
            raise DataError(f"{path}, line {count}: expected 'label code', got {line[:40]!r}.")
    if not codes:
        raise DataError(f"{path} is empty. Get EMNIST's mapping file again.")
    known = {character for characters in codes.values() for character in characters}
    meanings = {}
    for number, characters in codes.items():
        first = characters[0]
        folded = first.isalpha() and (len(characters) == 2 or first.swapcase() not in known)
        meanings[number] = Meaning(first.lower() if folded else first, folded)
    return meanings


def _character(code: int) -> str:
    character = chr(code) if 0 < code < 128 else ""
    if not character or character not in string.digits + string.ascii_letters:
        raise ValueError(code)
    return character
