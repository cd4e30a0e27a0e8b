"""The daemon: the rooms wired together, kept alive, told to stop."""
