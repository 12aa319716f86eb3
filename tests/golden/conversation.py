"""A golden conversation: a history in YAML, then everything the tracker said and wrote about it.

The file is Markdown. Its first block of YAML is the story; below the line the rest is written by the program.
`layout.py` says how.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from golden.layout import SHOWN, lay_out
from sandbox.play import play, read_story

LINE = "<!-- Below is what the tracker did; `make golden` writes it anew. -->"

_STORY = re.compile(r"^(.*?```yaml\n(.*?)```\n)", re.DOTALL)


@dataclass(frozen=True)
class Conversation:
    """What a file holds: its own words with the story, and what the program should say."""

    preface: str
    story: Mapping[str, Any]
    expected: str


def read_conversation(path: Path) -> Conversation:
    text = path.read_text(encoding="utf-8")
    match = _STORY.match(text)
    assert match, f"{path.name} has no block of YAML"
    return Conversation(match[1], yaml.safe_load(match[2]), text[match.end() :].lstrip("\n"))


def told(conversation: Conversation) -> str:
    """Play the story and write down what the tracker does."""
    show = conversation.story.get("show", [])
    if unknown := set(show) - set(SHOWN):
        raise ValueError(f"`show` knows {', '.join(SHOWN)} and not {', '.join(sorted(unknown))}")
    records = play(read_story(conversation.story))
    return "\n".join([LINE, "", *lay_out(records, show)]).rstrip() + "\n"
