"""What the action and the command read before a sweep: settings, addresses of GitHub, template, patterns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ci_failure_tracker.entry import optional_packages
from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.github.client import PUBLIC_API, Endpoints, MeteredRequester, connect
from ci_failure_tracker.github.reader import GitHubReader
from ci_failure_tracker.github.writer import GitHubIssueWriter, IssueTexts
from ci_failure_tracker.issues.body import IssueTemplate, read_template
from ci_failure_tracker.issues.known_text import with_known_table
from ci_failure_tracker.issues.marker import identity_of
from ci_failure_tracker.issues.render import closed_as_duplicate
from ci_failure_tracker.model.progress import Progress
from ci_failure_tracker.settings import Settings, read_settings

if TYPE_CHECKING:
    from ci_failure_tracker.diagnosis.log_pattern import LogPattern


@dataclass(frozen=True, slots=True)
class Connection:
    """The settings of one sweep, and its connection to GitHub."""

    settings: Settings
    template: IssueTemplate
    endpoints: Endpoints
    requester: MeteredRequester
    environment: Mapping[str, str]
    is_check: bool = False

    def to(self, repository: str) -> Connection:
        """The connection of another sweep, of a repository with this name; what GitHub allows the token is shared."""
        settings = replace(self.settings, repository=repository)
        return replace(self, settings=settings, requester=self.requester.for_another_sweep())

    def github(self, progress: Progress) -> GitHubReader:
        """The reader of the repository; without a token, of what everybody may see of it."""
        if self.settings.token:
            writes = not self.is_check
            return GitHubReader(self.requester, self.endpoints, self.settings.repository, progress, writes=writes)
        # A sweep with a token does without this.
        from ci_failure_tracker.entry.answer_files import AnswerFiles  # noqa: PLC0415
        from ci_failure_tracker.github.anonymous import AnonymousReader  # noqa: PLC0415

        store = AnswerFiles.of_environment(self.environment)
        return AnonymousReader(self.requester, self.endpoints, self.settings.repository, progress, store)

    def writer(self, github: GitHubReader, progress: Progress) -> GitHubIssueWriter:
        """The writer to the repository that `github` reads."""
        return GitHubIssueWriter(
            self.requester, github.queries, IssueTexts(identity_of, closed_as_duplicate, with_known_table), progress
        )


def prepare(
    given: Mapping[str, str], environment: Mapping[str, str], workspace: Path, *, is_check: bool = False
) -> Connection:
    """Read and check the inputs and the environment, without a request to GitHub. `check` does without a token.

    If there is a `patterns-file`, logs are explained with its patterns from now on.

    Raises:
        SettingsError: the inputs cannot be used; it holds every mistake.
    """
    template, text, mistakes = _template(given.get("issue-template", "").strip(), workspace)
    patterns, patterns_text, wrong = _patterns(given.get("patterns-file", "").strip(), workspace)
    mistakes += wrong
    endpoints, wrong = _endpoints(environment)
    mistakes += wrong
    try:
        settings = read_settings(
            {**given, "issue-template": text, "patterns-file": patterns_text}, needs_token=not is_check
        )
    except SettingsError as error:
        raise SettingsError([*error.mistakes, *mistakes]) from None
    mistakes += optional_packages.mistakes(settings)
    if mistakes:
        raise SettingsError(mistakes)
    if patterns:
        from ci_failure_tracker.diagnosis.keywords import use_patterns  # noqa: PLC0415 - few sweeps need it

        use_patterns(patterns)
    requester = connect(
        settings.token, endpoints, max_requests=settings.max_requests, parallel=settings.parallel_sweeps
    )
    return Connection(settings, template, endpoints, requester, environment, is_check)


def now() -> datetime:
    """The current time in UTC."""
    return datetime.now(UTC)


def _endpoints(environment: Mapping[str, str]) -> tuple[Endpoints, list[str]]:
    """The addresses that the runner gives, so that Enterprise Server works, and the mistakes in them."""
    api = environment.get("GITHUB_API_URL") or PUBLIC_API
    # On Enterprise Server REST is at /api/v3 and GraphQL at /api/graphql.
    graphql = environment.get("GITHUB_GRAPHQL_URL") or f"{api.rstrip('/').removesuffix('/v3')}/graphql"
    return Endpoints(api, graphql), [
        f"{name} is {address!r}, which is not an address; give one such as {PUBLIC_API}."
        for name, address in (("GITHUB_API_URL", api), ("GITHUB_GRAPHQL_URL", graphql))
        if not _is_address(address)
    ]


def endpoints_of(environment: Mapping[str, str], server: str) -> Endpoints:
    """The addresses of the APIs: those of the environment, or else those of a server with this address.

    Raises:
        SettingsError: a variable of the environment holds no address.
    """
    known = {**environment}
    # Enterprise Server has its API below the server's own address.
    if "GITHUB_API_URL" not in known and server != "https://github.com":
        known["GITHUB_API_URL"] = f"{server}/api/v3"
    endpoints, mistakes = _endpoints(known)
    if mistakes:
        raise SettingsError(mistakes)
    return endpoints


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        # `port` raises an error for one out of range.
        return parts.scheme in {"https", "http"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False


def _patterns(given: str, workspace: Path) -> tuple[tuple[LogPattern, ...], str, list[str]]:
    """The patterns of the user, the text of their file, and the mistakes in it."""
    if not given:
        return (), "", []
    from ci_failure_tracker.entry.pattern_file import read_patterns  # noqa: PLC0415 - few sweeps need it

    try:
        return *read_patterns(given, workspace), []
    except SettingsError as error:
        return (), "", [f"`patterns-file`: {mistake}" for mistake in error.mistakes]


def _template(given: str, workspace: Path) -> tuple[IssueTemplate, str, list[str]]:
    """The template, its text, and the mistakes in it; `given` is the text itself or the path of a file."""
    text = given
    # Text with a line end or a sign of Jinja is a template; anything else is a path.
    if given and not any(sign in given for sign in ("\n", "{{", "{%")):
        try:
            text = (workspace / given).read_text(encoding="utf-8")
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__
            mistake = (
                f"`issue-template` names the file {given!r}, which cannot be read ({reason}). "
                "It is relative to the workspace, which `actions/checkout` fills."
            )
            return IssueTemplate(), "", [mistake]
    try:
        return read_template(text), text, []
    except SettingsError as error:
        return IssueTemplate(), "", list(error.mistakes)
