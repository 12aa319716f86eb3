"""Known issues: which failures the rules of people take, and what these issues have to remember; pure.

A failure that a rule takes has neither failed nor passed for everything else, so it gets no issue of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase
from functools import lru_cache

from ci_failure_tracker.diagnosis.failing_tests import FailingTest, failing_tests
from ci_failure_tracker.issues.known_memory import read_memory
from ci_failure_tracker.issues.marker import Tracked, read_tracked
from ci_failure_tracker.issues.rule_block import Block, block_of_known, expression_in, read_rule
from ci_failure_tracker.model import (
    Cause,
    Evidence,
    Failure,
    FailureKind,
    Identity,
    JobDiagnosis,
    KnownFailure,
    KnownIssue,
    KnownMatch,
    KnownMemory,
    KnownRule,
    KnownTest,
    KnownUpdate,
    Observation,
    Outcome,
    Problem,
    Rule,
    RuleAction,
    RuleStatus,
    Run,
    Severity,
    Snapshot,
    State,
    Trust,
    Workflow,
    in_repository,
)
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.settings import GroupBy, Settings
from ci_failure_tracker.text.markdown import plain
from ci_failure_tracker.text.short_names import short_test
from ci_failure_tracker.tracking.identity import identify, identify_test, test_id
from ci_failure_tracker.tracking.matrix import split_leg
from ci_failure_tracker.tracking.trust import trust_in

# Enough for people to keep an overview. A cap also bounds the time that a sweep needs.
MOST_RULES = 25
"""Known issues whose rules are tried. Each is tried on every failure."""

KEPT = timedelta(days=30)
"""How long a match is remembered; one that fails now is remembered longer, for its log may be gone by then."""

# As many as fit into the body of the issue, next to its text.
MOST_MATCHES = 300
"""Matches that an issue remembers."""

NAMED = 10
"""Matches of which an issue shows the run, the job and the headline."""

# The body of an issue is read as it is, so a hostile expression must not stop the sweep.
_LONGEST_SEARCHED = 1_000
"""Characters of a line in which a regular expression is looked for: rules run in bounded time."""

_NAME, _HEADLINE = 100, 160


# --- the rules -----------------------------------------------------------------------------------


def read_rules(snapshot: Snapshot, now: datetime) -> tuple[KnownRule, ...]:
    """The rules of all known issues, whether they count or not, the oldest issue first."""
    # If nobody can be asked who may write, no rule can be trusted.
    if snapshot.permissions_hidden:
        return ()
    return tuple(_read_rule(known, block, snapshot, now) for known, block in with_block(snapshot)[:MOST_RULES])


def with_block(snapshot: Snapshot) -> Sequence[tuple[KnownIssue, Block]]:
    """The known issues that hold a block, the oldest first. The label alone says nothing."""
    known = sorted(snapshot.known_issues or (), key=lambda known: known.issue.number)
    blocks = ((each, block_of_known(each.issue.body)) for each in known)
    return [(each, block) for each, block in blocks if block is not None]


def _read_rule(known: KnownIssue, block: Block, snapshot: Snapshot, now: datetime) -> KnownRule:
    """The rule of a known issue, and whether it counts."""
    memory = read_memory(known.issue.body)
    accepted = memory.block == block.digest
    trust, why = trust_in(known.authorship, snapshot.permissions, is_accepted=accepted)
    # A rule in an issue of the tracker would decide about the issue in which it stands.
    if known.issue.has_label(snapshot.label) and read_tracked(known.issue) is not None:
        trust, why = Trust.NO, "it is an issue of the tracker; write the rule into one of your own"
    if trust is Trust.NO:
        return KnownRule(known, RuleStatus.UNTRUSTED, block=block.digest, why=why)
    rule, mistakes = read_rule(block)
    found = KnownRule(known, RuleStatus.COUNTS, rule or Rule(), block.digest, mistakes, why, memory)
    # Only a block of somebody who may write is worth a list of its mistakes.
    if rule is None:
        return replace(found, status=RuleStatus.BROKEN if trust is Trust.YES else RuleStatus.UNTRUSTED)
    if trust is Trust.UNKNOWN:
        return replace(found, status=RuleStatus.UNKNOWN)
    return replace(found, status=RuleStatus.OVER) if rule.is_over(now) else found


def problems_of_rules(rules: Sequence[KnownRule], snapshot: Snapshot, *, logs: bool) -> Iterator[Problem]:
    """One notice that names the known issues that do not count, and why; others if there are too many, or no `logs`."""
    if len(with_block(snapshot)) > MOST_RULES:
        what = f"There are more than {MOST_RULES} known issues, and only the oldest {MOST_RULES} count."
        yield Problem(
            Severity.NOTICE, what, "Close those that are over, or write what they have in common as one rule."
        )
    unread = [f"#{rule.number}" for rule in rules if rule.takes and rule.looks_at_logs and not logs]
    if unread:
        what = f"Known issues that can match nothing, because `logs` is `false`: {', '.join(unread)}."
        yield Problem(Severity.NOTICE, what, "Set `logs: true`, or write rules with `workflow:` and `job:` alone.")
    off = [f"#{rule.number} ({_why_off(rule)})" for rule in rules if rule.status is not RuleStatus.COUNTS]
    if off:
        advice = "The page docs/known-issues.md of the tracker says how to write a rule, and whose rules count."
        yield Problem(Severity.NOTICE, f"Known issues that do not count now: {', '.join(off)}.", advice)


def _why_off(rule: KnownRule) -> str:
    match rule.status:
        case RuleStatus.BROKEN:
            return f"the issue says what is wrong in its block: {counted(len(rule.mistakes), 'mistake')}"
        case RuleStatus.OVER:
            return f"its last day was {rule.rule.until}"
        case RuleStatus.UNKNOWN:
            return f"{rule.why}, so what it matches waits"
        case _:
            return rule.why


# --- what a rule matches -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FailureFacts:
    """What a rule looks at. `lines` are the headline, the messages and the excerpt; none if no log was read."""

    workflow: Workflow
    job: str
    kind: FailureKind | None = None
    lines: tuple[str, ...] = ()
    tests: tuple[tuple[str, ...], ...] = ()


def matches(rule: Rule, facts: FailureFacts) -> bool:
    """Whether a rule matches a failure. If several tests failed in a job, each of them has to match."""
    if rule.workflow and not facts.workflow.is_called(rule.workflow):
        return False
    if rule.job and not any(_is_called(name, rule.job) for name in (facts.job, split_leg(facts.job)[0])):
        return False
    if rule.kind and (facts.kind is None or not _is_called(facts.kind, rule.kind)):
        return False
    if not rule.match:
        return True
    of_tests = [_holds(rule.match, lines) for lines in facts.tests]
    # If the rule matches none of the tests, the job as a whole may still match, by a line that names no test.
    return all(of_tests) if any(of_tests) else _holds(rule.match, facts.lines)


def _is_called(name: str, asked: str) -> bool:
    # An equal name comes first, for a name may hold the signs of a glob.
    return name == asked or fnmatchcase(name.casefold(), asked.casefold())


# Each round of a sweep tries the same rules on the same lines.
@lru_cache(maxsize=1_024)
def _holds(match: str, lines: tuple[str, ...]) -> bool:
    """Whether one of these lines holds a text, in upper or lower case, or a regular expression."""
    source = expression_in(match)
    if source is not None:
        expression = re.compile(source)
        return any(expression.search(line[:_LONGEST_SEARCHED]) for line in lines)
    text = _folded(match)
    return any(text in _folded(line) for line in lines)


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


# --- the failures --------------------------------------------------------------------------------


@dataclass(frozen=True)
class KnownIssues:
    """The rules, and what each of them takes of the failures that were read.

    `evidence` are the excerpts that issues of the tracker hold, by the id of the failed job. `several` are the failed
    jobs of which an issue remembers that several tests failed in them, but not which: no text of them is enough.
    """

    rules: tuple[KnownRule, ...] = ()
    evidence: Mapping[int, Evidence] = field(default_factory=dict)
    several: frozenset[int] = frozenset()

    @staticmethod
    def of(snapshot: Snapshot, tracked: Iterable[Tracked], now: datetime | None) -> KnownIssues:
        """The rules that count at a time, with what issues of the tracker know; without a time there are none."""
        rules = read_rules(snapshot, now) if now is not None else ()
        if not any(rule.takes for rule in rules):
            return KnownIssues(rules)
        states = [each.state for each in tracked if each.state]
        held = (state.evidence for state in states if state.evidence)
        several = frozenset(job_id for state in states for job_id in _with_several_tests(state))
        return KnownIssues(rules, {evidence.job_id: evidence for evidence in held}, several)

    @property
    def by_log(self) -> bool:
        """Whether a rule takes failures by what their logs say."""
        return any(rule.takes and rule.looks_at_logs for rule in self.rules)

    def rule(self, number: int) -> KnownRule:
        """The rule of a known issue that takes failures."""
        return next(rule for rule in self.rules if rule.number == number)

    def apply(self, observations: tuple[Observation, ...], settings: Settings) -> tuple[Observation, ...]:
        """The observations, in which a job whose failure a rule takes has neither failed nor passed."""
        if not any(rule.takes for rule in self.rules):
            return observations
        return tuple(self._applied(observation, settings) for observation in observations)

    def _applied(self, observation: Observation, settings: Settings) -> Observation:
        if observation.job is None or observation.job_id is None or not settings.counts(observation.outcome):
            return observation
        by_test = settings.group_by is GroupBy.TEST
        number = self._taken_by(observation, by_test=by_test)
        if not number and by_test:
            tests = self._known_tests(observation)
            number = tests[0].issue if tests and self._are_all(observation, tests) else 0
            observation = replace(observation, known_tests=tests)
        if not number:
            return observation
        return replace(observation, outcome=None, never_ran=None, known=number, known_outcome=observation.outcome)

    def _taken_by(self, observation: Observation, *, by_test: bool) -> int:
        """The number of the oldest known issue whose rule matches a failed job; 0 if none does."""
        facts = self._facts(observation, by_test=by_test)
        # Rules are in the order of their issues, so the oldest one wins in every sweep.
        for rule in self.rules:
            if rule.takes and (_remembers(rule, observation.job_id) or matches(rule.rule, facts)):
                return rule.number
        return 0

    def _known_tests(self, observation: Observation) -> tuple[KnownTest, ...]:
        """The failing tests of a job that rules take, if its log is read now, or if their issues remember it."""
        known, rules = observation.job_diagnosis, [rule for rule in self.rules if rule.takes]
        if known is None or known.diagnosis is None:
            held = ((rule, _tests_of(rule, observation.job_id)) for rule in rules)
            return tuple(
                KnownTest(rule.number, match.test, match.test_name, match.headline)
                for rule, tests in held
                for match in tests
            )
        found = []
        for test in failing_tests(known.diagnosis):
            alone = test.alone(known)
            lines, _ = _texts(alone, None)
            facts = FailureFacts(observation.run.workflow, observation.job or "", alone.kind, (test.name, *lines))
            taken = next((rule for rule in rules if matches(rule.rule, facts)), None)
            if taken is not None:
                found.append(self._known_test(taken, test, observation.run, alone.headline))
        return tuple(found)

    @staticmethod
    def _known_test(rule: KnownRule, test: FailingTest, run: Run, headline: str) -> KnownTest:
        name = in_repository(run.repository, test.name)
        return KnownTest(rule.number, test_id(test.key, run.repository), name, headline)

    @staticmethod
    def _are_all(observation: Observation, tests: Sequence[KnownTest]) -> bool:
        """Whether these are all failing tests of a job."""
        known = observation.job_diagnosis
        return known is not None and len(failing_tests(known.diagnosis)) == len(tests)

    def _facts(self, observation: Observation, *, by_test: bool) -> FailureFacts:
        """What is known of a failed job. What an issue remembers of it may be of one of several tests alone."""
        known = observation.job_diagnosis or JobDiagnosis(0)
        if known.diagnosis is None and (by_test or observation.job_id in self.several):
            return FailureFacts(observation.run.workflow, observation.job or "", known.kind)
        lines, tests = _texts(known, self.evidence.get(observation.job_id or 0))
        # Without a signature the kind is not known, and a rule that asks for one must not match.
        kind = known.kind if known.signature else None
        return FailureFacts(observation.run.workflow, observation.job or "", kind, lines, tests)

    # --- what an issue of the tracker stands for -------------------------------------------------

    def covering(
        self, state: State, observations: Iterable[Observation], workflows: Iterable[Workflow]
    ) -> KnownRule | None:
        """The rule that matches the newest failure in an issue of the tracker; `None` if a failed job matches none."""
        if not any(rule.status is RuleStatus.COUNTS for rule in self.rules):
            return None
        jobs = {leg.job_id for leg in state.latest.legs}
        read = {each.job_id: each.known for each in observations if each.job_id in jobs}
        if not (all(read.values()) or state.identity.test):
            return None  # what the log says counts more than what an issue remembers
        found: list[KnownRule] = []
        for leg in state.latest.legs:
            number = read.get(leg.job_id, 0)
            rules = [rule for rule in self.rules if rule.status is RuleStatus.COUNTS]
            facts = self._facts_of_leg(state, leg.leg, leg.signature, workflows)
            fitting = (rule for rule in rules if rule.number == number or (not number and matches(rule.rule, facts)))
            rule = next(fitting, None)
            if rule is None or leg.job_id is None:
                return None
            found.append(rule)
        return found[0] if found else None

    def _facts_of_leg(self, state: State, leg: str, signature: str, workflows: Iterable[Workflow]) -> FailureFacts:
        identity = state.identity
        workflow, _, job = leg.partition(" / ") if identity.spans_jobs else (identity.workflow, "", "")
        job = job or (leg if identity.is_whole_workflow else f"{identity.job} ({leg})" if leg else identity.job)
        named = next((each for each in workflows if each.name == workflow), Workflow(0, workflow, ""))
        cause = next((cause for cause in state.causes if cause.signature == signature), None)
        evidence = state.evidence if state.evidence and state.evidence.signature == signature else None
        headline = JobDiagnosis(0, signature, cause.headline if cause else "")
        lines, _ = _texts(headline, evidence)
        is_several = cause is not None and _is_of_several_tests(cause)
        return FailureFacts(named, job, cause.kind if cause else None, () if is_several else lines)


def _with_several_tests(state: State) -> Iterator[int]:
    signatures = {cause.signature for cause in state.causes if _is_of_several_tests(cause)}
    for leg in (leg for past in state.occurrences for leg in past.legs):
        if leg.job_id is not None and leg.signature in signatures:
            yield leg.job_id


def _is_of_several_tests(cause: Cause) -> bool:
    return cause.kind is FailureKind.TEST and len(cause.failures) > 1


def _remembers(rule: KnownRule, job_id: int | None) -> bool:
    """Whether the same rule matched this job before, as its issue says."""
    return rule.memory.block == rule.block and any(match.key == (job_id, "") for match in rule.memory.matches)


def _tests_of(rule: KnownRule, job_id: int | None) -> Sequence[KnownMatch]:
    """The tests of a job that the same rule took before."""
    is_same = rule.memory.block == rule.block
    return [match for match in rule.memory.matches if is_same and match.test and match.job_id == job_id]


def _texts(known: JobDiagnosis, evidence: Evidence | None) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The lines that a rule may match, and those of each failing test, if there are several."""
    lines = [known.headline]
    tests: tuple[tuple[str, ...], ...] = ()
    if known.diagnosis is not None:
        failures = known.diagnosis.failures
        shown = (*known.diagnosis.lines, *known.diagnosis.context)
        lines += [*map(_sentence, failures), *(line.text for line in shown)]
        tests = _tests(failures)
    elif evidence is not None:
        lines += [line.text for line in (*evidence.lines, *evidence.context)]
    return tuple(lines), tests


