"""The marker, which hides the state of an issue in its body, and the region of the body that the tracker writes.

The region stands between two comments. The marker follows it. What people write outside of both stays.

Foreign text in the region is code, and code may hold the same comments. So each of the two comments around the region
begins its line, which code never does with them, and the marker is looked for outside of the region.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace

from ci_failure_tracker.issues.state_codec import read_state, state_as_json
from ci_failure_tracker.model import CloseReason, Issue, State
from ci_failure_tracker.text.markdown import BODY_LIMIT, OWN_COMMENT, length

# An eighth of what GitHub takes as a body. The rest is for the text, and for what people write.
LIMIT = 8192
"""The most bytes of a marker."""

_ROOM = 3500
"""Characters of a body that are kept free, more than a checkpoint adds."""

BEGIN = f"{OWN_COMMENT}:begin -->"
END = f"{OWN_COMMENT}:end -->"

# `write_marker` escapes both angle brackets, so no marker holds one.
_MARKER = re.compile(re.escape(OWN_COMMENT) + r" (\{[^<>]*\}) -->")
_REGION = re.compile(rf"^{re.escape(BEGIN)}(?s:.*?)^{re.escape(END)}", re.MULTILINE)
_MOVED_REGION = re.compile(re.escape(BEGIN) + r"(?s:.*?)" + re.escape(END))
"""The region of a body in which a person put something before one of the two comments."""

_FOOTER = re.compile(
    r"^Failure id `([0-9a-f]{32})`.*\r?\n(?:(?:\r?\n)?</details>\r?\n)?" + re.escape(END), re.MULTILINE
)
"""The last line of a region, which may be folded. Foreign text never starts a line there: it is code, or in a block of
code."""

_SHOWN_ID = re.compile(r"Failure id `([0-9a-f]{32})`")
_ID = re.compile(r'"id": ?"([0-9a-f]{32})"')
_UNSAFE = re.compile(r"(-)-|[<>@#]")
"""What would end the comment or could be taken for a mention; JSON can escape both."""
_WRITERS = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


_RESTORE = (
    "Restore the last line of its body from the edit history, or close it as not planned and take its first label "
    "off. The next sweep then opens a new one."
)


@dataclass(frozen=True, slots=True)
class Tracked:
    """An issue of the tracker with its failure id; `state` is `None` if a `defect` makes it unreadable.

    An issue is `restorable` if only its marker was removed: the runs say what the issue has to say.
    """

    issue: Issue
    id: str
    state: State | None
    defect: str = ""
    advice: str = _RESTORE
    restorable: bool = False

    @property
    def closed_for_good(self) -> bool:
        """Whether a person closed it as not planned or as a duplicate, so it stays closed until a person reopens it."""
        closed = self.state.closed if self.state else None
        # The tracker itself closes these as not planned, so here the reason on GitHub does not stand for a person.
        if closed is not None and closed.close_reason in {CloseReason.GONE, CloseReason.ALLOWED}:
            return False
        if self.is_in_umbrella:
            return False
        return self.issue.state_reason in {"not_planned", "duplicate"}

    @property
    def is_in_umbrella(self) -> bool:
        """Whether the tracker closed it as a duplicate of an umbrella issue."""
        return self.state is not None and bool(self.state.umbrella) and self.issue.state_reason == "duplicate"


def trusted(tracked: Tracked, viewer: str | None) -> Tracked | None:
    """The issue if it is ours, which means that its author may write here; `None` if it is not.

    Without our own login (`viewer`) or without an author it may be ours. The issue is then left alone, and no second
    one is opened.
    """
    if is_trusted(tracked.issue, viewer):
        return tracked
    if viewer is None or not tracked.issue.author:
        return Tracked(
            tracked.issue,
            tracked.id,
            None,
            "it is not known whether this tracker wrote it",
            "The next sweep asks again.",
        )
    return None


def identity_of(issue: Issue, viewer: str | None) -> str | None:
    """The failure id of an issue, if its marker can be read and is trusted; `viewer` is our own login, if known."""
    tracked = read_tracked(issue)
    if tracked is None or tracked.state is None or not is_trusted(issue, viewer):
        return None
    return tracked.id


def needs_viewer(issue: Issue) -> bool:
    """Whether our own login is needed to tell if the marker in this issue is ours."""
    return (BEGIN in issue.body or f"{OWN_COMMENT} {{" in issue.body) and not is_trusted(issue, None)


def is_trusted(issue: Issue, viewer: str | None) -> bool:
    """Whether the author is us, a bot, or a person with write access. Anyone else could forge a marker."""
    return (
        issue.author_is_bot or issue.author_association in _WRITERS or (viewer is not None and issue.author == viewer)
    )


def read_tracked(issue: Issue) -> Tracked | None:
    """The marker in the body of an issue; `None` if the body has no sign of one."""
    parts = _Parts.of(issue.body)
    markers = [*_MARKER.findall(parts.before), *_MARKER.findall(parts.after)]
    outside = parts.before + parts.after
    defect = "it holds two markers"
    if len(markers) == 1:
        try:
            return _checked(issue, read_state(markers[0]))
        except KeyError as lacking:
            defect = f"its marker lacks {lacking}"
        # A person may have written any JSON: `Infinity` in place of a number, or brackets too deep for the parser.
        except (ValueError, TypeError, IndexError, ArithmeticError, RecursionError) as broken:
            defect = f"its marker cannot be read: {broken}"
    elif not markers:
        defect = "its marker was removed"
    # If the rest is damaged, the id may still be readable. It prevents a second issue.
    # If there are two markers, the region says which one is ours.
    ids = _FOOTER.findall(issue.body) or _ID.findall(" ".join(markers)) or _shown_ids(issue.body)
    return Tracked(issue, ids[0], None, defect, restorable=f"{OWN_COMMENT} {{" not in outside) if ids else None


def _checked(issue: Issue, state: State) -> Tracked:
    """The state, unless the region shows another failure id: then somebody edited the marker or copied it there."""
    shown = _FOOTER.findall(issue.body)
    if shown and state.identity.id not in shown:
        return Tracked(issue, shown[0], None, "its marker and its text name different failures")
    return Tracked(issue, state.identity.id, state)


def _shown_ids(body: str) -> list[str]:
    """The last failure id in the text. Anybody may have written what stands above it."""
    return _SHOWN_ID.findall(body)[-1:] if BEGIN in body else []


def outside(body: str) -> str:
    """What people wrote in a body: all of it but the region of the tracker."""
    parts = _Parts.of(body)
    return f"{parts.before}\n{parts.after}"


@dataclass(frozen=True, slots=True)
class _Parts:
    """A body before, in and after the region; without a region, all of it comes after."""

    before: str
    region: str
    after: str

    @staticmethod
    def of(body: str) -> _Parts:
        found = _REGION.search(body) or _MOVED_REGION.search(body)
        if found is None:
            return _Parts("", "", body)
        return _Parts(body[: found.start()], found[0], body[found.end() :])

    def with_marker(self, marker: str) -> str:
        """The body with this marker in place of the old one, or at the end."""
        before, after = self.before, self.after
        if _MARKER.search(after):
            # A function, because `sub` would take the backslashes of the JSON in a text for references to groups.
            after = _MARKER.sub(lambda _: marker, after, count=1)
        elif _MARKER.search(before):
            before = _MARKER.sub(lambda _: marker, before, count=1)
        else:
            after = f"{after.rstrip()}\n\n{marker}\n"
        return f"{before}{self.region}{after}"


# --- the text ------------------------------------------------------------------------------------


def compose(region: str, state: State, old_body: str = "") -> str:
    """The whole body: the region and the marker replace the old ones, and everything else stays."""
    block = f"{BEGIN}\n{region.strip()}\n{END}"
    marker = write_marker(state)
    # The editor on GitHub's pages stores an edited body with CRLF.
    body = old_body.replace("\r\n", "\n")
    if not body.strip():
        return f"{block}\n\n{marker}\n"
    parts = _Parts.of(body)
    gap = "" if parts.region else "\n\n"
    return replace(parts, region=f"{block}{gap}").with_marker(marker)


def has_room_for_checkpoint(state: State, body: str) -> bool:
    """Whether a body that was written without the checkpoint of a state has room for it as well."""
    # A lone surrogate has no UTF-8 form; it counts as one byte here instead of an error.
    return len(write_marker(state).encode("utf-8", "replace")) <= LIMIT and length(body) + _ROOM <= BODY_LIMIT


def marked(body: str, state: State) -> str:
    """A body of the tracker with another state in its marker."""
    return _Parts.of(body).with_marker(write_marker(state))


def write_marker(state: State) -> str:
    """The line of the marker. The caller keeps the state short enough for `LIMIT`."""
    # An escape takes six bytes of `LIMIT` for a letter that takes two or three as UTF-8.
    text = json.dumps(state_as_json(state), separators=(",", ":"), ensure_ascii=False)
    # Every second hyphen is enough. A line of hyphens in a log is long.
    text = _UNSAFE.sub(lambda match: f"{match[1] or ''}\\u{ord(match[0][-1]):04x}", text)
    return f"<!-- ci-failure-tracker {text} -->"
