from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from builders import some_settings
from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.model import Outcome
from ci_failure_tracker.rendering.markdown import plain
from ci_failure_tracker.settings import inputs, read_settings, secret_texts

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def test_every_default_can_be_read_and_nothing_else_is_needed() -> None:
    settings = some_settings()
    assert settings.max_runs == 100
    assert settings.labels == ("ci-failure", "github-actions", "automated")
    assert settings.reopen_within == timedelta(days=30)
    assert Outcome.SUPERSEDED not in settings.conclusions


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({"repository": "no-slash", "max-runs": "many", "since": "yesterday", "matrix": "both"})
    told = "\n".join(caught.value.mistakes)
    for name in ("token", "repository", "max-runs", "since", "matrix"):
        assert f"`{name}`" in told
    assert len(caught.value.mistakes) == 5


@pytest.mark.parametrize(
    ("name", "value", "mend"),
    [
        ("repository", "https://github.com/o/r", "owner/name"),
        ("repository", "o/r/../x", "owner/name"),
        ("max-runs", "0", "from 1 to 1,000"),
        ("max-runs", "1001", "from 1 to 1,000"),
        ("max-runs", "١٢", "no whole number"),
        ("max-new-issues", "-1", "from 0 to 500"),
        ("since", "7 days", "`7d`"),
        ("since", "9999-12-31T23:59:59-14:00", "`2026-03-01`"),
        ("since", "0001-01-01T00:00:00+14:00", "`2026-03-01`"),
        ("since", "99999w", "ten years"),
        ("token", "two words", "no token has"),
        ("repository", "o/..", "names no repository"),
        ("since", "2026-13-01", "`2026-03-01`"),
        ("conclusions", "failure, superseded", "'superseded'"),
        ("conclusions", ",", "names nothing"),
        ("group-by", "leg", "`job`, `workflow` or `cause`"),
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
def test_a_bad_value_says_how_to_mend_it(name: str, value: str, mend: str) -> None:
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


def test_causes_cannot_be_told_apart_without_logs() -> None:
    with pytest.raises(SettingsError, match="needs `logs: true`"):
        some_settings(group_by="cause", logs="false")
    assert some_settings(group_by="cause").logs


def test_a_password_with_a_sign_that_ends_an_address_is_told_to_be_encoded_and_is_masked() -> None:
    for sign in "/?#":
        given = {"smtp-url": f"smtp://bot:hun{sign}ter2@mail.example.com", "email-to": "a@b.cc", "email-from": "a@b.cc"}
        with pytest.raises(SettingsError, match=r"write `/`.* as `%2F`") as caught:
            read_settings({"token": "t", "repository": "o/r", **given})
        assert "hun" not in str(caught.value.mistakes)
        assert f"hun{sign}ter2" in secret_texts(given)


def test_recipients_that_are_only_commas_are_missing_and_no_comma_is_masked() -> None:
    given = {"smtp-url": "smtp://mail.example.com", "email-to": " , ", "email-from": "a@b.cc"}
    with pytest.raises(SettingsError, match="`email-to` is missing"):
        read_settings({"token": "t", "repository": "o/r", **given})
    assert "," not in secret_texts(given)


def test_the_example_of_an_address_is_not_taken_for_a_secret() -> None:
    with pytest.raises(SettingsError) as caught:
        some_settings(smtp_url="mail.example.com", email_to="a@b.cc", email_from="a@b.cc")
    (mistake,) = caught.value.mistakes
    assert plain(mistake) == mistake
