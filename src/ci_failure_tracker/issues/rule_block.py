"""The block by which people teach the tracker: fenced code of the language `ci-failure` in the body of an issue.

Each line is `key: value`. The format is small and strict, and each mistake says how to write it.
"""

from __future__ import annotations

import hashlib
import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from functools import lru_cache

from ci_failure_tracker.issues.marker import outside
from ci_failure_tracker.model import KNOWN_ISSUE, FailureKind, Rule, RuleAction
from ci_failure_tracker.text.lazy import lazy
from ci_failure_tracker.text.markdown import OWN_COMMENT

LANGUAGE = "ci-failure"

CONDITIONS = ("match", "workflow", "job", "kind")
"""The keys of which a rule needs at least one."""

KEYS_OF_RULE = (*CONDITIONS, "until", "action")
"""The keys of the block of a known issue."""

SAME_AS, NOT_THIS = "same as", "not this"
"""What needs no colon: `same as #12`, and `not this`, which stands alone and may stand in several lines."""

KEYS_OF_TRACKED = ("until", SAME_AS, NOT_THIS)
"""The keys of a block in an issue that the tracker opened."""

LONGEST_VALUE = 500
"""Characters of a value. Nobody reads more in a rule."""

SHORTEST_MATCH = 3
"""Characters of a text to look for. A shorter one stands in every log."""

MOST_LINES = 50
"""Lines of a block that are read."""

BEGIN_TABLE = f"{OWN_COMMENT}-known:begin -->"
END_TABLE = f"{OWN_COMMENT}-known:end -->"
_TABLE = lazy(
    rf"^{re.escape(BEGIN_TABLE)}(?:(?!^{re.escape(BEGIN_TABLE)})[\s\S])*?^{re.escape(END_TABLE)}", re.MULTILINE
)
"""The text of the tracker in a known issue. Foreign text in it never begins a line with such a comment.

If a person took its end away, it is no more than text of theirs: what follows it stays.
"""

_FENCE = lazy(r" {0,3}(`{3,200}|~{3,200})[ \t]*([^\s`]{0,100})")
_WITHOUT_COLON = lazy(rf"[ \t]{{0,9}}({SAME_AS}|{NOT_THIS})\b[ \t]{{0,9}}:?(.*)", re.IGNORECASE)
_NUMBER = lazy(r"#?([1-9][0-9]{0,9})", re.ASCII)
_EXAMPLE = "Write, for example, `match: No space left on device`."
_EXAMPLE_OF_TRACKED = f"Write, for example, `{SAME_AS} #12`, `{NOT_THIS}` or `until: 2027-01-31`."


@dataclass(frozen=True, slots=True)
class Block:
    """A block: its values by key, and what is wrong with it, each mistake as a sentence that says how to write it.

    `digest` is short and the same for the same text. The key of a `repeated` list may stand in several lines.
    """

    values: Mapping[str, Sequence[str]]
    mistakes: tuple[str, ...]
    digest: str

    def value(self, key: str) -> str:
        """The value of a key; empty if it is not there."""
        return next(iter(self.values.get(key, ())), "")


def read_block(text: str, keys: Sequence[str], repeated: Sequence[str] = ()) -> Block | None:
    """The block in a body from which the tracker's own text was taken; `None` if there is none.

    `keys` are those that count there, and those in `repeated` may stand in several lines.
    """
    blocks = _blocks(text)
    if not blocks:
        return None
    lines, closed = blocks[0]
    values, mistakes = _values(lines, keys, repeated)
    if not closed:
        mistakes.append("The block has no end. Close it with a line of as many backticks as open it.")
    if len(blocks) > 1:
        mistakes.append(
            f"The body holds {len(blocks)} blocks of `{LANGUAGE}`. Leave one; several rules take an issue each."
        )
    return Block(values, tuple(mistakes), _digest("\n".join("\n".join(block) for block, _ in blocks)))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def may_hold_block(body: str) -> bool:
    """Whether the body of an issue of the tracker may hold a block, without reading it: there may be thousands."""
    # The hidden comments of the tracker hold the word, too.
    return body.count(LANGUAGE) > body.count(f"{LANGUAGE}-tracker")


def block_of_known(body: str) -> Block | None:
    """The block in the body of a known issue; the tracker's own text does not count."""
    return read_block(outside_of_table(body), KEYS_OF_RULE)


