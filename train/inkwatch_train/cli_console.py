"""How the host's commands end: every fault becomes one sentence and a code."""

import os
import sys
import traceback
from collections.abc import Callable

from inkwatch.errors import ExitCode, InkwatchError


def run_command(program: str, work: Callable[[], ExitCode], *, when_stopped: str) -> int:
    """Do `work` and return its exit code; tell on stderr what went wrong.

    Args:
        program: its name, before every sentence.
        work: does the command's work.
        when_stopped: what Ctrl-C leaves behind, as a sentence.
    """
    try:
        return work()
    except InkwatchError as error:
        tell(program, str(error))
        return error.exit_code
    except ImportError as error:
        tell(
            program,
            f"a package is missing or does not load: {error}. pip install 'inkwatch[train]'; in a "
            "checkout, make test makes .venv-dev with it.",
        )
        return ExitCode.MISSING
    except KeyboardInterrupt:
        tell(program, f"stopped. {when_stopped}")
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has enough of it; nothing more can be said there.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.OK
    except Exception as error:
        if os.environ.get("INKWATCH_DEBUG"):
            traceback.print_exc()
        tell(program, f"internal error, please report it: {type(error).__name__}: {error}")
        return ExitCode.INTERNAL


def tell(program: str, line: str) -> None:
    """Say something about the work, on stderr."""
    print(f"{program}: {line}", file=sys.stderr, flush=True)
