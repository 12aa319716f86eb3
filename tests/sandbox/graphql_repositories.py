"""Repositories as GraphQL finds and shows them: by name, by owner, by search, and the files in them."""

from collections.abc import Callable, Mapping
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo

from sandbox import access, git, graphql_objects, payloads
from sandbox.call import Call, JsonObject
from sandbox.graphql_objects import connection
from sandbox.identifiers import digest, node_id, number
from sandbox.issue_search import named, terms_of
from sandbox.state import Account, ListedRepository

_Info = GraphQLResolveInfo[Any]

_FOLDER = ".github/workflows"
_SHOWN = 512_000
"""Characters of a file that GraphQL shows."""
_MOST_FOUND = 1000
_INSIDE = ("defaultBranchRef", "ref", "refs", "issue", "issues", "object")
"""What is looked up in the repository itself; the rest is known of one that nobody has opened yet."""
_ORDERS: Mapping[str, Callable[[ListedRepository], object]] = {
    "CREATED_AT": lambda one: one.repository.created_at,
    "NAME": lambda one: one.repository.name.lower(),
    "PUSHED_AT": lambda one: one.pushed_at,
    "STARGAZERS": lambda _one: 0,
    "UPDATED_AT": lambda one: one.updated_at,
}


def repository(call: Call, full_name: str, *, renamed: bool) -> JsonObject:
    """The repository of a name; `renamed` says whether one that it had before will do."""
    state = call.host.find(full_name)
    known = state.repository if state else None
    is_it = known is not None and (renamed or known.full_name.lower() == full_name.lower())
    if state is None or known is None or not is_it or access.hidden(known, call):
        what = f"Could not resolve to a Repository with the name '{full_name}'."
        raise GraphQLError(what, extensions={"type": "NOT_FOUND"})
    return _shown(state.listed, call)


def owner(call: Call, login: str) -> JsonObject | None:
    """The user or organisation of a login, with its repositories."""
    account = call.host.owner(login)
    if account is None or account.kind == "Bot":
        return None
    return _owner(account, call)


def search(call: Call, text: str, asked: JsonObject) -> JsonObject:
    """The repositories that a search finds. Forks are found only by a query that says so."""
    terms = terms_of(text)
    found = [one for one in _visible(call) if _matches(one, terms)]
    found.sort(key=lambda one: one.updated_at, reverse=True)
    shown = connection("search", found[:_MOST_FOUND], asked, lambda one: _shown(one, call))
    return {"issueCount": 0, "repositoryCount": len(found), "nodes": shown["nodes"], "pageInfo": shown["pageInfo"]}


def _visible(call: Call) -> list[ListedRepository]:
    return [one for one in call.host.listed() if not access.hidden(one.repository, call)]


def _matches(one: ListedRepository, terms: list[str]) -> bool:
    known = one.repository
    forks, owners, names = named(terms, "fork"), named(terms, "org", "user"), named(terms, "repo")
    if (known.fork and not forks & {"true", "only"}) or (not known.fork and "only" in forks):
        return False
    if (owners or names) and known.owner.lower() not in owners and known.full_name.lower() not in names:
        return False
    return all(_fits(one, term) for term in terms)


def _fits(one: ListedRepository, term: str) -> bool:
    known = one.repository
    qualifier, colon, value = term.partition(":")
    fits = {
        **dict.fromkeys(("org", "user", "repo", "fork", "in", "sort"), True),
        "topic": value in known.topics,
        "archived": known.archived == (value == "true"),
        "is": value == ("private" if known.private else "public"),
    }
    if colon and qualifier in fits:
        return fits[qualifier]
    return term.lower() in f"{known.name}\n{known.description or ''}".lower()


def _owner(account: Account, call: Call) -> JsonObject:
    return {
        "__typename": account.kind,
        "id": node_id("O" if account.kind == "Organization" else "U", account.id),
        "login": account.login,
        "repositories": lambda _info, **asked: _owned(account, asked, call),
    }


