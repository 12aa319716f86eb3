"""What the rules of known issues match, what becomes of these failures, and what a known issue remembers."""

from __future__ import annotations

import dataclasses
import re
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from builders import START, a_diagnosis, a_job, a_run, a_scan, a_state, an_issue, some_settings
from ci_failure_tracker.issues.known_memory import read_memory, write_memory
from ci_failure_tracker.issues.known_text import known_table, known_writes, with_known_table
from ci_failure_tracker.issues.marker import compose
from ci_failure_tracker.issues.rule_block import BEGIN_TABLE, END_TABLE, with_table
from ci_failure_tracker.model import (
    Account,
    Authorship,
    Failure,
    FailureKind,
    JobDiagnosis,
    KnownIssue,
    KnownMatch,
    KnownMemory,
    Permission,
    Rule,
    RuleAction,
    RuleStatus,
    RunJobs,
    Skip,
    SkipReason,
    Snapshot,
    Workflow,
)
from ci_failure_tracker.selection.teaching import needs_of_teaching
from ci_failure_tracker.settings import Settings
from ci_failure_tracker.tracking.decide import Findings, find
from ci_failure_tracker.tracking.known_issues import (
    MOST_MATCHES,
    FailureFacts,
    matches,
    memory_after,
    read_rules,
)
from ci_failure_tracker.tracking.track import read_issues
from harmless import check_markdown
from hostile import TEXTS
from sweeping import carry_out, make_plan

DOCS = Path(__file__).parents[2] / "docs"
NOW = START + timedelta(days=40)
CI = Workflow(1, "CI", ".github/workflows/ci.yml")
URL = "https://github.example/octo-org/example"


def facts(*lines: str, job: str = "fetch (3.12)", kind: FailureKind | None = FailureKind.DEPENDENCY) -> FailureFacts:
    return FailureFacts(CI, job, kind, lines)


# --- what a rule matches -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        (Rule(match="NO  answer"), True),
        (Rule(match="no answers"), False),
        (Rule(match="/answer from \\S{1,50}/"), True),
        (Rule(match="/Answer/"), False),
        (Rule(match="/(?i)ANSWER/"), True),
        (Rule(workflow="ci"), True),
        (Rule(workflow="ci.yml"), True),
        (Rule(workflow="Doc*"), False),
        (Rule(job="fetch"), True),
        (Rule(job="fetch (3.12)"), True),
        (Rule(job="FET*"), True),
        (Rule(job="fetch (3.13)"), False),
        (Rule(kind="dependency"), True),
        (Rule(kind="dep*"), True),
        (Rule(kind="test"), False),
        (Rule(match="no answer", workflow="CI", job="fetch", kind="dependency"), True),
        (Rule(match="no answer", workflow="CI", job="test", kind="dependency"), False),
    ],
)
def test_every_condition_has_to_fit(rule: Rule, fits: bool) -> None:
    assert matches(rule, facts("something", "Error: no answer from mirror.example")) is fits


def test_what_is_not_known_matches_no_text_and_no_kind() -> None:
    unread = facts(kind=None)
    assert not matches(Rule(match="no answer"), unread)
    assert not matches(Rule(kind="*"), unread)
    assert matches(Rule(job="fetch"), unread)


def test_of_several_failing_tests_each_has_to_match() -> None:
    one, other = ("test_noon: 11 != 12",), ("test_night: 1 != 0",)
    both = FailureFacts(CI, "test", FailureKind.TEST, (*one, *other), (one, other))
    assert not matches(Rule(match="test_noon"), both)
    assert matches(Rule(match="/test_n/"), both)
    assert matches(Rule(match="!="), both)
    assert matches(Rule(job="test"), both)


def test_an_expression_takes_no_long_time_on_a_long_line() -> None:
    started = time.monotonic()
    assert not matches(Rule(match="/a.*b.*c/"), facts(*["a" * 2_000] * 20))
    assert time.monotonic() - started < 5


