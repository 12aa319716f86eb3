"""What is locked for whom."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
ALL = ROOT / "tests" / "requirements.txt"
RUN = ROOT / "tests" / "requirements-run.txt"

# PyGithub loads them where they are; the demo and the bundle have a stand-in.
LEFT_OUT = {"cffi", "cryptography", "pycparser", "pynacl"}

# The start of the demos and of the command, with what they load later.
LOADED = """
import sys
import tomllib
from importlib.metadata import packages_distributions
import sandbox.demo, sandbox.demo_organisation, ci_failure_tracker.entry.action, ci_failure_tracker.entry.cli
import ci_failure_tracker.entry.many, ci_failure_tracker.report.prometheus
homes = packages_distributions()
print(*{home for name in {name.partition(".")[0] for name in sys.modules} for home in homes.get(name, ())})
"""


def locked(path: Path) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", path.read_text("utf-8"), re.MULTILINE))


def test_the_demo_is_locked_to_what_users_get_and_tests_have() -> None:
    of_users = {name: version for name, version in locked(ROOT / "requirements.txt").items() if name not in LEFT_OUT}
    assert of_users.items() <= locked(RUN).items() <= locked(ALL).items()
    assert not LEFT_OUT & set(locked(RUN))


def test_the_action_installs_nothing_that_is_for_a_terminal_and_the_command_needs_no_extra() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    for_terminal = set(project["optional-dependencies"]["cli"])
    assert for_terminal < set(project["dependencies"])
    names = {name(need) for need in for_terminal}
    assert names == {"click", "rich"}
    action = {name(need) for need in project["dependencies"]} - names
    assert action <= set(locked(ROOT / "requirements.txt"))
    assert not names & set(locked(ROOT / "requirements.txt"))


def name(need: str) -> str:
    return re.split(r"[<>=]", need, maxsplit=1)[0].lower()


def test_the_demo_loads_nothing_that_is_not_locked_for_it() -> None:
    path = os.pathsep.join([str(ROOT / "src"), str(ROOT / "tests")])
    command = [sys.executable, "-c", LOADED]
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=True)
    loaded = {name.lower().replace("_", "-") for name in done.stdout.split()}
    assert {"starlette", "rich", "pygithub"} <= loaded
    assert loaded & set(locked(ALL)) <= {*locked(RUN), *LEFT_OUT}
