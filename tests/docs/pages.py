"""What a page of the documentation consists of: its blocks, with the hidden comments that belong to each."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

ROOT = Path(__file__).parents[2]
PAGES = tuple(
    sorted(
        [
            *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")),
            *(ROOT / "docs").glob("*.md"),
            ROOT / "tests" / "README.md",
            *(ROOT / "tests").glob("*/README.md"),
        ]
    )
)
"""Every page but the changelog, which tells of versions that are gone."""

_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_ANNOTATION = re.compile(r"(test|no test|value|run by|not run):\s*(.*)", re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class Block:
    """A paragraph, a list item, a table or a block of code.

    `text` is what a reader sees, `language` that of code, else empty. `notes` are the hidden comments: kind and text.
    """

    page: Path
    line: int
    kind: str
    text: str
    language: str = ""
    notes: tuple[tuple[str, str], ...] = field(default=())

    def __str__(self) -> str:
        gist = " ".join(self.text.split())[:60]
        return f"{self.page.relative_to(ROOT).as_posix()}:{self.line}: {gist}"

    def noted(self, kind: str) -> list[str]:
        return [text for its, text in self.notes if its == kind]


@cache
def blocks(page: Path) -> tuple[Block, ...]:
    """The blocks of a page in order, but for headings and for what `make generate` writes."""
    tree = SyntaxTreeNode(MarkdownIt("commonmark", {"html": True}).enable("table").parse(page.read_text("utf-8")))
    return tuple(_blocks(page, _not_generated(tree.children)))


def anchors(page: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    names: list[str] = []
    tree = SyntaxTreeNode(MarkdownIt("commonmark", {"html": True}).parse(page.read_text("utf-8")))
    for node in tree.walk():
        if node.type == "heading":
            text = "".join(part.content for part in node.children[0].children if part.type in {"text", "code_inline"})
            text = text or node.children[0].content
            name = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
            names.append(name if name not in names else f"{name}-{names.count(name)}")
    return set(names)


def links(page: Path) -> Iterator[str]:
    """The targets of all links and pictures of a page."""
    tree = SyntaxTreeNode(MarkdownIt("commonmark", {"html": True}).enable("table").parse(page.read_text("utf-8")))
    for node in tree.walk():
        if node.type in {"link", "image"}:
            yield str(node.attrs["href" if node.type == "link" else "src"])


def _not_generated(nodes: Sequence[SyntaxTreeNode]) -> list[SyntaxTreeNode]:
    kept, inside = [], False
    for node in nodes:
        if node.type == "html_block" and "</generated " in node.content:
            inside = False
        elif node.type == "html_block" and "<generated " in node.content:
            inside = True
        elif not inside:
            kept.append(node)
    return kept


def _blocks(page: Path, nodes: Sequence[SyntaxTreeNode]) -> Iterator[Block]:
    for place, node in enumerate(nodes):
        if node.type in {"heading", "html_block", "hr"}:
            continue
        if node.type == "fence":
            before = nodes[place - 1] if place else None
            comments = before.content if before is not None and before.type == "html_block" else ""
            yield _block(page, node, node.content, comments, node.info.strip().partition(" ")[0])
            continue
        after = "".join(_comments_after(nodes, place))
        if node.type == "table":
            yield from _table(page, node, after)
        elif node.type in {"bullet_list", "ordered_list"}:
            if after:
                yield _block(page, node, _shown(node), _shown(node) + after)
            else:
                yield from (_block(page, item, _shown(item), _shown(item)) for item in node.children)
            for item in node.children:
                yield from (one for one in _blocks(page, item.children) if one.kind == "fence")
        else:
            text = _shown(node)
            yield _block(page, node, text, text + after)


def _table(page: Path, node: SyntaxTreeNode, after: str) -> Iterator[Block]:
    """A table that has comments in its rows is as many blocks as it has rows, else it is one."""
    rows = [row for part in node.children if part.type == "tbody" for row in part.children]
    texts = [_shown(row) for row in rows]
    if any(_COMMENT.search(text) for text in texts):
        yield from (_block(page, row, text, text + after) for row, text in zip(rows, texts, strict=True))
    else:
        yield _block(page, node, "\n".join(texts), after)


def _comments_after(nodes: Sequence[SyntaxTreeNode], place: int) -> Iterator[str]:
    """The comments that follow, but for one right before a block of code: it belongs to the code."""
    for number, node in enumerate(nodes[place + 1 :], place + 1):
        if node.type != "html_block":
            return
        if not any(_touch(node, behind) for behind in nodes[number + 1 : number + 2]):
            yield node.content


def _touch(comment: SyntaxTreeNode, behind: SyntaxTreeNode) -> bool:
    """Whether a block of code begins on the line after the comment."""
    return behind.type == "fence" and bool(comment.map and behind.map) and comment.map[1] == behind.map[0]  # type: ignore[index]


def _shown(node: SyntaxTreeNode) -> str:
    """The text of everything inside, as it is written, with its comments."""
    return "\n".join(one.content for one in node.walk() if one.type in {"inline", "html_block"})


def _block(page: Path, node: SyntaxTreeNode, text: str, comments: str, language: str = "") -> Block:
    found = (_ANNOTATION.fullmatch(comment.strip()) for comment in _COMMENT.findall(comments))
    return Block(
        page=page,
        line=node.map[0] + 1 if node.map else 0,
        kind=node.type,
        text=text if language or node.type == "fence" else _COMMENT.sub("", text),
        language=language,
        notes=tuple((match[1], match[2].strip()) for match in found if match),
    )
