"""Decisions: what to do for each identity, and why; pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ci_failure_tracker.issues.marker import Tracked
from ci_failure_tracker.model import (
    KNOWN_ISSUE,
    BranchStatus,
    CommitsBetween,
    CurrentFailure,
    Decision,
    DecisionKind,
    Decisions,
    History,
    Identity,
    Issue,
    JobDiagnosis,
    KnownFailure,
    KnownUpdate,
    Problem,
    RuleStatus,
    Run,
    Severity,
    Skip,
    SkipReason,
    Snapshot,
    State,
    Trust,
    Unclear,
    Workflow,
)
from ci_failure_tracker.model.words import some_of
from ci_failure_tracker.settings import GroupBy, Settings
from ci_failure_tracker.text.markdown import plain
from ci_failure_tracker.tracking.attribution import Attribution, Owned
from ci_failure_tracker.tracking.causes import remembered
from ci_failure_tracker.tracking.commits import commits_of_runs
from ci_failure_tracker.tracking.known_issues import (
    found_matches,
    known_failures,
    matches_of_issue,
    problems_of_rules,
    updates_of,
)
from ci_failure_tracker.tracking.lifecycle import LifecycleRules, known_issue_of, skip
from ci_failure_tracker.tracking.partly_told import with_jobs_to_read_again
from ci_failure_tracker.tracking.present_refs import old_tags_problem
from ci_failure_tracker.tracking.reruns import choose_reruns, hold_back, problems_of_reruns
from ci_failure_tracker.tracking.state_update import bounds, has_counted, updated_state
from ci_failure_tracker.tracking.storms import key_of_umbrella
from ci_failure_tracker.tracking.taught import TaughtBlock, problems_of_blocks, taught_blocks
from ci_failure_tracker.tracking.track import RepositoryHistory, TrackedIssues, track

_NAMED = frozenset({SkipReason.SAME_ID, SkipReason.TEXT_GONE})
"""Reasons that are problems as well."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a sweep read, the history that follows from it, and the decisions."""

    snapshot: Snapshot
    history: RepositoryHistory
    decisions: Decisions


def find(snapshot: Snapshot, tracked_issues: TrackedIssues, settings: Settings, now: datetime) -> Findings:
    """The history and the decisions after what was read so far."""
    history = track(snapshot, tracked_issues, settings, now)
    return Findings(snapshot, history, decide(history, snapshot, settings, now))


