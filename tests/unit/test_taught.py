"""What people write into an issue of the tracker: until when it is muted, and whether that counts."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from builders import START, a_scan, a_state, an_issue, some_settings
from ci_failure_tracker.issues.marker import compose
from ci_failure_tracker.model import Account, Authorship, Needs, Permission, Snapshot, Trust
from ci_failure_tracker.report.issue_snapshots import take_issue_snapshots
from ci_failure_tracker.selection.teaching import needs_of_teaching
from ci_failure_tracker.tracking.lifecycle import MUTED, LifecycleRules
from ci_failure_tracker.tracking.taught import problems_of_blocks, taught_blocks
from ci_failure_tracker.tracking.track import read_issues

BOT = Account("tracker[bot]", is_bot=True)
PERMISSIONS = {"ada": Permission.WRITE, "visitor": Permission.LESS}
NOW = START + timedelta(days=9, hours=12)


def muted(*lines: str, editor: Account | None = None, block: str = "") -> Snapshot:
    """An issue of the tracker that is muted, with a block of these lines below its text."""
    state = dataclasses.replace(a_state(), block=block)
    body = compose("A job fails.", state) + "\n".join(["", "```ci-failure", *lines, "```", ""])
    issue = an_issue(3, body, author_is_bot=True, labels=("ci-failure", MUTED))
    snapshot = a_scan([], issues=(issue,))
    authorships = {3: Authorship(BOT, editor)}
    return dataclasses.replace(snapshot, authorships=authorships, permissions=PERMISSIONS)


def needs_of(snapshot: Snapshot) -> Needs:
    return needs_of_teaching(snapshot, read_issues(snapshot.issues, None, NOW))


def may_comment(snapshot: Snapshot) -> bool:
    tracked = read_issues(snapshot.issues, None, NOW).current
    rules = LifecycleRules(some_settings(), NOW, partial=frozenset(), blocks=taught_blocks(tracked, snapshot))
    return rules._may_comment(snapshot.issues[0])


ADA, VISITOR = Account("ada"), Account("visitor")


@pytest.mark.parametrize(
    ("lines", "editor", "comments"),
    [
        (["until: 2026-03-09"], ADA, True),
        (["until: 2026-03-10"], ADA, False),
        (["until: 2026-03-11"], ADA, False),
        (["until: 2026-03-09"], VISITOR, False),
        (["until: 2026-03-09"], BOT, False),
        (["until: 2026-03-09"], None, False),
        (["until: soon"], ADA, False),
        ([], ADA, False),
    ],
)
def test_a_mute_ends_after_the_day_that_a_trusted_person_wrote(
    lines: list[str], editor: Account | None, comments: bool
) -> None:
    assert may_comment(muted(*lines, editor=editor)) is comments


def test_the_report_says_muted_until_that_day_is_over() -> None:
    def is_muted(day: str) -> bool:
        snapshot = muted(f"until: {day}", editor=ADA)
        tracked = read_issues(snapshot.issues, None, NOW).current
        (shown,) = take_issue_snapshots(snapshot, tracked, (), (), NOW).issues
        return shown.muted

    assert (is_muted("2026-03-09"), is_muted("2026-03-10")) == (False, True)


def test_after_the_tracker_wrote_into_the_issue_the_block_counts_still() -> None:
    snapshot = muted("until: 2026-03-09", editor=ADA)
    (taught,) = taught_blocks(read_issues(snapshot.issues, None, NOW).current, snapshot).values()
    later = muted("until: 2026-03-09", editor=BOT, block=taught.block.digest)
    changed = muted("until: 2026-03-08", editor=BOT, block=taught.block.digest)
    assert (may_comment(later), may_comment(changed)) == (True, False)


@pytest.mark.parametrize(
    ("lines", "editor", "says"),
    [
        (["until: soon"], ADA, "no date"),
        (["match: abc"], ADA, "with the label `known-issue`"),
        (["till: 2026-03-09"], ADA, "Did you mean `until`?"),
        (["until: 2026-03-09"], VISITOR, "its last editor visitor may not write"),
    ],
)
def test_a_block_that_does_not_count_is_named(lines: list[str], editor: Account, says: str) -> None:
    snapshot = muted(*lines, editor=editor)
    blocks = taught_blocks(read_issues(snapshot.issues, None, NOW).current, snapshot)
    (problem,) = problems_of_blocks(blocks.values(), {})
    assert says in str(problem)
    assert "#3" in problem.what


def test_who_wrote_it_is_asked_only_if_there_is_a_block() -> None:
    with_block = dataclasses.replace(muted("until: 2026-03-09"), authorships={}, permissions={})
    assert needs_of(with_block).authorships == (3,)
    plain = dataclasses.replace(with_block.issues[0], body=compose("A job fails.", a_state()))
    assert not needs_of(dataclasses.replace(with_block, issues=(plain,)))
    asked = dataclasses.replace(
        muted("until: 2026-03-09", editor=ADA), permissions={}, asked=frozenset({("authorships", 3)})
    )
    assert needs_of(asked).permissions == ("ada",)


def test_without_an_answer_nobody_knows_who_wrote_it() -> None:
    snapshot = dataclasses.replace(muted("until: 2026-03-09", editor=ADA), authorships={})
    (taught,) = taught_blocks(read_issues(snapshot.issues, None, NOW).current, snapshot).values()
    assert (taught.trust, taught.counts) == (Trust.UNKNOWN, False)
    assert taught_blocks((), dataclasses.replace(snapshot, without_token=True)) == {}
