"""A machine made of a folder and of answers that programs give."""

from collections.abc import Callable, Sequence
from pathlib import Path

from inkwatch.doctor.machine import Machine, Ran

Answer = Ran | None | Callable[[Sequence[str]], Ran | None]


class FakeMachine(Machine):
    """Files lie under a folder; each program answers what a test says, else it is missing."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.answers: dict[str, Answer] = {}
        self.closed: set[str] = set()
        self.has_groups = frozenset({"video"})
        self.name = "reader"
        self.asked: list[tuple[Sequence[str], float]] = []

    def put(self, path: str, text: str = "") -> None:
        place = self.at(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def may(self, path: str, mode: int) -> bool:
        return path not in self.closed and super().may(path, mode)

    def user(self) -> str:
        return self.name

    def groups(self) -> frozenset[str]:
        return self.has_groups

    def run(self, words: Sequence[str], timeout_s: float) -> Ran | None:
        self.asked.append((words, timeout_s))
        name = Path(words[0]).name
        answer = self.answers.get("python" if name.startswith("python") else name)
        return answer(words) if callable(answer) else answer
