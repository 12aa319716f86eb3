"""What a policy did: its issues, when each was open, and every deed with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Deed:
    """Something done to an issue; `comment` is the kind of what was said, empty where nothing was."""

    at: datetime
    what: str
    reason: str
    comment: str = ""


@dataclass(frozen=True)
class Span:
    """A time in which an issue was open; `end` is where it was closed, or the world's end."""

    start: datetime
    end: datetime
    closed: bool

    def holds(self, moment: datetime) -> bool:
        """Whether it was open right after a moment."""
        return self.start <= moment < self.end


@dataclass
class Entry:
    """One issue. `key` is what it stands for, `jobs` are those that it names, `cause` is set where it is one cause."""

    key: str
    jobs: set[str] = field(default_factory=set)
    cause: str = ""
    deeds: list[Deed] = field(default_factory=list)

    def spans(self, end: datetime) -> Iterator[Span]:
        """The times in which it was open."""
        since: datetime | None = None
        for deed in self.deeds:
            if deed.what in {"open", "reopen"} and since is None:
                since = deed.at
            elif deed.what == "close" and since is not None:
                yield Span(since, deed.at, closed=True)
                since = None
        if since is not None:
            yield Span(since, end, closed=False)

    @property
    def is_open(self) -> bool:
        """Whether it is open after all its deeds."""
        whats = [deed.what for deed in self.deeds if deed.what in {"open", "reopen", "close"}]
        return bool(whats) and whats[-1] != "close"


@dataclass
class Ledger:
    """All that a policy did, and when it looked."""

    name: str
    entries: list[Entry] = field(default_factory=list)
    sweeps: list[datetime] = field(default_factory=list)

    def comments(self) -> Counter[str]:
        """How many comments there were of each kind."""
        return Counter(deed.comment for entry in self.entries for deed in entry.deeds if deed.comment)
