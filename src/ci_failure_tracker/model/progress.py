"""How a sweep reports its progress; the entry points decide what people see."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Receives each phase of a sweep and each step within it."""

    def phase(self, name: str, steps: int | None = None) -> None:
        """A phase begins; `steps` is the number of its steps, if it is known."""

    def advance(self) -> None:
        """One step of the phase is done."""
