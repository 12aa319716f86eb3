"""Looks at many repositories in one request: their newest commits with the runs on them, tags and issues."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise

from ci_failure_tracker.errors import (
    BadTokenError,
    RequestsSpentError,
    TokenNeededError,
    TrackerError,
    UnansweredError,
)
from ci_failure_tracker.github import answers
from ci_failure_tracker.github.client import Endpoints, MeteredRequester, translated
from ci_failure_tracker.github.fields import Fields, FormError, items, moment, nullable, optional, required
from ci_failure_tracker.github.queries import ask_graphql
from ci_failure_tracker.github.side_by_side import each_of
from ci_failure_tracker.model import KNOWN_ISSUE
from ci_failure_tracker.model.refs import is_on
from ci_failure_tracker.model.screening import (
    ScreeningQuery,
    SeenCommit,
    SeenIssues,
    SeenRef,
    SeenRepository,
    SeenSuite,
)

MOST_SUITES, MOST_TAGS, MOST_BRANCHES, MOST_ISSUES = 50, 10, 50, 5
"""What is looked at: the newest check suites of a commit, the newest tags, branches that globs may match, and the
issues that changed last. One issue would do, but for two that change in the same second.
"""

_MOST_TOGETHER, _MOST_COMMITS = 50, 500
"""Repositories of a request, and commits of their branches. How long GitHub takes depends on the commits."""

_DOING = "screen repositories"
_NOTHING_SHOWN = "GitHub shows nothing of it"
_TAG = "refs/tags/"

_SUITE = """status conclusion createdAt updatedAt branch { name }
      workflowRun { runNumber event workflow { databaseId state } }"""
_NEWEST_TAGS = f'refPrefix: "{_TAG}", orderBy: {{field: TAG_COMMIT_DATE, direction: DESC}}, first: {MOST_TAGS}'
_BRANCHES = f'refPrefix: "refs/heads/", first: {MOST_BRANCHES}'
_LAST_CHANGED = f"first: {MOST_ISSUES}, orderBy: {{field: UPDATED_AT, direction: DESC}}"
_CHANGES = "totalCount nodes { number updatedAt }"
_FRAGMENTS = f"""
fragment runs on Commit {{
  oid
  checkSuites(last: {MOST_SUITES}) {{ totalCount nodes {{ {_SUITE} }} }}
}}
fragment branch on Ref {{ name target {{ ... on Commit {{ history(first: $commits) {{ nodes {{ ...runs }} }} }} }} }}
fragment newest on Ref {{ name target {{ oid ...runs ... on Tag {{ target {{ ...runs }} }} }} }}"""
_ISSUES = f"""tracked: issues(labels: [$label], {_LAST_CHANGED}) {{ {_CHANGES} }}
  open: issues(labels: [$label], states: [OPEN]) {{ totalCount }}
  known: issues(labels: ["{KNOWN_ISSUE}"], states: [OPEN], {_LAST_CHANGED}) {{ {_CHANGES} }}"""


class ScreeningQueries:
    """Sends the queries of a screening. What fails for one repository, or for one request, leaves the others alone."""

    def __init__(self, requester: MeteredRequester, endpoints: Endpoints) -> None:
        """Send no request yet."""
        self._requester = requester
        self._endpoints = endpoints
        self._requests = 0

    @property
    def requests(self) -> int:
        """The requests that were sent, each counted once however often it was tried."""
        return self._requests

    def look(self, names: Sequence[str], asked: ScreeningQuery) -> Mapping[str, SeenRepository | str]:
        """What each repository shows, by its name; or why it does not show all that was asked for.

        A request that GitHub does not answer, because it took too long, is sent again in two halves.

        Raises:
            BadTokenError: GitHub refuses the token.
        """
        commits = asked.commits + (MOST_BRANCHES if asked.patterns else 0)
        together = max(1, min(_MOST_TOGETHER, _MOST_COMMITS // commits))
        seen: dict[str, SeenRepository | str] = {}
        # The time that GitHub takes grows with the repositories of a request, and ends at ten seconds.
        halves: list[Sequence[str]] = []
        for part, result in self._each(_parts(names, together), asked):
            if isinstance(result, UnansweredError) and len(part) > 1:
                halves += _parts(part, (len(part) + 1) // 2)
            else:
                seen |= _results(part, result)
        for part, result in self._each(halves, asked):
            seen |= _results(part, result)
        # What the budget was not enough for was not looked at.
        return {name: seen.get(name, "the requests are used up") for name in names}

    def _each(
        self, parts: Sequence[Sequence[str]], asked: ScreeningQuery
    ) -> Sequence[tuple[Sequence[str], Mapping[str, SeenRepository | str] | TrackerError]]:
        read = list(each_of(parts, partial(self._together, asked=asked), self._requester.budget, kept=0.0))
        self._requests += sum(not isinstance(result, RequestsSpentError) for _, result in read)
        return read

    def _together(self, names: Sequence[str], asked: ScreeningQuery) -> Mapping[str, SeenRepository | str]:
        query, variables = _query(names, asked)
        with translated(_DOING, "contents: read"):
            answer = ask_graphql(self._requester, self._endpoints, query, variables)
            data, hidden = answers.data_of(answer), _hidden(answer)
            why = hidden.get("", "")
            if data is None and why and not _is_spent(answer):
                raise UnansweredError(why)
            if data is None or why:
                return dict.fromkeys(names, why or next(iter(hidden.values()), _NOTHING_SHOWN))
            keys = {name: f"r{place}" for place, name in enumerate(names)}
            return {name: hidden.get(key) or _read(data, key, name, asked) for name, key in keys.items()}


def _parts(names: Sequence[str], many: int) -> Sequence[Sequence[str]]:
    return [tuple(names[start : start + many]) for start in range(0, len(names), many)]


def _results(
    part: Sequence[str], result: Mapping[str, SeenRepository | str] | TrackerError
) -> Mapping[str, SeenRepository | str]:
    """What was seen of each repository of a request.

    Raises:
        BadTokenError: GitHub refuses the token.
    """
    if isinstance(result, BadTokenError | TokenNeededError):
        raise result
    return dict.fromkeys(part, result.what) if isinstance(result, TrackerError) else result


def _query(names: Sequence[str], asked: ScreeningQuery) -> tuple[str, Mapping[str, object]]:
    """The query about these repositories, with its variables."""
    variables: dict[str, object] = {"label": asked.label, "commits": asked.commits}
    variables |= {f"f{place}": ref for place, ref in enumerate(asked.refs)}
    for place, name in enumerate(names):
        variables[f"r{place}o"], _, variables[f"r{place}n"] = name.partition("/")
    declared = ", ".join(f"${name}: {'Int' if name == 'commits' else 'String'}!" for name in variables)
    each = " ".join(
        f"r{place}: repository(owner: $r{place}o, name: $r{place}n) {{ ...seen }}" for place in range(len(names))
    )
    refs = " ".join(
        f"f{place}: ref(qualifiedName: $f{place}) {{ ...{'newest' if ref.startswith(_TAG) else 'branch'} }}"
        for place, ref in enumerate(asked.refs)
    )
    is_tag = asked.tags or asked.patterns or any(ref.startswith(_TAG) for ref in asked.refs)
    fragments = _FRAGMENTS if is_tag else _FRAGMENTS.partition("fragment newest")[0]  # GraphQL refuses an unused one
    seen = f"""
