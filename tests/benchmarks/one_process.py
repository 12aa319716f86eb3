"""One process that is measured: its seconds, its CPU time and its memory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

# A process starts with the peak memory of its parent, which may hold the local GitHub. So a small process starts the
# one that is measured. It also takes the time, and it stops a process that takes too long.
_BETWEEN = """
import json, os, signal, subprocess, sys, threading, time
patience, *command = sys.argv[1:]
started = time.perf_counter()
process = subprocess.Popen(command, stdout=sys.stderr)
late = threading.Event()
def end():
    late.set()
    process.kill()
timer = threading.Timer(float(patience), end)
timer.start()
_, status, used = os.wait4(process.pid, 0)
seconds = time.perf_counter() - started
timer.cancel()
cpu = used.ru_utime + used.ru_stime
json.dump([seconds, cpu, used.ru_maxrss, late.is_set(), os.waitstatus_to_exitcode(status)], sys.stdout)
"""


@dataclass(frozen=True)
class Measured:
    """What a process took. If it was stopped (`ended_early`), the figures are lower bounds."""

    seconds: float
    cpu_seconds: float
    megabytes: float
    ended_early: bool


def measured(command: Sequence[str], given: Mapping[str, str], patience: float) -> Measured:
    """Run a command with the program on its path, and these variables beside those of the machine.

    Raises:
        SystemExit: it failed; the message holds the end of its output.
    """
    machine = {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "GITHUB_", "INPUT_"))}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _BETWEEN, str(patience), *command],
        capture_output=True, text=True, cwd=ROOT, check=True,
        env={**machine, "PYTHONPATH": str(ROOT / "src"), "NO_PROXY": "127.0.0.1", **given},
    )  # fmt: skip
    seconds, cpu_seconds, kilobytes, late, code = json.loads(done.stdout)
    if code and not late:
        raise SystemExit(f"{' '.join(command)} failed with exit code {code}:\n{done.stderr[-4000:]}")
    return Measured(seconds, cpu_seconds, kilobytes / 1024, late)
