"""`make bench-requests`: the requests, the seconds and the memory of a sweep, beside plain scripts that do the same.

Each contender is a process of its own. It sweeps its own copy of a repository in a local GitHub, which answers after
80 ms. A fifth of the runs failed. Each of them has two or three failed jobs, of twelve different jobs in all. The rate
limits are lifted, so the plain script need not wait after 30 searches. No contender reads logs. Each waits a second
between two writes, as GitHub asks for. Each figure is of one sweep.

The parts: `watched` is this program on repositories with more and more workflows and runs a week. A tenth of the
workflows ran last before that week. `compared` is this program beside two scripts; without --plain-writes the scripts
only plan. `failed` is this program on repositories in which 100 runs failed. `scaled` is this program with more and
more issues or failed runs.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

from benchmarks.one_process import ROOT
from benchmarks.requests_made.measure import DELAY, PLAIN, Sweep, tracker
from benchmarks.requests_made.repository import Shape
from benchmarks.requests_made.scenarios import Compared, Scaled, Watched, compare, compare_all, scale, warm_up, watch

_COMPARISON = (
    "runs", "contender", "planned: requests", "seconds", "with writes: read", "written", "seconds",
    "once more: read", "written", "seconds", "peak MB", "issues",
)  # fmt: skip
_SCALING = ("what there is more of", "how many", "requests", "of them GraphQL", "written", "seconds", "peak MB")

_WATCHING = ("workflows", "runs a week", "first sweep: read", "written", "nothing new: read", "written", "seconds")

_PARTS = ("watched", "compared", "failed", "scaled")
_FAILED = 100
_MOST_PLANNED = 15
_MOST_AGAIN = 4
_TIMES_FASTER = 20

_Row = TypeVar("_Row")


@dataclasses.dataclass(frozen=True)
class Size:
    """How much is measured where an option does not say it: each field is the value of the option of that name."""

    parts: Sequence[str]
    runs: Sequence[int]
    failed: Sequence[int]
    known: Sequence[int]
    new: Sequence[int]
    workflows: Sequence[int]
    weekly: Sequence[int]
    plain_writes: bool


_SHORT = Size(("compared", "failed"), (100,), (100,), (0, 100), (10, 100), (8,), (100,), plain_writes=False)
_FULL = Size(
    _PARTS, (10, 100, 1000), (100, 500), (0, 100, 1000), (10, 100, 1000), (8, 200), (100, 500, 1000), plain_writes=True
)


@dataclasses.dataclass(frozen=True)
class Target:
    """What a figure should be and what it is."""

    what: str
    wanted: str
    figure: str
    verdict: str


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print the tables and write the figures to a file; the exit code is 0 whatever the figures are."""
    options = _options(arguments)
    ours = tracker(options.cap)
    # A contender that is stopped leaves half a request, for which the server would print a traceback.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    _show(f"Python {sys.version.split()[0]}, {os.cpu_count()} CPUs, {DELAY * 1000:.0f} ms an answer\n")
    warm_up(ours)
    watched, compared, failed, scaled = [], [], [], []
    if "watched" in options.parts:
        watched = _table(_WATCHING, watch(ours, options.workflows, options.weekly, options.patience), _watching)
        _show("")
    if "compared" in options.parts:
        plain_writes = options.plain_writes
        rows = compare_all(ours, options.runs, options.patience, plain_writes=plain_writes)
        compared = _table(_COMPARISON, rows, _comparison)
        _show(f"\n`>`: stopped after {options.patience:.0f} s. `-`: not measured.\n")
    if "failed" in options.parts:
        shapes = [Shape(runs, _FAILED) for runs in options.failed]
        failed = _table(_COMPARISON, (compare(shape, ours, options.patience) for shape in shapes), _comparison)
        _show("")
    if "scaled" in options.parts:
        scaled = _table(_SCALING, scale(ours, options.known, options.new, options.patience), _scaling)
    targets = [*_of_failed(failed), *_of_speed(compared, ours.name)]
    _show("\n| target | wanted | here | |\n|---|---|---|---|")
    for one in targets:
        _show(f"| {one.what} | {one.wanted} | {one.figure} | {one.verdict} |")
    figures: dict[str, Sequence[Watched | Compared | Scaled | Target]] = {
        "watched": watched,
        "compared": compared,
        "failed": failed,
        "scaled": scaled,
        "targets": targets,
    }
    text = json.dumps({name: [dataclasses.asdict(one) for one in found] for name, found in figures.items()}, indent=2)
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(f"{text}\n", "utf-8")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="all parts and sizes, up to 1,000; takes half an hour")
    parser.add_argument("--parts", nargs="+", choices=_PARTS, help="the parts to measure")
    parser.add_argument("--runs", type=int, nargs="+", help="compared: numbers of runs")
    parser.add_argument("--plain-writes", action="store_true", default=None, help="compared: the scripts also write")
    parser.add_argument("--failed", type=int, nargs="+", help="failed: numbers of runs, 100 or more")
    parser.add_argument("--known", type=int, nargs="*", help="scaled: numbers of closed issues, rising")
    parser.add_argument("--new", type=int, nargs="*", help="scaled: numbers of new failed runs, rising")
    parser.add_argument("--workflows", type=int, nargs="+", help="watched: numbers of workflows, from 3 on")
    parser.add_argument("--weekly", type=int, nargs="+", help="watched: numbers of runs a week")
    parser.add_argument("--cap", type=int, default=500, help="how many issues the tracker may open in a sweep")
    parser.add_argument("--patience", type=float, default=120, help="seconds after which a sweep is stopped")
    parser.add_argument("--json", type=Path, default=ROOT / ".cache" / "bench" / "requests.json", metavar="FILE")
    options = parser.parse_args(arguments)
    for name, value in dataclasses.asdict(_FULL if options.full else _SHORT).items():
        if getattr(options, name) is None:
            setattr(options, name, value)
    if min(options.failed) < _FAILED:
        parser.error(f"--failed takes numbers from {_FAILED} on, because so many runs fail")
    return options


