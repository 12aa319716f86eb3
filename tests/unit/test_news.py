"""The news of a sweep: only changes that were made, in texts that are inert in every channel."""

from __future__ import annotations

import dataclasses
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from html.parser import HTMLParser
from pathlib import Path

import pytest

from builders import START, a_scan, a_state, some_settings
from ci_failure_tracker.entry import optional_packages as extras
from ci_failure_tracker.entry.setup import prepare
from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.model import (
    ALL_JOBS,
    Action,
    Cause,
    Close,
    CommitsBetween,
    Create,
    CurrentFailure,
    Evidence,
    FailedLeg,
    FailureKind,
    Identity,
    IdentityKind,
    Outcome,
    Reopen,
    Result,
    Skip,
    SkipReason,
    State,
    Suspect,
    Update,
    WriteStatus,
)
from ci_failure_tracker.notify.discord import discord_message, forum_messages
from ci_failure_tracker.notify.mail import make_mail
from ci_failure_tracker.notify.news import News, NewsKind, make_news
from ci_failure_tracker.notify.slack import slack_message, slack_payload
from ci_failure_tracker.report.measures import NOTHING_SEEN
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.text.medium import PLAIN
from harmless import ZERO_WIDTH_SPACE, check_inactive, check_letters, check_secrets
from hostile import TEXTS, Hostile
from sweeping import make_plan, report_of

CI_TEST = Identity("a" * 32, "CI", "test")
NAME = 1_000
"""Characters of a name, more than GitHub allows."""


def new(identity: Identity = CI_TEST, title: str = "[CI Failure] CI - test") -> Create:
    return Create(identity, "failing, no issue yet", title, "body", (), (), a_state())


def closed(reason: str, identity: Identity = CI_TEST, why: str = "green on 2 commits") -> Close:
    return Close(identity, why, 7, "body", a_state(), state_reason=reason)


def a_report(*results: Result, failing: tuple[CurrentFailure, ...] = ()) -> Report:
    plan = make_plan(a_scan([]), some_settings(), START)
    decisions = dataclasses.replace(plan.found.decisions, failing=failing)
    plan = dataclasses.replace(plan, found=dataclasses.replace(plan.found, decisions=decisions))
    return report_of(plan, results, statistics=NOTHING_SEEN, now=START)


def news_of(action: Action, status: WriteStatus = WriteStatus.DONE) -> News:
    return make_news(a_report(Result(action, status, 7)))


def a_failing(identity: Identity = CI_TEST, headline: str = "ValueError: no year") -> CurrentFailure:
    return CurrentFailure(identity, a_state(identity), Outcome.FAILURE, 2, START, 1_003, 3, "main", (), headline)


# --- what is news --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        (new(), NewsKind.NEW),
        (Reopen(CI_TEST, "failing again", 7, "body", a_state()), NewsKind.REOPENED),
        (closed("completed"), NewsKind.RECOVERED),
        (closed("not_planned"), NewsKind.GONE),
        (closed("duplicate"), None),
        (Update(CI_TEST, "1 new failed run", 7, "body", a_state()), None),
        (Skip(CI_TEST, "nothing new", SkipReason.UNCHANGED, 7), None),
    ],
    ids=["new", "reopened", "recovered", "gone", "duplicate", "updated", "left"],
)
def test_only_what_was_opened_reopened_or_closed_is_news(action: Action, kind: NewsKind | None) -> None:
    assert [item.kind for item in news_of(action).items] == ([kind] if kind else [])
    assert bool(news_of(action)) == (kind is not None)


@pytest.mark.parametrize("status", [status for status in WriteStatus if status is not WriteStatus.DONE])
@pytest.mark.parametrize("action", [new(), closed("completed")], ids=["new", "closed"])
def test_a_change_that_was_not_made_is_no_news(action: Action, status: WriteStatus) -> None:
    assert not news_of(action, status)
    assert slack_payload(news_of(action, status)) == ""


def test_the_most_urgent_stands_first_and_the_headline_counts_each_kind() -> None:
    actions: list[Action] = [
        closed("not_planned"),
        closed("completed"),
        new(),
        closed("completed"),
        Reopen(CI_TEST, "", 7, "", a_state()),
    ]
    news = make_news(a_report(*(Result(action, WriteStatus.DONE, 7) for action in actions)))
    assert [item.kind.value for item in news.items] == ["new", "reopened", "recovered", "recovered", "gone"]
    assert news.headline == "1 new, 1 reopened, 2 recovered, 1 gone in octo-org/example"


