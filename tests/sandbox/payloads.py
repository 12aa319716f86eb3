"""The JSON GitHub would send for each thing the server knows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from sandbox import identifiers
from sandbox.state import (
    Account,
    Annotation,
    Attempt,
    Comment,
    Commit,
    Fork,
    Issue,
    Label,
    ListedRepository,
    PlacedJob,
    Repository,
    Run,
    State,
    Step,
    Token,
    Workflow,
)

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Urls:
    """Where the server is, as the client that asks sees it."""

    api: str
    web: str


# What follows a repository's own address in each of its addresses.
_REPOSITORY_LINKS = {
    "archive_url": "{archive_format}{/ref}",
    "assignees_url": "assignees{/user}",
    "blobs_url": "git/blobs{/sha}",
    "branches_url": "branches{/branch}",
    "collaborators_url": "collaborators{/collaborator}",
    "comments_url": "comments{/number}",
    "commits_url": "commits{/sha}",
    "compare_url": "compare/{base}...{head}",
    "contents_url": "contents/{+path}",
    "contributors_url": "contributors",
    "deployments_url": "deployments",
    "downloads_url": "downloads",
    "events_url": "events",
    "forks_url": "forks",
    "git_commits_url": "git/commits{/sha}",
    "git_refs_url": "git/refs{/sha}",
    "git_tags_url": "git/tags{/sha}",
    "hooks_url": "hooks",
    "issue_comment_url": "issues/comments{/number}",
    "issue_events_url": "issues/events{/number}",
    "issues_url": "issues{/number}",
    "keys_url": "keys{/key_id}",
    "labels_url": "labels{/name}",
    "languages_url": "languages",
    "merges_url": "merges",
    "milestones_url": "milestones{/number}",
    "notifications_url": "notifications{?since,all,participating}",
    "pulls_url": "pulls{/number}",
    "releases_url": "releases{/id}",
    "stargazers_url": "stargazers",
    "statuses_url": "statuses/{sha}",
    "subscribers_url": "subscribers",
    "subscription_url": "subscription",
    "tags_url": "tags",
    "teams_url": "teams",
    "trees_url": "git/trees{/sha}",
}
_USER_LINKS = {
    "followers_url": "followers",
    "following_url": "following{/other_user}",
    "gists_url": "gists{/gist_id}",
    "starred_url": "starred{/owner}{/repo}",
    "subscriptions_url": "subscriptions",
    "organizations_url": "orgs",
    "repos_url": "repos",
    "events_url": "events{/privacy}",
    "received_events_url": "received_events",
}
_RUN_LINKS = ("jobs", "logs", "artifacts", "cancel", "rerun")
_REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")
_APP_ID = 15368


def stamp(moment: datetime) -> str:
    """A time as the API writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def _maybe(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment)


@lru_cache(maxsize=1024)
def user(account: Account, urls: Urls) -> JsonObject:
    """An account as it stands in other payloads."""
    login = quote(account.login, safe="", errors="replace")
    url = f"{urls.api}/users/{login}"
    page = f"apps/{account.login.removesuffix('[bot]')}" if account.kind == "Bot" else login
    return {
        "login": account.login,
        "id": account.id,
        "node_id": identifiers.node_id("U", account.id),
        "avatar_url": f"{urls.web}/avatars/u/{account.id}?v=4",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{urls.web}/{page}",
        **{key: f"{url}/{end}" for key, end in _USER_LINKS.items()},
        "type": account.kind,
        "user_view_type": "public",
        "site_admin": False,
    }


def signed_in_user(account: Account, urls: Urls) -> JsonObject:
    """The account whose token asks."""
    return user(account, urls) | {
        "name": account.name or None,
        "company": None,
        "blog": "",
        "location": None,
        "email": account.email or None,
        "hireable": None,
        "bio": None,
        "public_repos": 1,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": stamp(Repository.created_at),
        "updated_at": stamp(Repository.created_at),
    }


@lru_cache(maxsize=256)
def minimal_repository(repository: Repository, owner: Account, urls: Urls, *, fork: bool = False) -> JsonObject:
    """The repository as it stands in a run."""
    url = f"{urls.api}/repos/{repository.full_name}"
    return {
        "id": repository.id,
        "node_id": identifiers.node_id("R", repository.id),
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.private,
        "owner": user(owner, urls),
        "html_url": f"{urls.web}/{repository.full_name}",
        "description": repository.description,
        "fork": fork or repository.fork,
        "url": url,
        **{key: f"{url}/{end}" for key, end in _REPOSITORY_LINKS.items()},
    }


