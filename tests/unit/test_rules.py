"""Every rule against its own example: with all other rules present, its block is found, whole, with its headline."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from itertools import groupby

import pytest

from ci_failure_tracker.diagnosis.blocks import find_blocks, pattern, variants
from ci_failure_tracker.diagnosis.log import Log, LogReader
from ci_failure_tracker.diagnosis.rule import Block, Rule
from ci_failure_tracker.diagnosis.rules import all_rules
from ci_failure_tracker.diagnosis.structure import Section
from ci_failure_tracker.diagnosis.words import rules_fitting

RULES = all_rules()


@dataclass(frozen=True)
class Example:
    """An example as its author marked it."""

    text: str
    block: tuple[int, ...]
    headline: tuple[int, ...]


def example_of(rule: Rule) -> Example:
    lines = rule.example.strip("\n").split("\n")
    assert all(re.match(r"[>! ](?: |$)", line) or not line for line in lines), "two characters before every line"
    marks = [line[:1] for line in lines]
    return Example(
        "\n".join(line[2:] for line in lines),
        tuple(number for number, mark in enumerate(marks, 1) if mark in {">", "!"}),
        tuple(number for number, mark in enumerate(marks, 1) if mark == "!"),
    )


def read(text: str) -> Log:
    reader = LogReader()
    reader.feed(text.encode())
    return reader.finish()


def blocks_in(text: str) -> tuple[Block, ...]:
    log = read(text)
    return find_blocks(log, Section(1, 1, log.last))


def matches(rule: Rule, text: str) -> bool:
    return pattern(rule.opens).match(text) is not None


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_finds_the_block_of_its_example_and_the_line_that_says_it_best(rule: Rule) -> None:
    example = example_of(rule)
    found = [block for block in blocks_in(example.text) if block.rule == rule.name]
    assert found, [(block.rule, block.start, block.end) for block in blocks_in(example.text)]
    lines = tuple(number for block in found for number in range(block.start, block.end + 1))
    blank = {number for number, line in enumerate(example.text.split("\n"), 1) if not line.strip()}
    assert set(lines) - blank == set(example.block) - blank
    assert tuple(block.headline for block in found) == example.headline


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_rule_is_well_formed(rule: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9_-]+\.[a-z0-9_]+", rule.name)
    for keyword in rule.keywords:
        assert keyword == keyword.lower()
        assert len(keyword.encode()) >= 3, "a short keyword marks too many lines"
    sources = (rule.opens, rule.lead, rule.through, rule.until, rule.closes, rule.headline, rule.names)
    for source in filter(None, sources):
        assert not pattern(source).match("") or source in {rule.through, rule.lead}, f"{source} fits an empty line"


def test_no_two_rules_share_a_name() -> None:
    assert [name for name, times in Counter(rule.name for rule in RULES).items() if times > 1] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_each_keyword_leads_to_a_block_of_the_example(rule: Rule) -> None:
    lines = example_of(rule).text.split("\n")
    openings = [line.lower() for line in lines if any(matches(rule, shown) for _, shown in variants(line))]
    assert [keyword for keyword in rule.keywords if not any(keyword in line for line in openings)] == []


def test_no_two_rules_of_equal_rank_and_priority_match_one_line() -> None:
    """Else an order that nobody sees decides. Give one of the two a higher priority."""
    lines = {line for rule in RULES for line in example_of(rule).text.split("\n")}
    tied: dict[tuple[str, ...], str] = {}
    for line in lines:
        matching = ([rule for rule in rules_fitting(line) if matches(rule, shown)] for _, shown in variants(line))
        found = next(filter(None, matching), [])
        for _, same in groupby(found, key=lambda rule: (rule.rank, rule.priority)):
            names = tuple(rule.name for rule in same)
            if len(names) > 1:
                tied[names] = line
    assert tied == {}