def _tests(failures: Sequence[Failure]) -> tuple[tuple[str, ...], ...]:
    by_subject: dict[str, list[str]] = {}
    for failure in failures:
        if failure.kind is FailureKind.TEST and failure.subject:
            by_subject.setdefault(failure.subject, []).append(_sentence(failure))
    return tuple(map(tuple, by_subject.values())) if len(by_subject) > 1 else ()


def _sentence(failure: Failure) -> str:
    return f"{failure.subject}: {failure.message}" if failure.subject else failure.message


# --- what fails now, and what is remembered -------------------------------------------------------


def known_failures(
    known: KnownIssues, observations: Iterable[Observation], settings: Settings, is_retired: Callable[[Run], bool]
) -> tuple[KnownFailure, ...]:
    """The jobs whose newest run ended with a failure that a rule takes, each on each branch.

    `is_retired` says of a run that nothing runs any more where it ran.
    """
    if not any(rule.takes for rule in known.rules):
        return ()
    ordered = sorted(observations, key=lambda each: (each.run.order, each.attempt))
    # The newest run decides, so a job that passed since is not failing.
    newest = {
        (each.job, each.run.branch_key): each
        for each in ordered
        if each.job is not None and (each.known or each.outcome not in {None, Outcome.SUPERSEDED})
    }
    failing = [each for each in newest.values() if each.known or each.known_tests]
    over = _Over.of(ordered)
    still = [each for each in failing if not (over.covers(each) or is_retired(each.run))]
    of_jobs = (
        KnownFailure(known.rule(each.known), _identity(each, settings), _match(each), each.run.branch)
        for each in still
        if not each.known_tests
    )
    of_tests = (
        KnownFailure(known.rule(test.issue), _identity_of_test(each, test), _match(each, test), each.run.branch)
        for each in still
        for test in each.known_tests
    )
    return (*of_jobs, *of_tests)


