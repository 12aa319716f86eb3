"""The table of REST routes, and the few that are about the repository or the one who asks."""

from collections.abc import Callable

from starlette.routing import Route

from sandbox import access, actions, artifacts, git_routes, issue_search, issues, payloads, repository_lists
from sandbox.call import Call, Refusal, Reply

Handler = Callable[[Call], Reply]

_REPOSITORY = "/repos/{owner}/{repo}"
_BY_NUMBER = "/repositories/{repository_id}"


def get_repository(call: Call) -> Reply:
    """The repository."""
    return Reply(payloads.repository(call.state.listed, call.token, call.urls))


def get_user(call: Call) -> Reply:
    """Who asks; an app's token is nobody to this route."""
    token = access.authenticated(call)
    if token.installation:
        raise Refusal(403, "Resource not accessible by integration")
    return Reply(payloads.signed_in_user(call.host.account(token.login), call.urls))


def get_permission(call: Call) -> Reply:
    """What a person may do in the repository. A bot is no user; a stranger may read what is public."""
    access.authenticated(call)
    account = call.state.accounts.get(call.params["username"])
    if account is None or account.kind == "Bot":
        raise Refusal(404, f"{call.params['username']} is not a user")
    permission = account.permission
    if permission == "read" and account.association == "NONE" and call.state.repository.private:
        permission = "none"
    return Reply(
        {
            "permission": permission,
            "role_name": permission,
            "user": {**payloads.user(account, call.urls), "role_name": permission},
        }
    )


# Method, path under the API's address, handler.
TABLE: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "/user", get_user),
    ("GET", "/user/repos", repository_lists.list_own_repositories),
    ("GET", "/users/{username}/repos", repository_lists.list_user_repositories),
    ("GET", "/orgs/{org}/repos", repository_lists.list_organisation_repositories),
    ("GET", "/installation/repositories", repository_lists.list_installation_repositories),
    ("GET", "/search/issues", issue_search.search_issues),
    ("GET", _REPOSITORY, get_repository),
    ("GET", f"{_REPOSITORY}/actions/workflows", actions.list_workflows),
    ("GET", f"{_REPOSITORY}/actions/workflows/{{workflow_id}}", actions.get_workflow),
    ("GET", f"{_REPOSITORY}/actions/workflows/{{workflow_id}}/runs", actions.list_workflow_runs),
    ("GET", f"{_REPOSITORY}/actions/runs", actions.list_runs),
    ("GET", f"{_REPOSITORY}/actions/runs/{{run_id}}", actions.get_run),
    ("GET", f"{_REPOSITORY}/actions/runs/{{run_id}}/jobs", actions.list_jobs),
    ("GET", f"{_REPOSITORY}/actions/runs/{{run_id}}/artifacts", artifacts.list_artifacts),
    ("GET", f"{_REPOSITORY}/actions/artifacts/{{artifact_id}}/{{archive_format}}", artifacts.download),
    ("POST", f"{_REPOSITORY}/actions/runs/{{run_id}}/rerun-failed-jobs", actions.rerun_failed_jobs),
    ("GET", f"{_REPOSITORY}/actions/runs/{{run_id}}/attempts/{{attempt_number}}", actions.get_attempt),
    (
        "GET",
        f"{_REPOSITORY}/actions/runs/{{run_id}}/attempts/{{attempt_number}}/jobs",
        actions.list_attempt_jobs,
    ),
    ("GET", f"{_REPOSITORY}/actions/jobs/{{job_id}}", actions.get_job),
    ("GET", f"{_REPOSITORY}/actions/jobs/{{job_id}}/logs", actions.job_log),
    ("GET", f"{_REPOSITORY}/check-runs/{{check_run_id}}/annotations", actions.list_annotations),
    ("GET", f"{_REPOSITORY}/git/matching-refs/{{ref:path}}", git_routes.list_matching_refs),
    ("GET", f"{_REPOSITORY}/git/ref/{{ref:path}}", git_routes.get_ref),
    ("GET", f"{_REPOSITORY}/compare/{{basehead:path}}", git_routes.compare),
    ("GET", f"{_REPOSITORY}/commits/{{ref:path}}/check-runs", actions.list_commit_check_runs),
    ("GET", f"{_REPOSITORY}/commits/{{ref:path}}", git_routes.get_commit),
    ("GET", f"{_REPOSITORY}/check-suites/{{check_suite_id}}/check-runs", actions.list_suite_check_runs),
    ("GET", f"{_REPOSITORY}/issues", issues.list_issues),
    ("POST", f"{_REPOSITORY}/issues", issues.create_issue),
    ("PATCH", f"{_REPOSITORY}/issues/comments/{{comment_id}}", issues.edit_comment),
    ("GET", f"{_REPOSITORY}/issues/{{issue_number}}", issues.get_issue),
    ("PATCH", f"{_REPOSITORY}/issues/{{issue_number}}", issues.edit_issue),
    ("GET", f"{_REPOSITORY}/issues/{{issue_number}}/comments", issues.list_comments),
    ("POST", f"{_REPOSITORY}/issues/{{issue_number}}/comments", issues.create_comment),
    ("POST", f"{_REPOSITORY}/issues/{{issue_number}}/labels", issues.add_labels),
    ("PUT", f"{_REPOSITORY}/issues/{{issue_number}}/labels", issues.set_labels),
    ("POST", f"{_REPOSITORY}/issues/{{issue_number}}/assignees", issues.add_assignees),
    ("GET", f"{_REPOSITORY}/collaborators/{{username}}/permission", get_permission),
    ("GET", f"{_REPOSITORY}/labels", issues.list_labels),
    ("POST", f"{_REPOSITORY}/labels", issues.create_label),
    ("GET", f"{_REPOSITORY}/labels/{{name:path}}", issues.get_label),
)


def routes(serve: Callable[[Handler], Callable[..., object]]) -> list[Route]:
    """The routes, each handler made into an endpoint by `serve`; a renamed repository is reached by its number."""
    moved = ((method, path.replace(_REPOSITORY, _BY_NUMBER, 1), handler) for method, path, handler in TABLE)
    every = dict.fromkeys((*TABLE, *moved))
    return [Route(path, serve(handler), methods=[method]) for method, path, handler in every]
