"""Values that are never shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that never shows in a message, a log or a report."""

    _value: str

    def reveal(self) -> str:
        """The value itself; only for the request that needs it."""
        return self._value

    def __bool__(self) -> bool:
        """Whether there is a value at all."""
        return bool(self._value)

    def __repr__(self) -> str:
        """Never the value."""
        return "Secret(***)"

    def __str__(self) -> str:
        """Never the value."""
        return "***"
