"""The block by which people teach the tracker: what it says, and what is wrong with it."""

import re
from datetime import date
from pathlib import Path

import pytest

from ci_failure_tracker.issues.rule_block import (
    CONDITIONS,
    KEYS_OF_RULE,
    block_of_known,
    block_of_tracked,
    outside_of_table,
    read_rule,
    read_same_as,
    with_table,
)
from ci_failure_tracker.model import Rule, RuleAction

PAGE = (Path(__file__).parents[2] / "docs" / "known-issues.md").read_text("utf-8")


def body(*lines: str, before: str = "Text.\n\n", after: str = "\nMore text.\n") -> str:
    """A body with a block of these lines."""
    return "\n".join([f"{before}```ci-failure", *lines, f"```\n{after}"])


def rule(*lines: str) -> Rule | None:
    """The rule of these lines; `None` if something is wrong with them."""
    block = block_of_known(body(*lines))
    assert block is not None
    return read_rule(block)[0]


def mistakes(*lines: str) -> tuple[str, ...]:
    """What is wrong with these lines."""
    block = block_of_known(body(*lines))
    assert block is not None
    return read_rule(block)[1]


def test_every_key_has_its_place_in_the_rule() -> None:
    lines = (
        "match: /timed out after \\d{1,5} s/",
        "workflow: Nightly*",
        "job: e2e",
        "kind: infra*",
        "until: 2027-01-31",
        "action: retry",
    )
    expected = Rule(
        match="/timed out after \\d{1,5} s/",
        workflow="Nightly*",
        job="e2e",
        kind="infra*",
        until=date(2027, 1, 31),
        action=RuleAction.RETRY,
    )
    assert rule(*lines) == expected


def test_without_an_action_the_failures_are_tracked() -> None:
    assert rule("match: No space left on device") == Rule(match="No space left on device")


def test_case_space_comments_and_quotes_do_not_matter() -> None:
    assert rule("# the mirror of the university", "", "  Match :   'mirror: gone'  ") == Rule(match="mirror: gone")


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (["No space left"], "has no colon"),
        (["matches: No space left"], "Did you mean `match`?"),
        (["colour: red", "match: abc"], "Known here: `match`, `workflow`, `job`, `kind`, `until`, `action`"),
        (["match: one text", "match: another"], "two lines"),
        (["match:"], "no value"),
        (["action: track"], "at least one of"),
        ([], "at least one of"),
        (["match: ab"], "shorter than 3"),
        (["match: /(/"], "no regular expression"),
        (["match: /x*/"], "matches an empty line"),
        (["match: /(a+)+b/"], "can run for long"),
        (["match: " + "x" * 501], "longer than 500"),
        (["kind: weather"], "Known are `test`"),
        (["until: tomorrow", "match: abc"], "until: 2027-01-31"),
        (["until: 2027-02-30", "match: abc"], "no date"),
        (["until: 2027-W05", "match: abc"], "no date"),
        (["until: 20270131", "match: abc"], "no date"),
        (["action: close", "match: abc"], "`track`, `ignore`, `retry`"),
        (["match: abc"] * 60, "50 at most"),
    ],
)
def test_a_mistake_says_how_to_write_it(lines: list[str], says: str) -> None:
    assert rule(*lines) is None
    assert says in " ".join(mistakes(*lines))


def test_all_mistakes_are_named_at_once() -> None:
    assert len(mistakes("until: soon", "action: shout", "match: ab")) == 3


def test_a_backtick_in_the_block_ends_no_code_in_the_answer() -> None:
    (mistake, _) = mistakes("ma`tch` <b>@team</b>")
    assert "ma`tch" not in mistake


@pytest.mark.parametrize(
    "text",
    [
        "No block here.",
        "```yaml\nmatch: abc\n```",
        "```ci-failure-tracker\nmatch: abc\n```",
        "    ```ci-failure\n    match: abc\n    ```",
        "````markdown\n```ci-failure\nmatch: abc\n```\n````",
        "<!--\n```ci-failure\nmatch: abc\n```\n-->",
    ],
)
def test_what_is_no_block_of_ours_is_no_rule(text: str) -> None:
    assert block_of_known(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "~~~ci-failure\nmatch: abc\n~~~",
        "``` ci-failure\r\nmatch: abc\r\n```\r\n",
        "   ````CI-Failure x\nmatch: abc\n````",
    ],
)
def test_each_form_of_a_fence_holds_a_rule(text: str) -> None:
    block = block_of_known(text)
    assert block is not None
    assert read_rule(block) == (Rule(match="abc"), ())


def test_two_blocks_and_a_block_without_an_end_are_mistakes() -> None:
    two = block_of_known(body("match: abc") + body("match: def"))
    endless = block_of_known("```ci-failure\nmatch: abc\n")
    assert two is not None
    assert endless is not None
    assert "2 blocks" in read_rule(two)[1][0]
    assert "no end" in read_rule(endless)[1][0]


