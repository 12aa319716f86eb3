"""What went wrong in a sweep and did not stop it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How serious a problem is: an error changes the exit code, a notice asks for no action."""

    NOTICE = "notice"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong and did not stop the sweep; `advice` says how to fix it."""

    severity: Severity
    what: str
    advice: str = ""

    def __str__(self) -> str:
        """One line for a log or an annotation."""
        return f"{self.what} {self.advice}".strip()
