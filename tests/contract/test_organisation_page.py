"""The page of many repositories in a real Chromium."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import browser
from ci_failure_tracker.report.organisation import OrganisationReport
from ci_failure_tracker.report.organisation_page import MOST_JOBS, MOST_ROWS, render_organisation_page
from contract.test_report_page import Opened
from organisations import MIRROR, an_entry, an_everyday_organisation, an_organisation
from outside_tools import needed


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with needed("Chromium"), browser.chromium() as running:
        yield running


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path) -> Iterator[Opened]:
    path = tmp_path / "report.html"
    path.write_text(render_organisation_page(an_everyday_organisation()), "utf-8")
    context = chromium.new_context(offline=True)
    opened = Opened(context.new_page())
    opened.page.goto(path.as_uri())
    yield opened
    context.close()


FAILING = "section:nth-of-type(2) h3"


def test_it_opens_without_an_error_and_asks_nothing_of_anybody(opened: Opened) -> None:
    assert opened.page.title() == "octo-org: CI failures"
    assert opened.wrong == []
    assert len(opened.asked) == 1
    opened.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.bad = 1'}))"
    )
    assert opened.page.evaluate("window.bad") is None
    links = opened.page.evaluate("[...document.querySelectorAll('a')].map((one) => one.href)")
    ours = re.compile(r"https://github\.example/octo-org/\w+(/(issues|actions/runs)/\d+)?")
    assert links
    assert [link for link in links if not ours.fullmatch(link)] == []


def test_the_worst_repository_is_the_first_and_its_jobs_are_shown(opened: Opened) -> None:
    assert opened.shown(FAILING) == ["octo-org/teapot", "octo-org/kettle", "octo-org/saucer"]
    jobs = opened.shown("section:nth-of-type(2) .dense li")
    assert jobs[0].startswith("The dependency teapot-core cannot be resolved")
    assert [text.endswith("new: issue #1, run 2") for text in jobs] == [True, False, True, False]


def test_words_and_a_state_say_what_is_shown(opened: Opened) -> None:
    page = opened.page
    page.get_by_placeholder("Filter").fill("no YEAR")
    assert opened.shown(FAILING) == ["octo-org/teapot", "octo-org/saucer"]
    page.get_by_placeholder("Filter").fill("octo-org")
    for state, names in (
        ("unknown", {"milk", "sugar", "tray"}),
        ("passing", {"spoon"}),
        ("flaky", {"cup"}),
        ("failing", {"teapot", "kettle", "saucer"}),
    ):
        page.get_by_label("Show only what is").select_option(state)
        rows = {text.rpartition("/")[2] for text in opened.shown("table:last-of-type tbody th") if "::" not in text}
        assert rows == names


def test_a_phone_needs_no_scrolling_sideways(chromium: Browser, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(render_organisation_page(an_everyday_organisation()), "utf-8")
    context = chromium.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(path.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def of_many(repositories: int, failing: int) -> OrganisationReport:
    broken, right = an_entry("octo-org/broken", {"build": MIRROR, "other": MIRROR}), an_entry("octo-org/right")
    entries = []
    for number in range(repositories):
        entry = broken if number < failing else right
        report = {
            **(entry.report or {}),
            "repository": f"octo-org/a-{number}",
            "url": f"https://github.example/o/a-{number}",
        }
        entries.append(dataclasses.replace(entry, name=f"octo-org/a-{number}", report=report))
    return an_organisation(*entries)


def test_a_page_of_thousands_of_repositories_names_all_and_stays_small() -> None:
    page = render_organisation_page(of_many(5_000, MOST_JOBS))
    assert len(page) < 3_000_000
    assert {int(number) for number in re.findall(r"octo-org/a-(\d{1,4})\b", page)} == set(range(5_000))
    assert page.count("<tr data-state") == MOST_ROWS
    assert page.count("The dependency teapot-core") == MOST_JOBS
