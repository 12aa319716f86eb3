"""How a repository is and how it was looked at, in words for people. Foreign text in them is not yet safe."""

from __future__ import annotations

from dataclasses import replace

from ci_failure_tracker.model import Problem
from ci_failure_tracker.model.organisation import Look
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.report.measure_text import short_span
from ci_failure_tracker.report.organisation import Recovery, Standing
from ci_failure_tracker.text.markdown import utc

_YAML = "\npermissions:"
_GIVE_THE_RIGHT = "Give this permission to the App or the token, or exclude the repository."


def state_of(standing: Standing) -> str:
    """Its state for the filter of the page, as that of a job. Nothing is passing that was not looked at."""
    # Failing comes before flaky, because it asks for action.
    if standing.is_failing:
        return "failing"
    if standing.facts is not None and standing.facts.flaky:
        return "flaky"
    return "passing" if standing.is_right else "unknown"


def state_words(standing: Standing) -> str:
    """What fails in it, and since when."""
    facts = standing.facts
    if facts is not None and facts.is_failing:
        # Only failures with an issue of their own have a beginning.
        since = f" since {utc(facts.since)}" if facts.since else ", which known issues count"
        return f"{counted(facts.failure_count, 'failing job')}{since}"
    if not standing.is_seen:
        return "not known"
    return "nothing failing" if standing.is_right else "nothing seen failing"


def look_words(standing: Standing) -> str:
    """How it was looked at, and when what is known of it was so."""
    entry, before = standing.entry, f"swept {utc(standing.entry.at)}" if standing.entry.at else "never swept"
    match entry.look:
        case Look.SWEPT:
            return "seen only in part" if standing.is_seen_in_part else "swept"
        case Look.UNCHANGED:
            return f"as last time, {before}"
        case Look.SCREENED:
            return f"{before}, its newest runs pass"
        case Look.LEFT:
            return f"left for the next sweep, {before}"
        case Look.FAILED:
            return f"could not be swept, {before}{'' if entry.at else ' before'}"


def reason(standing: Standing) -> str:
    """Why it was not swept, with advice; empty if there is nothing to say."""
    return problem_words(standing.entry.problem) if standing.entry.problem else ""


def problem_words(problem: Problem) -> str:
    """A problem in one line."""
    return str(for_many(problem))


def for_many(problem: Problem) -> Problem:
    """The problem with advice for many repositories: `permissions` of a workflow count in its own one only."""
    return replace(problem, advice=_GIVE_THE_RIGHT) if _YAML in problem.advice else problem


def recovery_words(recovery: Recovery) -> str:
    """How long breaks lasted: `3.5 h in the mean of 12 breaks, at most 2.1 d`."""
    mean, longest = short_span(recovery.mean_seconds), short_span(recovery.longest_seconds)
    return f"{mean} in the mean of {counted(recovery.count, 'break')}, at most {longest}"
