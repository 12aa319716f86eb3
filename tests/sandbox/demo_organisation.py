"""The demo of many repositories: the real program, twice, against a local GitHub with an invented organisation.

One cause makes jobs fail in four of its twelve repositories. One repository was not given to the token, one is
archived, one is private. The first plan is that of the command, with the issues in each repository. Then the action
keeps all issues in one repository. It needs no token, and no network beyond this machine, and every day shows the same.
The page is left in a folder, `--keep FOLDER` says in which; with that option the summary and the issues are left there
as well, as Markdown files.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from sandbox.organisation import APP_TOKEN, Organisation
from sandbox.showing import CACHE, Program, as_github_shows, show, terminal, write

ORGANISATION = Organisation(
    repositories=12, failing=0.5, one_cause=4, without_permissions=1, archived=1, private=1, seed=3
)


def main() -> int:
    """Show the plan, sweep twice, show what came of it; the exit code is that of the program where it fails."""
    arguments = argparse.ArgumentParser(description="Run the tracker on an organisation in a local GitHub.")
    arguments.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="write the page, the summary and the issues there"
    )
    keep: Path | None = arguments.parse_args().keep
    place, console = keep or CACHE / "demo-organisation", terminal()
    site, all_of_it, central = ORGANISATION.site(), f"org:{ORGANISATION.login}", ORGANISATION.issues_repository
    with site.serve() as server:
        program = Program(server, APP_TOKEN, ORGANISATION.now)
        chosen, wide = ["--exclude-repositories", central, "--repositories", all_of_it], {"COLUMNS": str(console.width)}
        console.rule("Which repositories there are")
        program.run(["discover", *chosen], wide)
        console.rule("The plan: a dry run of the command, with the issues in each repository")
        program.run(["sweep", *chosen], wide)
        console.rule("The first sweep: what the action does, with all issues in one repository")
        inputs = {"repositories": all_of_it, "exclude-repositories": central, "issues-repository": central}
        first = program.act({**inputs, "report-dir": str(place.resolve())})
        console.rule("The second sweep, right after")
        second = program.act({**inputs, "last-report": str(place.resolve() / "report.json")})
        console.rule(f"The issues in {central}")
        issues = site[central].issues
        for issue in issues:
            show(console, issue)
        console.rule("The job summary of the first sweep")
        console.print(as_github_shows(first.summary))
        if keep is not None:
            write(keep, issues, first)
    print(f"The page of the first sweep: {place / 'report.html'}")
    failures, created = first.outputs["failure-count"], len(first.created)
    of_all = f"{ORGANISATION.repositories} repositories, {failures} failures"
    print(f"demo: {of_all}, {created} issues created, second sweep created {len(second.created)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
