"""Foreign text is judged as GitHub's readers see it: rendered by GitHub's own library.

`test_hostile_text.py` looks for what must not be active. Here each place shows exactly the text that it was given.
"""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ci_failure_tracker.issues.marker import BEGIN, END
from ci_failure_tracker.text.markdown import (
    OWN_COMMENT,
    ZERO_WIDTH_SPACE,
    cell,
    code,
    code_block,
    link,
    log_block,
    log_lines,
    plain,
    prose,
    unlinked,
)
from harmless import check_inactive, html_of, page_of
from hostile import TEXTS, Hostile

COPIED = (
    "tests/test_a.py::test_b[x@y-#1]",
    "npm install @scope/pkg@1.2.3",
    "git clone https://git.example/o/r.git && cd r # GH-7, fixes #12",
    "<!-- ci-failure-tracker:end --> --!> <b> &#64;octocat &amp;",
    "::error::x ##[group]y",
)
"""What people copy from an issue, or would if they could."""

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


def shown_code(markdown: str) -> list[str]:
    """The texts of the code in Markdown."""
    return [unescape(text) for text in re.findall(r"<code[^>]*>(.*?)</code>", html_of(markdown), re.DOTALL)]


PLACES_OF_CODE = (
    "Job {} failed.\n",
    "{} failed.\n",
    "{}\n",
    "### Job {}\n",
    "- {}\n",
    "1. Open the step {} of it.\n",
    "> {}\n",
    "**{}**\n",
    "[{}](https://h.example/a)\n",
)
TABLES = ("| a | b |\n|---|---|\n| {} | end |\n", "| {} | b |\n|---|---|\n| a | end |\n")


def check_code_shows_exactly(text: str, limit: int = 200) -> None:
    """In each place the code is the plain text, and nothing is left outside of it."""
    made, wanted = code(text, limit), [plain(text, limit) or " "]
    assert ZERO_WIDTH_SPACE not in made
    for place in PLACES_OF_CODE:
        assert shown_code(place.format(made)) == wanted
    for table in TABLES:
        html = html_of(table.format(cell(made)))
        assert shown_code(table.format(cell(made))) == wanted
        assert (html.count("<td>"), html.count("<th>"), html.count("<td>end</td>")) == (2, 2, 1)


@pytest.mark.parametrize("text", [*HOSTILE, *COPIED])
def test_code_shows_the_text_as_it_is_in_each_place(text: str) -> None:
    check_code_shows_exactly(text)


@pytest.mark.parametrize("hostile", TEXTS, ids=lambda one: one.name)
def test_code_shows_hostile_text_as_it_is(hostile: Hostile) -> None:
    check_code_shows_exactly(hostile.text[:2_000])
    check_code_shows_exactly(hostile.text[:2_000], 1_000)


@given(st.one_of(st.text(max_size=60), st.text(alphabet="ab|`\\@#1<!->- \n", max_size=60)))
@example("\\`")
@example("` ")
@example("`" * 90 + "@octocat")
@example("a\\|b \\\\| |")
@example(" ".join("`" * length for length in range(1, 19)))
def test_code_shows_any_text_as_it_is(text: str) -> None:
    check_code_shows_exactly(text)


@pytest.mark.parametrize("text", COPIED)
def test_a_text_that_is_copied_is_what_was_shown(text: str) -> None:
    assert plain(text) == text
    assert shown_lines(text) == [text]
    assert shown_code(prose(f"It says `{text}`.")) == [text]


@given(st.text(alphabet="ab|`\\@#1<&;[_*~ ", max_size=40))
@example("`` a ` b ` @c")
@example("`" * 81 + "@a" + "`" * 81)
def test_prose_keeps_its_code_and_escapes_the_rest(text: str) -> None:
    page = page_of(f"It says: {prose(text)}.")
    assert {tag for tag, _ in page.tags} <= {"p", "code"}
    for in_code, part in page.texts:
        if in_code:
            assert ZERO_WIDTH_SPACE not in part
        else:
            check_inactive(part, "prose")
    shown = "".join(part for _, part in page.texts).replace(ZERO_WIDTH_SPACE, "").strip()
    # A run of backticks around code is not shown. Everything else is.
    assert re.sub("[` ]", "", shown) == re.sub("[` ]", "", f"It says: {plain(text)}.")


