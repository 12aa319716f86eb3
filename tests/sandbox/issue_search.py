"""Issue search: enough of the query language to be asked, and as late as the real one."""

import shlex
from datetime import timedelta

from sandbox import access, payloads
from sandbox.call import Call, Refusal, Reply
from sandbox.state import Issue

# A new issue is not in the index at once. Whoever looks for duplicates by searching shall notice here.
_INDEX_LAG = timedelta(minutes=1)
_CAP = 1000
_LONGEST_QUERY = 256

Found = tuple[Call, Issue]
"""An issue, and the call about its repository."""


def search_issues(call: Call) -> Reply:
    """The issues a query finds, newest first."""
    query = call.query.get("q", "").strip()
    if not query or len(query) > _LONGEST_QUERY:
        error = {"resource": "Search", "field": "q", "code": "missing" if not query else "invalid"}
        raise Refusal(422, "Validation Failed", errors=[error])
    matching = found(call, query, newest_first=call.query.get("order") != "asc")
    shown, links = call.page(matching, _CAP)
    items = [payloads.issue(item, about.state, call.urls) | {"score": 1.0} for about, item in shown]
    body = {"total_count": len(matching), "incomplete_results": False, "items": items, "search_type": "lexical"}
    return Reply(body, headers=links)


def found(call: Call, query: str, *, newest_first: bool = True) -> list[Found]:
    """The issues that match a query, in the order that it asks for."""
    terms = terms_of(query)
    matching = [
        (about, issue)
        for about in _visible(call, terms)
        for issue in about.state.issues.values()
        if issue.created_at <= about.state.now - _INDEX_LAG and all(_matches(issue, term) for term in terms)
    ]
    if "sort:updated-desc" in terms:
        return sorted(matching, key=lambda pair: pair[1].updated_at, reverse=True)
    return sorted(matching, key=lambda pair: pair[1].created_at, reverse=newest_first)


def _visible(call: Call, terms: list[str]) -> list[Call]:
    """The call about each repository that is searched: those that are named, or all that the token may see."""
    seen = [repository for repository in call.host.repositories if not access.hidden(repository, call)]
    wanted = named(terms, "repo")
    if wanted and not any(repository.full_name.lower() in wanted for repository in seen):
        message = (
            "The listed users and repositories cannot be searched either because the resources do not exist"
            " or you do not have permission to view them."
        )
        error = {"message": message, "resource": "Search", "field": "q", "code": "invalid"}
        raise Refusal(422, "Validation Failed", errors=[error])
    owners = named(terms, "org", "user")
    about = []
    for repository in seen:
        is_wanted = repository.full_name.lower() in wanted or repository.owner.lower() in owners
        state = call.host.find(repository.full_name) if is_wanted or not (wanted or owners) else None
        if state is not None:
            about.append(call.about(state))
            access.read_issues(about[-1])
    return about


def named(terms: list[str], *qualifiers: str) -> set[str]:
    """What the terms with one of these qualifiers name, in small letters."""
    pairs = (term.partition(":") for term in terms)
    return {value.lower() for qualifier, _, value in pairs if qualifier in qualifiers}


def terms_of(query: str) -> list[str]:
    """The words of a query; those in quotes are one."""
    try:
        return shlex.split(query)
    except ValueError:
        return query.replace('"', " ").split()


def _matches(issue: Issue, term: str) -> bool:
    name, colon, value = term.partition(":")
    known = {
        "repo": True,
        "org": True,
        "user": True,
        "in": True,
        "sort": True,
        "is": _is(issue, value),
        "type": _is(issue, value),
        "state": issue.state == value,
        "label": value.lower() in (label.lower() for label in issue.labels),
        "author": issue.login == value,
    }
    if colon and name in known:
        return known[name]
    return term.lower() in f"{issue.title}\n{issue.body or ''}".lower()


def _is(issue: Issue, what: str) -> bool:
    if what in ("issue", "pr"):
        return issue.pull_request == (what == "pr")
    return issue.state == what
