"""The text of the tracker in a known issue: what its rule matched, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from ci_failure_tracker.issues.evidence import short_code
from ci_failure_tracker.issues.known_memory import write_memory
from ci_failure_tracker.issues.links import run_address
from ci_failure_tracker.issues.rule_block import LANGUAGE, block_of_known, with_table
from ci_failure_tracker.model import (
    KnownMatch,
    KnownMemory,
    KnownUpdate,
    KnownWrite,
    Problem,
    RuleAction,
    RuleStatus,
    Severity,
)
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.text.markdown import BODY_LIMIT, cell, code, length, link, prose, utc

WINDOWS = ((timedelta(days=1), "24 hours"), (timedelta(days=7), "7 days"), (timedelta(days=30), "30 days"))
_SILENT = timedelta(days=30)
_EXAMPLE = """```yaml
match: No space left on device
workflow: Nightly*
until: 2027-01-31
action: track
```"""
_HEADLINE = 120


def known_writes(updates: Sequence[KnownUpdate], url: str) -> tuple[tuple[KnownWrite, ...], tuple[Problem, ...]]:
    """The writes of the known issues whose text changes, and what has no room; `url` is that of the repository."""
    writes, problems = [], []
    for update in updates:
        issue, table = update.rule.known.issue, known_table(update, url)
        written = with_table(issue.body, table)
        if length(written) > BODY_LIMIT:
            problems.append(_no_room(issue.number))
        # The editor on GitHub's pages stores CRLF, and each sweep would write the same text again.
        elif written != issue.body.replace("\r\n", "\n"):
            writes.append(KnownWrite(issue.number, _reason(update), table, update.rule.block))
    return tuple(writes), tuple(problems)


def _no_room(number: int) -> Problem:
    what = f"The known issue #{number} has no room for the text of the tracker, so it counts no failures."
    return Problem(Severity.WARNING, what, "Shorten what people wrote in its body. Its rule counts all the same.")


def with_known_table(body: str, table: str, block: str) -> str | None:
    """The body of a known issue with this text of the tracker.

    `None` if a person changed the block in the meantime, or if there is no room: then the next sweep looks again.
    """
    now = block_of_known(body)
    # The decision was made for the block as it was read. A changed one has to be read again first.
    if now is None or now.digest != block:
        return None
    written = with_table(body, table)
    return written if length(written) <= BODY_LIMIT else None


def _reason(update: KnownUpdate) -> str:
    before, after = update.rule.memory.matches, update.memory.matches
    new = len({match.key for match in after} - {match.key for match in before})
    if update.rule.status is not RuleStatus.COUNTS:
        is_over = update.rule.status is RuleStatus.OVER
        return f"its rule does not count{' any more: its last day is over' if is_over else ': it has mistakes'}"
    return f"{counted(new, 'new match', 'new matches')}" if new else "its text changed"


def known_table(update: KnownUpdate, url: str) -> str:
    """The tracker's own text in a known issue."""
    return "\n\n".join([*_paragraphs(update, url), write_memory(update.memory)])


def _paragraphs(update: KnownUpdate, url: str) -> Iterator[str]:
    rule, memory = update.rule, update.memory
    match rule.status:
        case RuleStatus.BROKEN:
            yield "**This rule does not count yet.** The block in this issue has to be changed:"
            yield "\n".join(f"- {prose(mistake, 600)}" for mistake in rule.mistakes)
            yield f"A block begins with three backticks and `{LANGUAGE}`. It holds lines like these:\n\n{_EXAMPLE}"
        case RuleStatus.OVER:
            yield (
                f"**This rule does not count any more**: its last day was {rule.rule.until}. Failures like these "
                "get issues of their own again. Close this issue if the problem is gone, or write a later `until:`."
            )
        case _:
            yield _WHAT_IT_DOES[rule.rule.action]
            yield from _tried(memory)
            yield from _silence(update)
    if rule.status is not RuleStatus.BROKEN or memory.matches:
        yield _numbers(memory, update.at)
    yield from _newest(memory, url)


_WHAT_IT_DOES = {
    RuleAction.TRACK: "The failures that this rule matches are counted here and get no issue of their own.",
    RuleAction.IGNORE: "The failures that this rule matches do not count as failures. They get no issue of their own.",
    RuleAction.RETRY: (
        "The failures that this rule matches are counted here and get no issue of their own. Their jobs may run again "
        "once, if the tracker has the input `rerun: transient`."
    ),
}


def _tried(memory: KnownMemory) -> Iterator[str]:
    """What the rule matched when it counted for the first time."""
    matched, of = memory.tried
    if of:
        yield f"When the tracker first read this rule, it matched {matched} of {counted(of, 'failure')}."


def _silence(update: KnownUpdate) -> Iterator[str]:
    """An answer if a rule matched nothing for so long that it is of no use, or wrong."""
    memory, since = update.memory, update.memory.since
    if memory.matches or since is None or update.at - since < _SILENT:
        return
    yield (
        "**This rule matched nothing in 30 days.** Close this issue if the problem is gone. Else compare the block "
        "with a failure: `match:` has to stand in one line of its headline, its message or its excerpt."
    )


def _numbers(memory: KnownMemory, now: datetime) -> str:
    least = [_counted_since(memory, now - window) for window, _ in WINDOWS]
    return "\n".join(
        [
            f"| failed jobs | {' | '.join(f'last {words}' for _, words in WINDOWS)} |",
            "|---|---|---|---|",
            f"| that match | {' | '.join(least)} |",
        ]
    )


def _counted_since(memory: KnownMemory, since: datetime) -> str:
    number = sum(match.ended_at > since for match in memory.matches)
    # What there is no room for is counted no more.
    return f"at least {number}" if memory.dropped_to and memory.dropped_to > since else str(number)


def _newest(memory: KnownMemory, url: str) -> Iterator[str]:
    # Matches of before a limit on their number are kept as times alone.
    named = [match for match in reversed(memory.matches) if match.run_id]
    if named:
        rows = [_row(match, url) for match in named]
        yield "\n".join(["| newest failures | job | ended | why |", "|---|---|---|---|", *rows])


def _row(match: KnownMatch, url: str) -> str:
    run = link(f"run {match.run_number}", run_address(match, url))
    job = f"{code(match.workflow, 60)} › {code(match.job, 60)}"
    why = short_code(match.headline, _HEADLINE) if match.headline else ""
    return f"| {run} | {cell(job)} | {utc(match.ended_at)} | {cell(why)} |"