# --- the tables ----------------------------------------------------------------------------------


def _table(head: Sequence[str], rows: Iterable[_Row], cells: Callable[[_Row], Iterable[str]]) -> list[_Row]:
    """Show each row as soon as it is measured; return all rows."""
    _show("| " + " | ".join(head) + " |\n" + "|---" * len(head) + "|")
    kept = []
    for row in rows:
        _show("| " + " | ".join(cells(row)) + " |")
        kept.append(row)
    return kept


def _comparison(row: Compared) -> Iterator[str]:
    failed = f"{row.shape.failed:,} failed, {row.shape.failed_jobs:,} jobs"
    yield from (f"{row.shape.runs:,} ({failed})", row.contender)
    yield from (_said(row.planned, "requests"), _said(row.planned, "seconds"))
    for one in (row.written, row.again):
        yield from (_said(one, "reads"), _said(one, "writes"), _said(one, "seconds"))
    yield f"{max(one.megabytes for one in (row.planned, row.written, row.again) if one):,.0f}"
    yield f"{row.issues:,}" if row.written else "-"


def _watching(row: Watched) -> Iterator[str]:
    yield from (f"{row.workflows:,}", f"{row.runs:,}")
    for one in (row.first, row.again):
        yield from (_said(one, "reads"), _said(one, "writes"))
    yield _said(row.again, "seconds")


def _scaling(row: Scaled) -> Iterator[str]:
    yield from (row.what, f"{row.number:,}")
    yield from (_said(row.sweep, figure) for figure in ("requests", "graphql", "writes", "seconds", "megabytes"))


def _said(sweep: Sweep | None, figure: str) -> str:
    if sweep is None:
        return "-"
    value = getattr(sweep, figure)
    text = f"{value:,.1f}" if isinstance(value, float) else f"{value:,}"
    return f"> {text}" if sweep.ended_early else text


# --- the targets ---------------------------------------------------------------------------------


def _of_failed(rows: Iterable[Compared]) -> Iterator[Target]:
    for row in rows:
        of = f"{row.shape.failed:,} failed runs of {row.shape.runs:,}, {row.shape.failed_jobs:,} failed jobs"
        for what, sweep, most in (("planned", row.planned, _MOST_PLANNED), ("once more", row.again, _MOST_AGAIN)):
            reached = sweep is not None and not sweep.ended_early and sweep.requests <= most
            yield Target(f"{of}, {what}", f"{most} requests or fewer", _said(sweep, "requests"), _verdict(reached))


def _verdict(reached: bool) -> str:
    return "reached" if reached else "MISSED"


def _of_speed(rows: Sequence[Compared], ours: str) -> Iterator[Target]:
    plain = {row.shape: row for row in rows if row.contender == PLAIN.name}
    for row in rows:
        if row.contender != ours:
            continue
        pairs = (row.planned, plain[row.shape].planned), (row.written, plain[row.shape].written)
        for what, (mine, theirs) in zip(("planned", "with writes"), pairs, strict=True):
            if mine is None or theirs is None:
                continue
            times = theirs.seconds / mine.seconds
            figure = f"{'over ' if theirs.ended_early else ''}{times:.1f} times"
            unknown = theirs.ended_early and not mine.ended_early and times < _TIMES_FASTER
            verdict = "not known: raise --patience" if unknown else _verdict(times >= _TIMES_FASTER)
            yield Target(f"{row.shape.runs:,} runs, {what}, beside the plain script",
                         f"{_TIMES_FASTER} times faster", figure, verdict)  # fmt: skip


def _show(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
