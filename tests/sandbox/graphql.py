"""The part of GitHub's GraphQL API that the project asks for."""

from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo, build_schema, graphql_sync

from sandbox import access, check_suites, payloads
from sandbox.call import Call, JsonObject, Reply
from sandbox.graphql_price import MOST_NODES, price_of
from sandbox.identifiers import digest
from sandbox.ratelimit import Budget
from sandbox.state import Commit

# Names and types are those of the official schema; a test compares them.
SDL = '''
"""An ISO-8601 encoded UTC date string."""
scalar DateTime

type Query {
  viewer: User!
  rateLimit: RateLimit
  repository(owner: String!, name: String!, followRenames: Boolean = true): Repository
  nodes(ids: [ID!]!): [Node]!
}

interface Node {
  id: ID!
}

scalar URI

type CheckSuite implements Node {
  id: ID!
  checkRuns(first: Int, filterBy: CheckRunFilter): CheckRunConnection
}

input CheckRunFilter {
  checkType: CheckRunType
  conclusions: [CheckConclusionState!]
}

enum CheckRunType {
  ALL
  LATEST
}

enum CheckConclusionState {
  ACTION_REQUIRED
  CANCELLED
  FAILURE
  NEUTRAL
  SKIPPED
  STALE
  STARTUP_FAILURE
  SUCCESS
  TIMED_OUT
}

type CheckRunConnection {
  nodes: [CheckRun]
  totalCount: Int!
}

type CheckRun implements Node {
  id: ID!
  name: String!
  detailsUrl: URI
  conclusion: CheckConclusionState
  startedAt: DateTime
  completedAt: DateTime
  steps(first: Int): CheckStepConnection
  annotations(first: Int): CheckAnnotationConnection
}

type CheckStepConnection {
  nodes: [CheckStep]
  totalCount: Int!
}

type CheckStep {
  name: String!
  number: Int!
  conclusion: CheckConclusionState
  startedAt: DateTime
  completedAt: DateTime
}

type CheckAnnotationConnection {
  nodes: [CheckAnnotation]
  totalCount: Int!
}

enum CheckAnnotationLevel {
  FAILURE
  NOTICE
  WARNING
}

type CheckAnnotation {
  annotationLevel: CheckAnnotationLevel
  message: String!
  title: String
  path: String!
  location: CheckAnnotationSpan!
}

type CheckAnnotationSpan {
  start: CheckAnnotationPosition!
}

type CheckAnnotationPosition {
  line: Int!
}

type User {
  login: String!
}

type RateLimit {
  cost: Int!
  limit: Int!
  remaining: Int!
  resetAt: DateTime!
  used: Int!
}

type Repository {
  nameWithOwner: String!
  object(expression: String, oid: GitObjectID): GitObject
}

scalar GitObjectID

scalar GitTimestamp

interface GitObject {
  oid: GitObjectID!
}

type Commit implements GitObject {
  oid: GitObjectID!
  messageHeadline: String!
  author: GitActor
  history(first: Int): CommitHistoryConnection!
}

type CommitHistoryConnection {
  nodes: [Commit]
  totalCount: Int!
}

type GitActor {
  name: String
  user: User
}

type Tree implements GitObject {
  oid: GitObjectID!
  entries: [TreeEntry!]
}

type TreeEntry {
  name: String!
  object: GitObject
}

type Blob implements GitObject {
  oid: GitObjectID!
  text: String
  isBinary: Boolean
}
'''

_FOLDER = ".github/workflows"

_SCHEMA = build_schema(SDL)


