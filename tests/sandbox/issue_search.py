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


def search_issues(call: Call) -> Reply:
    """The issues a query finds, newest first."""
    query = call.query.get("q", "").strip()
    if not query or len(query) > _LONGEST_QUERY:
        error = {"resource": "Search", "field": "q", "code": "missing" if not query else "invalid"}
        raise Refusal(422, "Validation Failed", errors=[error])
    matching = found(call, query, newest_first=call.query.get("order") != "asc")
    shown, links = call.page(matching, _CAP)
    items = [payloads.issue(item, call.state, call.urls) | {"score": 1.0} for item in shown]
    body = {"total_count": len(matching), "incomplete_results": False, "items": items, "search_type": "lexical"}
    return Reply(body, headers=links)


def found(call: Call, query: str, *, newest_first: bool = True) -> list[Issue]:
    """The issues that match a query, in the order that it asks for."""
    terms = _terms(query)
    visible = _visible(call, terms)
    matching = [issue for issue in visible if all(_matches(issue, term) for term in terms)]
    if "sort:updated-desc" in terms:
        return sorted(matching, key=lambda issue: issue.updated_at, reverse=True)
    return sorted(matching, key=lambda issue: issue.created_at, reverse=newest_first)


def _visible(call: Call, terms: list[str]) -> list[Issue]:
    repository = call.state.repository
    named = [term.removeprefix("repo:").lower() for term in terms if term.startswith("repo:")]
    hidden = repository.private and (call.token is None or call.token.blind)
    if named and (repository.full_name.lower() not in named or hidden):
        message = (
            "The listed users and repositories cannot be searched either because the resources do not exist"
            " or you do not have permission to view them."
        )
        error = {"message": message, "resource": "Search", "field": "q", "code": "invalid"}
        raise Refusal(422, "Validation Failed", errors=[error])
    if hidden:
        return []
    access.read_issues(call)
    return [issue for issue in call.state.issues.values() if issue.created_at <= call.state.now - _INDEX_LAG]


def _terms(query: str) -> list[str]:
    try:
        return shlex.split(query)
    except ValueError:
        return query.replace('"', " ").split()


def _matches(issue: Issue, term: str) -> bool:
    name, colon, value = term.partition(":")
    known = {
        "repo": True,
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
