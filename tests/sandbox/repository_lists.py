"""The routes that list repositories: of an organisation, of a user, and those that a token was given."""

from collections.abc import Callable, Mapping

from sandbox import access, payloads
from sandbox.call import Call, JsonObject, Refusal, Reply, not_found
from sandbox.state import Account, ListedRepository

_SORT_KEYS: Mapping[str, Callable[[ListedRepository], object]] = {
    "created": lambda one: one.repository.created_at,
    "updated": lambda one: one.updated_at,
    "pushed": lambda one: one.pushed_at,
    "full_name": lambda one: one.repository.full_name.lower(),
}
_TYPES: Mapping[str, Callable[[ListedRepository], bool]] = {
    "public": lambda one: not one.repository.private,
    "private": lambda one: one.repository.private,
    "forks": lambda one: one.repository.fork,
    "sources": lambda one: not one.repository.fork,
}


def list_organisation_repositories(call: Call) -> Reply:
    """The repositories of an organisation that the token may see."""
    organisation = call.host.owner(call.params["org"])
    if organisation is None or organisation.kind != "Organization":
        raise not_found()
    return _list(call, _owned(call, organisation), "created")


def list_user_repositories(call: Call) -> Reply:
    """The public repositories of a user or an organisation."""
    owner = call.host.owner(call.params["username"])
    if owner is None:
        raise not_found()
    return _list(call, [one for one in _owned(call, owner) if not one.repository.private], "full_name")


def list_own_repositories(call: Call) -> Reply:
    """The repositories that a person's token was given."""
    if access.authenticated(call).installation:
        raise Refusal(403, "Resource not accessible by integration")
    return _list(call, _given(call), "full_name")


def list_installation_repositories(call: Call) -> Reply:
    """The repositories that an App's token was given."""
    token = access.authenticated(call)
    if not token.installation:
        needed = "You must authenticate with an installation access token"
        raise Refusal(403, f"{needed} in order to list repositories for an installation.")
    found = _given(call)
    shown, links = call.page(found)
    chosen = bool(token.repositories) and not all(name.endswith("/*") for name in token.repositories)
    body = {
        "total_count": len(found),
        "repository_selection": "selected" if chosen else "all",
        "repositories": [_shown(one, call) for one in shown],
    }
    return Reply(body, headers=links)


def _visible(call: Call) -> list[ListedRepository]:
    return [one for one in call.host.listed() if not access.hidden(one.repository, call)]


def _owned(call: Call, owner: Account) -> list[ListedRepository]:
    return [one for one in _visible(call) if one.owner.login == owner.login]


def _given(call: Call) -> list[ListedRepository]:
    return [one for one in _visible(call) if call.token and call.token.covers(one.repository)]


def _list(call: Call, repositories: list[ListedRepository], usual: str) -> Reply:
    sort = call.query.get("sort", usual)
    direction = call.query.get("direction", "asc" if sort == "full_name" else "desc")
    is_wanted = _TYPES.get(call.query.get("type", "all"))
    found = [one for one in repositories if is_wanted is None or is_wanted(one)]
    found.sort(key=_SORT_KEYS.get(sort, _SORT_KEYS[usual]), reverse=direction == "desc")  # type: ignore[arg-type]
    shown, links = call.page(found)
    return Reply([_shown(one, call) for one in shown], headers=links)


def _shown(one: ListedRepository, call: Call) -> JsonObject:
    return payloads.repository(one, call.rights_in(one.repository), call.urls)