def _owned(account: Account, asked: JsonObject, call: Call) -> JsonObject:
    """The repositories of an owner that the token may see."""
    order = asked.pop("orderBy", None)
    asked.pop("ownerAffiliations")  # nobody here collaborates on the repository of another
    privacy, wanted = asked.pop("privacy", None), {key: asked.pop(key, None) for key in ("isArchived", "isFork")}
    found = [
        one
        for one in _visible(call)
        if one.repository.owner == account.login
        and wanted["isArchived"] in (None, one.repository.archived)
        and wanted["isFork"] in (None, one.repository.fork)
        and privacy in (None, "PRIVATE" if one.repository.private else "PUBLIC")
    ]
    if order:
        found.sort(key=_ORDERS[order["field"]], reverse=order["direction"] == "DESC")  # type: ignore[arg-type]
    if not asked:  # only who asks for nodes has to say how many
        return {"totalCount": len(found)}
    return connection("repositories", found, asked, lambda one: _shown(one, call))


def _shown(one: ListedRepository, call: Call) -> JsonObject:
    known = one.repository
    return {
        "__typename": "Repository",
        "id": node_id("R", known.id),
        "databaseId": known.id,
        "name": known.name,
        "nameWithOwner": known.full_name,
        "description": known.description,
        "url": f"{call.urls.web}/{known.full_name}",
        "owner": _owner(one.owner, call),
        "isArchived": known.archived,
        "isFork": known.fork,
        "isPrivate": known.private,
        "hasIssuesEnabled": known.has_issues,
        "createdAt": payloads.stamp(known.created_at),
        "pushedAt": payloads.stamp(one.pushed_at),
        "updatedAt": payloads.stamp(one.updated_at),
        "repositoryTopics": lambda _info, **asked: connection("repositoryTopics", known.topics, asked, _topic),
        **{name: _inside(name, known.full_name, call) for name in _INSIDE},
    }


def _topic(name: str) -> JsonObject:
    identity = number("topic", name, start=1, span=10**9)
    return {"id": node_id("RT", identity), "topic": {"id": node_id("T", identity), "name": name}}


def _inside(name: str, full_name: str, call: Call) -> Callable[..., Any]:
    """A field that opens the repository when it is asked for."""

    def resolve(info: _Info, **asked: Any) -> Any:
        state = call.host.find(full_name)
        if state is None:
            return None
        about = call.about(state)
        fields = {**graphql_objects.repository(about), "object": lambda _info, **which: _object(about, **which)}
        return fields[name](info, **asked)

    return resolve


def _object(call: Call, expression: str | None = None, oid: str | None = None) -> JsonObject | None:
    """What Git holds under an expression; nothing of a private repository for who may not see its contents."""
    token = call.token
    if call.state.repository.private and (token is None or token.contents == "none"):
        return None
    revision, _, path = (oid or expression or "").partition(":")
    commit = git.find_commit(call.state, revision)
    if not path:
        return graphql_objects.commit(commit, call) if commit else None
    if revision != "HEAD" and commit is None:
        return None
    blobs = {workflow.path: _blob(workflow.text) for workflow in call.state.workflows}
    blobs |= {name: _blob("") for name in git.changed_files(call.state) if name not in blobs}
    blobs |= {name: _blob(text) for name, text in call.state.files.items()}
    if path == _FOLDER:
        inside = {name.rpartition("/")[2]: blob for name, blob in blobs.items() if name.startswith(f"{_FOLDER}/")}
        entries = [{"name": name, "object": blob} for name, blob in inside.items()]
        # Git keeps no empty folder.
        return {"__typename": "Tree", "oid": digest("tree", path), "entries": entries} if entries else None
    return blobs.get(path)


def _blob(text: str) -> JsonObject:
    oid, size = digest("blob", text), len(text.encode())
    return {
        "__typename": "Blob",
        "oid": oid,
        "text": text[:_SHOWN],
        "byteSize": size,
        "isBinary": False,
        "isTruncated": len(text) > _SHOWN,
    }
