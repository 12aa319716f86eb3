"""The report page in a real Chromium."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Dialog, Page, expect

import browser
from builders import START, a_job, a_reading, a_run, a_scan, red, some_settings
from ci_failure_tracker.model import Create, Problem, Result, Severity, Snapshot, Workflow, WriteStatus
from ci_failure_tracker.report import page
from ci_failure_tracker.report.page import MOST_RUNS, MOST_TESTS, render_page
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.report.statistics import make_statistics
from hostile import TEXTS
from outside_tools import needed
from sweeping import make_plan, report_of
from unit.test_statistics_of_tests import Repository, a_log

NOW = START + timedelta(days=4)
FLAKY = "tests/test_tea.py::test_that_pours_into_the_cup_of_every_guest_at_the_long_table[green, without sugar]"
SAYS = {"wrong": "ValueError: no year", "slow": "timed out after 60 minutes"}


def a_report(snapshot: Snapshot, **given: str) -> Report:
    settings = some_settings(**given)
    plan = make_plan(snapshot, settings, NOW)
    results = tuple(
        Result(one, WriteStatus.DONE, number) if isinstance(one, Create) else Result(one, WriteStatus.PLANNED)
        for number, one in enumerate(plan.actions, start=1)
    )
    statistics = make_statistics(plan.found, results, settings, NOW)
    return report_of(plan, results, statistics=statistics, now=NOW)


def broken(names: Sequence[str], headlines: Sequence[str], workflow: str = "CI") -> Snapshot:
    """A day of passing runs, and a day in which jobs of these names failed, each with its headline."""
    called = Workflow(1, workflow, ".github/workflows/ci.yml")
    runs = [a_run(number, "success", workflow=called) for number in range(1, 30)]
    runs.append(a_run(30, workflow=called, branch=f"{workflow} branch"))
    jobs = [a_job(name, number=place) for place, name in enumerate(names)]
    readings = tuple(
        a_reading(red(runs[-1], job.name, job.id), text) for job, text in zip(jobs, headlines, strict=True)
    )
    return dataclasses.replace(a_scan(runs, {runs[-1].id: jobs}), job_diagnoses=readings)


def an_everyday_report() -> Report:
    """`test` and `deploy` fail, `e2e` was flaky in a test, `lint` passes, and there is a problem."""
    snapshot = broken(["test", "deploy"], [SAYS["wrong"], SAYS["slow"]])
    failed = snapshot.jobs[0]
    more = [a_job("e2e", "failure", 10), dataclasses.replace(a_job("e2e", "success", 11), attempt=2)]
    more += [a_job("lint", "success", 12)]
    last = dataclasses.replace(snapshot.runs[-1], attempt=2)
    jobs = tuple(dataclasses.replace(job, attempt=2) for job in failed.jobs) + tuple(more)
    snapshot = dataclasses.replace(
        snapshot,
        runs=(*snapshot.runs[:-1], last),
        jobs=(dataclasses.replace(failed, jobs=jobs),),
        problems=(Problem(Severity.NOTICE, "Said."),),
        job_diagnoses=(*snapshot.job_diagnoses, a_log(more[0], FLAKY)),
    )
    return a_report(snapshot)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with needed("Chromium"), browser.chromium() as running:
        yield running


class Opened:
    """A page that is open, with all that went wrong on it and every address that it asked for."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.wrong: list[str] = []
        self.asked: list[str] = []
        page.on("console", lambda message: self.wrong.append(message.text))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("dialog", self._refuse)
        page.on("request", lambda request: self.asked.append(request.url))

    def _refuse(self, dialog: Dialog) -> None:
        self.wrong.append(dialog.message)
        dialog.dismiss()

    def shown(self, selector: str) -> list[str]:
        """The texts of the visible elements of this kind."""
        return [each.inner_text() for each in self.page.locator(selector).all() if each.is_visible()]


@pytest.fixture
def opened(chromium: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Opened]:
    """The usual report, or the one in the parameter of a test."""
    report: Report = getattr(request, "param", an_everyday_report)()
    path = tmp_path / "report.html"
    path.write_text(render_page(report), "utf-8")
    context = chromium.new_context(offline=True)
    opened = Opened(context.new_page())
    opened.page.goto(path.as_uri())
    yield opened
    context.close()


JOBS = "ol.runs"