@dataclass(frozen=True, slots=True)
class _Over:
    """What ends a failure beside the job itself: a later run that passed as a whole, or that no longer has the job.

    `passed` are the newest runs that passed as a whole, by branch. `jobs` are the names of the jobs that the newest run
    of an event lists, with the run.
    """

    passed: Mapping[tuple[int, str, str], Run]
    jobs: Mapping[tuple[tuple[int, str, str], str], tuple[Run, Set[str]]]

    @staticmethod
    def of(ordered: Sequence[Observation]) -> _Over:
        passed = {
            each.run.branch_key: each.run for each in ordered if each.job is None and each.outcome is Outcome.SUCCESS
        }
        names: dict[tuple[tuple[int, str, str], str], tuple[Run, set[str]]] = {}
        for each in ordered:
            if each.job_id is None or Outcome.of(each.run.conclusion) is Outcome.CANCELLED:
                continue  # a cancelled run may have stopped before it listed all jobs
            key = each.run.branch_key, each.run.event
            run, listed = names.get(key, (each.run, set()))
            listed = listed if run.id == each.run.id else set()
            names[key] = each.run, listed | {each.job or "", split_leg(each.job or "")[0]}
        return _Over(passed, names)

    def covers(self, failure: Observation) -> bool:
        passed = self.passed.get(failure.run.branch_key)
        if passed is not None and passed.order > failure.run.order:
            return True
        run, listed = self.jobs[failure.run.branch_key, failure.run.event]
        return run.order > failure.run.order and not {failure.job, split_leg(failure.job or "")[0]} & listed