def repository(listed: ListedRepository, token: Token | None, urls: Urls) -> JsonObject:
    """The repository itself."""
    known = listed.repository
    page = f"{urls.web}/{known.full_name}"
    ssh = f"git@{urls.web.rpartition('/')[2].partition(':')[0]}:{known.full_name}.git"
    payload = minimal_repository(known, listed.owner, urls) | {
        "clone_url": f"{page}.git",
        "git_url": f"git:{page.partition(':')[2]}.git",
        "ssh_url": ssh,
        "svn_url": page,
        "mirror_url": None,
        "homepage": None,
        "language": "Python",
        "license": None,
        "topics": list(known.topics),
        "default_branch": known.default_branch,
        "visibility": "private" if known.private else "public",
        "archived": known.archived,
        "disabled": False,
        **{f"has_{what}": False for what in ("pages", "discussions", "downloads", "wiki", "projects")},
        "has_issues": known.has_issues,
        "open_issues": listed.open_issues,
        "open_issues_count": listed.open_issues,
        **dict.fromkeys(_NOBODY_COUNTS, 0),
        "created_at": stamp(known.created_at),
        "updated_at": stamp(listed.updated_at),
        "pushed_at": stamp(listed.pushed_at),
    }
    return payload if token is None else payload | {"permissions": _permissions(known, token)}


_NOBODY_COUNTS = (
    "forks",
    "forks_count",
    "stargazers_count",
    "watchers",
    "watchers_count",
    "size",
    "network_count",
    "subscribers_count",
)


def _permissions(known: Repository, token: Token) -> dict[str, bool]:
    writes = token.issues == "write" and token.labels
    usual = {"admin": False, "maintain": False, "push": writes, "triage": writes, "pull": True}
    return usual | dict(known.permissions)


def workflow(item: Workflow, state: State, urls: Urls) -> JsonObject:
    """An entry of the workflow list."""
    name = state.repository.full_name
    page = f"{urls.web}/{name}"
    # Dynamic workflows, such as Dependabot's, have no file to show.
    blob = f"blob/{state.repository.default_branch}" if item.path.startswith(".github/") else "actions"
    return {
        "id": item.id,
        "node_id": identifiers.node_id("W", state.repository.id, item.id),
        "name": item.name,
        "path": item.path,
        "state": item.state,
        "created_at": stamp(item.created_at),
        "updated_at": stamp(item.created_at),
        "url": f"{urls.api}/repos/{name}/actions/workflows/{item.id}",
        "html_url": f"{page}/{blob}/{item.path}",
        "badge_url": f"{page}/workflows/{quote(item.name, errors='replace')}/badge.svg",
    }


def run(item: Run, attempt: Attempt, state: State, urls: Urls, *, pull_requests: bool = True) -> JsonObject:
    """A run, as one of its attempts shows it."""
    base = f"{urls.api}/repos/{state.repository.full_name}"
    url = f"{base}/actions/runs/{item.id}"
    one_of_many = "" if attempt is item.last else f"/attempts/{attempt.number}"
    links = f"{url}{one_of_many}"
    return {
        "id": item.id,
        "name": item.name,
        "node_id": identifiers.node_id("WFR", state.repository.id, item.id),
        "head_branch": item.branch,
        "head_sha": item.commit.sha,
        "path": item.workflow.path,
        "display_title": item.title,
        "run_number": item.number,
        "event": item.event,
        "status": attempt.status,
        "conclusion": attempt.conclusion,
        "workflow_id": item.workflow.id,
        "check_suite_id": item.check_suite_id,
        "check_suite_node_id": identifiers.node_id("CS", state.repository.id, item.check_suite_id),
        "url": url,
        "html_url": f"{urls.web}/{state.repository.full_name}/actions/runs/{item.id}{one_of_many}",
        "pull_requests": _pull_requests(item, state, base) if pull_requests else [],
        "created_at": stamp(item.created_at),
        "updated_at": stamp(attempt.updated_at),
        "actor": user(state.account(item.actor), urls),
        "run_attempt": attempt.number,
        "referenced_workflows": [],
        "run_started_at": stamp(attempt.started_at),
        "triggering_actor": user(state.account(attempt.actor), urls),
        **{f"{name}_url": f"{links}/{name}" for name in _RUN_LINKS if name in ("jobs", "logs")},
        **{f"{name}_url": f"{url}/{name}" for name in _RUN_LINKS if name not in ("jobs", "logs")},
        "check_suite_url": f"{base}/check-suites/{item.check_suite_id}",
        "previous_attempt_url": f"{url}/attempts/{attempt.number - 1}" if attempt.number > 1 else None,
        "workflow_url": f"{base}/actions/workflows/{item.workflow.id}",
        "head_commit": _commit(item.commit, state),
        "repository": minimal_repository(state.repository, state.account(state.repository.owner), urls),
        "head_repository": _head_repository(item.fork, state, urls),
    }


