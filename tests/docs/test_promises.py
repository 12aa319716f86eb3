"""Each block of a page names the tests that prove it, or says why it needs none. Its limits are the program's."""

from __future__ import annotations

import ast
import dataclasses
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from docs.pages import PAGES, ROOT, Block, blocks

COUNTED = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60}
WORDS = {"a": 1, "an": 1, "once": 1, "twice": 2, **TENS, **{word: number for number, word in enumerate(COUNTED, 1)}}
UNITS: Mapping[str, tuple[float, ...]] = {
    "KB": (1e3, 2**10),
    "MB": (1e6, 2**20),
    "minute": (60,),
    "hour": (3600,),
    "day": (86400,),
    "week": (604800,),
    "%": (0.01,),
}
"""What a unit may stand for, in bytes, in seconds or as a part of one."""

ids = [page.relative_to(ROOT).as_posix() for page in PAGES]


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_each_block_of_a_page_names_its_tests_or_says_why_it_has_none(page: Path) -> None:
    bare = [str(block) for block in blocks(page) if needs_a_test(block) and not is_proven(block)]
    assert not bare, "\n".join(bare)


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_each_test_that_a_page_names_is_there(page: Path) -> None:
    named = [(block, name) for block in blocks(page) for name in named_in(block)]
    missing = [f"{block}: {name}" for block, name in named if not is_there(name)]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("page", PAGES, ids=ids)
def test_each_limit_that_a_page_gives_is_the_programs(page: Path) -> None:
    wrong = [text for block in blocks(page) for text in wrong_values(block)]
    assert not wrong, "\n".join(wrong)


def needs_a_test(block: Block) -> bool:
    """A picture, a line that only leads to the next block, and code that is not run have nothing to prove."""
    if block.kind == "fence":
        return False
    text = re.sub(r"\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?", "", block.text).strip()
    return bool(text) and not (text.endswith(":") and len(text.split()) <= 12)


def is_proven(block: Block) -> bool:
    return any(text for kind in ("test", "no test") for text in block.noted(kind))


def named_in(block: Block) -> Iterator[str]:
    for kind in ("test", "run by"):
        for names in block.noted(kind):
            yield from re.split(r"[,\s]+", names)


def is_there(name: str) -> bool:
    """A function that only one file has, `file.py::function`, a whole `file.py`, or a story of `golden/`."""
    if name.startswith("golden/"):
        return (ROOT / "tests" / name).is_file()
    file, _, function = name.rpartition("::")
    if name.endswith(".py"):
        return name in {Path(place).name for place in functions()}
    places = [place for place, names in functions().items() if function in names]
    return any(Path(place).name == file for place in places) if file else len(places) == 1


@cache
def functions() -> Mapping[str, set[str]]:
    """The tests of each file."""
    found: dict[str, set[str]] = defaultdict(set)
    for path in (ROOT / "tests").rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                found[path.as_posix()].add(node.name)
    return found


def wrong_values(block: Block) -> Iterator[str]:
    for pairs in block.noted("value") if block.kind != "fence" else ():
        for pair in pairs.split(";"):
            said, _, name = (part.strip() for part in pair.partition("="))
            if said not in " ".join(block.text.split()):
                yield f"{block}: the block does not say {said}"
            elif not any(constant(name) == pytest.approx(amount) for amount in amounts(said)):
                yield f"{block}: {said}, and {name} is {constant(name):g}"


def amounts(said: str) -> Iterator[float]:
    """What a text such as `six hours`, `8 KB` or `1,000 requests` may mean: the number, and the number in its unit."""
    number, unit = re.fullmatch(r"([\w.,]+)\W?(.*)", said.replace("%", " %")).groups()  # type: ignore[union-attr]
    word = number.lower().strip(",.")
    value = WORDS[word] if word in WORDS else float(word.replace(",", ""))
    yield value
    yield from (value * size for size in UNITS.get(unit.strip().removesuffix("s"), ()))


def constant(name: str) -> float:
    """The value of a constant of a module, or of a class in it, by its whole name."""
    parts = name.split(".")
    module = next(".".join(parts[:end]) for end in range(len(parts) - 1, 0, -1) if find_spec_of(parts[:end]))
    value: object = import_module(module)
    for part in parts[len(module.split(".")) :]:
        # A dataclass with slots has its default in the field alone.
        fields = {one.name: one.default for one in dataclasses.fields(value)} if dataclasses.is_dataclass(value) else {}
        value = fields.get(part, getattr(value, part))
    if isinstance(value, timedelta):
        return value.total_seconds()
    assert isinstance(value, int | float), f"{name} is no number"
    return float(value)


def find_spec_of(parts: list[str]) -> bool:
    try:
        return find_spec(".".join(parts)) is not None
    except ModuleNotFoundError:
        return False
