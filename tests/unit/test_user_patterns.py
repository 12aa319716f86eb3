"""Log patterns of users: what is read from TOML, what is refused and why, and which pattern wins."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ci_failure_tracker.diagnosis.examples import mistake_in_example
from ci_failure_tracker.diagnosis.explain import explain, read_log
from ci_failure_tracker.diagnosis.keywords import marking_keywords, use_patterns
from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.diagnosis.user_patterns import parse_patterns
from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.model import LineRange, Outcome

LEAST = """
[[pattern]]
name = "gizmo.broken"
keywords = ["Gizmo Broke"]
start = 'gizmo broke: '
"""
ALL = """
[[pattern]]
name = "gizmo.broken"
keywords = ["gizmo broke"]
start = 'gizmo broke: '
confidence = "likely"
priority = 2
body = '  \\S'
max_lines = 5
headline = 'because'
outcome = "timed_out"
example = '''
  all is well
> gizmo broke: blue
!   because of rain
  all is well
'''
"""


@pytest.fixture(autouse=True)
def _built_in_patterns_alone() -> Iterator[None]:
    yield
    use_patterns(())


def parse(text: str) -> tuple[LogPattern, ...]:
    return parse_patterns("ci/gizmo.toml", text)


def mistakes(text: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        parse(text)
    return caught.value.mistakes


def test_a_pattern_needs_three_fields_and_the_others_have_their_defaults() -> None:
    assert parse(LEAST) == (LogPattern("gizmo.broken", ("gizmo broke",), "gizmo broke: ", ""),)


def test_every_field_can_be_given() -> None:
    (pattern,) = parse(ALL)
    assert (pattern.confidence, pattern.outcome, pattern.max_lines) == (Confidence.LIKELY, Outcome.TIMED_OUT, 5)
    use_patterns((pattern,))
    assert mistake_in_example(pattern) == ""


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "ci/gizmo.toml holds no pattern. Begin each pattern with a line `[[pattern]]`"),
        ("pattern = 3", "holds no pattern"),
        ("[pattern]\nname = 'a.b'", "holds no pattern"),
        ("[[patterns]]\nname = 'a.b'", "has `patterns` outside of its patterns"),
        ("[[pattern]\n", "is not TOML"),
        (LEAST.replace("'", '"').replace("broke: ", "\\d"), "Write regular expressions between single quotes"),
        ("[[pattern]]\nname = 'gizmo.broken'", "pattern `gizmo.broken`: `keywords` is missing"),
        ("[[pattern]]\nkeywords = ['gizmo']", "pattern 1: `name` is missing"),
        (LEAST + "bdy = ''", "pattern `gizmo.broken`: `bdy` is not a field of a pattern. Did you mean `body`?"),
        (LEAST + "zzzz = ''", "Known are name, keywords, start"),
        (LEAST + "body = 3", "`body` is 3. Give a text"),
        (LEAST + "max_lines = 0", "Give a number from 1 to 500"),
        (LEAST + "priority = true", "Give a whole number"),
        (LEAST + "ends_job = 'yes'", "`ends_job` is 'yes'. Give true or false"),
        (LEAST + "confidence = 'sure'", "Give one of"),
        (LEAST + "outcome = 'bad'", "timed_out"),
        (LEAST.replace("['Gizmo Broke']", "'x'").replace('["Gizmo Broke"]', '"x"'), "Give a list of texts"),
        (LEAST.replace("Gizmo Broke", "ab"), "the keyword 'ab' cannot be used. Give 3 letters or more"),
        (LEAST.replace('"Gizmo Broke"', ""), "`keywords` holds 0 texts"),
        (LEAST.replace("gizmo.broken", "Gizmo"), "`name` has the wrong form"),
        (LEAST + LEAST, "2 patterns have the name `gizmo.broken`"),
        (LEAST * 201, "holds 201 patterns. Leave 200 at most"),
        (LEAST + "body = '(x'", "`body` is `(x`, which is not a regular expression of Python (missing ),"),
        (LEAST.replace("'gizmo broke: '", "'.*'"), "`start` is `.*`, which matches an empty line"),
        (LEAST.replace("'gizmo broke: '", "''"), "`start` is ``, which matches an empty line"),
        (LEAST + "body = '(\\s*\\S+)+:'", "`body` is `(\\s*\\S+)+:`, which can run for long"),
        (LEAST + "headline = '.*a.*b'", "`headline` is `.*a.*b`, which can run for long"),
        (LEAST + f"body = '{'x' * 2_001}'", "is longer than 2,000 characters"),
    ],
)
def test_a_bad_file_is_an_error_with_file_pattern_and_advice(text: str, what: str) -> None:
    found = mistakes(text)
    assert all(mistake.startswith("ci/gizmo.toml") for mistake in found)
    assert any(what in mistake for mistake in found), found


def test_every_mistake_is_told_at_once() -> None:
    wrong = LEAST.replace("gizmo broke: ", "(x") + LEAST.replace("gizmo.broken", "gizmo.other") + "body = '(x'"
    assert len(mistakes(wrong)) == 2


@pytest.mark.parametrize(
    ("example", "what"),
    [
        ("! gizmo broke: blue\n>   why\n  end", ""),
        ("! gizmo broke: blue\n    why", "but the pattern finds line 1, 2"),
        ("! all is well", "but the pattern finds no line"),
        ("  all is well", "no line is marked as the headline"),
        ("gizmo broke", "does not begin with"),
        ("> gizmo broke: blue\n!   why", "but the pattern finds line 1, 2 and the headline in line 1"),
    ],
)
def test_an_example_says_what_the_pattern_has_to_find(example: str, what: str) -> None:
    (pattern,) = parse(LEAST + f"body = '  \\S'\nexample = '''\n{example}\n'''")
    use_patterns((pattern,))
    found = mistake_in_example(pattern)
    assert what in found
    assert bool(found) is bool(what)


def test_an_example_names_the_pattern_that_took_the_line() -> None:
    taken = LEAST.replace("gizmo.broken", "gizmo.other") + "example = '! gizmo broke: blue'"
    patterns = parse(LEAST + taken)
    use_patterns(patterns)
    assert "Other patterns find lines in it: gizmo.broken" in mistake_in_example(patterns[1])


LOG = b"""\
the gizmo broke: blue
  because of rain
