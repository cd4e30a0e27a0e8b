"""Measures what reading costs and how well it reads, beside the targets: `make bench`."""