def decide(repository_history: RepositoryHistory, snapshot: Snapshot, settings: Settings, now: datetime) -> Decisions:
    """One decision for every identity that failed or has an open issue."""
    tracked_issues = repository_history.tracked_issues
    parts = snapshot.parts or {"": snapshot}
    # What only the whole of a sweep knows goes in here, so that a rule looks at one identity and at nothing outside.
    rules = LifecycleRules(
        settings,
        now,
        partial={name for name, part in parts.items() if part.window.partial or part.logs.unread},
        storms=repository_history.storms,
        umbrellas=_numbers_of_umbrellas(repository_history),
        attribution=_attribution(snapshot, settings),
        commits=tuple(_commits(snapshot)),
        undiagnosed=snapshot.undiagnosed,
        closers=snapshot.closers,
        contains=snapshot.contains,
        files_at=snapshot.files_at,
        blocks=taught_blocks(tracked_issues.current, snapshot),
        corrections=repository_history.corrections,
        known_by_log="logs" in snapshot.asked and repository_history.known.by_log,
    )
    # Each step below keeps an issue from being opened, or leaves one as it is. The order matters: what GitHub did not
    # say clearly wins over what a rule would do, and the limit of new issues comes last.
    reruns = choose_reruns(repository_history, snapshot, settings, now)
    decided = list(hold_back(list(_decide_each(rules, repository_history)), reruns, rules.storms.covering))
    # A failure is reported with the state that its issue would have, also if the issue is not opened after all.
    states = {decision.identity: decision.after for _, decision in decided if isinstance(decision, Decision)}
    decided = [(history, _unless_unclear(history, decision, snapshot.unclear)) for history, decision in decided]
    if snapshot.central:
        decided = [(history, _unless_unread(history, decision, snapshot, settings)) for history, decision in decided]
    if textless := _without_text(snapshot, tracked_issues):
        decided = [(history, _unless_textless(rules, history, decision, textless)) for history, decision in decided]
    if snapshot.known_issues is None:
        decided = [(history, _unless_known_before(decision)) for history, decision in decided]
    if snapshot.issues_unread:
        decided = [(history, _not_opened(decision, snapshot.issues_unread)) for history, decision in decided]

    def failing_of(histories: Iterable[History]) -> tuple[CurrentFailure, ...]:
        return tuple(
            _failing(history, tracked_issues.of(history.identity.id), states.get(history.identity))
            for history in histories
            if history.failing and history.identity.id not in closed_as_known
        )

    known = _Known.of(repository_history, snapshot, settings)
    # The limit counts what is left to open, so it comes after all that keeps an issue from being opened.
    within_cap = list(_within_cap(decided, settings, snapshot))
    # Only now is it known which tests have no issue yet, so that their job has to be read again.
    if settings.group_by is GroupBy.TEST:
        within_cap = list(with_jobs_to_read_again(decided, within_cap))
    in_place = [known.unless_covered(rules, each) for each in _into_umbrellas(rules, within_cap)]
    closed = tuple(known.closed(in_place))
    closed_as_known = {each.identity.id for each in closed}
    # Of duplicates, the oldest one has to be known.
    duplicates = () if snapshot.unclear.issues else _close_duplicates(rules, tracked_issues.current)
    merged = () if snapshot.unclear.issues else _merged(rules, tracked_issues.current)
    return Decisions(
        # Duplicates are closed first: if an issue were closed before its duplicate, only the duplicate would be left.
        # What is merged into another issue is closed last: only after that issue is written, it holds both.
        all=tuple(_unless_unasked(rules, (*known.skips, *duplicates, *in_place, *merged))),
        known=(*known.failing, *closed),
        known_updates=known.updates(in_place, now),
        failing=failing_of(_with_own_line(repository_history)),
        umbrellas=failing_of(
            each for each in repository_history.storms.umbrellas if not _is_alone(each, repository_history)
        ),
        reruns=reruns,
        problems=(
            *_problems(tracked_issues.current, [decision for _, decision in decided]),
            *problems_of_rules(repository_history.known.rules, snapshot, logs=settings.logs),
            *problems_of_blocks(_blocks_to_name(rules, tracked_issues.current), rules.corrections.wrong),
            *problems_of_reruns(repository_history, snapshot, settings, now),
            *old_tags_problem(snapshot.runs, repository_history.new_tags_from),
        ),
    )


@dataclass(frozen=True, slots=True)
class _Known:
    """What known issues do to the decisions of a sweep. `failing` are the jobs that fail now and that they take."""

    history: RepositoryHistory
    failing: tuple[KnownFailure, ...]
    workflows: Sequence[Workflow]

    @staticmethod
    def of(history: RepositoryHistory, snapshot: Snapshot, settings: Settings) -> _Known:
        # GitHub keeps the runs of a deleted workflow for a while. Such a job can fail no more.
        there = {workflow.id: workflow for workflow in snapshot.workflows if workflow.state != "deleted"}

        def is_retired(run: Run) -> bool:
            workflow, part = there.get(run.workflow.id), snapshot.part(run.repository)
            if workflow is None and part.workflows and not part.unclear.names:
                return True
            place, ran = run.branch_key[:2], [run.created_at]
            return history.activity.why_retired(*place, workflow, ran, run.repository) is not None

        failing = known_failures(history.known, history.diagnosed, settings, is_retired)
        return _Known(history, failing, snapshot.workflows)

    @property
    def skips(self) -> Iterator[Skip]:
        """Why each of these jobs has no issue of its own."""
        for each in {(each.identity, each.rule.number): each for each in self.failing}.values():
            rule = each.rule
            reason = rule.reason
            if rule.status is RuleStatus.UNKNOWN:
                reason = f"{rule.name} may count it, but {rule.why}"
            yield Skip(each.identity, reason, SkipReason.KNOWN, rule.number)

    def unless_covered(self, rules: LifecycleRules, decision: Decision | Skip) -> Decision | Skip:
        """The decision, or the closing of an open issue whose newest failure a rule matches."""
        if not self.history.known.rules or isinstance(decision, Skip) or decision.kind is not DecisionKind.UPDATE:
            return decision
        if decision.after.merged:
            return decision  # it stands for more than its newest failure
        rule = self.history.known.covering(decision.after, self.history.diagnosed, self.workflows)
        return decision if rule is None else rules.into_known_issue(decision, rule)

    def closed(self, decisions: Sequence[Decision | Skip]) -> Iterator[KnownFailure]:
        """What fails now and whose open issue a rule closes. From this sweep on a known issue counts it."""
        failing = {each.identity.id for each in self.history.histories if each.failing}
        listed = {each.identity.id for each in self.failing}
        for decision in decisions:
            if not isinstance(decision, Decision) or decision.kind is not DecisionKind.CLOSE:
                continue
            if (number := known_issue_of(decision.after)) and decision.identity.id in failing - listed:
                branch = decision.after.latest.branch
                for match in matches_of_issue(decision.after):
                    yield KnownFailure(self.history.known.rule(number), decision.identity, match, branch)

    def updates(self, decisions: Sequence[Decision | Skip], now: datetime) -> tuple[KnownUpdate, ...]:
        """What the known issues have to remember, with the failures of the issues that are closed because of them."""
        if not self.history.known.rules:
            return ()
        found = {number: list(matches) for number, matches in found_matches(self.history.diagnosed).items()}
        by_rule: dict[int, set[str]] = defaultdict(set)
        for each in self.failing:
            by_rule[each.rule.number].add(each.identity.id)
        for decision in decisions:
            number = known_issue_of(decision.after) if isinstance(decision, Decision) else 0
            if isinstance(decision, Decision) and decision.kind is DecisionKind.CLOSE and number:
                found.setdefault(number, []).extend(matches_of_issue(decision.after))
                by_rule[number].add(decision.identity.id)
        failing = {each.identity.id for each in self.history.histories if each.failing}
        total = len(failing.union(*by_rule.values()))
        at_hand = {rule.number: (len(by_rule[rule.number]), total) for rule in self.history.known.rules}
        return updates_of(self.history.known, found, at_hand, self.failing, now)


