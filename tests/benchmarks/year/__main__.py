"""`make simulate`: a year of a project, jobs with failing tests and many flaky jobs, under several rules, as tables."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from benchmarks.year import failing_tests, flaky_jobs
from benchmarks.year.curve import picture
from benchmarks.year.policies import Ledger, naive, ours
from benchmarks.year.score import Score, score
from benchmarks.year.world import World, make_world

POLICIES: tuple[Callable[[World], Ledger], ...] = (
    lambda world: ours(world, "this program, weekly", timedelta(days=7), 1_000),
    lambda world: ours(world, "this program, daily", timedelta(days=1), 200),
    lambda world: ours(world, "this program, hourly", timedelta(hours=1), 100),
    lambda world: naive(world, "an issue for each failed run", a_run=True),
    lambda world: naive(world, "an issue for each job, never closed"),
    lambda world: naive(world, "closed on the first pass", closes=True),
)


def main() -> int:
    """Print the tables; the exit code is 0."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=1, help="another number gives another year")
    options.add_argument("--days", type=int, default=365, help="how long the year is")
    options.add_argument("--json", type=Path, metavar="FILE", help="also write the figures to this file")
    options.add_argument("--jobs", type=int, default=300, help="flaky jobs for each failure rate")
    options.add_argument("--tests", type=int, default=60, metavar="DAYS", help="days of jobs with failing tests")
    options.add_argument("--flaky-only", action="store_true", help="leave the year out")
    options.add_argument("--picture", type=Path, metavar="FILE", help="also draw the flaky jobs, as SVG")
    given = options.parse_args()
    scores = [] if given.flaky_only else _year(given)
    of_tests = [] if given.flaky_only else failing_tests.simulate(given.tests, given.seed)
    if of_tests:
        sys.stdout.write(f"{given.tests} days of failing tests\n\n{failing_tests.table(of_tests)}\n")
    rows = flaky_jobs.simulate(given.jobs)
    sys.stdout.write(f"{given.jobs} flaky jobs for each failure rate\n\n{flaky_jobs.table(rows)}")
    if given.picture:
        given.picture.write_text(picture(rows), "utf-8")
    if given.json:
        figures = [dataclasses.asdict(row) for table in (scores, of_tests, rows) for row in table]
        given.json.write_text(json.dumps(figures, indent=2), "utf-8")
    return 0


def _year(given: argparse.Namespace) -> list[Score]:
    world = make_world(given.seed, given.days)
    scores = [score(world, policy(world)) for policy in POLICIES]
    runs = len({one.run.id for one in world.views})
    sys.stdout.write(
        f"{given.days} days, 40 jobs, {runs:,} runs, {len(world.troubles)} troubles, seed {given.seed}\n\n"
    )
    sys.stdout.write(f"{table(scores)}\n")
    return scores


def table(scores: list[Score]) -> str:
    """The figures as a Markdown table."""
    head = ("policy", "opened", "open for one job", "precision", "recall", "closed", "closed wrongly",
            "reopened in a week", "comments for an event", "left open")  # fmt: skip
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for one in scores:
        wrong = f"{one.wrong} ({one.wrong / one.closings:.1%})" if one.closings else "-"
        cells = (one.name, one.opened, one.most_of_one, f"{one.precision:.1%}", f"{one.recall:.1%}", one.closings,
                 wrong, one.soon, f"{one.comments:.2f}", one.left_open)  # fmt: skip
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())
