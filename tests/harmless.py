"""Checks that hold for every text of the program, whatever went into it.

Markdown is rendered as GitHub renders it, by GitHub's own library. After that, GitHub looks for mentions, references
and addresses in each text that is not in code. So these must not be there, and code must hold no character that its
reader did not write: what people copy from it has to work.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import cmarkgfm
from cmarkgfm.cmark import Options

from builders import an_issue
from ci_failure_tracker.issues.marker import BEGIN, END, read_tracked

ZERO_WIDTH_SPACE = "\u200b"
BODY_LIMIT, TITLE_LIMIT, COMMENT_LIMIT = 65_536, 256, 65_536

done: Counter[str] = Counter()
"""How often each kind of check was made."""

_MENTION = re.compile(r"@(?=[\w-])")
_REFERENCE = re.compile(r"#(\d+)|(?<![A-Za-z0-9])GH-\d", re.IGNORECASE)
_ADDRESS = re.compile(r"://(?!\u200b)|(?<![A-Za-z0-9])www\.(?!\u200b)|mailto:[^\s\u200b]+@\w", re.IGNORECASE)
_COMMIT = re.compile(r"(?<![0-9A-Za-z])(?=[a-f]*\d)[0-9a-f]{7,40}(?![0-9A-Za-z])")
_MARKER = re.compile(r"<!-- ci-failure-tracker \{.*\} -->")
_OF_COMMENT = re.compile(
    r"<!-- ci-failure-tracker-comment "
    r"(?:(?:closed|reopened|news) [0-9a-f]{32} \d+\.\d+ [0-9a-f]{8}|(?:duplicate|same-as) \d+) -->"
)
_TAGS = frozenset(
    "p strong a code pre table thead tbody tr th td h3 ol ul li hr blockquote details summary".split()  # noqa: SIM905 - a list of words
)
_ATTRIBUTES = {("a", "href"), ("code", "class"), ("th", "align"), ("td", "align")}
_FOLD = re.compile(
    r"^<details><summary>(?:More of the log|More suspects|Causes|(?:Jobs|Matrix jobs) that failed|Failed runs|"
    r"About this issue|(?:Flaky tests|Covered by another issue|Not failing|Nothing failing|"
    r"Only screened: the newest runs pass) \(\d+\))</summary>$",
    re.MULTILINE,
)
_EXTENSIONS = ["table", "strikethrough", "autolink", "tasklist"]
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def check_letters(text: str, what: str, allowed: str = "\n") -> None:
    """Nothing is hidden, except line ends."""
    done["letters"] += 1
    hidden = {char for char in set(text) if unicodedata.category(char) in _HIDDEN and char not in allowed}
    assert not hidden, f"{what} holds {sorted(map(ascii, hidden))}"
    text.encode("utf-8")


def check_secrets(text: str, secrets: Mapping[str, str], what: str) -> None:
    """The text holds none of the secrets, not even with invisible characters or an escape in between."""
    done["secrets"] += len(secrets)
    bare = re.sub("[^ -~]+", lambda match: "".join(filter(_is_seen, match[0])), text)
    read = re.sub(r"\\u002d", "-", bare)  # as a marker writes them
    for name, secret in secrets.items():
        for shown in (text, bare, read):
            assert secret not in shown, f"{what} tells {name}"


def _is_seen(char: str) -> bool:
    return unicodedata.category(char) not in _HIDDEN


def check_inactive(text: str, what: str, *, references: frozenset[int] = frozenset()) -> None:
    """Nothing in it is a mention, a reference but to these issues, or an address."""
    done["active"] += 1
    for pattern in (_MENTION, _ADDRESS):
        match = pattern.search(text)
        assert not match, f"{what}: {text[max(0, match.start() - 40) : match.end() + 40]!a}"
    for match in _REFERENCE.finditer(text):
        message = f"{what}: {text[max(0, match.start() - 40) : match.end() + 40]!a}"
        assert int(match[1] or 0) in references, message


# --- Markdown ------------------------------------------------------------------------------------


@dataclass
class Page(HTMLParser):
    """The parts of rendered Markdown that a reader sees."""

    texts: list[tuple[bool, str]] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    _within: int = 0

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._within += tag == "code"

    def handle_endtag(self, tag: str) -> None:
        self._within -= tag == "code"

    def handle_data(self, data: str) -> None:
        self.texts.append((self._within > 0, data))

    def handle_comment(self, data: str) -> None:
        self.comments.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.others.append(decl)

    def handle_pi(self, data: str) -> None:
        self.others.append(data)

    def unknown_decl(self, data: str) -> None:
        self.others.append(data)


def html_of(markdown: str, options: int = Options.CMARK_OPT_UNSAFE) -> str:
    options |= Options.CMARK_OPT_FOOTNOTES
    return str(cmarkgfm.markdown_to_html_with_extensions(markdown, options, _EXTENSIONS))


def page_of(markdown: str) -> Page:
    page = Page()
    page.feed(html_of(markdown))
    page.close()
    return page


def check_markdown(
    markdown: str, what: str, url: str, *, comments: int = 0, references: frozenset[int] = frozenset()
) -> Page:
    """Rendered there are only our own tags and links, so many comments of ours, and nothing active outside of code.

    Links lead to `url`, and plain references to the issues that are `references`. Where no comment is ours, as in the
    summary, a commit of the repository itself may be called by its number: that tells nobody.
    """
    done["pages"] += 1
    check_letters(markdown, what, f"\n\t{ZERO_WIDTH_SPACE}")
    page = page_of(markdown)
    _check_tags(page, what, url)
    # Without the leave to pass raw HTML on, the library says how often there is some, whatever it looks like.
    raw = html_of(markdown, 0).count("<!-- raw HTML omitted -->")
    folds = len(_FOLD.findall(markdown))
    tags = [tag for tag, _ in page.tags]
    assert tags.count("details") == tags.count("summary") == folds, f"{what} has other folds"
    # The end of the last fold and the comment in the next line are one piece.
    pieces = comments + 2 * folds - (1 if folds and comments else 0)
    assert raw == pieces, f"{what} has raw HTML: {raw} pieces"
    assert len(page.comments) == comments, f"{what} has the comments {page.comments}"
    assert not page.others, f"{what} has {page.others}"
    for in_code, text in page.texts:
        if in_code:
            check_letters(text, f"code of {what}", "\n\t")
            continue
        check_letters(text, what, f"\n{ZERO_WIDTH_SPACE}")
        check_inactive(text, what, references=references)
        if comments:
            match = _COMMIT.search(text)
            assert not match, f"{what} refers to the commit {match[0]}"
    return page


def _check_tags(page: Page, what: str, url: str) -> None:
    for tag, attributes in page.tags:
        assert tag in _TAGS, f"{what} has the tag {tag} with {attributes}"
        assert all((tag, name) in _ATTRIBUTES for name in attributes), f"{what} has {tag} with {attributes}"
        if tag == "a":
            assert f"{attributes['href']}/".startswith(f"{url}/"), f"{what} has a link to {attributes['href']}"
        if "class" in attributes:
            assert attributes["class"] in {"language-text", "language-yaml"}, f"{what} has the class {attributes}"


def check_title(title: str) -> None:
    """GitHub makes neither mentions nor references of a title, so it has to be visible and short, and no more."""
    check_letters(title, "a title", "")
    assert 0 < len(title) <= TITLE_LIMIT


def check_body(body: str, what: str, url: str, issues: int) -> None:
    """The body of an issue has one region, then one marker with a readable state."""
    page = check_markdown(body, what, url, comments=3, references=frozenset(range(1, issues + 1)))
    begin, end, marker = page.comments
    assert (begin, end) == (BEGIN, END)
    assert _MARKER.fullmatch(marker)
    assert [body.splitlines().count(sign) for sign in (BEGIN, END)] == [1, 1]
    assert body.endswith(f"{END}\n\n{marker}\n")
    tracked = read_tracked(an_issue(body=body))
    assert tracked is not None
    assert tracked.state is not None
    assert f"Failure id `{tracked.id}`" in body
    assert len(body.encode("utf-16-le")) // 2 <= BODY_LIMIT


def check_comment(text: str, url: str, issues: int) -> None:
    """A comment ends with its mark."""
    marks = _OF_COMMENT.findall(text)
    page = check_markdown(text, "a comment", url, comments=1, references=frozenset(range(1, issues + 1)))
    assert page.comments == marks
    assert text.endswith(marks[0])
    assert len(text) <= COMMENT_LIMIT


# --- a runner ------------------------------------------------------------------------------------

_OWN_COMMAND = re.compile(r"::(?:group|endgroup|debug|(?:error|warning|notice) title=ci-failure-tracker(?:,\w+=*)*)::")
_NEW_FORM = re.compile(r"\s*::(.*?)::(.*)")
_OLD_FORM = re.compile(r"(?:(?!##\[).)*##\[([^]]*)\](.*)")


def obeyed(log: str) -> Iterator[str]:
    """The lines of a log that a runner takes for commands, whatever their names are.

    It reads them as `ActionCommand.cs` and `ActionCommandManager.cs` of github.com/actions/runner do.
    """
    word = ""
    for line in log.split("\n"):
        found = _NEW_FORM.match(line) or _OLD_FORM.match(line)
        name = found[1].partition(" ")[0] if found else ""
        if word or not found:
            word = "" if name == word else word
        elif name == "stop-commands":
            word = found[2]
            assert re.fullmatch("[0-9a-f]{32}", word), f"{word!a} can be guessed"
        else:
            yield line
    assert not word, "the commands are never started again"


def check_log(text: str) -> None:
    """A runner obeys only the commands that the action itself gives."""
    done["logs of the action"] += 1
    assert "\r" not in text
    check_letters(text, "the log of the action")
    for line in obeyed(text):
        assert _OWN_COMMAND.match(line), f"the action says {line!a}"


def leaves(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from (key, *leaves(inner))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from leaves(inner)
