"""What is wrong with a report or with an archive, in words that stand after its name."""

from __future__ import annotations


class ReportError(Exception):
    """A report or an archive that cannot be read; the text goes on after its name: "is no XML"."""
