"""The issues of many repositories in one: what is one issue, what is two, and what nothing may change."""

from __future__ import annotations

import os
import re
from typing import Any

import pytest

from builders import some_settings
from central import CENTRAL, House, assertion, identities, looks, outage, sweep_alone
from ci_failure_tracker.errors import PrivateError
from ci_failure_tracker.model.organisation import Look, RepositoryEntry
from ci_failure_tracker.notify.organisation_news import news_of
from ci_failure_tracker.organisation.central import CentralSweep
from ci_failure_tracker.report.organisation import OrganisationReport
from ci_failure_tracker.report.organisation_page import render_organisation_page
from ci_failure_tracker.report.organisation_summary import render_organisation_summary

OK = {"test": ""}
FAILS = {"test": assertion("tests/test_cups.py::test_cups")}


def outage_in(*names: str) -> House:
    house = House()
    for name in names:
        house.add(name, OK, {"test": outage()})
    return house


def test_equal_names_in_two_repositories_are_two_issues() -> None:
    house = House()
    house.add("oolong", OK, {"test": assertion("tests/test_pot.py::test_pot")})
    house.add("sencha", OK, FAILS)
    house.sweep()
    assert [title.partition(":")[0] for title in house.titles()] == [
        "[CI Failure] tea-house/oolong",
        "[CI Failure] tea-house/sencha",
    ]
    assert len({state.identity.id for state in identities(house.open()).values()}) == 2


def test_one_cause_in_four_repositories_is_one_issue_that_closes_when_all_four_pass() -> None:
    house = outage_in("assam", "ceylon", "oolong", "sencha")
    house.sweep()
    (issue,) = house.open()
    assert "packages.tea.example" in issue.title
    assert [leg.leg for leg in house.state("packages").legs] == [
        f"tea-house/{name}: CI / test" for name in ("assam", "ceylon", "oolong", "sencha")
    ]
    for made in house.made[:3]:
        house.happens(made, OK, OK, OK)
    house.sweep()
    assert len(house.open()) == 1
    house.happens(house.made[3], OK, OK, OK)
    house.sweep()
    assert not house.open()
    assert len(house.issues) == 1


@pytest.mark.parametrize("group_by", ["job", "cause", "test", "workflow"])
def test_what_fails_in_several_repositories_is_in_the_report_of_each_in_which_it_fails(group_by: str) -> None:
    house = House(settings=some_settings(group_by=group_by))
    for name in NAMES:
        house.add(name, OK, {"test": outage()})
    assert failing_runs(house.sweep()) == {name: ["2"] for name in NAMES}
    house.happens(house.made[3], OK)  # the newest failure was there
    for _ in range(2):
        assert failing_runs(house.sweep()) == {name: ["2"] for name in NAMES[:3]} | {"sencha": []}


def failing_runs(swept: CentralSweep) -> dict[str, list[str]]:
    """The numbers of the newest failed runs in the report of each repository; their links lead to it."""
    found: dict[str, list[str]] = {}
    for entry in swept.entries:
        assert entry.report
        urls = [failing["latest_run_url"] for failing in entry.report["failing"]]
        assert all(url.startswith(f"https://github.example/{entry.name}/actions/runs/") for url in urls)
        found[entry.name.removeprefix("tea-house/")] = [url[-1] for url in urls]
    return found


def test_links_lead_to_the_repository_of_each_run() -> None:
    house = outage_in("assam", "ceylon", "oolong")
    house.sweep()
    body = house.issues[1].body
    for name, place in (("assam", 1), ("ceylon", 2), ("oolong", 3)):
        assert f"https://github.example/tea-house/{name}/actions/runs/{place}002" in body
    assert "tea-house/failures/actions" not in body
    assert "tea-house/failures/commit" not in body


NAMES = ("assam", "ceylon", "oolong", "sencha")


def a_test_of(name: str) -> dict[str, str]:
    return {"test": assertion(f"tests/test_{name}.py::test_{name}")}


