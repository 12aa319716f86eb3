"""The part of GitHub's GraphQL API that the project asks for."""

from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLResolveInfo,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from sandbox import access, graphql_objects, graphql_repositories, payloads
from sandbox.call import Call, JsonObject, Reply
from sandbox.graphql_price import MOST_NODES, price_of
from sandbox.graphql_schema import SDL
from sandbox.ratelimit import Budget

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
        return [graphql_objects.node(one, self._call) for one in ids]

    def search(self, _info: GraphQLResolveInfo[Any], query: str, type: str, **asked: Any) -> JsonObject:  # noqa: A002 - the schema's name
        if type == "REPOSITORY":
            return graphql_repositories.search(self._call, query, asked)
        return graphql_objects.search(query, asked, self._call)

    def repository(
        self,
        _info: GraphQLResolveInfo[Any],
        owner: str,
        name: str,
        followRenames: bool = True,  # noqa: N803 - the schema's name
    ) -> JsonObject:
        return graphql_repositories.repository(self._call, f"{owner}/{name}", renamed=followRenames)

    def repositoryOwner(self, _info: GraphQLResolveInfo[Any], login: str) -> JsonObject | None:  # noqa: N802 - the schema's name
        return graphql_repositories.owner(self._call, login)


@lru_cache(maxsize=256)
def _checked(text: str) -> DocumentNode | tuple[GraphQLError, ...]:
    """A query that fits the schema, or what is wrong with it; checking takes longer than the answer."""
    try:
        document = parse(text)
    except GraphQLError as error:
        return (error,)
    return tuple(validate(_SCHEMA, document)) or document


def query(call: Call, budget: Budget) -> Reply:
    """Answer a query. Errors in it come with status 200, as everywhere in GraphQL."""
    access.authenticated(call)
    text, variables = str(call.fields.get("query") or ""), call.fields.get("variables") or {}
    price = price_of(text, variables)
    if price.nodes > MOST_NODES:
        return Reply({"errors": [_too_many(price.nodes)]})
    budget.used += price.points - 1  # the request itself is counted for every one
    document = _checked(text)
    if isinstance(document, DocumentNode):
        root = _Root(call, budget, price.points)
        name = call.fields.get("operationName")
        result = execute_sync(_SCHEMA, document, root_value=root, variable_values=variables, operation_name=name)
    else:
        result = ExecutionResult(errors=list(document))
    payload: JsonObject = {}
    if result.data is not None:
        payload["data"] = result.data
    if result.errors:
        payload["errors"] = [_error(error) for error in result.errors]
    return Reply(payload)


def rate_limited() -> Reply:
    """The answer when no points are left: an error, with status 200 as everywhere in GraphQL."""
    return Reply({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded for installation."}]})


def _too_many(nodes: int) -> JsonObject:
    what = f"This query requests up to {nodes:,} possible nodes which exceeds the maximum limit of {MOST_NODES:,}."
    return {"type": "MAX_NODE_LIMIT_EXCEEDED", "message": what}


def _error(error: GraphQLError) -> dict[str, Any]:
    shown: dict[str, Any] = dict(error.formatted)
    # GitHub writes the type beside the message.
    extensions = shown.pop("extensions", None) or {}
    return {**({"type": extensions["type"]} if "type" in extensions else {}), **shown}
