"""The filters of the run lists."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from sandbox.call import invalid
from sandbox.state import Run

Test = Callable[[Run], bool]

# With any of these GitHub shows the first thousand runs and no more.
CAPPING = ("actor", "branch", "check_suite_id", "created", "event", "head_sha", "status")
CAP = 1000

# What the filter knows: `startup_failure` is no part of it, so such runs are found in a list without the filter alone.
_STATUSES = (
    "completed",
    "action_required",
    "cancelled",
    "failure",
    "neutral",
    "skipped",
    "stale",
    "success",
    "timed_out",
    "in_progress",
    "queued",
    "requested",
    "waiting",
    "pending",
)

_DATE_ONLY = re.compile(r"\d{4}-\d{2}-\d{2}")


def matching(runs: list[Run], query: Mapping[str, str]) -> list[Run]:
    """The runs that pass every filter asked for."""
    tests = [make(query[name]) for name, make in _FILTERS.items() if query.get(name)]
    return [run for run in runs if all(test(run) for test in tests)]


def cap(query: Mapping[str, str]) -> int | None:
    """How many runs can be reached at most."""
    return CAP if any(query.get(name) for name in CAPPING) else None


def _actor(login: str) -> Test:
    return lambda run: run.actor == login


def _branch(name: str) -> Test:
    return lambda run: run.branch == name


def _suite(number: str) -> Test:
    return lambda run: str(run.check_suite_id) == number


def _event(name: str) -> Test:
    return lambda run: run.event == name


def _sha(sha: str) -> Test:
    return lambda run: run.commit.sha == sha


def _status(word: str) -> Test:
    return lambda run: word in _STATUSES and word in (run.status, run.conclusion)


def _created(text: str) -> Test:
    low, high = _range(text)
    return lambda run: low <= run.created_at < high


_FILTERS: dict[str, Callable[[str], Test]] = {
    "actor": _actor,
    "branch": _branch,
    "check_suite_id": _suite,
    "created": _created,
    "event": _event,
    "head_sha": _sha,
    "status": _status,
}


def _range(text: str) -> tuple[datetime, datetime]:
    """The moments a range such as `>=2026-11-01` or `A..B` spans: from the first, up to before the second."""
    always, never = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    if ".." in text:
        low, _, high = text.partition("..")
        return (always if low == "*" else _first(low)), (never if high == "*" else _after(high))
    sign = next((sign for sign in (">=", "<=", ">", "<") if text.startswith(sign)), "")
    moment = text.removeprefix(sign)
    first, after = _first(moment), _after(moment)
    spans = {">=": (first, never), ">": (after, never), "<=": (always, after), "<": (always, first)}
    return spans.get(sign, (first, after))


def _first(text: str) -> datetime:
    # An offset's plus sign that was not escaped arrives as a space.
    try:
        moment = datetime.fromisoformat(text.strip().replace(" ", "+"))
    except ValueError:
        raise invalid("WorkflowRun", "created", "invalid") from None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def _after(text: str) -> datetime:
    whole_day = _DATE_ONLY.fullmatch(text.strip()) is not None
    return _first(text) + (timedelta(days=1) if whole_day else timedelta(seconds=1))
