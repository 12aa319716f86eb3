"""What is locked for whom."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALL = ROOT / "tests" / "requirements.txt"
RUN = ROOT / "tests" / "requirements-run.txt"

# The start of the demo and of the command, with what they load later.
LOADED = """
import sys
from importlib.metadata import packages_distributions
import sandbox.demo, ci_failure_tracker.entry.action, ci_failure_tracker.entry.cli
import ci_failure_tracker.report.prometheus
homes = packages_distributions()
print(*{home for name in {name.partition(".")[0] for name in sys.modules} for home in homes.get(name, ())})
"""


def locked(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", path.read_text("utf-8"), re.MULTILINE))


def test_the_demo_is_locked_to_what_users_get_and_tests_have() -> None:
    assert locked(ROOT / "requirements.txt").items() <= locked(RUN).items() <= locked(ALL).items()


def test_the_demo_loads_nothing_that_is_not_locked_for_it() -> None:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    command = [sys.executable, "-c", LOADED]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True)
    loaded = {name.lower().replace("_", "-") for name in done.stdout.split()}
    assert {"starlette", "rich", "pygithub"} <= loaded
    assert loaded & set(locked(ALL)) <= set(locked(RUN))
