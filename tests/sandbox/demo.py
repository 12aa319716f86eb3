"""The demo: the real program, twice, against a local GitHub with the history of an invented project.

It needs no token, and no network beyond this machine. The program's clock is the scenario's, so every day shows the
same. The report page is left in a folder, `--keep FOLDER` says in which; with that option the summary and the issues
are left there as well, as Markdown files.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sandbox import Sandbox
from sandbox.showing import CACHE, Program, as_github_shows, show, terminal, write

SCENARIO = Path(__file__).parent / "scenarios" / "parcel-tracker" / "scenario.yaml"
REPOSITORY = "northwind-labs/parcel-tracker"


def main() -> int:
    """Show the plan, sweep twice, show what came of it; the exit code is that of the program where it fails."""
    arguments = argparse.ArgumentParser(description="Run the tracker against a local GitHub.")
    arguments.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="write the page, the summary and the issues there"
    )
    keep: Path | None = arguments.parse_args().keep
    place, console = keep or CACHE / "demo", terminal()
    box = Sandbox.from_scenario(SCENARIO)
    with box.serve() as server:
        program = Program(server, "demo-token", box.now)
        console.rule("The plan: a dry run of the command")
        program.run(["sweep", "--repo", REPOSITORY], {"COLUMNS": str(console.width)})
        console.rule("The first sweep: what the action does")
        first = program.act({"repository": REPOSITORY, "report-dir": str(place.resolve())})
        console.rule("The second sweep, right after")
        second = program.act({"repository": REPOSITORY})
        ours = [issue for issue in box.issues if "ci-failure" in issue.labels]
        for issue in ours:
            show(console, issue)
        console.rule("The job summary of the first sweep")
        console.print(as_github_shows(first.summary))
        if keep is not None:
            write(keep, ours, first)
    print(f"The report page of the first sweep: {place / 'report.html'}")
    failures, created = first.outputs["failure-count"], len(first.created)
    print(f"demo: {failures} failures, {created} issues created, second sweep created {len(second.created)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
