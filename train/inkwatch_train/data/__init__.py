"""Handwriting data of many forms, each behind the same small interface."""
