"""Whose block counts: the author and the last editor of the body may write to the repository; pure.

Whoever sets a label needs less, and `author_association` is no permission.
"""

from __future__ import annotations

from collections.abc import Mapping

from ci_failure_tracker.model import Account, Authorship, Permission, Trust


def trust_in(
    authorship: Authorship, permissions: Mapping[str, Permission], *, is_accepted: bool, is_ours: bool = False
) -> tuple[Trust, str]:
    """Whether a block counts, and if not, why.

    `is_accepted` says that the tracker wrote into the body before that this block counted: then a bot may have edited
    it last, because the tracker itself is one. `is_ours` says that the tracker opened the issue.
    """
    answers = []
    if not is_ours:
        answers.append(_of_account(authorship.author, "its author", permissions))
    if authorship.editor is not None and not (authorship.editor.is_bot and is_accepted):
        answers.append(_of_account(authorship.editor, "its last editor", permissions))
    if is_ours and authorship.editor is None and is_accepted:  # the tracker itself has edited it since
        answers.append((Trust.UNKNOWN, "GitHub does not say who edited it"))
    elif is_ours and authorship.editor is None:
        answers.append((Trust.NO, "nobody edited it"))
    order = (Trust.NO, Trust.UNKNOWN, Trust.YES)
    return min(answers, key=lambda answer: order.index(answer[0]), default=(Trust.YES, ""))


def _of_account(account: Account, who: str, permissions: Mapping[str, Permission]) -> tuple[Trust, str]:
    if not account.login:
        return Trust.NO, f"the account of {who} is gone"
    if account.is_bot:
        return Trust.NO, f"{who} is the bot {account.login}"
    match permissions.get(account.login, Permission.UNKNOWN):
        case Permission.WRITE:
            return Trust.YES, ""
        case Permission.LESS:
            return Trust.NO, f"{who} {account.login} may not write to the repository"
        case Permission.UNKNOWN:
            return Trust.UNKNOWN, f"it could not be asked whether {who} {account.login} may write to the repository"
