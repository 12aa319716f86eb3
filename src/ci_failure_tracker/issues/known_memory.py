"""What a known issue remembers, in a hidden line of the tracker's text in it."""

from __future__ import annotations

import json
import re
from typing import Any

from ci_failure_tracker.issues.codec import INT, TEXT, TIME, Codec, Key, as_list, as_object, many
from ci_failure_tracker.issues.rule_block import table_in
from ci_failure_tracker.model import KnownMatch, KnownMemory
from ci_failure_tracker.text.markdown import OWN_COMMENT

VERSION = 1
_MEMORY_LINE = re.compile(rf"^{re.escape(OWN_COMMENT)}-known (\{{[^<>]{{0,60000}}\}}) -->", re.MULTILINE)
_UNSAFE = re.compile(r"(-)-|[<>@#]")
"""What would end the comment or could be taken for a mention; JSON can escape both."""

_MATCH = as_list(
    KnownMatch,
    least=2,
    job_id=INT,
    ended_at=TIME,
    run_id=INT,
    run_number=INT,
    workflow=TEXT,
    job=TEXT,
    headline=TEXT,
    test=TEXT,
    test_name=TEXT,
    repository=TEXT,
)
_TRIED: Codec[tuple[int, int]] = Codec(list, lambda data: (int(data[0]), int(data[1])))
_MEMORY: Codec[KnownMemory] = as_object(
    KnownMemory,
    Key("block", "block", TEXT),
    Key("since", "since", TIME),
    Key("tried", "tried", _TRIED),
    Key("matches", "matches", many(_MATCH)),
    Key("dropped_to", "dropped_to", TIME),
)


def write_memory(memory: KnownMemory) -> str:
    """The hidden line."""
    data: dict[str, Any] = {"v": VERSION, **_MEMORY.write(memory)}
    text = json.dumps(data, separators=(",", ":"), ensure_ascii=False)
    text = _UNSAFE.sub(lambda match: f"{match[1] or ''}\\u{ord(match[0][-1]):04x}", text)
    return f"{OWN_COMMENT}-known {text} -->"


def read_memory(body: str) -> KnownMemory:
    """What the issue remembers; nothing if the line is not there or cannot be read: then it is counted anew."""
    # A person may copy the line into the text above. With two of them, it is not known which one is ours.
    lines = _MEMORY_LINE.findall(table_in(body))
    if len(lines) != 1:
        return KnownMemory()
    try:
        data = json.loads(lines[0])
        return _MEMORY.read(data) if data.get("v") == VERSION else KnownMemory()
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, ArithmeticError, RecursionError):
        return KnownMemory()