def _identity(failure: Observation, settings: Settings) -> Identity:
    group_by = GroupBy.WORKFLOW if settings.group_by is GroupBy.WORKFLOW else GroupBy.JOB
    return identify(failure.run.workflow.name, failure.job or "", group_by, settings.matrix)[0]


def _identity_of_test(failure: Observation, test: KnownTest) -> Identity:
    """The test, under the words of its headline if only these are remembered."""
    jobs = [(failure.run.workflow.name, split_leg(failure.job or "")[0])]
    return replace(identify_test("", test.name or test.headline, jobs), id=test.id)


def _match(failure: Observation, test: KnownTest | None = None) -> KnownMatch:
    headline = failure.job_diagnosis.headline if failure.job_diagnosis else ""
    if test is not None:
        named = _match(failure)
        return replace(named, headline=plain(test.headline, _HEADLINE), test=test.id, test_name=short_test(test.name))
    names = (failure.run.workflow.name, failure.job or "", headline)
    run = failure.run
    at = failure.ended_at or run.updated_at
    return _named(KnownMatch(failure.job_id or 0, at, run.id, run.number, repository=run.repository), names)


def _named(match: KnownMatch, names: tuple[str, str, str]) -> KnownMatch:
    workflow, job, headline = names
    return replace(
        match,
        ended_at=match.ended_at.replace(microsecond=0),
        workflow=plain(workflow, _NAME),
        job=plain(job, _NAME),
        headline=plain(headline, _HEADLINE),
    )


