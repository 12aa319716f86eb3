"""Which repositories need no sweep, because nothing differs from what the last sweep kept.

A repository is skipped only if nothing that a screening sees has changed, and if time alone changes nothing either.

What a screening sees: the newest commits of the watched branches and the runs on them, the newest tags and the runs on
their commits, the issues with the label of the tracker, closed ones as well, and known issues. A run that goes on or
waits is a reason to sweep, also one on an older commit that went on in the last sweep. So is what the last sweep left
undone, and so are other settings or another version of the program.

What it does not see is bounded by time. A repository with an open issue, a known issue, a failing job or a scheduled
run is swept in full within a day of its last sweep, any other one within a week. That holds for what time brings (a
missed schedule, a comment after a week, a mute that ends, an issue that closes after 90 days, runs that get too old),
and for runs that run again on older commits and tags than those, runs that were deleted, workflows that were switched
off, rights of the token and of people. The times differ from one repository to the next by a hash, so that repositories
which were swept together are not all due together.

A repository that was never swept is only screened if all runs on its newest commits and tags pass. That is no
all-clear: a workflow may have failed on an older commit, and a run may have passed only when it was run again. It is
swept as soon as anything changes, and within the same times.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from ci_failure_tracker import __version__
from ci_failure_tracker.model import MissedSchedule, Severity, SkipReason, WriteStatus
from ci_failure_tracker.model.organisation import Kept, Look, RepositoryEntry
from ci_failure_tracker.model.refs import QUEUE, is_glob
from ci_failure_tracker.model.screening import ScreeningQuery, SeenCommit, SeenIssues, SeenRepository, SeenSuite
from ci_failure_tracker.report.report_json import SETTLED_SKIPS
from ci_failure_tracker.selection.refs import watched_refs
from ci_failure_tracker.settings import AllowedFailures, Settings
from ci_failure_tracker.settings.declaration import InputGroup, input_of

COMMITS, COMMITS_AT_FIRST = 5, 20
"""The newest commits of a branch that are looked at, and those of a repository that was never swept."""

A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
LAG = timedelta(minutes=10)
"""What changed less than this before a sweep may not have been in the lists that the sweep read."""

_MOST_NAMED = 5
"""Branches and tags that settings may name; each makes the requests larger."""

_COMPLETED, _SCHEDULED = "completed", "schedule"
_PASSED = frozenset({"success", "neutral", "skipped"})
_DECIDING = frozenset({InputGroup.WATCHED, InputGroup.ISSUES, InputGroup.LOGS, InputGroup.LIMITS, InputGroup.RUN})
"""The groups of inputs that may change what a sweep finds or writes."""

_NOT_DONE = frozenset({WriteStatus.FAILED.value, WriteStatus.LEFT.value})


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
) -> Screening:
    """What to do with each repository; one that could not be looked at has to be swept.

    Args:
        reader: looks at the repositories.
        names: the full names of the repositories.
        last: the entry of each repository in the last report, by the same name; none of one that is new.
        settings: those of every sweep, whatever repository they name.
        now: the time of this sweep.

    Raises:
        BadTokenError: GitHub refuses the token.
    """
    if why := _unseen_by_settings(settings):
        return Screening({name: Screened(None, why, None) for name in names})
    context = _Context(settings, _digest([__version__, settings_digest(settings)])[:8], now)
    before = reader.requests
    seen: dict[str, SeenRepository | str] = {}
    for never_swept, commits in ((True, COMMITS_AT_FIRST), (False, COMMITS)):
        chosen = [name for name in names if _is_new(last.get(name)) is never_swept]
        if chosen:
            seen |= reader.look(chosen, _asked(settings, commits))
    screened = {name: _judge(name, seen[name], last.get(name), context) for name in names}
    return Screening(screened, reader.requests - before)


def _is_new(entry: RepositoryEntry | None) -> bool:
    return entry is None or (entry.kept is None and entry.report is None)


def _asked(settings: Settings, commits: int) -> ScreeningQuery:
    watched = watched_refs(settings, "")
    patterns = tuple(filter(is_glob, watched.named))
    refs = (f"refs/{kind}/{name}" for name in watched.named if name not in patterns for kind in ("heads", "tags"))
    return ScreeningQuery(settings.labels[0], tuple(refs), patterns, watched.tags or bool(patterns), commits)


def _unseen_by_settings(settings: Settings) -> str:
    """Why a screening cannot see all that the settings watch; empty if it can."""
    watched = watched_refs(settings, "")
    if any(map(_may_match_queue, watched.branches)):
        return "The settings watch merge queues, whose branches are gone when their runs are over."
    if len(watched.named) > _MOST_NAMED:
        return f"The settings name more than {_MOST_NAMED} branches and tags."
    return ""


def _may_match_queue(pattern: str) -> bool:
    start = re.split(r"[*?\[]", pattern, maxsplit=1)[0]
    return is_glob(pattern) and (QUEUE.startswith(start) or start.startswith(QUEUE))


# --- one repository ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Context:
    """What is the same for all repositories; `digest` stands for the settings and the program's version."""

    settings: Settings
    digest: str
    now: datetime


