"""Sends the news to the channels. Each public function is the sender of one channel (`settings/channels.py`).

A channel that fails becomes a problem in the report; the other channels still get the news. No problem names an
address.
"""

from __future__ import annotations

from collections.abc import Callable

from ci_failure_tracker.model import Problem, Severity
from ci_failure_tracker.notify.news import News
from ci_failure_tracker.notify.organisation_news import news_of
from ci_failure_tracker.notify.webhook import Answer, NotSentError, Webhook
from ci_failure_tracker.report.organisation import OrganisationReport
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.settings import Sent, Settings
from ci_failure_tracker.settings.addresses import MailServer

_Report = Report | OrganisationReport

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
"""The answers of Slack that a problem repeats, each with advice. It repeats no other text of Slack."""

# The status and the code with which Discord refuses a message to a forum without the name of a thread.
_REFUSED, _FORUM = 400, 220001
# discord.com/developers/docs/topics/opcodes-and-status-codes#json
_DISCORD_ADVICE = {
    10015: _NOWHERE,
    50027: _NOWHERE,
    40067: "Its forum asks for a tag of each thread, which a webhook cannot know: do not require one there.",
    50035: "This is a bug: please report it.",
    _FORUM: "Its forum takes no new threads from it.",
}


# --- the senders ---------------------------------------------------------------------------------


def send_to_slack(report: _Report, settings: Settings) -> Sent:
    """Send the news to the webhook of Slack."""
    address = settings.slack_webhook_url
    return _sent("Slack", report, lambda news: _post_to_slack(Webhook(address), news)) if address else Sent()


def send_to_discord(report: _Report, settings: Settings) -> Sent:
    """Send the news to the webhook of Discord."""
    address = settings.discord_webhook_url
    return _sent("Discord", report, lambda news: _post_to_discord(Webhook(address), news)) if address else Sent()


def send_mail(report: _Report, settings: Settings) -> Sent:
    """Send the news to the mail server."""
    server = settings.smtp_url
    return _sent("mail", report, lambda news: _mail(server, settings, news)) if server else Sent()


def make_slack_payload(report: _Report, settings: Settings) -> Sent:  # noqa: ARG001 - a sender takes the settings
    """Make the message for Slack, for a step of the workflow that sends it."""
    from ci_failure_tracker.notify.slack import slack_payload  # noqa: PLC0415 - only if Slack is asked for

    return Sent(payload=slack_payload(news_of(report)))


# --- what they share -----------------------------------------------------------------------------


class _ChannelError(Exception):
    """What became of a message, and advice."""

    def __init__(self, became: str, advice: str = "") -> None:
        super().__init__(became)
        self.advice = advice


def _sent(name: str, report: _Report, post: Callable[[News], None]) -> Sent:
    """Post the news, if there is any; an error becomes a problem."""
    news = news_of(report)
    if not news:
        return Sent()
    try:
        post(news)
    except _ChannelError as error:
        became, advice = str(error), error.advice
    except NotSentError as error:
        became, advice = f"was not delivered: {error}", ""
    except Exception as error:  # a message must not take the report of the sweep with it
        became, advice = f"was not delivered: {type(error).__name__}", "This is a bug: please report it."
    else:
        return Sent()
    return Sent((Problem(Severity.ERROR, f"The message to {name} {became}.", advice),))


def _post_to_slack(webhook: Webhook, news: News) -> None:
    from ci_failure_tracker.notify.slack import slack_message  # noqa: PLC0415 - only if Slack is asked for

    answer = webhook.post(slack_message(news))
    if not answer.well:
        word = answer.text.strip()
        shown = f"{answer.status} {word}" if word in _SLACK_ADVICE else f"{answer.status}"
        raise _ChannelError(f"was not delivered: Slack answered {shown}", _SLACK_ADVICE.get(word, ""))


def _post_to_discord(webhook: Webhook, news: News) -> None:
    """Post one message; if Discord says that the channel is a forum, post the threads."""
    from ci_failure_tracker.notify.discord import discord_message, forum_messages  # noqa: PLC0415 - only for Discord

    # With `wait`, Discord answers after the message is stored, so an error is seen.
    answer = webhook.post(discord_message(news), wait="true")
    # Only the answer shows that a channel is a forum.
    if not (answer.status == _REFUSED and answer.code == _FORUM):
        _check_discord(answer, "")
        return
    messages = forum_messages(news)
    for number, message in enumerate(messages):
        after = f" after {number} of {len(messages)} threads"
        try:
            _check_discord(webhook.post(message, wait="true"), after)
        except NotSentError as error:
            raise _ChannelError(f"was not delivered: {error}{after}") from None


def _check_discord(answer: Answer, when: str) -> None:
    if not answer.well:
        code = answer.code
        shown = f"{answer.status}, code {code}" if code in _DISCORD_ADVICE else f"{answer.status}"
        raise _ChannelError(f"was not delivered: Discord answered {shown}{when}", _DISCORD_ADVICE.get(code or 0, ""))


def _mail(server: MailServer, settings: Settings, news: News) -> None:
    from ci_failure_tracker.notify.mail import make_mail  # noqa: PLC0415 - only if mail is asked for
    from ci_failure_tracker.notify.smtp import send_mail as hand_over  # noqa: PLC0415 - only if mail is asked for

    if settings.email_from is None:
        raise AssertionError  # the settings have all inputs of a mail or none
    sender = settings.email_from.reveal()
    recipients = [recipient.reveal() for recipient in settings.email_to]
    # A server may take the mail for some recipients only.
    refused = hand_over(server, make_mail(news, sender, recipients), sender, recipients)
    if refused:
        raise _ChannelError(f"was refused for {refused} of {len(recipients)} addresses of `email-to`")
