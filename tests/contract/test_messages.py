"""The messages of the whole action, at servers that check what Slack, Discord and SMTP allow.

The log, the summary and the report of the action show no address and no password, whatever goes wrong.
"""

from __future__ import annotations

import dataclasses
import json
import re
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

import pytest

import browser
from builders import START, some_settings
from ci_failure_tracker.entry import action
from ci_failure_tracker.entry.delivery import deliver
from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.model import Identity, Problem, Severity
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.notify import send, smtp, webhook
from ci_failure_tracker.notify.discord import discord_message, forum_messages
from ci_failure_tracker.notify.mail import make_mail
from ci_failure_tracker.notify.news import Item, News, NewsKind
from ci_failure_tracker.notify.slack import slack_message
from ci_failure_tracker.notify.webhook import NotSentError, Webhook
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.settings import secret_texts
from contract import chat_servers, mail_server
from contract.chat_servers import Chat, Reply
from contract.faults_scenario import NOW, a_busy_box, look
from contract.mail_server import PASSWORD, USER, Certificate, Mails
from hostile import PIECES
from outside_tools import needed
from sandbox import Sandbox
from unit.test_news import hostile_state

SENDER, DEV, OPS = "ci@mail.example", "dev@mail.example", "ops@mail.example"
MAIL = {"email_from": SENDER, "email_to": f"{DEV}, {OPS}"}


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits before the second try, and none asks the network for the name of this machine."""
    monkeypatch.setattr(webhook, "FIRST_WAIT", 0.0)
    monkeypatch.setattr(socket, "getfqdn", lambda name="": name or "localhost")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return Certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def report() -> Report:
    """A sweep that opened, updated and closed issues."""
    box = a_busy_box()
    with box.serve() as server:
        return look(server)


@pytest.fixture
def slack() -> Iterator[Chat]:
    with chat_servers.slack() as chat:
        yield chat


@pytest.fixture
def discord() -> Iterator[Chat]:
    with chat_servers.discord() as chat:
        yield chat


@pytest.fixture
def forum() -> Iterator[Chat]:
    with chat_servers.discord(forum=True) as chat:
        yield chat


@pytest.fixture
def plain_mail() -> Iterator[Mails]:
    with mail_server.mails() as server:
        yield server


def nobody() -> int:
    """A port on which no program listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


# --- the whole action ----------------------------------------------------------------------------


