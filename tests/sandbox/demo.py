"""The demo: the real program, twice, against a local GitHub with the history of an invented project.

It needs no token, and no network beyond this machine. The program's clock is the scenario's, so every day shows the
same. The report page is left in a folder, `--keep FOLDER` says in which; with that option the summary and the issues
are left there as well, as Markdown files.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel

from sandbox import Sandbox
from sandbox.server import Server
from sandbox.state import Issue

SCENARIO = Path(__file__).parent / "scenarios" / "parcel-tracker" / "scenario.yaml"
REPOSITORY = "northwind-labs/parcel-tracker"
TOKEN = "demo-token"
PLACE = Path(__file__).parents[2] / ".cache" / "demo"

_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_FOLDED = re.compile(r"<details><summary>(.*?)</summary>.*?</details>", re.DOTALL)
_WIDEST = 120


@dataclass(frozen=True)
class Sweep:
    """What one run of the action left behind: its outputs and its summary."""

    outputs: dict[str, str]
    summary: str

    @property
    def created(self) -> list[int]:
        return list(json.loads(self.outputs["issue-numbers"]))


def main() -> int:
    """Show the plan, sweep twice, show what came of it; the exit code is that of the program where it fails."""
    arguments = argparse.ArgumentParser(description="Run the tracker against a local GitHub.")
    arguments.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="write the page, the summary and the issues there"
    )
    keep: Path | None = arguments.parse_args().keep
    console = Console(width=_width())
    box = Sandbox.from_scenario(SCENARIO)
    with box.serve() as server:
        console.rule("The plan: a dry run of the command")
        _run(box, server, ["sweep", "--repo", REPOSITORY], {"COLUMNS": str(console.width)})
        console.rule("The first sweep: what the action does")
        first = _act(box, server, keep or PLACE)
        console.rule("The second sweep, right after")
        second = _act(box, server)
        ours = [issue for issue in box.issues if "ci-failure" in issue.labels]
        for issue in ours:
            _show(console, issue)
        console.rule("The job summary of the first sweep")
        console.print(_as_github_shows(first.summary))
        if keep is not None:
            _write(keep, ours, first)
    print(f"The report page of the first sweep: {(keep or PLACE) / 'report.html'}")
    failures, created = first.outputs["failure-count"], len(first.created)
    print(f"demo: {failures} failures, {created} issues created, second sweep created {len(second.created)}")
    return 0


def _act(box: Sandbox, server: Server, reports: Path | None = None) -> Sweep:
    with tempfile.TemporaryDirectory() as folder:
        outputs, summary = Path(folder, "outputs"), Path(folder, "summary")
        outputs.touch()  # as the runner does
        _run(
            box,
            server,
            ["action"],
            {
                "INPUT_REPOSITORY": REPOSITORY,
                "INPUT_TOKEN": TOKEN,
                "INPUT_REPORT_DIR": str(reports.resolve()) if reports else "",
                "GITHUB_OUTPUT": str(outputs),
                "GITHUB_STEP_SUMMARY": str(summary),
            },
        )
        return Sweep(_read_outputs(outputs.read_text("utf-8")), summary.read_text("utf-8"))


def _run(box: Sandbox, server: Server, arguments: list[str], more: dict[str, str]) -> None:
    sys.stdout.flush()
    subprocess.run(
        [sys.executable, "-m", "sandbox.program", box.now.isoformat(), *arguments],
        env={
            **os.environ,
            "GITHUB_API_URL": server.api_url,
            "GITHUB_GRAPHQL_URL": server.graphql_url,
            "GITHUB_SERVER_URL": server.server_url,
            "GITHUB_TOKEN": TOKEN,
            **more,
        },
        check=True,
    )


def _read_outputs(text: str) -> dict[str, str]:
    """Read the runner's file: `name<<mark`, the value's lines, `mark`."""
    found = re.findall(r"^([\w-]+)<<(\S+)\r?\n(.*?)\r?\n\2$", text, re.MULTILINE | re.DOTALL)
    return {name: value for name, _, value in found}


def _width() -> int:
    """That of the terminal; a wide one is not used to the full, as lines are hard to read there."""
    return min(_WIDEST, Console().width) if sys.stdout.isatty() else _WIDEST


def _as_github_shows(text: str) -> Markdown:
    """Without comments, and with the first line of what is folded."""
    return Markdown(_FOLDED.sub(r"▸ \1", _COMMENT.sub("", text)))


def _show(console: Console, issue: Issue) -> None:
    title = f"#{issue.number} {issue.title}"
    subtitle = f"{issue.state} · labels: {', '.join(issue.labels)} · opened by {issue.login}"
    console.print(Panel(_as_github_shows(issue.body or ""), title=title, subtitle=subtitle))


def _write(folder: Path, issues: list[Issue], sweep: Sweep) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "summary.md").write_text(sweep.summary, encoding="utf-8")
    for issue in issues:
        (folder / f"issue-{issue.number}.md").write_text(f"# {issue.title}\n\n{issue.body}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
