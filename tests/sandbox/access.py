"""Who may do what, and what GitHub says to those who may not."""

from urllib.parse import urlencode

from sandbox.call import Call, Refusal, not_found
from sandbox.state import Repository, State, Token

_LEVELS = ("none", "read", "write")


def see_repository(call: Call) -> Call:
    """The call about the repository in its path; refused if there is none, or the token may know nothing of it."""
    named = f"{call.params['owner']}/{call.params['repo']}"
    seen = _seen(call, call.host.find(named))
    if seen.state.repository.full_name.lower() != named.lower():
        raise _moved(seen, named)
    return seen


def see_repository_by_number(call: Call) -> Call:
    """The same if the path has the number of the repository."""
    number = call.params["repository_id"]
    return _seen(call, call.host.find_number(int(number)) if number.isdecimal() else None)


def _seen(call: Call, state: State | None) -> Call:
    if state is None or hidden(state.repository, call):
        raise not_found()
    return call.about(state)


def hidden(repository: Repository, call: Call) -> bool:
    """Is the repository private, and the token may know nothing of it?"""
    rights = call.rights_in(repository)
    return repository.private and (rights is None or rights.blind)


def _moved(call: Call, named: str) -> Refusal:
    """GitHub sends who asks for an old name on, by the number that stays."""
    rest = call.url.partition(f"/repos/{named}")[2]
    asked = f"?{urlencode(call.query)}" if call.query else ""
    location = f"{call.urls.api}/repositories/{call.state.repository.id}{rest}{asked}"
    status, message = (301, "Moved Permanently") if call.method == "GET" else (307, "Temporary Redirect")
    return Refusal(status, message, headers={"Location": location})


def read_actions(call: Call) -> None:
    """Refuse a token that may not read workflow runs."""
    _need(call, "none" if call.token is None else call.token.actions, "read", public=True)


def write_actions(call: Call) -> Token:
    """Refuse who may not run workflows again."""
    token = authenticated(call)
    if call.state.repository.archived:
        raise Refusal(403, "Repository was archived so is read-only.")
    _need(call, token.actions, "write", public=False)
    return token


def read_checks(call: Call) -> None:
    """Refuse a token that may not read check runs."""
    _need(call, "none" if call.token is None else call.token.checks, "read", public=True)


def read_contents(call: Call) -> None:
    """Refuse a token that may not read the contents; those of a public repository are for everybody."""
    if call.state.repository.private:
        _need(call, "none" if call.token is None else call.token.contents, "read", public=False)


def read_issues(call: Call) -> None:
    """Refuse a token that may not read issues."""
    _need(call, "none" if call.token is None else call.token.issues, "read", public=True)


def write_issues(call: Call) -> Token:
    """Refuse who may not write issues: no token, too weak a token, an archived repository, no issues."""
    token = authenticated(call)
    if call.state.repository.archived:
        raise Refusal(403, "Repository was archived so is read-only.")
    issues_enabled(call)
    _need(call, token.issues, "write", public=False)
    return token


def triage(call: Call) -> Token:
    """Refuse who may write issues but not label them."""
    token = write_issues(call)
    if not token.labels:
        raise _refused(token)
    return token


def issues_enabled(call: Call) -> None:
    """Refuse when the repository keeps no issues."""
    if not call.state.repository.has_issues:
        raise Refusal(410, "Issues has been disabled in this repository.")


def authenticated(call: Call) -> Token:
    """Refuse a request without a token."""
    if call.token is None:
        raise Refusal(401, "Requires authentication")
    return call.token


def _need(call: Call, has: str, needs: str, *, public: bool) -> None:
    if public and (call.token is None or call.token.guest):
        return
    if _LEVELS.index(has) < _LEVELS.index(needs):
        raise _refused(call.token)


def _refused(token: Token | None) -> Refusal:
    kind = "integration" if token is None or token.installation else "personal access token"
    return Refusal(403, f"Resource not accessible by {kind}")
