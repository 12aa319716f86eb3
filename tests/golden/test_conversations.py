"""Whole conversations with a local GitHub, each in a file that a person can read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from golden.conversation import read_conversation, told

HERE = Path(__file__).parent
FILES = sorted(path for path in HERE.glob("*.md") if path.name != "README.md")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_tracker_says_and_writes_what_the_file_shows(path: Path) -> None:
    conversation = read_conversation(path)
    text = told(conversation)
    if os.environ.get("GOLDEN") == "write":
        path.write_text(f"{conversation.preface}\n{text}", encoding="utf-8")
    assert text == read_conversation(path).expected
