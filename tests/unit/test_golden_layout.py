"""How the golden files show a body, what changes in it, and the requests of a sweep."""

from __future__ import annotations

from pathlib import Path

import pytest

from golden.conversation import Conversation, read_conversation, told
from golden.layout import changes, intro, requests_made, short
from sandbox import RequestRecord

GOLDEN = Path(__file__).parents[1] / "golden"
BODY = """\
Job `test` is failing.

| Latest failure | run 1 |
|---|---|
| Commit | `abc` |

### What to do

1. Read the log.
"""


def test_equal_bodies_have_no_changes() -> None:
    assert changes(BODY, BODY) == []


def test_a_changed_line_is_shown_as_it_was_and_as_it_is() -> None:
    assert changes(BODY, BODY.replace("run 1", "run 2")) == [
        "-| Latest failure | run 1 |",
        "+| Latest failure | run 2 |",
    ]


def test_a_lost_line_and_a_new_line_are_both_shown() -> None:
    new = BODY.replace("1. Read the log.\n", "").replace("|---|---|\n", "|---|---|\n| Source | `ci.yml` |\n")
    assert changes(BODY, new) == ["+| Source | `ci.yml` |", "-1. Read the log."]


def test_lines_that_change_places_are_changes() -> None:
    assert sorted(changes("one\ntwo\n", "two\none\n")) in (["+one", "-one"], ["+two", "-two"])


def test_the_heading_of_a_section_is_shown_if_asked_for() -> None:
    new = BODY + "\n### Causes\n\n| Cause | First seen |\n|---|---|\n| No year | today |\n"
    assert changes(BODY, new) == ["+| Cause | First seen |", "+| No year | today |"]
    assert changes(BODY, new, headings=True) == ["+### Causes", "+| Cause | First seen |", "+| No year | today |"]


def test_a_changed_heading_is_no_change() -> None:
    assert changes(BODY, BODY.replace("### What to do", "### Next steps")) == []


def test_a_line_of_a_log_that_looks_like_a_heading_is_shown() -> None:
    log = "```\n# the tests begin\n```\n"
    assert changes("", log) == ["+```", "+# the tests begin", "+```"]
    assert changes(log, log.replace("begin", "end")) == ["-# the tests begin", "+# the tests end"]


@pytest.mark.parametrize("line", ["-- ", "++ ", "@ @", "--", "++"])
def test_lines_that_look_like_the_head_of_a_difference_are_shown(line: str) -> None:
    assert changes("", line) == [f"+{line}"]
    assert changes(line, "") == [f"-{line}"]


def test_the_intro_ends_before_the_first_table() -> None:
    assert intro(f"<!-- ci-failure-tracker:begin -->\n{BODY}") == "Job `test` is failing."


def test_a_short_text_has_short_commits_and_paths_of_the_repository() -> None:
    sha = "c5c1f915111cc860fe88726473f9fcc5c4cd3c6c"
    text = f"[{sha[:7]}](http://127.0.0.1:4711/octo-org/example/commit/{sha})"
    assert short(text) == "[c5c1f91](/commit/c5c1f91)"


def test_an_address_of_another_repository_stays_whole() -> None:
    text = "http://127.0.0.1:4711/octo-org/other/actions"
    assert short(text) == text


def test_the_requests_are_counted_and_a_failed_one_shows_its_status() -> None:
    made = [
        a_request("GET", "/repos/octo-org/example/actions/runs", 200),
        a_request("POST", "/graphql", 200),
        a_request("POST", "/repos/octo-org/example/labels", 201),
        a_request("POST", "/repos/octo-org/example/labels", 201),
        a_request("PATCH", "/repos/octo-org/example/issues/1", 502),
        a_request("PATCH", "/repos/octo-org/example/issues/1", 0),
    ]
    assert requests_made(made) == (
        "1 reads, POST /graphql, 2 × POST /labels, PATCH /issues/1 → 502, PATCH /issues/1 → no answer"
    )


def a_request(method: str, path: str, status: int) -> RequestRecord:
    return RequestRecord(method, path, "", status, 0.0, authorized=True)


@pytest.mark.parametrize(("part", "most"), [("body", 30), ("marker", 5)])
def test_few_golden_files_show_a_whole_body_or_marker(part: str, most: int) -> None:
    stories = [read_conversation(path).story for path in GOLDEN.glob("*.md")]
    assert 0 < sum(part in story.get("show", []) for story in stories) <= most


def test_what_a_golden_file_may_show_is_checked() -> None:
    with pytest.raises(ValueError, match="`show` knows body, marker and not bodies"):
        told(Conversation("", {"history": {}, "show": ["bodies"]}, ""))
