"""The sandbox's GraphQL: its schema against the official_schema one, and its answers."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    build_schema,
)

from sandbox import Sandbox, Server
from sandbox.graphql_schema import SDL


def own_types() -> list[GraphQLObjectType]:
    types = build_schema(SDL).type_map.values()
    return [kind for kind in types if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__")]


@pytest.mark.parametrize("own", own_types(), ids=lambda kind: kind.name)
def test_every_field_is_one_of_the_official_schema(official_schema: GraphQLSchema, own: GraphQLObjectType) -> None:
    theirs = official_schema.type_map[own.name]
    assert isinstance(theirs, GraphQLObjectType)
    for name, field in own.fields.items():
        assert str(field.type) == str(theirs.fields[name].type), name
        arguments = {key: str(argument.type) for key, argument in field.args.items()}
        assert arguments.items() <= {k: str(a.type) for k, a in theirs.fields[name].args.items()}.items()


def test_enums_unions_and_inputs_hold_nothing_of_their_own(official_schema: GraphQLSchema) -> None:
    for name, own in build_schema(SDL).type_map.items():
        theirs = official_schema.type_map.get(name)
        if isinstance(own, GraphQLEnumType) and not name.startswith("__"):
            assert isinstance(theirs, GraphQLEnumType)
            assert own.values.keys() <= theirs.values.keys(), name
        if isinstance(own, GraphQLUnionType):
            assert isinstance(theirs, GraphQLUnionType)
            assert {kind.name for kind in own.types} <= {kind.name for kind in theirs.types}, name
        if isinstance(own, GraphQLInputObjectType):
            assert isinstance(theirs, GraphQLInputObjectType)
            assert {key: str(one.type) for key, one in own.fields.items()}.items() <= {
                key: str(one.type) for key, one in theirs.fields.items()
            }.items(), name


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    box = Sandbox.from_yaml("""
repository: {full_name: octo-org/lighthouse, private: true}
tokens: {bot: {}, nobody: {actions: none, issues: none, checks: none}}
""")
    with box.serve() as server:
        yield server


BOT = "bot"


def query(server: Server, text: str, token: str = BOT, **variables: object) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"}
    body: Any = {"query": text, "variables": variables}
    answer: dict[str, Any] = requests.post(server.graphql_url, json=body, headers=headers, timeout=10).json()
    return answer


REPOSITORY = "query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { nameWithOwner } }"


def test_a_repository_is_found_by_owner_and_name(server: Server) -> None:
    answer = query(server, REPOSITORY, owner="Octo-Org", name="lighthouse")
    assert answer == {"data": {"repository": {"nameWithOwner": "octo-org/lighthouse"}}}


@pytest.mark.parametrize(("token", "name"), [("bot", "darkhouse"), ("nobody", "lighthouse")])
def test_a_repository_that_is_not_there_is_an_error_of_its_type(server: Server, token: str, name: str) -> None:
    answer = query(server, REPOSITORY, token, owner="octo-org", name=name)
    assert answer["data"] == {"repository": None}
    assert (answer["errors"][0]["type"], answer["errors"][0]["path"]) == ("NOT_FOUND", ["repository"])


def test_a_query_counts_against_its_own_limit(server: Server) -> None:
    asked = "{ rateLimit { limit used remaining resetAt } }"
    first, second = (query(server, asked)["data"]["rateLimit"] for _ in range(2))
    assert second["used"] == first["used"] + 1
    assert second["remaining"] == second["limit"] - second["used"]


def test_a_field_that_is_not_there_is_an_error(server: Server) -> None:
    answer = query(server, "{ viewer { shoeSize } }")
    assert "Cannot query field 'shoeSize'" in answer["errors"][0]["message"]
    assert "data" not in answer


def test_a_query_needs_a_token(server: Server) -> None:
    answer = requests.post(server.graphql_url, json={"query": "{ viewer { login } }"}, timeout=10)
    assert answer.status_code == 401