def _judge(name: str, seen: SeenRepository | str, last: RepositoryEntry | None, context: _Context) -> Screened:
    """What to do with a repository that shows this."""
    if isinstance(seen, str):
        return Screened(None, f"It could not be screened: {seen.removesuffix('.')}.", None)
    if why := _incomparable(name, seen):
        return Screened(None, why, None)
    kept = _kept(seen, context)
    if last is None or _is_new(last):
        return _judge_new(seen, last, kept, context)
    return _judge_known(seen, last, kept, context)


def _judge_new(seen: SeenRepository, last: RepositoryEntry | None, kept: Kept, context: _Context) -> Screened:
    why = _running(seen) or _not_passing(seen, context.settings) or (_left(last) if last else "")
    if why:
        return Screened(None, why, kept)
    kept = dataclasses.replace(kept, swept_at=None, screened_at=context.now)
    return Screened(Look.SCREENED, "Its newest runs pass.", kept)


def _judge_known(seen: SeenRepository, last: RepositoryEntry, kept: Kept, context: _Context) -> Screened:
    undone = _left(last) or _left_undone(last, context.settings)
    why = _running(seen) or _news(kept, last) or undone or _lagging(seen, last) or _due(seen, last, context)
    if why:
        return Screened(None, why, kept)
    if last.kept and last.kept.swept_at is None:
        return Screened(Look.SCREENED, "Its newest runs pass, as in the last sweep.", last.kept)
    return Screened(Look.UNCHANGED, "Nothing changed since the last sweep.", last.kept)


def _incomparable(name: str, seen: SeenRepository) -> str:
    """Why what a repository shows cannot be compared; empty if it can."""
    if seen.name.lower() != name.lower():
        return f"It is now called {seen.name}."
    is_complete = all(commit.complete for commit in _commits(seen))
    return "" if is_complete else "A commit has more runs than a screening sees."


def _commits(seen: SeenRepository) -> Iterator[SeenCommit]:
    for ref in (seen.default_branch, *seen.refs, *seen.tags):
        yield from ref.commits


def _suites(seen: SeenRepository) -> Iterator[SeenSuite]:
    for commit in _commits(seen):
        yield from commit.suites


def _running(seen: SeenRepository) -> str:
    """That something waits or goes on: it changes with time alone."""
    return "A run is not completed." if any(suite.status != _COMPLETED for suite in _suites(seen)) else ""


def _not_passing(seen: SeenRepository, settings: Settings) -> str:
    """Why a repository that was never swept does not pass as far as its newest runs show; empty if it does."""
    if settings.allowed_failures is AllowedFailures.TRACK:
        return "A run that passes may have failed jobs that the settings track."
    if not seen.has_issues:
        return "Its issues are switched off."
    if seen.open_issues:
        return "It has an open issue of the tracker."
    suites = tuple(_suites(seen))
    if any(map(_is_bad, suites)):
        return "One of its newest runs did not pass."
    shown = any(suite.branch == seen.default_branch.name for suite in suites)
    return "None of its runs is on its newest commits." if seen.has_workflows and not shown else ""


def _is_bad(suite: SeenSuite) -> bool:
    # A job that is skipped in each scheduled run may be one that never runs.
    skipped = suite.conclusion == "skipped" and suite.event == _SCHEDULED
    return suite.conclusion not in _PASSED or skipped or suite.workflow_state == MissedSchedule.DISABLED


def _news(kept: Kept, last: RepositoryEntry) -> str:
    """What differs from what was kept."""
    if last.kept is None:
        return "Nothing was kept of it in the last sweep."
    if _digest_of(kept) != _digest_of(last.kept):
        return "The settings or the program changed."
    names = {"heads": "a branch", "suites": "a run", "tags": "a tag", "issues": "an issue"}
    changed = [name for field, name in names.items() if getattr(kept, field) != getattr(last.kept, field)]
    return f"There is news: {', '.join(changed)}." if changed else ""


def _left(last: RepositoryEntry) -> str:
    return "It was left in the last sweep." if last.look in {Look.LEFT, Look.FAILED} else ""


def is_failing(report: Mapping[str, Any] | None) -> bool:
    """Whether anything fails in a report, also if a known issue counts it: that may be closed."""
    known = _objects(report or {}, "known_issues")
    return bool((report or {}).get("failing")) or any(each.get("failing") for each in known)


def _left_undone(last: RepositoryEntry, settings: Settings) -> str:
    """That the last sweep could not do all of its work, so that the next one would do something."""
    try:
        return _undone(last, last.report or {}, settings)
    except (AttributeError, TypeError):
        return "The report of its last sweep has an unexpected form."