@pytest.mark.parametrize("by_message", [False, True])
def test_one_assertion_in_different_tests_of_many_repositories_is_no_common_cause(by_message: bool) -> None:
    house = House(by_message=by_message)
    for name in NAMES:
        house.add(name, OK, a_test_of(name))
    house.sweep()
    assert len(house.titles()) == 4
    causes = {name: state.causes[0].signature for name, state in identities(house.open()).items()}
    assert len(set(causes.values())) == 4
    for made, name in zip(house.made, NAMES, strict=True):
        house.happens(made, a_test_of(name))
    house.sweep()
    assert len(house.issues) == 4
    after = {name: [each.signature for each in state.causes] for name, state in identities(house.open()).items()}
    assert after == {name: [cause] for name, cause in causes.items()}


LINTED = "F401 [*] `os` imported but unused\n --> {file}:1:8\n  |\n1 | import os\n  |        ^^\n  |\n\nFound 1 error."
COMPILED = "error[E0308]: mismatched types\n --> {file}:4:5\n  |\n4 |     1\n  |     ^ expected `Cup`, found integer\n"


@pytest.mark.parametrize("log", [LINTED, COMPILED], ids=["linter", "compiler"])
@pytest.mark.parametrize("files", [["src/cup", "src/cup", "src/cup"], ["src/cup", "src/pot", "src/tea"]])
def test_one_message_of_a_tool_is_one_cause_in_many_repositories_only_for_one_file(log: str, files: list[str]) -> None:
    house = House(by_message=True)
    for name, file in zip(NAMES, files, strict=False):
        house.add(name, OK, {"test": f"{log.format(file=file)}\n##[error]Process completed with exit code 1."})
    house.sweep()
    assert len(house.titles()) == len(set(files))


def test_an_issue_about_several_repositories_names_neither_suspects_nor_owners() -> None:
    house = House(settings=some_settings(owners="*: @ada"))
    house.add("sencha", {"lint": ""}, {"lint": assertion("lint/test_a.py::test_a")})
    for name in ("assam", "ceylon", "oolong"):
        house.add(name, OK, FAILS)
    house.sweep()
    bodies = {("several" in issue.title): issue.body for issue in house.issues.values()}
    assert len(bodies) == len(house.issues) == 2
    for is_shared, body in bodies.items():
        for row in ("| Owner |", "| Suspects |"):
            assert (row in body) is not is_shared


def test_the_limit_of_new_issues_holds_for_all_repositories_together() -> None:
    house = House(settings=some_settings(max_new_issues="2"))
    for name in ("assam", "ceylon", "oolong"):
        house.add(name, OK, {"lint": assertion(f"lint/test_{name}.py::test_a")})
    house.sweep()
    assert len(house.issues) == 2


def test_with_an_issue_for_each_cause_different_tests_of_two_repositories_have_two() -> None:
    house = House(by_message=True, settings=some_settings(group_by="cause", close_after="1"))
    for name in ("assam", "ceylon"):
        house.add(name, OK, a_test_of(name))
    house.add("oolong", OK, a_test_of("assam"))
    house.sweep()
    assert sorted(len(state.legs) for state in identities(house.open()).values()) == [1, 2]


def test_one_test_that_fails_alike_in_many_repositories_is_one_cause() -> None:
    house = House()
    for name in ("assam", "ceylon", "oolong"):
        house.add(name, OK, FAILS)
    house.sweep()
    (issue,) = house.open()
    assert "test_cups" in issue.title


def test_one_assertion_in_different_tests_of_one_repository_is_one_cause_as_before() -> None:
    house = House(by_message=True)
    house.add("assam", OK, {name: assertion(f"tests/test_{name}.py::test_{name}") for name in ("a", "b", "c")})
    house.sweep()
    assert len(house.titles()) == 1
    assert len(house.state("test").legs) == 3


def test_a_repository_that_cannot_be_read_keeps_its_issue_and_stops_no_other() -> None:
    house = House()
    assam, ceylon = (
        house.add("assam", OK, FAILS),
        house.add("ceylon", OK, {"lint": assertion("lint/test_a.py::test_a")}),
    )
    house.sweep()
    before = {number: issue.body for number, issue in house.issues.items()}
    assam.broken = True
    house.happens(assam, {"test": ""}, OK, OK, OK)
    house.happens(ceylon, {"lint": ""}, {"lint": ""}, {"lint": ""})
    swept = house.sweep()
    assert looks(swept) == {"assam": Look.FAILED, "ceylon": Look.SWEPT}
    assert house.titles() == [house.issues[1].title]
    assert house.issues[1].body == before[1]
    assam.broken = False
    house.sweep()
    assert house.titles() == []


