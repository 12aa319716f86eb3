"""Which repositories need no sweep: what is news, what time brings, and that nothing is hidden in any history."""

from __future__ import annotations

import dataclasses
import os
import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from builders import START, quiet_report, some_settings
from ci_failure_tracker.model import Skip
from ci_failure_tracker.model.organisation import Look, RepositoryEntry
from ci_failure_tracker.model.screening import (
    ScreeningQuery,
    SeenCommit,
    SeenIssues,
    SeenRef,
    SeenRepository,
    SeenSuite,
)
from ci_failure_tracker.organisation.screening import A_DAY, A_WEEK, LAG, Screened, screen, settings_digest
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.report.repository_facts import brief
from ci_failure_tracker.settings import Settings
from stories import JOBS, Attempt, Story, Tracker

NAME = "octo-org/lamp"
NOW = START + timedelta(days=60)
AN_HOUR = timedelta(hours=1)


def suite(conclusion: str = "success", at: datetime = START, **more: Any) -> SeenSuite:
    given = {"workflow_id": 1, "number": 1, "event": "push", "branch": "main", "status": "completed"}
    return SeenSuite(conclusion=conclusion, created_at=at, updated_at=at, **{**given, **more})


def seen(*suites: SeenSuite, **more: Any) -> SeenRepository:
    """A repository with a commit for each suite, the newest first."""
    commits = tuple(SeenCommit(f"{place:040x}", (one,)) for place, one in enumerate(suites))
    given = {
        "name": NAME,
        "id": "R_1",
        "default_branch": SeenRef("main", commits),
        "refs": (),
        "tags": (),
        "tag_count": 0,
        "tracked": SeenIssues(0),
        "open_issues": 0,
        "known": SeenIssues(0),
    }
    return SeenRepository(**{**given, **more})


QUIET = seen(suite())
FAILING = seen(suite("failure"), tracked=SeenIssues(1, ((1, START),)), open_issues=1)


@dataclasses.dataclass
class Shown:
    """Shows what a test gives."""

    repositories: Mapping[str, SeenRepository | str]
    requests: int = 0
    commits: list[int] = dataclasses.field(default_factory=list)

    def look(self, names: Sequence[str], asked: ScreeningQuery) -> Mapping[str, SeenRepository | str]:
        self.requests += 1
        self.commits.append(asked.commits)
        return {name: self.repositories[name] for name in names}


def screened(
    shown: SeenRepository | str,
    entry: RepositoryEntry | None = None,
    now: datetime = NOW,
    settings: Settings | None = None,
) -> Screened:
    last = {NAME: entry} if entry else {}
    return screen(Shown({NAME: shown}), [NAME], last, settings or some_settings(), now).repositories[NAME]


def swept(
    shown: SeenRepository, look: Look = Look.SWEPT, settings: Settings | None = None, **report: Any
) -> RepositoryEntry:
    """The entry of a repository that was swept at NOW when it showed this."""
    kept = screened(shown, settings=settings).kept
    assert kept
    kept = dataclasses.replace(kept, swept_at=NOW, screened_at=None)
    return RepositoryEntry(NAME, look, at=NOW, kept=kept, report={"failing": [], **report})


def said(shown: SeenRepository | str, entry: RepositoryEntry, **more: Any) -> str:
    """Why a repository is swept an hour later; empty if it is not."""
    result = screened(shown, entry, **{"now": NOW + AN_HOUR, **more})
    return "" if result.look else result.reason


# --- what is compared ----------------------------------------------------------------------------


def test_what_shows_the_same_is_as_last_time_and_keeps_what_was_kept() -> None:
    entry = swept(QUIET)
    result = screened(QUIET, entry, NOW + AN_HOUR)
    assert (result.look, result.kept) == (Look.UNCHANGED, entry.kept)


@pytest.mark.parametrize(
    ("shown", "news"),
    [
        (seen(suite(), id="R_2"), "a branch"),
        (seen(suite(), suite()), "a run"),
        (seen(suite(number=2)), "a run"),
        (seen(suite(conclusion="failure")), "a run"),
        (seen(suite(), tag_count=1), "a tag"),
        (seen(suite(), tags=(SeenRef("v1", (SeenCommit("a"),)),)), "a tag"),
        (seen(suite(), tracked=SeenIssues(1, ((1, START),))), "an issue"),
        (seen(suite(), known=SeenIssues(1, ((1, START),))), "an issue"),
        (seen(suite(), has_issues=False), "an issue"),
        (seen(suite(), refs=(SeenRef("next"),)), "a branch"),
    ],
)
def test_each_difference_is_news(shown: SeenRepository, news: str) -> None:
    assert said(shown, swept(QUIET)) == f"There is news: {news}."