class _Root:
    """What a query starts from; its methods are the fields of `Query`."""

    def __init__(self, call: Call, budget: Budget, cost: int) -> None:
        self._call = call
        self._budget = budget
        self._cost = cost

    def viewer(self, _info: GraphQLResolveInfo[Any]) -> JsonObject:
        return {"login": access.authenticated(self._call).login}

    def rateLimit(self, _info: GraphQLResolveInfo[Any]) -> JsonObject:  # noqa: N802 - the schema's name
        return {
            "cost": self._cost,
            "limit": self._budget.limit,
            "remaining": self._budget.remaining,
            "used": self._budget.used,
            "resetAt": payloads.stamp(self._budget.reset_moment),
        }

    def nodes(self, _info: GraphQLResolveInfo[Any], ids: list[str]) -> list[JsonObject | GraphQLError | None]:
        suites = check_suites.by_node_id(self._call.state)
        return [check_suites.suite(suites.get(one), one, self._call) for one in ids]

    def repository(self, _info: GraphQLResolveInfo[Any], owner: str, name: str, **_: object) -> JsonObject:
        known, token = self._call.state.repository, self._call.token
        hidden = known.private and (token is None or token.blind)
        if hidden or f"{owner}/{name}".lower() != known.full_name.lower():
            raise GraphQLError(
                f"Could not resolve to a Repository with the name '{owner}/{name}'.",
                extensions={"type": "NOT_FOUND"},
            )
        return {"nameWithOwner": known.full_name, "object": self._object}

    def _object(
        self, _info: GraphQLResolveInfo[Any], expression: str | None = None, oid: str | None = None
    ) -> JsonObject | None:
        """What Git holds under an expression; nothing of a private repository for who may not see its contents."""
        token = self._call.token
        if self._call.state.repository.private and (token is None or token.contents == "none"):
            return None
        revision, _, path = (oid or expression or "").partition(":")
        if not path:
            return self._commit(revision)
        if revision != "HEAD" and self._call.state.history(revision) is None:
            return None
        blobs = {workflow.path: _blob(workflow.text) for workflow in self._call.state.workflows}
        if path == _FOLDER:
            entries = [{"name": name.rpartition("/")[2], "object": blob} for name, blob in blobs.items()]
            return {"__typename": "Tree", "oid": digest("tree", path), "entries": entries}
        return blobs.get(path)

    def _commit(self, sha: str) -> JsonObject | None:
        found = self._call.state.history(sha)
        if not found:
            return None

        def history(_info: GraphQLResolveInfo[Any], first: int = 30) -> JsonObject:
            return {"totalCount": len(found), "nodes": [self._commit_fields(one) for one in found[:first]]}

        return {**self._commit_fields(found[0]), "history": history}

    def _commit_fields(self, commit: Commit) -> JsonObject:
        headline = commit.message.partition("\n")[0]
        person = "@" not in commit.author
        author = {"name": commit.author, "user": {"login": commit.author} if person else None}
        return {"__typename": "Commit", "oid": commit.sha, "messageHeadline": headline, "author": author}


def _blob(text: str) -> JsonObject:
    return {"__typename": "Blob", "oid": digest("blob", text), "text": text, "isBinary": False}


def query(call: Call, budget: Budget) -> Reply:
    """Answer a query. Errors in it come with status 200, as everywhere in GraphQL."""
    access.authenticated(call)
    text, variables = str(call.fields.get("query") or ""), call.fields.get("variables") or {}
    price = price_of(text, variables)
    if price.nodes > MOST_NODES:
        return Reply({"errors": [_too_many(price.nodes)]})
    budget.used += price.points - 1  # the request itself is counted for every one
    result = graphql_sync(
        _SCHEMA,
        text,
        root_value=_Root(call, budget, price.points),
        variable_values=variables,
        operation_name=call.fields.get("operationName"),
    )
    payload: JsonObject = {}
    if result.data is not None:
        payload["data"] = result.data
    if result.errors:
        payload["errors"] = [_error(error) for error in result.errors]
    return Reply(payload)


def _too_many(nodes: int) -> JsonObject:
    what = f"This query requests up to {nodes:,} possible nodes which exceeds the maximum limit of {MOST_NODES:,}."
    return {"type": "MAX_NODE_LIMIT_EXCEEDED", "message": what}


def _error(error: GraphQLError) -> dict[str, Any]:
    shown: dict[str, Any] = dict(error.formatted)
    # GitHub writes the type beside the message.
    extensions = shown.pop("extensions", None) or {}
    return {**({"type": extensions["type"]} if "type" in extensions else {}), **shown}
