"""What a GraphQL query costs, by GitHub's rule: from what is asked for, not from what comes back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import FieldNode, GraphQLError, IntValueNode, SelectionSetNode, VariableNode, parse
from graphql.language import InlineFragmentNode, OperationDefinitionNode

MOST_NODES = 500_000


@dataclass(frozen=True)
class Price:
    """`points` of the hourly budget; `nodes` is how many the query could return at most."""

    points: int
    nodes: int


def price_of(text: str, variables: Mapping[str, Any]) -> Price:
    """The price of a query; one that cannot be read costs a point."""
    operations = _operations(text)
    asked = [pair for one in operations for pair in _connections(one.selection_set, variables, 1)]
    return Price(max(1, round(sum(times for times, _ in asked) / 100)), sum(times * first for times, first in asked))


@lru_cache(maxsize=256)
def _operations(text: str) -> tuple[OperationDefinitionNode, ...]:
    try:
        document = parse(text)
    except GraphQLError:
        return ()
    return tuple(one for one in document.definitions if isinstance(one, OperationDefinitionNode))


def _connections(
    selected: SelectionSetNode | None, variables: Mapping[str, Any], times: int
) -> Iterator[tuple[int, int]]:
    """How often each connection is read, and how many nodes are asked of it each time."""
    for one in selected.selections if selected else ():
        if isinstance(one, InlineFragmentNode):
            yield from _connections(one.selection_set, variables, times)
        elif isinstance(one, FieldNode):
            given = {argument.name.value: argument.value for argument in one.arguments or ()}
            first = _number(given.get("first", given.get("last")), variables)
            if first is not None:
                yield times, first
            many = first or (len(variables.get("ids", ())) if one.name.value == "nodes" and "ids" in given else 1)
            yield from _connections(one.selection_set, variables, times * max(1, many))


def _number(value: object, variables: Mapping[str, Any]) -> int | None:
    if isinstance(value, IntValueNode):
        return int(value.value)
    if isinstance(value, VariableNode):
        return int(variables.get(value.name.value, 0))
    return None