def test_the_order_of_runs_and_older_commits_that_only_a_deeper_look_shows_are_no_news() -> None:
    both = (suite(), suite(number=2))
    one, other = SeenCommit("a", both), SeenCommit("a", both[::-1])
    older = tuple(SeenCommit(str(place)) for place in range(9))
    before = seen(default_branch=SeenRef("main", (one, *older)))
    after = seen(default_branch=SeenRef("main", (other, *older[:4])))
    assert said(after, swept(before)) == ""


@pytest.mark.parametrize("status", ["queued", "in_progress", "waiting", "pending", "requested"])
def test_what_goes_on_or_waits_is_swept(status: str) -> None:
    shown = seen(suite("", status=status))
    assert said(shown, swept(shown)) == "A run is not completed."


def test_what_cannot_be_compared_is_swept_and_keeps_nothing() -> None:
    entry = swept(QUIET)
    cut = seen(default_branch=SeenRef("main", (SeenCommit("a", (suite(),), complete=False),)))
    for shown, why in (
        ("GitHub is away.", "It could not be screened: GitHub is away."),
        (cut, "A commit has more runs than a screening sees."),
        (dataclasses.replace(QUIET, name="octo-org/candle"), "It is now called octo-org/candle."),
    ):
        result = screened(shown, entry)
        assert (result.look, result.reason, result.kept) == (None, why, None)


@pytest.mark.parametrize(
    ("given", "is_swept"),
    [
        ({"close-after": "3"}, True),
        ({"title": "{job} fails"}, True),
        ({"branch": "default, next"}, True),
        ({"max-requests": "900"}, True),
        ({"dry-run": "true"}, True),
        ({"issues-repository": "octo-org/failures"}, True),
        ({"token": "another"}, False),
        ({"repository": "octo-org/other"}, False),
        ({"report-dir": "out"}, False),
        ({"slack-webhook-url": "https://hooks.example.com/x"}, False),
    ],
)
def test_settings_that_may_change_a_sweep_have_everything_swept(given: dict[str, str], is_swept: bool) -> None:
    why = said(QUIET, swept(QUIET), settings=some_settings(**{key.replace("-", "_"): v for key, v in given.items()}))
    assert why == ("The settings or the program changed." if is_swept else "")


