"""The routes for issues, their comments, labels and assignees, and for the repository's labels."""

import re
from collections.abc import Callable
from datetime import datetime

from sandbox import access, payloads
from sandbox.call import Call, Refusal, Reply, invalid, not_found
from sandbox.state import Closing, Comment, Issue, Label, Token

_LONGEST_TITLE = 256
_LONGEST_BODY = 65_536
_LONGEST_DESCRIPTION = 100
_COLOR = re.compile(r"[0-9a-fA-F]{6}")
_STATES = ("open", "closed")
_REASONS = ("completed", "not_planned", "duplicate", "reopened")
_MAY_BE_ASSIGNED = ("OWNER", "MEMBER", "COLLABORATOR")
_SORT_KEYS: dict[str, Callable[[Issue], tuple[object, ...]]] = {
    "created": lambda issue: (issue.created_at, issue.number),
    "updated": lambda issue: (issue.updated_at, issue.number),
    "comments": lambda issue: (len(issue.comments), issue.number),
}


def list_issues(call: Call) -> Reply:
    """The issues, and the pull requests with them, as GitHub lists both."""
    access.read_issues(call)
    state, sort = call.query.get("state", "open"), call.query.get("sort", "created")
    if state not in (*_STATES, "all"):
        raise invalid("Issue", "state", "invalid")
    if sort not in _SORT_KEYS:
        raise invalid("Issue", "sort", "invalid")
    found = [issue for issue in call.state.issues.values() if _wanted(issue, call, state)]
    found = [issue for issue in found if issue.number not in call.hidden]
    found.sort(key=_SORT_KEYS[sort], reverse=call.query.get("direction", "desc") != "asc")
    shown, links = call.page(found)
    return Reply([payloads.issue(item, call.state, call.urls) for item in shown], headers=links)


def create_issue(call: Call) -> Reply:
    """Open an issue. What a weak token may not set is left out without a word."""
    token = access.write_issues(call)
    title, body = _title(call.fields.get("title")), _body("Issue", call.fields.get("body"))
    labels, assignees = _label_names(call), _logins(call)
    issue_type = _issue_type(call)
    if token.labels:
        _assignable(call, assignees)
    issue = call.state.open_issue(title, body, token.login)
    if token.labels:
        issue.issue_type = issue_type
        issue.labels = call.state.ensure_labels(labels or [])
        issue.assignees = list(dict.fromkeys(assignees or []))
    payload = payloads.issue(issue, call.state, call.urls)
    return Reply(payload, 201, {"Location": payload["url"]})


def _issue_type(call: Call) -> str:
    """The type that is asked for, as the organisation spells it."""
    asked = call.fields.get("type")
    if asked is None:
        return ""
    known = {name.casefold(): name for name in call.state.repository.issue_types}
    if not isinstance(asked, str) or asked.casefold() not in known:
        raise invalid("Issue", "type", "invalid")
    return known[asked.casefold()]


def get_issue(call: Call) -> Reply:
    """One issue."""
    access.read_issues(call)
    access.issues_enabled(call)
    return Reply(payloads.issue(_issue(call), call.state, call.urls))


def edit_issue(call: Call) -> Reply:
    """Change an issue; who may not label may still edit an issue of their own."""
    token = access.write_issues(call)
    issue = _issue(call)
    if not token.labels and issue.login != token.login:
        raise Refusal(403, "Resource not accessible by integration")
    fields = call.fields
    title = _title(fields["title"]) if fields.get("title") is not None else issue.title
    body = _body("Issue", fields["body"]) if "body" in fields else issue.body
    labels, assignees = _label_names(call), _logins(call)
    if token.labels:
        _assignable(call, assignees)
    state, reason = _new_state(call)
    kept = _canonical(call, reason)
    issue.title, issue.updated_at = title, call.state.tick()
    call.state.edit_body(issue, body, token.login)
    issue.duplicate_of = kept or issue.duplicate_of
    _relabel(call, issue, token, labels, assignees)
    _move(call, issue, state, reason)
    return Reply(payloads.issue(issue, call.state, call.urls))


def list_comments(call: Call) -> Reply:
    """The comments of an issue, oldest first."""
    access.read_issues(call)
    access.issues_enabled(call)
    issue = _issue(call)
    since = _since(call)
    found = [comment for comment in issue.comments if since is None or comment.updated_at >= since]
    shown, links = call.page(found)
    return Reply([payloads.comment(item, issue, call.state, call.urls) for item in shown], headers=links)