def test_plain_text_is_one_visible_line() -> None:
    assert plain("a\x1b[31m\u202eb\tc\r\nd\ud800\u200be\x1b") == "ab c de"


def test_a_secret_is_masked_before_the_text_is_cut() -> None:
    assert plain("login with password=hunter2", 23) == "login with password=***"
    assert plain("login with password=hunter2", 22) == "login with password=*…"


def test_a_secret_cannot_hide_behind_what_is_not_seen() -> None:
    assert plain("pass\u200bword=hun\x1b[1mter2") == "password=***"
    assert "hunter2" not in log_block(["pass\u200bword=hun\x1b[1mter2"])


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


def test_text_outside_of_code_names_nobody_and_links_nothing() -> None:
    text = unlinked("@octocat a@b.example #12 GH-7 https://evil.example www.evil.example")
    check_inactive(text, "it")
    assert text.replace(ZERO_WIDTH_SPACE, "") == "@octocat a@b.example #12 GH-7 https://evil.example www.evil.example"


def test_an_address_that_could_break_out_gives_no_link() -> None:
    assert link("x", "https://h/a") == "[x](https://h/a)"
    for address in ("javascript:alert(1)", "https://h/a) [y](z", "https://h/a b", 'https://h/"x'):
        assert link("x", address) == "x"


def shown_lines(*lines: str) -> list[str]:
    """The lines of the only block of code in a comment that contains a log."""
    html = html_of(f"before\n\n{log_block(lines)}\n\nafter\n")
    block = re.fullmatch(
        r'<p>before</p>\n<pre><code class="language-text">(.*)\n</code></pre>\n<p>after</p>\n', html, re.DOTALL
    )
    assert block, html
    return unescape(block[1]).split("\n")


def without_endless_fences(lines: list[str]) -> list[str]:
    """No line of nothing but more than 200 backticks; those are cut."""
    return [line for line in lines if not re.fullmatch(" *`{200,}", line)]


@given(LINES.filter(bool))
@example(["```", "~~~", "`" * 100, "    ```", "> ```"])
@example(["", " ", "\r", "\x00", "\ud800", "\u202e", "\u2028```", "\x85```"])
@example(["::error::x", "  ::add-mask::x", "\u200b::x", "a ##[error]b", "\t::x"])
@example([BEGIN, "\tx", END, f"  {END}", "", "```"])
def test_a_log_is_one_block_with_exactly_its_visible_lines(lines: list[str]) -> None:
    assert shown_lines(*lines) == log_lines(lines)


@pytest.mark.parametrize("hostile", TEXTS, ids=lambda one: one.name)
def test_a_log_of_hostile_text_is_shown_as_it_is(hostile: Hostile) -> None:
    lines = without_endless_fences(log_lines(hostile.text[:5_000].split("\n")))
    assert shown_lines(*lines) == lines


@pytest.mark.parametrize("length", [199, 254, 255, 256, 300])
def test_no_run_of_backticks_ends_a_block(length: int) -> None:
    for line in ("`" * length, f"   {'`' * length}", "`" * length + "x"):
        shown = shown_lines("a", line, "@octocat")
        assert len(shown) == 3
        assert shown[2] == "@octocat"
        assert shown[1] in {line, f"{line[:199]}…", f"{line[:299]}…"}


def test_no_line_of_a_log_begins_as_a_comment_of_the_tracker() -> None:
    lines = [BEGIN, END, '<!-- ci-failure-tracker {"v":1} -->', f"a {END}"]
    assert shown_lines(*lines) == lines
    assert not [line for line in log_block(lines).split("\n") if line.startswith(OWN_COMMENT)]


def test_no_lines_are_no_block() -> None:
    assert log_block([]) == ""


def test_the_spaces_and_tabs_of_a_log_stay() -> None:
    assert shown_lines("  a   b  ", "\tx\ty", " \t ", "ab\tc") == ["  a   b", "\tx\ty", "", "ab\tc"]


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
    assert shown_lines(line) == [line]


def test_lines_that_are_visible_already_become_a_block() -> None:
    assert code_block(["permissions:", "  actions: read"]) == "```text\npermissions:\n  actions: read\n```"