def test_another_version_has_everything_swept(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = swept(QUIET)
    monkeypatch.setattr("ci_failure_tracker.organisation.screening.__version__", "99.0.0")
    assert said(QUIET, entry) == "The settings or the program changed."


def test_the_hash_of_the_settings_shows_no_token() -> None:
    assert settings_digest(some_settings(token="one")) == settings_digest(some_settings(token="two"))


@pytest.mark.parametrize(
    "branch", ["*", "default, merge-queue", "g*", "[a-z]*", "gh-readonly-queue/main/*", "a, b, c, d, e, f"]
)
def test_what_a_screening_does_not_watch_is_swept_without_a_request(branch: str) -> None:
    shown = Shown({})
    screening = screen(shown, [NAME], {NAME: swept(QUIET)}, some_settings(branch=branch), NOW)
    assert (screening.repositories[NAME].look, shown.requests, screening.requests) == (None, 0, 0)


def test_named_branches_are_looked_at_as_branches_and_as_tags() -> None:
    asked: list[ScreeningQuery] = []

    class Noting(Shown):
        def look(self, names: Sequence[str], query: ScreeningQuery) -> Mapping[str, SeenRepository | str]:
            asked.append(query)
            return super().look(names, query)

    for branch in ("default, next", "default, release/*"):
        screen(Noting({NAME: QUIET}), [NAME], {}, some_settings(branch=branch, labels="broken"), NOW)
    names, globs = asked
    refs = ("refs/heads/next", "refs/tags/next")
    assert (names.label, names.refs, names.patterns, names.tags) == ("broken", refs, (), False)
    assert (globs.refs, globs.patterns, globs.tags) == ((), ("release/*",), True)


# --- what the last sweep left --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("report", "is_swept"),
    [
        ({"partial": True}, True),
        ({"logs": {"read": 3, "unavailable": 0, "unread": 0, "left_out": 0}}, False),
        ({"logs": {"unavailable": 1}}, True),
        ({"logs": {"unread": 1}}, True),
        ({"logs": {"left_out": 1}}, True),
        ({"actions": [{"action": "create", "status": "done"}]}, False),
        ({"actions": [{"action": "create", "status": "failed"}]}, True),
        ({"actions": [{"action": "close", "status": "left"}]}, True),
        ({"actions": [{"action": "skip", "status": "left", "skip_reason": "unchanged"}]}, False),
        ({"actions": [{"action": "skip", "status": "left", "skip_reason": "passing"}]}, False),
        ({"actions": [{"action": "skip", "status": "left", "skip_reason": "over the cap"}]}, True),
        ({"actions": [{"action": "skip", "status": "left", "skip_reason": "a reason of a later version"}]}, True),
        ({"known_issues": [{"written": None}, {"written": "done"}]}, False),
        ({"known_issues": [{"written": "failed"}]}, True),
        ({"problems": [{"severity": "notice"}]}, False),
        ({"problems": [{"severity": "warning"}]}, True),
        ({"problems": [{"severity": "error"}]}, True),
        ({"problems": "unreadable", "actions": ["x"], "logs": None}, False),
    ],
)
def test_what_was_left_undone_is_swept(report: dict[str, Any], is_swept: bool) -> None:
    assert bool(said(QUIET, swept(QUIET, **report))) is is_swept


@pytest.mark.parametrize(("reason", "is_swept"), [("over the cap", True), ("closed by a person", False)])
def test_the_report_that_is_kept_of_many_still_says_what_was_left(reason: str, is_swept: bool) -> None:
    report = report_as_json(quiet_report())
    report["actions"] = [{"action": "skip", "status": "left", "skip_reason": reason, "issue": None}]
    assert bool(said(QUIET, swept(QUIET, **brief(report)))) is is_swept


def test_nothing_is_left_undone_if_no_issue_may_be_opened() -> None:
    settings = some_settings(max_new_issues="0")
    over = {"action": "skip", "status": "left", "skip_reason": "over the cap"}
    assert said(QUIET, swept(QUIET, settings=settings, actions=[over]), settings=settings) == ""


@pytest.mark.parametrize("look", [Look.LEFT, Look.FAILED])
def test_what_was_left_or_failed_is_swept(look: Look) -> None:
    assert said(QUIET, swept(QUIET, look)) == "It was left in the last sweep."
    assert said(QUIET, RepositoryEntry(NAME, look)) == "It was left in the last sweep."


def test_a_repository_whose_report_is_lost_is_swept() -> None:
    lost = dataclasses.replace(swept(QUIET), report=None)
    assert said(QUIET, lost) == "The report of its last sweep is not there."
    assert said(QUIET, RepositoryEntry(NAME, Look.SWEPT, report={})) == "Nothing was kept of it in the last sweep."


@pytest.mark.parametrize(("before", "is_swept"), [(LAG / 2, True), (2 * LAG, False)])
def test_a_run_that_ended_just_before_the_last_sweep_may_not_have_been_listed(
    before: timedelta, is_swept: bool
) -> None:
    shown = seen(suite(at=NOW - before))
    assert bool(said(shown, swept(shown))) is is_swept


# --- what time brings ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shown", "report", "settings", "period"),
    [
        (QUIET, {}, {}, A_WEEK),
        (FAILING, {}, {}, A_DAY),
        (QUIET, {"failing": [{}]}, {}, A_DAY),
        (seen(suite(event="schedule")), {}, {}, A_DAY),
        (seen(suite(), known=SeenIssues(1, ((1, START),))), {}, {}, A_DAY),
        (QUIET, {}, {"schedules": "true"}, A_DAY),
    ],
)
def test_a_repository_is_swept_within_its_time(
    shown: SeenRepository, report: dict[str, Any], settings: dict[str, str], period: timedelta
) -> None:
    given = some_settings(**settings)
    entry = swept(shown, settings=given, **report)
    assert screened(shown, entry, NOW + period, given).look is None
    assert screened(shown, entry, NOW + period * 0.49, given).look is Look.UNCHANGED
    assert screened(shown, entry, NOW - AN_HOUR, given).look is None  # the clock was wrong


