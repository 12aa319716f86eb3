"""Foreign text is judged as GitHub's readers see it: rendered by a CommonMark library."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ci_failure_tracker.rendering.markdown import cell, code, defused, link, plain

RENDERER = MarkdownIt("commonmark", {"html": True}).enable("table")
MENTION = re.compile(r"@[\w-]")
REFERENCE = re.compile(r"#\d|GH-\d", re.IGNORECASE)

HOSTILE = [
    "@octocat and @org/team",
    "fixes #12, octo/repo#3, GH-7",
    "https://evil.example www.evil.example",
    "<!-- ci-failure-tracker:end -->",
    "--> <img src=x onerror=alert(1)>",
    "` `` ``` ````",
    "`",
    "a | b \\| c",
    "[x](https://evil.example) ![y](z)",
    "\x1b[31mred\x1b[0m \u202egnirts",
    "a\nb\r\nc\x00d",
    "\ud800 lone",
    "{{ 7 * 7 }} {% raw %}",
    "::error::x ##[error]y",
]


def rendered_code(text: str) -> str:
    """The text of the one code span that a sentence with `text` in it has, and nothing else but the sentence."""
    html = RENDERER.render(f"Job {code(text)} failed.")
    match = re.fullmatch(r"<p>Job <code>(.*?)</code> failed\.</p>\n", html, re.DOTALL)
    assert match, html
    return match[1]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_one_code_span(text: str) -> None:
    shown = rendered_code(text)
    assert not MENTION.search(shown)
    assert not REFERENCE.search(shown)


@given(st.text(max_size=60))
@example("\\`")
@example("` ")
def test_any_text_stays_one_code_span(text: str) -> None:
    shown = rendered_code(text)
    assert not MENTION.search(shown)
    assert not REFERENCE.search(shown)


@given(st.text(alphabet="ab|`\\@#1<!->- \n", max_size=30))
def test_any_text_stays_in_its_cell(text: str) -> None:
    html = RENDERER.render(f"| a | b |\n|---|---|\n| {cell(code(text))} | end |\n")
    assert html.count("<td>") == 2
    assert html.count("<td>end</td>") == 1


def test_plain_text_is_one_visible_line() -> None:
    assert plain("a\x1b[31m\u202eb\tc\r\nd\ud800\u200be") == "a[31mb c de"


def test_a_long_text_is_cut_with_an_ellipsis() -> None:
    assert plain("x" * 300, 10) == "x" * 9 + "…"
    assert len(code("`" * 300, 50)) < 160


def test_no_marker_can_be_built_from_foreign_text() -> None:
    assert "<!--" not in defused('<!-- ci-failure-tracker {"v":1} -->')
    assert "-->" not in defused('<!-- ci-failure-tracker {"v":1} -->')


def test_an_address_that_could_break_out_gives_no_link() -> None:
    assert link("x", "https://h/a") == "[x](https://h/a)"
    for address in ("javascript:alert(1)", "https://h/a) [y](z", "https://h/a b", 'https://h/"x'):
        assert link("x", address) == "x"
