"""Commands and configs that nobody should send: nothing may crash, none may be obeyed.

    python -m tools.soak.hostile [--count 50000] [--through-broker 500] [--limit-s 300]

Commands go through the parser, some hundred through a real Mosquitto to a real teller. Configs are
of two kinds: good ones with a fault put in, which must be refused, and ones with bytes damaged at
random, of which a sound config or a clear error must come.
"""

import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tools.bench.table import Row
from tools.soak.hostile_commands import through_broker, through_parser
from tools.soak.hostile_configs import Refused, damaged_configs, faulty_configs
from tools.soak.mosquitto import mosquitto_program
from tools.soak.report import all_of, finish, none_of, options


@dataclass(frozen=True)
class Hostile:
    """How many of each kind were tried, and what came of the configs."""

    commands: int
    obeyed: int
    faulty: Refused
    damaged: Refused


def run_hostile(folder: Path, count: int, *, limit_s: float, chance: random.Random) -> Hostile:
    """Try `count` commands and as many configs, or as many as the time allows."""
    ends_s = time.monotonic() + limit_s
    commands, obeyed = through_parser(count, chance)
    path = folder / "config.toml"
    half = count // 2
    faulty = faulty_configs(path, half, ends_s, chance)
    damaged = damaged_configs(path, count - half, ends_s, chance)
    return Hostile(commands, obeyed, faulty, damaged)


def rows(found: Hostile, count: int) -> list[Row]:
    """What came of it beside the targets."""
    configs = found.faulty.tried + found.damaged.tried
    return [
        all_of("hostile commands parsed", found.commands, count),
        none_of("hostile commands obeyed", found.obeyed),
        all_of("hostile configs loaded", configs, count),
        none_of(f"of {found.faulty.tried} configs with a fault put in, taken", found.faulty.taken),
        none_of(
            f"of {found.damaged.tried} configs with damaged bytes, unsound ones taken",
            found.damaged.unsound,
        ),
        Row("configs with damaged bytes: still right, and taken", str(found.damaged.taken)),
    ]


def main() -> int:
    """Run it and print the figures; 1 where a target is missed. What crashes ends it."""
    parser = options(__doc__, 300.0)
    parser.add_argument("--count", type=int, default=50_000)
    parser.add_argument("--through-broker", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    chance = random.Random(args.seed)  # noqa: S311
    ends_s = time.monotonic() + args.limit_s
    with tempfile.TemporaryDirectory() as folder:
        found: list[Row] = []
        if args.through_broker and mosquitto_program() is not None:
            sent = through_broker(Path(folder), args.through_broker, chance)
            found = [
                none_of(f"of {sent.sent} hostile commands through a broker, obeyed", sent.obeyed),
                none_of("answers to them beyond what the rate allows", sent.answers_too_many),
            ]
        hostile = run_hostile(
            Path(folder), args.count, limit_s=ends_s - time.monotonic(), chance=chance
        )
    return finish([*found, *rows(hostile, args.count)], args.json)


if __name__ == "__main__":
    sys.exit(main())
