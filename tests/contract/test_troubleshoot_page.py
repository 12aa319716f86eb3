"""docs/troubleshoot.md quotes messages that the program has, so that a person finds them by search."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "troubleshoot.md").read_text("utf-8")


@cache
def texts() -> frozenset[str]:
    """The texts in the code, with `…` where a value is filled in."""
    start = (ROOT / "src" / "start.sh").read_text("utf-8").replace("\\\n", "")
    found = set(re.findall(r'"((?:[^"\\\n]|\\.)+)"', start))
    for path in (ROOT / "src").rglob("*.py"):
        if "patterns" not in path.parts:
            found.update(_texts(ast.parse(path.read_text("utf-8"))))
    return frozenset(found)


def _texts(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def is_in_the_program(message: str) -> bool:
    """Whether the pieces between `…` are in one text of the program, in this order."""
    pieces = [piece.strip() for piece in message.split("…")]
    return any(re.search(".*".join(map(re.escape, filter(None, pieces))), text) for text in texts())


def messages() -> list[str]:
    """The messages in the first column of the tables."""
    tables = re.findall(r"^\| message \|.*\n\|[-|]+\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    cells = [row.split("|")[1] for table in tables for row in table.splitlines()]
    return [quoted for cell in cells for quoted in re.findall(r"`([^`]+)`", cell) if " " in quoted]


@pytest.mark.parametrize("message", messages())
def test_each_message_of_the_page_is_one_of_the_program(message: str) -> None:
    assert is_in_the_program(message)


def test_a_message_that_the_program_does_not_have_is_found() -> None:
    assert len(messages()) > 40
    assert not is_in_the_program("The token … was eaten")
    assert is_in_the_program("The token may not …: it lacks")
