"""What the contract tests share."""

from __future__ import annotations

from typing import Any

import pytest

from contract.description import DESCRIPTION, read_description


@pytest.fixture(scope="session")
def document() -> dict[str, Any]:
    if not DESCRIPTION.is_file():
        pytest.skip(f"GitHub's official description is not at {DESCRIPTION}")
    return read_description()
