"""What a GraphQL query costs, by GitHub's rule: from what is asked for, not from what comes back."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import DocumentNode, FieldNode, GraphQLError, IntValueNode, SelectionSetNode, VariableNode, parse
from graphql.language import FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, OperationDefinitionNode

MOST_NODES = 500_000


@dataclass(frozen=True)
class Price:
    """`points` of the hourly budget; `nodes` is how many the query could return at most."""

    points: int
    nodes: int


def price_of(text: str, variables: Mapping[str, Any]) -> Price:
    """The price of a query; one that cannot be read costs a point.

    A connection is read once for each node that holds it. A field under several aliases counts once for each.
    """
    asked = _Asked(_document(text), variables)
    counted = [pair for one in asked.operations for pair in asked.connections(one.selection_set, 1)]
    reads, nodes = sum(times for times, _ in counted), sum(times * first for times, first in counted)
    return Price(max(1, round(reads / 100)), nodes)


@lru_cache(maxsize=256)
def _document(text: str) -> DocumentNode:
    try:
        return parse(text)
    except GraphQLError:
        return DocumentNode(definitions=())


class _Asked:
    """What a query asks for, with the values of its variables."""

    def __init__(self, document: DocumentNode, variables: Mapping[str, Any]) -> None:
        definitions = document.definitions
        self.operations = [one for one in definitions if isinstance(one, OperationDefinitionNode)]
        self._fragments = {one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)}
        declared = [variable for one in self.operations for variable in one.variable_definitions or ()]
        defaults = {one.variable.name.value: self._number(one.default_value) for one in declared}
        self._variables = {**defaults, **variables}

    def connections(
        self, selected: SelectionSetNode | None, times: int, inside: frozenset[str] = frozenset()
    ) -> Iterator[tuple[int, int]]:
        """How often each connection is read, and how many nodes are asked of it each time.

        `inside` are the fragments that this one is in: a query may be wrong, and a fragment hold itself.
        """
        for one in selected.selections if selected else ():
            if isinstance(one, InlineFragmentNode):
                yield from self.connections(one.selection_set, times, inside)
            elif isinstance(one, FragmentSpreadNode):
                name = one.name.value
                fragment = None if name in inside else self._fragments.get(name)
                if fragment:
                    yield from self.connections(fragment.selection_set, times, inside | {name})
            elif isinstance(one, FieldNode):
                yield from self._field(one, times, inside)

    def _field(self, one: FieldNode, times: int, inside: frozenset[str]) -> Iterator[tuple[int, int]]:
        given = {argument.name.value: argument.value for argument in one.arguments or ()}
        first = self._number(given.get("first", given.get("last")))
        if first is not None:
            yield times, first
        ids = self._variables.get("ids", ()) if one.name.value == "nodes" and "ids" in given else None
        many = first or (1 if ids is None else len(ids))
        yield from self.connections(one.selection_set, times * max(1, many), inside)

    def _number(self, value: object) -> int | None:
        if isinstance(value, IntValueNode):
            return int(value.value)
        if isinstance(value, VariableNode):
            return int(self._variables.get(value.name.value) or 0)
        return None