# --- what becomes of the failure -----------------------------------------------------------------


def a_known_issue(*lines: str, number: int = 7, body: str = "", author: str = "ada") -> KnownIssue:
    block = "\n".join(["```ci-failure", *lines, "```"])
    issue = an_issue(number, body or f"Text.\n\n{block}\n", author=author, labels=("known-issue",))
    return KnownIssue(issue, Authorship(Account(author)))


def broken(*known: KnownIssue, headline: str = "Error: no answer from mirror.example", **more: object) -> Snapshot:
    """A run in which one job failed, with its diagnosis."""
    run = a_run(2)
    job = a_job("fetch", "failure", 200, run.updated_at)
    failure = Failure("curl", FailureKind.DEPENDENCY, "", "", headline, ())
    diagnosis = dataclasses.replace(a_diagnosis(headline), failures=(failure,))
    read = JobDiagnosis(job.id, "v2:1", headline, diagnosis=diagnosis, kind=FailureKind.DEPENDENCY)
    snapshot = dataclasses.replace(a_scan([run], {run.id: [job]}), job_diagnoses=(read,), known_issues=known)
    permissions = {"ada": Permission.WRITE, "visitor": Permission.LESS, "grace": Permission.UNKNOWN}
    return dataclasses.replace(snapshot, permissions=permissions, **more)  # type: ignore[arg-type]


def found_in(
    snapshot: Snapshot, now: datetime = START + timedelta(hours=3), settings: Settings | None = None
) -> Findings:
    return find(snapshot, read_issues(snapshot.issues, None, now), settings or some_settings(), now)


def skips(findings: Findings) -> dict[SkipReason, str]:
    return {each.skip_reason: each.reason for each in findings.decisions.all if isinstance(each, Skip)}


def test_a_failure_that_matches_gets_no_issue_and_its_reason_names_the_rule() -> None:
    findings = found_in(broken(a_known_issue("match: no answer from")))
    assert findings.decisions.made == ()
    assert skips(findings) == {SkipReason.KNOWN: "known issue #7 (`match: no answer from`) counts it"}
    assert findings.decisions.failing == ()
    (failure,) = findings.decisions.known
    assert (failure.match.headline, failure.is_ignored) == ("Error: no answer from mirror.example", False)


def test_one_that_does_not_match_gets_its_issue() -> None:
    findings = found_in(broken(a_known_issue("match: quite another text")))
    assert [each.kind.value for each in findings.decisions.made] == ["create"]
    (update,) = findings.decisions.known_updates
    assert (update.memory.matches, update.memory.tried) == ((), (0, 1))


def test_the_oldest_known_issue_counts_it_if_two_match() -> None:
    known = (a_known_issue("job: fetch", number=9), a_known_issue("match: no answer", number=8))
    findings = found_in(broken(*known))
    assert [each.rule.number for each in findings.decisions.known] == [8]


@pytest.mark.parametrize(
    ("known", "status", "kinds"),
    [
        (a_known_issue("match: no answer", "until: 2020-01-01"), RuleStatus.OVER, ["create"]),
        (a_known_issue("match: no answer", "what: ever"), RuleStatus.BROKEN, ["create"]),
        (a_known_issue("match: no answer", author="visitor"), RuleStatus.UNTRUSTED, ["create"]),
        (a_known_issue("match: no answer", author="grace"), RuleStatus.UNKNOWN, []),
    ],
)
def test_a_rule_that_does_not_count_takes_nothing(known: KnownIssue, status: RuleStatus, kinds: list[str]) -> None:
    findings = found_in(broken(known))
    assert [rule.status for rule in findings.history.known.rules] == [status]
    assert [each.kind.value for each in findings.decisions.made] == kinds
    (problem,) = [problem for problem in findings.decisions.problems if "#7" in problem.what]
    assert "Known issues that do not count now" in problem.what
    if status is RuleStatus.UNKNOWN:  # a fault passes: the next sweep decides
        assert "may count it, but it could not be asked" in skips(findings)[SkipReason.KNOWN]
        assert findings.decisions.known_updates == ()


