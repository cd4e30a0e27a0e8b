"""Lists of words that a user gives: what the model cannot read in them is refused."""

from collections.abc import Iterable, Sequence

from inkwatch.errors import UsageError


def readable_words(words: Iterable[str], labels: Sequence[str], kind: str) -> list[str]:
    """Give a list's words, sorted and each once, without empty ones.

    Args:
        words: in any order.
        labels: the characters that the model knows.
        kind: what the list is of, for the message: `allowed` or `own`.

    Raises:
        UsageError: a word has a character that the model does not know.
    """
    known = frozenset(labels)
    wanted = sorted({word for word in words if word})
    foreign = [word for word in wanted if not known.issuperset(word)]
    if foreign:
        some = ", ".join(f"'{word}'" for word in foreign[:3])
        raise UsageError(
            f"The list of {kind} words has some that the model cannot read: {some}. It knows "
            f"{''.join(labels)}"
        )
    return wanted
