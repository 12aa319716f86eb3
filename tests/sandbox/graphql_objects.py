"""What GraphQL shows of the repository: its refs, commits, check suites, and how its issues were closed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo

from sandbox import access, check_suites, git, issue_search, payloads
from sandbox.call import Call, JsonObject, Refusal
from sandbox.identifiers import node_id, number, numbers_in
from sandbox.state import Closing, Commit, Issue, Run, State, Workflow

_Info = GraphQLResolveInfo[Any]
_Shown = Callable[[Any], JsonObject]
_LARGEST_PAGE = 100


def repository(call: Call) -> JsonObject:
    """What is in the repository but for its objects."""
    known = call.state.repository
    return {
        "defaultBranchRef": lambda _info: _ref(_contents(call), f"heads/{known.default_branch}", call),
        "ref": lambda _info, qualifiedName: _ref(_contents(call), qualifiedName, call),  # noqa: N803 - the schema's name
        "refs": lambda _info, **asked: _refs(_contents(call), asked, call),
        "issue": lambda _info, number: _issue(number, call),
        "issues": lambda _info, **asked: _issues(asked, call),
    }


def commit(item: Commit, call: Call) -> JsonObject:
    """A commit, with what it contains and the check suites on it."""
    person = "@" not in item.author

    def history(_info: _Info, first: int = 30, since: str | None = None) -> JsonObject:
        found = git.history(call.state, item.sha) or []
        if since is not None:
            found = [one for one in found if one.at >= datetime.fromisoformat(since)]
        return {
            "totalCount": len(found),
            "nodes": [commit(one, call) for one in found[:first]],
            "pageInfo": {"hasNextPage": len(found) > first},
        }

    def suites(_info: _Info, **asked: Any) -> JsonObject:
        runs = [run for run in reversed(call.state.runs) if run.commit.sha == item.sha and not run.fork]
        return connection("checkSuites", runs, asked, lambda run: _suite_of(run, call))

    return {
        "__typename": "Commit",
        "oid": item.sha,
        "messageHeadline": item.message.partition("\n")[0],
        "committedDate": payloads.stamp(item.at),
        "author": {"name": item.author, "user": {"login": item.author} if person else None},
        "associatedPullRequests": lambda _info, **asked: _pull_requests(item, asked, call),
        "history": history,
        "checkSuites": suites,
    }


def _pull_requests(item: Commit, asked: JsonObject, call: Call) -> JsonObject:
    """The pull request that a commit came with, for who may see it."""
    if call.state.repository.private and (call.token is None or call.token.pull_requests == "none"):
        raise GraphQLError("Resource not accessible by integration", extensions={"type": "FORBIDDEN"})

    def shown(pull: tuple[int, str]) -> JsonObject:
        account = call.state.account(pull[1])
        return {
            "__typename": "PullRequest",
            "id": node_id("PR", call.state.repository.id, pull[0]),
            "number": pull[0],
            "author": {"__typename": account.kind, "login": account.login.removesuffix("[bot]")},
            "baseRefName": call.state.repository.default_branch,
            "mergeCommit": None,
        }

    return connection("associatedPullRequests", [item.pull_request] if item.pull_request else [], asked, shown)


def suite(run: Run | None, asked: str, call: Call) -> JsonObject | GraphQLError | None:
    """The check suite of a run by its node id, or an error."""
    found = check_suites.suite(run, asked, call)
    return {**found, **_about(run, call)} if isinstance(found, dict) and run else found


def _suite_of(run: Run, call: Call) -> JsonObject:
    name = node_id("CS", call.state.repository.id, run.check_suite_id)
    found = suite(run, name, call)
    if isinstance(found, dict):
        return found
    raise found or GraphQLError("there is no such check suite")


def _about(run: Run, call: Call) -> JsonObject:
    """What a check suite says of its run."""
    return {
        "databaseId": run.check_suite_id,
        "status": run.status.upper(),
        "conclusion": run.conclusion.upper() if run.conclusion else None,
        "createdAt": payloads.stamp(run.created_at),
        "updatedAt": payloads.stamp(run.last.updated_at),
        "branch": lambda _info: _ref(call.state, run.branch or "", call),
        "commit": lambda _info: commit(run.commit, call),
        "workflowRun": _workflow_run(run, call),
    }


def _workflow_run(run: Run, call: Call) -> JsonObject:
    return {
        "__typename": "WorkflowRun",
        "id": node_id("WFR", call.state.repository.id, run.id),
        "databaseId": run.id,
        "event": run.event,
        "runNumber": run.number,
        "createdAt": payloads.stamp(run.created_at),
        "updatedAt": payloads.stamp(run.last.updated_at),
        "checkSuite": lambda _info: _suite_of(run, call),
        "url": f"{call.urls.web}/{call.state.repository.full_name}/actions/runs/{run.id}",
        "workflow": lambda _info: workflow(run.workflow, call),
    }


def node(asked: str, call: Call) -> JsonObject | GraphQLError | None:
    """What a node id names: a workflow, a run or a check suite, in a repository that the token may see."""
    place, *_ = *numbers_in(asked), 0
    state = call.host.find_number(place)
    if state is None or access.hidden(state.repository, call):
        return suite(None, asked, call)
    call = call.about(state)
    workflows = {node_id("W", place, one.id): one for one in call.state.workflows}
    runs = {node_id("WFR", place, one.id): one for one in call.state.runs}
    suites = check_suites.by_node_id(call.state)
    if asked in workflows:
        return workflow(workflows[asked], call)
    return _workflow_run(runs[asked], call) if asked in runs else suite(suites.get(asked), asked, call)


def workflow(item: Workflow, call: Call) -> JsonObject:
    """A workflow with its runs, the newest first, those of pull requests and of forks among them."""

    def runs(_info: _Info, **asked: Any) -> JsonObject:
        found = [run for run in reversed(call.state.runs) if run.workflow.id == item.id]
        found.sort(key=lambda run: run.created_at, reverse=True)
        return connection("runs", found, asked, lambda run: _workflow_run(run, call))

    return {
        "__typename": "Workflow",
        "id": node_id("W", call.state.repository.id, item.id),
        "databaseId": item.id,
        "name": item.name,
        "state": item.state.upper(),
        "runs": runs,
    }


# --- refs ----------------------------------------------------------------------------------------


def _contents(call: Call) -> State:
    """The state, for who may see the contents of the repository."""
    if call.state.repository.private and (call.token is None or call.token.contents == "none"):
        raise GraphQLError("Resource not accessible by integration", extensions={"type": "FORBIDDEN"})
    return call.state


def _ref(state: State, name: str, call: Call) -> JsonObject | None:
    found = git.find_ref(state, name)
    return _shown_ref(found, call) if found else None


def _refs(state: State, asked: JsonObject, call: Call) -> JsonObject:
    prefix, query = asked.pop("refPrefix"), asked.pop("query", None) or ""
    order = asked.pop("orderBy", None) or {"field": "ALPHABETICAL", "direction": "ASC"}
    found = [ref for ref in git.refs(state) if f"refs/{ref.name}".startswith(prefix) and query in ref.name]
    if order["field"] == "TAG_COMMIT_DATE":
        found.sort(key=lambda ref: ref.commit.at)
    if order["direction"] == "DESC":
        found.reverse()
    return connection("refs", found, asked, lambda ref: _shown_ref(ref, call))


def _shown_ref(ref: git.GitRef, call: Call) -> JsonObject:
    kind, _, name = ref.name.partition("/")
    return {
        "id": node_id("REF", call.state.repository.id, number("ref", ref.name, start=1, span=10**9)),
        "name": name,
        "prefix": f"refs/{kind}/",
        "target": lambda _info: commit(ref.commit, call),
        "compare": lambda _info, headRef: _comparison(ref.name, headRef, call),  # noqa: N803 - the schema's name
    }


def _comparison(base: str, head: str, call: Call) -> JsonObject | None:
    found = git.compare(call.state, base, head)
    if found is None:
        return None

    def commits(_info: _Info, **asked: Any) -> JsonObject:
        return connection("commits", found.ahead[::-1], asked, lambda one: commit(one, call))

    return {
        "id": node_id("CMP", number(found.base.sha, found.head.sha, start=1, span=10**9)),
        "aheadBy": len(found.ahead),
        "behindBy": len(found.behind),
        "status": found.status.upper(),
        "commits": commits,
    }


# --- issues --------------------------------------------------------------------------------------


_ISSUE_ORDERS: dict[str, Callable[[Issue], tuple[object, ...]]] = {
    "COMMENTS": lambda issue: (len(issue.comments), issue.number),
    "CREATED_AT": lambda issue: (issue.created_at, issue.number),
    "UPDATED_AT": lambda issue: (issue.updated_at, issue.number),
}


def _may_read_issues(call: Call) -> None:
    """Refuse who may not read issues, as GraphQL does."""
    try:
        access.read_issues(call)
    except Refusal as refusal:
        raise GraphQLError(refusal.message, extensions={"type": "FORBIDDEN"}) from None


def _actor(login: str, call: Call) -> JsonObject:
    """An account as GraphQL shows it: the login of a bot without what REST adds to it."""
    account = call.state.account(login)
    return {"__typename": account.kind, "login": account.login.removesuffix("[bot]")}


def _issue(asked: int, call: Call) -> JsonObject:
    _may_read_issues(call)
    issue = call.state.issues.get(asked)
    if issue is None or issue.pull_request:
        what = f"Could not resolve to an Issue with the number of {asked}."
        raise GraphQLError(what, extensions={"type": "NOT_FOUND"})
    return _shown_issue(issue, call)


def _issues(asked: JsonObject, call: Call) -> JsonObject:
    _may_read_issues(call)
    labels, states = asked.pop("labels", None), asked.pop("states", None)
    order = asked.pop("orderBy", None) or {"field": "CREATED_AT", "direction": "ASC"}
    names = None if labels is None else {name.lower() for name in labels}
    found = [
        issue
        for issue in call.state.issues.values()
        if not issue.pull_request
        and (states is None or issue.state.upper() in states)
        and (names is None or names & {name.lower() for name in issue.labels})
    ]
    found.sort(key=_ISSUE_ORDERS[order["field"]], reverse=order["direction"] == "DESC")
    if not asked:  # only who asks for nodes has to say how many
        return {"totalCount": len(found)}
    return connection("issues", found, asked, lambda one: _shown_issue(one, call))


def search(text: str, asked: JsonObject, call: Call) -> JsonObject:
    """The issues that a search finds; pull requests are left out."""
    found = [pair for pair in issue_search.found(call, text) if not pair[1].pull_request]
    shown = connection("search", found, asked, lambda pair: _shown_issue(pair[1], pair[0]))
    return {
        "issueCount": shown["totalCount"],
        "repositoryCount": 0,
        "nodes": shown["nodes"],
        "pageInfo": shown["pageInfo"],
    }


def _label(name: str, call: Call) -> JsonObject:
    label = call.state.label(name)
    color = label.color if label else "ededed"
    return {
        "id": node_id("LA", call.state.repository.id, number("label", name, start=1, span=10**9)),
        "name": name,
        "color": color,
    }


def _shown_issue(issue: Issue, call: Call) -> JsonObject:
    page = f"{call.urls.web}/{call.state.repository.full_name}/issues/{issue.number}"

    def reason(_info: _Info, enableDuplicate: bool = False) -> str | None:  # noqa: N803 - the schema's name
        hidden = issue.state_reason == "duplicate" and not enableDuplicate
        return "NOT_PLANNED" if hidden else issue.state_reason.upper() if issue.state_reason else None

    return {
        "__typename": "Issue",
        "url": page,
        "body": issue.body or "",
        "createdAt": payloads.stamp(issue.created_at),
        "updatedAt": payloads.stamp(issue.updated_at),
        "stateReason": reason,
        "author": _actor(issue.login, call),
        "editor": _actor(issue.editor, call) if issue.editor else None,
        "lastEditedAt": payloads.stamp(issue.edited_at) if issue.edited_at else None,
        "authorAssociation": issue.author_association,
        "labels": lambda _info, **asked: connection("labels", issue.labels, asked, lambda one: _label(one, call)),
        "id": node_id("I", call.state.repository.id, issue.id),
        "databaseId": issue.id,
        "fullDatabaseId": str(issue.id),
        "number": issue.number,
        "title": issue.title,
        "state": issue.state.upper(),
        "closedAt": payloads.stamp(issue.closed_at) if issue.closed_at else None,
        "timelineItems": lambda _info, **asked: _timeline(issue, asked, call),
    }


def _timeline(issue: Issue, asked: JsonObject, call: Call) -> JsonObject:
    """The events of an issue, of which there are the closings alone."""
    asked.pop("itemTypes", None)
    return connection("timelineItems", issue.closings, asked, lambda one: _closed_event(one, issue, call))


def _closed_event(closing: Closing, issue: Issue, call: Call) -> JsonObject:
    kind = call.state.account(closing.login).kind if closing.login else "User"
    return {
        "__typename": "ClosedEvent",
        "id": node_id("CE", issue.id, number(closing.at, start=1, span=10**9)),
        "actor": {"__typename": kind, "login": closing.login} if closing.login else None,
        "closer": commit(closing.closer, call) if closing.closer else None,
        "createdAt": payloads.stamp(closing.at),
        "stateReason": closing.reason.upper(),
    }


# --- pages ---------------------------------------------------------------------------------------


def connection(name: str, items: Sequence[Any], asked: JsonObject, shown: _Shown) -> JsonObject:
    """The items between the cursors, which are their places."""
    first, last = asked.get("first"), asked.get("last")
    for argument, many in (("first", first), ("last", last)):
        if many is not None and many > _LARGEST_PAGE:
            limit = f"the `{argument}` limit of {_LARGEST_PAGE} records"
            what = f"Requesting {many} records on the `{name}` connection exceeds {limit}."
            raise GraphQLError(what, extensions={"type": "EXCESSIVE_PAGINATION"})
    if first is None and last is None:
        what = f"You must provide a `first` or `last` value to properly paginate the `{name}` connection."
        raise GraphQLError(what, extensions={"type": "MISSING_PAGINATION_BOUNDARIES"})
    start = int(asked.get("after") or 0)
    end = len(items) if first is None else min(len(items), start + first)
    start = start if last is None else max(start, end - last)
    page = {
        "hasNextPage": end < len(items),
        "hasPreviousPage": start > 0,
        "startCursor": str(start + 1) if start < end else None,
        "endCursor": str(end) if start < end else None,
    }
    return {"totalCount": len(items), "nodes": [shown(one) for one in items[start:end]], "pageInfo": page}
