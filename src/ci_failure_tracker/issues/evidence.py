"""The evidence that an issue shows: the headline, the lines of the log, and the causes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ci_failure_tracker.issues.first_sentence import names_subject, shown_failure, who_cancelled
from ci_failure_tracker.issues.links import run_address
from ci_failure_tracker.model import Cause, Evidence, ExcerptLine, LogUnavailable, Outcome, State
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.text.markdown import code, cut_in_middle, link, log_block, log_lines, plain, utc


@dataclass(frozen=True, slots=True)
class CauseView:
    """A cause for a template; every text is safe Markdown."""

    headline: str
    """The line that says what failed, as code."""
    count: int
    """How many failed jobs, a number."""
    first_seen: str
    """When it was first seen."""
    last_seen: str
    """When it was last seen."""


def cause_views(state: State, causes: int, text: int) -> list[CauseView]:
    """At most `causes` causes, the newest first; `text` is the limit for the characters of a headline."""
    return [
        CauseView(
            short_code(cause.headline, text) if cause.headline else "not named",
            cause.count,
            utc(cause.first_seen),
            utc(cause.last_seen),
        )
        for cause in _by_headline(state.causes)[:causes]
    ]


def _by_headline(causes: Iterable[Cause]) -> list[Cause]:
    """The causes, merged if they have one headline: a reader could not tell them apart."""
    merged: dict[str, Cause] = {}
    for cause in causes:
        known = merged.get(cause.headline)
        merged[cause.headline] = _merged(known, cause) if known else cause
    return list(merged.values())


def _merged(first: Cause, second: Cause) -> Cause:
    return replace(
        first,
        count=first.count + second.count,
        first_seen=min(first.first_seen, second.first_seen),
        last_seen=max(first.last_seen, second.last_seen),
    )


def other_causes(state: State, shown: Iterable[CauseView]) -> int:
    """The number of failed jobs whose cause is not among those shown."""
    return state.other_causes + sum(cause.count for cause in state.causes) - sum(view.count for view in shown)


def unknown_causes(state: State) -> int:
    """The number of failed jobs whose cause is not known; 0 if the jobs were not all counted one by one."""
    # A difference of incomplete counts would be a wrong number.
    if state.legs_cut:
        return 0
    known = state.other_causes + sum(cause.count for cause in state.causes)
    return max(0, sum(leg.count for leg in state.legs) - known)


def headline(state: State, text: int) -> str:
    """The line that says best why it failed, as code; empty if no cause is known."""
    line = headline_text(state)
    return short_code(line, text) if line else ""


def headline_text(state: State) -> str:
    """The same line, not yet safe as Markdown."""
    if state.evidence is not None:
        return state.evidence.headline
    return state.causes[0].headline if state.causes else ""


def short_code(text: str, limit: int) -> str:
    """A line of a log as code. A long line loses its middle: the end often says what the beginning does not."""
    return code(cut_in_middle(text, limit), limit)


def message(state: State, text: int, lines: int) -> str:
    """What went wrong, as code, without the subject if the first sentence names it; empty if a short excerpt has it."""
    line = message_text(state)
    shown = state.evidence.lines[:lines] if excerpt(state, lines) and state.evidence else ()
    # A few lines are read at one glance, and the message stands at the end of one of them.
    is_short = len(shown) <= _SHORT and any(plain(each.text, _WHOLE).endswith(line) for each in shown)
    return short_code(line, text) if line and not is_short else ""


_SHORT, _WHOLE = 4, 1_000


def message_text(state: State) -> str:
    """What went wrong, as plain text, without the subject if the first sentence names it."""
    line = headline_text(state)
    if state.latest.outcome is Outcome.CANCELLED and who_cancelled(shown_failure(state)):
        return ""  # the first sentence says it
    return line.removeprefix(f"{state.evidence.subject}: ") if names_subject(state) and state.evidence else line


def more_log(evidence: Evidence | None) -> str:
    """The lines of the excerpt with those around it, as a block of code; empty if the excerpt is all that is known."""
    if evidence is None or not evidence.context:
        return ""
    return log_block(_in_order(sorted((*evidence.lines, *evidence.context), key=lambda line: line.number)))


def _in_order(lines: Sequence[ExcerptLine]) -> Iterator[str]:
    for place, line in enumerate(lines):
        left_out = line.number - lines[place - 1].number - 1 if place else 0
        if left_out > 0:
            yield "" if left_out == 1 else "…"  # a single line that was left out is mostly an empty one
        yield line.text


def excerpt(state: State, lines: int) -> str:
    """The lines of the log in a fenced block; empty if there is no line but the headline."""
    shown = state.evidence.lines[:lines] if state.evidence else ()
    # One line that is the headline would stand there twice.
    if len(shown) == 1 and state.evidence and shown[0].text.endswith(state.evidence.headline):
        return ""
    return log_block(_block(shown))


def plain_lines(lines: Sequence[ExcerptLine]) -> tuple[ExcerptLine, ...]:
    """The lines of a log as plain text, without secrets."""
    texts = log_lines(line.text for line in lines)
    return tuple(replace(line, text=text) for line, text in zip(lines, texts, strict=True))


def _block(lines: Sequence[ExcerptLine]) -> Iterator[str]:
    for place, line in enumerate(lines):
        if place and line.left_out == 1:
            yield ""  # a single line that was left out is an empty one
        elif place and line.left_out:
            yield f"… {counted(line.left_out, 'line')} left out"
        yield line.text
        if line.repeats:
            yield f"… {line.repeats} more like this"


def excerpt_source(state: State, url: str, lines: int) -> str:
    """The source of the lines, with a link; empty without lines."""
    evidence = state.evidence
    if evidence is None or not evidence.lines[:lines]:
        return ""
    # The newest run is linked below.
    leg, is_newest = _of_leg(state, evidence), evidence.order == state.latest.order
    run = "" if is_newest else link(f"run {evidence.number}", run_address(evidence, url))
    of_run = f" of {leg}{' in ' if leg and run else ''}{run}" if leg or run else ""
    if not evidence.lines[0].number and evidence.log_unavailable is None:
        page = link("a test report", f"{run_address(evidence, url)}#artifacts")
        return f"From {page}{of_run}."
    if evidence.log_unavailable is not None:
        page = link("annotations of the job", _job_url(evidence, url))
        return f"From the {page}{of_run}, for its log {_IS[evidence.log_unavailable]}."
    first, last = evidence.lines[0].number, evidence.lines[:lines][-1].number
    numbers = f"Line {first}" if first == last else f"Lines {first} to {last}"
    return f"{link(f'{numbers} of the log', _job_url(evidence, url))}{of_run}."


def _of_leg(state: State, evidence: Evidence) -> str:
    """The job that the lines come from, if an issue has several."""
    legs = (leg.leg for occurrence in state.occurrences for leg in occurrence.legs if leg.job_id == evidence.job_id)
    leg = next(legs, "")
    return code(leg, 80) if leg else ""


def _job_url(evidence: Evidence, url: str) -> str:
    # The page of a job opens the step with this. Annotations have no step.
    step = f"#step:{evidence.step}:1" if evidence.step and evidence.log_unavailable is None else ""
    return f"{run_address(evidence, url)}/job/{evidence.job_id}{step}"


_IS = {
    LogUnavailable.NOT_FOUND: "is not there (404)",
    LogUnavailable.GONE: "is no longer there (410)",
    LogUnavailable.EMPTY: "is empty",
    LogUnavailable.NO_TOKEN: "cannot be read without a token",
}

_EXPLANATIONS = {
    LogUnavailable.NOT_FOUND: "GitHub has no log of a job that never ran or lost its runner, and deletes logs "
    "after some time, by default 90 days.",
    LogUnavailable.GONE: "GitHub deletes logs after some time, by default 90 days.",
    LogUnavailable.EMPTY: "The job printed nothing.",
    LogUnavailable.NO_TOKEN: "GitHub shows logs only to those who are signed in.",
}


def log_note(state: State, url: str) -> str:
    """Why the newest failure has no log; empty if it has one, or if its cause is known all the same."""
    latest = state.latest
    unavailable = ((leg.job_id, leg.log_unavailable) for leg in latest.legs if leg.log_unavailable)
    job_id, reason = next(unavailable, (None, None))
    # If another job of the run says why, a note about a missing log would only distract.
    if reason is None or any(leg.signature for leg in latest.legs):
        return ""
    page = link(f"run {latest.number}", f"{run_address(latest, url)}/job/{job_id}")
    return f"The log of {page} {_IS[reason]}, and no annotation says why it failed. {_EXPLANATIONS[reason]}"