def test_what_is_left_out_of_a_sweep_is_not_gone() -> None:
    house = House()
    house.add("assam", OK, FAILS)
    house.add("ceylon", OK)
    house.sweep()
    house.left = {"tea-house/assam"}
    house.happens(house.made[1], OK)
    house.sweep(house.now.replace(year=2027))
    assert len(house.titles()) == 1


def test_no_job_takes_the_place_of_one_in_a_repository_that_was_not_read() -> None:
    house = House(settings=some_settings(group_by="cause", close_after="1"))
    assam = house.add("assam", {"test": "", "lint": ""}, {"test": outage(), "lint": ""})
    ceylon = house.add("ceylon", {"test": "", "lint": ""}, {"test": "", "lint": outage()})
    house.sweep()
    ceylon.broken = True
    house.happens(assam, {"test": "", "lint": outage()})
    house.sweep()
    ceylon.broken = False
    house.happens(ceylon, {"test": "", "lint": ""})
    for _ in range(2):
        assert failing_runs(house.sweep()) == {"assam": ["3"], "ceylon": []}
        assert len(house.titles()) == 1


def test_what_is_done_to_an_issue_is_in_a_report_although_its_newest_failure_is_where_nothing_was_read() -> None:
    house = outage_in(*NAMES)
    house.sweep()
    house.happens(house.made[3], OK, OK, OK)
    house.sweep()
    house.made[3].broken = True
    for made in house.made[:3]:
        house.happens(made, OK, OK, OK)
    swept = house.sweep()
    assert house.titles() == []
    actions = [action for entry in swept.entries if entry.report for action in entry.report["actions"]]
    assert [(action["action"], action["issue"], action["status"]) for action in actions] == [("close", 1, "done")]


def test_what_failed_and_a_known_issue_counted_is_read_although_nothing_is_new_in_its_repository() -> None:
    house = House()
    house.add("assam", OK, FAILS)
    house.add("ceylon", OK)
    reports: dict[str, dict[str, Any]] = {
        "assam": {"failing": [], "known_issues": [{"failing": [{"id": "a"}]}]},
        "ceylon": {"failing": []},
    }
    house.unchanged = {
        f"tea-house/{name}": RepositoryEntry(f"tea-house/{name}", Look.SWEPT, report=report)
        for name, report in reports.items()
    }
    assert looks(house.sweep()) == {"assam": Look.SWEPT, "ceylon": Look.UNCHANGED}
    assert len(house.titles()) == 1  # the known issue is closed by now


def test_an_umbrella_stays_open_while_one_of_its_repositories_cannot_be_read() -> None:
    house = outage_in("assam", "ceylon", "oolong")
    house.sweep()
    house.made[0].broken = True
    for made in house.made:
        house.happens(made, OK, OK, OK)
    house.sweep()
    assert house.issues[1].open
    house.made[0].broken = False
    house.sweep()
    assert not house.issues[1].open


def test_a_cause_in_a_repository_that_cannot_be_read_counts_with_the_others() -> None:
    house = outage_in("assam", "ceylon")
    house.sweep()
    assert len(house.titles()) == 2
    house.made[0].broken = True
    house.add("oolong", OK, {"test": outage()})
    house.sweep()
    # Nobody knows what becomes of the first one. The second is a part of the new issue of both.
    assert [number for number, issue in house.issues.items() if issue.open] == [1, 3]
    house.made[0].broken = False
    house.sweep()
    (issue,) = house.open()
    assert issue.number == 3
    assert len(identities([issue]).popitem()[1].legs) == 3


@pytest.mark.parametrize(("central", "member"), [(False, True), (None, True), (False, None), (None, None)])
def test_nothing_of_a_private_repository_reaches_public_issues(central: bool | None, member: bool | None) -> None:
    house = outage_in("assam", "ceylon")
    house.add("secret-blend", OK, FAILS, private=member)
    house.private = central
    with pytest.raises(PrivateError) as refused:
        house.sweep()
    assert not house.issues
    assert "secret-blend" not in str(refused.value)
    assert "`allow-public: true`" in refused.value.advice


