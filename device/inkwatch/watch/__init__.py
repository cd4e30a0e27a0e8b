"""Watching: which views are worth reading, and what of a reading is news."""
