"""The generated parts of docs/report.md and docs/template.md: tables of keys and of fields."""

from __future__ import annotations

import ast
import inspect
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ci_failure_tracker.issues.body import IssueView, LegView, RunView
from ci_failure_tracker.issues.evidence import CauseView

_DOCS = Path(__file__).parents[2] / "docs"
_HEAD = ("key", "type", "meaning")
_WORDS = {"integer": "number"}
_MOST_VALUES = 10
"""A longer list of values is only in the schema."""
_IN_METRICS = frozenset(
    {"measures", "spread", "test_statistics", "test", "issue_statistics", "open_issues", "try", "run_ref"}
)
"""Objects that docs/metrics.md describes."""
_UNLINKED = {"kept": "object", "report.schema.json": "report of one repository"}

_Schema = Mapping[str, Any]


# --- the fields of a template --------------------------------------------------------------------


def template_blocks() -> dict[str, Iterable[str]]:
    """The generated parts of docs/template.md by name: a table for each class of fields."""
    heads = {
        IssueView: ("issue", "`issue.`"),
        RunView: ("run", "`issue.latest.`, and each of `issue.runs`"),
        LegView: ("leg", "each of `issue.legs`"),
        CauseView: ("cause", "each of `issue.causes`"),
    }
    return {f"{name} fields": [*_table((head, "is"), _fields(view)), ""] for view, (name, head) in heads.items()}


def _fields(view: type) -> Iterator[tuple[str, str]]:
    """Each field with the docstring below it.

    Raises:
        SystemExit: if a field has none.
    """
    (declared,) = ast.parse(inspect.getsource(view)).body
    assert isinstance(declared, ast.ClassDef)
    body = declared.body[1:]  # behind the docstring of the class
    for field, below in zip(body, [*body[1:], None], strict=True):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name):
            if not (isinstance(below, ast.Expr) and isinstance(below.value, ast.Constant)):
                raise SystemExit(f"{view.__name__}.{field.target.id} has no docstring; docs/template.md shows it.")
            yield f"`{field.target.id}`", str(below.value.value)


# --- the keys of a report ------------------------------------------------------------------------


def report_blocks() -> dict[str, Iterable[str]]:
    """The generated parts of docs/report.md by name: the keys of both schemas."""
    one, many = (
        json.loads((_DOCS / f"{name}.schema.json").read_text("utf-8")) for name in ("report", "organisation-report")
    )
    return {"keys": _keys(one), "organisation keys": _keys(many)}


def _keys(schema: _Schema) -> Iterator[str]:
    """A table of the report itself, then one for each kind of object in it, then the keys that several of them have."""
    named = {name: part for name, part in schema["$defs"].items() if name not in _IN_METRICS | _UNLINKED.keys()}
    objects = [("", schema["properties"]), *((name, part["properties"]) for name, part in named.items())]
    found = Counter((key, *_cells(key, part)) for _, keys in objects for key, part in keys.items())
    shared = [row for row, times in found.items() if times > 1]
    for name, keys in objects:
        rows = [(key, *_cells(key, part)) for key, part in keys.items()]
        common = ", ".join(f"`{row[0]}`" for row in rows if row in shared)
        yield from ["", f"### {name}"] if name else []
        yield from _table(_HEAD, [_row(*row) for row in rows if row not in shared])
        yield from ["", f"[Also](#keys-of-several-objects): {common}."] if common else []
    if shared:
        yield from ("", "### Keys of several objects", *_table(_HEAD, [_row(*row) for row in shared]))
    yield ""


def _row(key: str, *cells: str) -> tuple[str, ...]:
    return (f"`{key}`", *cells)


def _cells(key: str, part: _Schema) -> tuple[str, str]:
    """The type and the meaning of a key.

    Raises:
        SystemExit: if the schema does not describe it.
    """
    if not part.get("description"):
        raise SystemExit(f"The key {key} has no description in its schema; docs/report.md shows it.")
    return _type(part), part["description"]


def _type(part: _Schema) -> str:
    """The type of a key in words. Null is not among them: the page says what it means."""
    values = [f"`{value}`" for value in part.get("enum", [part.get("const")]) if value is not None]
    if values:
        return ", ".join(values) if len(values) <= _MOST_VALUES else "string"
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        page = "metrics.md" if name in _IN_METRICS else f"#{name}"
        return _UNLINKED.get(name) or f"[{name}]({page})"
    if "anyOf" in part:
        return _type(part["anyOf"][0])
    if "properties" in part:
        return f"object: {', '.join(f'`{key}`' for key in part['properties'])}"
    kind = part["type"] if isinstance(part["type"], str) else part["type"][0]
    if kind == "array":
        return f"list of {_type(part['items'])}"
    return "time" if part.get("format") == "date-time" else _WORDS.get(kind, kind)


# --- both ----------------------------------------------------------------------------------------


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    lines = [f"| {' | '.join(cells)} |" for cells in rows]
    if lines:
        yield from ("", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *lines)
