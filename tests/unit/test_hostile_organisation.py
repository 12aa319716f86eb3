"""A report file that an attacker wrote does no harm in any output that is made from it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from functools import cache
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from ci_failure_tracker.entry.organisation_text import OrganisationText
from ci_failure_tracker.github.fields import FormError
from ci_failure_tracker.model.organisation import Look
from ci_failure_tracker.notify.discord import discord_message, forum_messages
from ci_failure_tracker.notify.organisation_news import news_of
from ci_failure_tracker.notify.slack import slack_message
from ci_failure_tracker.report.organisation import OrganisationReport
from ci_failure_tracker.report.organisation_json import organisation_as_json, read_report
from ci_failure_tracker.report.organisation_page import render_organisation_page
from ci_failure_tracker.report.organisation_summary import render_organisation_summary
from ci_failure_tracker.report.prometheus import metrics_text
from harmless import ZERO_WIDTH_SPACE, check_inactive, check_letters, check_markdown, check_secrets
from hostile import TEXTS, Hostile
from organisations import an_everyday_organisation
from unit.test_news import every, mail_parts

FOREIGN = {"workflow", "job", "test", "sentence", "headline", "subject", "reason", "title", "what", "advice", "summary"}
ISSUES = frozenset({1, 2, 3, 5})
LONGEST = 10_000
SHORT = [hostile for hostile in TEXTS if len(hostile.text) <= LONGEST]
OURS = r"https://github\.example/octo-org/[\w./-]*"


def with_text(value: Any, text: str) -> Any:
    """The JSON with this text in each place that takes foreign text."""
    if isinstance(value, dict):
        return {
            name: text if name in FOREIGN and isinstance(inner, str) else with_text(inner, text)
            for name, inner in value.items()
        }
    return [with_text(inner, text) for inner in value] if isinstance(value, list) else value


@cache
def everyday() -> str:
    return json.dumps(organisation_as_json(an_everyday_organisation()))


def a_report_with(text: str) -> OrganisationReport:
    data = json.loads(everyday())
    data["problems"] = [{"severity": "error", "what": "", "advice": ""}]
    return read_report(with_text(data, text))


def check_texts(texts: Sequence[str], hostile: Hostile, code: str = r"(?<!\\)`[^`\n]*`") -> None:
    for text in texts:
        check_letters(text, hostile.name, f"\n{ZERO_WIDTH_SPACE}")
        ours = re.sub(OURS, "", re.sub(code, "", text))
        check_inactive(ours, hostile.name, references=ISSUES)
        check_secrets(text, secret_of(hostile), hostile.name)


def secret_of(hostile: Hostile) -> dict[str, str]:
    return {hostile.name: hostile.secret} if hostile.secret else {}


class Elements(HTMLParser):
    """The elements of a page, with their attributes, and its links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.names: set[tuple[str, str]] = set()
        self.links: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names |= {(tag, ""), *((tag, name) for name, _ in attrs)}
        self.links |= {value or "" for name, value in attrs if name == "href"}


HARMLESS = Elements(render_organisation_page(a_report_with("benign")))


EACH = 1 if os.environ.get("EVERY_CASE") else 4


@pytest.mark.parametrize("hostile", SHORT[::EACH], ids=lambda hostile: hostile.name)
def test_a_hostile_text_in_a_report_does_nothing(hostile: Hostile) -> None:
    report = a_report_with(hostile.text)
    summary = render_organisation_summary(report)
    check_markdown(summary, hostile.name, "https://github.example/octo-org", references=ISSUES)
    check_secrets(summary, secret_of(hostile), hostile.name)

    page = render_organisation_page(report)
    elements = Elements(page)
    assert elements.names <= HARMLESS.names
    assert elements.links == HARMLESS.links
    check_secrets(page, secret_of(hostile), hostile.name)

    out = StringIO()
    OrganisationText(Console(file=out, highlight=False)).report(report)
    check_letters(out.getvalue(), hostile.name)
    check_secrets(out.getvalue(), secret_of(hostile), hostile.name)
    check_secrets(metrics_text(report).decode(), secret_of(hostile), hostile.name)


@pytest.mark.parametrize("hostile", SHORT[::EACH], ids=lambda hostile: hostile.name)
def test_a_hostile_text_in_a_report_does_nothing_in_a_message(hostile: Hostile) -> None:
    news = news_of(a_report_with(hostile.text))
    assert news
    check_texts(list(every("text", slack_message(news)["blocks"])), hostile)
    for name in ("content", "description", "title", "value"):
        shown = [*every(name, [discord_message(news), *forum_messages(news)])]
        check_texts([re.sub(r"\\([!-_a-~])", r"\1", text) for text in shown], hostile)
    text, _ = mail_parts(news)
    check_texts([text.replace("\r\n", "\n").replace("\u2060", ZERO_WIDTH_SPACE)], hostile, "(?!)")


@pytest.mark.parametrize("hostile", [each for each in TEXTS if each not in SHORT], ids=lambda hostile: hostile.name)
def test_a_text_that_the_tracker_would_have_cut_is_refused(hostile: Hostile) -> None:
    with pytest.raises(FormError, match="too long"):
        a_report_with(hostile.text)


OTHERS: tuple[Any, ...] = (None, "x", [None], {}, -1, "9999-12-31T23:59:59-23:00")


def places_in(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The path of each part of some JSON."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in parts:
        yield (*path, name)
        yield from places_in(inner, (*path, name))


def test_each_part_of_a_report_in_another_form_is_refused_or_shown() -> None:
    data = json.loads(everyday())
    data["repositories"] = data["repositories"][:1] + data["repositories"][-3:]
    text, read = json.dumps(data), 0
    for path in places_in(data):
        for other in OTHERS:
            changed = json.loads(text)
            within = changed
            for step in path[:-1]:
                within = within[step]
            within[path[-1]] = other
            try:
                report = read_report(changed)
            except FormError:
                continue
            read += 1
            assert report.line
            if read % 10 == 0:
                assert render_organisation_summary(report)
                assert render_organisation_page(report)
                assert metrics_text(report)
                news_of(report)
    assert read > 500


def test_a_repository_that_was_not_swept_is_no_news() -> None:
    report = an_everyday_organisation()
    swept = {entry.name for entry in report.entries if entry.look is Look.SWEPT}
    assert {item.repository.partition(" ")[0] for item in news_of(report).items} <= swept


def test_the_page_on_security_gives_these_figures() -> None:
    page = (Path(__file__).parents[2] / "docs" / "security.md").read_text("utf-8")
    assert f"{len(SHORT)} texts; {len(TEXTS) - len(SHORT)} that are longer than any that the tracker writes" in page
