"""The user's own words beside the lexicon: names, parts, streets, whatever no language knows.

Letter case counts as written, and capitals throughout are always allowed. Words may hold any
character that the model knows, so `BX7-249` is one as well.
"""

from collections.abc import Iterable, Sequence

from inkwatch.errors import UsageError
from inkwatch.language.word_list import readable_words

START = 0
NOWHERE = -1
MOST_CHARACTERS = 500_000
OWN_BITS = 7.0
"""What one of the user's words costs: as much as a word that is found once in 130."""


class OwnWords:
    """A trie of words.

    Args:
        words: in any order.
        labels: the characters that the model knows.

    Raises:
        UsageError: one has a character that the model cannot read, or there are more than 500,000
            characters in all.
    """

    def __init__(self, words: Iterable[str], labels: Sequence[str]) -> None:
        known = frozenset(labels)
        wanted = readable_words(words, labels, "own")
        if sum(map(len, wanted)) > MOST_CHARACTERS:
            raise UsageError(
                f"The list of own words has more than {MOST_CHARACTERS:,} characters. Leave out "
                "words that the language knows."
            )
        self._next: list[dict[str, int]] = [{}]
        self._ends: set[int] = set()
        for word in wanted:
            for way in {word, word.upper()}:
                if known.issuperset(way):
                    self._insert(way)

    def step(self, node: int, character: str) -> int:
        """Where a word goes on to from `node` with `character`; `NOWHERE` where none does."""
        return self._next[node].get(character, NOWHERE) if node != NOWHERE else NOWHERE

    def ends_at(self, node: int) -> bool:
        """Whether a word ends at `node`."""
        return node in self._ends

    def __contains__(self, word: str) -> bool:
        node = START
        for character in word:
            node = self.step(node, character)
        return self.ends_at(node)

    def _insert(self, word: str) -> None:
        node = START
        for character in word:
            node = self._next[node].setdefault(character, len(self._next))
            if node == len(self._next):
                self._next.append({})
        self._ends.add(node)