def test_a_failure_has_its_run_and_what_is_over_has_its_reason() -> None:
    failing = (a_failing(),)
    (item,) = make_news(a_report(Result(new(), WriteStatus.DONE, 7), failing=failing)).items
    url = "https://github.example/octo-org/example"
    assert (item.message, item.run, item.run_url) == ("ValueError: no year", "run 3", f"{url}/actions/runs/1003")
    assert (item.title, item.issue, item.issue_url) == ("CI › test", "#7", f"{url}/issues/7")
    assert (
        item.sentence(PLAIN, 300) == "Job test of workflow CI fails on main since 2026-03-01 00:00 UTC: 1 failed run."
    )
    named = dataclasses.replace(a_failing(), state=hostile_state(CI_TEST, "test_noon"))
    (item,) = make_news(a_report(Result(new(), WriteStatus.DONE, 7), failing=(named,))).items
    assert item.message == ""
    (over,) = make_news(a_report(Result(closed("completed"), WriteStatus.DONE, 7), failing=failing)).items
    assert (over.reason, over.message, over.run, over.run_url) == ("green on 2 commits", "", "", "")


def test_the_line_gives_the_state_and_not_what_only_the_summary_has() -> None:
    failing = (a_failing(),)
    results = (Result(new(), WriteStatus.DONE, 7), Result(closed("duplicate"), WriteStatus.DONE, 8))
    assert make_news(a_report(*results, failing=failing)).line == "octo-org/example: 1 failing now, 0 issues open"
    over = make_news(a_report(Result(closed("completed"), WriteStatus.DONE, 7)))
    assert over.line == "octo-org/example: nothing failing any more, 0 issues open"


def test_news_may_stand_for_all_jobs_and_for_an_issue_without_a_number() -> None:
    whole = dataclasses.replace(CI_TEST, job=ALL_JOBS, kind=IdentityKind.WORKFLOW)
    (item,) = make_news(a_report(Result(new(whole), WriteStatus.DONE))).items
    assert (item.job, item.issue, item.issue_url) == ("all jobs", "issue", "")


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://a.example/(x)", "https://a.example/a b", "https://u:p@a", "https://a|b"]
)
def test_an_address_that_could_break_out_of_a_link_is_none(url: str) -> None:
    report = a_report(Result(new(), WriteStatus.DONE, 7), failing=(a_failing(),))
    news = make_news(dataclasses.replace(report, repository=dataclasses.replace(report.repository, url=url)))
    assert {news.issues_url, news.items[0].issue_url, news.items[0].run_url} == {""}
    for text in (json.dumps(slack_message(news)), json.dumps(discord_message(news)), mail_parts(news)[1]):
        assert url not in text


# --- hostile texts -------------------------------------------------------------------------------


def hostile_news(text: str) -> News:
    """The text in every place: a workflow, a job, a branch, a subject, a commit, a message and a reason."""
    identity = Identity("b" * 32, text[:NAME], text[:NAME])
    action = dataclasses.replace(new(identity, text[:NAME]), state=hostile_state(identity, text[:NAME]))
    results = (
        Result(action, WriteStatus.DONE, 7),
        Result(closed("completed", identity, text[:NAME]), WriteStatus.DONE, 7),
    )
    return make_news(a_report(*results, failing=(a_failing(identity, text[: 2 * NAME]),)))


def hostile_state(identity: Identity, text: str) -> State:
    """A failing test in a matrix job after one commit; each name is the text."""
    state = a_state(identity)
    latest = dataclasses.replace(state.latest, branch=text, legs=(FailedLeg(text, 5_001, text),))
    evidence = Evidence(
        1_001, 1, 1, 5_001, latest.ended_at, "v2:x", text, (), kind=FailureKind.TEST, subject=text, location=text
    )
    commit = Suspect("c" * 40, text, text)
    return dataclasses.replace(
        state,
        occurrences=(latest,),
        evidence=evidence,
        causes=(Cause("v2:x", text, 1, START, START, kind=FailureKind.TEST),),
        suspects=CommitsBetween("a" * 40, "c" * 40, (commit,)),
    )


def test_the_first_sentence_is_the_same_in_each_channel() -> None:
    action = dataclasses.replace(new(), state=hostile_state(CI_TEST, "x"))
    news = make_news(a_report(Result(action, WriteStatus.DONE, 7)))
    commit = f"https://github.example/octo-org/example/commit/{'c' * 40}"
    (slack,) = [text for text in every("text", slack_message(news)["blocks"]) if "issues/7" in text]
    assert slack.endswith(f"\n`x` fails on `x` since <{commit}|`ccccccc`> `x` (`x`): 1 failed run.")
    (discord,) = every("description", discord_message(news))
    assert discord.endswith(f"\n`x` fails on `x` since [`ccccccc`]({commit}) `x` (`x`): 1 failed run.")
    text, page = mail_parts(news)
    assert "x fails on x since ccccccc x (x): 1 failed run." in text
    since = f'<a href="{commit}"><code>ccccccc</code></a> <code>x</code> (<code>x</code>): 1 failed run.'
    assert f"<code>x</code> fails on <code>x</code> since {since}" in page


