"""The time from the start of the action to its first request, against the usual way to start a Python action.

Every contender starts the same program against the same local GitHub, which notes when the first request comes in.
They take turns, so that whatever slows the machine slows all of them. Packages come from the index that the machine
is set up for; with warm caches every contender has fetched them before, with cold ones (`--cold`) none ever has.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sandbox import Sandbox, Server

ROOT = Path(__file__).parents[2]
SCENARIO = ROOT / "tests" / "sandbox" / "scenarios" / "parcel-tracker" / "scenario.yaml"
PYTHON = os.path.realpath(sys.executable)

USUAL = f"""
set -e
"{PYTHON}" -m venv "$RUNNER_TEMP/venv"
"$RUNNER_TEMP/venv/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "{ROOT}/requirements.txt"
PYTHONPATH="{ROOT}/src" "$RUNNER_TEMP/venv/bin/python" -B -m ci_failure_tracker action
"""
OURS = f"""
set -e
bash "{ROOT}/src/start.sh" find
TRACKER_PYTHON=$(sed -n s/^python=//p "$GITHUB_OUTPUT") bash "{ROOT}/src/start.sh" run
"""


@dataclass(frozen=True)
class Contender:
    """A way to start the tracker."""

    name: str
    script: str
    with_uv: bool = False
    inputs: tuple[tuple[str, str], ...] = ()


SCHEDULES = ("INPUT_SCHEDULES", "true")
REPORT = ("INPUT_REPORT_DIR", "report")
SLACK = ("INPUT_SLACK_PAYLOAD", "true")
WITH = {
    "": (),
    ", schedules": (SCHEDULES,),
    ", a report": (REPORT,),
    ", Slack": (SLACK,),
    ", all three": (SCHEDULES, REPORT, SLACK),
}

CONTENDERS = (
    Contender("python -m venv, pip install", USUAL),
    *(
        Contender(f"start.sh with {'uv' if with_uv else 'pip'}{name}", OURS, with_uv, inputs)
        for with_uv in (False, True)
        for name, inputs in WITH.items()
    ),
)


def seconds_to_first_request(contender: Contender, caches: Path | None) -> float:
    """Start it, in folders of its own, and read off when its first request came in."""
    # A server of its own, for one gives no more requests an hour than GitHub.
    with Sandbox.from_scenario(SCENARIO).serve() as server:
        return _seconds(contender, server, caches)


def _seconds(contender: Contender, server: Server, caches: Path | None) -> float:
    with tempfile.TemporaryDirectory() as place:
        caches = caches or Path(place) / "caches"
        temp = Path(place) / "temp"
        tools = Path(place) / "bin"
        for folder in (temp, tools):
            folder.mkdir()
        (temp / "output").touch()
        (tools / "python3").symlink_to(PYTHON)
        if contender.with_uv:
            (tools / "uv").symlink_to(Path(sys.executable).with_name("uv"))
        environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
            "PATH": f"{tools}:{_path_without_uv()}",
            "PIP_CACHE_DIR": str(caches / "pip"),
            "UV_CACHE_DIR": str(caches / "uv"),
            "RUNNER_TEMP": str(temp),
            "GITHUB_OUTPUT": str(temp / "output"),
            "GITHUB_API_URL": server.api_url,
            "GITHUB_GRAPHQL_URL": server.graphql_url,
            "INPUT_TOKEN": "demo-token",
            "INPUT_REPOSITORY": "northwind-labs/parcel-tracker",
            "INPUT_DRY_RUN": "true",
            "GITHUB_WORKSPACE": place,
            **dict(contender.inputs),
        }
        started = time.perf_counter()
        with subprocess.Popen(
            ["bash", "-c", contender.script], env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            while not server.requests and process.poll() is None:
                time.sleep(0.002)
            taken = time.perf_counter() - started
            output, _ = process.communicate()
        if process.returncode:
            raise SystemExit(f"{contender.name} failed:\n{output.decode()}")
        return taken


def _path_without_uv() -> str:
    folders = os.environ["PATH"].split(os.pathsep)
    return os.pathsep.join(folder for folder in folders if not Path(folder, "uv").exists())


def measure(rounds: int, *, cold: bool) -> dict[str, list[float]]:
    """The seconds of every contender, round by round."""
    times: dict[str, list[float]] = {contender.name: [] for contender in CONTENDERS}
    with tempfile.TemporaryDirectory() as kept:
        caches = None if cold else Path(kept)
        if caches:
            for contender in CONTENDERS:
                seconds_to_first_request(contender, caches)
        for _ in range(rounds):
            for contender in CONTENDERS:
                times[contender.name].append(seconds_to_first_request(contender, caches))
    return times


def table(times: dict[str, list[float]], heading: str) -> str:
    """The medians, and what part of the first one each is."""
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    usual = next(iter(medians.values()))
    lines = [f"| {heading} | median | least | most | ratio |", "|---|---|---|---|---|"]
    for name, median in medians.items():
        least, most = min(times[name]), max(times[name])
        lines.append(f"| {name} | {median:.2f} s | {least:.2f} s | {most:.2f} s | {median / usual:.2f} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--cold", action="store_true", help="measure with empty caches as well")
    options = parser.parse_args(arguments)
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} CPUs, {shutil.which('bash')}\n")
    print(table(measure(options.rounds, cold=False), "start to first request, warm caches"))
    if options.cold:
        print()
        print(table(measure(options.rounds, cold=True), "start to first request, cold caches"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