@pytest.mark.parametrize(("hours", "counts"), [(0, True), (23.9, True), (24, False)])
def test_a_rule_counts_on_its_last_day_in_utc(hours: float, counts: bool) -> None:
    snapshot = broken(a_known_issue("match: no answer", f"until: {START:%Y-%m-%d}"))
    findings = found_in(snapshot, START.replace(hour=0) + timedelta(hours=hours))
    assert bool(findings.decisions.known) is counts


@pytest.mark.parametrize("labels", [(), ("keep-open",)])
def test_what_a_person_keeps_open_is_not_closed_for_a_known_issue(labels: tuple[str, ...]) -> None:
    (issue,) = carry_out(make_plan(broken(), some_settings(), START + timedelta(hours=3)))
    issue = dataclasses.replace(issue, labels=(*issue.labels, *labels))
    findings = found_in(broken(a_known_issue("match: no answer"), issues=(issue,)))
    assert [each.kind.value for each in findings.decisions.made] == (["update"] if labels else ["close"])


@pytest.mark.parametrize(("minutes", "opened"), [(30, []), (70, ["create"])])
def test_a_log_that_cannot_be_read_is_waited_for_an_hour(minutes: int, opened: list[str]) -> None:
    snapshot = broken(a_known_issue("match: no answer"), job_diagnoses=(), undiagnosed=frozenset({5_200}))
    ended = snapshot.runs[0].updated_at
    findings = found_in(dataclasses.replace(snapshot, asked=frozenset({"logs"})), ended + timedelta(minutes=minutes))
    assert [each.kind.value for each in findings.decisions.made] == opened


def test_a_rule_takes_no_run_without_jobs() -> None:
    run = a_run(2)
    snapshot = broken(a_known_issue("workflow: CI"), runs=(run,), jobs=(RunJobs(run.id, ()),), job_diagnoses=())
    findings = found_in(snapshot)
    assert [each.identity.job for each in findings.decisions.made] == ["startup failure"]
    assert findings.decisions.known == ()


def test_if_nobody_may_be_asked_there_are_no_rules() -> None:
    snapshot = broken(a_known_issue("match: no answer"), permissions_hidden=True)
    assert read_rules(snapshot, NOW) == ()
    assert [each.kind.value for each in found_in(snapshot).decisions.made] == ["create"]


def test_an_ignored_failure_is_named_and_does_not_count() -> None:
    findings = found_in(broken(a_known_issue("match: no answer", "action: ignore")))
    assert [each.is_ignored for each in findings.decisions.known] == [True]
    assert "ignores it" in skips(findings)[SkipReason.KNOWN]


def test_a_failure_that_was_counted_is_known_without_its_log() -> None:
    known = a_known_issue("match: no answer")
    (update,) = found_in(broken(known)).decisions.known_updates
    written = dataclasses.replace(known.issue, body=with_table(known.issue.body, known_table(update, URL)))
    later = broken(KnownIssue(written, Authorship(Account("ada"), Account("tracker[bot]", is_bot=True))))
    findings = found_in(dataclasses.replace(later, job_diagnoses=()))
    assert len(findings.decisions.known) == 1
    assert known_writes(findings.decisions.known_updates, URL) == ((), ())


def test_after_an_edit_it_is_not_known_without_its_log() -> None:
    known = a_known_issue("match: no answer")
    (update,) = found_in(broken(known)).decisions.known_updates
    body = with_table(known.issue.body, known_table(update, URL)).replace("match: no answer", "match: quite another")
    later = broken(a_known_issue(body=body))
    findings = found_in(dataclasses.replace(later, job_diagnoses=()))
    assert findings.decisions.known == ()


def test_a_job_that_passes_later_fails_no_more() -> None:
    snapshot = broken(a_known_issue("job: fetch"))
    passing = a_run(3, "success")
    snapshot = dataclasses.replace(snapshot, runs=(passing, *snapshot.runs))
    findings = found_in(snapshot)
    assert findings.decisions.known == ()
    assert [len(update.memory.matches) for update in findings.decisions.known_updates] == [1]