error: something else: went wrong
src/gizmo.c:3:1: error: no widget 'blue'
"""


def test_a_pattern_finds_what_no_built_in_pattern_does_and_its_keywords_mark_lines() -> None:
    plain = b"qux\nzorblatt is over there\nqux\nqux\nqux\nqux\nqux\nqux\nqux\nqux\nqux\nqux\n"
    assert "zorblatt" not in explain(read_log([plain])).headline
    use_patterns(parse(LEAST.replace("Gizmo Broke", "zorblatt").replace("gizmo broke: ", "zorblatt is")))
    assert b"zorblatt" in marking_keywords()
    assert explain(read_log([plain])).headline == "zorblatt is over there"


def test_only_lines_that_hold_a_keyword_are_tried() -> None:
    use_patterns(parse(LEAST.replace("Gizmo Broke", "Widget")))
    lines = b"gizmo broke: an error\ngizmo broke: no WIDGET\n"
    (failure,) = explain(read_log([lines])).failures
    assert (failure.tool, failure.lines) == ("gizmo", (LineRange(2, 2),))


def test_without_body_and_end_a_failure_is_one_line() -> None:
    use_patterns(parse(LEAST))
    (failure,) = explain(read_log([b"gizmo broke: blue\n  because of rain\n"])).failures
    assert failure.lines == (LineRange(1, 1),)


def test_a_start_matches_at_the_beginning_of_a_line_and_a_headline_anywhere_in_it() -> None:
    example = "> gizmo broke: blue\n!   because of rain"
    fields = "body = '  '\nheadline = 'of rain'\nexample = '''\n{}\n'''"
    (found,) = parse(LEAST + fields.format(example))
    (lost,) = parse(LEAST + fields.format(example.replace("gizmo", "the gizmo")))
    use_patterns((found,))
    assert mistake_in_example(found) == ""
    assert "the pattern finds no line" in mistake_in_example(lost)


def test_of_two_patterns_of_a_user_the_higher_priority_wins() -> None:
    use_patterns(parse(LEAST + LEAST.replace("gizmo.broken", "widget.broken") + "priority = 1"))
    assert explain(read_log([b"gizmo broke: blue\n"])).failures[0].tool == "widget"


def test_a_pattern_wins_against_a_built_in_one_of_the_same_confidence() -> None:
    own = """
[[pattern]]
name = "gizmo.c"
keywords = ["no widget"]
start = '.{1,200}: no widget'
priority = -1_000
outcome = "timed_out"
"""
    assert explain(read_log([LOG])).outcome is Outcome.FAILURE
    use_patterns(parse(own))
    assert explain(read_log([LOG])).outcome is Outcome.TIMED_OUT
    use_patterns(parse(own + "confidence = 'symptom'"))
    assert explain(read_log([LOG])).outcome is Outcome.FAILURE
    use_patterns(())
    assert explain(read_log([LOG])).outcome is Outcome.FAILURE