def test_the_text_of_the_tracker_is_no_block_and_replaces_only_itself() -> None:
    written = with_table(body("match: abc"), "```ci-failure\nmatch: def\n```")
    again = with_table(written, "| a | table |")
    block = block_of_known(written)
    assert block is not None
    assert read_rule(block)[0] == Rule(match="abc")
    assert "match: def" not in again
    assert outside_of_table(again).strip() == body("match: abc").strip()
    assert with_table(again, "| a | table |") == again


def test_a_table_without_its_end_takes_no_text_of_a_person_along() -> None:
    written = with_table(body("match: abc"), "| a | table |")
    spoiled = written.replace("<!-- ci-failure-tracker-known:end -->", "And this is mine.")
    again = with_table(spoiled, "| another | table |")
    assert "And this is mine." in again
    assert "And this is mine." in with_table(again, "| a third | table |")


def test_another_text_in_the_block_has_another_digest() -> None:
    one, same, other = (block_of_known(body(line)) for line in ("match: abc", "match: abc", "match: abd"))
    assert one is not None
    assert same is not None
    assert other is not None
    assert one.digest == same.digest != other.digest


def test_an_issue_of_the_tracker_may_say_until_when_and_no_rule() -> None:
    block = block_of_tracked(body("until: 2027-01-31", "match: abc"))
    assert block is not None
    assert block.value("until") == "2027-01-31"
    assert "`match` is for a rule." in block.mistakes[0]


def test_a_text_full_of_fences_takes_no_long_time() -> None:
    assert block_of_known("`" * 60_000 + "ci-failure\n" + "``` " * 15_000) is None


@pytest.mark.parametrize("empty", ["^", "(a)|^", "(?=)", "()"])
def test_an_expression_that_takes_nothing_again_and_again_is_refused_before_it_runs(empty: str) -> None:
    (mistake,) = mistakes(f"match: /(?:(?:(?:{empty}){{9999}}){{9999}}){{9999}}/")
    assert "can run for long" in mistake


# --- what merges and splits causes ---------------------------------------------------------------

URL = "https://github.com/octo-org/example"


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("same as #12", 12),
        ("same as: #12", 12),
        ("Same as 12", 12),
        ("  SAME AS : 12", 12),
        (f"same as {URL}/issues/12", 12),
        ("until: 2027-01-31", None),
    ],
)
def test_a_line_names_an_issue_of_this_repository(line: str, number: int | None) -> None:
    block = block_of_tracked(body(line))
    assert block is not None
    assert block.mistakes == ()
    assert read_same_as(block, URL) == (number, "")


@pytest.mark.parametrize(
    "line", ["same as sailors/boat#3", "same as #0", "same as #1 and #2", "same as https://github.com/a/b/issues/12"]
)
def test_a_line_that_names_none_says_how_to_write_it(line: str) -> None:
    block = block_of_tracked(body(line))
    assert block is not None
    number, mistake = read_same_as(block, URL)
    assert number is None
    assert "Write the number of an issue of the tracker: `same as #12`." in mistake


@pytest.mark.parametrize(
    ("lines", "mistake"),
    [
        (("same as",), "`same as` has no value"),
        (("same as #1", "same as #2"), "`same as` stands in two lines"),
        (("the same as #2",), "Write, for example, `same as #12`, `not this` or `until: 2027-01-31`."),
        (("not this cause",), "`not this` stands alone in its line"),
    ],
)
def test_mistakes_in_an_issue_of_the_tracker_say_how_to_write_it(lines: tuple[str, ...], mistake: str) -> None:
    block = block_of_tracked(body(*lines))
    assert block is not None
    assert mistake in block.mistakes[0]


def test_each_line_splits_off_one_cause() -> None:
    block = block_of_tracked(body("not this", "until: 2027-01-31", "Not this:"))
    assert block is not None
    assert block.mistakes == ()
    assert len(block.values["not this"]) == 2


def test_a_rule_knows_no_such_lines() -> None:
    assert "no colon" in mistakes("match: abc", "same as #12")[0]


def test_the_examples_of_the_page_have_no_mistake() -> None:
    of_known, *of_tracked = re.findall(r"^````markdown\n(.*?)^````", PAGE, re.MULTILINE | re.DOTALL)
    block = block_of_known(of_known)
    assert block is not None
    found, wrong = read_rule(block)
    assert found is not None
    assert (found.match, found.workflow, wrong) == ("no answer from mirror.example", "Nightly*", ())
    blocks = [block_of_tracked(text) for text in of_tracked]
    assert [sorted(each.values) for each in blocks if each] == [["until"], ["same as"]]
    assert [each.mistakes for each in blocks if each] == [()] * len(of_tracked)


def test_the_keys_of_the_page_are_those_of_a_rule() -> None:
    keys = re.findall(r"^\| `(\w+)` \| ", PAGE.partition("| key |")[2].partition("\n\n")[0], re.MULTILINE)
    assert tuple(keys) == KEYS_OF_RULE
    assert len(CONDITIONS) == 4
    assert "at least one of the first four keys" in PAGE
    actions = [action.value for action in RuleAction]
    assert re.findall(r"^\| `(track|ignore|retry)` \| ", PAGE, re.MULTILINE) == actions