def test_a_sentence_is_shortened_until_it_fits_and_never_cut_within_a_name() -> None:
    (item,) = make_news(
        a_report(Result(dataclasses.replace(new(), state=hostile_state(CI_TEST, "&" * 99)), WriteStatus.DONE))
    ).items
    whole = item.sentence(PLAIN, 1_000)
    short = item.sentence(PLAIN, 120)
    assert len(short) <= 120 < len(whole)
    assert short.endswith(": 1 failed run.")
    assert item.sentence(PLAIN, 10) == ""


def every(kind: str, value: object) -> Iterator[str]:
    """All texts under a name, however deep."""
    match value:
        case dict():
            for name, inner in value.items():
                yield from [inner] if name == kind and isinstance(inner, str) else every(kind, inner)
        case list():
            for inner in value:
                yield from every(kind, inner)


_CODE = re.compile(r"(?<!\\)`[^`\n]*`")
_NO_CODE = re.compile("(?!)")


def check_texts(texts: Sequence[str], hostile: Hostile, code: re.Pattern[str] = _CODE) -> None:
    """Check that nothing is hidden, active outside of code, or secret, except what the tracker itself wrote."""
    for text in texts:
        for span in code.findall(text):
            check_letters(span, f"code of {hostile.name}")
        check_letters(text, hostile.name, f"\n{ZERO_WIDTH_SPACE}")
        ours = re.sub(r"https://github\.example/octo-org/example[\w/]*", "", code.sub("", text))
        check_inactive(ours, hostile.name, references=frozenset({7}))
        check_secrets(text, {hostile.name: hostile.secret} if hostile.secret else {}, hostile.name)


_SLACK_LINK = r"<https://github\.example/octo-org/example/\w[\w/]*\|[#\w ]+>"
_SLACK_CODE = r"`[^`<>\n]+`"
_SLACK_SAID = r"(?:(?!:[\w+'-]+:)[^`*~<>\n])"
_SLACK_FIRST = rf"{_SLACK_LINK} \*{_SLACK_SAID}*\*(, {_SLACK_LINK})?"
_SLACK_COMMIT = r"<https://github\.example/octo-org/example/commit/c+\|`c+`>"
_OWN = r"[\w .:(),]"
_SLACK_SENTENCE = rf"(?:{_SLACK_COMMIT}|{_SLACK_CODE}|{_OWN})+"
_SLACK_ITEM = re.compile(rf"{_SLACK_FIRST}(\n({_SLACK_SENTENCE}(\n{_SLACK_CODE})?|{_SLACK_SAID}+))?")
_ITALIC = re.compile(r"(?<![^\W_])_[^_]+_(?![^\W_])")


@pytest.mark.parametrize("hostile", TEXTS, ids=lambda hostile: hostile.name)
def test_a_hostile_text_does_nothing_in_slack(hostile: Hostile) -> None:
    message = slack_message(hostile_news(hostile.text))
    header, *texts = every("text", message["blocks"])
    check_letters(header, "a header, which is plain text")
    check_texts(texts, hostile)
    items = [text for text in texts if "issues/7" in text]
    assert len(items) == 2
    for text in items:
        assert _SLACK_ITEM.fullmatch(text), ascii(text)
        assert not _ITALIC.search(re.sub(_SLACK_CODE, "", re.sub(_SLACK_LINK, "", re.sub(_SLACK_COMMIT, "", text))))
    kinds = Counter(block["type"] for block in message["blocks"])
    assert kinds == {"header": 1, "context": 1, "section": 4}
    assert all(block["text"].get("verbatim") for block in message["blocks"] if block["type"] == "section")


_DISCORD_LINK = r"\[[#\w ]+\]\(https://github\.example/octo-org/example/[\w/]+\)"
_DISCORD_SAID = r"(?:\\[!-~]|[^\\*_~`|>#<\[\]():@\n])"
_DISCORD_WHERE = rf"{_DISCORD_LINK} `[^`\n]+` › `[^`\n]+`(, {_DISCORD_LINK})?"
_DISCORD_COMMIT = r"\[`c+`\]\(https://github\.example/octo-org/example/commit/c+\)"
_DISCORD_SENTENCE = rf"(?:{_DISCORD_COMMIT}|`[^`\n]+`|{_OWN})+"
_DISCORD_ITEM = re.compile(rf"{_DISCORD_WHERE}(\n({_DISCORD_SENTENCE}(\n`[^`\n]+`)?|{_DISCORD_SAID}+))?")
_DISCORD_CARD = re.compile(rf"{_DISCORD_LINK}\n{_DISCORD_SENTENCE}(\n`[^`\n]+`)?")


