"""Foreign text is judged as GitHub's readers see it: rendered by a CommonMark library."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from ci_failure_tracker.text.markdown import ZERO_WIDTH_SPACE, cell, code, defused, link, log_block, plain, prose

RENDERER = MarkdownIt("commonmark", {"html": True}).enable("table")
MENTION = re.compile(r"@[\w-]")
REFERENCE = re.compile(r"#\d|GH-\d", re.IGNORECASE)
ADDRESS = re.compile(r"://|(?<![a-z0-9])www\.", re.IGNORECASE)
COMMENT = re.compile(r"<!|--!?>")
COMMAND = re.compile(r"(?m)^\s*::|##\[")

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
    "<!-- a --!> b",
    "&#64;octocat &#x40;octocat &commat;octocat &num;1 &lt;b&gt; &amp;",
    "~~~ *a* _b_ [c]: https://evil.example",
    "password=hunter2 https://a:hunter2@evil.example",
]
LINES = st.lists(
    st.one_of(st.text(max_size=40), st.text(alphabet="`~ \t\r\n@#1a<!->:[]", max_size=40), st.sampled_from(HOSTILE))
)


def rendered_code(text: str) -> str:
    """The text of the only code span in a sentence that contains `text`, after a check of the rest."""
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
    assert plain("a\x1b[31m\u202eb\tc\r\nd\ud800\u200be\x1b") == "ab c de"


def test_a_secret_is_masked_before_the_text_is_cut() -> None:
    assert plain("login with password=hunter2", 23) == "login with password=***"
    assert plain("login with password=hunter2", 22) == "login with password=*…"


def test_a_secret_cannot_hide_behind_what_is_not_seen() -> None:
    assert plain("pass\u200bword=hun\x1b[1mter2") == "password=***"
    assert "hunter2" not in log_block(["pass\u200bword=hun\x1b[1mter2"]).replace(ZERO_WIDTH_SPACE, "")


@given(
    st.lists(st.sampled_from(["password: ", "https://u:hunter2@h ", "--token ", "must ", "x"]), max_size=6),
    st.integers(1, 40),
)
def test_plain_text_is_the_same_when_it_is_read_again(parts: list[str], limit: int) -> None:
    once = plain("".join(parts), limit)
    assert plain(once, limit) == once
    assert len(once) <= limit


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


def rendered_block(lines: list[str]) -> str:
    """The text of the only block of code in a comment that contains a log."""
    tokens = RENDERER.parse(f"before\n\n{log_block(lines)}\n\nafter\n")
    kinds = [token.type for token in tokens]
    paragraph = ["paragraph_open", "inline", "paragraph_close"]
    assert kinds == [*paragraph, "fence", *paragraph]
    assert tokens[3].info == "text"
    return tokens[3].content


def shown_lines(*lines: str) -> list[str]:
    """As readers see them."""
    return rendered_block(list(lines)).replace(ZERO_WIDTH_SPACE, "").split("\n")[:-1]


@given(LINES.filter(bool))
@example(["```", "~~~", "`" * 400, "    ```", "> ```"])
@example(["", " ", "\r", "\x00", "\ud800", "\u202e", "\u2028```", "\x85```"])
@example(["::error::x", "  ::add-mask::x", "\u200b::x", "a ##[error]b", "\t::x"])
def test_a_log_is_one_block_with_a_line_for_each_line_and_nothing_active(lines: list[str]) -> None:
    shown = rendered_block(lines)
    assert shown.count("\n") == len(lines)
    assert shown.replace("\n", "").isprintable() or ZERO_WIDTH_SPACE in shown
    assert not MENTION.search(shown)
    assert not REFERENCE.search(shown)
    assert not ADDRESS.search(shown)
    assert not COMMENT.search(shown)
    assert not COMMAND.search(shown)


@given(
    st.one_of(
        st.text(max_size=60),
        st.text(alphabet="`@#1<!->[](*_~|\\:/w. &;x", max_size=40),
        st.sampled_from(HOSTILE),
    )
)
def test_any_text_in_a_sentence_is_no_link_and_no_html(text: str) -> None:
    tokens = RENDERER.parse(f"It says: {prose(text)}.")
    assert [token.type for token in tokens] == ["paragraph_open", "inline", "paragraph_close"]
    inside = tokens[1].children or []
    assert not {token.type for token in inside} & {"link_open", "image", "html_inline", "softbreak"}
    shown = "".join(child.content for child in inside)
    assert not MENTION.search(shown)
    assert not REFERENCE.search(shown)
    assert not ADDRESS.search(shown)
    assert not COMMENT.search(shown)


def test_no_lines_are_no_block() -> None:
    assert log_block([]) == ""


def test_the_spaces_of_a_log_stay_and_its_tabs_become_spaces() -> None:
    assert shown_lines("  a   b  ", "\tx\ty", "ab\tc") == ["  a   b", "    x   y", "ab  c"]


def test_what_a_terminal_does_not_show_is_gone() -> None:
    assert shown_lines("\x1b[1;31mred\x1b[0m\x00\ud800\u202e!", "a\rb\u2028c", "end\r\n") == ["red!", "a b c", "end"]


def test_a_long_line_of_a_log_is_cut_with_an_ellipsis() -> None:
    assert shown_lines("x" * 301, "y" * 300) == ["x" * 299 + "…", "y" * 300]


def test_a_secret_in_a_log_is_masked_before_the_line_is_cut() -> None:
    line = "x" * 280 + " password=" + "hunter2" * 9
    assert shown_lines(line) == ["x" * 280 + " password=***"]


def test_a_private_key_in_a_log_is_masked() -> None:
    begin, end = (f"{'-' * 5}{word} PRIVATE KEY{'-' * 5}" for word in ("BEGIN", "END"))
    assert shown_lines(begin, "Fake0/ab" * 8, "Fak+0A==", end) == [begin, "***", "***", end]


def test_the_fence_of_a_log_is_longer_than_any_run_of_backticks_in_it() -> None:
    assert log_block(["a ````` b", "```"]).split("\n")[0] == "``````text"
    assert log_block(["a"]).split("\n")[0] == "```text"


def test_the_names_in_a_log_stay_as_they_are() -> None:
    line = "tests/x.py::test_a std::vector<int> a[0] # 1 <b> C:\\x -> y -- z *"
    assert rendered_block([line]) == f"{line}\n"
