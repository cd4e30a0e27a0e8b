"""Handwriting fonts under open licences: fetched from npm, never kept in the project."""