def test_a_person_can_allow_it() -> None:
    house = House(private=False, allow_public=True)
    house.add("secret-blend", OK, FAILS, private=True)
    house.sweep()
    assert len(house.titles()) == 1


def test_public_repositories_may_have_public_issues_and_private_ones_private_issues() -> None:
    for private in (False, True):
        house = House(private=private)
        house.add("assam", OK, FAILS, private=private)
        house.sweep()
        assert len(house.titles()) == 1


def test_issues_that_the_central_repository_has_of_its_own_are_left_alone() -> None:
    house = House()
    own = house.add("failures", OK, FAILS)
    sweep_alone(house, own, house.issues, house.now)
    before = dict(house.issues)
    house.made = []
    house.add("assam", OK, FAILS)
    house.sweep()
    assert len(house.titles()) == 2
    assert house.issues[1] == before[1]
    sweep_alone(house, own, house.issues, house.now)
    assert len(house.titles()) == 2
    assert list(identities(house.open())) == ["CI - test", "tea-house/assam: CI - test"]


def test_the_report_of_each_repository_has_its_own_failures_and_each_issue_is_counted_once() -> None:
    house = outage_in("assam", "ceylon", "oolong")
    house.add("sencha", OK, FAILS)
    house.add("matcha", OK, OK)
    entries = {entry.name.removeprefix("tea-house/"): entry for entry in house.sweep().entries}
    reports = {name: entry.report for name, entry in entries.items() if entry.report}
    assert set(reports) == {"assam", "ceylon", "oolong", "sencha", "matcha"}
    assert {name: len(report["failing"]) for name, report in reports.items()} == {
        "assam": 1, "ceylon": 1, "oolong": 1, "sencha": 1, "matcha": 0,
    }  # fmt: skip
    assert sum(report["statistics"]["issues"]["opened"] for report in reports.values()) == 2
    assert all(report["repository"] == f"tea-house/{name}" for name, report in reports.items())
    (failing,) = reports["sencha"]["failing"]
    assert failing["workflow"] == "CI"
    assert failing["latest_run_url"] == "https://github.example/tea-house/sencha/actions/runs/4002"
    assert [issue["url"] for issue in reports["sencha"]["issues"]] == [
        "https://github.example/tea-house/failures/issues/2"
    ]


def test_the_issue_of_a_renamed_repository_goes_on_and_closes() -> None:
    house = outage_in("assam", "ceylon", "oolong")
    house.add("sencha", OK, FAILS)
    house.sweep()
    of_all, own = sorted(house.open(), key=lambda issue: issue.number)
    for made in (house.made[0], house.made[3]):
        made.name += "-renamed"
    house.sweep()
    assert len(house.issues) == 2
    assert house.issues[own.number].title == own.title
    assert "tea-house/sencha-renamed/actions/runs" in house.issues[own.number].body
    assert "tea-house/assam-renamed/actions/runs" in house.issues[of_all.number].body
    for made in house.made:
        house.happens(made, OK, OK, OK)
    house.sweep()
    house.sweep()
    assert house.titles() == []


def test_a_test_of_the_same_name_in_two_repositories_is_two_issues_with_an_issue_for_each_test() -> None:
    house = House(settings=some_settings(group_by="test", close_after="1"))
    for name in ("assam", "ceylon"):
        house.add(name, OK, FAILS)
    house.sweep()
    assert house.titles() == [
        f"[CI Failure] tea-house/{name}: tests/test_cups.py::test_cups" for name in ("assam", "ceylon")
    ]
    house.happens(house.made[0], OK)
    house.happens(house.made[1], FAILS)
    house.sweep()
    assert house.titles() == ["[CI Failure] tea-house/ceylon: tests/test_cups.py::test_cups"]