def create_comment(call: Call) -> Reply:
    """Say something on an issue."""
    token = access.write_issues(call)
    issue = _issue(call)
    comment = call.state.comment(issue, _comment_body(call), token.login)
    payload = payloads.comment(comment, issue, call.state, call.urls)
    return Reply(payload, 201, {"Location": payload["url"]})


def edit_comment(call: Call) -> Reply:
    """Say it another way."""
    access.write_issues(call)
    issue, comment = _comment(call)
    comment.body, comment.updated_at = _comment_body(call), call.state.tick()
    return Reply(payloads.comment(comment, issue, call.state, call.urls))


def add_labels(call: Call) -> Reply:
    """Put more labels on an issue."""
    access.triage(call)
    issue = _issue(call)
    issue.labels = call.state.ensure_labels([*issue.labels, *_sent_labels(call)])
    issue.updated_at = call.state.tick()
    return Reply(payloads.labels(issue.labels, call.state, call.urls))


def set_labels(call: Call) -> Reply:
    """Replace the labels of an issue."""
    access.triage(call)
    issue = _issue(call)
    issue.labels = call.state.ensure_labels(_sent_labels(call))
    issue.updated_at = call.state.tick()
    return Reply(payloads.labels(issue.labels, call.state, call.urls))


def add_assignees(call: Call) -> Reply:
    """Assign people; those who cannot be assigned are left out without a word."""
    token = access.write_issues(call)
    issue = _issue(call)
    if token.labels:
        able = [login for login in _logins(call) or [] if _can_be_assigned(call, login)]
        issue.assignees = list(dict.fromkeys([*issue.assignees, *able]))
        issue.updated_at = call.state.tick()
    return Reply(payloads.issue(issue, call.state, call.urls), 201)


def list_labels(call: Call) -> Reply:
    """The labels of the repository, by name."""
    access.read_issues(call)
    found = [call.state.labels[name] for name in sorted(call.state.labels)]
    shown, links = call.page(found)
    return Reply([payloads.label(item, call.state, call.urls) for item in shown], headers=links)


def create_label(call: Call) -> Reply:
    """Make a label."""
    access.triage(call)
    name = call.fields.get("name")
    color = call.fields.get("color", "ededed")
    description = call.fields.get("description")
    if not isinstance(name, str) or not name.strip():
        raise invalid("Label", "name", "missing_field")
    if call.state.label(name):
        raise invalid("Label", "name", "already_exists")
    if not isinstance(color, str) or not _COLOR.fullmatch(color):
        raise invalid("Label", "color", "invalid")
    if description is not None and len(str(description)) > _LONGEST_DESCRIPTION:
        raise invalid("Label", "description", "custom", "description is too long (maximum is 100 characters)")
    label = Label(name, color.lower(), description)
    call.state.labels[name.lower()] = label
    call.state.tick()
    payload = payloads.label(label, call.state, call.urls)
    return Reply(payload, 201, {"Location": payload["url"]})


def get_label(call: Call) -> Reply:
    """One label."""
    access.read_issues(call)
    label = call.state.label(call.params["name"])
    if label is None:
        raise not_found()
    return Reply(payloads.label(label, call.state, call.urls))


def _wanted(issue: Issue, call: Call, state: str) -> bool:
    creator, assignee = call.query.get("creator"), call.query.get("assignee")
    since = _since(call)
    # A repository without issues still lists its pull requests.
    listed = call.state.repository.has_issues or issue.pull_request
    return (
        listed
        and state in ("all", issue.state)
        and _has_labels(issue, call.query.get("labels", ""))
        and creator in (None, issue.login)
        and (assignee in (None, "*") or assignee in issue.assignees)
        and (since is None or issue.updated_at >= since)
    )


def _has_labels(issue: Issue, wanted: str) -> bool:
    has = {name.lower() for name in issue.labels}
    return all(name.strip().lower() in has for name in wanted.split(",") if name.strip())


def _since(call: Call) -> datetime | None:
    text = call.query.get("since")
    if not text:
        return None
    try:
        return datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise invalid("Issue", "since", "invalid") from None


