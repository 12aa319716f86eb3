"""A request as the routes see it, and what they answer: a reply, or a refusal in GitHub's words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import urlencode

from sandbox.host import Host
from sandbox.payloads import Urls
from sandbox.state import Repository, State, Token

Item = TypeVar("Item")
JsonObject = dict[str, Any]

DOCUMENTATION = "https://docs.github.com/rest"
_LARGEST_PAGE = 100
_USUAL_PAGE = 30


@dataclass(frozen=True)
class Reply:
    """An answer: JSON, or text where `text` is given."""

    payload: object = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    text: bytes | None = None
    content_type: str = "application/json; charset=utf-8"


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a fault of the server
    """An answer that says no, in the shape GitHub gives it."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        errors: Sequence[Mapping[str, str]] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.errors = errors
        self.headers = headers or {}

    def reply(self) -> Reply:
        """The answer to send."""
        payload: JsonObject = {"message": self.message}
        if self.errors:
            payload["errors"] = [dict(error) for error in self.errors]
        payload |= {"documentation_url": DOCUMENTATION, "status": str(self.status)}
        return Reply(payload, self.status, self.headers)


def not_found() -> Refusal:
    """What GitHub says of everything that is not there, or not for you."""
    return Refusal(404, "Not Found")


def invalid(resource: str, name: str, code: str, message: str | None = None) -> Refusal:
    """A field GitHub does not accept."""
    error = {"resource": resource, "field": name, "code": code}
    return Refusal(422, "Validation Failed", errors=[error if message is None else {**error, "message": message}])


@dataclass(frozen=True)
class Call:
    """One request, looked at by a route. `hidden` are issues that a list is to lack."""

    host: Host
    urls: Urls
    token: Token | None
    method: str
    url: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    body: object = None
    hidden: frozenset[int] = frozenset()
    repository: State | None = None

    @property
    def state(self) -> State:
        """The repository that the request is about."""
        if self.repository is None:
            raise not_found()
        return self.repository

    def about(self, state: State) -> "Call":
        """The same request about one repository, with what the token may do there."""
        return replace(self, repository=state, token=self.rights_in(state.repository))

    def rights_in(self, repository: Repository) -> Token | None:
        """The token with what it may do in a repository."""
        return self.token.rights_in(repository) if self.token else None

    @property
    def login(self) -> str:
        """Who asks."""
        return self.token.login if self.token else ""

    @property
    def fields(self) -> JsonObject:
        """The body, which must be an object."""
        if self.body is None:
            return {}
        if not isinstance(self.body, dict):
            raise Refusal(400, "Body should be a JSON object")
        return self.body

    def number(self, name: str) -> int:
        """A number in the path; GitHub finds nothing under any other text."""
        text = self.params[name]
        if not text.isdecimal():
            raise not_found()
        return int(text)

    def page(self, items: Sequence[Item], limit: int | None = None) -> tuple[list[Item], dict[str, str]]:
        """The items of the page asked for, and the headers that lead to the other pages."""
        within = items[:limit]
        size = min(self._positive("per_page", _USUAL_PAGE), _LARGEST_PAGE)
        page = self._positive("page", 1)
        last = max(-(-len(within) // size), 1)
        shown = list(within[(page - 1) * size : page * size])
        return shown, self._links(page, last)

    def _positive(self, name: str, usual: int) -> int:
        text = self.query.get(name, "")
        return int(text) if text.isdecimal() and int(text) > 0 else usual

    def _links(self, page: int, last: int) -> dict[str, str]:
        pages = {}
        if page > 1:
            pages["prev"] = min(page - 1, last)
        if page < last:
            pages |= {"next": page + 1, "last": last}
        if page > 1:
            pages["first"] = 1
        links = [f'<{self.url}?{urlencode({**self.query, "page": to})}>; rel="{rel}"' for rel, to in pages.items()]
        return {"Link": ", ".join(links)} if links else {}
