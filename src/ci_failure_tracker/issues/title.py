"""The title of an issue."""

from __future__ import annotations

import re

from ci_failure_tracker.issues.evidence import headline_text
from ci_failure_tracker.issues.first_sentence import shown_failure
from ci_failure_tracker.model import FailureKind, Identity, State
from ci_failure_tracker.settings import DEFAULT_TITLE
from ci_failure_tracker.text.lazy import lazy
from ci_failure_tracker.text.markdown import plain
from ci_failure_tracker.text.short_names import digest

LIMIT = 256
"""The most characters of a title; GitHub refuses a longer one."""

_SHORT = 80
"""Characters of a title that a list of issues shows in one line."""

_LEAST = 30
"""Characters that the subject may have, however long the names of workflow and job are."""

_OF_TEST = "[CI Failure] {subject}"
"""The title of a test if no other title is asked for: the test may fail in several jobs."""

_FIELD = lazy(r"\{(workflow|job|headline|subject|kind)\}")
_EMPTY_SUBJECT = lazy(r"(?: {0,3}[-:|/] {0,3}| {0,3}[(\[](?=\{subject\}[)\]])| {1,3})?\{subject\}[)\]]?")


def title_of(pattern: str, state: State) -> str:
    """The title of the issue of a state."""
    shown = shown_failure(state)
    subject, kind = (shown.subject, shown.kind) if shown else ("", state.kind)
    return render_title(pattern, state.identity, headline_text(state), subject, kind)


def render_title(
    pattern: str,
    identity: Identity,
    headline: str = "",
    subject: str = "",
    kind: FailureKind = FailureKind.UNKNOWN,
) -> str:
    """A title: one line within GitHub's limit. In a title, GitHub sees no mention and no reference.

    A subject that is not known is left out with the sign before it.
    """
    job = identity.job if identity.test else identity.part
    if identity.test:
        pattern, subject = _OF_TEST if pattern == DEFAULT_TITLE else pattern, identity.test
        if "{subject}" not in pattern:
            job = f"{job}: {identity.test}"
    elif identity.cause and "{headline}" not in pattern:
        # The issues of several causes of one job need different titles.
        subject, job = (headline, job) if "{subject}" in pattern else ("", f"{job}: {headline}")
    parts = {
        "workflow": identity.workflow,
        "job": job,
        "headline": headline or "cause unknown",
        "kind": "failure" if kind is FailureKind.UNKNOWN else kind.value.replace("_", " "),
        "subject": "",
    }
    # `CI - test: ` would look as if something had been lost.
    bare = _EMPTY_SUBJECT.sub("", pattern)
    if subject := plain(subject):
        room = max(_LEAST, _SHORT - len(plain(_filled(bare, parts), LIMIT)) - 2)
        # The subject of such an issue is what it stands for, so that a part of it would name something else.
        parts["subject"] = subject if identity.spans_jobs else _short(subject, room)
    return plain(_filled(pattern if subject else bare, parts), LIMIT)


def _filled(pattern: str, parts: dict[str, str]) -> str:
    # In one pass, because a job may have the name `{workflow}`.
    return _FIELD.sub(lambda match: parts[match[1]], pattern)


def _short(subject: str, room: int) -> str:
    """The subject, or its last part if there is no room for the whole; parameters of a test go after that."""
    if len(subject) <= room:
        return subject
    # Parameters may hold slashes and colons, so they are taken off before the name is cut.
    name, bracket, parameters = subject.partition("[")
    last = re.split(r"::|/", name)[-1].strip() or name
    whole = f"{last}{bracket}{parameters}"
    return whole if len(whole) <= room else plain(last, room)


def digest_of(title: str) -> str:
    """By this an issue remembers the title that the tracker gave it, to tell it from one of a person."""
    return digest(title)[:8]