def _undone(last: RepositoryEntry, report: Mapping[str, Any], settings: Settings) -> str:
    logs = report.get("logs") or {}
    if last.kept and last.kept.swept_at and not report:
        return "The report of its last sweep is not there."
    if report.get("partial") or any(logs.get(name) for name in ("unavailable", "unread", "left_out")):
        return "The last sweep did not see everything."
    # It may be on an older commit than those that a screening sees.
    if (report.get("window") or {}).get("runs_unfinished"):
        return "A run went on in the last sweep."
    texts = ({"status": known.get("written")} for known in _objects(report, "known_issues"))
    # If no issue may be opened at all, none is left for the next sweep.
    settled = SETTLED_SKIPS | {SkipReason.OVER_CAP} if settings.max_new_issues == 0 else SETTLED_SKIPS
    if any(_is_not_done(action, settled) for action in (*_objects(report, "actions"), *texts)):
        return "The last sweep left something undone."
    # A warning says that something could not be read: the open issues, for instance, so that none was opened.
    problems = (one.get("severity") != Severity.NOTICE for one in _objects(report, "problems"))
    return "The last sweep had a problem." if any(problems) else ""


def _is_not_done(action: Mapping[str, Any], settled: Set[str]) -> bool:
    reason = action.get("skip_reason")
    return action.get("status") in _NOT_DONE if reason is None else reason not in settled


def _objects(report: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    listed = report.get(name)
    return [one for one in listed if isinstance(one, Mapping)] if isinstance(listed, list) else []


def _lagging(seen: SeenRepository, last: RepositoryEntry) -> str:
    """That a run ended just before the last sweep, whose list may not have had it."""
    at = last.kept.swept_at if last.kept else None
    recent = at is not None and any(suite.updated_at > at - LAG for suite in _suites(seen))
    return "A run changed just before the last sweep." if recent else ""


# --- what time brings ----------------------------------------------------------------------------


def _due(seen: SeenRepository, last: RepositoryEntry, context: _Context) -> str:
    """That the last sweep of the repository is too long ago, or that it never had one."""
    kept = last.kept
    since = (kept.swept_at or kept.screened_at) if kept else None
    failing = is_failing(last.report)
    scheduled = context.settings.schedules or any(suite.event == _SCHEDULED for suite in _suites(seen))
    waits = bool(seen.open_issues or seen.known.count or failing or scheduled)
    period, words = (A_DAY, "a day") if waits else (A_WEEK, "a week")
    # A time in the future is that of a clock that was wrong.
    if since is None or not timedelta() <= context.now - since < _patience(seen.id, period):
        return f"It is swept at least once {words}."
    return ""


def _patience(key: str, period: timedelta) -> timedelta:
    """From half the period to all of it, by a hash, so that not all are due at the same time."""
    share = int(_digest([key])[:8], 16) / 0xFFFFFFFF
    return period * (1 + share) / 2


# --- what is kept --------------------------------------------------------------------------------


def settings_digest(settings: Settings) -> str:
    """A hash of the settings that may change what a sweep finds or writes."""
    fields = ((field.name, input_of(field)) for field in dataclasses.fields(settings))
    # What was kept while the issues were in another repository says nothing of these.
    deciding = (
        name
        for name, declared in fields
        if declared is None or declared.group in _DECIDING or name == "issues_repository"
    )
    return _digest([(name, _text(getattr(settings, name))) for name in deciding])


def _text(value: object) -> str:
    return repr(sorted(map(repr, value))) if isinstance(value, frozenset) else repr(value)


def _kept(seen: SeenRepository, context: _Context) -> Kept:
    """What to keep. A deeper look keeps no more than another one, or they could not be compared."""
    branches = [(ref.name, ref.commits[:COMMITS]) for ref in (seen.default_branch, *seen.refs)]

    def text(*values: object) -> str:
        return f"{context.digest}:{_digest(values)[:16]}"

    return Kept(
        heads=text(seen.id, [(name, commits[0].sha if commits else "") for name, commits in branches]),
        suites=text([_as_values(commit) for _, commits in branches for commit in commits]),
        tags=text(seen.tag_count, [(tag.name, [_as_values(commit) for commit in tag.commits]) for tag in seen.tags]),
        issues=text(seen.has_issues, seen.open_issues, _values(seen.tracked), _values(seen.known)),
        swept_at=context.now,
    )


def _as_values(commit: SeenCommit) -> Sequence[object]:
    return [commit.sha, sorted(map(_values, commit.suites))]


def _values(shown: SeenSuite | SeenIssues) -> tuple[str, ...]:
    return tuple(str(getattr(shown, field.name)) for field in dataclasses.fields(shown))


def _digest_of(kept: Kept) -> str:
    return kept.heads.partition(":")[0]


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