def _attribution(snapshot: Snapshot, settings: Settings) -> Attribution:
    owned = {name: _owned(part) for name, part in (snapshot.parts or {"": snapshot}).items()}
    return Attribution(settings, snapshot.commit_files, snapshot.commit_origins, owned)


def _owned(part: Snapshot) -> Owned:
    # A token that may not see commits may not see CODEOWNERS, either.
    codeowners = "" if part.codeowners is None and part.hidden_commits else part.codeowners
    return Owned(codeowners, part.paths)


def _commits(snapshot: Snapshot) -> Iterator[CommitsBetween]:
    """The commits of breaks, as GitHub shows them, or else as the runs do."""
    yield from snapshot.commits
    for part in snapshot.each_part:
        yield from (commits_of_runs(*pair, part.runs) for pair in part.hidden_commits)


def _problems(current: Iterable[Tracked], decided: Sequence[Decision | Skip]) -> Iterator[Problem]:
    """The issues that cannot be read and stay so, and the skips that a maintainer has to know of."""
    # An issue that this sweep writes again is readable afterwards, so no warning names it.
    restored = {decision.issue.number for decision in decided if isinstance(decision, Decision) and decision.issue}
    for tracked in current:
        if tracked.state is None and tracked.issue.number not in restored:
            yield _unreadable(tracked)
    for decision in decided:
        if isinstance(decision, Skip) and decision.skip_reason in _NAMED:
            yield decision.problem(Severity.WARNING)


def would_open(decisions: Decisions) -> bool:
    """Whether an issue would be opened, or only the cap, or what is not known of other issues, keeps it from that."""
    return any(
        decision.skip_reason in {SkipReason.OVER_CAP, SkipReason.ISSUES_UNKNOWN}
        if isinstance(decision, Skip)
        else decision.kind is DecisionKind.CREATE
        for decision in decisions.all
    )


def _with_own_line(repository_history: RepositoryHistory) -> Iterator[History]:
    """All histories but those of tests that fail with others: their job fails.

    A cause that a person split off its job fails by itself.
    """
    covering = repository_history.storms.covering
    for history in repository_history.histories:
        if not (history.identity.test and history.identity.id in covering):
            yield history
    for umbrella in repository_history.storms.umbrellas:
        if _is_alone(umbrella, repository_history):
            yield umbrella


def _is_alone(umbrella: History, repository_history: RepositoryHistory) -> bool:
    """Whether no failing job is under an umbrella: people split its cause off the jobs that fail of it."""
    covering = repository_history.storms.covering
    under = (covering.get(each.identity.id) for each in repository_history.histories if each.failing)
    return umbrella.identity.cause not in under


# --- each identity -------------------------------------------------------------------------------

_Decided = tuple[History, Decision | Skip]


