"""Whose block counts: that of people who may write to the repository."""

import pytest

from ci_failure_tracker.model import Account, Authorship, Permission, Trust
from ci_failure_tracker.tracking.trust import trust_in

ADA, VISITOR, BOT, GONE = Account("ada"), Account("visitor"), Account("helper[bot]", is_bot=True), Account("")
PERMISSIONS = {"ada": Permission.WRITE, "visitor": Permission.LESS, "grace": Permission.UNKNOWN}


@pytest.mark.parametrize(
    ("author", "editor", "trust", "why"),
    [
        (ADA, None, Trust.YES, ""),
        (ADA, ADA, Trust.YES, ""),
        (VISITOR, None, Trust.NO, "its author visitor may not write"),
        (VISITOR, ADA, Trust.NO, "its author visitor may not write"),
        (ADA, VISITOR, Trust.NO, "its last editor visitor may not write"),
        (BOT, None, Trust.NO, "its author is the bot"),
        (ADA, BOT, Trust.NO, "its last editor is the bot"),
        (GONE, None, Trust.NO, "its author is gone"),
        (ADA, GONE, Trust.NO, "its last editor is gone"),
        (Account("grace"), None, Trust.UNKNOWN, "could not be asked"),
        (ADA, Account("grace"), Trust.UNKNOWN, "could not be asked"),
        (Account("grace"), VISITOR, Trust.NO, "visitor"),
        (Account("somebody"), None, Trust.UNKNOWN, "could not be asked"),
    ],
)
def test_author_and_last_editor_count(author: Account, editor: Account | None, trust: Trust, why: str) -> None:
    found, reason = trust_in(Authorship(author, editor), PERMISSIONS, is_accepted=False)
    assert found is trust
    assert why in reason


def test_after_the_tracker_wrote_into_it_the_same_block_counts_still() -> None:
    authorship = Authorship(ADA, BOT)
    assert trust_in(authorship, PERMISSIONS, is_accepted=True) == (Trust.YES, "")
    assert trust_in(Authorship(VISITOR, BOT), PERMISSIONS, is_accepted=True)[0] is Trust.NO
    assert trust_in(Authorship(ADA, VISITOR), PERMISSIONS, is_accepted=True)[0] is Trust.NO


@pytest.mark.parametrize(
    ("editor", "is_accepted", "trust"),
    [
        (ADA, False, Trust.YES),
        (VISITOR, True, Trust.NO),
        (BOT, True, Trust.YES),
        (BOT, False, Trust.NO),
        (None, False, Trust.NO),
        (None, True, Trust.UNKNOWN),
    ],
)
def test_in_an_issue_of_the_tracker_the_editor_counts(editor: Account | None, is_accepted: bool, trust: Trust) -> None:
    authorship = Authorship(BOT, editor)
    assert trust_in(authorship, PERMISSIONS, is_accepted=is_accepted, is_ours=True)[0] is trust


def test_nobody_is_asked_about_twice_and_bots_are_not_asked_about() -> None:
    assert Authorship(ADA, ADA).people == ("ada",)
    assert Authorship(BOT, GONE).people == ()
    assert Authorship(VISITOR, ADA).people == ("visitor", "ada")
