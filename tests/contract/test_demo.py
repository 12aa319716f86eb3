"""The demos as a whole."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Python loads a module of this name at each start, in the demo and in the programs that it starts.
SITECUSTOMIZE = """
import datetime, os, time
days = int(os.environ["DAYS"])
real = datetime.datetime
class Later(real):
    @classmethod
    def now(cls, tz=None):
        return real.now(tz) + datetime.timedelta(days)
datetime.datetime = Later
clock, sleep, monotonic = time.time, time.sleep, time.monotonic
slept = []
time.time = lambda: clock() + days * 86_400
time.monotonic = lambda: monotonic() + sum(slept)  # who sleeps until a time is there wakes up at once
time.sleep = lambda seconds: (slept.append(seconds), sleep(min(seconds, 0.01)))[1]
"""


def start(demo: str, folder: Path, days: int) -> subprocess.Popen[str]:
    """Start a demo on a machine whose clock is some days ahead, and which does not wait between writes."""
    path = os.pathsep.join(map(str, (folder, ROOT / "src", ROOT / "tests")))
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("GITHUB_", "INPUT_"))}
    return subprocess.Popen(
        [sys.executable, "-m", f"sandbox.{demo}", "--keep", folder / str(days)],
        env={**variables, "PYTHONPATH": path, "PYTHONUTF8": "1", "DAYS": str(days)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )


def same(text: str, folder: Path) -> str:
    """A text without the port, which is another one each time, and the name of the folder."""
    return re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1", text).replace(str(folder), "FOLDER")


@pytest.mark.parametrize(
    ("demo", "days", "issue", "last"),
    [
        ("demo", (0, 400), "issue-323.md", "demo: 5 failures, 5 issues created, second sweep created 0"),
        ("demo_organisation", (0, 400) if os.environ.get("EVERY_CASE") else (400,), "issue-1.md", "sweep created 0"),
    ],
)
def test_a_demo_shows_the_same_on_every_day(
    tmp_path: Path, demo: str, days: tuple[int, ...], issue: str, last: str
) -> None:
    (tmp_path / "sitecustomize.py").write_text(SITECUSTOMIZE, "utf-8")
    shown, written = [], []
    for day, started in [(day, start(demo, tmp_path, day)) for day in days]:
        text = started.communicate(timeout=120)[0]
        assert started.returncode == 0, text
        folder = tmp_path / str(day)
        shown.append(same(text, folder))
        written.append({path.name: same(path.read_text("utf-8"), folder) for path in folder.iterdir()})
    assert shown[0] == shown[-1]
    assert written[0] == written[-1]
    assert {"report.html", "report.json", "metrics.prom", "summary.md", issue} <= set(written[0])
    assert shown[0].endswith(f"{last}\n")