def _decide_each(rules: LifecycleRules, repository_history: RepositoryHistory) -> Iterator[_Decided]:
    by_id: dict[str, Identity] = {}
    for history in repository_history.all_histories:
        identity = history.identity
        if by_id.setdefault(identity.id, identity) != identity:
            # The workflow `a` with the job `b:c` and the workflow `a:b` with the job `c` have the same id.
            yield history, skip(history, SkipReason.SAME_ID, "another workflow and job have the same failure id")
            continue
        tracked_issues = repository_history.tracked_issues
        yield history, rules.decide(history, tracked_issues.of_history(history), tracked_issues.declined(identity.id))


def _open_numbers(histories: Sequence[History], tracked_issues: TrackedIssues) -> Iterator[tuple[Identity, int]]:
    """Each identity that has an open issue, with its number."""
    for history in histories:
        tracked = tracked_issues.of(history.identity.id)
        if tracked is not None and tracked.issue.open:
            yield history.identity, tracked.issue.number


def _numbers_of_umbrellas(repository_history: RepositoryHistory) -> Mapping[str, int]:
    """The number of the open issue of each storm, and of each job that stands for several tests, by their keys."""
    storms = repository_history.storms
    of_tests = [each for each in repository_history.histories if each.identity.id in storms.covering.values()]
    open_issues = _open_numbers([*storms.umbrellas, *of_tests], repository_history.tracked_issues)
    return {key_of_umbrella(identity): number for identity, number in open_issues}


def _close_duplicates(rules: LifecycleRules, tracked_issues: Sequence[Tracked]) -> Iterator[Decision]:
    """Rule 2: of several open issues of one identity the lowest number stays."""
    by_id: dict[str, list[Tracked]] = defaultdict(list)
    for tracked in sorted(tracked_issues, key=lambda tracked: tracked.issue.number):
        if tracked.issue.open:
            by_id[tracked.id].append(tracked)
    # The oldest issue has the discussion and the links of people.
    for first, *others in by_id.values():
        # If the oldest one cannot be read, closing the others would lose what they remember.
        if first.state is not None:
            closed = (rules.close_duplicate(tracked, first.issue) for tracked in others)
            yield from (decision for decision in closed if decision is not None)


def _merged(rules: LifecycleRules, tracked_issues: Sequence[Tracked]) -> Iterator[Decision | Skip]:
    """What becomes of the issues that say that another issue is the same: closed, or counted there."""
    issues = {tracked.issue.number: tracked for tracked in tracked_issues}
    for merge in rules.corrections.on:
        tracked, holder = issues.get(merge.entry.number), issues.get(merge.holder)
        if tracked is not None and tracked.issue.open and holder is not None:
            if closed := rules.close_merged(tracked, merge, holder.issue):
                yield closed
        else:
            words = f"{merge.words}, so it is counted in #{merge.holder}"
            yield Skip(merge.entry.identity, words, SkipReason.SAME_AS, merge.holder)


def _blocks_to_name(rules: LifecycleRules, tracked_issues: Sequence[Tracked]) -> Iterator[TaughtBlock]:
    """The blocks that matter now: those in open issues, and those by which closed ones were merged into others."""
    merged = {merge.entry.number for merge in rules.corrections.merges}
    for tracked in tracked_issues:
        taught = rules.blocks.get(tracked.issue.number)
        if taught is not None and (tracked.issue.open or (tracked.issue.number in merged and taught.same_as)):
            yield taught


def _into_umbrellas(rules: LifecycleRules, decisions: Sequence[Decision | Skip]) -> Iterator[Decision | Skip]:
    """Rule 3: the issue of a job that an open umbrella issue covers is closed as its duplicate.

    It stays open if the umbrella issue is not opened, because then no other issue would stand for the job.
    """
    opened = {DecisionKind.CREATE, DecisionKind.UPDATE, DecisionKind.REOPEN}
    made = [decision for decision in decisions if isinstance(decision, Decision) and decision.kind in opened]
    # An umbrella over `max-new-issues` is not made, and then its jobs keep their own issues.
    umbrellas = {key_of_umbrella(decision.identity): decision for decision in made}
    for decision in decisions:
        # Only an issue that is open and stays open is replaced by the umbrella issue.
        is_update = isinstance(decision, Decision) and decision.kind is DecisionKind.UPDATE
        umbrella = umbrellas.get(rules.storms.covering.get(decision.identity.id, "")) if is_update else None
        if isinstance(decision, Decision) and umbrella is not None and not decision.identity.cause:
            yield rules.into_umbrella(decision, umbrella)
        else:
            yield decision


