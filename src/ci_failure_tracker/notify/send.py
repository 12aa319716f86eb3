"""The news to every channel that is asked for, one after another.

A channel that fails is that channel's failure: it becomes a problem in the report, and the others and the sweep's work
stand. No problem names an address.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ci_failure_tracker.model import Gravity, Problem
from ci_failure_tracker.notify.news import News, make_news
from ci_failure_tracker.notify.webhook import Answer, NotSentError, Webhook
from ci_failure_tracker.reporting.report import Report
from ci_failure_tracker.secret import Secret
from ci_failure_tracker.settings import Settings

Channel = Callable[[News], None]

_NOWHERE = "There is no such webhook any more: make a new one, and put its address into the secret."
_SLACK_ADVICE = {
    "invalid_token": _NOWHERE,
    "no_service": _NOWHERE,
    "no_service_id": _NOWHERE,
    "no_team": _NOWHERE,
    "no_active_hooks": _NOWHERE,
    "channel_not_found": "Its channel is gone: make a new webhook for another channel.",
    "channel_is_archived": "Its channel is archived: make a new webhook for another channel.",
    "action_prohibited": "An administrator of the workspace has forbidden it.",
    "posting_to_general_channel_denied": "An administrator of the workspace has forbidden it.",
    "invalid_payload": "This is a bug: please report it.",
    "invalid_blocks": "This is a bug: please report it.",
}
"""What Slack says as plain text; nothing else that it says is repeated."""

_REFUSED, _FORUM = 400, 220001
_DISCORD_ADVICE = {
    10015: _NOWHERE,
    50027: _NOWHERE,
    40067: "Its forum asks for a tag of each thread, which a webhook cannot know: do not require one there.",
    50035: "This is a bug: please report it.",
    _FORUM: "Its forum takes no new threads from it.",
}


def send(report: Report, settings: Settings) -> tuple[Problem, ...]:
    """Tell every channel what the sweep changed, where it changed anything; what went wrong."""
    news = make_news(report)
    problems = [_problem(name, channel, news) for name, channel in _channels(settings)] if news else []
    return tuple(problem for problem in problems if problem)


def _channels(settings: Settings) -> Iterator[tuple[str, Channel]]:
    if settings.slack_webhook_url is not None:
        yield "Slack", _Slack(settings.slack_webhook_url)
    if settings.discord_webhook_url is not None:
        yield "Discord", _Discord(settings.discord_webhook_url)
    if settings.smtp_url is not None:
        yield "mail", _Mail(settings)


def _problem(name: str, channel: Channel, news: News) -> Problem | None:
    try:
        channel(news)
    except _ChannelError as error:
        became, advice = str(error), error.advice
    except NotSentError as error:
        became, advice = f"was not delivered: {error}", ""
    except Exception as error:  # a message must not take the sweep's report with it
        became, advice = f"was not delivered: {type(error).__name__}", "This is a bug: please report it."
    else:
        return None
    return Problem(Gravity.ERROR, f"The message to {name} {became}.", advice)


class _ChannelError(Exception):
    """What became of a message, and how to mend it."""

    def __init__(self, became: str, advice: str = "") -> None:
        super().__init__(became)
        self.advice = advice


class _Slack:
    def __init__(self, address: Secret) -> None:
        self._webhook = Webhook(address)

    def __call__(self, news: News) -> None:
        from ci_failure_tracker.notify.slack import slack_message  # noqa: PLC0415 - only where it is used

        answer = self._webhook.post(slack_message(news))
        if not answer.well:
            word = answer.text.strip()
            known = word in _SLACK_ADVICE
            told = f"{answer.status} {word}" if known else f"{answer.status}"
            raise _ChannelError(f"was not delivered: Slack answered {told}", _SLACK_ADVICE.get(word, ""))


class _Discord:
    def __init__(self, address: Secret) -> None:
        self._webhook = Webhook(address)

    def __call__(self, news: News) -> None:
        from ci_failure_tracker.notify.discord import discord_message, forum_messages  # noqa: PLC0415 - as above

        answer = self._webhook.post(discord_message(news), wait="true")
        if not (answer.status == _REFUSED and answer.code == _FORUM):
            self._check(answer, "")
            return
        messages = forum_messages(news)
        for sent, message in enumerate(messages):
            after = f" after {sent} of {len(messages)} threads"
            try:
                self._check(self._webhook.post(message, wait="true"), after)
            except NotSentError as error:
                raise _ChannelError(f"was not delivered: {error}{after}") from None

    @staticmethod
    def _check(answer: Answer, when: str) -> None:
        if not answer.well:
            code = answer.code
            told = f"{answer.status}, code {code}" if code in _DISCORD_ADVICE else f"{answer.status}"
            raise _ChannelError(f"was not delivered: Discord answered {told}{when}", _DISCORD_ADVICE.get(code or 0, ""))


class _Mail:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __call__(self, news: News) -> None:
        from ci_failure_tracker.notify.mail import make_mail  # noqa: PLC0415 - only where it is used
        from ci_failure_tracker.notify.smtp import send_mail  # noqa: PLC0415 - only where it is used

        server, sender = self._settings.smtp_url, self._settings.email_from
        if server is None or sender is None:
            raise AssertionError  # the settings are read all three or none
        recipients = [one.reveal() for one in self._settings.email_to]
        mail = make_mail(news, sender.reveal(), recipients)
        refused = send_mail(server, mail, sender.reveal(), recipients)
        if refused:
            raise _ChannelError(f"was refused for {refused} of {len(recipients)} addresses of `email-to`")
