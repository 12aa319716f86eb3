"""Puts the reports of several processes together that swept the repositories of one organisation."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.model import Problem, Requests, Severity
from ci_failure_tracker.model.organisation import Look, RepositoryEntry
from ci_failure_tracker.model.words import counted, some_of
from ci_failure_tracker.report.organisation import OrganisationReport

_NEVER = datetime.min.replace(tzinfo=UTC)
_NAME = re.compile(r"[\w.-]{1,100}/[\w.-]{1,100}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Shard:
    """One job of the matrix that `discover` printed, and the repositories that it sweeps."""

    number: int
    repositories: tuple[str, ...]


def read_matrix(text: str) -> tuple[Shard, ...]:
    """The shards of what `discover --format json` printed.

    Raises:
        SettingsError: it is something else.
    """
    try:
        # The text comes from a file of another job, so nothing in it is taken for granted.
        jobs = json.loads(text)["include"]
        shards = tuple(Shard(int(job["shard"]), tuple(job["repositories"].split(","))) for job in jobs)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        shards = ()
    if not shards or not all(_NAME.fullmatch(name) for shard in shards for name in shard.repositories):
        raise SettingsError(["`expected` is not what `discover` gives as its matrix."])
    return shards


def combine(
    reports: Sequence[OrganisationReport],
    shards: Sequence[Shard],
    last: OrganisationReport | None,
    now: datetime,
) -> OrganisationReport:
    """One report of all; of a repository that is in several of them, what is known of it last.

    A repository of the matrix that no report names was left out: its shard ended without a report. Of such a repository
    `last` tells what was known before.
    """
    entries = _newest(reports)
    missing = [(shard, [name for name in shard.repositories if name.casefold() not in entries]) for shard in shards]
    for shard, names in missing:
        entries |= {name.casefold(): _left(name, shard) for name in names}
    before = _newest([last]) if last else {}
    known = [_with_last(entry, before.get(name)) for name, entry in entries.items()]
    # What the last report told is no news, so no message repeats it.
    told = (entry.name for name, entry in entries.items() if _is_told(entry, before.get(name)))
    combined = OrganisationReport(
        at=max((report.at for report in reports), default=now),
        entries=tuple(known),
        requests=_requests([report.requests for report in reports]),
        issues_repository=next((report.issues_repository for report in reports if report.issues_repository), ""),
        told=frozenset(told),
    )
    problems = [problem for report in reports for problem in report.problems]
    return combined.with_problems([*_of_shards(missing), *problems])


def _newest(reports: Iterable[OrganisationReport]) -> dict[str, RepositoryEntry]:
    """The entry of each repository, by its name in small letters, with what is known of it last.

    A later report that could not look at it says that it is not known how it is now.
    """
    found: dict[str, RepositoryEntry] = {}
    for report in sorted(reports, key=lambda report: report.at):
        for entry in report.entries:
            name = entry.name.casefold()
            before = found.get(name, entry)
            # The same repository is in two reports if a job was run again, and the later look counts.
            is_newer = (entry.at or _NEVER) >= (before.at or _NEVER)
            found[name] = entry if is_newer else _unless_unseen(before, entry)
    return found


def _unless_unseen(known: RepositoryEntry, later: RepositoryEntry) -> RepositoryEntry:
    # That a later sweep could not look is said, but the last findings stay: they are the best that is known.
    if later.look not in {Look.LEFT, Look.FAILED}:
        return known
    return dataclasses.replace(known, look=later.look, problem=later.problem)


def _left(name: str, shard: Shard) -> RepositoryEntry:
    what = f"Shard {shard.number} brought no report of it."
    return RepositoryEntry(name, Look.LEFT, problem=Problem(Severity.WARNING, what))


def _with_last(entry: RepositoryEntry, last: RepositoryEntry | None) -> RepositoryEntry:
    """An entry without a report, with what was known before."""
    # A repository that was not swept this time would vanish from the page although it may still fail.
    if entry.report is not None or last is None:
        return entry
    kept = entry.kept or last.kept
    return dataclasses.replace(entry, private=entry.private or last.private, at=last.at, kept=kept, report=last.report)


def _is_told(entry: RepositoryEntry, last: RepositoryEntry | None) -> bool:
    """Whether the last report had all that this entry tells."""
    return last is not None and last.at is not None and entry.at is not None and entry.at <= last.at


def _of_shards(missing: Iterable[tuple[Shard, Sequence[str]]]) -> Iterator[Problem]:
    """A problem for each shard that brought no report of some repositories."""
    for shard, names in missing:
        if names:
            whole = "no report" if len(names) == len(shard.repositories) else "no report of some"
            many = counted(len(names), "repository was", "repositories were")
            what = f"Shard {shard.number} brought {whole}: {many} not swept ({some_of(names)})."
            yield Problem(
                Severity.ERROR, what, "See why its job failed, and run it again. The results of others stand."
            )


def _requests(all_sent: Sequence[Requests]) -> Requests:
    """All requests; what is left is what is left to the token that has least."""
    # The limit is one for all jobs that share the token, so that the smallest number is the newest.
    left = min((each.left for each in all_sent if each.left is not None), default=None)
    return Requests(sum(each.made for each in all_sent), left, sum(each.most for each in all_sent))
