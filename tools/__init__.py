"""Programs for working on the project; no part of what is installed."""

import sys
from types import TracebackType


def _tell(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Where a package is missing say what brings it; all else as ever."""
    missing = error.name if isinstance(error, ModuleNotFoundError) else None
    if missing is None or missing.partition(".")[0] == "tools":
        sys.__excepthook__(kind, error, trace)
        return
    print(
        f"{sys.prefix} lacks the package {missing}. `make venv-dev` makes an environment with "
        "all that tools/ needs: give the same command with .venv-dev/bin/python",
        file=sys.stderr,
    )


# So much is in place while `python -m` looks for one of these programs.
if sys.argv[:1] == ["-m"]:
    sys.excepthook = _tell