@pytest.mark.parametrize("hostile", TEXTS, ids=lambda hostile: hostile.name)
def test_a_hostile_text_does_nothing_in_discord(hostile: Hostile) -> None:
    news = hostile_news(hostile.text)
    message = discord_message(news)
    threads = forum_messages(news)
    assert len(threads) == 2
    for name in every("thread_name", [message, *threads]):
        check_letters(name, "the name of a thread, which is plain text")
    # Where the signs that Discord takes for formats are behind a backslash, the rest is as everywhere.
    for name in ("content", "description", "title", "value"):
        bare = [re.sub(r"\\([!-_a-~])", r"\1", text) for text in every(name, [message, *threads])]
        check_texts([text.replace("[#7](", "(") for text in bare], hostile)
    for embed in message["embeds"]:
        assert _DISCORD_ITEM.fullmatch(embed["description"]), ascii(embed["description"])
    (card,) = threads[0]["embeds"]
    assert _DISCORD_CARD.fullmatch(card["description"])
    assert re.fullmatch(rf"{_DISCORD_SAID}*", card["title"])
    assert {sent["allowed_mentions"] == {"parse": []} for sent in (message, *threads)} == {True}


def mail_parts(news: News) -> tuple[str, str]:
    mail = make_mail(news, "ci@mail.example", ["dev@mail.example"])
    text, page = mail.iter_parts()
    return text.get_content(), page.get_content()


class Tags(HTMLParser):
    """The tags and texts of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.links: set[str] = set()
        self.text: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        assert {name for name, _ in attrs} <= {"href", "style", "lang", "charset", "name", "content", "datetime"}
        self.links |= {value or "" for name, value in attrs if name == "href"}

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


HARMLESS = Tags(mail_parts(hostile_news("benign"))[1])
_LINKED = re.compile(r"\w\.(?=[a-z])|\w@\w|://", re.IGNORECASE)


@pytest.mark.parametrize("hostile", TEXTS, ids=lambda hostile: hostile.name)
def test_a_hostile_text_does_nothing_in_a_mail(hostile: Hostile) -> None:
    news = hostile_news(hostile.text)
    text, page = mail_parts(news)
    tags = Tags(page)
    lost = Counter({"code": 1, "br": 1})  # a text of which nothing can be seen
    assert tags.tags in (HARMLESS.tags, HARMLESS.tags - lost)
    assert tags.links == HARMLESS.links
    shown = "".join(tags.text)
    # The tracker's own sign that ends a host's name; of a text's letters that are not seen none is left.
    parts = [part.replace("\r\n", "\n").replace("\u2060", "\u200b") for part in (text, shown)]
    check_texts(parts, hostile, _NO_CODE)
    for part in (shown, re.sub(r"https://github\.example/\S*", "", text)):
        assert not _LINKED.search(part), ascii(_LINKED.search(part))


@pytest.mark.parametrize("name", ["octo-org/e\r\nBcc: evil@mail.example", "x\n\n<b>", "é" * 300, "=?utf-8?q?=0ABcc:?="])
def test_a_repository_s_name_adds_no_header_to_a_mail(name: str) -> None:
    news = news_of(new())
    report = a_report(Result(new(), WriteStatus.DONE, 7))
    news = make_news(dataclasses.replace(report, repository=dataclasses.replace(report.repository, full_name=name)))
    raw = make_mail(news, "ci@mail.example", ["dev@mail.example", "ops@mail.example"]).as_bytes()
    assert raw.isascii()
    headers = raw.partition(b"\r\n\r\n")[0].decode()
    names = re.findall(r"^([A-Za-z-]+):", headers, re.MULTILINE)
    assert names == [*("Subject", "From", "To", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type")]


# --- what is loaded, and what is missing ---------------------------------------------------------


def test_channels_are_loaded_only_if_they_are_on() -> None:
    modules = "ci_failure_tracker.entry.action, ci_failure_tracker.entry.cli"
    unwanted = {"slack_sdk", "smtplib", "ci_failure_tracker.notify", "aiosmtpd"}
    code = f"import sys; sys.path[:0] = {sys.path!r}; import {modules}; print(sorted({unwanted!r} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize("given", [{"slack-webhook-url": "https://hooks.slack.example/x"}, {"slack-payload": "true"}])
def test_without_slack_sdk_the_inputs_that_need_it_say_what_to_install(
    given: dict[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(extras.EXTRAS, "slack", extras.Extra("slack", (("slack_sdk", "no_such_module"),)))
    with pytest.raises(
        SettingsError, match=rf"`{next(iter(given))}` needs slack_sdk\. Install with: pip install slack_sdk"
    ):
        prepare({"token": "t", "repository": "o/r", **given}, {}, tmp_path)
    prepare({"token": "t", "repository": "o/r", "discord-webhook-url": "https://d.example/x"}, {}, tmp_path)