def test_a_job_that_is_gone_and_a_workflow_that_is_disabled_fail_no_more() -> None:
    snapshot = broken(a_known_issue("job: fetch"))
    later = a_run(3)
    other = RunJobs(later.id, (a_job("test", "failure", 300, later.updated_at),))
    without_job = dataclasses.replace(snapshot, runs=(later, *snapshot.runs), jobs=(other, *snapshot.jobs))
    assert found_in(without_job).decisions.known == ()
    assert len(found_in(snapshot).decisions.known) == 1
    workflow = dataclasses.replace(snapshot.runs[0].workflow, state="disabled_manually")
    assert found_in(dataclasses.replace(snapshot, workflows=(workflow,))).decisions.known == ()
    deleted = Workflow(99, "Other", ".github/workflows/other.yml")
    assert found_in(dataclasses.replace(snapshot, workflows=(deleted,))).decisions.known == ()
    assert found_in(snapshot, START + timedelta(days=100)).decisions.known == ()


# --- what a known issue remembers ----------------------------------------------------------------


def a_match(job_id: int, hours: float) -> KnownMatch:
    """A match that ended so many hours ago."""
    names = {"workflow": "CI", "job": "fetch", "headline": "no answer"}
    return KnownMatch(job_id, NOW - timedelta(hours=hours), job_id, job_id, **names)


def remembering(*found: KnownMatch, before: KnownMemory | None = None) -> KnownMemory:
    (rule,) = read_rules(broken(a_known_issue("match: no answer")), NOW)
    memory = before or KnownMemory(rule.block, NOW - timedelta(days=39))
    return memory_after(dataclasses.replace(rule, memory=memory), found, (1, 2), NOW)


def test_each_match_is_counted_once_and_forgotten_after_thirty_days() -> None:
    memory = remembering(a_match(1, 2), a_match(2, 2), a_match(3, 24 * 31))
    assert [match.job_id for match in memory.matches] == [1, 2]
    assert remembering(a_match(1, 2), before=memory) == memory


def test_what_there_is_no_room_for_is_not_counted_again() -> None:
    found = [a_match(number, 700 - number) for number in range(1, MOST_MATCHES + 6)]
    memory = remembering(*found)
    assert len(memory.matches) == MOST_MATCHES
    assert memory.dropped_to == found[4].ended_at
    assert remembering(*found, before=memory) == memory
    assert len(write_memory(memory)) < 16_000


def test_a_match_that_fails_now_is_remembered_as_long_as_it_does() -> None:
    old, older = a_match(1, 24 * 31), a_match(2, 24 * 40)
    (rule,) = read_rules(broken(a_known_issue("match: no answer")), NOW)
    rule = dataclasses.replace(rule, memory=KnownMemory(rule.block, NOW, matches=(older, old)))
    assert memory_after(rule, (), (0, 0), NOW, {old.key}).matches == (old,)
    assert memory_after(rule, (), (0, 0), NOW).matches == ()


def test_rules_that_look_at_logs_are_named_if_no_log_is_read() -> None:
    snapshot = broken(a_known_issue("match: no answer"), a_known_issue("job: quite another", number=12))
    settings = some_settings(logs="false")
    (problem,) = find(snapshot, read_issues((), None, NOW), settings, NOW).decisions.problems
    assert "`logs` is `false`: #7." in problem.what


def test_memory_is_read_as_it_was_written() -> None:
    memory = remembering(*[a_match(number, number) for number in range(1, 30)])
    line = write_memory(memory)
    assert read_memory(f"Text\n\n{BEGIN_TABLE}\nTable\n\n{line}\n{END_TABLE}\n") == memory


