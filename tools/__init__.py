"""Programs for working on the project; no part of what is installed."""
