"""`python -m sandbox`: it says where it is, serves, and ends when told to."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

TESTS = Path(__file__).parents[1]


def start(*arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "sandbox", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be interrupted this way on Windows")
def test_it_prints_its_address_first_and_serves_until_interrupted(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text("repository: {full_name: octo-org/lighthouse}")
    with start("--scenario", str(scenario)) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        answer = requests.get(f"{address}/repos/octo-org/lighthouse", timeout=10)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=10)
    assert answer.json()["full_name"] == "octo-org/lighthouse"
    assert (process.returncode, "Traceback" in errors) == (0, False)


def test_a_scenario_with_a_mistake_is_refused(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.yaml"
    scenario.write_text("runs: [{workflow: CI}]")
    with start("--scenario", str(scenario)) as process:
        _, errors = process.communicate(timeout=10)
    assert (process.returncode, errors) == (2, "sandbox: scenario.runs[0].workflow: there is no workflow 'CI'\n")
