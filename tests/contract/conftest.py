"""What the contract tests share."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import GraphQLSchema

from contract.description import DESCRIPTION, SCHEMA, read_description, read_schema


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    if not DESCRIPTION.is_file():
        pytest.skip(f"GitHub's official description is not at {DESCRIPTION}")
    return read_description()


@pytest.fixture(scope="session")
def official_schema() -> GraphQLSchema:
    if not SCHEMA.is_file():
        pytest.skip(f"GitHub's official schema is not at {SCHEMA}")
    return read_schema()