def _commit(commit: Commit, state: State) -> JsonObject:
    author = {"name": state.account(commit.author).name or commit.author, "email": commit.email}
    return {
        "id": commit.sha,
        "tree_id": identifiers.digest("tree", commit.sha),
        "message": commit.message,
        "timestamp": stamp(commit.at),
        "author": author,
        "committer": author,
    }


def _head_repository(fork: Fork | None, state: State, urls: Urls) -> JsonObject | None:
    if fork is None:
        return minimal_repository(state.repository, state.account(state.repository.owner), urls)
    if fork.deleted:
        return None
    full_name = f"{fork.owner}/{state.repository.name}"
    number = identifiers.number("repository", full_name, start=100_000_000, span=900_000_000)
    return minimal_repository(Repository(full_name, number), state.account(fork.owner), urls, fork=True)


def _pull_requests(item: Run, state: State, base: str) -> list[JsonObject]:
    # GitHub leaves the list empty for pull requests that come from a fork.
    if item.pull_request is None or item.fork is not None:
        return []
    place = {"id": state.repository.id, "url": base, "name": state.repository.name}
    target = state.repository.default_branch
    return [
        {
            "id": 2_000_000_000 + item.pull_request,
            "number": item.pull_request,
            "url": f"{base}/pulls/{item.pull_request}",
            "head": {"ref": item.branch, "sha": item.commit.sha, "repo": place},
            "base": {"ref": target, "sha": identifiers.digest("base", target), "repo": place},
        }
    ]


def job(placed: PlacedJob, state: State, urls: Urls) -> JsonObject:
    """A job of a run."""
    item, of_run = placed.job, placed.run
    base = f"{urls.api}/repos/{state.repository.full_name}"
    started = item.status != "queued"
    return {
        "id": item.id,
        "run_id": of_run.id,
        "workflow_name": of_run.name,
        "head_branch": of_run.branch,
        "run_url": f"{base}/actions/runs/{of_run.id}",
        "run_attempt": placed.attempt.number,
        "node_id": identifiers.node_id("CR", state.repository.id, item.id),
        "head_sha": of_run.commit.sha,
        "url": f"{base}/actions/jobs/{item.id}",
        "html_url": _job_page(placed, state, urls),
        "status": item.status,
        "conclusion": item.conclusion,
        "created_at": stamp(item.created_at),
        "started_at": stamp(item.started_at),
        "completed_at": _maybe(item.completed_at),
        "name": item.name,
        "steps": [_step(step) for step in item.steps],
        "check_run_url": f"{base}/check-runs/{item.id}",
        "labels": [item.runner],
        "runner_id": item.id % 1000 + 1_000_000_000 if started else None,
        "runner_name": f"GitHub Actions {item.id % 1000 + 1_000_000_000}" if started else None,
        "runner_group_id": 0 if started else None,
        "runner_group_name": "GitHub Actions" if started else None,
    }


def _step(step: Step) -> JsonObject:
    return {
        "name": step.name,
        "status": step.status,
        "conclusion": step.conclusion,
        "number": step.number,
        "started_at": _maybe(step.started_at),
        "completed_at": _maybe(step.completed_at),
    }


def _job_page(placed: PlacedJob, state: State, urls: Urls) -> str:
    return f"{urls.web}/{state.repository.full_name}/actions/runs/{placed.run.id}/job/{placed.job.id}"


