"""Which character a folder's name means, in the spellings that data sets use."""

import re
import string

_CHARS74K = string.digits + string.ascii_uppercase + string.ascii_lowercase
_SAMPLE = re.compile(r"sample0*([1-9]\d?)", re.IGNORECASE)
_UPPER = {"upper", "uppercase", "capital", "capitals", "caps", "cap", "big"}
_LOWER = {"lower", "lowercase", "small"}
_DIGIT = {"digit", "number", "num"}


def character_of(name: str) -> str | None:
    """Read a folder's name.

    `A`, `a`, `7`, `+`: the character itself. `upper_A`, `A_caps`, `lower-a`, `a small`,
    `digit_7`: a letter or digit with a word beside it, in either order, apart by `_`, `-` or a
    space; the word decides the case, since some file systems do not keep it. `Sample001` to
    `Sample062`: Chars74K's order 0-9, A-Z, a-z.

    Returns:
        One character, or None where the name is none of these.
    """
    if len(name) == 1:
        return name
    sample = _SAMPLE.fullmatch(name)
    if sample:
        index = int(sample[1]) - 1
        return _CHARS74K[index] if index < len(_CHARS74K) else None
    words = sorted(re.split(r"[_\- ]", name), key=len)
    if len(words) != 2 or len(words[0]) != 1 or not words[0].isascii():
        return None
    return _with_word(words[0], words[1].lower())


def _with_word(character: str, word: str) -> str | None:
    if character.isalpha() and word in _UPPER:
        return character.upper()
    if character.isalpha() and word in _LOWER:
        return character.lower()
    return character if character.isdigit() and word in _DIGIT else None
