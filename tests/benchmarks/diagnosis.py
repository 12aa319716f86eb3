"""Measure how fast logs are read and in how much memory, beside a plain keyword grep in Python.

Each contender is a process of its own. All read the same file, in turns. The logs are made from those of the sandbox:
`usual` repeats the output of setup and installation and ends with a failed step; in `noisy` every line looks like a
failure; `endless` is one line. With `--corpus FOLDER` each process reads all logs in that folder instead.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[2]
LOGS = ROOT / "tests" / "sandbox" / "scenarios" / "parcel-tracker" / "logs"
FAILED = LOGS / "test-py312-ubuntu.txt"
MEGABYTE = 1_000_000

GREP = """
import re, sys
words = re.compile(r"error|fail|exception|fatal|panic|traceback", re.I)
for path in sys.argv[1:]:
    with open(path, encoding="utf-8", errors="replace") as log:
        found = [number for number, line in enumerate(log, 1) if words.search(line)]
    print(found[-40:])
"""
CONTENDERS = {
    "explain": [sys.executable, "-m", "ci_failure_tracker", "explain", "--format", "json"],
    "keyword grep": [sys.executable, "-c", GREP],
}


@dataclass(frozen=True)
class Taken:
    """The time and memory that one process took."""

    seconds: float
    megabytes: float


def usual() -> Iterator[bytes]:
    """The lines of the sandbox's logs before the failure, with other numbers in each turn."""
    lines = [line for path in sorted(LOGS.glob("*.txt")) for line in path.read_bytes().splitlines(keepends=True)[:150]]
    for turn in itertools.count():
        yield b"".join(lines).replace(b"1", str(turn % 10).encode())


def noisy() -> Iterator[bytes]:
    """Lines that all look like failures."""
    for turn in itertools.count():
        yield b"".join(
            b"2026-03-01T10:00:00.0000000Z worker: error: could not fetch part %d: timed out\n" % number
            for number in range(turn * 1000, turn * 1000 + 1000)
        )


def endless() -> Iterator[bytes]:
    """One line without an end."""
    return itertools.repeat(b"error: " + b"x" * 99_993)


SHAPES: dict[str, Callable[[], Iterator[bytes]]] = {"usual": usual, "noisy": noisy, "endless": endless}


def write(path: Path, parts: Iterable[bytes], megabytes: int) -> None:
    """Write a log of a given size that ends like a failed job."""
    with path.open("wb") as log:
        for part in parts:
            log.write(part)
            if log.tell() >= megabytes * MEGABYTE:
                break
        log.write(b"\n" + FAILED.read_bytes())


def run(command: Sequence[str], logs: Iterable[Path]) -> Taken:
    """Run a contender on logs."""
    started = perf_counter()
    process = subprocess.Popen(
        [*command, *map(str, logs)], stdout=subprocess.DEVNULL, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command[:4])} failed with exit code {process.returncode}")
    return Taken(perf_counter() - started, used.ru_maxrss / 1024)


def measure(shape: str, megabytes: int, rounds: int) -> Iterator[str]:
    """Measure each contender with a log that is made for it, and return a line of the table for each."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.txt"
        write(log, SHAPES[shape](), megabytes)
        yield from table(shape, [log], rounds)


def table(name: str, logs: Sequence[Path], rounds: int) -> Iterator[str]:
    """Measure each contender with these logs, and return a line of the table for each."""
    size = sum(log.stat().st_size for log in logs) / MEGABYTE
    taken: dict[str, list[Taken]] = {contender: [] for contender in CONTENDERS}
    for _ in range(rounds):
        for contender, command in CONTENDERS.items():
            taken[contender].append(run(command, logs))
    for contender, found in taken.items():
        seconds = statistics.median(one.seconds for one in found)
        memory = max(one.megabytes for one in found)
        speed = size / seconds
        yield f"| {name} | {size:,.0f} MB | {contender} | {seconds:.2f} s | {speed:.1f} MB/s | {memory:.0f} MB |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="how often each contender reads each log")
    parser.add_argument("--megabytes", type=int, nargs="+", default=[1, 10], help="the sizes of the logs")
    parser.add_argument("--corpus", type=Path, metavar="FOLDER", help="read the *.log files in this folder and below")
    options = parser.parse_args(arguments)
    print(f"Python {sys.version.split()[0]}, whole processes, medians of {options.rounds}\n")
    print("| log | size | contender | time | speed | peak memory |\n|---|---|---|---|---|---|")
    if options.corpus:
        tables = [table("corpus", sorted(options.corpus.rglob("*.log")), options.rounds)]
    else:
        tables = [measure(*one, options.rounds) for one in itertools.product(SHAPES, options.megabytes)]
    for line in itertools.chain.from_iterable(tables):
        print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
