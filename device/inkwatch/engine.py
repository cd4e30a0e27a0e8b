"""What is read at once: single characters, whole lines, or each line as suits it."""

from typing import Literal, get_args

Engine = Literal["auto", "characters", "lines"]

ENGINES: tuple[Engine, ...] = get_args(Engine)