fragment seen on Repository {{
  id nameWithOwner hasIssuesEnabled
  folder: object(expression: "HEAD:.github/workflows") {{ oid }}
  defaultBranchRef {{ ...branch }}
  {refs}
  {f"tags: refs({_NEWEST_TAGS}) {{ totalCount nodes {{ ...newest }} }}" if asked.tags else ""}
  {f"branches: refs({_BRANCHES}) {{ totalCount nodes {{ ...newest }} }}" if asked.patterns else ""}
  {_ISSUES}
}}"""
    return f"query({declared}) {{ {each} }}{seen}{fragments}", variables


def _is_spent(answer: Fields) -> bool:
    return any(kind == "RATE_LIMITED" for kind, _ in answers.errors(answer))


def _hidden(answer: Fields) -> Mapping[str, str]:
    """Why parts of the answer are not there, by the key of the repository; under no key stands what is about all."""
    hidden: dict[str, str] = {}
    for error, (_, message) in zip(optional(answer, "errors", list) or (), answers.errors(answer), strict=True):
        path = error.get("path")
        key = str(path[0]) if isinstance(path, list) and path else ""
        hidden.setdefault(key, f"GitHub says: {message[:500]}")
    return hidden


# --- what an answer shows ------------------------------------------------------------------------


def _read(data: Fields, key: str, name: str, asked: ScreeningQuery) -> SeenRepository | str:
    """A repository, or why it does not show all that was asked for."""
    try:
        node = nullable(data, key, dict)
        return _NOTHING_SHOWN if node is None else _too_many(node, asked) or _repository(node, asked)
    except FormError as error:
        return f"GitHub's answer about {name} has an unexpected form: {error}"


def _repository(node: Fields, asked: ScreeningQuery) -> SeenRepository:
    default_branch = nullable(node, "defaultBranchRef", dict)
    tags = required(node, "tags", dict) if asked.tags else {"totalCount": 0, "nodes": []}
    named = (_ref(node, f"f{place}", ref) for place, ref in enumerate(asked.refs))
    return SeenRepository(
        name=required(node, "nameWithOwner", str),
        id=required(node, "id", str),
        default_branch=SeenRef("") if default_branch is None else _branch(default_branch),
        refs=(*named, *_matching(node, asked.patterns)),
        tags=tuple(map(_commit_of, items(tags, "nodes"))),
        tag_count=required(tags, "totalCount", int),
        tracked=_issues(required(node, "tracked", dict)),
        open_issues=required(required(node, "open", dict), "totalCount", int),
        known=_issues(required(node, "known", dict)),
        has_issues=required(node, "hasIssuesEnabled", bool),
        has_workflows=nullable(node, "folder", dict) is not None,
    )


def _too_many(node: Fields, asked: ScreeningQuery) -> str:
    """That there are more branches than are shown."""
    count = required(required(node, "branches", dict), "totalCount", int) if asked.patterns else 0
    return f"it has {count:,} branches, and {MOST_BRANCHES} are looked at" if count > MOST_BRANCHES else ""


def _matching(node: Fields, patterns: Sequence[str]) -> Iterator[SeenRef]:
    """The branches that the globs match, each with its newest commit."""
    shown = items(required(node, "branches", dict), "nodes") if patterns else ()
    for ref in map(_commit_of, shown):
        if any(is_on(ref.name, pattern) for pattern in patterns):
            yield ref


def _ref(node: Fields, key: str, ref: str) -> SeenRef:
    shown = nullable(node, key, dict)
    return SeenRef(ref) if shown is None else _commit_of(shown) if ref.startswith(_TAG) else _branch(shown)


def _branch(ref: Fields) -> SeenRef:
    history = required(required(ref, "target", dict), "history", dict)
    return SeenRef(required(ref, "name", str), tuple(map(_commit, items(history, "nodes"))))


def _commit_of(ref: Fields) -> SeenRef:
    """A tag or branch with the commit that it points to.

    A tag that points to a file, or to another tag, has only its own hash.
    """
    target = required(ref, "target", dict)
    pointed = optional(target, "target", dict) or target
    commit = _commit(pointed) if "checkSuites" in pointed else SeenCommit(required(target, "oid", str))
    return SeenRef(required(ref, "name", str), (commit,))


def _commit(node: Fields) -> SeenCommit:
    suites = required(node, "checkSuites", dict)
    shown = items(suites, "nodes")
    # Their order is not documented. If it is that of time, the newest are the last ones.
    times = [moment(suite, "createdAt") for suite in shown]
    complete = required(suites, "totalCount", int) <= len(shown) or all(one <= other for one, other in pairwise(times))
    of_runs = (_suite(suite) for suite in shown)
    return SeenCommit(required(node, "oid", str), tuple(suite for suite in of_runs if suite is not None), complete)


def _suite(node: Fields) -> SeenSuite | None:
    """The check suite of a run; `None` if another app than GitHub Actions made it."""
    run = nullable(node, "workflowRun", dict)
    if run is None:
        return None
    workflow, branch = required(run, "workflow", dict), nullable(node, "branch", dict)
    return SeenSuite(
        workflow_id=nullable(workflow, "databaseId", int) or 0,
        number=required(run, "runNumber", int),
        event=required(run, "event", str),
        branch="" if branch is None else required(branch, "name", str),
        status=required(node, "status", str).lower(),
        conclusion=(nullable(node, "conclusion", str) or "").lower(),
        created_at=moment(node, "createdAt"),
        updated_at=moment(node, "updatedAt"),
        workflow_state=required(workflow, "state", str).lower(),
    )


def _issues(listed: Fields) -> SeenIssues:
    count, newest = required(listed, "totalCount", int), items(listed, "nodes")
    if count and not newest:
        raise FormError("a list of issues shows none although it counts some")
    return SeenIssues(count, tuple((required(issue, "number", int), moment(issue, "updatedAt")) for issue in newest))
