"""Takes the prose out of a file and leaves each word in its line, without code, comments, links' targets and tags."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import yaml
from markdown_it import MarkdownIt
from markdown_it.token import Token

CODE = "``"
"""Stands for a code span, a value that a template or an f-string fills in, and an address."""

END = "¶"
"""Ends a paragraph, a heading, a list item or a table cell: a sentence goes on over no such end."""

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_ADDRESS = re.compile(r"https?://\S+")
_PROSE = re.compile(r"[A-Za-z]+ [a-z]+ [a-z]+")
_NO_PROSE = re.compile(r"\w\|\w|\(\?[:!=<]|\\[bdsw]|{ ")
"""What only a regular expression or a query of GraphQL has."""

_TEXT_KEYS = {"about", "description", "label", "name", "title"}
_COMMENTS = re.compile(r"(?:^[ \t]*# .*\n)+|(?<=[ \t])# .*$", re.MULTILINE)
_TEMPLATE = re.compile(r"<(style|script)\b.*?</\1>|{#.*?#}|{%.*?%}|<[^>]*>", re.DOTALL)
_FILLED_IN = re.compile(r"{{.*?}}|`[^`\n]+`", re.DOTALL)

Block = tuple[int, str]
"""The number of its first line, and the text of a paragraph."""


def prose_of(path: Path) -> dict[int, str]:
    """The lines of a file that hold prose, by their numbers and in their order."""
    lines: defaultdict[int, str] = defaultdict(str)
    for first, block in _READERS[path.suffix](path.read_text("utf-8")):
        for number, part in enumerate(f"{_ADDRESS.sub(CODE, block)} {END} ".split("\n"), start=first):
            lines[number] += part
    return {number: lines[number] for number in sorted(lines) if lines[number].strip(f"{END} ")}


def _markdown(text: str, first: int = 1) -> Iterator[Block]:
    for token in _MARKDOWN.parse(text):
        if token.type == "inline" and token.map:
            yield first + token.map[0], "".join(map(_inline, token.children or ()))


def _inline(token: Token) -> str:
    match token.type:
        case "text":
            return token.content
        case "code_inline":
            return CODE
        case "softbreak" | "hardbreak":
            return "\n"
        case "html_inline":
            return "\n" * token.content.count("\n")
        case "image":
            return token.content
    return ""


def _yaml(text: str) -> Iterator[Block]:
    nodes = [yaml.compose(text)]
    while nodes:
        node = nodes.pop()
        if isinstance(node, yaml.SequenceNode):
            nodes.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                nodes.append(value)
                if isinstance(value, yaml.ScalarNode) and key.value in _TEXT_KEYS:
                    yield from _markdown(value.value, value.start_mark.line + 1)
    for comment in _COMMENTS.finditer(text):
        lines = [line.strip().removeprefix("# ") for line in comment[0].splitlines()]
        if not lines[0].startswith("<"):
            yield text.count("\n", 0, comment.start()) + 1, _FILLED_IN.sub(CODE, "\n".join(lines))


def _template(text: str) -> Iterator[Block]:
    text = _TEMPLATE.sub(lambda found: f" {END} " + "\n" * found[0].count("\n"), text)
    text = _FILLED_IN.sub(lambda found: CODE + "\n" * found[0].count("\n"), text)
    yield 1, re.sub(r"\n(?=\s*\n)", f" {END}\n", text)


def _python(text: str) -> Iterator[Block]:
    texts = _Texts()
    texts.visit(ast.parse(text))
    for line, found in texts.found:
        if _PROSE.search(found) and not _NO_PROSE.search(found):
            yield from _markdown(found, line)


class _Texts(ast.NodeVisitor):
    """The lines of messages and help; of docstrings only those that are the help of a command."""

    def __init__(self) -> None:
        self.found: list[Block] = []

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, str):
            self.found.extend((node.lineno, line) for line in node.value.split("\n"))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:
        pieces = (str(piece.value) if isinstance(piece, ast.Constant) else CODE for piece in node.values)
        self.found.extend((node.lineno, line) for line in "".join(pieces).split("\n"))

    def visit_Expr(self, node: ast.Expr) -> None:
        if not isinstance(node.value, ast.Constant):
            self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        if any("command(" in ast.unparse(decorator) for decorator in node.decorator_list):
            self.found.append((node.body[0].lineno, ast.get_docstring(node) or ""))
        self.generic_visit(node)


_READERS: Mapping[str, Callable[[str], Iterator[Block]]] = {
    ".md": _markdown,
    ".yml": _yaml,
    ".j2": _template,
    ".py": _python,
}