@pytest.mark.parametrize("group_by", ["workflow", "cause", "test"])
def test_a_second_sweep_changes_nothing(group_by: str) -> None:
    house = House(settings=some_settings(group_by=group_by))
    for name in NAMES:
        house.add(name, OK, {**FAILS, "build": outage(), "lint": assertion(f"lint/test_{name}.py::test_lint")})
    house.sweep()
    before = dict(house.issues)
    assert before
    house.sweep()
    assert house.issues == before


@pytest.mark.parametrize("repositories", [12, 120] if os.environ.get("EVERY_CASE") else [30])
def test_one_cause_in_very_many_repositories_is_one_issue_from_the_first_sweep_until_it_closes(
    repositories: int,
) -> None:
    house = House(settings=some_settings(close_after="2"))
    for number in range(repositories):
        house.add(f"harbour-service-{number:03}", OK, OK, {"test": outage()})
    house.sweep()
    assert len(house.issues) == 1
    assert len(house.issues[1].body) < 65_536
    for made in house.made:
        house.happens(made, {"test": outage()})
    house.sweep()
    assert len(house.issues) == 1
    assert house.state("several").count == 2 * repositories
    before = dict(house.issues)
    house.sweep()
    assert house.issues == before
    for made in house.made[1:]:
        house.happens(made, OK, OK)
    house.sweep()
    assert len(house.open()) == 1
    house.happens(house.made[0], OK, OK)
    house.sweep()
    assert house.open() == []
    assert len(house.issues) == 1


def test_an_issue_has_room_for_120_repositories_with_one_cause() -> None:
    house = outage_in(*(f"harbour-service-{number:03}" for number in range(120)))
    house.sweep()
    assert [len(state.legs) for state in identities(house.open()).values()] == [120]


def test_shards_that_sweep_one_after_another_end_with_one_issue_for_one_cause() -> None:
    house = outage_in("assam", "ceylon", "oolong", "sencha")
    names = [made.name for made in house.made]

    def sweep_shards() -> None:
        for shard in (names[:2], names[2:]):
            house.left = {*names} - {*shard}
            house.sweep()

    sweep_shards()
    sweep_shards()
    (issue,) = house.open()
    assert sorted(leg.leg for leg in identities([issue]).popitem()[1].legs) == [f"{name}: CI / test" for name in names]
    before = dict(house.issues)
    sweep_shards()
    assert house.issues == before
    for made in house.made[:3]:
        house.happens(made, OK, OK)
    sweep_shards()
    assert house.open()
    house.happens(house.made[3], OK, OK)
    sweep_shards()
    assert not house.open()


@pytest.mark.parametrize("group_by", ["job", "cause"])
def test_the_message_about_a_cause_says_what_fails_and_in_which_repositories(group_by: str) -> None:
    house = outage_in("assam", "ceylon", "oolong")
    house.settings = some_settings(group_by=group_by)
    (item,) = news_of(OrganisationReport(house.now, house.sweep().entries, issues_repository=CENTRAL)).items
    named = set(item.told.partition("3 jobs for one reason: ")[2].rstrip(".").split(", "))
    assert named == {"tea-house/assam", "tea-house/ceylon", "tea-house/oolong"}
    assert (item.repository.partition(" ")[2], item.job) == ("and 2 more", "test")
    assert "packages.tea.example" in item.message
    assert (item.number, bool(item.run_url)) == (1, True)

    for made in house.made:
        house.happens(made, OK, OK)
    news = news_of(OrganisationReport(house.now, house.sweep().entries, issues_repository=CENTRAL))
    assert [(item.repository, item.workflow, item.kind.is_over) for item in news.items] == [
        ("", "several repositories", True)
    ]
    assert news.repository == CENTRAL


def test_a_cause_in_several_repositories_leads_to_its_one_issue() -> None:
    house = outage_in("assam", "ceylon", "oolong")
    report = OrganisationReport(house.now, house.sweep().entries, issues_repository=CENTRAL)
    url = "https://github.example/tea-house/failures/issues/1"
    (cause,) = report.shared_causes
    assert cause.issue == ("#1", url)
    assert f"- [#1]({url}): `npm error network request" in render_organisation_summary(report)
    (card,) = re.findall(r'<p class="dim">3 jobs.*</p>', render_organisation_page(report))
    assert f'<a href="{url}">issue #1</a>' in card
