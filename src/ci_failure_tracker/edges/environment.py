"""What both edges take from their surroundings: where GitHub is, what the time is, the user's template."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.github_api.client import PUBLIC_API, Endpoints
from ci_failure_tracker.rendering.issue import check_template
from ci_failure_tracker.settings import Settings, read_settings


def find_endpoints(environment: Mapping[str, str]) -> Endpoints:
    """Where GitHub's API is: what the runner says, so that Enterprise Server works as well.

    Raises:
        SettingsError: where an address is none.
    """
    api = environment.get("GITHUB_API_URL") or PUBLIC_API
    graphql = environment.get("GITHUB_GRAPHQL_URL") or f"{api.rstrip('/').removesuffix('/v3')}/graphql"
    mistakes = [
        f"{name} is {address!r}, which is no address; it starts with https://."
        for name, address in (("GITHUB_API_URL", api), ("GITHUB_GRAPHQL_URL", graphql))
        if not address.startswith(("https://", "http://"))
    ]
    if mistakes:
        raise SettingsError(mistakes)
    return Endpoints(api, graphql)


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def complete_settings(given: Mapping[str, str], workspace: Path) -> Settings:
    """The settings, with a template's file read and tried.

    Raises:
        SettingsError: with every mistake at once.
    """
    text, mistakes = _template(given.get("issue-template", "").strip(), workspace)
    try:
        settings = read_settings({**given, "issue-template": text})
    except SettingsError as error:
        mistakes = [*error.mistakes, *mistakes]
    if mistakes:
        raise SettingsError(mistakes)
    return settings


def _template(given: str, workspace: Path) -> tuple[str, list[str]]:
    text = given
    if given and not any(sign in given for sign in ("\n", "{{", "{%")):
        try:
            text = (workspace / given).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
            return "", [
                f"`issue-template` names the file {given!r}, which cannot be read ({reason}). "
                "It is relative to the workspace, which `actions/checkout` fills."
            ]
    try:
        check_template(text)
    except SettingsError as error:
        return "", list(error.mistakes)
    return text, []
