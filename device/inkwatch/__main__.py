"""Lets `python -m inkwatch` do what `inkwatch` does."""

import sys

from inkwatch.cli import main

if __name__ == "__main__":
    sys.exit(main())
