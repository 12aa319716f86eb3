"""Why it failed, as an issue shows it: the headline, the lines of the log, and the causes it has had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ci_failure_tracker.model import Cause, Evidence, ExcerptLine, LogUnavailable, Occurrence, State
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.text.markdown import code, cut_in_middle, link, log_block, log_lines, utc


@dataclass(frozen=True, slots=True)
class CauseView:
    """A cause as a template sees it; every text is safe Markdown."""

    headline: str
    count: int
    first_seen: str
    last_seen: str


def cause_views(state: State, causes: int, text: int) -> list[CauseView]:
    """The causes seen last, at most so many; `text` is how many characters of a headline."""
    return [
        CauseView(
            short_code(cause.headline, text) if cause.headline else "not named",
            cause.count,
            utc(cause.first_seen),
            utc(cause.last_seen),
        )
        for cause in _told_apart(state.causes)[:causes]
    ]


def _told_apart(causes: Iterable[Cause]) -> list[Cause]:
    """The causes, those of one headline as one: a reader could not tell them apart."""
    found: dict[str, Cause] = {}
    for cause in causes:
        known = found.get(cause.headline, cause)
        found[cause.headline] = cause if known is cause else _joined(known, cause)
    return list(found.values())


def _joined(one: Cause, other: Cause) -> Cause:
    return replace(
        one,
        count=one.count + other.count,
        first_seen=min(one.first_seen, other.first_seen),
        last_seen=max(one.last_seen, other.last_seen),
    )


def other_causes(state: State, shown: Iterable[CauseView]) -> int:
    """How many failed jobs had a cause that is not among those shown."""
    return state.other_causes + sum(cause.count for cause in state.causes) - sum(view.count for view in shown)


def unknown_causes(state: State) -> int:
    """How many failed jobs had a cause that nobody knows, as far as these were counted each."""
    if state.legs_cut:
        return 0
    known = state.other_causes + sum(cause.count for cause in state.causes)
    return max(0, sum(leg.count for leg in state.legs) - known)


def headline(state: State, text: int) -> str:
    """The line that says it best, as code; empty where no cause is known."""
    found = headline_text(state)
    return short_code(found, text) if found else ""


def headline_text(state: State) -> str:
    """The same, not yet safe as Markdown."""
    if state.evidence is not None:
        return state.evidence.headline
    return state.causes[0].headline if state.causes else ""


def short_code(text: str, limit: int) -> str:
    """A line of a log as code; of a long one the end stays, which often says what the beginning does not."""
    return code(cut_in_middle(text, limit), limit)


def excerpt(state: State, lines: int) -> str:
    """The lines of the log in a fenced block; empty where there are none but the headline."""
    shown = state.evidence.lines[:lines] if state.evidence else ()
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
            yield ""  # a single line that is not worth showing is an empty one
        elif place and line.left_out:
            yield f"… {counted(line.left_out, 'line')} left out"
        yield line.text
        if line.repeats:
            yield f"… {line.repeats} more like this"


def excerpt_source(state: State, url: str, lines: int) -> str:
    """Where the lines come from, with a link; empty where there are none."""
    shown = state.evidence
    if shown is None or not shown.lines[:lines]:
        return ""
    run = f"{_of_leg(state, shown)}{link(f'run {shown.number}', f'{url}/actions/runs/{shown.run_id}')}"
    if shown.log_unavailable is not None:
        page = link("annotations of the job", _job_url(shown, url))
        return f"From the {page} in {run}, for its log {_IS[shown.log_unavailable]}."
    first, last = shown.lines[0].number, shown.lines[:lines][-1].number
    numbers = f"Line {first}" if first == last else f"Lines {first} to {last}"
    return f"{link(f'{numbers} of the log', _job_url(shown, url))} of {run}."


def _of_leg(state: State, shown: Evidence) -> str:
    """The job that the lines are of, where an issue has several."""
    legs = (leg.leg for one in state.occurrences for leg in one.legs if leg.job_id == shown.job_id)
    leg = next(legs, "")
    return f"{code(leg, 80)} in " if leg else ""


def _job_url(shown: Evidence, url: str) -> str:
    step = f"#step:{shown.step}:1" if shown.step and shown.log_unavailable is None else ""
    return f"{url}/actions/runs/{shown.run_id}/job/{shown.job_id}{step}"


_IS = {
    LogUnavailable.NOT_FOUND: "is not there (404)",
    LogUnavailable.GONE: "is no longer there (410)",
    LogUnavailable.EMPTY: "is empty",
}

_WHY = {
    LogUnavailable.NOT_FOUND: "GitHub has none of a job that never ran or whose runner was lost, and deletes logs "
    "after a while, mostly 90 days.",
    LogUnavailable.GONE: "GitHub deletes logs after a while, mostly 90 days.",
    LogUnavailable.EMPTY: "The job printed nothing.",
}


def log_note(state: State, url: str) -> str:
    """What it means that the newest failure has no log; empty where its cause is known all the same."""
    latest = state.latest
    absent = next((leg for leg in latest.legs if leg.log_unavailable), None)
    if absent is None or absent.log_unavailable is None or any(leg.signature for leg in latest.legs):
        return ""
    page = link(f"run {latest.number}", f"{url}/actions/runs/{latest.run_id}/job/{absent.job_id}")
    reason = absent.log_unavailable
    return f"The log of {page} {_IS[reason]}, and no annotation says why it failed. {_WHY[reason]}"


def is_of(evidence: Evidence | None, occurrence: Occurrence) -> bool:
    """Whether the lines shown are from the log of this failure."""
    return evidence is not None and evidence.order == occurrence.order and evidence.log_unavailable is None