def test_what_was_swept_together_is_not_due_together() -> None:
    due = [0] * 8
    for number in range(200):
        shown = dataclasses.replace(QUIET, id=f"R_{number}")
        entry = swept(shown)
        due[next(day for day in range(1, 8) if screened(shown, entry, NOW + day * A_DAY).look is None)] += 1
    assert due[:4] == [0, 0, 0, 0]
    assert all(many > 20 for many in due[4:])


# --- what was never swept ------------------------------------------------------------------------


def test_a_repository_whose_newest_runs_pass_is_screened_and_swept_within_a_week() -> None:
    first = screened(QUIET)
    assert (first.look, first.kept and first.kept.swept_at) == (Look.SCREENED, None)
    entry = RepositoryEntry(NAME, Look.SCREENED, kept=first.kept)
    again = screened(QUIET, entry, NOW + AN_HOUR)
    assert (again.look, again.kept) == (Look.SCREENED, first.kept)
    assert screened(QUIET, entry, NOW + A_WEEK).look is None
    assert screened(seen(suite(number=2)), entry, NOW + AN_HOUR).look is None


@pytest.mark.parametrize(
    "shown",
    [
        seen(suite(), suite("failure")),
        seen(suite(), suite("cancelled")),
        seen(suite(), suite("startup_failure")),
        seen(suite(), suite("action_required")),
        seen(suite(), suite("skipped", event="schedule")),
        seen(suite(), suite("", status="queued")),
        seen(suite(workflow_state="disabled_inactivity")),
        seen(suite(), tags=(SeenRef("v1", (SeenCommit("a", (suite("failure", branch="v1"),)),)),)),
        seen(suite(), refs=(SeenRef("next", (SeenCommit("a", (suite("failure", branch="next"),)),)),)),
        seen(suite(branch="feature")),
        seen(),
        seen(suite(), tracked=SeenIssues(1, ((1, START),)), open_issues=1),
        seen(suite(), has_issues=False),
    ],
)
def test_what_does_not_pass_or_does_not_show_is_swept_at_first(shown: SeenRepository) -> None:
    assert screened(shown).look is None


@pytest.mark.parametrize(
    "shown",
    [
        seen(suite(), suite("skipped"), suite("neutral")),
        seen(suite(), tracked=SeenIssues(1, ((1, START),))),
        seen(has_workflows=False),
        seen(default_branch=SeenRef(""), has_workflows=False),
    ],
)
def test_what_passes_or_has_no_workflow_is_screened(shown: SeenRepository) -> None:
    assert screened(shown).look is Look.SCREENED


def test_jobs_that_may_fail_do_not_show_if_they_are_tracked() -> None:
    assert screened(QUIET, settings=some_settings(allowed_failures="track")).look is None


def test_only_what_was_never_swept_is_looked_at_deeper() -> None:
    shown = Shown({NAME: QUIET, "octo-org/new": dataclasses.replace(QUIET, name="octo-org/new")})
    screening = screen(shown, [NAME, "octo-org/new"], {NAME: swept(QUIET)}, some_settings(), NOW + AN_HOUR)
    assert list(screening.repositories) == [NAME, "octo-org/new"]
    assert (screening.requests, sorted(shown.commits)) == (2, [5, 20])


@pytest.mark.parametrize(
    "report",
    [
        {"logs": [1]},
        {"window": "wide"},
        {"actions": [{"status": []}]},
        {"actions": 5},
        {"known_issues": {"failing": 1}},
    ],
    ids=str,
)
def test_a_last_report_of_another_form_ends_no_sweep(report: dict[str, Any]) -> None:
    screened(QUIET, swept(QUIET, **report), NOW + AN_HOUR)


def test_what_a_known_issue_counts_is_looked_at_each_day() -> None:
    entry = swept(QUIET, known_issues=[{"failing": [{"id": "a"}]}])
    assert said(QUIET, entry, now=NOW + A_DAY) == "It is swept at least once a day."


# --- any history ---------------------------------------------------------------------------------


