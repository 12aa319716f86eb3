"""`make bench-organisation`: what a sweep of many repositories takes, beside one process for each of them.

A tenth of the repositories fails. Each organisation is in a local GitHub of its own, in a process of its own, which
answers after 80 ms, counts what the token asks for, and refuses what is too much. The limits are new before each sweep.
The sweeps of one organisation: the first one planned (a dry run), the same written, one right after it, one with
nothing new, and one after a run failed in five repositories that passed before. Each figure is of one sweep. The one
right after the first looks once more at the repositories in which that wrote issues.

GitHub asks for a second between two writes, so a sweep that writes mostly waits: the planned one shows the seconds
without that. Downloads of logs come from another server than the API and count for no limit.

The model multiplies. It takes each shard for an organisation of that size as it was measured, ten of them at a time,
and leaves out how long a job takes to start. In all it takes as long as the longest of the parts.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.one_process import ROOT
from benchmarks.organisation.hosted import DELAY
from benchmarks.organisation.measure import (
    FIRST,
    NEW,
    NEW_FAILURES,
    PLANNED,
    QUIET,
    Sweep,
    Swept,
    in_a_process_each,
    in_one_process,
)
from benchmarks.organisation.model import LIMITS, REPOSITORIES, Shards, modelled

_SWEEPS = (
    "repositories", "contender", "sweep", "read: REST", "GraphQL", "its points", "downloads", "written", "seconds",
    "CPU seconds", "peak MB", "CPU seconds of the local GitHub",
)  # fmt: skip
_USAGE = (
    "repositories", "contender", "sweep", "points a minute (900)", "of GraphQL (2,000)", "writes a minute (80)",
    "an hour (500)", "at once (100)", "refused",
)  # fmt: skip
_COMPARED = (
    "repositories", "sweep", "read: one process", "each", "seconds: one process", "each", "CPU: one process", "each",
)  # fmt: skip
_MODEL = (
    "shards", "sweep", "REST", "points of GraphQL", "written", "hours: work", "points of a minute", "writes of an hour",
    *(f"{limit:,} an hour" for limit in LIMITS), "in all",
)  # fmt: skip
_SHORT, _LARGE = (20, 100), 500
_EACH = 20
_QUIET_REQUESTS, _QUIET_SECONDS, _FIRST_READS = 25, 10, 300
_MEGABYTES = 200
_LINEAR = 1.2
"""So many times as much as another one a repository with a new failure may take."""


@dataclass(frozen=True)
class Target:
    """What a figure should be and what it is."""

    what: str
    wanted: str
    figure: str
    verdict: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables and write the figures to a file; the exit code is 0 whatever the figures are."""
    options = _options(arguments)
    _show(f"Python {sys.version.split()[0]}, {os.cpu_count()} CPUs, {DELAY * 1000:.0f} ms an answer\n")
    _head(_SWEEPS)
    each = _shown(in_a_process_each(_EACH))
    swept = [_shown(in_one_process(repositories)) for repositories in options.repositories]
    central = [_shown(in_one_process(repositories, central=True)) for repositories in options.central]
    _show("\nThe most in any minute and hour of a sweep, as the local GitHub counted it:\n")
    _table(_USAGE, (_usage(one, sweep) for one in (each, *swept, *central) for sweep in one.sweeps))
    _show(f"\nBeside one process for each: {_EACH} measured, of more the same for each repository.\n")
    _table(_COMPARED, (row for one in swept for row in _compared(one, each)))
    shards = [shard for one in swept for shard in modelled(one)]
    _show(f"\n{REPOSITORIES:,} repositories in shards, computed: number of shards x what one took.\n")
    _table(_MODEL, map(_shard, shards))
    targets = [*_targets(swept)]
    _show("")
    _table(("target", "wanted", "here", ""), (dataclasses.astuple(one) for one in targets))
    figures: dict[str, Sequence[Swept | Shards | Target]] = {
        "swept": [each, *swept, *central],
        "model": shards,
        "targets": targets,
    }
    text = json.dumps({name: [dataclasses.asdict(one) for one in found] for name, found in figures.items()}, indent=2)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(f"{text}\n", "utf-8")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help=f"{_LARGE} repositories as well; some minutes more")
    parser.add_argument("--repositories", type=int, nargs="+", help="numbers of repositories, rising, from 20 on")
    parser.add_argument("--central", type=int, nargs="+", default=(), help="the same with all issues in one repository")
    parser.add_argument("--json", type=Path, default=ROOT / ".cache" / "bench" / "organisation.json", metavar="FILE")
    options = parser.parse_args(arguments)
    options.repositories = options.repositories or ((*_SHORT, _LARGE) if options.full else _SHORT)
    return options


# --- the tables ----------------------------------------------------------------------------------