@lru_cache(maxsize=10_000)
def block_of_tracked(body: str) -> Block | None:
    """The block in the body of an issue of the tracker; the tracker's own text does not count.

    A sweep asks several times, and most issues have none.
    """
    return read_block(outside(body), KEYS_OF_TRACKED, (NOT_THIS,)) if may_hold_block(body) else None


def outside_of_table(body: str) -> str:
    """What people wrote in the body of a known issue."""
    return _TABLE.sub("", body.replace("\r\n", "\n"))


def table_in(body: str) -> str:
    """The tracker's own text in the body of a known issue."""
    found = _TABLE.search(body.replace("\r\n", "\n"))
    return found[0] if found else ""


def with_table(body: str, table: str) -> str:
    """A body with another text of the tracker; what people wrote stays as it is."""
    body = body.replace("\r\n", "\n")
    text = f"{BEGIN_TABLE}\n{table.strip()}\n{END_TABLE}"
    if _TABLE.search(body):
        return _TABLE.sub(lambda _: text, body, count=1)
    return f"{body.rstrip()}\n\n{text}\n"


def _blocks(text: str) -> Sequence[tuple[Sequence[str], bool]]:
    """The lines of each fenced block of our language, and whether it is closed. A block in another one is its text."""
    found: list[tuple[list[str], bool]] = []
    fence, is_ours, in_comment = "", False, False
    # By hand, not by a Markdown library: it would be loaded in each sweep, for a block that most issues do not have.
    for line in text.replace("\r\n", "\n").split("\n"):
        if in_comment:
            in_comment = "-->" not in line
        elif fence:
            if _closes(line, fence):
                found[-1:] = [(found[-1][0], True)] if is_ours else found[-1:]
                fence = ""
            elif is_ours:
                found[-1][0].append(line)
        elif opening := _FENCE.match(line):
            fence, is_ours = opening[1], opening[2].casefold() == LANGUAGE
            if is_ours:
                found.append(([], False))
        else:
            in_comment = line.lstrip().startswith("<!--") and "-->" not in line
    return found


def _closes(line: str, fence: str) -> bool:
    text = line.strip()
    return len(text) >= len(fence) and not text.strip(fence[0]) and not line.startswith("    ")


def _values(
    lines: Sequence[str], keys: Sequence[str], repeated: Sequence[str]
) -> tuple[Mapping[str, Sequence[str]], list[str]]:
    values: dict[str, list[str]] = {}
    mistakes = []
    if len(lines) > MOST_LINES:
        mistakes.append(f"The block has {len(lines)} lines. Leave {MOST_LINES} at most.")
    for line in lines[:MOST_LINES]:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        key, colon, value = _parts(line, keys)
        # All mistakes are said at once. With one in each sweep, a rule would take a week to be right.
        if mistake := _mistake_of_line(line, key, colon, value, keys):
            mistakes.append(mistake)
        elif key in values and key not in repeated:
            mistakes.append(f"`{key}` stands in two lines. Leave one.")
        else:
            values.setdefault(key, []).append(value)
    return values, mistakes


def _parts(line: str, keys: Sequence[str]) -> tuple[str, str, str]:
    """The key, the colon and the value of a line."""
    if SAME_AS in keys and (found := _WITHOUT_COLON.match(line)):
        return found[1].casefold(), ":", _unquoted(found[2].strip())
    key, colon, given = line.partition(":")
    return " ".join(key.split()).casefold(), colon, _unquoted(given.strip())


def _mistake_of_line(line: str, key: str, colon: str, value: str, keys: Sequence[str]) -> str:
    if not colon:
        example = _EXAMPLE_OF_TRACKED if SAME_AS in keys else _EXAMPLE
        return f"{_quoted(line)} has no colon. Each line is `key: value`. {example}"
    if key not in keys and key in KEYS_OF_RULE:
        return f"`{key}` is for a rule. Write the rule into an issue of your own with the label `{KNOWN_ISSUE}`."
    if key not in keys:
        from difflib import get_close_matches  # noqa: PLC0415 - only a mistake needs it

        near = get_close_matches(key, keys, 1)
        meant = f"Did you mean `{near[0]}`?" if near else f"Known here: {_listed(keys)}."
        return f"{_quoted(key)} is no key. {meant}"
    return _mistake_of_value(key, value)


def _mistake_of_value(key: str, value: str) -> str:
    if key == NOT_THIS:
        return f"`{NOT_THIS}` stands alone in its line. Take away what follows it." if value else ""
    if not value:
        return f"`{key}` has no value. Write it behind the colon, or take the line away."
    if len(value) > LONGEST_VALUE:
        return f"`{key}` is longer than {LONGEST_VALUE} characters. Write less of it."
    return ""