@pytest.mark.parametrize(
    "line",
    [
        "",
        "<!-- ci-failure-tracker-known {} -->",
        '<!-- ci-failure-tracker-known {"v":9,"block":"x"} -->',
        '<!-- ci-failure-tracker-known {"v":1,"matches":[[1]]} -->',
        '<!-- ci-failure-tracker-known {"v":1,"matches":7} -->',
        '<!-- ci-failure-tracker-known {"v":1,"tried":[1]} -->',
        "<!-- ci-failure-tracker-known {" + "[" * 50_000 + "} -->",
    ],
)
def test_a_line_that_a_person_spoiled_is_none(line: str) -> None:
    assert read_memory(f"{BEGIN_TABLE}\n{line}\n{END_TABLE}\n") == KnownMemory()


def test_a_memory_outside_of_the_trackers_text_is_none() -> None:
    line = write_memory(KnownMemory("abc"))
    assert read_memory(f"{line}\n\n```ci-failure\nmatch: abc\n```\n") == KnownMemory()


# --- the text ------------------------------------------------------------------------------------


def table_of(known: KnownIssue, headline: str = "Error: no answer", now: datetime = START + timedelta(hours=3)) -> str:
    (update,) = found_in(broken(known, headline=headline), now).decisions.known_updates
    return known_table(update, URL)


def test_the_table_counts_by_the_age_of_the_matches() -> None:
    memory = remembering(a_match(1, 2), a_match(2, 30), a_match(3, 24 * 8))
    (rule,) = read_rules(broken(a_known_issue("match: no answer")), NOW)
    (update,) = found_in(broken(rule.known)).decisions.known_updates
    table = known_table(dataclasses.replace(update, memory=memory, at=NOW), URL)
    assert "| 1 | 2 | 3 |" in table
    assert f"[run 1]({URL}/actions/runs/1)" in table


def test_a_table_of_too_many_matches_says_at_least() -> None:
    (rule,) = read_rules(broken(a_known_issue("match: no answer")), NOW)
    (update,) = found_in(broken(rule.known)).decisions.known_updates
    memory = remembering(*[a_match(number, number / 100) for number in range(1, MOST_MATCHES + 2)])
    assert "at least 300" in known_table(dataclasses.replace(update, memory=memory, at=NOW), URL)


def test_the_answers_of_the_page_are_those_of_the_tracker() -> None:
    page = (DOCS / "known-issues.md").read_text("utf-8").partition("| it says |")[2].partition("\n\n")[0]
    answers = re.findall(r"^\| (\w[^|]*\.) \|", page, re.MULTILINE)
    golden = "".join(path.read_text("utf-8") for path in (DOCS.parent / "tests" / "golden").glob("known_issue-*.md"))
    shown = re.sub(r"\d+", "0", golden.replace("**", ""))
    assert len(answers) == 4
    assert [answer for answer in answers if re.sub(r"\d+", "0", answer).rstrip(".") not in shown] == []


def test_a_rule_that_matched_nothing_for_thirty_days_gets_an_answer() -> None:
    (rule,) = read_rules(broken(a_known_issue("match: quite another")), NOW)
    (update,) = found_in(broken(rule.known)).decisions.known_updates
    memory = dataclasses.replace(update.memory, since=NOW - timedelta(days=30))
    assert "matched nothing in 30 days" in known_table(dataclasses.replace(update, memory=memory, at=NOW), URL)
    young = dataclasses.replace(memory, since=NOW - timedelta(days=29))
    assert "matched nothing" not in known_table(dataclasses.replace(update, memory=young, at=NOW), URL)


@pytest.mark.parametrize("text", [each.text[:400] for each in TEXTS if "\n" not in each.text][:60])
def test_hostile_text_in_a_block_and_in_a_failure_does_no_harm(text: str) -> None:
    mistaken = table_of(a_known_issue(f"{text}", f"until: {text}", f"action: {text}", "match: no answer"))
    counted = table_of(a_known_issue("job: fetch"), headline=text)
    for table in (mistaken, counted):
        visible = "\n".join(
            line for line in table.split("\n") if not line.startswith("<!-- ci-failure-tracker-known {")
        )
        check_markdown(visible, "a known issue", URL)


