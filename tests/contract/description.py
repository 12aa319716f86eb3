"""GitHub's official descriptions of its REST and its GraphQL API, where they lie beside the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from graphql import GraphQLSchema, build_schema
from openapi_core import Config, OpenAPI

DESCRIPTION = Path(__file__).parents[3] / "shared" / "github-api" / "openapi.json"
SCHEMA = DESCRIPTION.with_name("schema.graphql")


def read_schema() -> GraphQLSchema:
    """The schema of the GraphQL API, which takes seconds to read."""
    return build_schema(SCHEMA.read_text("utf-8"), assume_valid=True)


def read_description() -> dict[str, Any]:
    """The description, with null allowed wherever it calls a value nullable and forgets to list it."""
    document: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))
    _let_nullable_enums_be_null(document)
    return document


def describe(document: dict[str, Any], api_url: str) -> OpenAPI:
    """The description of the API at this address."""
    return OpenAPI.from_dict({**document, "servers": [{"url": api_url}]}, config=Config(spec_validator_cls=None))


def _let_nullable_enums_be_null(node: object) -> None:
    if isinstance(node, dict) and node.get("nullable") is True and None not in node.get("enum", [None]):
        node["enum"].append(None)
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _let_nullable_enums_be_null(inner)
