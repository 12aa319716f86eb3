"""Which branches and tags are watched, and which of them share one branch status; pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from ci_failure_tracker.model import (
    QUEUE,
    SCHEDULE,
    TAG_EVENTS,
    TAGS,
    BranchStatus,
    Needs,
    Outcome,
    Query,
    RefKind,
    Refs,
    Run,
    Snapshot,
    State,
    Tag,
    TagRun,
    Watched,
    is_on,
)
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.text.short_names import short_branch
from ci_failure_tracker.tracking.observations import needs_jobs
from ci_failure_tracker.tracking.present_refs import new_tags_from
from ci_failure_tracker.tracking.retirement import is_old, times_by_status
from ci_failure_tracker.tracking.track import TrackedIssues

_DEFAULT, _TAGS, _MERGE_QUEUE = "default", "tags", "merge-queue"
_WATCHED_BY_DEFAULT = (_DEFAULT, _TAGS)

_RELEASE = "release"
_MOST_ASKED = 100
"""Names of refs that a sweep asks for; they fit into one request."""

_LEAST_TAGS = 5
"""The newest runs of a workflow on tags that are looked at if one of them failed."""

_LONGEST = 100
_NO_NAME = frozenset("*?[~^: \\")
"""Characters that no ref has; a name that was shortened or masked has one of them."""

_GOOD = frozenset({Outcome.SUCCESS, None})


# --- what is watched -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WatchedRefs:
    """What `branch` names: `branches` are names and globs of branches and tags, `tags` is the word for all tags.

    `named` are the names and globs that are no words.
    """

    branches: tuple[str, ...]
    named: tuple[str, ...]
    tags: bool

    def has(self, name: str) -> bool:
        """Whether a branch is watched."""
        return _matches(name, self.branches)


def watched_refs(settings: Settings, default_branch: str) -> WatchedRefs:
    """What the settings watch, in a repository with this default branch."""
    given = settings.branch or _WATCHED_BY_DEFAULT
    words = {_DEFAULT: (default_branch,), _TAGS: (), _MERGE_QUEUE: (f"{QUEUE}*",)}
    branches = tuple(name for part in given for name in words.get(part, (part,)))
    return WatchedRefs(branches, tuple(part for part in given if part not in words), _TAGS in given)


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(is_on(name, pattern) for pattern in patterns)


# --- what is needed ------------------------------------------------------------------------------


def needs_of_refs(snapshot: Snapshot, tracked_issues: TrackedIssues, settings: Settings, query: Query) -> Needs:
    """What is needed before a run has its branch status: the runs of tags, and what other names stand for."""
    states = tracked_issues.open_states
    tag_runs = tuple(_tags_to_read(snapshot, states, settings, query)) if query.needs_tags else ()
    return Needs(
        tag_runs=tag_runs,
        # Without the right to see tags, a release still tells its own.
        release_runs=query.needs_tags and snapshot.tags is None,
        refs=tuple(_names_to_ask(snapshot, states)),
    ).without(snapshot.asked)


def _tags_to_read(snapshot: Snapshot, states: Sequence[State], settings: Settings, query: Query) -> Iterator[str]:
    """The tags whose runs are read, of each workflow that failed on its newest tags, or that an issue waits for.

    Check suites say how the runs ended, so tags of workflows that pass cost no request.
    """
    listed = {(run.workflow.id, run.number) for run in snapshot.runs}
    waiting = {status.workflow_id for status in _waiting(states) if status.branch.startswith(TAGS)}
    by_workflow: dict[int, list[tuple[TagRun, Tag]]] = defaultdict(list)
    for tag in snapshot.tags or ():
        for run in tag.runs:
            wanted = query.workflows is None or run.workflow_id in query.workflows
            if wanted and run.event in TAG_EVENTS and (run.workflow_id, run.number) not in listed:
                by_workflow[run.workflow_id].append((run, tag))
    # As many as may close an issue, twice, because some of the tags may lack the job.
    depth = max(_LEAST_TAGS, 2 * settings.close_after, settings.min_failures)
    chosen: dict[str, None] = {}
    for workflow_id, on_tags in by_workflow.items():
        newest = sorted(on_tags, key=lambda pair: pair[0].created_at, reverse=True)[:depth]
        bad = [place for place, (run, _) in enumerate(newest) if Outcome.of(run.conclusion) not in _GOOD]
        until = len(newest) if workflow_id in waiting else max(bad, default=-1) + 1
        chosen |= dict.fromkeys(tag.name for _, tag in newest[:until])
    yield from chosen


def _waiting(states: Iterable[State]) -> Iterator[BranchStatus]:
    return (status for state in states for status in state.branch_statuses if not status.gone)


def _names_to_ask(snapshot: Snapshot, states: Sequence[State]) -> Sequence[str]:
    """The names of which it matters whether they are branches or tags, or gone.

    It matters for a name that failed, or that an issue waits for. If that may be a tag, the other names that may be
    tags matter as well, because later tags go on where it ended.
    """
    known = {snapshot.repository.default_branch, *(tag.name for tag in snapshot.tags or ())}
    known |= {run.branch for run in snapshot.runs if run.event == _RELEASE}
    # An issue holds such a name in a form in which GitHub does not know it.
    known |= {
        form
        for run in snapshot.runs
        if (short := short_branch(run.branch)) != run.branch
        for form in (run.branch, short)
    }
    failed = (
        run.branch for run in snapshot.runs if needs_jobs(run, snapshot.runs) or Outcome.of(run.conclusion) not in _GOOD
    )
    remembered = (status.branch for status in _waiting(states) if status.subject != SCHEDULE)
    matter = [name for name in dict.fromkeys((*failed, *remembered)) if name not in known and _can_be_asked(name)]
    may_be_tags = {run.branch: None for run in snapshot.runs if run.event in TAG_EVENTS}
    listed = {run.branch for run in snapshot.runs}
    if any(name in may_be_tags or name not in listed for name in matter):
        matter += [name for name in may_be_tags if name not in known and _can_be_asked(name)]
    return tuple(dict.fromkeys(matter))[:_MOST_ASKED]


def _can_be_asked(name: str) -> bool:
    is_ref = bool(name) and not name.startswith((QUEUE, TAGS))
    return is_ref and len(name) < _LONGEST and not _NO_NAME & set(name)


# --- what it says --------------------------------------------------------------------------------


def with_refs(snapshot: Snapshot, tracked_issues: TrackedIssues, settings: Settings, query: Query) -> Snapshot:
    """The snapshot with the runs of tags, and with the ref of its branch status in each run."""
    refs = _refs(snapshot, tracked_issues, settings)
    listed = {run.id for run in snapshot.runs}
    on_tags = {run.id: run for run in snapshot.tag_runs if run.id not in listed}
    more = (run for run in on_tags.values() if query.matches_on_tag(run) and not run.from_fork)
    runs = sorted((*snapshot.runs, *more), key=lambda run: run.order, reverse=True) if on_tags else snapshot.runs
    return replace(snapshot, refs=refs, runs=tuple(_with_status_ref(run, refs) for run in runs))


def _with_status_ref(run: Run, refs: Refs) -> Run:
    status_ref = refs.status_ref(run.branch, run.event)
    shown = "" if status_ref == run.branch else status_ref
    return run if shown == run.status_ref else replace(run, status_ref=shown)


def _refs(snapshot: Snapshot, tracked_issues: TrackedIssues, settings: Settings) -> Refs:
    default_branch = snapshot.repository.default_branch
    watched = watched_refs(settings, default_branch)
    tags = {tag.name: RefKind.TAG for tag in snapshot.tags or ()}
    released = {run.branch: RefKind.TAG for run in snapshot.tag_runs if run.event == _RELEASE}
    # A branch may have the name of a tag; then what was asked for counts.
    kinds = {**tags, **released, **snapshot.ref_kinds}
    kinds.pop(default_branch, None)
    return Refs(
        default_branch=default_branch,
        former_defaults=frozenset(_former_defaults(tracked_issues, kinds, watched, default_branch)),
        kinds=kinds,
        tag_patterns=watched.named or ("*",),
        tags_by_word=watched.tags,
    )


def _former_defaults(
    tracked_issues: TrackedIssues, kinds: Mapping[str, RefKind], watched: WatchedRefs, default_branch: str
) -> Iterator[str]:
    """The names under which issues remember the default branch, if these are no longer branches of their own."""
    states = [tracked.state for tracked in tracked_issues.written if tracked.state]
    for state in states:
        if state.watched is not None:
            name, gone = state.watched.default_branch, kinds.get(state.watched.default_branch) is RefKind.GONE
            if name != default_branch and (gone or not watched.has(name)):
                yield name
        elif not watched.named:
            # An older version wrote the issue, and it watched no branch but the default one.
            for status in state.branch_statuses:
                if kinds.get(status.branch) is RefKind.GONE:
                    yield status.branch


def watched_now(snapshot: Snapshot, tracked_issues: TrackedIssues) -> Watched:
    """What an issue remembers of what this sweep watched."""
    return Watched(short_branch(snapshot.refs.default_branch), new_tags_from(tracked_issues.written))


# --- what may be quiet ---------------------------------------------------------------------------


def quiet_workflows(snapshot: Snapshot, states: Iterable[State], now: datetime) -> tuple[tuple[int, str], ...]:
    """The workflows and refs whose last runs are needed: a failure there is old, and the list shows no newer run."""
    listed = {key: max(times) for key, times in times_by_status(snapshot.runs).items()}
    waiting = [status for status in _waiting(states) if is_old(status.newest_known[0], now)]
    keys = {status.branch_key[:2] for status in waiting if status.subject != SCHEDULE}
    complete = snapshot.window.start is None and not snapshot.window.partial
    for run in snapshot.runs:
        key = run.branch_key[:2]
        may_be_more = not complete or key[1].startswith(TAGS)
        if key not in keys and may_be_more and is_old(listed[key], now) and needs_jobs(run, snapshot.runs):
            keys.add(key)
    return tuple(sorted(key for key in keys if is_old(listed.get(key), now)))
