"""Which repositories are chosen: what the values of `repositories` and `exclude-repositories` mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.model import Problem, Severity
from ci_failure_tracker.model.repositories import MOST_REPOSITORIES, ListedRepository, RepositoryLists
from ci_failure_tracker.model.words import counted, some_of

_OWNER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}", re.ASCII)
_NAME = re.compile(r"[A-Za-z0-9._-]{1,100}", re.ASCII)
_GLOB = re.compile(r"[A-Za-z0-9._*?\[\]!-]{1,100}", re.ASCII)
_TOPIC = re.compile(r"[a-z0-9][a-z0-9-]{0,49}", re.ASCII)
_GLOB_SIGNS = frozenset("*?[")
_FORMS = "`owner/name`, a glob such as `owner/lamp-*`, `org:owner` or `topic:name`"


class Form(StrEnum):
    """How a value names repositories."""

    NAME = "name"
    GLOB = "glob"
    OWNER = "owner"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Pattern:
    """One value: its text, and its parts in lower case. A topic has no owner, an owner no name."""

    text: str
    form: Form
    owner: str = ""
    name: str = ""

    @property
    def key(self) -> str:
        """The full name in lower case, if this names one repository."""
        return f"{self.owner}/{self.name}"

    def matches(self, repository: ListedRepository) -> bool:
        """Whether a repository is meant."""
        if self.form is Form.TOPIC:
            return self.name in repository.topics
        owner, _, name = repository.key.partition("/")
        if self.form is Form.OWNER:
            return owner == self.owner
        return owner == self.owner and (name == self.name or (self.form is Form.GLOB and fnmatchcase(name, self.name)))


def read_patterns(texts: Iterable[str], option: str) -> tuple[Pattern, ...]:
    """The values of an option.

    Raises:
        SettingsError: it holds what is wrong with each value that is none.
    """
    read, mistakes = [], []
    for text in texts:
        pattern = _pattern(text)
        if isinstance(pattern, Pattern):
            read.append(pattern)
        else:
            mistakes.append(f"`{option}` names {text!r}, {pattern}.")
    if mistakes:
        raise SettingsError(mistakes)
    return tuple(read)


def _pattern(text: str) -> Pattern | str:
    """The value that a text means, or what is wrong with it."""
    # GitHub compares names of owners and repositories in any case.
    word, colon, value = text.lower().partition(":")
    if colon and word == "topic":
        found = Pattern(text, Form.TOPIC, name=value) if _TOPIC.fullmatch(value) else None
        return found or "which is no topic: topics hold letters, digits and hyphens"
    if colon and word == "org":
        found = Pattern(text, Form.OWNER, value) if _OWNER.fullmatch(value) else None
        return found or "which is no owner; give the name of one organisation or user, such as `org:octo-org`"
    return _of_full_name(text)


def _of_full_name(text: str) -> Pattern | str:
    owner, slash, name = text.lower().partition("/")
    if not slash and _GLOB.fullmatch(owner):
        return f"which lacks the owner; give `owner/{text}`, or `org:{text}` for all repositories of an owner"
    # GitHub lists repositories by owner, so a glob for owners could not be asked for.
    if _GLOB_SIGNS & set(owner):
        return "whose owner is a glob; name each owner, and use a glob for the name alone"
    if _OWNER.fullmatch(owner) and name not in {".", ".."} and _GLOB.fullmatch(name):
        return Pattern(text, Form.NAME if _NAME.fullmatch(name) else Form.GLOB, owner, name)
    return f"which is none of the forms; give {_FORMS}"


@dataclass(frozen=True, slots=True)
class Selection:
    """What a person asks for. `home` is the owner of the repository in which the tracker runs, or empty.

    Beside topics, `org:owner` says whose repositories are searched for them. If no owner is named, that is `home`.
    """

    wanted: tuple[Pattern, ...]
    excluded: tuple[Pattern, ...] = ()
    home: str = ""

    @property
    def has_topics(self) -> bool:
        """Whether topics are asked for."""
        return any(pattern.form is Form.TOPIC for pattern in self.wanted)

    @property
    def owners(self) -> tuple[str, ...]:
        """The owners whose repositories have to be listed.

        Raises:
            SettingsError: topics are asked for, and it is not known of whom.
        """
        listing = (Form.GLOB, Form.OWNER)
        named = (one.owner for one in self.wanted if one.form in listing or (self.has_topics and one.owner))
        owners = dict.fromkeys(named)
        if self.has_topics and not owners:
            if not self.home:
                (first, *_) = (one.text for one in self.wanted)
                raise SettingsError(
                    [f"`repositories` names {first!r} without an owner; add one, as in `org:octo-org, {first}`."]
                )
            return (self.home.lower(),)
        return tuple(owners)

    def names(self, lists: RepositoryLists) -> tuple[str, ...]:
        """The names that are not in the lists: they are of other owners, or former names of a repository."""
        known = {one.key for listed in lists.by_owner.values() for one in listed or ()}
        named = (one.key for one in (*self.wanted, *self.excluded) if one.form is Form.NAME)
        return tuple(dict.fromkeys(name for name in named if name not in known))


class Reason(StrEnum):
    """Why a repository that is asked for is left out."""

    EXCLUDED = "excluded"
    ARCHIVED = "archived"
    FORK = "fork"
    TOO_MANY = "too many"


@dataclass(frozen=True, slots=True)
class Choice:
    """What is chosen, by name.

    left_out   what is asked for and left out, with the reason, by name
    unmatched  how many others of the owners nobody asked for
    problems   what a person should know, such as a value that chose nothing
    """

    chosen: tuple[ListedRepository, ...]
    left_out: tuple[tuple[ListedRepository, Reason], ...]
    unmatched: int
    problems: tuple[Problem, ...]


def choose(selection: Selection, lists: RepositoryLists) -> Choice:
    """Choose from what GitHub lists; an archived repository or a fork only if it is named."""
    known = _known(lists)
    wanted = {pattern: _meant(pattern, selection, known, lists) for pattern in selection.wanted}
    excluded = {pattern: _matching(pattern, known, lists) for pattern in selection.excluded}
    named = {key for pattern, keys in wanted.items() if pattern.form is Form.NAME for key in keys}
    banned = frozenset().union(*excluded.values())
    # In the order of the names, so that two calls with the same lists choose the same ones at the limit.
    asked = sorted(frozenset().union(*wanted.values()))
    reasons = {key: _reason(known[key], key in banned, key in named) for key in asked}
    fitting = [key for key in asked if reasons[key] is None]
    reasons.update(dict.fromkeys(fitting[MOST_REPOSITORIES:], Reason.TOO_MANY))
    chosen = tuple(known[key] for key in fitting[:MOST_REPOSITORIES])
    return Choice(
        chosen=chosen,
        left_out=tuple((known[key], reason) for key, reason in reasons.items() if reason),
        unmatched=len(known.keys() - reasons.keys() - banned),
        problems=(
            *lists.problems,
            *_unknown_owners(lists),
            *_of_names(selection, lists),
            *_empty(wanted, {one.key for one in chosen}, lists),
            *_without_effect(excluded, lists),
            *_not_given(chosen, lists),
            *_too_many(len(fitting)),
        ),
    )


def _known(lists: RepositoryLists) -> Mapping[str, ListedRepository]:
    """Every repository once, under its present name."""
    listed = (one for of_owner in lists.by_owner.values() for one in of_owner or ())
    return {one.key: one for one in (*listed, *lists.by_name.values()) if one is not None}


def _meant(
    pattern: Pattern, selection: Selection, known: Mapping[str, ListedRepository], lists: RepositoryLists
) -> frozenset[str]:
    """What a value of `repositories` chooses from."""
    keys = _matching(pattern, known, lists)
    if pattern.form is Form.TOPIC:
        owners = selection.owners
        return frozenset(key for key in keys if key.partition("/")[0] in owners)
    if pattern.form is Form.OWNER and selection.has_topics:
        topics = [one for one in selection.wanted if one.form is Form.TOPIC]
        return frozenset(key for key in keys if any(topic.matches(known[key]) for topic in topics))
    return keys


def _matching(pattern: Pattern, known: Mapping[str, ListedRepository], lists: RepositoryLists) -> frozenset[str]:
    # A repository that was renamed is known by its present name in all lists.
    moved = lists.by_name.get(pattern.key) if pattern.form is Form.NAME else None
    if moved:
        return frozenset((moved.key,))
    return frozenset(key for key, one in known.items() if pattern.matches(one))


def _reason(repository: ListedRepository, is_banned: bool, is_named: bool) -> Reason | None:
    if is_banned:
        return Reason.EXCLUDED
    # Who writes the name of a fork or of an archived repository means it. A glob or an owner only happens to include
    # it.
    if is_named:
        return None
    return Reason.ARCHIVED if repository.archived else Reason.FORK if repository.fork else None


# --- what a person should know -------------------------------------------------------------------


def _unknown_owners(lists: RepositoryLists) -> Iterator[Problem]:
    for owner in (owner for owner, listed in lists.by_owner.items() if listed is None):
        advice = "Check the spelling."
        # An owner that is misspelt chooses nothing, which must not look like "nothing fails".
        yield Problem(Severity.ERROR, f"GitHub knows no organisation or user {owner!r}.", advice)


def _of_names(selection: Selection, lists: RepositoryLists) -> Iterator[Problem]:
    """What became of the names that are asked for one by one."""
    for pattern in (one for one in selection.wanted if one.key in lists.by_name):
        found = lists.by_name[pattern.key]
        if found is None:
            advice = "Check the spelling. A private repository needs a token that was given access to it."
            yield Problem(
                Severity.ERROR, f"There is no repository {pattern.text!r}, or this token may not see it.", advice
            )
        elif found.key != pattern.key:
            yield Problem(Severity.NOTICE, f"{pattern.text} is now {found.full_name}.", "Give the present name.")


def _empty(
    wanted: Mapping[Pattern, frozenset[str]], chosen: Iterable[str], lists: RepositoryLists
) -> Iterator[Problem]:
    """The values that chose nothing, if no other problem says why."""
    taken = frozenset(chosen)
    for pattern, keys in wanted.items():
        if keys & taken or _is_unread(pattern, lists):
            continue
        why = "is archived, a fork or excluded" if keys else ""
        what = f"`repositories`: {pattern.text!r} chose nothing"
        yield Problem(Severity.WARNING, f"{what}: all that it means {why}." if why else f"{what}.")


def _is_unread(pattern: Pattern, lists: RepositoryLists) -> bool:
    """Whether another problem says why it is not known what a value means."""
    if pattern.form is Form.NAME:
        return pattern.key not in _known(lists) and lists.by_name.get(pattern.key) is None
    if pattern.form is Form.TOPIC:
        return not any(lists.by_owner.values()) and bool(lists.problems)
    return lists.by_owner.get(pattern.owner) is None


def _without_effect(excluded: Mapping[Pattern, frozenset[str]], lists: RepositoryLists) -> Iterator[Problem]:
    # If a list is not complete, the repository to exclude may be in the part that is missing.
    is_whole = not lists.problems
    for pattern in (pattern for pattern, keys in excluded.items() if not keys and is_whole):
        yield Problem(Severity.WARNING, f"`exclude-repositories`: {pattern.text!r} means no repository.")


def _not_given(chosen: tuple[ListedRepository, ...], lists: RepositoryLists) -> Iterator[Problem]:
    """What an App's token sees only because it is public."""
    given = lists.given
    # Only an App's token has such a list. Of other tokens, GitHub does not say what they were given.
    missing = [] if given is None else [one.full_name for one in chosen if one.key not in given]
    if missing:
        them = "it" if len(missing) == 1 else "them"
        yield Problem(
            Severity.WARNING,
            f"This token was not given {counted(len(missing), 'repository', 'repositories')}: {some_of(missing)}.",
            f"It can read no logs there and write no issues. Give {them} to the App, or exclude {them}. The token of a "
            "workflow run has only the repository of the workflow.",
        )


def _too_many(fitting: int) -> Iterator[Problem]:
    if fitting > MOST_REPOSITORIES:
        what = f"{fitting:,} repositories fit, and only the first {MOST_REPOSITORIES:,} by name are chosen."
        yield Problem(Severity.WARNING, what, "Choose fewer in one call.")