def _issue(call: Call) -> Issue:
    issue = call.state.issues.get(call.number("issue_number"))
    if issue is None:
        raise not_found()
    return issue


def _comment(call: Call) -> tuple[Issue, Comment]:
    number = call.number("comment_id")
    for issue in call.state.issues.values():
        for comment in issue.comments:
            if comment.id == number:
                return issue, comment
    raise not_found()


def _title(value: object) -> str:
    if value is None or not str(value).strip():
        raise invalid("Issue", "title", "missing_field")
    if len(str(value)) > _LONGEST_TITLE:
        raise invalid("Issue", "title", "custom", f"title is too long (maximum is {_LONGEST_TITLE} characters)")
    return str(value)


def _body(resource: str, value: object) -> str | None:
    if value is not None and not isinstance(value, str):
        raise invalid(resource, "body", "invalid")
    if value is not None and len(value) > _LONGEST_BODY:
        raise invalid(resource, "body", "custom", f"body is too long (maximum is {_LONGEST_BODY} characters)")
    return value


def _comment_body(call: Call) -> str:
    body = _body("IssueComment", call.fields.get("body"))
    if body is None or not body.strip():
        raise invalid("IssueComment", "body", "missing_field")
    return body


def _label_names(call: Call) -> list[str] | None:
    """The labels in the body, or None where it says nothing of them."""
    return None if call.fields.get("labels") is None else _names(call.fields["labels"])


def _sent_labels(call: Call) -> list[str]:
    # GitHub takes the list bare as well as under the key.
    return _names(call.body if isinstance(call.body, list) else call.fields.get("labels", []))


def _names(value: object) -> list[str]:
    if not isinstance(value, list):
        raise invalid("Issue", "labels", "invalid")
    names = [entry.get("name") if isinstance(entry, dict) else entry for entry in value]
    if not all(isinstance(name, str) and name.strip() for name in names):
        raise invalid("Label", "name", "missing_field")
    return [str(name) for name in names]


def _logins(call: Call) -> list[str] | None:
    value = call.fields.get("assignees")
    if value is None:
        one = call.fields.get("assignee")
        return None if one is None else [str(one)]
    if not isinstance(value, list):
        raise invalid("Issue", "assignees", "invalid")
    return [str(entry["login"] if isinstance(entry, dict) else entry) for entry in value]


def _can_be_assigned(call: Call, login: str) -> bool:
    account = call.state.accounts.get(login)
    return account is not None and account.kind == "User" and account.association in _MAY_BE_ASSIGNED


def _assignable(call: Call, logins: list[str] | None) -> None:
    for login in logins or []:
        if not _can_be_assigned(call, login):
            error = {"value": login, "resource": "Issue", "field": "assignees", "code": "invalid"}
            raise Refusal(422, "Validation Failed", errors=[error])


def _new_state(call: Call) -> tuple[str | None, str | None]:
    state, reason = call.fields.get("state"), call.fields.get("state_reason")
    if state not in (None, *_STATES):
        raise invalid("Issue", "state", "invalid")
    if reason not in (None, *_REASONS):
        raise invalid("Issue", "state_reason", "invalid")
    return state, reason


def _canonical(call: Call, reason: str | None) -> int | None:
    """The number of the issue that `duplicate_issue_id` names; GitHub ignores it with another reason."""
    wanted = call.fields.get("duplicate_issue_id")
    if wanted is None or reason != "duplicate":
        return None
    found = next((issue.number for issue in call.state.issues.values() if issue.id == wanted), None)
    if found is None:
        raise invalid("Issue", "duplicate_issue_id", "invalid")
    return found


def _relabel(call: Call, issue: Issue, token: Token, labels: list[str] | None, assignees: list[str] | None) -> None:
    if not token.labels:
        return
    if labels is not None:
        issue.labels = call.state.ensure_labels(labels)
    if assignees is not None:
        issue.assignees = list(dict.fromkeys(assignees))


def _move(call: Call, issue: Issue, state: str | None, reason: str | None) -> None:
    # A reason is heard only together with a state.
    if state == "closed":
        call.state.close(issue, Closing(issue.updated_at, call.login, reason or "completed"))
    elif state == "open" and issue.state == "closed":
        call.state.reopen(issue, issue.updated_at)
