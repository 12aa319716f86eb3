"""The marker: what an issue remembers, hidden at the end of its body, and the region the tracker writes.

The body is the region between two comments, then the marker; whatever people write outside of both stays.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from ci_failure_tracker.model import Closing, Ending, Issue, Reach, State
from ci_failure_tracker.rendering.markdown import BODY_LIMIT, length
from ci_failure_tracker.tracking.state_json import read_state, state_as_json

LIMIT = 8192
"""Bytes a marker may have."""

_ROOM = 1000
"""More than what is added to a body that was made to fit."""

BEGIN = "<!-- ci-failure-tracker:begin -->"
END = "<!-- ci-failure-tracker:end -->"

_MARKER = re.compile(r"<!-- ci-failure-tracker (\{[^<>]*\}) -->")
_REGION = re.compile(re.escape(BEGIN) + r"(?s:.*?)" + re.escape(END))
_FOOTER = re.compile(r"^Failure id `([0-9a-f]{32})`.*\r?\n" + re.escape(END), re.MULTILINE)
"""The last line of a region. No foreign text stands at the beginning of that: it is code, or within a block of code."""

_SHOWN_ID = re.compile(r"Failure id `([0-9a-f]{32})`")
_ID = re.compile(r'"id": ?"([0-9a-f]{32})"')
_UNSAFE = re.compile(r"(-)-|[<>@#]")
"""What would end the comment, and what a careless reader of it would take for a mention; JSON may escape both."""
_WRITERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


_RESTORE = (
    "Restore the last line of its body from the edit history, or close it as not planned and take its first label "
    "off; the next sweep then opens a new one."
)


@dataclass(frozen=True, slots=True)
class Tracked:
    """An issue with a marker we trust, and the state in it; `None` where it cannot be read."""

    issue: Issue
    id: str
    state: State | None
    defect: str = ""
    advice: str = _RESTORE


@lru_cache(maxsize=2)  # a sweep asks several times for the same, and reading a thousand markers takes half a second
def find_tracked(issues: tuple[Issue, ...], viewer: str | None) -> tuple[Tracked, ...]:
    """The issues that are ours: a marker in the body, from an author who may write here."""
    found = ((issue, read_tracked(issue)) for issue in issues)
    ours = [(issue, tracked) for issue, tracked in found if tracked is not None]
    return tuple(
        tracked
        if is_trusted(issue, viewer)
        else Tracked(issue, tracked.id, None, "it cannot be told whether it is ours", "The next sweep asks again.")
        for issue, tracked in ours
        # Without our own login an unknown author may be us: better to leave it alone than to open a second issue.
        if is_trusted(issue, viewer) or viewer is None
    )


def older_twins(created: Iterable[Issue], others: Iterable[Issue]) -> Iterator[tuple[int, int]]:
    """Of issues that we created the older open ones of the same identity: the number of ours, and of the oldest.

    An issue of our own account is trusted as well as one of somebody who may write.
    """
    others = tuple(others)
    for ours in created:
        mine = read_tracked(ours)
        older = [
            one.number
            for one in others
            if one.open and one.number < ours.number and is_trusted(one, ours.author) and _id_of(one) == _id(mine)
        ]
        if mine is not None and older:
            yield ours.number, min(older)


def _id_of(issue: Issue) -> str | None:
    return _id(read_tracked(issue))


def _id(tracked: Tracked | None) -> str | None:
    """The failure id of an issue whose state can be read."""
    return tracked.id if tracked is not None and tracked.state is not None else None


def needs_viewer(issue: Issue) -> bool:
    """Whether only our own login can tell if the marker in this issue is ours."""
    return (BEGIN in issue.body or "<!-- ci-failure-tracker {" in issue.body) and not is_trusted(issue, None)


def is_trusted(issue: Issue, viewer: str | None) -> bool:
    """Whether the author is us, a bot, or a person with write access; anyone else could forge a marker."""
    return (
        issue.author_is_bot or issue.author_association in _WRITERS or (viewer is not None and issue.author == viewer)
    )


def read_tracked(issue: Issue) -> Tracked | None:
    """The marker in an issue's body; `None` where the issue is not ours."""
    markers = _MARKER.findall(issue.body)
    defect = "it holds two markers"
    if len(markers) == 1:
        try:
            return _told_right(issue, read_state(markers[0]))
        except KeyError as lacking:
            defect = f"its marker lacks {lacking}"
        except (ValueError, TypeError, IndexError, ArithmeticError, RecursionError) as broken:
            defect = f"its marker cannot be read: {broken}"
    elif not markers:
        defect = "its marker is gone"
    # The id may still be read where the rest is spoilt, and so the issue is not opened a second time.
    # Of two markers the region says which one was ours.
    ids = _FOOTER.findall(issue.body) or _ID.findall(" ".join(markers)) or _shown_ids(issue.body)
    return Tracked(issue, ids[0], None, defect) if ids else None


