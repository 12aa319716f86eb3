"""How a sweep tells where it is; the edges decide what is shown of it."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told of each phase of a sweep and of each step within it."""

    def phase(self, name: str, steps: int | None = None) -> None:
        """A phase begins; `steps` is how many it has, where that is known."""

    def advance(self) -> None:
        """One step of the phase is done."""
