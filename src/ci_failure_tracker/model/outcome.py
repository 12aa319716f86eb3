"""How a run or a job ended."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """How a run or a job ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    TIMED_OUT = "timed_out"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"
    ACTION_REQUIRED = "action_required"
    STARTUP_FAILURE = "startup_failure"
    RUNNER_LOST = "runner_lost"
    MISSED_SCHEDULE = "silent"
    NEVER_RAN = "never_ran"

    @staticmethod
    def of(conclusion: str | None) -> Outcome | None:
        """The outcome for GitHub's conclusion of a run, a job or a step.

        `None` if it neither passed nor failed: skipped, neutral, stale, or no conclusion yet.
        """
        return _BY_CONCLUSION.get(conclusion or "")

    @property
    def words(self) -> str:
        """The outcome as words of a sentence."""
        return self.value.replace("_", " ")

    @property
    def shown_as_another(self) -> bool:
        """Whether GitHub may show a job with this outcome as failed or cancelled."""
        return self in {Outcome.TIMED_OUT, Outcome.RUNNER_LOST}


_BY_CONCLUSION = {
    outcome.value: outcome
    for outcome in (
        Outcome.SUCCESS,
        Outcome.FAILURE,
        Outcome.TIMED_OUT,
        Outcome.CANCELLED,
        Outcome.ACTION_REQUIRED,
        Outcome.STARTUP_FAILURE,
    )
}