def test_it_opens_without_an_error_and_asks_nothing_of_anybody(opened: Opened) -> None:
    assert opened.page.title() == "octo-org/example: CI failures"
    assert opened.wrong == []
    assert [address for address in opened.asked if not address.startswith("file:")] == []
    assert len(opened.asked) == 1
    # If a text became markup all the same, the policy would still stop it.
    opened.page.evaluate("fetch('https://example.com').catch(() => {})")
    opened.page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'window.bad = 1'}))"
    )
    assert opened.page.evaluate("window.bad") is None
    assert opened.wrong
    assert all("Content Security Policy" in text for text in opened.wrong), opened.wrong


def test_the_charts_are_drawn_and_their_values_are_in_a_table(opened: Opened) -> None:
    assert opened.page.locator(".chart").count() == 1
    heights = opened.page.locator(".chart svg").evaluate(
        "(svg) => [...svg.querySelectorAll('.failed, .passed')]"
        ".map((part) => [part.getAttribute('class'), Number(part.getAttribute('height'))])"
    )
    # 23 runs, and 1 that failed of 7, on a scale to 50.
    assert heights == [["passed", 46], ["failed", 2], ["passed", 12]]
    assert opened.shown(".chart .top, .chart .zero, .chart .days span") == ["50", "0", "1 Mar", "2 Mar"]
    titles = opened.page.locator(".chart svg title").all_text_contents()
    assert titles == ["2026-03-01: 0 of 23 runs failed", "2026-03-02: 1 of 7 runs failed"]
    opened.page.get_by_text("As a table").first.click()
    assert opened.shown("figure td") == ["2026-03-01", "0 of 23 runs failed", "2026-03-02", "1 of 7 runs failed"]


def test_words_and_a_state_say_what_is_shown(opened: Opened) -> None:
    page = opened.page
    headings = ["CI › deploy new", "CI › test new"]
    assert sorted(opened.shown("section:first-of-type h3")) == headings
    page.get_by_placeholder("Filter").fill("no YEAR")
    assert opened.shown("section:first-of-type h3") == ["CI › test new"]
    # A part of which nothing is left goes as a whole.
    assert opened.shown("table.sortable") == []
    assert page.get_by_role("status").inner_text() == "2 of 13 entries"
    page.get_by_placeholder("Filter").fill("")
    page.get_by_label("Show only what is").select_option("flaky")
    assert opened.shown("tbody .state") == ["flaky", "flaky"]  # a job and a test
    page.get_by_label("Show only what is").select_option("")
    assert len(opened.shown("tbody .state")) == 6


def test_a_table_is_sorted_by_a_click_and_by_the_keyboard(opened: Opened) -> None:
    rows = opened.page.locator("table.sortable").nth(1).locator("tbody th")
    assert rows.all_inner_texts() == ["CI › deploy", "CI › test", "CI › e2e", "CI › lint"]
    heading = opened.page.get_by_text("Workflow › job")
    heading.click()
    expect(rows.first).to_have_text("CI › test")
    heading.press("Enter")
    expect(rows.first).to_have_text("CI › deploy")
    assert heading.get_attribute("aria-sort") == "ascending"
    assert opened.wrong == []


def test_a_timeline_is_one_stop_of_the_keyboard_and_leads_to_the_runs(opened: Opened) -> None:
    strip = opened.page.locator("table.sortable").nth(1).locator(JOBS).first
    assert strip.get_attribute("aria-label") == "The newest 30 runs: 29 passed, 1 failed"
    assert strip.locator("a[tabindex='-1']").count() == 29
    newest = strip.locator("a").last
    assert newest.get_attribute("href") == "https://github.example/octo-org/example/actions/runs/1030"
    newest.focus()
    opened.page.keyboard.press("ArrowLeft")
    focused = opened.page.evaluate("document.activeElement.title")
    assert focused == "run 29: passed, main, 2026-03-02 05:00 UTC"


def a_long_report() -> Report:
    """A run on each of ninety days: the most days that a chart shows one by one."""
    ends = ["failure" if number % 3 == 0 else "success" for number in range(1, 2_200)]
    runs = [a_run(number, end) for number, end in enumerate(ends, start=1) if number % 24 == 0]
    return a_report(a_scan(runs, {}))


@pytest.mark.parametrize("opened", [an_everyday_report, a_long_report], indirect=True)
@pytest.mark.parametrize("font", ["DejaVu Sans", "monospace"])
@pytest.mark.parametrize("width", [320, 1200])
def test_the_labels_of_a_chart_do_not_overlap_with_any_font(opened: Opened, font: str, width: int) -> None:
    opened.page.set_viewport_size({"width": width, "height": 800})
    opened.page.add_style_tag(content=f"* {{ font-family: '{font}' !important }} .chart {{ font-size: 16px }}")
    boxes = opened.page.locator(".chart").first.evaluate(
        "(chart) => [...chart.querySelectorAll('.top, .zero, .days span')].map((one) => one.getBoundingClientRect())"
        ".map((box) => [box.left, box.top, box.right, box.bottom])"
    )
    assert len(boxes) >= 4
    for place, (left, top, right, bottom) in enumerate(boxes):
        assert 0 <= left < right <= width
        others = boxes[place + 1 :]
        assert not [box for box in others if left < box[2] and box[0] < right and top < box[3] and box[1] < bottom]