class Action:
    """The action over a repository in which a sweep does everything."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
        self.folder, self._patch, self._capfd = folder, monkeypatch, capfd
        self.stdout = self.stderr = ""

    def run(self, **given: str) -> int:
        files = {"GITHUB_OUTPUT": "output", "GITHUB_STEP_SUMMARY": "summary"}
        for name, file in files.items():
            (self.folder / file).write_text("", "utf-8")
            self._patch.setenv(name, str(self.folder / file))
        for name, value in {"report_dir": "ci", **given}.items():
            self._patch.setenv(f"INPUT_{name.upper()}", value)
        code = action.main()
        self.stdout, self.stderr = self._capfd.readouterr()
        return code

    @property
    def outputs(self) -> dict[str, str]:
        lines = re.findall(r"^([\w-]+)<<(\S+)\n(.*?)\n\2$", self.read("output"), re.MULTILINE | re.DOTALL)
        return {name: value for name, _, value in lines}

    @property
    def masks(self) -> list[str]:
        """The texts that the action masks in the log, before it prints anything else."""
        lines = self.stdout.splitlines()
        first = [line.startswith("::add-mask::") for line in lines]
        assert first == sorted(first, reverse=True), "a line was printed before a mask"
        # The runner decodes a command in this way.
        return [
            line.removeprefix("::add-mask::").replace("%25", "%") for line in lines if line.startswith("::add-mask::")
        ]

    def read(self, file: str) -> str:
        path = self.folder / file
        return path.read_text("utf-8") if path.exists() else ""

    @property
    def shown(self) -> str:
        """Everything that a person can see."""
        printed = [line for line in self.stdout.splitlines() if not line.startswith("::add-mask::")]
        files = (self.read(name) for name in ("output", "summary", "ci/report.json", "ci/report.html"))
        return "\n".join((*printed, self.stderr, *files))


@pytest.fixture
def box() -> Sandbox:
    return a_busy_box()


@pytest.fixture
def sweep(
    box: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> Iterator[Action]:
    with box.serve() as server:
        variables = {
            "GITHUB_API_URL": server.api_url,
            "GITHUB_GRAPHQL_URL": server.graphql_url,
            "GITHUB_WORKSPACE": str(tmp_path),
            "INPUT_TOKEN": "sandbox-token",
            "INPUT_REPOSITORY": "octo-org/example",
        }
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(action, "now", lambda: NOW)
        yield Action(tmp_path, monkeypatch, capfd)


def secrets(*chats: Chat) -> list[str]:
    """The texts that no output may show."""
    hosts = [chat.url.split("/")[2] for chat in chats]
    return ["hunter2", PASSWORD, quote(PASSWORD, ""), USER, SENDER, DEV, OPS, *hosts, *(chat.url for chat in chats)]


def test_each_channel_gets_one_message_and_none_if_nothing_is_new(
    sweep: Action, slack: Chat, discord: Chat, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate.trust(monkeypatch)
    with mail_server.mails(starttls=certificate, login=True) as server:
        smtp_url = f"smtp://{quote(USER, '')}:{quote(PASSWORD, '')}@localhost:{server.port}"
        given = {"slack_webhook_url": slack.url, "discord_webhook_url": discord.url, "smtp_url": smtp_url, **MAIL}
        assert sweep.run(**given, slack_payload="true") == 0
        first = sweep.outputs
        asked = set(sweep.masks)
        assert sweep.run() == 0
        assert (slack.asked, discord.asked, len(server.got)) == (1, 1, 1)
        assert sweep.outputs["slack-payload"] == ""
    assert json.loads(first["slack-payload"]) == slack.messages[0]
    assert asked >= {slack.url, discord.url, smtp_url, USER, PASSWORD, quote(USER, ""), SENDER, DEV, OPS}
    assert (first["created-issues"], first["reopened-issues"]) == ("[5]", "[3]")
    heading = "1 new, 1 reopened, 1 recovered in octo-org/example"
    assert slack.messages[0]["blocks"][0]["text"]["text"] == heading
    assert [embed["title"] for embed in discord.messages[0]["embeds"]] == [
        "New failures (1)",
        "Failing again (1)",
        "Recovered (1)",
    ]
    mail = server.read()
    assert (mail["Subject"], mail["To"], server.logins) == (f"CI: {heading}", f"{DEV}, {OPS}", [USER])
    assert server.encrypted == [True]
    for text in (json.dumps(slack.messages), json.dumps(discord.messages), mail.as_string()):
        assert "linking failed" in text
        assert "/issues/5" in text


def test_what_is_secret_is_masked_first_and_shown_nowhere(
    sweep: Action, slack: Chat, discord: Chat, plain_mail: Mails
) -> None:
    slack.next, discord.next = [Reply(403, "hunter2 says no")], [Reply(404, '{"code": 10015}')]
    plain_mail.refuse = frozenset({DEV, OPS})
    given = {"slack_webhook_url": slack.url, "discord_webhook_url": discord.url, **MAIL}
    assert sweep.run(**given, smtp_url=f"smtp://127.0.0.1:{plain_mail.port}") == 1
    assert {slack.url, discord.url, SENDER, DEV, OPS} <= set(sweep.masks)
    assert "was not delivered" in sweep.shown
    for secret in (*secrets(slack, discord), f":{plain_mail.port}"):
        assert secret not in sweep.shown, secret


def test_a_channel_that_is_down_is_its_own_failure(
    sweep: Action, box: Sandbox, discord: Chat, plain_mail: Mails
) -> None:
    down = f"http://127.0.0.1:{nobody()}/services/hunter2"
    given = {"slack_webhook_url": down, "discord_webhook_url": discord.url, **MAIL}
    assert sweep.run(**given, smtp_url=f"smtp://127.0.0.1:{plain_mail.port}", slack_payload="true") == 1
    what = "The message to Slack was not delivered: no connection to its host."
    (problem,) = json.loads(sweep.read("ci/report.json"))["problems"]
    assert (problem["severity"], problem["what"]) == ("error", what)
    assert what in sweep.read("summary")
    (line,) = [line for line in sweep.stdout.splitlines() if line.startswith("::error")]
    assert line.endswith(f"::{what}")
    assert len(discord.messages) == len(plain_mail.got) == 1
    assert [issue.state for issue in box.issues][4:] == ["open"]
    outputs = sweep.outputs
    assert outputs["created-issues"] == "[5]"
    assert len(json.loads(outputs["slack-payload"])["blocks"]) > 4
    assert down not in sweep.shown


def test_a_dry_run_sends_nothing(sweep: Action, slack: Chat, discord: Chat, plain_mail: Mails) -> None:
    given = {"slack_webhook_url": slack.url, "discord_webhook_url": discord.url, **MAIL, "slack_payload": "true"}
    assert sweep.run(**given, smtp_url=f"smtp://127.0.0.1:{plain_mail.port}", dry_run="true") == 0
    assert (slack.asked, discord.asked, plain_mail.got) == (0, 0, [])
    assert sweep.outputs["slack-payload"] == ""


def test_wrong_inputs_are_all_named_at_once_and_none_is_repeated(sweep: Action, box: Sandbox) -> None:
    given = {
        "slack_webhook_url": "hooks.slack.example/hunter2",
        "discord_webhook_url": "http://discord.example/hunter2",
        "smtp_url": "smtp://bot:hunter2/x@mail.hunter2.example",
        "email_to": f"{DEV}, hunter2 <x@y>",
    }
    assert sweep.run(**given) == 2
    assert set(given.values()) <= {*sweep.masks, given["email_to"]}
    for name in ("slack-webhook-url", "discord-webhook-url", "smtp-url", "email-to"):
        assert f"`{name}`" in sweep.shown
    assert not [secret for secret in ("hunter2", DEV, "discord.example") if secret in sweep.shown]
    assert len(box.issues) == 4


# --- inputs --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "advice"),
    [
        ({"slack_webhook_url": "http://hooks.slack.example/hunter2"}, "has to begin with `https://`"),
        ({"slack_webhook_url": "https://hooks.slack.example/hunter2 x"}, "copy it again"),
        ({"slack_webhook_url": "https://bot:hunter2@hooks.slack.example"}, "which no webhook has"),
        ({"discord_webhook_url": "https:///hunter2"}, "is not an address; give one such as"),
        ({"discord_webhook_url": "https://discord.example:hunter2/x"}, "is not an address; give one such as"),
        ({"smtp_url": "http://hunter2.example", **MAIL}, "has to begin with `smtp://` or `smtps://`"),
        ({"smtp_url": "smtp://bot@hunter2.example", **MAIL}, "a user's name without a password"),
        ({"smtp_url": "smtp://bot:x@hunter2.example/y#z", **MAIL}, "as `%2F`, `%3F`, `%23` and `%40`"),
        ({"smtp_url": "smtp://bot:hunter2%0Ax@mail.example", **MAIL}, "outside ASCII"),
        ({"smtp_url": "smtp://mail.example"}, "a mail needs all three"),
        ({"email_to": "hunter2@mail.example"}, "`smtp-url` is missing"),
        ({"smtp_url": "smtp://m.example", "email_from": SENDER, "email_to": "hunter2"}, "address at position 1"),
        ({"smtp_url": "smtp://m.example", "email_from": "Hunter2 <hunter2@x>", "email_to": DEV}, "not a mail address"),
        (
            {"smtp_url": "smtp://m.example", "email_from": SENDER, "email_to": ",".join(f"a{n}@x" for n in range(51))},
            "give 50 at most",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_wrong_input_says_how_to_mend_it_without_repeating_it(given: Mapping[str, str], advice: str) -> None:
    with pytest.raises(SettingsError) as caught:
        some_settings(**given)
    whole = " ".join(caught.value.mistakes)
    assert advice in whole
    assert "unter2" not in whole


@pytest.mark.parametrize(
    ("url", "port", "login"),
    [
        ("smtp://mail.example", 587, []),
        ("smtps://mail.example", 465, []),
        ("smtp://n%40x:p%3A%2F%3F%23%25@mail.example:2525", 2525, ["n@x", "p:/?#%"]),
    ],
)
def test_a_mail_server_has_the_usual_port_of_its_scheme(url: str, port: int, login: list[str]) -> None:
    server = some_settings(smtp_url=url, **MAIL).smtp_url
    assert server is not None
    assert server.port == port
    assert [secret.reveal() for secret in (server.user, server.password) if secret] == login


def test_settings_and_what_they_hold_show_no_secret() -> None:
    settings = some_settings(
        slack_webhook_url="https://hooks.slack.example/hunter2",
        discord_webhook_url="https://discord.example/hunter2",
        smtp_url="smtps://bot:hunter2@mail.example",
        **MAIL,
    )
    shown = f"{settings!r} {settings} {Webhook(Secret('https://hunter2.example'))!r}"
    assert not [secret for secret in ("hunter2", DEV, OPS, SENDER) if secret in shown]


# --- limits --------------------------------------------------------------------------------------

_LONGEST = ("&" * 400, "\U0001f4a5" * 400, "@\U00020000" * 200, "`" * 400, "##[" * 150, "x" * 400, "_*~" * 150)


def much_news(count: int, text: str) -> News:
    """As many items as that, of all kinds, with the longest texts that news are made with."""
    url = f"https://github.example/{'r' * 160}"
    kinds = list(NewsKind)
    items = [
        Item(
            kind=kinds[n % 4],
            workflow=text[:150],
            job=text[:150],
            number=n,
            issue_url=f"{url}/issues/{n}",
            state=hostile_state(Identity("b" * 32, text[:150], text[:150]), text[:150]),
            repository_url=url,
            reason=text[:300] if kinds[n % 4].is_over else "",
            message=text[:300],
            run=f"run {n}",
            run_url=url,
        )
        for n in range(1, count + 1)
    ]
    ordered = tuple(sorted(items, key=lambda item: kinds.index(item.kind)))
    return News("o/" + "r" * 148, url, START, text * 3, ordered)


@pytest.mark.parametrize("count", [1, 30, 500])
@pytest.mark.parametrize("text", _LONGEST, ids=lambda text: ascii(text[:2]))
def test_the_longest_texts_are_within_every_limit(
    count: int, text: str, slack: Chat, discord: Chat, forum: Chat
) -> None:
    news = much_news(count, text)
    assert Webhook(Secret(slack.url)).post(slack_message(news)).text == "ok"
    answer = Webhook(Secret(discord.url)).post(discord_message(news), wait="true")
    assert answer.well, answer
    for message in forum_messages(news):
        answer = Webhook(Secret(forum.url)).post(message, wait="true")
        assert answer.well, answer
    for embed in discord.messages[0]["embeds"]:
        assert "[#" in embed["description"], "a list names no issue"


def test_a_mail_of_five_hundred_changes_is_one_that_servers_take(plain_mail: Mails) -> None:
    server = some_settings(smtp_url=f"smtp://127.0.0.1:{plain_mail.port}", **MAIL).smtp_url
    assert server is not None
    mail = make_mail(much_news(500, "\U0001f4a5" * 400), SENDER, [DEV, OPS])
    assert smtp.send_mail(server, mail, SENDER, [DEV, OPS]) == 0
    text, page = plain_mail.read().iter_parts()
    assert "and 300 more" in text.get_content()
    assert "</html>" in page.get_content()
    content = plain_mail.got[0].content
    assert content is not None
    assert len(content) < 10_000_000


@pytest.mark.parametrize("many", [30, 40])
def test_a_message_to_slack_names_thirty_issues_and_counts_the_others(many: int) -> None:
    url = "https://github.example/octo-org/example"
    news = much_news(many, "x")
    items = (
        dataclasses.replace(item, workflow="CI", issue_url=f"{url}/issues/{item.number}", run="", state=None)
        for item in news.items
    )
    *blocks, last = slack_message(dataclasses.replace(news, issues_url=f"{url}/issues", items=tuple(items)))["blocks"]
    assert sum("/issues/" in json.dumps(block) for block in (*blocks, last)) == 30
    assert ("and 10 more changes: <https://" in json.dumps(last)) == (many == 40)


def test_a_forum_gets_ten_threads_at_most_and_one_for_the_rest() -> None:
    news = much_news(60, "x")
    assert len(news.of(NewsKind.NEW)) == 15
    *threads, rest = forum_messages(news)
    assert [message["thread_name"] for message in threads] == [item.title for item in news.items[:10]]
    assert rest["thread_name"].startswith("5 new, 15 reopened")


# --- what channels answer ------------------------------------------------------------------------


def problems_of(report: Report, **given: str) -> list[Problem]:
    """The problems of delivering the report of a sweep that had none."""
    delivered = deliver(report, some_settings(**given), Path.cwd(), is_dry=False).report
    return [problem for problem in delivered.problems if problem not in report.problems]


def test_a_forum_gets_a_thread_for_each_new_failure_and_one_for_the_rest(report: Report, forum: Chat) -> None:
    assert problems_of(report, discord_webhook_url=forum.url) == []
    assert [reply.status for reply in forum.refused] == [400]
    assert [message["thread_name"] for message in forum.messages] == [
        "Release › publish",
        "1 reopened, 1 recovered in octo-org/example",
    ]


def test_a_thread_that_is_named_in_the_address_gets_one_message(report: Report, forum: Chat) -> None:
    assert problems_of(report, discord_webhook_url=f"{forum.url}?thread_id=1") == []
    assert (len(forum.messages), forum.refused) == (1, [])


def test_a_forum_that_fails_halfway_says_how_far_it_came(report: Report, forum: Chat) -> None:
    no_thread = Reply(400, '{"code": 220001}')
    forum.next = [no_thread, Reply(200, "{}"), Reply(403, "{}")]
    (problem,) = problems_of(report, discord_webhook_url=forum.url)
    assert problem.what == "The message to Discord was not delivered: Discord answered 403 after 1 of 2 threads."


def test_a_forum_that_falls_silent_halfway_says_how_far_it_came(
    report: Report, forum: Chat, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, sent = Webhook.post, []

    def post(self: Webhook, message: Mapping[str, object], **query: str) -> object:
        sent.append(message)
        if len(sent) > 2:
            raise NotSentError("no connection to its host")
        return real(self, message, **query)

    monkeypatch.setattr(Webhook, "post", post)
    (problem,) = problems_of(report, discord_webhook_url=forum.url)
    assert problem.what.endswith("was not delivered: no connection to its host after 1 of 2 threads.")


def test_a_bug_in_the_news_takes_no_report_with_it(
    report: Report, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ci_failure_tracker.notify.send.news_of", lambda _: 1 / 0)
    settings = some_settings(slack_webhook_url="http://127.0.0.1:9/hunter2")
    delivered = deliver(report, settings, tmp_path, is_dry=False).report
    assert delivered.results == report.results
    assert [problem.what for problem in delivered.problems if problem.severity is Severity.ERROR] == [
        "The messages could not be made: ZeroDivisionError."
    ]


@pytest.mark.parametrize(
    ("given", "masked"),
    [
        ({"smtp-url": "smtp://ci:hunter2@m.example"}, ["smtp://ci:hunter2@m.example", "hunter2"]),
        (
            {"smtp-url": "smtp://bot%40m.example:p%40ss@m.example"},
            ["smtp://bot%40m.example:p%40ss@m.example", "bot%40m.example", "p%40ss", "bot@m.example", "p@ss"],
        ),
        (
            {"slack-webhook-url": "https://h.example/a/hunter2hunter2"},
            ["https://h.example/a/hunter2hunter2", "hunter2hunter2"],
        ),
    ],
    ids=["a common word", "a mailbox", "a webhook"],
)
def test_what_is_masked_is_every_secret_and_no_common_word(given: dict[str, str], masked: list[str]) -> None:
    assert secret_texts(given) == masked


_LATER = Reply(429, "", {"Retry-After": "0.001"})


@pytest.mark.parametrize(
    "first", [_LATER, Reply(429, ""), Reply(500, ""), Reply(503, "")], ids=["429", "429 alone", "500", "503"]
)
def test_a_webhook_that_says_later_or_fails_is_asked_twice(first: Reply, report: Report, slack: Chat) -> None:
    slack.next = [first]
    assert problems_of(report, slack_webhook_url=slack.url) == []
    assert (len(slack.messages), len(slack.refused)) == (1, 1)


@pytest.mark.parametrize(
    ("replies", "what", "advice"),
    [
        ([Reply(500, "")] * 2, "Slack answered 500", ""),
        ([_LATER] * 2, "Slack answered 429", ""),
        ([Reply(429, "", {"Retry-After": "3600"})], "Slack answered 429", ""),
        ([Reply(429, "", {"Retry-After": "soon"})], "Slack answered 429", ""),
        ([Reply(404, "no_service")], "Slack answered 404 no_service", "make a new one"),
        ([Reply(400, "invalid_blocks")], "Slack answered 400 invalid_blocks", "report it"),
        ([Reply(410, "channel_is_archived\n")], "Slack answered 410 channel_is_archived", "archived"),
        ([Reply(302, "", {"Location": "http://127.0.0.1:9/hunter2"})], "Slack answered 302", ""),
        ([Reply(403, "<b>hunter2</b>")], "Slack answered 403", ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_slack_refuses_is_an_error_that_repeats_only_known_words(
    replies: list[Reply], what: str, advice: str, report: Report, slack: Chat
) -> None:
    slack.next = list(replies)
    (problem,) = problems_of(report, slack_webhook_url=slack.url)
    assert problem.severity is Severity.ERROR
    assert problem.what == f"The message to Slack was not delivered: {what}."
    assert advice in problem.advice
    assert bool(advice) == bool(problem.advice)
    assert (slack.messages, slack.asked) == ([], len(replies))


@pytest.mark.parametrize(
    ("reply", "what", "advice"),
    [
        (Reply(404, '{"code": 10015, "message": "hunter2"}'), "404, code 10015", "make a new one"),
        (Reply(400, '{"code": 50035}'), "400, code 50035", "report it"),
        (Reply(400, '{"code": 40067}'), "400, code 40067", "tag"),
        (Reply(400, '{"code": true}'), "400", ""),
        (Reply(403, "[" * 9_000), "403", ""),
    ],
    ids=["gone", "invalid", "tag", "no code", "no JSON"],
)
def test_what_discord_refuses_is_an_error(reply: Reply, what: str, advice: str, report: Report, discord: Chat) -> None:
    discord.next = [reply]
    (problem,) = problems_of(report, discord_webhook_url=discord.url)
    assert problem.what == f"The message to Discord was not delivered: Discord answered {what}."
    assert advice in problem.advice


def test_the_page_on_messages_explains_what_each_channel_answers() -> None:
    """Except for what a bug of the tracker itself would cause: there the summary asks for a report."""
    page = (Path(__file__).parents[2] / "docs" / "notifications.md").read_text("utf-8")
    table = " ".join(page.partition("| the summary says |")[2].split())
    codes = [*send._SLACK_ADVICE.items(), *send._DISCORD_ADVICE.items()]
    words = [str(code) for code, advice in codes if "bug" not in advice]
    words += [told for _, told in (*webhook._KINDS, *smtp._KINDS)]
    starts = {re.split(r",| within", each)[0].removeprefix("the server refused ") for each in words}
    assert len(starts) > 20
    assert [start for start in starts if start not in table] == []


def test_a_webhook_that_is_gone_says_so(report: Report, slack: Chat, discord: Chat) -> None:
    gone = {"slack_webhook_url": f"{slack.url}x", "discord_webhook_url": f"{discord.url}x"}
    first, second = problems_of(report, **gone)
    assert "Slack answered 404 no_service" in first.what
    assert "Discord answered 404, code 10015" in second.what


def test_a_webhook_that_never_answers_is_not_asked_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/hunter2"
        with pytest.raises(NotSentError, match=r"no answer within .* so whether it arrived is not known") as caught:
            Webhook(Secret(address), timeout=0.05).post({})
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


def test_a_netrc_is_not_read(slack: Chat, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("default login bot password hunter2\n", "utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    Webhook(Secret(slack.url)).post({"text": "x"})
    assert slack.headers[-1]["Authorization"] is None


def test_a_report_keeps_its_files_and_says_what_failed(report: Report, tmp_path: Path) -> None:
    settings = some_settings(slack_webhook_url=f"http://127.0.0.1:{nobody()}/hunter2", report_dir="out")
    delivered = deliver(report, settings, tmp_path, is_dry=False)
    assert delivered.report.failed
    for name in ("report.json", "report.html"):
        text = (tmp_path / "out" / name).read_text("utf-8")
        assert "no connection to its host" in text
        assert "hunter2" not in text


# --- mail ----------------------------------------------------------------------------------------


def test_a_mail_goes_over_tls_from_the_first_byte(
    report: Report, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate.trust(monkeypatch)
    with mail_server.mails(tls=certificate) as server:
        assert problems_of(report, smtp_url=f"smtps://localhost:{server.port}", **MAIL) == []
    assert server.encrypted == [True]
    mail = server.read()
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert server.got[0].rcpt_tos == [DEV, OPS]


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_an_unknown_certificate_is_refused_before_anything_is_sent(
    report: Report, certificate: Certificate, scheme: str
) -> None:
    kind = "tls" if scheme == "smtps" else "starttls"
    with mail_server.mails(**{kind: certificate}) as server:  # type: ignore[arg-type]
        (problem,) = problems_of(report, smtp_url=f"{scheme}://localhost:{server.port}", **MAIL)
    assert "its certificate could not be verified" in problem.what
    assert server.got == []


def test_no_password_is_sent_unencrypted(report: Report, plain_mail: Mails) -> None:
    (problem,) = problems_of(report, smtp_url=f"smtp://bot:hunter2@127.0.0.1:{plain_mail.port}", **MAIL)
    assert "offers no STARTTLS, and nothing is sent to it unencrypted" in problem.what
    assert plain_mail.got == []


def test_a_wrong_password_is_an_error_that_does_not_repeat_it(
    report: Report, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate.trust(monkeypatch)
    with mail_server.mails(starttls=certificate, login=True) as server:
        (problem,) = problems_of(report, smtp_url=f"smtp://bot:hunter3@localhost:{server.port}", **MAIL)
    assert problem.what.endswith("the server refused the user's name or the password (535).")
    assert server.got == []


@pytest.mark.parametrize(
    ("refused", "what", "mails"),
    [
        ({OPS}, "was refused for 1 of 2 addresses of `email-to`", 1),
        ({DEV, OPS}, "was not delivered: the server refused every address of `email-to`", 0),
    ],
    ids=["one", "all"],
)
def test_a_refused_recipient_is_an_error_and_the_others_get_the_mail(
    report: Report, plain_mail: Mails, refused: set[str], what: str, mails: int
) -> None:
    plain_mail.refuse = frozenset(refused)
    (problem,) = problems_of(report, smtp_url=f"smtp://127.0.0.1:{plain_mail.port}", **MAIL)
    assert problem.what == f"The message to mail {what}."
    assert len(plain_mail.got) == mails


def test_a_mail_that_was_taken_is_delivered_however_the_goodbye_goes(report: Report, plain_mail: Mails) -> None:
    plain_mail.goodbye = "421 too busy to say goodbye"
    assert problems_of(report, smtp_url=f"smtp://127.0.0.1:{plain_mail.port}", **MAIL) == []
    assert len(plain_mail.got) == 1


def test_a_mail_server_that_is_down_is_an_error(report: Report) -> None:
    (problem,) = problems_of(report, smtp_url=f"smtp://127.0.0.1:{nobody()}", **MAIL)
    assert problem.what == "The message to mail was not delivered: no connection to its host."


def test_a_mail_server_that_is_silent_is_not_one_that_hung_up(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "TIMEOUT", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        (problem,) = problems_of(report, smtp_url=f"smtp://127.0.0.1:{silent.getsockname()[1]}", **MAIL)
    assert "no answer within" in problem.what


def test_a_server_without_a_known_way_to_log_in_is_not_unreachable(
    report: Report, certificate: Certificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate.trust(monkeypatch)
    with mail_server.mails(starttls=certificate, strange=True) as server:
        (problem,) = problems_of(report, smtp_url=f"smtp://bot:hunter2@localhost:{server.port}", **MAIL)
    assert problem.what.endswith("the server offers no way to log in that is known.")
    assert server.got == []


def test_a_mail_is_read_in_a_browser_where_hostile_texts_do_nothing(plain_mail: Mails, tmp_path: Path) -> None:
    items = [
        dataclasses.replace(much_news(1, text).items[0], message=text, issue_url="https://github.example/o/r/issues/1")
        for text in PIECES
    ]
    news = dataclasses.replace(much_news(1, "x"), items=tuple(items))
    server = some_settings(smtp_url=f"smtp://127.0.0.1:{plain_mail.port}", **MAIL).smtp_url
    assert server is not None
    smtp.send_mail(server, make_mail(news, SENDER, [DEV]), SENDER, [DEV])
    _, page = plain_mail.read().iter_parts()
    (tmp_path / "mail.html").write_text(page.get_content(), "utf-8")
    asked: list[str] = []
    with needed("Chromium"), browser.chromium() as chromium:
        tab = chromium.new_page(viewport={"width": 320, "height": 600})
        tab.on("request", lambda request: asked.append(request.url))
        tab.on("dialog", lambda dialog: asked.append(dialog.message))
        tab.goto((tmp_path / "mail.html").as_uri())
        assert tab.locator("li").count() == len(items)
        links = set(tab.locator("a").evaluate_all("all => all.map(one => one.getAttribute('href'))"))
        assert links == {items[0].issue_url, items[0].run_url}
        assert tab.locator("img, script, iframe, form, textarea").count() == 0
        assert tab.evaluate("document.documentElement.scrollWidth") == 320, "a phone has to scroll sideways"
    assert asked == [(tmp_path / "mail.html").as_uri()]
