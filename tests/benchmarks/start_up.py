"""`make bench-start`: the time from the start of the action to its first request, beside the usual way to start one.

Each contender starts the same program against a local GitHub, which notes when the first request arrives. Contenders
take turns, so that other work on the machine slows all of them. Packages come from the package index that the machine
uses. With warm caches each contender has fetched them once before; with `--cold` the caches are empty at each start.
The bundle is built before, into a temporary folder.
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
OURS = """
set -e
bash "{action}/src/start.sh" find
TRACKER_PYTHON=$(sed -n s/^python=//p "$GITHUB_OUTPUT") bash "{action}/src/start.sh" run
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
EXTRAS = {
    ", schedules": (SCHEDULES,),
    ", a report": (REPORT,),
    ", Slack": (SLACK,),
    ", all three": (SCHEDULES, REPORT, SLACK),
}


def contenders(release: Path, *, extras: bool) -> list[Contender]:
    """The usual way, then `start.sh` with pip, with uv and with the bundle of a release.

    `extras` adds the inputs that need more packages.
    """
    inputs = {"": (), **(EXTRAS if extras else {})}
    ways = (("pip", ROOT, False), ("uv", ROOT, True), ("the bundle", release, False))
    return [
        Contender("python -m venv, pip install", USUAL),
        *(
            Contender(f"start.sh with {way}{name}", OURS.format(action=action), with_uv, given)
            for way, action, with_uv in ways
            for name, given in inputs.items()
        ),
    ]


def make_release(folder: Path) -> None:
    """Put into the folder what a release has of the action, with a bundle for this Python."""
    shutil.copytree(ROOT / "src", folder / "src")
    script = ROOT / ".github" / "release" / "build_bundle.py"
    command = [PYTHON, str(script), str(folder / "bundle"), "--python", PYTHON]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def seconds_to_first_request(contender: Contender, caches: Path | None) -> float:
    """Start it in folders of its own; the seconds until its first request arrived. Without `caches` they are empty."""
    # Each start has its own server, because a server has the rate limit of GitHub.
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


def measure(started: Sequence[Contender], rounds: int, *, cold: bool) -> dict[str, list[float]]:
    """The seconds of each contender, one number for each round."""
    times: dict[str, list[float]] = {contender.name: [] for contender in started}
    with tempfile.TemporaryDirectory() as kept:
        caches = None if cold else Path(kept)
        if caches:
            for contender in started:
                seconds_to_first_request(contender, caches)
        for _ in range(rounds):
            for contender in started:
                times[contender.name].append(seconds_to_first_request(contender, caches))
    return times


def table(times: dict[str, list[float]], heading: str) -> str:
    """The medians, and their ratio to the first one."""
    medians = {name: statistics.median(seconds) for name, seconds in times.items()}
    usual = next(iter(medians.values()))
    lines = [f"| {heading} | median | least | most | ratio |", "|---|---|---|---|---|"]
    for name, median in medians.items():
        least, most = min(times[name]), max(times[name])
        lines.append(f"| {name} | {median:.2f} s | {least:.2f} s | {most:.2f} s | {median / usual:.2f} |")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, help="how often each contender starts")
    parser.add_argument("--extras", action="store_true", help="also with the inputs that need more packages")
    parser.add_argument("--cold", action="store_true", help="empty the package caches before each start")
    options = parser.parse_args(arguments)
    print(
        f"Python {sys.version.split()[0]}, {os.cpu_count()} CPUs, {shutil.which('bash')}, medians of {options.rounds}\n"
    )
    with tempfile.TemporaryDirectory() as release:
        make_release(Path(release))
        times = measure(contenders(Path(release), extras=options.extras), options.rounds, cold=options.cold)
    print(table(times, f"start to first request, {'cold' if options.cold else 'warm'} caches"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