def test_a_failure_has_the_first_sentence_of_its_issue_before_everything_else(opened: Opened) -> None:
    assert opened.shown("h2")[0] == "Failing now 2"
    first = opened.page.locator("section:first-of-type li").first.inner_text()
    assert "Job deploy of workflow CI fails on CI branch since run 30 (2026-03-02 06:00 UTC): 1 failed run." in first
    assert SAYS["slow"] in first


def test_a_flaky_test_leads_to_its_commit_and_its_run(opened: Opened) -> None:
    row = opened.page.locator("tr", has_text="test_that_pours")
    assert row.get_attribute("data-state") == "flaky"
    assert "CI › e2e" in row.inner_text()
    links = row.locator("a").evaluate_all("all => all.map((one) => one.href.replace(/.*example\\//, ''))")
    assert links == [f"commit/{30:040x}", "actions/runs/1030"]
    opened.page.locator("#words").fill("pours")
    assert row.is_visible()
    assert len(opened.shown("tbody tr")) == 1


def test_the_worst_tests_are_shown_with_how_many_there_are() -> None:
    made = Repository()
    made.run({"test": ("bad", *(f"test {number:03}" for number in range(MOST_TESTS + 20)))})
    made.run({"test": ("bad",)})
    made.run({"test": "unread"})
    text = render_page(made.report())
    assert f"<small>{MOST_TESTS} of {MOST_TESTS + 21} that failed, the worst first</small>" in text
    assert "In 1 of 3 failed jobs it is not known which tests failed." in text
    assert re.findall(r'<th scope="row" tabindex="-1">(.*?)<br>', text)[0] == "bad"


def test_what_ran_again_is_listed_with_its_result() -> None:
    made = Repository()
    made.run({"test": ()}, {"test": None}, started_by="github-actions[bot]")
    made.run({"test": ()}, {"test": ()}, started_by="github-actions[bot]")
    made.run({"test": ()}, {"test": None}, started_by="octocat")
    text = render_page(made.report(rerun="transient", rerun_workflows="CI"))
    _, _, part = text.partition("Re-runs by the tracker <small>2</small>")
    said = re.findall(r">run (\d)</a> of [^:]*:\d\d UTC: (.*)</li>", part)
    assert said == [("2", "failed again"), ("1", "passed on the second try")]
    assert "Re-runs" not in render_page(made.report())


def test_each_line_of_a_log_is_a_line_of_the_page() -> None:
    text = render_page(a_report(broken(["test"], ["no year"])))
    (log,) = re.findall(r"<pre[^>]*>(.*?)</pre>", text, re.DOTALL)
    lines = re.sub(r"<[^>]*>", "", log).splitlines()
    assert [line.split() for line in lines] == [["7", "before"], ["8", "no", "year"]]


def test_a_phone_folds_what_is_not_failing_until_something_is_looked_for(opened: Opened) -> None:
    opened.page.set_viewport_size({"width": 390, "height": 800})
    opened.page.reload()
    assert opened.page.locator("details.part[open]").count() == 0
    assert opened.shown("h2")[:3] == ["Failing now 2", "Workflows 1", "Jobs 4"]
    opened.page.get_by_placeholder("Filter").fill("lint")
    assert opened.shown("details.part tbody th") == ["CI › lint"]


def test_a_few_runs_are_counted_and_have_no_percentage() -> None:
    def page(runs: int) -> str:
        all_runs = [a_run(1), *(a_run(number, "success") for number in range(2, runs + 1))]
        return render_page(a_report(a_scan(all_runs, {all_runs[0].id: [a_job()]})))

    assert "%" not in re.sub(r"<style>.*?</style>|<script>.*?</script>|style=\"[^\"]*\"", "", page(4), flags=re.DOTALL)
    assert ">1 of 4<" in page(4)
    assert ">20% of 5<" in page(5)