def _unless_known_before(decision: Decision | Skip) -> Decision | Skip:
    """An issue that is a duplicate of a known issue stays closed while the rules are not known."""
    number = known_issue_of(decision.before) if isinstance(decision, Decision) and decision.before else 0
    if isinstance(decision, Skip) or decision.kind is not DecisionKind.REOPEN or not number:
        return decision
    reason = f"the known issues were not read, and #{number} may cover it; {decision.reason}"
    return Skip(decision.identity, reason, SkipReason.ISSUES_UNKNOWN, decision.issue.number if decision.issue else None)


def _not_opened(decision: Decision | Skip, unread: str) -> Decision | Skip:
    """No issue is opened while it is not known whether there is one already."""
    if not _opens(decision):
        return decision
    return Skip(decision.identity, f"{unread} could not be read; {decision.reason}", SkipReason.ISSUES_UNKNOWN)


def _unless_unclear(history: History, decision: Decision | Skip, unclear: Unclear) -> Decision | Skip:
    """Nothing is opened or reopened for what could not be understood: it may have passed, or have an issue."""
    if isinstance(decision, Skip) or decision.kind not in {DecisionKind.CREATE, DecisionKind.REOPEN}:
        return decision
    # An answer about another workflow says nothing against this one.
    workflows = {status.workflow_id for status in history.branch_statuses}
    if not (unclear.issues or unclear.runs or workflows & unclear.workflows):
        return decision
    reason = f"an answer of GitHub could not be understood; {decision.reason}"
    number = decision.issue.number if decision.issue else None
    return Skip(decision.identity, reason, SkipReason.UNCLEAR, number)


def _unless_unread(
    history: History, decision: Decision | Skip, snapshot: Snapshot, settings: Settings
) -> Decision | Skip:
    """What is known of a repository that was not read stays as it is: nothing passed, and nothing is gone.

    An issue about other repositories as well goes on with these. It closes only if what it remembers of the others
    proves that it passes there, too.
    """
    # With central issues, one issue may be about several repositories.
    repositories = {status.repository for status in history.branch_statuses} or {history.latest.repository}
    unread = sorted(name for name in repositories if not snapshot.has_read(name))
    if not unread or isinstance(decision, Skip):
        return decision
    is_proven = decision.kind is DecisionKind.CLOSE and decision.after.passes_missing(settings.close_after) == 0
    if len(unread) < len(repositories) and (decision.kind is DecisionKind.UPDATE or is_proven):
        return decision
    number = decision.issue.number if decision.issue else None
    reason = f"{some_of(unread)} was not looked at; {decision.reason}".removesuffix("; ")
    return Skip(decision.identity, reason, SkipReason.UNREAD, number)


def _unless_unasked(rules: LifecycleRules, decisions: Iterable[Decision | Skip]) -> Iterator[Decision | Skip]:
    """Nothing is written into an issue before it is known who wrote the block in it.

    After that, the tracker would be the last editor, and nothing would tell any more who the person was. An issue that
    such an issue is to count stays open as well.
    """
    unasked: dict[str, str] = {}
    for decision in decisions:
        number = decision.issue.number if isinstance(decision, Decision) and decision.issue else None
        if isinstance(decision, Skip) or number is None:
            yield decision
            continue
        why = unasked.get(decision.held_by) or _why_unasked(decision, rules.blocks.get(number))
        if why:
            unasked[decision.identity.id] = why
        yield Skip(decision.identity, why, SkipReason.EDITOR_UNKNOWN, number) if why else decision


def _why_unasked(decision: Decision, taught: TaughtBlock | None) -> str:
    """Why it is not known who wrote the block in an issue; empty if it is, or if it counted before."""
    if taught is None or taught.trust is not Trust.UNKNOWN:
        return ""
    # The issue remembers the block that was trusted. As long as it is the same, nobody has to be asked again.
    is_accepted = decision.before is not None and decision.before.block == taught.block.digest
    return "" if is_accepted else taught.why


def _without_text(snapshot: Snapshot, tracked_issues: TrackedIssues) -> Sequence[Issue]:
    """The issues of a bot, or of the token's account, with the label and without a sign of the tracker."""
    with_sign = {tracked.issue.number for tracked in tracked_issues.current} | tracked_issues.foreign
    return [
        issue
        for issue in snapshot.issues
        if issue.has_label(snapshot.label) and issue.number not in with_sign and not issue.has_label(KNOWN_ISSUE)
        if issue.author_is_bot or issue.author == snapshot.viewer
    ]


