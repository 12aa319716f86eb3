from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from builders import some_settings
from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.model import Outcome
from ci_failure_tracker.settings import (
    Input,
    Settings,
    as_field,
    fingerprint_parts,
    inputs,
    read_settings,
    secret_texts,
)
from ci_failure_tracker.text.markdown import plain

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_every_default_can_be_read_and_nothing_else_is_needed() -> None:
    settings = some_settings()
    assert settings.max_runs == 100
    assert settings.labels == ("ci-failure", "github-actions", "automated")
    assert settings.reopen_within == timedelta(days=30)
    assert Outcome.SUPERSEDED not in settings.conclusions


def test_all_mistakes_are_reported_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({"repository": "no-slash", "max-runs": "many", "since": "yesterday", "matrix": "both"})
    mistakes = "\n".join(caught.value.mistakes)
    for name in ("token", "repository", "max-runs", "since", "matrix"):
        assert f"`{name}`" in mistakes
    assert len(caught.value.mistakes) == 5


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("repository", "https://github.com/o/r", "owner/name"),
        ("repository", "o/r/../x", "owner/name"),
        ("max-runs", "0", "from 1 to 1,000"),
        ("max-runs", "1001", "from 1 to 1,000"),
        ("max-runs", "١٢", "not a whole number"),
        ("max-new-issues", "-1", "from 0 to 500"),
        ("since", "7 days", "`7d`"),
        ("since", "9999-12-31T23:59:59-14:00", "`2026-03-01`"),
        ("since", "0001-01-01T00:00:00+14:00", "`2026-03-01`"),
        ("since", "99999w", "ten years"),
        ("token", "two words", "no token has"),
        ("repository", "o/..", "not the name of a repository"),
        ("since", "2026-13-01", "`2026-03-01`"),
        ("conclusions", "failure, superseded", "'superseded'"),
        ("conclusions", ",", "names nothing"),
        ("group-by", "leg", "`job`, `workflow`, `cause` or `test`"),
        ("max-tests", "0", "1"),
        ("excerpt-lines", "0", "from 1 to 100"),
        ("excerpt-lines", "101", "from 1 to 100"),
        ("logs", "some", "`true` or `false`"),
        ("dry-run", "yes", "`true` or `false`"),
        ("labels", " , ", "is empty"),
        ("labels", "x" * 51, "50 characters"),
        ("title", "{workflow} {run}", "{run}"),
        ("reopen-within", "a while", "`30d`"),
    ],
)
def test_a_bad_value_says_how_to_fix_it(name: str, value: str, mend: str) -> None:
    given = {"token": "t", "repository": "o/r", name: value}
    with pytest.raises(SettingsError) as caught:
        read_settings(given)
    assert mend in str(caught.value)


@pytest.mark.parametrize("separator", [",", "\n", ", \n", "\r\n"])
def test_names_are_separated_by_commas_or_lines(separator: str) -> None:
    assert some_settings(workflow=f"CI{separator}Release notes{separator}CI").workflow == ("CI", "Release notes")


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("7d", NOW - timedelta(days=7)),
        ("12H", NOW - timedelta(hours=12)),
        ("2w", NOW - timedelta(weeks=2)),
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T10:30:00Z", datetime(2026, 3, 1, 10, 30, tzinfo=UTC)),
        ("2026-03-01T10:30:00+02:00", datetime(2026, 3, 1, 8, 30, tzinfo=UTC)),
        ("", None),
    ],
)
def test_since_is_a_span_a_date_or_nothing(text: str, start: datetime | None) -> None:
    assert some_settings(since=text).since.start(NOW) == start


def test_the_token_shows_in_no_text_of_the_settings() -> None:
    settings = read_settings({"token": "ghs_very_secret", "repository": "o/r"})
    assert "ghs_very_secret" not in f"{settings!r} {settings} {settings.token}"
    assert settings.token.reveal() == "ghs_very_secret"


def test_a_missing_token_is_explained_for_workflows_and_for_machines() -> None:
    with pytest.raises(SettingsError, match="GITHUB_TOKEN"):
        read_settings({"repository": "o/r"})


def test_every_input_has_a_help_that_is_a_sentence() -> None:
    for declared in inputs():
        assert declared.help.endswith("."), declared.name
        assert declared.help[0].isupper(), declared.name


@pytest.mark.parametrize("group_by", ["cause", "test"])
def test_causes_and_tests_cannot_be_told_apart_without_logs(group_by: str) -> None:
    with pytest.raises(SettingsError, match=f"`group-by: {group_by}` needs `logs: true`, because {group_by}s"):
        some_settings(group_by=group_by, logs="false")
    assert some_settings(group_by=group_by).logs


def test_test_reports_need_logs() -> None:
    with pytest.raises(SettingsError, match="`test-reports` needs `logs: true`"):
        some_settings(test_reports="**/junit*.xml", logs="false")


def test_a_password_that_must_be_encoded_is_masked_as_it_is() -> None:
    for sign in "/?#":
        given = {"smtp-url": f"smtp://bot:hun{sign}ter2@mail.example.com", "email-to": "a@b.cc", "email-from": "a@b.cc"}
        with pytest.raises(SettingsError, match=r"write `/`.* as `%2F`") as caught:
            read_settings({"token": "t", "repository": "o/r", **given})
        assert "hun" not in str(caught.value.mistakes)
        assert f"hun{sign}ter2" in secret_texts(given)