@pytest.mark.parametrize("width", [320, 390, 1200])
def test_nothing_is_wider_than_the_screen(opened: Opened, width: int) -> None:
    opened.page.set_viewport_size({"width": width, "height": 800})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_in_light_and_dark(opened: Opened, scheme: str) -> None:
    opened.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    faint = opened.page.evaluate(CONTRAST)
    assert faint == []


CONTRAST = """() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => parts(colour).slice(0, 3)
    .map((one) => one / 255).map((one) => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, place) => sum + one * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const colour = getComputedStyle(one).backgroundColor;
      if (parts(colour)[3] !== 0) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  return [...document.body.querySelectorAll("*")]
    .filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((one) => one.checkVisibility() && !(one instanceof SVGElement))
    .map((one) => {
      const [a, b] = [light(getComputedStyle(one).color), light(behind(one))].sort().reverse();
      const [high, low] = a > b ? [a, b] : [b, a];
      return [one.tagName, one.textContent.slice(0, 40), (high + 0.05) / (low + 0.05)];
    })
    .filter(([, , ratio]) => ratio < 4.5);
}"""
"""Texts with less contrast than WCAG 2.2 demands (1.4.3: 4.5 to 1)."""


LONGEST = 2_500
"""More than a name has at GitHub; the texts that are longer are logs."""

NAMES = [text.text for text in TEXTS if text.text.strip() and len(text.text) < LONGEST]


def a_hostile_report() -> Report:
    # A few at a time share a run, so that no storm is seen in them.
    snapshot = broken(NAMES, NAMES, workflow=NAMES[0])
    jobs, tests = snapshot.jobs[0].jobs, [a_job("tests", number=1_000 + place) for place in range(len(NAMES))]
    logs = tuple(a_log(job, name) for job, name in zip(tests, NAMES, strict=True))
    snapshot = dataclasses.replace(
        snapshot,
        jobs=(dataclasses.replace(snapshot.jobs[0], jobs=(*jobs, *tests)),),
        job_diagnoses=(*snapshot.job_diagnoses, *logs),
    )
    report = a_report(snapshot, title="{job}", max_new_issues="500")
    assert len(report.statistics.tests.tests) > len(NAMES) / 2
    problems = tuple(Problem(Severity.WARNING, text, text) for text in NAMES)
    return dataclasses.replace(report, problems=problems)


@pytest.mark.parametrize("opened", [a_hostile_report], indirect=True)
def test_hostile_names_stay_text(opened: Opened) -> None:
    page = opened.page
    assert opened.wrong == []
    assert [address for address in opened.asked if not address.startswith("file:")] == []
    # Only the elements and the links that an everyday report has.
    everyday = {tag.lower() for tag in re.findall(r"<([a-z]\w*)", render_page(an_everyday_report()))}
    assert set(page.evaluate("[...document.body.querySelectorAll('*')].map((one) => one.localName)")) <= everyday | {
        "svg", "g", "rect", "title",
    }  # fmt: skip
    links = page.evaluate("[...document.querySelectorAll('a')].map((one) => one.href)")
    ours = re.compile(r"https://github\.example/octo-org/example(/(issues|actions/runs)/\d+)?")
    assert [link for link in links if not ours.fullmatch(link)] == []
    assert (
        page.evaluate("document.querySelectorAll('[onerror],[onclick],[onload],iframe,form:not(.filter)').length") == 0
    )


def test_a_secret_in_a_log_or_a_name_is_not_on_the_page() -> None:
    text = render_page(a_hostile_report())
    secrets = [text.secret for text in TEXTS if text.secret]
    assert len(secrets) > 20
    assert [secret for secret in secrets if secret in text] == []


def test_a_report_of_nothing_is_a_page_as_well() -> None:
    text = render_page(a_report(a_scan([])))
    assert "Nothing is failing." in text
    assert "no run was looked at" in text
    assert "(no name)" not in text
    assert "Over time" not in text


def test_a_large_report_shows_the_worst_and_says_how_much_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    most = 20
    monkeypatch.setattr(page, "MOST_JOBS", most)
    names = [f"job {number:03}" for number in range(most + 30)]
    snapshot = a_scan(
        [a_run(number) for number in range(1, 3)],
        {1_001: [a_job(name, number=place) for place, name in enumerate(names)]},
    )
    runs = [a_run(number, "success") for number in range(2, MOST_RUNS * 2)]
    text = render_page(a_report(dataclasses.replace(snapshot, runs=(a_run(1), *runs))))
    assert f"<small>{most} of {most + 30}</small>" in text
    assert max(strip.count("<li>") for strip in re.findall(r"<ol class=\"runs\".*?</ol>", text, re.DOTALL)) == MOST_RUNS