def _shown(swept: Swept) -> Swept:
    for sweep in swept.sweeps:
        _row(_cells(swept, sweep))
    return swept


def _cells(swept: Swept, sweep: Sweep) -> Iterator[str]:
    yield from (f"{swept.repositories:,}, {swept.failing:,} failing", swept.contender, sweep.name)
    taken = sweep.taken
    yield from map(_number, (taken.rest, taken.graphql, taken.points, taken.downloads, taken.writes))
    yield from map(_number, (sweep.seconds, sweep.cpu_seconds, round(sweep.megabytes), taken.seconds))


def _usage(swept: Swept, sweep: Sweep) -> Iterator[str]:
    yield from (f"{swept.repositories:,}", swept.contender, sweep.name)
    usage = sweep.taken.usage
    yield from map(_number, (usage.rest_points_a_minute, usage.graphql_points_a_minute, usage.writes_a_minute))
    yield from map(_number, (usage.writes_an_hour, usage.at_once, usage.refused))


def _compared(swept: Swept, each: Swept) -> Iterator[Iterator[str]]:
    times = swept.repositories / each.repositories
    for name in (PLANNED, QUIET):
        ours, theirs = swept[name], each[name]
        figures = (
            (ours.taken.reads, round(theirs.taken.reads * times)),
            (ours.seconds, theirs.seconds * times),
            (ours.cpu_seconds, theirs.cpu_seconds * times),
        )
        cells = (_number(figure) for pair in figures for figure in pair)
        yield iter((_number(swept.repositories), name, *cells))


def _shard(row: Shards) -> Iterator[str]:
    yield from (f"{row.shards:,} x {row.size:,}", row.sweep)
    for total in (row.rest, row.points, row.writes):
        yield f"{row.shards:,} x {total // row.shards:,} = {total:,}"
    for part in (row.work, row.minutes, row.hourly_writes, *map(row.requests, LIMITS)):
        yield f"{part.arithmetic} = {part.hours:.2f}"
    yield " or ".join(f"{row.in_all(limit):.2f}" for limit in LIMITS)


# --- the targets ---------------------------------------------------------------------------------


def _targets(swept: Sequence[Swept]) -> Iterator[Target]:
    large = next((one for one in swept if one.repositories == _LARGE), None)
    yield from _of_large(large) if large else (Target(f"{_LARGE} repositories", "", "", "not measured: --full"),)
    costs = [cost for one in swept for cost in _cost_of_news(one)]
    yield _target("linear in what is new: requests that read for each repository with a new failure",
                  f"at most {_LINEAR} times apart", [max(costs) / min(costs)], [_LINEAR])  # fmt: skip
    sweeps = [sweep for one in swept for sweep in one.sweeps]
    yield _target("memory", f"{_MEGABYTES} MB or less", [max(one.megabytes for one in sweeps)], [_MEGABYTES])
    yield _target("requests that GitHub refused", "0", [sum(one.taken.usage.refused for one in sweeps)], [0])


def _of_large(swept: Swept) -> Iterator[Target]:
    quiet, first = swept[QUIET], swept[FIRST]
    yield _target(
        f"{swept.repositories} repositories, nothing new",
        f"{_QUIET_REQUESTS} requests, {_QUIET_SECONDS} s",
        [quiet.taken.reads + quiet.taken.writes, quiet.seconds],
        [_QUIET_REQUESTS, _QUIET_SECONDS],
    )
    what = f"first sweep of {swept.repositories}, {swept.failing} failing"
    yield _target(what, f"{_FIRST_READS} requests that read", [first.taken.reads], [_FIRST_READS])


def _cost_of_news(swept: Swept) -> Iterator[float]:
    """Requests that read, beyond those with nothing new, for each repository with a new failure."""
    for name, repositories in ((FIRST, swept.failing), (NEW, NEW_FAILURES)):
        yield (swept[name].taken.reads - swept[QUIET].taken.reads) / repositories


def _target(what: str, wanted: str, figures: Sequence[float], most: Sequence[float]) -> Target:
    reached = all(figure <= limit for figure, limit in zip(figures, most, strict=True))
    return Target(what, wanted, ", ".join(map(_number, figures)), "reached" if reached else "MISSED")


def _number(figure: float) -> str:
    return f"{figure:,.1f}" if isinstance(figure, float) else f"{figure:,}"


def _table(head: Sequence[str], rows: Iterable[Iterable[str]]) -> None:
    _head(head)
    for row in rows:
        _row(row)


def _head(cells: Sequence[str]) -> None:
    _row(cells)
    _show("|---" * len(cells) + "|")


def _row(cells: Iterable[str]) -> None:
    _show("| " + " | ".join(cells) + " |")


def _show(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
