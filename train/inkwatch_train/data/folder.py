"""A folder of pictures for each character, as data sets on Kaggle and Chars74K come.

`ROOT/A/1.png`, or with the parts stated, `ROOT/train/A/1.png`. See `folder_names` for the names
that a folder may have.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from inkwatch.errors import DataError
from inkwatch_train.data.folder_names import character_of
from inkwatch_train.data.sample import Grey, Sample, Split, Terms
from inkwatch_train.data.splits import split_of

_PARTS: dict[str, Split] = {
    "train": "train",
    "training": "train",
    "val": "val",
    "valid": "val",
    "validation": "val",
    "test": "test",
    "testing": "test",
}
_PICTURES = {".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".pgm", ".webp"}
# Chars74K numbers its volunteers (and its fonts) in the file's name: img011-023.png.
_CHARS74K_FILE = re.compile(r"img\d{3}-(\d{3,5})", re.IGNORECASE)
_POLARITY_PICTURES = 64
_JPEG_TAIL_BYTES = 4096


@dataclass(frozen=True, slots=True)
class _Picture:
    path: Path
    character: str
    part: Split | None
    """What the folders state; None where they state nothing."""


@dataclass(frozen=True, slots=True)
class FolderSource:
    """A folder per class; the caller knows under which terms the pictures came.

    Where no validation folder is given, one tenth of the training pictures validate, chosen by
    `splits.split_of`. Whether ink is dark or bright is decided once for the whole source.
    """

    path: Path
    terms: Terms = "research"
    licence: str = "not stated"

    @property
    def name(self) -> str:
        """The folder's own name."""
        return self.path.resolve().name

    def samples(self) -> Iterator[Sample]:
        """Yield every picture in the order of its path, ink dark. See `Source.samples`."""
        pictures = self._pictures()
        bright = ink_is_bright([_read(picture.path) for picture in _some(pictures)])
        parts = {picture.part for picture in pictures}
        for picture in pictures:
            grey = _read(picture.path)
            image = 255 - grey if bright else grey
            writer = _writer(picture.path)
            split = picture.part
            if split is None or (split == "train" and "val" not in parts):
                split = split_of(image, writer)
            yield Sample(image, picture.character, writer, split)

    def _pictures(self) -> list[_Picture]:
        if not self.path.is_dir():
            raise DataError(f"{self.path} is not a folder. Name one with a folder per character.")
        folders = _folders(self.path)
        parts = [folder for folder in folders if folder.name.lower() in _PARTS]
        if parts and len(parts) < len(folders):
            other = next(folder for folder in folders if folder not in parts)
            raise DataError(
                f"{self.path} has {parts[0].name} and {other.name} side by side. Put every "
                "character's folder under train, val or test, or none."
            )
        found = []
        if parts:
            for part in parts:
                stated = _PARTS[part.name.lower()]
                for folder in _folders(part):
                    found += _class_pictures(folder, stated)
        else:
            for folder in folders:
                found += _class_pictures(folder, None)
        if not found:
            raise DataError(
                f"{self.path} holds no pictures in folders named for characters, "
                "such as A/1.png. Check the path."
            )
        return found


def ink_is_bright(images: Sequence[Grey]) -> bool:
    """Tell from some pictures of one source whether ink is brighter than paper.

    A picture's border is nearly all paper: it votes for bright ink where its border is nearer
    to its darkest grey level than to its brightest. Blank pictures have no vote.

    Args:
        images: each `(H, W)` uint8.

    Returns:
        Whether most pictures have bright ink; False where there is no majority.
    """
    votes = 0
    for image in images:
        low, high = int(image.min()), int(image.max())
        if low == high:
            continue
        border = np.concatenate([image[0], image[-1], image[1:-1, 0], image[1:-1, -1]])
        votes += 1 if float(np.median(border)) < (low + high) / 2 else -1
    return votes > 0


def _some(pictures: Sequence[_Picture]) -> Sequence[_Picture]:
    """Choose pictures spread over all of the source, the same ones each time."""
    step = max(1, len(pictures) // _POLARITY_PICTURES)
    return pictures[::step]


def _folders(path: Path) -> list[Path]:
    return [
        child
        for child in sorted(path.iterdir())
        if child.is_dir() and not child.name.startswith((".", "__"))
    ]


def _class_pictures(folder: Path, part: Split | None) -> list[_Picture]:
    character = character_of(folder.name)
    if character is None:
        raise DataError(
            f"{folder}: the name '{folder.name}' names no character. Rename the folder, such as "
            "A, a, 7, upper_A, a_small or Sample011, or move it away."
        )
    return [
        _Picture(path, character, part)
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in _PICTURES and not path.name.startswith(".")
    ]


def _read(path: Path) -> Grey:
    try:
        content = path.read_bytes()
        jpeg = content.startswith(b"\xff\xd8")
        # A JPEG cut short decodes without complaint, its lower part grey.
        whole = not jpeg or b"\xff\xd9" in content[-_JPEG_TAIL_BYTES:]
        # Cameras' pictures are turned as their EXIF says, which OpenCV leaves undone when asked
        # for a picture unchanged; only the other formats have alpha.
        flags = cv2.IMREAD_GRAYSCALE if jpeg else cv2.IMREAD_UNCHANGED
        image = cv2.imdecode(np.frombuffer(content, np.uint8), flags) if whole else None
    except (OSError, cv2.error):
        image = None
    if image is None or image.size == 0:
        raise DataError(f"{path} is no picture, or is damaged. Get it again or take it out.")
    if image.dtype != np.uint8:
        image = cv2.convertScaleAbs(image, alpha=255 / 65535)
    if image.ndim == 3 and image.shape[2] == 4:
        # Characters drawn on nothing are black all over without their alpha: lay them on white.
        alpha = image[:, :, 3].astype(np.float32) / 255
        grey = cv2.cvtColor(image, cv2.COLOR_BGRA2GRAY).astype(np.float32)
        return np.rint(255 - (255 - grey) * alpha).astype(np.uint8)
    if image.ndim == 3:
        image = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return np.asarray(image, np.uint8)


def _writer(path: Path) -> str:
    match = _CHARS74K_FILE.fullmatch(path.stem)
    return f"{path.stem[:3]}-{match[1]}".lower() if match else ""
