"""Which repositories an organisation's sweep looks at, by the values that a person writes."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from ci_failure_tracker.errors import SettingsError
from ci_failure_tracker.model import Problem, Severity
from ci_failure_tracker.model.repositories import MOST_REPOSITORIES, ListedRepository, RepositoryLists
from ci_failure_tracker.organisation.choose import Choice, Reason, Selection, choose, read_patterns

LAMP = ListedRepository("octo-org/lamp", topics=("light", "glass"))
LAMP_POST = ListedRepository("octo-org/Lamp-Post", topics=("light",))
BELL = ListedRepository("octo-org/bell", archived=True, topics=("sound",))
HORN = ListedRepository("octo-org/horn", fork=True, topics=("sound",))
DRUM = ListedRepository("octo-org/drum", topics=("sound",))
NOTES = ListedRepository("ada/notes", topics=("light",))
LISTS = RepositoryLists({"octo-org": (LAMP, LAMP_POST, BELL, HORN, DRUM), "ada": (NOTES,)})


def of_owners(owners: Iterable[str], lists: RepositoryLists = LISTS) -> RepositoryLists:
    """The lists of these owners alone, as they are read."""
    return RepositoryLists(
        {owner: lists.by_owner.get(owner) for owner in owners}, lists.by_name, lists.given, lists.problems
    )


def chosen_of(*wanted: str, excluded: tuple[str, ...] = (), home: str = "", lists: RepositoryLists = LISTS) -> Choice:
    selection = Selection(read_patterns(wanted, "repositories"), read_patterns(excluded, "exclude-repositories"), home)
    return choose(selection, of_owners(selection.owners, lists))


def names(choice: Choice) -> list[str]:
    return [one.full_name.partition("/")[2] for one in choice.chosen]


def said(choice: Choice) -> str:
    return "\n".join(f"{one.severity}: {one}" for one in choice.problems)


@pytest.mark.parametrize(
    ("wanted", "home", "expected"),
    [
        (["org:octo-org"], "", ["drum", "lamp", "Lamp-Post"]),
        (["org:OCTO-ORG"], "", ["drum", "lamp", "Lamp-Post"]),
        (["octo-org/lamp*"], "", ["lamp", "Lamp-Post"]),
        (["Octo-Org/LAMP-?o[rs]t"], "", ["Lamp-Post"]),
        (["octo-org/*", "org:ada"], "", ["notes", "drum", "lamp", "Lamp-Post"]),
        (["topic:light"], "octo-org", ["lamp", "Lamp-Post"]),
        (["topic:LIGHT"], "Octo-Org", ["lamp", "Lamp-Post"]),
        (["topic:light", "org:ada"], "octo-org", ["notes"]),
        (["org:octo-org", "topic:glass"], "", ["lamp"]),
        (["org:octo-org", "topic:glass", "topic:sound"], "", ["drum", "lamp"]),
        (["octo-org/drum", "topic:glass"], "", ["drum", "lamp"]),
        (["octo-org/d*", "topic:glass"], "ada", ["drum", "lamp"]),
        (["org:octo-org", "org:ada", "topic:light"], "", ["notes", "lamp", "Lamp-Post"]),
    ],
)
def test_each_form_means_repositories(wanted: list[str], home: str, expected: list[str]) -> None:
    choice = chosen_of(*wanted, home=home)
    assert names(choice) == expected
    assert not choice.problems


def test_the_order_of_values_and_lists_changes_nothing() -> None:
    turned = RepositoryLists({owner: tuple(reversed(listed or ())) for owner, listed in LISTS.by_owner.items()})
    one = chosen_of("org:octo-org", "org:ada", lists=LISTS)
    assert chosen_of("org:ada", "org:octo-org", lists=turned) == one


def test_archived_ones_and_forks_are_left_out_with_the_reason_unless_they_are_named() -> None:
    choice = chosen_of("org:octo-org")
    assert choice.left_out == ((BELL, Reason.ARCHIVED), (HORN, Reason.FORK))
    named = chosen_of("org:octo-org", "octo-org/Bell", "octo-org/horn")
    assert named.left_out == ()
    assert BELL in named.chosen
    assert HORN in named.chosen


def test_what_is_excluded_is_left_out_in_whatever_form_also_if_it_is_named() -> None:
    for excluded in ("octo-org/LAMP", "octo-org/la?p", "topic:glass"):
        choice = chosen_of("org:octo-org", "octo-org/lamp", excluded=(excluded,))
        assert (LAMP, Reason.EXCLUDED) in choice.left_out
        assert names(choice) == ["drum", "Lamp-Post"]
    choice = chosen_of("org:octo-org", "org:ada", excluded=("org:octo-org",))
    assert choice.chosen == (NOTES,)


def test_what_nobody_asked_for_is_counted() -> None:
    choice = chosen_of("octo-org/lamp*", excluded=("octo-org/lamp",))
    assert (len(choice.chosen), len(choice.left_out), choice.unmatched) == (1, 1, 3)


def test_a_repository_that_moved_counts_under_its_present_name_once() -> None:
    moved = RepositoryLists(LISTS.by_owner, {"octo-org/candle": LAMP})
    choice = chosen_of("octo-org/candle", "octo-org/lamp", "org:octo-org", lists=moved)
    assert names(choice) == ["drum", "lamp", "Lamp-Post"]
    assert said(choice) == "notice: octo-org/candle is now octo-org/lamp. Give the present name."
    excluded = chosen_of("org:octo-org", excluded=("octo-org/candle",), lists=moved)
    assert names(excluded) == ["drum", "Lamp-Post"]


def test_only_names_that_no_list_holds_are_asked_for() -> None:
    wanted = read_patterns(["org:octo-org", "octo-org/lamp", "octo-org/candle", "bob/x"], "repositories")
    selection = Selection(wanted, read_patterns(["bob/X", "ada/notes"], "exclude-repositories"))
    assert selection.owners == ("octo-org",)
    assert selection.names(of_owners(["octo-org"])) == ("octo-org/candle", "bob/x", "ada/notes")


# --- what is said --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "excluded", "expected"),
    [
        ("octo-org/z*", "", "warning: `repositories`: 'octo-org/z*' chose nothing."),
        (
            "octo-org/b*",
            "",
            "warning: `repositories`: 'octo-org/b*' chose nothing: all that it means is archived, a fork or excluded.",
        ),
        ("topic:smell", "", "warning: `repositories`: 'topic:smell' chose nothing."),
        ("octo-org/lamp*", "topic:smell", "warning: `exclude-repositories`: 'topic:smell' means no repository."),
        ("org:nobody", "", "error: GitHub knows no organisation or user 'nobody'. Check the spelling."),
        ("nobody/x*", "", "error: GitHub knows no organisation or user 'nobody'. Check the spelling."),
    ],
)
def test_a_value_without_effect_is_said_once(wanted: str, excluded: str, expected: str) -> None:
    choice = chosen_of(wanted, excluded=(excluded,) if excluded else (), home="octo-org")
    assert said(choice) == expected


def test_a_name_that_github_does_not_show_is_an_error_and_loses_no_other() -> None:
    choice = chosen_of("org:octo-org", "bob/x", lists=RepositoryLists(LISTS.by_owner, {"bob/x": None}))
    assert len(choice.chosen) == 3
    assert "error: There is no repository 'bob/x', or this token may not see it." in said(choice)


def test_what_could_not_be_read_is_not_said_to_mean_nothing() -> None:
    unread = RepositoryLists({"ada": (NOTES,)}, problems=(Problem(Severity.ERROR, "The line is dead."),))
    selection = Selection(read_patterns(["org:ada", "org:octo-org", "bob/x"], "r"), read_patterns(["topic:x"], "e"))
    choice = choose(selection, unread)
    assert choice.chosen == (NOTES,)
    assert said(choice) == "error: The line is dead."


def test_what_an_app_did_not_give_to_the_token_is_said_and_stays() -> None:
    lists = RepositoryLists(LISTS.by_owner, given=frozenset({"octo-org/lamp", "octo-org/drum"}))
    choice = chosen_of("org:octo-org", lists=lists)
    assert len(choice.chosen) == 3
    assert "warning: This token was not given 1 repository: octo-org/Lamp-Post." in said(choice)


def test_more_than_5000_are_cut_and_said() -> None:
    many = tuple(ListedRepository(f"octo-org/r{number:05}") for number in range(MOST_REPOSITORIES + 2))
    choice = chosen_of("org:octo-org", lists=RepositoryLists({"octo-org": many}))
    assert choice.chosen == many[:MOST_REPOSITORIES]
    assert choice.left_out == tuple((one, Reason.TOO_MANY) for one in many[MOST_REPOSITORIES:])
    assert "5,002 repositories fit, and only the first 5,000 by name are chosen." in said(choice)


# --- errors that teach ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("lamp", "lacks the owner; give `owner/lamp`, or `org:lamp`"),
        ("*", "lacks the owner"),
        ("*/lamp", "whose owner is a glob; name each owner"),
        ("octo-*/lamp", "whose owner is a glob"),
        ("org:octo-org/lamp", "which is no owner"),
        ("org:*", "which is no owner"),
        ("org:", "which is no owner"),
        ("topic:", "which is no topic"),
        ("topic:a b", "which is no topic"),
        ("user:ada", "none of the forms; give `owner/name`, a glob"),
        ("https://github.com/octo-org/lamp", "none of the forms"),
        ("octo-org/", "none of the forms"),
        ("octo-org/..", "none of the forms"),
        ("octo-org/a/b", "none of the forms"),
        ("octo-org/a\x1b[31m", "none of the forms"),
        (f"octo-org/{'a' * 101}", "none of the forms"),
    ],
)
def test_a_value_of_no_form_is_refused_with_advice(text: str, advice: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_patterns([text, "octo-org/lamp"], "repositories")
    (mistake,) = caught.value.mistakes
    assert mistake.startswith(f"`repositories` names {text!r}, ")
    assert advice in mistake


def test_every_mistake_is_said() -> None:
    with pytest.raises(SettingsError) as caught:
        read_patterns(["lamp", "ada/notes", "*/x"], "exclude-repositories")
    assert len(caught.value.mistakes) == 2


def test_a_topic_without_any_owner_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"add one, as in `org:octo-org, topic:light`"):
        _ = Selection(read_patterns(["topic:light"], "repositories")).owners


def test_a_hostile_glob_takes_no_time() -> None:
    long = ListedRepository(f"octo-org/{'a' * 99}b")
    choice = chosen_of(f"octo-org/{'*a' * 49}*c", lists=RepositoryLists({"octo-org": (long,)}))
    assert choice.chosen == ()
