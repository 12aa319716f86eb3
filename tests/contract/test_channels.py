"""One declaration is enough for a channel: it is masked, sent, installed and documented."""

from __future__ import annotations

import dataclasses
import re
import tomllib
import typing
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from builders import quiet_report, some_settings
from ci_failure_tracker.entry import optional_packages as extras
from ci_failure_tracker.entry.delivery import deliver
from ci_failure_tracker.model import Problem, Severity
from ci_failure_tracker.model.secret import Secret
from ci_failure_tracker.report.report import Report
from ci_failure_tracker.settings import (
    CHANNELS,
    Channel,
    Input,
    Masking,
    Sent,
    Settings,
    as_field,
    fingerprint_parts,
    inputs,
    secret_texts,
)
from ci_failure_tracker.settings.addresses import MailServer, last_segment, webhook
from contract import generate

ROOT = Path(__file__).parents[2]
ADDRESS = "https://pager.example/hooks/hunter2hunter2"
REPORT = quiet_report()

PAGER = Channel(
    name="Pager",
    switch=Input(
        name="pager-url",
        help="Webhook of a pager.",
        metavar="URL",
        parse=webhook("https://pager.example/…"),
        masking=Masking(last_segment),
        keeps_checkpoint="It only changes who gets the report.",
        extra="slack",
    ),
    sender=f"{__name__}:page",
    failure="The pager could not be reached",
)
WITH_PAGER = (*CHANNELS, PAGER)


@dataclass(frozen=True, slots=True, kw_only=True)
class PagerSettings(Settings):
    pager_url: Secret | None = as_field(PAGER.switch)


def page(report: Report, settings: PagerSettings) -> Sent:
    """The sender of the pager."""
    if settings.pager_url is None:
        raise LookupError
    length = len(settings.pager_url.reveal())
    return Sent((Problem(Severity.NOTICE, f"Paged {report.repository.full_name} at {length} characters."),))


def pager_settings(address: str = ADDRESS) -> PagerSettings:
    usual = some_settings()
    values = {field.name: getattr(usual, field.name) for field in dataclasses.fields(usual)}
    return PagerSettings(**values, pager_url=PAGER.switch.parse(address))


def delivered(settings: Settings, folder: Path, *, is_dry: bool = False, channels: tuple[Channel, ...]) -> list[str]:
    report = deliver(REPORT, settings, folder, is_dry=is_dry, channels=channels).report
    return [problem.what for problem in report.problems]


# --- a channel that is new -----------------------------------------------------------------------


def test_a_new_channel_is_masked() -> None:
    given = {"pager-url": ADDRESS, "slack-webhook-url": "https://slack.example/x"}
    assert secret_texts(given, WITH_PAGER) == ["https://slack.example/x", ADDRESS, "hunter2hunter2"]


def test_a_new_channel_gets_the_report_if_it_is_on(tmp_path: Path) -> None:
    paged = [f"Paged octo-org/example at {len(ADDRESS)} characters."]
    assert delivered(pager_settings(), tmp_path, channels=WITH_PAGER) == paged
    assert delivered(pager_settings(""), tmp_path, channels=WITH_PAGER) == []
    assert delivered(pager_settings(), tmp_path, is_dry=True, channels=WITH_PAGER) == []


def test_a_new_channel_that_breaks_is_a_problem_and_the_others_go_on(tmp_path: Path) -> None:
    broken = dataclasses.replace(PAGER, sender=f"{__name__}:no_such_sender")
    assert delivered(pager_settings(), tmp_path, channels=(broken, PAGER)) == [
        "The pager could not be reached: AttributeError.",
        f"Paged octo-org/example at {len(ADDRESS)} characters.",
    ]


def test_a_new_channel_is_an_input_with_a_variable() -> None:
    assert [declared.name for declared in inputs(PagerSettings)][-1:] == ["pager-url"]
    assert (PAGER.switch.variable, PAGER.switch.command_variable) == ("INPUT_PAGER_URL", "CI_FAILURES_PAGER_URL")


def test_start_up_installs_the_packages_of_a_new_channel() -> None:
    (line,) = [line for line in generate.start_lines(inputs(PagerSettings)) if "also slack" in line]
    assert line.endswith('|| is_set "${INPUT_PAGER_URL:-}"; then also slack; fi')


def test_the_command_asks_for_the_packages_of_a_new_channel(monkeypatch: pytest.MonkeyPatch) -> None:
    without = extras.Extra("slack", (("slack_sdk", "no_such_module"),))
    monkeypatch.setitem(extras.EXTRAS, "slack", without)
    assert list(extras.mistakes(pager_settings())) == [f"`pager-url` needs slack_sdk. {without.advice}"]
    assert list(extras.mistakes(pager_settings(""))) == []


def test_the_docs_have_a_row_for_a_new_channel() -> None:
    row = "| Pager | `pager-url` |  | `CI_FAILURES_PAGER_URL` |"
    assert row in list(generate.channel_table(WITH_PAGER))
    assert "| `pager-url` |  | Webhook of a pager. |" in generate.inputs_page(inputs(PagerSettings))


def test_a_new_channel_keeps_the_checkpoint() -> None:
    assert fingerprint_parts(pager_settings()) == fingerprint_parts(some_settings())


# --- the channels that there are -----------------------------------------------------------------


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_the_settings_have_the_inputs_of_a_channel(channel: Channel) -> None:
    known = {declared.name: declared for declared in inputs()}
    for declared in channel.inputs:
        assert known[declared.name] == declared
        assert declared.keeps_checkpoint


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_the_sender_of_a_channel_exists_and_sends_nothing_if_it_is_off(channel: Channel) -> None:
    if channel.switch.extra and extras.EXTRAS[channel.switch.extra].missing:
        pytest.skip(f"the packages of the extra {channel.switch.extra} are not installed")
    module, _, name = channel.sender.partition(":")
    sender: Callable[[Report, Settings], Sent] = getattr(import_module(module), name)
    assert not channel.is_on(some_settings())
    assert sender(REPORT, some_settings()) == Sent()


def test_every_setting_that_holds_a_secret_is_masked_but_the_token() -> None:
    hints = typing.get_type_hints(Settings)
    kinds = {name: {hint, *typing.get_args(hint)} for name, hint in hints.items()}
    secret = {name.replace("_", "-") for name, kind in kinds.items() if kind & {Secret, MailServer}}
    masked = {declared.name for channel in CHANNELS for declared in channel.inputs if declared.masking}
    assert secret - masked == {"token"}
    assert masked == {declared.name for declared in inputs() if declared.masking}


@pytest.mark.parametrize("name", extras.EXTRAS)
def test_an_extra_can_be_installed_by_the_action_and_by_a_user(name: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needs = {re.split(r"[^\w-]", need)[0] for need in project["optional-dependencies"][name]}
    assert {package for package, _ in extras.EXTRAS[name].packages} <= needs
    assert (ROOT / "src" / f"requirements-{name}.txt").is_file()


def test_every_extra_of_an_input_is_known() -> None:
    used = {declared.extra for declared in inputs() if declared.extra}
    assert used == set(extras.EXTRAS)
    makefile = (ROOT / "Makefile").read_text("utf-8")
    assert used == set(re.findall(r"^EXTRAS = (.*)$", makefile, re.MULTILINE)[0].split())