def matches_of_issue(state: State) -> Iterator[KnownMatch]:
    """The newest failure of an issue that is closed because of a rule, as matches of that rule."""
    latest, headlines = state.latest, {cause.signature: cause.headline for cause in state.causes}
    for leg in latest.legs:
        job = f"{state.identity.job} ({leg.leg})" if leg.leg and not state.identity.spans_jobs else state.identity.job
        names = (state.identity.workflow, job, headlines.get(leg.signature, ""))
        run = (latest.ended_at, latest.run_id, latest.number)
        match = _named(KnownMatch(leg.job_id or 0, *run, repository=latest.repository), names)
        if state.identity.test:
            match = replace(match, test=state.identity.id, test_name=state.identity.test)
        yield match


def memory_after(
    rule: KnownRule,
    found: Iterable[KnownMatch],
    at_hand: tuple[int, int],
    now: datetime,
    failing: Set[tuple[int, str]] = frozenset(),
) -> KnownMemory:
    """What an issue remembers after these matches; `at_hand` says how many of the failures now its rule matches.

    `failing` are the keys of the matches that fail now.
    """
    before = rule.memory
    is_same = before.block == rule.block
    # A changed rule is a new rule: what the old one matched does not count for it.
    matches = _within_room(before, found, now, failing)
    dropped = [match.ended_at for match in matches[:-MOST_MATCHES]]
    kept = matches[-MOST_MATCHES:]
    # The newest matches keep the words that the issue shows; of the older ones only the keys are needed.
    short = tuple(KnownMatch(match.job_id, match.ended_at, test=match.key[1]) for match in kept[:-NAMED])
    return KnownMemory(
        block=rule.block,
        since=before.since if is_same and before.since else now.replace(microsecond=0),
        tried=before.tried if is_same else at_hand,
        matches=(*short, *kept[-NAMED:]),
        dropped_to=max((*dropped, *([before.dropped_to] if before.dropped_to else [])), default=None),
    )


