"""A list of words as a minimal acyclic automaton, with each word's place in the list."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from inkwatch.language.lexicon import symbol_of


@dataclass(frozen=True, slots=True, eq=False)
class Automaton:
    """The arrays of a `Lexicon` that hold its words; node 0 is the root."""

    first_edge: npt.NDArray[np.uint32]
    edge_symbol: npt.NDArray[np.uint8]
    edge_target: npt.NDArray[np.uint32]
    edge_skip: npt.NDArray[np.uint32]
    terminal: npt.NDArray[np.uint8]


@dataclass(slots=True, eq=False)
class _Node:
    edges: dict[str, "_Node"] = field(default_factory=dict)
    terminal: bool = False
    number: int = -1
    words: int = -1


def build_automaton(words: Sequence[str]) -> Automaton:
    """Share beginnings and endings (Daciuk et al. 2000, doi:10.1162/089120100561601).

    Args:
        words: sorted, no word twice, all made of `SYMBOLS`.
    """
    root = _Node()
    register: dict[tuple[bool, tuple[tuple[str, int], ...]], _Node] = {}
    unchecked: list[tuple[_Node, str, _Node]] = []

    def minimise(down_to: int) -> None:
        while len(unchecked) > down_to:
            parent, letter, child = unchecked.pop()
            key = (child.terminal, tuple((c, id(node)) for c, node in child.edges.items()))
            parent.edges[letter] = register.setdefault(key, child)

    previous = ""
    for word in words:
        shared = 0
        while shared < min(len(word), len(previous)) and word[shared] == previous[shared]:
            shared += 1
        minimise(shared)
        node = unchecked[-1][2] if unchecked else root
        for letter in word[shared:]:
            child = _Node()
            node.edges[letter] = child
            unchecked.append((node, letter, child))
            node = child
        node.terminal = True
        previous = word
    minimise(0)
    return _laid_out(root)


def _laid_out(root: _Node) -> Automaton:
    nodes = _numbered(root)
    first_edge, symbols, targets, skips = [0], [], [], []
    for node in nodes:
        before = int(node.terminal)
        for letter, child in sorted(node.edges.items(), key=lambda edge: symbol_of(edge[0])):
            symbols.append(symbol_of(letter))
            targets.append(child.number)
            skips.append(before)
            before += child.words
        first_edge.append(len(symbols))
    return Automaton(
        first_edge=np.array(first_edge, np.uint32),
        edge_symbol=np.array(symbols, np.uint8),
        edge_target=np.array(targets, np.uint32),
        edge_skip=np.array(skips, np.uint32),
        terminal=np.array([node.terminal for node in nodes], np.uint8),
    )


def _numbered(root: _Node) -> list[_Node]:
    """All nodes, the root first; each learns how many words lie behind it."""
    nodes: list[_Node] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.number < 0:
            node.number = len(nodes)
            nodes.append(node)
            waiting += node.edges.values()
    _count_words(root)
    return nodes


def _count_words(node: _Node) -> int:
    # As deep as the longest word: no danger for the stack.
    if node.words < 0:
        node.words = int(node.terminal) + sum(_count_words(child) for child in node.edges.values())
    return node.words