def _unquoted(value: str) -> str:
    """The value without quotes around all of it, which people write out of habit."""
    quote = value[:1]
    is_quoted = quote in {'"', "'"} and value.endswith(quote) and bool(value[1:-1])
    return value[1:-1] if is_quoted else value


def _quoted(text: str) -> str:
    """A part of the block as it is shown in a mistake; a backtick would end the code."""
    return f"`{text.strip()[:60].replace('`', chr(39)) or ' '}`"


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(f"`{key}`" for key in keys)


# --- a rule --------------------------------------------------------------------------------------


def read_rule(block: Block) -> tuple[Rule | None, tuple[str, ...]]:
    """The rule in a block of a known issue; if there is none, what is wrong."""
    mistakes = [*block.mistakes, *_mistakes_of_rule(block)]
    until, wrong = read_until(block)
    mistakes += [wrong] if wrong else []
    if mistakes:
        return None, tuple(mistakes)
    conditions = {key: block.value(key) for key in CONDITIONS}
    action = RuleAction(block.value("action").casefold() or RuleAction.TRACK)
    return Rule(**conditions, until=until, action=action), ()


def read_until(block: Block) -> tuple[date | None, str]:
    """The last day, if the block names one, or what is wrong with it."""
    given = block.value("until")
    try:
        day = date.fromisoformat(given) if given else None
        if day is None or day.isoformat() == given:  # newer versions of Python take other forms, such as that of weeks
            return day, ""
    except ValueError:
        pass
    return None, f"`until` is {_quoted(given)}, which is no date. Write year, month and day: `until: 2027-01-31`."


def read_same_as(block: Block, url: str) -> tuple[int | None, str]:
    """The number of the issue that is the same, if the block names one, or what is wrong with it.

    `url` is the address of the repository.
    """
    given = block.value(SAME_AS)
    found = _NUMBER.fullmatch(given.removeprefix(f"{url}/issues/"))
    if not given or found:
        return (int(found[1]) if found else None), ""
    return None, (
        f"`{SAME_AS}` names {_quoted(given)}, which is no issue of this repository. Write the number of an issue of "
        f"the tracker: `{SAME_AS} #12`."
    )


def _mistakes_of_rule(block: Block) -> Iterator[str]:
    if not any(block.value(key) for key in CONDITIONS):
        yield f"A rule needs at least one of {_listed(CONDITIONS)}. {_EXAMPLE}"
    if (match := block.value("match")) and (mistake := _mistake_of_match(match)):
        yield f"`match` {mistake}"
    kind, kinds = block.value("kind").casefold(), [each.value for each in FailureKind]
    # A kind that does not exist would match nothing, without a word.
    if kind and not any(fnmatchcase(each, kind) for each in kinds):
        yield f"`kind` is {_quoted(kind)}, which is no kind of failure. Known are {_listed(kinds)}."
    action = block.value("action").casefold()
    if action and action not in [each.value for each in RuleAction]:
        yield f"`action` is {_quoted(action)}. Write one of {_listed(each.value for each in RuleAction)}."


def _mistake_of_match(match: str) -> str:
    source = expression_in(match)
    if source is None:
        short = len(match.strip()) < SHORTEST_MATCH
        return f"is shorter than {SHORTEST_MATCH} characters. Write more of the text." if short else ""
    # Rules without an expression need nothing of the parser, which takes time to load.
    from ci_failure_tracker.diagnosis.regex_cost import MOST_WAYS, ways  # noqa: PLC0415

    shown = _quoted(source)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            expression = re.compile(source)
            number = ways(source, searched=True)
    except (re.error, RecursionError, OverflowError, Warning):
        advice = "Correct it, or leave the slashes out for plain text."
        return f"holds {shown} between slashes, which is no regular expression of Python. {advice}"
    if number > MOST_WAYS:  # before any search
        return (
            f"holds {shown}, which can run for long. Let no repeat stand in a repeat, and bound what repeats: "
            r"`\S{1,200}` in place of `\S+`."
        )
    # Such a rule would take every failure, and none would get an issue.
    if expression.search(""):
        return f"holds {shown}, which matches an empty line. Write what a line has to hold."
    return ""


def expression_in(match: str) -> str | None:
    """The regular expression in a value between slashes; `None` if it is plain text."""
    is_expression = match.startswith("/") and match.endswith("/") and bool(match[1:-1])
    return match[1:-1] if is_expression else None
