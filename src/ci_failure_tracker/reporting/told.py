"""What each run looked at says of its workflow and of its jobs: green, red, or that it is not known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ci_failure_tracker.diagnosis.matrix import split_leg
from ci_failure_tracker.diagnosis.observations import tell
from ci_failure_tracker.diagnosis.outcome import judge_run
from ci_failure_tracker.model import SCHEDULE, Observation, Outcome, Run, Scan
from ci_failure_tracker.reporting.recalled import NOTHING, JobKey, Recalled, recall
from ci_failure_tracker.settings import Matrix, Settings

_Trigger = tuple[int, str]


class Word(StrEnum):
    """How a run ended for a workflow or a job; `unknown` where that was not read.

    One that was cancelled, or superseded by a newer one, says nothing; it is only shown.
    """

    GREEN = "green"
    RED = "red"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Told:
    """A run and what it says; `flaky` is `None` where the attempts before its last one were not read.

    `outcome` is how exactly a job was red.
    """

    run: Run
    word: Word
    flaky: bool | None = False
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class AllTold:
    """What the runs say, in the order in which they were created: of each workflow and job by name."""

    workflows: Mapping[str, tuple[Told, ...]]
    jobs: Mapping[JobKey, tuple[Told, ...]]


def tell_all(scan: Scan, observations: Iterable[Observation], settings: Settings) -> AllTold:
    """What every run says. A run that was skipped or is not finished is left out."""
    seen: dict[int, list[Observation]] = defaultdict(list)
    for one in tell(observations, scan.readings):
        # What a silent schedule names as its run is the last one it had, and that speaks for itself.
        if one.run.subject != SCHEDULE:
            seen[one.run.id].append(one)
    runs = sorted(scan.runs, key=lambda run: run.order)
    reader = _Reader(settings, {run.id: _Seen(judge_run(run, runs), tuple(seen[run.id])) for run in runs}, recall(scan))
    workflows: dict[str, list[Told]] = defaultdict(list)
    for run in runs:
        told = reader.of_run(run)
        if told is not None:
            workflows[run.workflow.name].append(told)
    jobs = reader.of_jobs(runs)
    return AllTold(
        {name: _with_same_commit(told) for name, told in workflows.items()},
        {key: _with_same_commit(told) for key, told in jobs.items()},
    )


def _with_same_commit(told: Sequence[Told]) -> tuple[Told, ...]:
    """With what failed and was green in a later run of the same line, event and commit taken for flaky."""
    found: list[Told] = []
    green: set[tuple[object, ...]] = set()
    for one in reversed(told):
        place = (one.run.stream, one.run.event, one.run.commit.sha)
        if one.word is Word.GREEN:
            green.add(place)
        found.append(replace(one, flaky=True) if one.word is Word.RED and place in green else one)
    return tuple(reversed(found))


@dataclass(frozen=True, slots=True)
class _Seen:
    """How a run ended, and what was observed in it."""

    outcome: Outcome | None
    observations: tuple[Observation, ...]

    @property
    def is_read(self) -> bool:
        """Whether it is known job by job, or is known to have had none."""
        return any(one.job is not None for one in self.observations)

    @property
    def jobs(self) -> tuple[Observation, ...]:
        """The jobs; a run without any that stands for itself is none."""
        return tuple(one for one in self.observations if one.job_id is not None)


@dataclass(frozen=True, slots=True)
class _Reader:
    settings: Settings
    seen: Mapping[int, _Seen]
    recalled: Mapping[JobKey, Recalled]

    # --- runs ------------------------------------------------------------------------------------

    def of_run(self, run: Run) -> Told | None:
        seen = self.seen[run.id]
        word = self._word(seen)
        return None if word is None else Told(run, word, self._was_flaky(run, word, seen))

    def _word(self, seen: _Seen) -> Word | None:
        if seen.outcome is Outcome.SUCCESS:
            return Word.GREEN
        if seen.outcome is None:
            return None
        if seen.outcome is Outcome.SUPERSEDED:
            return Word.CANCELLED
        if seen.is_read:
            return Word.RED if any(map(self._is_red, _last(seen.observations))) else _cancelled(seen.outcome)
        # Only its jobs tell whether a cancelled run was more than stopped.
        certain = seen.outcome is not Outcome.CANCELLED and self.settings.counts(seen.outcome)
        return Word.RED if certain else Word.UNKNOWN

    def _was_flaky(self, run: Run, word: Word, seen: _Seen) -> bool | None:
        if word is not Word.GREEN or run.attempt == 1:
            return False
        if not seen.is_read:
            # That an attempt failed may be remembered; that none did, never.
            return any(_failed_before(one, run) for one in self.recalled.values()) or None
        return any(one.attempt < run.attempt and self._is_red(one) for one in seen.observations)

    def _is_red(self, one: Observation) -> bool:
        return self.settings.counts(one.outcome)

    # --- jobs ------------------------------------------------------------------------------------

    def of_jobs(self, runs: Sequence[Run]) -> dict[JobKey, list[Told]]:
        told: dict[JobKey, list[Told]] = {}
        for workflow in dict.fromkeys(run.workflow.name for run in runs):
            ours = [run for run in runs if run.workflow.name == workflow]
            ids = {run.id for run in ours}
            names = {self._name(one) for run in ours for one in self.seen[run.id].jobs if one.outcome}
            names |= {job for (of, job), one in self.recalled.items() if of == workflow and ids & one.failed.keys()}
            for job in sorted(names):
                told[workflow, job] = list(self._of_job(job, ours, self.recalled.get((workflow, job), NOTHING)))
        return told

    def _of_job(self, job: str, runs: Sequence[Run], recalled: Recalled) -> Iterator[Told]:
        here = {run.id: [one for one in self.seen[run.id].jobs if self._name(one) == job] for run in runs}
        had = {run.id for run in runs if any(one.outcome for one in here[run.id])} | recalled.failed.keys()
        starts = {_trigger(run) for run in runs if run.id in had}
        skips = {run.workflow.id for run in runs if here[run.id] and run.id not in had} | recalled.skipped_by
        for run in runs:
            seen = self.seen[run.id]
            if seen.is_read:
                told = self._of_read(run, here[run.id])
            elif _trigger(run) not in starts:
                continue  # an event that is not known to start the job says nothing of it
            else:
                told = self._of_unread(run, seen, recalled, skips=run.workflow.id in skips)
            if told is not None:
                yield told

    def _of_read(self, run: Run, here: Sequence[Observation]) -> Told | None:
        last = _last(here)
        red = next((one.outcome for one in last if self._is_red(one)), None)
        if red is not None:
            return Told(run, Word.RED, outcome=red)
        green = {one.job for one in last if one.outcome is Outcome.SUCCESS}
        if not green:
            return Told(run, Word.CANCELLED) if any(_cancelled(one.outcome) for one in last) else None
        return Told(run, Word.GREEN, any(self._is_red(one) for one in here if one.job in green))

    def _of_unread(self, run: Run, seen: _Seen, recalled: Recalled, *, skips: bool) -> Told | None:
        if seen.outcome is Outcome.SUCCESS:
            if _failed_before(recalled, run):
                return Told(run, Word.GREEN, flaky=True)
            return Told(run, Word.UNKNOWN if skips else Word.GREEN, False if run.attempt == 1 else None)
        remembered = recalled.failed.get(run.id)
        if remembered is not None and remembered.attempt == run.attempt and self.settings.counts(remembered.outcome):
            return Told(run, Word.RED, outcome=remembered.outcome)
        word = self._word(seen)
        return None if word is None else Told(run, Word.CANCELLED if word is Word.CANCELLED else Word.UNKNOWN)

    def _name(self, one: Observation) -> str:
        name = one.job or ""
        return name if self.settings.matrix is Matrix.SEPARATE else split_leg(name)[0]


def _cancelled(outcome: Outcome | None) -> Word | None:
    return Word.CANCELLED if outcome in {Outcome.CANCELLED, Outcome.SUPERSEDED} else None


def _failed_before(recalled: Recalled, run: Run) -> bool:
    """Whether an attempt before the newest one is remembered to have failed."""
    remembered = recalled.failed.get(run.id)
    return remembered is not None and remembered.attempt < run.attempt


def _trigger(run: Run) -> _Trigger:
    return run.workflow.id, run.event


def _last(observations: Iterable[Observation]) -> list[Observation]:
    """Of each job its newest attempt: a re-run of the failed jobs does not run the others again."""
    newest: dict[str | None, Observation] = {}
    for one in sorted(observations, key=lambda one: one.attempt):
        newest[one.job] = one
    return list(newest.values())
