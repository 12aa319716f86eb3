"""Which tests failed in a failed job, from its log or from what issues remember, and which of them have one issue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from ci_failure_tracker.diagnosis.failing_tests import (
    FailingTest,
    crowded,
    failing_tests,
    failure_of,
    key_of,
    results_by_words,
    together,
)
from ci_failure_tracker.model import (
    SHORT_FAILURE,
    FailureKind,
    Identity,
    JobDiagnosis,
    Observation,
    State,
    TestOutcome,
    TestResult,
    own_name,
)
from ci_failure_tracker.text.short_names import digest, leg_of_cause
from ci_failure_tracker.text.test_names import words
from ci_failure_tracker.tracking.identity import identify_test, test_id


def short(signature: str) -> str:
    """A signature in the form in which an issue remembers it of a test."""
    return digest(signature)[:SHORT_FAILURE]


@dataclass(frozen=True, slots=True)
class _Named:
    """The failing tests of one job: what is known of each, by failure id."""

    tests: Mapping[str, JobDiagnosis]
    is_read_now: bool = False


class TestsOfJobs:
    """The failing tests of each failed job.

    A log that is read now names them. Of an earlier one, the issues of the tests remember it. The tests for which an
    open issue of the job, or of the cause that it has in common with others, stands together stay in it.
    """

    __test__ = False  # no class of tests

    def __init__(self, open_states: Iterable[State], closed: Iterable[State], most: int) -> None:
        """`most` is the number of tests of one job that have one message and an issue each."""
        open_states, closed = tuple(open_states), tuple(closed)
        self._names: dict[str, tuple[str, FailingTest]] = {}
        self._known = {state.identity.id: state.identity for state in (*closed, *open_states) if state.identity.test}
        self._open = [state for state in open_states if state.identity.test and state.causes]
        self._kept = _kept_together(open_states)
        self._held = {job for state in (*open_states, *closed) if not state.identity.test and state.tests
                      for job in _jobs_of(state)}  # fmt: skip
        self._by_job: dict[int, _Named] = dict(_remembered((*open_states, *closed)))
        self._crowds: dict[tuple[int, int, str], set[str]] = defaultdict(set)
        self._causes: dict[tuple[int, int, str], JobDiagnosis] = {}
        self._results: dict[int, Mapping[tuple[str, ...], TestResult]] = {}
        self._most = most

    def read(self, failure: Observation, job: Identity) -> None:
        """Read the failing tests of a job, if its log is read now."""
        whole = failure.job_diagnosis
        if whole is None or whole.diagnosis is None:
            return
        tests, repository = failing_tests(whole.diagnosis), failure.run.repository
        for test in tests:
            self._names.setdefault(test_id(test.key, repository), (repository, test))
        alone = {test_id(test.key, repository): test.alone(whole) for test in tests}
        alone = {**dict(self._flakes(whole, repository)), **alone}
        self._by_job[whole.job_id] = _Named(alone, is_read_now=True)
        crowd = [test for test in tests if test.key in crowded(tests, self._most)]
        if crowd:
            self._crowds[_attempt_of(failure, job)] |= {
                short(alone[test_id(test.key, repository)].signature) for test in crowd
            }
            self._causes[_attempt_of(failure, job)] = together(whole, crowd)

    def _flakes(self, whole: JobDiagnosis, repository: str) -> Iterator[tuple[str, JobDiagnosis]]:
        """The tests with an open issue that failed in a job and passed when they were tried again, by failure id.

        One without an open issue gets none for it: it is no reason that the job failed. If the report does not say why
        it failed, that is no new cause.
        """
        flakes = results_by_words([result for result in whole.results if result.is_flake])
        for state in self._open if flakes else ():
            if state.latest.repository != repository:
                continue
            name = state.test_name
            result = flakes.get(words(key_of(name)))
            if result is not None and result.message:
                yield state.identity.id, FailingTest(name, (failure_of(result),)).alone(whole)
            elif result is not None:
                cause = max(state.causes, key=lambda cause: cause.last_seen)
                yield (
                    state.identity.id,
                    JobDiagnosis(
                        whole.job_id,
                        cause.signature,
                        cause.headline,
                        whole.outcome,
                        step=whole.step,
                        kind=FailureKind.TEST,
                    ),
                )

    def identity(self, failure_id: str, jobs: Iterable[tuple[str, str]]) -> Identity:
        """The identity of a test that has no open issue."""
        if failure_id not in self._names:
            return self._known[failure_id]
        repository, test = self._names[failure_id]
        return identify_test(test.key, test.name, jobs, repository)

    def of(self, failure: Observation) -> Iterable[str]:
        """The failure ids of the tests that failed in a job; none if its log was not read, or names no test."""
        return self._of(failure).tests

    def has_passed(self, failure: Observation, test: Identity) -> bool:
        """Whether test reports say that a test passed in a failed job, in its only attempt."""
        whole = failure.job_diagnosis
        if whole is None or not whole.results:
            return False
        if whole.job_id not in self._results:
            self._results[whole.job_id] = results_by_words(whole.results)
        name = own_name(failure.run.repository, test.test)
        result = self._results[whole.job_id].get(words(key_of(name)))
        return result is not None and result.outcome is TestOutcome.PASSED and not result.failed_attempts

    def together(self, failure: Observation, job: Identity) -> bool:
        """Whether the job stands for some of its failing tests together."""
        named = self._of(failure)
        if not named.is_read_now and failure.job_id in self._held:
            return True
        return any(self._is_covered(failure, job, test) for test in named.tests)

    def diagnosis(self, failure: Observation, test: str, job: Identity) -> JobDiagnosis | None:
        """What is known of one test that failed in a job, by its failure id, or of the job if it is empty."""
        named = self._of(failure)
        if not test:
            return self._of_job(failure, job)
        alone = named.tests.get(test)
        if alone is None:
            return failure.job_diagnosis
        return replace(alone, covered_by=job.id if self._is_covered(failure, job, test) else "")

    def _of_job(self, failure: Observation, job: Identity) -> JobDiagnosis | None:
        """What is known of the tests for which the job stands, or of the job if it stands for none."""
        whole, named = failure.job_diagnosis, self._of(failure)
        covered = [test for test in named.tests if self._is_covered(failure, job, test)]
        if not covered or (whole is not None and whole.signature and not named.is_read_now):
            return whole
        if whole is None or not named.is_read_now:
            # Its log was read before; the issue of a test remembers it.
            first = named.tests[covered[0]]
            cause = self._causes.get(_attempt_of(failure, job), first)
            return replace(first, signature=cause.signature, headline=cause.headline)
        repository = failure.run.repository
        tests = [each for each in failing_tests(whole.diagnosis) if test_id(each.key, repository) in covered]
        shown = together(whole, tests)
        return replace(shown, tests=tuple(short(named.tests[test].signature) for test in covered))

    def _is_covered(self, failure: Observation, job: Identity, test: str) -> bool:
        leg = leg_of_cause(failure.run.workflow.name, failure.job)
        covered: Set[str] = self._crowds.get(_attempt_of(failure, job), frozenset())
        kept = self._kept.get(job.id, frozenset()) | self._kept.get(leg, frozenset())
        return short(self._of(failure).tests[test].signature) in covered | kept

    def _of(self, failure: Observation) -> _Named:
        """The failing tests of a job, without those that known issues take."""
        named = self._by_job.get(failure.job_id or 0, _NOTHING)
        if not failure.known_tests:
            return named
        taken = tuple(test.id for test in failure.known_tests)
        return replace(named, tests={test: known for test, known in named.tests.items() if not test.startswith(taken)})


_NOTHING = _Named({})


def _attempt_of(failure: Observation, job: Identity) -> tuple[int, int, str]:
    """What the matrix jobs of a job have in common."""
    return failure.run.id, failure.attempt, job.id


def _kept_together(open_states: Iterable[State]) -> Mapping[str, Set[str]]:
    """The tests for which open issues stand together, by the failure id of a job, or by its name in an umbrella."""
    kept: dict[str, set[str]] = defaultdict(set)
    for state in open_states:
        if state.identity.test or not state.tests:
            continue
        in_umbrella = {leg.leg for status in state.branch_statuses for leg in status.red}
        for name in in_umbrella if state.identity.cause else [state.identity.id]:
            kept[name] |= {*state.tests}
    return kept


def _remembered(states: Iterable[State]) -> Iterator[tuple[int, _Named]]:
    """The failed jobs that the issues of tests remember, each with these tests."""
    by_job: dict[int, dict[str, JobDiagnosis]] = defaultdict(dict)
    for state in states:
        headlines = {cause.signature: cause.headline for cause in state.causes}
        for leg in (leg for past in state.occurrences for leg in past.legs) if state.identity.test else ():
            if leg.job_id is not None:
                headline, log, kind = headlines.get(leg.signature, ""), leg.log_unavailable, FailureKind.TEST
                known = JobDiagnosis(leg.job_id, leg.signature, headline, leg.outcome, log, kind=kind)
                by_job[leg.job_id].setdefault(state.identity.id, known)
    return ((job_id, _Named(tests)) for job_id, tests in by_job.items())


def _jobs_of(state: State) -> Iterator[int]:
    """The jobs of an issue whose logs were read."""
    legs = (leg for past in state.occurrences for leg in past.legs if leg.signature)
    return (leg.job_id for leg in legs if leg.job_id is not None)


def lacking(states: Sequence[State]) -> Set[int]:
    """The failed jobs that the issues of tests remember, although something of their logs has no issue yet."""
    legs = (leg for state in states for past in state.occurrences for leg in past.legs)
    return {leg.job_id for leg in legs if leg.partly and leg.job_id is not None}
