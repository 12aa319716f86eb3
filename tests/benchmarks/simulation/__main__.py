"""A year of a project under this program and under naive policies, as a table."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.simulation.ledger import Ledger
from benchmarks.simulation.making import make_world
from benchmarks.simulation.policies import HOURLY, WEEKLY, first_green, issue_a_run, issue_a_title, ours
from benchmarks.simulation.score import Score, Truth, score
from benchmarks.simulation.world import World

POLICIES: tuple[Callable[[World], Ledger], ...] = (
    lambda world: ours(world, "this program, weekly", WEEKLY, 1_000),
    lambda world: ours(world, "this program, hourly", HOURLY, 100),
    issue_a_run,
    issue_a_title,
    first_green,
)
_QUICK_DAYS = 60
_HEAD = (
    "policy", "opened", "duplicates", "precision", "recall", "at once", "closed", "wrong", "while flaky",
    "again in a week", "events", "comments an event", "and issues",
)  # fmt: skip


def main() -> int:
    """Print the table; the exit code is 0."""
    options = argparse.ArgumentParser(prog="benchmarks.simulation", description=__doc__)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--days", type=int, default=365)
    options.add_argument("--quick", action="store_true", help=f"{_QUICK_DAYS} days only")
    options.add_argument("--json", type=Path, metavar="FILE", help="write the figures there, too")
    given = options.parse_args()
    days = _QUICK_DAYS if given.quick else given.days
    world = make_world(given.seed, days)
    truth = Truth(world)
    scores = [score(world, policy(world), truth) for policy in POLICIES]
    sys.stdout.write(f"{days} days, 40 jobs, {len(world.stories):,} runs, {len(world.troubles)} troubles, ")
    sys.stdout.write(f"seed {given.seed}\n\n{table(scores)}\n{kinds(scores)}")
    if given.json:
        given.json.write_text(json.dumps([dataclasses.asdict(one) for one in scores], indent=2) + "\n", "utf-8")
    return 0


def table(scores: Sequence[Score]) -> str:
    """The figures as a table of Markdown."""
    rows = [_HEAD, ("---",) * len(_HEAD), *(_row(one) for one in scores)]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _row(one: Score) -> tuple[str, ...]:
    wrong = f"{one.wrong} ({one.wrong_share:.1%})" if one.closings else "-"
    counts = (str(number) for number in (one.while_flaky, one.soon, one.events))
    return (
        one.name,
        f"{one.opened} + {one.reopened}",
        str(one.duplicates),
        *(f"{share:.1%}" for share in (one.precision, one.recall, one.prompt)),
        str(one.closings),
        wrong,
        *counts,
        f"{one.comments_an_event:.2f}",
        f"{one.noise_an_event:.2f}",
    )


def kinds(scores: Sequence[Score]) -> str:
    """What the comments were about."""
    lines = (
        f"{one.name}: {', '.join(f'{count} {kind}' for kind, count in one.kinds.items()) or 'none'}" for one in scores
    )
    return "Comments\n" + "".join(f"  {line}\n" for line in lines)


if __name__ == "__main__":
    raise SystemExit(main())