def _within_room(
    before: KnownMemory, found: Iterable[KnownMatch], now: datetime, failing: Set[tuple[int, str]]
) -> Sequence[KnownMatch]:
    """The matches of the last 30 days and those that fail now, each once, the oldest first."""
    by_key = {match.key: match for match in before.matches}
    for match in found:
        # A match that was dropped for room would otherwise be counted again.
        is_counted = before.dropped_to is not None and match.ended_at <= before.dropped_to
        if not is_counted:
            by_key.setdefault(match.key, match)
    recent = (match for key, match in by_key.items() if now - match.ended_at <= KEPT or key in failing)
    return sorted(recent, key=lambda match: (match.ended_at, match.key))


def with_outcomes(observations: Iterable[Observation]) -> Iterator[Observation]:
    """The observations with the failures that known issues take: a statistic counts them, too."""
    return (replace(each, outcome=each.known_outcome) if each.known else each for each in observations)


def updates_of(
    known: KnownIssues,
    found: Mapping[int, Sequence[KnownMatch]],
    at_hand: Mapping[int, tuple[int, int]],
    failing: Sequence[KnownFailure],
    now: datetime,
) -> tuple[KnownUpdate, ...]:
    """What each known issue whose people are trusted has to remember; `found` and `at_hand` are by its number."""
    written = (RuleStatus.COUNTS, RuleStatus.OVER, RuleStatus.BROKEN)

    def memory(rule: KnownRule) -> KnownMemory:
        keys = {each.match.key for each in failing if each.rule.number == rule.number}
        return memory_after(rule, found.get(rule.number, ()), at_hand.get(rule.number, (0, 0)), now, keys)

    return tuple(KnownUpdate(rule, memory(rule), now) for rule in known.rules if rule.status in written)


def found_matches(observations: Iterable[Observation]) -> Mapping[int, Sequence[KnownMatch]]:
    """The failed jobs that each rule takes, by the number of its issue."""
    found: dict[int, list[KnownMatch]] = {}
    for each in observations:
        if each.known and not each.known_tests:
            found.setdefault(each.known, []).append(_match(each))
        for test in each.known_tests:
            found.setdefault(test.issue, []).append(_match(each, test))
    return found


def retries(known: KnownIssues, observation: Observation) -> bool:
    """Whether a known issue says that a failed job may run again, and has not counted it before."""
    if not observation.known:
        return False
    numbers = {observation.known, *(test.issue for test in observation.known_tests)}
    rules = [known.rule(number) for number in numbers]
    may = all(rule.status is RuleStatus.COUNTS and rule.rule.action is RuleAction.RETRY for rule in rules)
    # One more try is given once: the match is remembered after it.
    return may and not any(match.job_id == observation.job_id for rule in rules for match in rule.memory.matches)
