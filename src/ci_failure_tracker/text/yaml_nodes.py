"""YAML as nodes that know their lines, read from text that anybody may have written.

PyYAML is imported in the functions that need it: most sweeps read no YAML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ci_failure_tracker.errors import BadYamlError

if TYPE_CHECKING:
    from yaml import Event, Node

MOST_CHARACTERS = 200_000
"""Length of a file: far more than people write, and still read within a second."""

# Levels. A workflow file has about ten.
_DEEPEST = 50
_TABS_ALONE = re.compile(r"^(?:[ \t]{1,200}|\t[ \t]{0,200}#.*)(?=\r?$)", re.MULTILINE)
"""Lines without content. YAML allows tabs in them; PyYAML does not."""


def root_of(text: str) -> Node | None:
    """The root of the document. No values are built: `on` stays a word, and merge keys are not expanded.

    Raises:
        BadYamlError: if the text is not YAML, is nested too deeply or is too long. It has a line only if no reader of
            YAML can accept the text.
    """
    import yaml  # noqa: PLC0415 - see above

    if len(text) > MOST_CHARACTERS:
        raise BadYamlError(f"longer than {MOST_CHARACTERS:,} characters")
    text = _TABS_ALONE.sub("", text)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # not every installation has the fast one
    try:
        # The fast loader crashes on a text with some thousand levels.
        if _depth(yaml.parse(text, loader)) > _DEEPEST:
            raise BadYamlError("nested too deeply")
        root: Node | None = yaml.compose(text, loader)
    except (yaml.YAMLError, ValueError) as error:
        problem = getattr(error, "problem", None) or type(error).__name__
        # Other readers take an anchor that is defined twice, and more than one document.
        is_certain = "undefined alias" in problem or not isinstance(error, yaml.composer.ComposerError)
        mark = getattr(error, "problem_mark", None) if is_certain else None
        raise BadYamlError(f"not YAML: {problem}", mark.line + 1 if mark else None) from error
    return root


def _depth(events: Iterable[Event]) -> int:
    """The deepest level of lists and mappings; counting stops one level past the limit."""
    from yaml import CollectionEndEvent, CollectionStartEvent  # noqa: PLC0415 - see above

    depth = deepest = 0
    for event in events:
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        deepest = max(deepest, depth)
        if deepest > _DEEPEST:
            break
    return deepest


def pairs_of(node: Node | None) -> Iterator[tuple[Node, Node]]:
    """The keys and values of a mapping; none of another node."""
    if node is not None and kind_of(node) == "mapping":
        yield from node.value


def value_at(node: Node | None, key: str) -> Node | None:
    """The value of a mapping's key; the last one counts, as in YAML's libraries."""
    return next((value for name, value in reversed([*pairs_of(node)]) if name.value == key), None)


def entries_of(node: Node | None) -> Sequence[Node]:
    """The entries of a list; a single value counts as a list of one."""
    if node is None:
        return ()
    return node.value if kind_of(node) == "sequence" else (node,)


def words_of(node: Node | None) -> str:
    """The text of a scalar, with single spaces; empty for another node."""
    return " ".join(node.value.split()) if node is not None and kind_of(node) == "scalar" else ""


def line_of(node: Node) -> int:
    """The line in which a node begins, counted from 1."""
    return int(node.start_mark.line) + 1


def kind_of(node: Node) -> str:
    """`mapping`, `sequence` or `scalar`."""
    return str(node.id)  # type: ignore[attr-defined] # PyYAML's own; its stubs leave it out