SEEDS = range(400 if os.environ.get("EVERY_CASE") else 6)
_CONCLUSIONS = ("success", "success", "success", "failure", "failure", "skipped", "cancelled")


def a_history(chance: random.Random) -> list[Story]:
    """Runs on two branches, some of them run again."""
    stories, commit = [], 0
    for number in range(1, chance.randint(2, 14)):
        commit += chance.random() < 0.75
        begin = START + timedelta(hours=number)
        attempts = []
        times = chance.choice((1, 1, 1, 2))
        for _ in range(times):
            # One that takes long ends when there are more newer commits than a screening sees.
            end = begin + timedelta(minutes=chance.randint(1, 900 if times == 1 else 100))
            attempts.append(Attempt(tuple(chance.choice(_CONCLUSIONS) for _ in JOBS), begin, end))
            begin = end + timedelta(minutes=chance.randint(1, 90))
        stories.append(Story(number, commit, chance.choice(("main", "main", "release")), tuple(attempts)))
    return stories


@dataclasses.dataclass
class Watched:
    """A repository of a history, as a screening sees it at a moment."""

    tracker: Tracker
    changed: dict[int, datetime] = dataclasses.field(default_factory=dict)

    def seen_at(self, now: datetime) -> SeenRepository:
        newest = sorted(self.changed.items(), key=lambda change: change[1], reverse=True)[:5]
        return seen(
            default_branch=SeenRef("main", tuple(self._commits("main", now))),
            refs=(SeenRef("release", tuple(self._commits("release", now))),),
            tracked=SeenIssues(len(self.changed), tuple(newest)),
            open_issues=sum(issue.open for issue in self.tracker.issues.values()),
        )

    def _commits(self, branch: str, now: datetime) -> Iterator[SeenCommit]:
        by_commit: dict[str, list[SeenSuite]] = {}
        for story in reversed(self.tracker.stories):
            run = story.seen_at(now)
            if run and run.branch == branch:
                shown = suite(run.conclusion or "", run.created_at, number=run.number, branch=branch, status=run.status)
                changed = dataclasses.replace(shown, updated_at=run.updated_at if run.conclusion else run.started_at)
                by_commit.setdefault(run.commit.sha, []).append(changed)
        yield from (SeenCommit(sha, tuple(suites)) for sha, suites in list(by_commit.items())[:5])

    def touch(self, number: int, now: datetime) -> None:
        """A person closes an issue, or opens it again."""
        issue = self.tracker.issues[number]
        done = {"open": False, "state_reason": "completed", "closed_at": now}
        back = {"open": True, "state_reason": "reopened", "closed_at": None}
        self.tracker.issues[number] = dataclasses.replace(issue, **(done if issue.open else back))  # type: ignore[arg-type]
        self.changed[number] = now

    def sweep(self, now: datetime) -> dict[str, Any]:
        before = dict(self.tracker.issues)
        report = report_as_json(self.tracker.sweep(now))
        for number, issue in self.tracker.issues.items():
            if before.get(number) != issue:
                self.changed[number] = now
        return report


@pytest.mark.parametrize("seed", SEEDS)
def test_a_repository_that_is_skipped_has_nothing_to_write_and_fails_as_its_report_says(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a history
    settings = some_settings(branch="main, release", close_after=str(chance.randint(0, 2)))
    watched = Watched(Tracker(a_history(chance), settings))
    entry, now, skipped = None, START, 0
    while now < START + timedelta(hours=30):
        now += timedelta(minutes=chance.choice((15, 30, 60, 120)))
        if watched.tracker.issues and chance.random() < 0.1:
            watched.touch(chance.choice([*watched.tracker.issues]), now)
        result = screened(watched.seen_at(now), entry, now, settings)
        if result.look is Look.UNCHANGED:
            skipped += 1
            plan = watched.tracker.plan(now)
            assert [action for action in plan.actions if not isinstance(action, Skip)] == []
            assert entry
            assert {one.identity.id for one in plan.failing} == {one["id"] for one in (entry.report or {})["failing"]}
        elif result.look is None:
            entry = RepositoryEntry(NAME, Look.SWEPT, at=now, kept=result.kept, report=watched.sweep(now))
    assert skipped or not any(issue.open for issue in watched.tracker.issues.values())