def check_run(placed: PlacedJob, state: State, urls: Urls) -> JsonObject:
    """A job again, as the checks API shows it."""
    item = placed.job
    url = f"{urls.api}/repos/{state.repository.full_name}/check-runs/{item.id}"
    page = _job_page(placed, state, urls)
    return {
        "id": item.id,
        "name": item.name,
        "node_id": identifiers.node_id("CR", state.repository.id, item.id),
        "head_sha": placed.run.commit.sha,
        "external_id": identifiers.digest("external", item.id)[:36],
        "url": url,
        "html_url": page,
        "details_url": page,
        "status": item.status,
        "conclusion": item.conclusion,
        "started_at": stamp(item.started_at),
        "completed_at": _maybe(item.completed_at),
        "output": {
            "title": None,
            "summary": None,
            "text": None,
            "annotations_count": len(item.annotations),
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": placed.run.check_suite_id},
        "app": _actions_app(state, urls),
        "pull_requests": [],
    }


def _actions_app(state: State, urls: Urls) -> JsonObject:
    owner = Account("github", "Organization")
    created = stamp(datetime.fromisoformat("2018-07-30T09:30:17Z"))
    return {
        "id": _APP_ID,
        "slug": "github-actions",
        "node_id": identifiers.node_id("A", _APP_ID),
        "owner": user(state.accounts.get("github", owner), urls),
        "name": "GitHub Actions",
        "description": "Automate your workflow from idea to production",
        "external_url": "https://help.github.com/en/actions",
        "html_url": f"{urls.web}/apps/github-actions",
        "created_at": created,
        "updated_at": created,
        "permissions": {"actions": "write", "checks": "write", "issues": "write", "metadata": "read"},
        "events": ["check_run", "check_suite", "workflow_dispatch"],
    }


def annotation(item: Annotation, placed: PlacedJob, state: State, urls: Urls) -> JsonObject:
    """An annotation of a check run."""
    sha = placed.run.commit.sha
    return {
        "path": item.path,
        "blob_href": f"{urls.web}/{state.repository.full_name}/blob/{sha}/{quote(item.path, errors='replace')}",
        "start_line": item.line,
        "start_column": None,
        "end_line": item.line,
        "end_column": None,
        "annotation_level": item.level,
        "title": item.title,
        "message": item.message,
        "raw_details": "",
    }


def label(item: Label, state: State, urls: Urls) -> JsonObject:
    """A label of the repository."""
    return {
        "id": item.id,
        "node_id": identifiers.node_id("LA", state.repository.id, item.id),
        "url": f"{urls.api}/repos/{state.repository.full_name}/labels/{quote(item.name, safe='')}",
        "name": item.name,
        "color": item.color,
        "default": False,
        "description": item.description,
    }


def labels(names: Iterable[str], state: State, urls: Urls) -> list[JsonObject]:
    """The labels of those names."""
    return [label(found, state, urls) for name in names if (found := state.label(name))]


def issue(item: Issue, state: State, urls: Urls) -> JsonObject:
    """An issue, or a pull request as the issue list shows it."""
    base = f"{urls.api}/repos/{state.repository.full_name}"
    url = f"{base}/issues/{item.number}"
    kind = "pull" if item.pull_request else "issues"
    page = f"{urls.web}/{state.repository.full_name}/{kind}/{item.number}"
    assignees = [user(state.account(login), urls) for login in item.assignees]
    payload = {
        "id": item.id,
        "node_id": identifiers.node_id("PR" if item.pull_request else "I", state.repository.id, item.id),
        "url": url,
        "repository_url": base,
        "labels_url": f"{url}/labels{{/name}}",
        "comments_url": f"{url}/comments",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "html_url": page,
        "number": item.number,
        "state": item.state,
        "state_reason": item.state_reason,
        "title": item.title,
        "body": item.body,
        "user": user(state.account(item.login), urls),
        "labels": labels(item.labels, state, urls),
        "assignee": assignees[0] if assignees else None,
        "assignees": assignees,
        "milestone": None,
        "locked": False,
        "active_lock_reason": None,
        "comments": len(item.comments),
        "created_at": stamp(item.created_at),
        "updated_at": stamp(item.updated_at),
        "closed_at": _maybe(item.closed_at),
        "author_association": item.author_association,
        "closed_by": user(state.account(item.closed_by), urls) if item.closed_by else None,
        "performed_via_github_app": None,
        "reactions": _reactions(url),
        "type": _issue_type(item),
    }
    return payload | {"pull_request": _pull_links(item, base, page)} if item.pull_request else payload


def _issue_type(item: Issue) -> JsonObject | None:
    if not item.issue_type:
        return None
    number = identifiers.number("type", item.issue_type, start=1, span=1_000_000)
    return {
        "id": number,
        "node_id": identifiers.node_id("IT", number),
        "name": item.issue_type,
        "description": None,
        "is_enabled": True,
    }


def _pull_links(item: Issue, base: str, page: str) -> JsonObject:
    return {
        "url": f"{base}/pulls/{item.number}",
        "html_url": page,
        "diff_url": f"{page}.diff",
        "patch_url": f"{page}.patch",
        "merged_at": None,
    }


def _reactions(url: str) -> JsonObject:
    return {"url": f"{url}/reactions", "total_count": 0, **dict.fromkeys(_REACTIONS, 0)}


def comment(item: Comment, of_issue: Issue, state: State, urls: Urls) -> JsonObject:
    """A comment of an issue."""
    base = f"{urls.api}/repos/{state.repository.full_name}/issues"
    url = f"{base}/comments/{item.id}"
    page = f"{urls.web}/{state.repository.full_name}/issues/{of_issue.number}"
    author = state.account(item.login)
    return {
        "id": item.id,
        "node_id": identifiers.node_id("IC", state.repository.id, item.id),
        "url": url,
        "html_url": f"{page}#issuecomment-{item.id}",
        "issue_url": f"{base}/{of_issue.number}",
        "body": item.body,
        "user": user(author, urls),
        "created_at": stamp(item.created_at),
        "updated_at": stamp(item.updated_at),
        "author_association": author.association,
        "performed_via_github_app": None,
        "reactions": _reactions(url),
    }
