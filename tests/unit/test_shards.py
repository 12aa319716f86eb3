"""How repositories are divided into shards."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ci_failure_tracker.model.repositories import MOST_SHARDS
from ci_failure_tracker.organisation.shards import shards_of

NAMES = st.lists(st.integers(0, 10_000), unique=True, max_size=60).map(lambda drawn: [f"o/r{one}" for one in drawn])


def many(count: int) -> list[str]:
    return [f"octo-org/service-{number}" for number in range(count)]


def placed(names: list[str], shards: int) -> dict[str, int]:
    return {name: number for number, shard in enumerate(shards_of(names, shards)) for name in shard}


@given(NAMES, st.integers(1, MOST_SHARDS))
def test_each_name_is_in_one_shard_and_the_sizes_are_even(names: list[str], count: int) -> None:
    shards = shards_of(names, count)
    assert len(shards) == count
    assert sorted(name for shard in shards for name in shard) == sorted(names)
    assert max(map(len, shards)) - min(map(len, shards)) <= 1
    assert shards_of(reversed(names), count) == shards


@pytest.mark.parametrize(("repositories", "shards", "moved"), [(100, 4, 4), (500, 10, 8), (1000, 100, 12)])
def test_few_move_when_a_repository_comes_or_goes(repositories: int, shards: int, moved: int) -> None:
    names = many(repositories)
    before = placed(names, shards)
    for number in range(5):
        more = placed([*names, f"octo-org/new-{number}"], shards)
        fewer = placed([name for name in names if name != names[number]], shards)
        assert sum(more[name] != before[name] for name in names) <= moved
        assert sum(fewer[name] != before[name] for name in fewer) <= moved


def test_upper_and_lower_case_change_no_shard() -> None:
    names = many(50)
    upper = placed([name.upper() for name in names], 7)
    assert {name.lower(): shard for name, shard in upper.items()} == placed(names, 7)
