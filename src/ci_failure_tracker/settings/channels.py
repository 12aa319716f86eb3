"""The channels that carry news and metrics out of GitHub, each declared once.

The settings take the channels' inputs from here. Delivery, masking, the check for optional packages, `src/start.sh` and
the pages in `docs/` all read these declarations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ci_failure_tracker.model import Problem
from ci_failure_tracker.settings.addresses import (
    MOST_MAILBOXES,
    credentials,
    gateway,
    last_segment,
    mail_server,
    mailbox,
    mailboxes,
    webhook,
)
from ci_failure_tracker.settings.declaration import Input, InputGroup, Masking
from ci_failure_tracker.settings.parsers import flag, listed

_ONLY_DELIVERY = "It only changes who gets the report."


@dataclass(frozen=True, slots=True)
class Sent:
    """The result of a sender: what went wrong, and the text for the output `slack-payload`, if there is one."""

    problems: tuple[Problem, ...] = ()
    payload: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way out of GitHub for the report of a sweep.

    `switch` is the input that turns the channel on. If there are `others`, it needs all of its inputs; `all_needed` is
    the reason that a mistake gives for that. `sender` names a function as `module:function`; the function takes a
    report and the settings, and returns a `Sent`. Its module is loaded only if the channel is on. `failure` is what a
    problem says if the sender itself breaks.
    """

    name: str
    switch: Input
    others: tuple[Input, ...] = ()
    all_needed: str = ""
    sender: str
    failure: str

    @property
    def inputs(self) -> tuple[Input, ...]:
        """All inputs of the channel."""
        return (self.switch, *self.others)

    def is_on(self, settings: Any) -> bool:  # noqa: ANN401 - the settings take their inputs from this module
        """Whether the settings ask for it."""
        return bool(getattr(settings, self.switch.field))


PUSHGATEWAY = Channel(
    name="Pushgateway",
    switch=Input(
        group=InputGroup.REPORT,
        name="pushgateway-url",
        help="Address of a Prometheus Pushgateway for the metrics, such as `https://host:9091`. Put `name:password@` "
        "before the host if the gateway asks for it. A dry run pushes nothing.",
        metavar="URL",
        parse=gateway,
        masking=Masking(credentials),
        keeps_checkpoint=_ONLY_DELIVERY,
        extra="metrics",
    ),
    sender="ci_failure_tracker.notify.pushgateway:push_metrics",
    failure="The metrics could not be pushed",
)

SLACK = Channel(
    name="Slack",
    switch=Input(
        group=InputGroup.REPORT,
        name="slack-webhook-url",
        help="Incoming webhook of Slack. It gets a message if a sweep opens, reopens or closes an issue. Keep it in a "
        "secret.",
        metavar="URL",
        parse=webhook("https://hooks.slack.com/services/…"),
        masking=Masking(last_segment),
        keeps_checkpoint=_ONLY_DELIVERY,
        extra="slack",
    ),
    sender="ci_failure_tracker.notify.send:send_to_slack",
    failure="The messages could not be made",
)

SLACK_PAYLOAD = Channel(
    name="Slack, by a step of your own",
    switch=Input(
        group=InputGroup.REPORT,
        name="slack-payload",
        default="false",
        help="Set the output `slack-payload` to the message for Slack, for a step of your own. The command prints it.",
        metavar="BOOL",
        parse=flag,
        keeps_checkpoint=_ONLY_DELIVERY,
        extra="slack",
    ),
    sender="ci_failure_tracker.notify.send:make_slack_payload",
    failure="The output `slack-payload` could not be made",
)

DISCORD = Channel(
    name="Discord",
    switch=Input(
        group=InputGroup.REPORT,
        name="discord-webhook-url",
        help="Webhook of Discord. It gets the same message; in a forum each new failure gets its own thread. Keep it "
        "in a secret.",
        metavar="URL",
        parse=webhook("https://discord.com/api/webhooks/…"),
        masking=Masking(last_segment),
        keeps_checkpoint=_ONLY_DELIVERY,
    ),
    sender="ci_failure_tracker.notify.send:send_to_discord",
    failure="The messages could not be made",
)

MAIL = Channel(
    name="Mail",
    switch=Input(
        group=InputGroup.REPORT,
        name="smtp-url",
        help="Server that mails the same message: `smtp://user:password@host:587` for STARTTLS, `smtps://` for TLS. It "
        "needs `email-to` and `email-from`. Keep it in a secret.",
        metavar="URL",
        parse=mail_server,
        masking=Masking(credentials),
        keeps_checkpoint=_ONLY_DELIVERY,
    ),
    others=(
        Input(
            group=InputGroup.REPORT,
            name="email-to",
            help=f"Recipients of the mail: up to {MOST_MAILBOXES} addresses.",
            metavar="ADDRESSES",
            parse=mailboxes,
            masking=Masking(listed, is_password=False),
            keeps_checkpoint=_ONLY_DELIVERY,
        ),
        Input(
            group=InputGroup.REPORT,
            name="email-from",
            help="Sender of the mail: one address.",
            metavar="ADDRESS",
            parse=mailbox,
            masking=Masking(is_password=False),
            keeps_checkpoint=_ONLY_DELIVERY,
        ),
    ),
    all_needed="a mail needs all three",
    sender="ci_failure_tracker.notify.send:send_mail",
    failure="The messages could not be made",
)

CHANNELS: tuple[Channel, ...] = (PUSHGATEWAY, SLACK, SLACK_PAYLOAD, DISCORD, MAIL)
"""Every channel, in the order of the inputs. The report is delivered in this order."""


def incomplete(given: Mapping[str, str], channels: Sequence[Channel] = CHANNELS) -> list[str]:
    """The mistakes of channels of which some inputs are given and others are not."""
    mistakes: list[str] = []
    for channel in channels:
        names = [declared.name for declared in channel.inputs]
        # A secret that a fork does not have is an empty text, and so the channel is off there instead of broken.
        present = [name for name in names if listed(given.get(name, ""))]
        if present:
            why = f"`{present[0]}` is given, and {channel.all_needed}"
            mistakes += [f"`{name}` is missing: {why}." for name in names if name not in present]
    return mistakes


def secret_texts(given: Mapping[str, str], channels: Sequence[Channel] = CHANNELS) -> list[str]:
    """The texts of the given inputs that no log may show, whether or not the inputs can be used."""
    masked = [
        (given.get(declared.name, ""), declared.masking)
        for channel in channels
        for declared in channel.inputs
        if declared.masking
    ]
    texts = [text for text, _ in masked]
    # A library may print a part of an address in an error, such as the path or the password alone.
    texts += [part for text, masking in masked for part in masking.parts(text)]
    # The runner masks line by line.
    lines = (line.strip() for text in texts for line in text.splitlines())
    # A comma alone would be masked everywhere in the log.
    return list(dict.fromkeys(line for line in lines if any(map(str.isalnum, line))))
