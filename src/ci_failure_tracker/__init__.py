"""Keeps exactly one GitHub issue for each thing that is broken in a repository's workflows."""

__version__ = "1.0.0"