def _unless_textless(
    rules: LifecycleRules, history: History, decision: Decision | Skip, textless: Sequence[Issue]
) -> Decision | Skip:
    """No issue is opened beside one of a bot that has lost its text and has the same workflow and job in its title.

    If its title has them as the tracker writes them, the text is written again.
    """
    if not _opens(decision):
        return decision
    identity = decision.identity
    names = [identity.workflow, "" if identity.is_whole_workflow else identity.job]
    title = f"{identity.workflow} - {identity.part}"
    if identity.test:
        names, title = [identity.test], identity.test
    # `CI - test` is not the title of `CI - test (3.12)`, nor of `CI - test_dst`.
    written = re.compile(rf"(?<!\w){re.escape(title)}(?![\w(])")
    for issue in textless:
        # GitHub may have left out a text that is there, and what it remembers must not be lost.
        if not issue.body and all(name in issue.title for name in names):
            return Skip(identity, "its text was removed", SkipReason.TEXT_GONE, issue.number)
        if issue.open and issue.body and written.search(issue.title):
            return rules.restore(history, issue)
    return decision


def _opens(decision: Decision | Skip) -> bool:
    return isinstance(decision, Decision) and decision.kind is DecisionKind.CREATE


def _within_cap(decided: Sequence[_Decided], settings: Settings, snapshot: Snapshot) -> Iterator[Decision | Skip]:
    """Rule 3's cap: issues are opened for the worst failures; the others are skipped by name."""
    creates = [pair for pair in decided if _opens(pair[1])]
    creates.sort(key=lambda pair: _worst_first(pair[0], snapshot))
    yield from (decision for _, decision in creates[: settings.max_new_issues])
    # The worst come first in the writes as well: a sweep that is stopped has then opened these.
    over = {decision.identity for _, decision in creates[settings.max_new_issues :]}
    for _, decision in decided:
        if not _opens(decision):
            yield decision
        elif decision.identity in over:
            reason = f"over `max-new-issues` ({settings.max_new_issues}); {decision.reason}"
            yield Skip(decision.identity, reason, SkipReason.OVER_CAP)


def _worst_first(history: History, snapshot: Snapshot) -> tuple[bool, bool, int, datetime, str, str]:
    """Sorts storms first, then the default branch, how often, how long; the names make the order total."""
    return (
        not history.identity.cause,
        not any(_is_on_default_branch(status, snapshot) for status in history.branch_statuses if status.red),
        -len(history.occurrences),
        _since(history, None),
        history.identity.workflow,
        history.identity.job,
    )


def _is_on_default_branch(status: BranchStatus, snapshot: Snapshot) -> bool:
    return status.branch == snapshot.part(status.repository).repository.default_branch


def _since(history: History, state: State | None) -> datetime:
    """When the latest break began, as far as that was read or the open issue remembers it."""
    first_red, _ = bounds(state, history)
    return first_red.at if first_red else history.latest.started_at


def _failing(history: History, tracked: Tracked | None, after: State | None) -> CurrentFailure:
    """One identity that fails now; `after` is the state of its issue, if it has or gets one."""
    latest = history.latest
    state = tracked.state if tracked and tracked.issue.open else None
    jobs = {leg.job_id for leg in latest.legs}
    job_diagnoses = (*history.job_diagnoses, *(remembered([state]) if state else ()))
    candidates = (candidate for candidate in job_diagnoses if candidate.job_id in jobs and candidate.signature)
    # A matrix job with a log says more than one whose log is gone.
    job_diagnosis = min(candidates, key=lambda job: job.log_unavailable is not None, default=JobDiagnosis(0))
    # The report counts what the issue will count, also in a dry run.
    new = [occurrence for occurrence in history.occurrences if not (state and has_counted(state, occurrence))]
    return CurrentFailure(
        identity=history.identity,
        state=after or updated_state(state, history),
        outcome=latest.outcome,
        count=(state.count if state else 0) + len(new),
        since=_since(history, state),
        run_id=latest.run_id,
        run_number=latest.number,
        branch=latest.branch,
        legs=tuple(leg for leg in history.failing_legs if leg),
        headline=job_diagnosis.headline,
        signature=job_diagnosis.signature,
        repository=latest.repository,
    )


def _unreadable(tracked: Tracked) -> Problem:
    what = f"Issue #{tracked.issue.number} is left alone: {plain(tracked.defect)}."
    return Problem(Severity.WARNING, what, tracked.advice)