def _told_right(issue: Issue, state: State) -> Tracked:
    """The state, unless the region above it is of another failure: then the marker was put there or edited."""
    shown = _FOOTER.findall(issue.body)
    if shown and state.identity.id not in shown:
        return Tracked(issue, shown[0], None, "its marker is of another failure than its text")
    return Tracked(issue, state.identity.id, state)


def _shown_ids(body: str) -> list[str]:
    """The failure id that is shown last: what stands above it may be anybody's words."""
    return _SHOWN_ID.findall(body)[-1:] if BEGIN in body else []


# --- the text ------------------------------------------------------------------------------------


def compose(region: str, state: State, old_body: str = "") -> str:
    """The whole body: the region and the marker put in place of the old ones, all else left alone."""
    block = f"{BEGIN}\n{region.strip()}\n{END}"
    marker = write_marker(state)
    body = old_body.replace("\r\n", "\n")
    if not body.strip():
        return f"{block}\n\n{marker}\n"
    body = _REGION.sub(lambda _: block, body, count=1) if _REGION.search(body) else f"{block}\n\n{body}"
    if _MARKER.search(body):
        return _MARKER.sub(lambda _: marker, body, count=1)
    return f"{body.rstrip()}\n\n{marker}\n"


def state_in(body: str) -> State | None:
    """The state in a body that was just composed."""
    markers = _MARKER.findall(body)
    return read_state(markers[0]) if len(markers) == 1 else None


def sealed_body(body: str, reach: Reach | None) -> str:
    """A body that was just composed, with how far the sweep has read; without, where there is no room for it."""
    state = state_in(body)
    if state is None:
        return body
    plain, sealed = (write_marker(dataclasses.replace(state, reach=one)) for one in (None, reach))
    room = len(sealed.encode("utf-8", "replace")) <= LIMIT and length(body) + _ROOM <= BODY_LIMIT
    marker = sealed if room else plain
    return _MARKER.sub(lambda _: marker, body, count=1)


def marked_as_duplicate(issue: Issue) -> str:
    """The body of one of our new issues with a marker that says that it was closed for another one."""
    tracked = read_tracked(issue)
    if tracked is None or tracked.state is None or issue.created_at is None:
        return issue.body
    closed = Closing(Ending.DUPLICATE, issue.created_at)
    marker = write_marker(dataclasses.replace(tracked.state, closed=closed))
    return _MARKER.sub(lambda _: marker, issue.body, count=1)


def write_marker(state: State) -> str:
    """The marker's line. It is as long as the state makes it; `memory.fit` keeps states short enough."""
    text = json.dumps(state_as_json(state), separators=(",", ":"), ensure_ascii=False)
    # Every second hyphen is enough, and a line of them in a log is long.
    text = _UNSAFE.sub(lambda match: f"{match[1] or ''}\\u{ord(match[0][-1]):04x}", text)
    return f"<!-- ci-failure-tracker {text} -->"
