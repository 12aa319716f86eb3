"""The part of GitHub's GraphQL API that the project asks for."""

from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo, build_schema, graphql_sync

from sandbox import access, payloads
from sandbox.call import Call, JsonObject, Reply
from sandbox.ratelimit import Budget

# Names and types are those of the official schema; a test compares them.
SDL = '''
"""An ISO-8601 encoded UTC date string."""
scalar DateTime

type Query {
  viewer: User!
  rateLimit: RateLimit
  repository(owner: String!, name: String!, followRenames: Boolean = true): Repository
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
}
'''

_SCHEMA = build_schema(SDL)


class _Root:
    """What a query starts from; its methods are the fields of `Query`."""

    def __init__(self, call: Call, budget: Budget) -> None:
        self._call = call
        self._budget = budget

    def viewer(self, _info: GraphQLResolveInfo[Any]) -> JsonObject:
        return {"login": access.authenticated(self._call).login}

    def rateLimit(self, _info: GraphQLResolveInfo[Any]) -> JsonObject:  # noqa: N802 - the schema's name
        return {
            "cost": 1,
            "limit": self._budget.limit,
            "remaining": self._budget.remaining,
            "used": self._budget.used,
            "resetAt": payloads.stamp(self._budget.reset_moment),
        }

    def repository(self, _info: GraphQLResolveInfo[Any], owner: str, name: str, **_: object) -> JsonObject:
        known, token = self._call.state.repository, self._call.token
        hidden = known.private and (token is None or token.blind)
        if hidden or f"{owner}/{name}".lower() != known.full_name.lower():
            raise GraphQLError(
                f"Could not resolve to a Repository with the name '{owner}/{name}'.",
                extensions={"type": "NOT_FOUND"},
            )
        return {"nameWithOwner": known.full_name}


def query(call: Call, budget: Budget) -> Reply:
    """Answer a query. Errors in it come with status 200, as everywhere in GraphQL."""
    access.authenticated(call)
    result = graphql_sync(
        _SCHEMA,
        str(call.fields.get("query") or ""),
        root_value=_Root(call, budget),
        variable_values=call.fields.get("variables") or {},
        operation_name=call.fields.get("operationName"),
    )
    payload: JsonObject = {}
    if result.data is not None:
        payload["data"] = result.data
    if result.errors:
        payload["errors"] = [_error(error) for error in result.errors]
    return Reply(payload)


def _error(error: GraphQLError) -> dict[str, Any]:
    shown: dict[str, Any] = dict(error.formatted)
    # GitHub writes the type beside the message.
    extensions = shown.pop("extensions", None) or {}
    return {**({"type": extensions["type"]} if "type" in extensions else {}), **shown}