def test_a_text_that_was_written_is_not_written_again_and_a_changed_block_is_left() -> None:
    known = a_known_issue("match: no answer")
    (update,) = found_in(broken(known)).decisions.known_updates
    (write,), _ = known_writes([update], URL)
    written = with_known_table(known.issue.body, write.table, write.block)
    assert written is not None
    assert with_known_table(written, write.table, write.block) == written
    assert with_known_table(written.replace("no answer", "something"), write.table, write.block) is None
    assert with_known_table("x" * 65_536, write.table, write.block) is None


def test_a_body_without_room_for_the_table_is_left_and_named() -> None:
    known = a_known_issue("match: no answer")
    full = dataclasses.replace(known.issue, body=f"{'x' * 65_300}\n{known.issue.body}")
    (update,) = found_in(broken(KnownIssue(full, known.authorship))).decisions.known_updates
    writes, (problem,) = known_writes([update], URL)
    assert writes == ()
    assert "has no room" in problem.what


def test_the_block_of_a_person_who_may_not_write_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ci_failure_tracker.tracking.known_issues.read_rule", None)
    snapshot = broken(a_known_issue("match: /(a+)+b/"))
    snapshot = dataclasses.replace(snapshot, permissions=dict.fromkeys(snapshot.permissions, Permission.LESS))
    assert [rule.status for rule in read_rules(snapshot, NOW)] == [RuleStatus.UNTRUSTED]


def test_an_action_says_what_it_does() -> None:
    texts = {action: table_of(a_known_issue("job: fetch", f"action: {action}")) for action in RuleAction}
    assert "do not count as failures" in texts[RuleAction.IGNORE]
    assert "rerun: transient" in texts[RuleAction.RETRY]
    assert len(set(texts.values())) == len(texts)


# --- what is no known issue ----------------------------------------------------------------------


def test_an_issue_of_the_tracker_is_no_known_issue() -> None:
    body = f"{written_by_the_tracker()}\n\n```ci-failure\njob: fetch\n```\n"
    known = a_known_issue(body=body)
    labelled = dataclasses.replace(known.issue, labels=("known-issue", "ci-failure"))
    (rule,) = read_rules(broken(KnownIssue(labelled, known.authorship), label="ci-failure"), NOW)
    assert (rule.status, "one of your own" in rule.why) == (RuleStatus.UNTRUSTED, True)


def written_by_the_tracker() -> str:
    """The body of an issue of the tracker."""
    return compose("A job fails.", a_state())


def test_a_label_without_a_block_says_nothing() -> None:
    snapshot = broken(a_known_issue(body="The mirror is slow.\n\n```yaml\nmatch: no answer\n```\n"))
    assert read_rules(snapshot, NOW) == ()
    assert found_in(snapshot).decisions.problems == ()


def test_of_too_many_the_oldest_count_and_a_notice_says_so() -> None:
    known = [a_known_issue("match: quite another", number=number) for number in range(1, 27)]
    findings = found_in(broken(*known))
    assert [rule.number for rule in findings.history.known.rules] == [*range(1, 26)]
    assert ["more than 25" in problem.what for problem in findings.decisions.problems] == [True]


def test_nobody_is_asked_for_whose_rule_is_not_read() -> None:
    known = [a_known_issue("match: no answer", number=number, author=f"person-{number}") for number in range(1, 41)]
    needs = needs_of_teaching(broken(*known), read_issues((), None, NOW))
    assert len(needs.permissions) == 25


def test_issues_that_only_have_the_label_take_no_place_of_a_rule() -> None:
    known = [a_known_issue(body="A cable is broken.", number=number) for number in range(1, 41)]
    findings = found_in(broken(*known, a_known_issue("match: no answer", number=41)))
    assert [failure.rule.number for failure in findings.decisions.known] == [41]
    assert findings.decisions.problems == ()
