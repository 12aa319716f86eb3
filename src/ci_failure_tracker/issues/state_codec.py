"""The state of an issue as JSON and back, as a marker holds it."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import chain, groupby, pairwise, repeat
from typing import Any

from ci_failure_tracker.issues.codec import (
    FLAG,
    INT,
    TEXT,
    TIME,
    Codec,
    Inline,
    Key,
    as_list,
    as_object,
    enum,
    many,
    maybe,
    triple,
)
from ci_failure_tracker.model import (
    ALL_JOBS,
    OTHER_LEGS,
    SHORT_FAILURE,
    BranchStatus,
    Cause,
    Checkpoint,
    CloseReason,
    Closing,
    Commit,
    CommitsBetween,
    Evidence,
    ExcerptLine,
    FailedLeg,
    FailureKind,
    Flaky,
    Identity,
    IdentityKind,
    LegCount,
    LogUnavailable,
    Merged,
    Mistake,
    NamedTests,
    NeverRan,
    NeverRanReason,
    Occurrence,
    Outcome,
    RedLeg,
    RetireReason,
    RunRef,
    SplitCause,
    StartFailure,
    State,
    Suspect,
    Trials,
    Watched,
    WorkflowMistake,
)
from ci_failure_tracker.text.short_names import short_branch

VERSION = 1

# Lists in place of objects, and short keys: the marker has room for 8 KB, and a run stands in it many times.
_RUN_REF = as_list(RunRef, least=4, run_id=INT, number=INT, sha=TEXT, at=TIME, repository=TEXT)
_LEG_COUNT = as_list(LegCount, leg=TEXT, count=INT, last_seen=TIME)
_FAILED_LEG = as_list(
    FailedLeg,
    least=3,
    leg=TEXT,
    job_id=maybe(INT),
    step=maybe(TEXT),
    signature=TEXT,
    log_unavailable=enum(LogUnavailable),
    outcome=enum(Outcome),
    partly=FLAG,
)
_CAUSE = as_list(Cause, signature=TEXT, headline=TEXT, count=INT, first_seen=TIME, last_seen=TIME)
_EXCERPT_LINE = as_list(ExcerptLine, least=2, number=INT, text=TEXT, left_out=INT, repeats=INT)
_SUSPECT = as_list(Suspect, sha=TEXT, title=TEXT, author=TEXT)
_MISTAKE = as_list(WorkflowMistake, least=2, line=INT, mistake=enum(Mistake), names=many(TEXT))
_START_FAILURE = as_list(StartFailure, sha=TEXT, mistakes=many(_MISTAKE))
_CLOSING = as_list(Closing, close_reason=enum(CloseReason), at=TIME)
_FLAKY = as_list(Flaky, commits=many(TEXT), more=INT, failed=INT, runs=INT, changes=INT)
_REACH = as_list(Checkpoint, until=TIME, run_id=INT, start=maybe(TIME), without=many(INT), fingerprint=TEXT)

# A person can edit a marker and write any number.
_COUNT: Codec[int] = Codec(int, lambda data: max(0, min(int(data), 1_000_000_000)))
_TRIALS = as_list(Trials, total=_COUNT, failed=_COUNT, passes=_COUNT, longest=_COUNT)

_KINDS = frozenset(kind.value for kind in FailureKind)


def _read_kind(text: object) -> FailureKind:
    """The kind; a newer version may know others."""
    return FailureKind(text) if text in _KINDS else FailureKind.UNKNOWN


_KIND: Codec[FailureKind] = Codec(lambda kind: kind.value, _read_kind)

_EVIDENCE = as_object(
    Evidence,
    Key("run_id", "run", INT),
    Key("attempt", "attempt", INT),
    Key("number", "number", INT),
    Key("job_id", "job", INT),
    Key("ended_at", "ended", TIME),
    Key("signature", "cause", TEXT),
    Key("headline", "headline", TEXT),
    Key("step", "step", INT),
    Key("log_unavailable", "absence", enum(LogUnavailable)),
    Key("lines", "lines", many(_EXCERPT_LINE)),
    # An older version does not write these, and ignores them.
    Key("tool", "tool", TEXT),
    Key("kind", "kind", _KIND),
    Key("subject", "subject", TEXT),
    Key("location", "place", TEXT),
    Key("context", "context", many(_EXCERPT_LINE)),
    Key("usual_seconds", "usual", INT),
    Key("repository", "repository", TEXT),
)


# --- short forms --------------------------------------------------------------------------------


def _write_causes(causes: Sequence[Cause]) -> dict[str, Any]:
    """Three keys: an older version reads a cause only with five values, and ignores a key that it does not know."""
    if not causes:
        return {}
    failures = ["".join(cause.failures) for cause in causes]
    kinds = {cause.signature: cause.kind.value for cause in causes if cause.kind is not FailureKind.UNKNOWN}
    held = {"failures": failures if any(failures) else None, "kinds": kinds}
    return {"causes": [*map(_CAUSE.write, causes)], **{key: value for key, value in held.items() if value}}


def _read_causes(data: Mapping[str, Any]) -> tuple[Cause, ...]:
    """The causes. A kind that a newer version wrote is not known here."""
    causes, kinds = map(_CAUSE.read, data.get("causes", ())), data.get("kinds", {})
    failures = chain(map(str, data.get("failures", ())), repeat(""))
    return tuple(
        replace(cause, failures=_read_failures(text), kind=_read_kind(kinds.get(cause.signature)))
        for cause, text in zip(causes, failures, strict=False)
    )


def _read_failures(data: object) -> tuple[str, ...]:
    text = str(data)
    return tuple(text[place : place + SHORT_FAILURE] for place in range(0, len(text), SHORT_FAILURE))


_NAMED = {"jobs": "tests", "retried": "retried", "passed": "passed"}
"""The lists of `NamedTests` by their keys."""


def _write_named(named: Iterable[NamedTests]) -> dict[str, Any]:
    """The names once, and of each job the places of its own: a test often fails in many jobs."""
    named = tuple(named)
    names = [*dict.fromkeys(name for of_job in named for field in _NAMED.values() for name in getattr(of_job, field))]
    places = {name: place for place, name in enumerate(names)}
    lists = {
        key: [[of_job.job_id, *(places[name] for name in held)] for of_job in named if (held := getattr(of_job, field))]
        for key, field in _NAMED.items()
    }
    return {"tests": names, **{key: rows for key, rows in lists.items() if rows}}


def _read_named(data: Mapping[str, Any]) -> tuple[NamedTests, ...]:
    names = [str(name) for name in data["tests"]]
    by_job: dict[int, dict[str, tuple[str, ...]]] = defaultdict(dict)
    for key, field in _NAMED.items():
        for job_id, *places in data.get(key, ()):
            by_job[int(job_id)][field] = tuple(names[place] for place in places if 0 <= place < len(names))
    return tuple(NamedTests(job_id, **lists) for job_id, lists in sorted(by_job.items()))


def _write_commits(between: CommitsBetween) -> dict[str, Any]:
    """An older version reads a commit only with three values, and ignores the keys that it does not know."""
    commits = [*map(_SUSPECT.write, between.commits)]
    details = [[suspect.pull_request, suspect.file] for suspect in between.commits]
    flags = {
        "more": between.more,
        "unknown": not between.known,
        "single": between.single,
        "pending": between.pending,
        "unread": between.files_pending,
    }
    return {
        "green": between.green,
        "red": between.red,
        "commits": commits,
        **({"details": details} if any(map(any, details)) else {}),
        **{name: True for name, is_set in flags.items() if is_set},
    }


def _read_commits(data: Mapping[str, Any]) -> CommitsBetween:
    commits, details = map(_SUSPECT.read, data["commits"]), chain(data.get("details", ()), repeat((0, "")))
    return CommitsBetween(
        str(data["green"]),
        str(data["red"]),
        tuple(
            replace(suspect, pull_request=_COUNT.read(number), file=str(file))
            for suspect, (number, file) in zip(commits, details, strict=False)
        ),
        bool(data.get("more")),
        not data.get("unknown"),
        bool(data.get("single")),
        bool(data.get("pending")),
        bool(data.get("unread")),
    )


def _write_red(red: Iterable[RedLeg]) -> list[list[Any]]:
    """The legs of one run share its fields: a large matrix mostly fails as a whole."""
    legs: dict[tuple[int, int, str, str], list[str]] = defaultdict(list)
    for leg in red:
        legs[leg.run_id, leg.attempt, leg.event, TIME.write(leg.at)].append(leg.leg)
    return [[*run, names] for run, names in legs.items()]


def _read_red(data: Iterable[list[Any]]) -> tuple[RedLeg, ...]:
    red = (
        RedLeg(str(leg), str(event), int(run_id), int(attempt), TIME.read(at))
        for run_id, attempt, event, at, legs in data
        for leg in legs
    )
    return tuple(sorted(red, key=lambda leg: (leg.leg == OTHER_LEGS, leg.leg)))


def _write_recent(recent: Iterable[tuple[int, bool]]) -> str:
    return " ".join(f"{run_id}{'g' if green else 'r'}" for run_id, green in recent)


def _read_recent(text: object) -> tuple[tuple[int, bool], ...]:
    return tuple((int(run[:-1]), run[-1] == "g") for run in str(text).split())


MOST_NAMED = 200
"""Open issues that a checkpoint names. It needs three bytes for most of them, so a marker has room for all."""


def _write_checkpoint(checkpoint: Checkpoint | None) -> dict[str, Any]:
    """Three keys: version 1.0 reads `reach` only with five values, and it ignores a key that it does not know."""
    if checkpoint is None:
        return {}
    open_issues = {"open": _write_numbers(checkpoint.open_issues)} if checkpoint.open_issues else {}
    back_to = {"back": TIME.write(checkpoint.back_to)} if checkpoint.back_to else {}
    return {"reach": _REACH.write(checkpoint), **open_issues, **back_to}


def _read_checkpoint(data: Mapping[str, Any]) -> Checkpoint | None:
    if "reach" not in data:
        return None
    open_issues = _read_numbers(str(data.get("open") or ""))
    back_to = TIME.read(data["back"]) if "back" in data else None
    return replace(_REACH.read(data["reach"]), open_issues=open_issues, back_to=back_to)


def _write_numbers(numbers: Iterable[int]) -> str:
    """Rising numbers as their differences, `5 1*3` for 5, 6, 7, 8."""
    numbers = tuple(numbers)
    steps = (after - before for before, after in pairwise((0, *numbers)))
    runs = ((step, len(list(same))) for step, same in groupby(steps))
    return " ".join(str(step) if times == 1 else f"{step}*{times}" for step, times in runs)


def _read_numbers(text: str) -> tuple[int, ...]:
    """The numbers; none if a person edited the text, because the numbers are only a help."""
    numbers: list[int] = []
    for run in text.split():
        match = _RUN_OF_STEPS.fullmatch(run)
        if match is None or len(numbers) + int(match[2] or 1) > MOST_NAMED:
            return ()
        for _ in range(int(match[2] or 1)):
            numbers.append((numbers[-1] if numbers else 0) + int(match[1]))
    return tuple(numbers)


_RUN_OF_STEPS = re.compile(r"([1-9][0-9]{0,11})(?:\*([1-9][0-9]{0,3}))?", re.ASCII)

_BRANCH: Codec[str] = Codec(str, lambda data: short_branch(str(data)))
_BRANCH_STATUS = as_object(
    BranchStatus,
    Key("workflow_id", "workflow", INT),
    Key("branch", "branch", _BRANCH),
    Key("subject", "subject", _BRANCH, default=""),
    Key("red", "red", Codec(_write_red, _read_red), default=()),
    Key("last_red", "last_red", _RUN_REF),
    Key("greens", "greens", many(_RUN_REF)),
    Key("recent", "recent", Codec(_write_recent, _read_recent)),
    Key("gone", "gone", FLAG),
    Key("skips", "skips", FLAG),
    # A marker without them is of a version that held no trials but the recent ones.
    Key("earlier", "trials", _TRIALS),
    Key("earlier_to", "trials_to", INT),
    Key("void", "void", _COUNT),
    Key("spread", "spread", FLAG),
    Key("retired", "retired", enum(RetireReason)),
)
_WATCHED = as_object(
    Watched,
    Key("default_branch", "branch", _BRANCH),
    Key("new_tags_from", "tags_from", TIME),
)


_COMMIT = as_object(Commit, Key("sha", "sha", TEXT), Key("title", "title", TEXT))
_NEVER_RAN = as_list(NeverRan, least=1, reason=enum(NeverRanReason), amount=INT)
_OCCURRENCE_AS_KNOWN = as_object(
    Occurrence,
    Key("run_id", "run", INT),
    Key("attempt", "attempt", INT),
    Key("number", "number", INT),
    Key("event", "event", TEXT),
    Key("branch", "branch", TEXT),
    Inline("commit", _COMMIT),
    Key("started_at", "started", TIME),
    Key("ended_at", "ended", TIME),
    Key("outcome", "outcome", enum(Outcome)),
    Key("legs", "legs", many(_FAILED_LEG)),
    Key("source", "source", TEXT),
    Key("hidden_legs", "hidden_legs", INT),
    Key("never_ran", "never_ran", _NEVER_RAN),
    Key("repository", "repository", TEXT),
)


def _write_occurrence(occurrence: Occurrence) -> dict[str, Any]:
    """An older version knows no job that never ran. It reads that the job was cancelled, and the reason beside it."""
    shown = replace(occurrence, outcome=Outcome.CANCELLED) if occurrence.never_ran is not None else occurrence
    return _OCCURRENCE_AS_KNOWN.write(shown)  # type: ignore[no-any-return]


def _read_occurrence(data: Mapping[str, Any]) -> Occurrence:
    occurrence = _OCCURRENCE_AS_KNOWN.read(data)
    return replace(occurrence, outcome=Outcome.NEVER_RAN) if occurrence.never_ran is not None else occurrence


_OCCURRENCE = Codec(_write_occurrence, _read_occurrence)
_IDENTITY = as_object(
    Identity,
    Key("id", "id", TEXT),
    Key("workflow", "workflow", TEXT),
    Key("job", "job", TEXT),
    Key("cause", "cause", TEXT),
    Key("kind", "kind", enum(IdentityKind), default=None),
    Key("test", "test", TEXT),
)
_MERGED = as_object(
    Merged,
    Key("number", "issue", INT),
    Inline("identity", _IDENTITY),
    Key("on", "on", FLAG),
    Key("workflows", "workflows", many(INT)),
    Key("causes", "causes", many(TEXT)),
)
_SPLIT = as_list(SplitCause, signature=TEXT, headline=TEXT)
_STATE = as_object(
    State,
    Inline("identity", _IDENTITY),
    Key("count", "count", INT),
    Key("first_seen", "first_seen", TIME),
    Key("last_seen", "last_seen", TIME),
    Key("legs", "legs", many(_LEG_COUNT)),
    Key("legs_cut", "legs_cut", FLAG),
    Key("occurrences", "occurrences", many(_OCCURRENCE)),
    Key("counted_to", "counted_to", triple(TIME, INT, INT)),
    Key("last_green", "last_green", maybe(_RUN_REF)),
    Key("first_red", "first_red", maybe(_RUN_REF)),
    Key("green_again", "green_again", maybe(_RUN_REF)),
    Key("gone", "gone", FLAG),
    Key("cause_replaced", "replaced", FLAG),
    Key("previous", "previous", INT),
    Inline("causes", Codec(_write_causes, _read_causes)),
    Key("other_causes", "other_causes", INT),
    Key("weak", "weak", many(TEXT)),
    Key("evidence", "evidence", _EVIDENCE),
    Key("branch_statuses", "lines", many(_BRANCH_STATUS)),
    Key("branch_statuses_cut", "lines_cut", FLAG),
    Key("flaky", "flaky", _FLAKY),
    Key("runs_missed", "missed", FLAG),
    Key("closed", "closed", _CLOSING),
    Key("umbrella", "umbrella", TEXT),
    Key("present_job", "present_job", TEXT),
    Key("reopened_at", "reopened_at", TIME),
    Key("week_commented", "week_told", FLAG),
    Key("cause_commented_at", "cause_told", TIME),
    Key("compared_to", "compared_to", triple(TIME, INT, INT)),
    Key("suspects", "suspects", Codec(_write_commits, _read_commits)),
    Key("start_failure", "start", _START_FAILURE),
    # A marker without them is of an older version, which looked up no owners.
    Key("owners", "owners", maybe(many(TEXT))),
    Key("related", "related", many(INT)),
    # Older versions wait for more passes after each closing that was too early.
    Key("relapses", "relapses", _COUNT),
    Key("watched", "watched", _WATCHED),
    Key("matrix_jobs", "matrix", _COUNT),
    Key("title_digest", "titled", TEXT),
    Key("tests", "tests", Codec("".join, _read_failures)),
    Key("named_tests", "named", Codec(_write_named, _read_named)),
    Key("block", "block", TEXT),
    Key("merged", "merged", many(_MERGED)),
    Key("split", "split", many(_SPLIT)),
    Inline("checkpoint", Codec(_write_checkpoint, _read_checkpoint)),
)


# --- the state -----------------------------------------------------------------------------------


_NEW_REASONS = {CloseReason.ALLOWED: CloseReason.GONE}
"""Reasons for closing that an older version does not know, each with the one that it reads in their place."""


def state_as_json(state: State) -> dict[str, Any]:
    """The state as the JSON of a marker."""
    data = {"v": VERSION, **_STATE.write(state)}
    if state.closed is not None and state.closed.close_reason in _NEW_REASONS:
        known = replace(state.closed, close_reason=_NEW_REASONS[state.closed.close_reason])
        data |= {"closed": _CLOSING.write(known), "closed_as": state.closed.close_reason.value}
    # An older version does not know the key. What it would guess itself need not stand there.
    if state.identity.kind is _kind_by_names(state.identity, state.occurrences):
        del data["kind"]
    return data


def read_state(text: str) -> State:
    """The state in the JSON of a marker.

    Raises:
        ValueError, KeyError, TypeError: if it is broken or has a version that this program does not know.
    """
    data = json.loads(text)
    if not isinstance(data, dict) or data.get("v") != VERSION:
        version = data.get("v") if isinstance(data, dict) else None
        raise ValueError(f"its version is {version!r}, and this program knows {VERSION}")
    # The id goes into searches and titles, and a person may have edited it.
    if not re.fullmatch(r"[0-9a-f]{32}", str(data["id"])):
        raise ValueError("its failure id is malformed")
    state = _STATE.read(data)
    if state.closed is not None and "closed_as" in data:
        state = replace(state, closed=replace(state.closed, close_reason=CloseReason(data["closed_as"])))
    # Each text of an issue speaks of its newest failure.
    if not state.occurrences:
        raise ValueError("it holds no occurrence")
    identity = state.identity
    if "kind" not in data:
        identity = replace(identity, kind=_kind_by_names(identity, state.occurrences))
    return replace(state, identity=identity)


_NAMES_OF_RUNS = frozenset({Outcome.STARTUP_FAILURE.words, Outcome.ACTION_REQUIRED.words, Outcome.TIMED_OUT.words})


def _kind_by_names(identity: Identity, occurrences: Iterable[Occurrence]) -> IdentityKind:
    """The kind of an identity in an older marker, which only shows in the name of the job.

    An identity whose failed jobs have ids is a job, whatever its name.
    """
    if identity.cause:
        return IdentityKind.CAUSE
    if identity.job == ALL_JOBS:
        return IdentityKind.WORKFLOW
    if all(leg.job_id is None for occurrence in occurrences for leg in occurrence.legs):
        if identity.job == Outcome.MISSED_SCHEDULE.words:
            return IdentityKind.SCHEDULE
        if identity.job in _NAMES_OF_RUNS:
            return IdentityKind.RUN
    return IdentityKind.JOB
