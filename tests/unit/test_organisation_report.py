"""The report of many repositories: what it says, its JSON, and how several become one."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from ci_failure_tracker.entry.many import all_problems
from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.github.fields import FormError
from ci_failure_tracker.model import Problem, Severity
from ci_failure_tracker.model.organisation import Look, RepositoryEntry
from ci_failure_tracker.organisation.combine import Shard, combine, read_matrix
from ci_failure_tracker.report.organisation import OrganisationReport
from ci_failure_tracker.report.organisation_json import organisation_as_json, read_report
from ci_failure_tracker.report.organisation_summary import render_organisation_summary
from ci_failure_tracker.report.report_json import report_as_json
from ci_failure_tracker.report.summary import LIMIT
from organisations import (
    MIRROR,
    NOW,
    a_failure,
    a_flaky_test,
    a_report_of,
    an_entry,
    an_everyday_organisation,
    an_organisation,
)

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA, OF_ONE = (
    json.loads((DOCS / f"{name}.schema.json").read_text("utf-8")) for name in ("organisation-report", "report")
)
VALIDATOR = Draft202012Validator(
    SCHEMA, registry=Registry().with_resource("report.schema.json", Resource.from_contents(OF_ONE))
)


def names(report: OrganisationReport) -> list[str]:
    return [standing.name.partition("/")[2] for standing in report.standings]


def as_data(report: OrganisationReport) -> Any:
    return json.loads(json.dumps(organisation_as_json(report)))


# --- what it says --------------------------------------------------------------------------------


def test_the_worst_repository_is_the_first() -> None:
    report = an_everyday_organisation()
    assert names(report) == ["teapot", "kettle", "saucer", "milk", "sugar", "cup", "tray", "spoon"]


def test_the_line_says_what_fails_and_what_was_not_seen() -> None:
    assert an_everyday_organisation().line == (
        "8 repositories: 4 failing jobs in 3 repositories, 1 only screened, 1 left for the next sweep, "
        "1 could not be swept, 2 as last time, 3 opened, 1 closed"
    )


def test_the_line_counts_an_issue_of_a_central_repository_once() -> None:
    report = an_organisation(*(an_entry(f"octo-org/{name}", {"build": MIRROR}) for name in ("cup", "pot")))
    assert report.written_words == ("2 opened",)
    assert dataclasses.replace(report, issues_repository="octo-org/issues").written_words == ("1 opened",)


@pytest.mark.parametrize(
    ("look", "words"),
    [
        (Look.SWEPT, "nothing failing"),
        (Look.UNCHANGED, "nothing failing, 1 as last time"),
        (Look.SCREENED, "nothing seen failing, 1 only screened"),
        (Look.LEFT, "nothing seen failing, 1 left for the next sweep"),
        (Look.FAILED, "nothing seen failing, 1 could not be swept"),
    ],
)
def test_an_all_clear_needs_every_repository(look: Look, words: str) -> None:
    report = an_organisation(an_entry("octo-org/cup"), an_entry("octo-org/pot", look=look))
    assert report.line == f"2 repositories: {words}"
    assert report.is_all_clear is (look in {Look.SWEPT, Look.UNCHANGED})
    assert report.partial is not report.is_all_clear


def test_what_could_be_seen_only_in_part_is_no_all_clear() -> None:
    entry = an_entry("octo-org/cup")
    cut = dataclasses.replace(entry, report={**(entry.report or {}), "partial": True})
    assert an_organisation(cut).line == "1 repository: nothing seen failing, 1 seen only in part"


def test_no_repository_is_no_all_clear() -> None:
    assert an_organisation().line == "0 repositories: nothing seen failing"


def test_a_cause_is_shared_by_repositories_if_it_is_about_the_same_thing() -> None:
    (cause,) = an_everyday_organisation().shared_causes
    assert cause.repositories == ("octo-org/teapot", "octo-org/kettle")
    assert cause.headline == "No matching version of teapot-core"


def test_one_message_of_two_tests_is_no_shared_cause() -> None:
    one, other = (an_entry(f"octo-org/{name}", {"test": a_failure(f"tests/{name}.py::test_a")}) for name in "ab")
    assert one.report is not None
    assert other.report is not None
    assert one.report["failing"][0]["signature"] == other.report["failing"][0]["signature"]
    assert an_organisation(one, other).shared_causes == ()


@pytest.mark.parametrize("change", [{"weak": True}, {"weak": None}, {"signature": None}], ids=str)
def test_a_cause_that_is_not_known_is_not_shared(change: dict[str, object]) -> None:
    def changed(entry: RepositoryEntry) -> RepositoryEntry:
        report = entry.report or {}
        return dataclasses.replace(entry, report={**report, "failing": [{**report["failing"][0], **change}]})

    entries = [an_entry(f"octo-org/{name}", {"build": MIRROR}) for name in "ab"]
    assert len(an_organisation(*entries).shared_causes) == 1
    assert an_organisation(*map(changed, entries)).shared_causes == ()


def test_a_message_repeats_neither_the_sentence_nor_what_it_names() -> None:
    entry = an_entry("octo-org/cup", {"test": a_failure("tests/test_cup.py::test_rim")})
    failing = (entry.report or {})["failing"][0]
    told = {
        "ValueError: no year": "ValueError: no year",
        "tests/test_cup.py::test_rim: ValueError: no year": "ValueError: no year",
        "tests/test_cup.py::test_rim": "",
    }
    for headline, message in told.items():
        report = {**(entry.report or {}), "failing": [{**failing, "headline": headline}]}
        (standing,) = an_organisation(dataclasses.replace(entry, report=report)).standings
        assert standing.facts is not None
        assert standing.facts.failing[0].message == message


def test_a_problem_of_several_repositories_is_told_once() -> None:
    advice = "Give it:\npermissions:\n  issues: write"
    problem = {"severity": "error", "what": "It lacks `issues: write`.", "advice": advice}
    entries = [
        dataclasses.replace(entry, report={**(entry.report or {}), "problems": [problem]})
        for entry in (an_entry("octo-org/cup"), an_entry("octo-org/pot"))
    ]
    report = an_organisation(*entries)
    assert report.failed
    summary = render_organisation_summary(report)
    assert summary.count("It lacks") == 1
    # What a workflow permits is about its own repository only.
    advice = "Give this permission to the App or the token, or exclude the repository."
    assert f"**error:** `octo-org/cup`, `octo-org/pot`: It lacks `issues: write`. {advice}\n" in summary
    (annotation,) = all_problems(report)
    assert str(annotation) == f"octo-org/cup, octo-org/pot: It lacks `issues: write`. {advice}"


def test_a_summary_of_thousands_fits_and_says_what_is_left_out() -> None:
    broken = an_entry("octo-org/broken", {"build": MIRROR})
    entries = []
    for name in (f"octo-org/a-{number}" for number in range(5_000)):
        report = {**(broken.report or {}), "repository": name}
        entries.append(dataclasses.replace(broken, name=name, report=report))
    summary = render_organisation_summary(an_organisation(*entries))
    assert len(summary.encode()) <= LIMIT
    assert "### Failing (5000)" in summary
    assert "and 4,000 rows more that did not fit." in summary


@pytest.mark.parametrize("central", [False, True])
def test_a_workflow_stands_without_its_repository_under_the_name_of_that(central: bool) -> None:
    entry = an_entry("octo-org/cup", {"build": MIRROR})
    report = json.loads(json.dumps(entry.report))
    report["failing"][0]["workflow"] = "octo-org/cup: CI" if central else "CI"
    (standing,) = an_organisation(dataclasses.replace(entry, report=report)).standings
    assert standing.facts
    assert standing.facts.failing[0].workflow == "CI"


def test_the_time_to_recovery_of_all_is_the_mean_of_all_breaks() -> None:
    entries = []
    for name, count, mean, longest in (("cup", 1, 60.0, 60.0), ("pot", 3, 300.0, 600.0)):
        entry = an_entry(f"octo-org/{name}")
        report = json.loads(json.dumps(entry.report))
        spread = {"count": count, "median_seconds": mean, "mean_seconds": mean, "longest_seconds": longest}
        report["statistics"]["repository"]["time_to_recovery"] = spread
        entries.append(dataclasses.replace(entry, report=report))
    summary = render_organisation_summary(an_organisation(*entries))
    assert "Time to recovery: 4 min in the mean of 4 breaks, at most 10 min." in summary
    assert "Time to recovery" not in render_organisation_summary(an_organisation(an_entry("octo-org/cup")))


def test_flaky_tests_are_in_the_order_of_their_failures() -> None:
    entries = []
    for name, failed in (("cup", 1), ("pot", 4)):
        entry = an_entry(f"octo-org/{name}")
        report = json.loads(json.dumps(entry.report))
        report["statistics"]["tests"]["worst"] = [a_flaky_test(f"test_{name}", failed)]
        entries.append(dataclasses.replace(entry, report=report))
    assert [test.test for _, test in an_organisation(*entries).flaky] == ["test_pot", "test_cup"]


def test_an_error_in_one_repository_makes_the_whole_sweep_fail() -> None:
    assert an_everyday_organisation().failed
    assert not an_organisation(an_entry("octo-org/cup", {"build": MIRROR})).failed


# --- its JSON ------------------------------------------------------------------------------------


def test_its_json_is_as_the_schema_says_and_can_be_read_again() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    report = an_everyday_organisation()
    data = as_data(report)
    VALIDATOR.validate(data)
    again = read_report(data)
    assert as_data(again) == data
    assert again.line == report.line
    assert {entry.name: entry.kept for entry in again.entries} == {entry.name: entry.kept for entry in report.entries}


def test_the_report_of_one_repository_is_read_as_one_of_many() -> None:
    single = report_as_json(a_report_of("octo-org/cup", {"build": MIRROR}))
    report = read_report(json.loads(json.dumps(single)))
    assert report.line == "1 repository: 1 failing job in 1 repository, 1 opened"
    assert report.entries[0].at == NOW


def test_it_keeps_little_of_a_repository() -> None:
    assert len(json.dumps(as_data(an_organisation(an_entry("octo-org/cup"))))) < 4_000


def change(*path: str | int, to: Any) -> Callable[[Any], None]:
    def changed(data: Any) -> None:
        for step in path[:-1]:
            data = data[step]
        if to is ...:
            del data[path[-1]]
        else:
            data[path[-1]] = to

    return changed


ENTRY = ("repositories", 0)


@pytest.mark.parametrize(
    "spoil",
    [
        change("kind", to="person"),
        change("version", to=2),
        change("at", to="yesterday"),
        change("at", to=...),
        change("repositories", to={}),
        change("repositories", to=[1]),
        change("repositories", to=[{}] * 10_001),
        change("requests", "made", to=-1),
        change("requests", to=None),
        change("problems", to=[{"severity": "bad", "what": "", "advice": ""}]),
        change(*ENTRY, "repository", to="octo-org/<b>"),
        change(*ENTRY, "repository", to="octo-org/other"),
        change(*ENTRY, "look", to="passing"),
        change(*ENTRY, "private", to="no"),
        change(*ENTRY, "kept", to={}),
        change(*ENTRY, "kept", to=dict.fromkeys(("heads", "suites", "tags", "issues"), "x" * 20_001)),
        change(*ENTRY, "report", "version", to=3),
        change(*ENTRY, "report", "failing", to=...),
        change(*ENTRY, "report", "failing", 0, "since", to=5),
        change(*ENTRY, "report", "failing", 0, "latest_run", to=10**40),
        change(*ENTRY, "report", "issues", to=7),
        change(*ENTRY, "report", "actions", 0, "status", to=[]),
        change(*ENTRY, "report", "statistics", "repository", to=None),
        change(*ENTRY, "report", "statistics", "repository", "failure_rate", to=float("nan")),
        change(*ENTRY, "report", "statistics", "tests", "worst", to=[{"flaky": 1}]),
    ],
)
def test_a_part_of_another_form_is_refused(spoil: Callable[[Any], None]) -> None:
    data = as_data(an_everyday_organisation())
    spoil(data)
    with pytest.raises(FormError):
        read_report(data)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "https://a/b/c/issues/1?x=<b>", 'https://a/b/c"', "https://a/" + "b" * 400]
)
def test_an_address_that_is_no_page_of_github_is_no_link(address: str) -> None:
    data = as_data(an_everyday_organisation())
    report = data["repositories"][0]["report"]
    report["url"] = report["failing"][0]["latest_run_url"] = report["actions"][0]["url"] = address
    facts = read_report(data).standings[0].facts
    assert facts is not None
    assert address not in {facts.url, facts.failing[0].run_url, *(failing.issue_url for failing in facts.failing)}


# --- several reports -----------------------------------------------------------------------------


def test_of_a_repository_in_two_reports_the_newer_counts() -> None:
    old = an_organisation(an_entry("octo-org/cup", {"build": MIRROR}, at=NOW - timedelta(hours=1)))
    new = an_organisation(an_entry("Octo-Org/Cup"))
    for reports in ([old, new], [new, old]):
        assert combine(reports, (), None, NOW).line == "1 repository: nothing failing"


@pytest.mark.parametrize("look", [Look.LEFT, Look.FAILED])
def test_an_older_report_does_not_hide_that_a_repository_could_not_be_looked_at(look: Look) -> None:
    old = dataclasses.replace(an_organisation(an_entry("octo-org/cup")), at=NOW - timedelta(days=7))
    why = Problem(Severity.WARNING, "It was not swept.")
    new = an_organisation(RepositoryEntry("octo-org/cup", look, problem=why))
    for reports in ([old, new], [new, old]):
        report = combine(reports, (), None, NOW)
        assert not report.is_all_clear
        assert [(entry.look, entry.problem) for entry in report.entries] == [(look, why)]
        assert report.entries[0].report is not None


def test_a_shard_without_a_report_is_named_and_its_repositories_are_left() -> None:
    shards = (Shard(1, ("octo-org/cup",)), Shard(2, ("octo-org/pot", "octo-org/tray")))
    last = an_organisation(an_entry("octo-org/pot", {"build": MIRROR}, at=NOW - timedelta(days=1)))
    report = combine([an_organisation(an_entry("octo-org/cup"))], shards, last, NOW)
    assert report.failed
    assert report.line == "3 repositories: 1 failing job in 1 repository, 2 left for the next sweep"
    (problem,) = report.problems
    assert problem.severity is Severity.ERROR
    assert problem.what == "Shard 2 brought no report: 2 repositories were not swept (octo-org/pot, octo-org/tray)."
    pot = report.standings[0].entry
    assert (pot.name, pot.look, pot.at) == ("octo-org/pot", Look.LEFT, NOW - timedelta(days=1))


def test_what_the_last_report_told_is_no_news() -> None:
    told, untold = an_entry("octo-org/cup"), an_entry("octo-org/pot")
    last = an_organisation(told, an_entry("octo-org/pot", at=NOW - timedelta(days=1)))
    assert combine([an_organisation(told, untold)], (), last, NOW).told == {"octo-org/cup"}


def test_the_matrix_of_discover_is_read() -> None:
    text = '{"include":[{"shard":2,"shards":2,"repositories":"octo-org/a,octo-org/b"}]}'
    assert read_matrix(text) == (Shard(2, ("octo-org/a", "octo-org/b")),)


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"include":[]}', '{"include":[{"shard":1}]}', '{"include":[{"shard":1,"repositories":"a b"}]}',
     "[" * 100_000],
    ids=lambda text: text[:20],
)  # fmt: skip
def test_another_text_is_no_matrix(text: str) -> None:
    with pytest.raises(SettingsError):
        read_matrix(text)