def test_recipients_that_are_only_commas_are_missing() -> None:
    given = {"smtp-url": "smtp://mail.example.com", "email-to": " , ", "email-from": "a@b.cc"}
    with pytest.raises(SettingsError, match="`email-to` is missing"):
        read_settings({"token": "t", "repository": "o/r", **given})
    assert "," not in secret_texts(given)


def test_the_example_of_an_address_is_no_secret() -> None:
    with pytest.raises(SettingsError) as caught:
        some_settings(smtp_url="mail.example.com", email_to="a@b.cc", email_from="a@b.cc")
    (mistake,) = caught.value.mistakes
    assert plain(mistake) == mistake


# --- the fingerprint -----------------------------------------------------------------------------

COMPARED = {
    "repository": "octo-org/other",
    "workflow": "CI",
    "exclude-workflow": "Release",
    "branch": "*",
    "event": "push",
    "max-runs": "200",
    "max-requests": "400",
    "since": "7d",
    "conclusions": "failure",
    "allowed-failures": "track",
    "group-by": "workflow",
    "max-tests": "3",
    "matrix": "separate",
    "min-failures": "2",
    "max-new-issues": "5",
    "labels": "broken",
    "close-after": "3",
    "reopen-within": "7d",
    "logs": "false",
    "excerpt-lines": "20",
    "patterns-file": "[[pattern]]",
    "test-reports": "**/junit*.xml",
    "test-artifacts": "reports-*",
    "schedules": "true",
}
"""Every input that a checkpoint depends on, with a value that is not its default."""

KEPT = {
    "token": "another-token",
    "repositories": "org:octo-org",
    "exclude-repositories": "octo-org/lamp",
    "last-report": "report.json",
    "parallel-sweeps": "4",
    "issues-repository": "octo-org/failures",
    "allow-public": "true",
    "assignees": "octocat",
    "assign": "owners",
    "owners": "CI/*: @octocat",
    "notify": "owners",
    "rerun": "transient",
    "rerun-workflows": "CI",
    "title": "{job}",
    "issue-type": "Bug",
    "issue-template": "{{ issue }}",
    "comment": "never",
    "report-dir": "report",
    "pushgateway-url": "https://push.example",
    "slack-webhook-url": "https://slack.example/x",
    "slack-payload": "true",
    "discord-webhook-url": "https://discord.example/x",
    "smtp-url": "smtp://mail.example",
    "email-to": "a@b.cc",
    "email-from": "a@b.cc",
    "dry-run": "true",
    "command": "combine",
    "shards": "3",
    "reports": "reports/*/report.json",
    "expected": "{}",
}
"""Every input that keeps the checkpoint, with a value that is not its default."""

TOGETHER = [
    ("smtp-url", "email-to", "email-from"),
    ("repositories", "exclude-repositories", "last-report"),
    ("command", "reports"),
    ("issues-repository", "allow-public"),
]
"""Inputs of which some need the others."""


def parts(**given: str) -> dict[str, str]:
    return fingerprint_parts(some_settings(**given))


def test_every_input_is_known_to_keep_the_checkpoint_or_not() -> None:
    assert {declared.name for declared in inputs()} == COMPARED.keys() | KEPT.keys()
    assert {declared.name for declared in inputs() if declared.keeps_checkpoint} == KEPT.keys()


@pytest.mark.parametrize("name", COMPARED)
def test_an_input_that_changes_what_is_read_changes_the_fingerprint(name: str) -> None:
    field = name.replace("-", "_")
    usual, changed = parts(), parts(**{field: COMPARED[name]})
    assert {key for key in usual if usual[key] != changed[key]} == {field}


@pytest.mark.parametrize("name", KEPT)
def test_an_input_that_changes_only_texts_keeps_the_fingerprint(name: str) -> None:
    given = {key: KEPT[key] for key in next((names for names in TOGETHER if name in names), (name,))}
    assert parts(**{key.replace("-", "_"): value for key, value in given.items()}) == parts()


def test_the_same_values_in_another_order_or_form_have_one_fingerprint() -> None:
    assert parts(conclusions="failure,cancelled", since="1d") == parts(conclusions="cancelled\nFAILURE", since="24h")
    assert parts(since="2026-03-01") != parts(since="2026-03-01T00:00:01Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreSettings(Settings):
    """Two more inputs. Neither says that it keeps the checkpoint, and the second is not even declared as an input."""

    runner: str = as_field(Input(help="Runners to look at.", parse=str))
    undeclared: str = ""


@pytest.mark.parametrize("field", ["runner", "undeclared"])
def test_a_new_input_is_in_the_fingerprint_without_being_named(field: str) -> None:
    usual = some_settings()
    values = {"runner": "", **{known.name: getattr(usual, known.name) for known in dataclasses.fields(usual)}}
    before, after = MoreSettings(**values), MoreSettings(**{**values, field: "self-hosted"})
    assert fingerprint_parts(before) != fingerprint_parts(after)
    assert fingerprint_parts(usual).items() < fingerprint_parts(before).items()


def test_the_fingerprint_shows_no_secret() -> None:
    settings = read_settings({"token": "ghs_very_secret", "repository": "o/r"})
    assert "ghs_very_secret" not in str(fingerprint_parts(settings))
