"""What the demos share: the program at a time of its own against a local GitHub, and issues on a terminal."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown
from rich.panel import Panel

from sandbox.server import Server
from sandbox.state import Issue

CACHE = Path(__file__).parents[2] / ".cache"

_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_FOLDED = re.compile(r"<details><summary>(.*?)</summary>.*?</details>", re.DOTALL)
_WIDEST = 120


@dataclass(frozen=True)
class Sweep:
    """What one run of the action left behind: its outputs and its summary."""

    outputs: Mapping[str, str]
    summary: str

    @property
    def created(self) -> list[object]:
        """The numbers of the issues that the sweep opened."""
        return list(json.loads(self.outputs["issue-numbers"]))


@dataclass(frozen=True)
class Program:
    """The real program, with the time of the scenario, so that every day shows the same."""

    server: Server
    token: str
    now: datetime

    def act(self, inputs: Mapping[str, str]) -> Sweep:
        """Run the action."""
        with tempfile.TemporaryDirectory() as folder:
            outputs, summary = Path(folder, "outputs"), Path(folder, "summary")
            outputs.touch()  # as the runner does
            files = {"GITHUB_OUTPUT": str(outputs), "GITHUB_STEP_SUMMARY": str(summary)}
            given = {f"INPUT_{name.replace('-', '_').upper()}": value for name, value in inputs.items()}
            self.run(["action"], {"INPUT_TOKEN": self.token, **given, **files})
            return Sweep(_read_outputs(outputs.read_text("utf-8")), summary.read_text("utf-8"))

    def run(self, arguments: list[str], more: Mapping[str, str]) -> None:
        """Run it with arguments and with more variables in its environment."""
        sys.stdout.flush()
        subprocess.run(
            [sys.executable, "-m", "sandbox.program", self.now.isoformat(), *arguments],
            env={
                **os.environ,
                "GITHUB_API_URL": self.server.api_url,
                "GITHUB_GRAPHQL_URL": self.server.graphql_url,
                "GITHUB_SERVER_URL": self.server.server_url,
                "GITHUB_TOKEN": self.token,
                **more,
            },
            check=True,
        )


def _read_outputs(text: str) -> dict[str, str]:
    """Read the runner's file: `name<<mark`, the value's lines, `mark`."""
    found = re.findall(r"^([\w-]+)<<(\S+)\r?\n(.*?)\r?\n\2$", text, re.MULTILINE | re.DOTALL)
    return {name: value for name, _, value in found}


def terminal() -> Console:
    """The terminal; a wide one is not used to the full, as lines are hard to read there."""
    return Console(width=min(_WIDEST, Console().width) if sys.stdout.isatty() else _WIDEST)


def as_github_shows(text: str) -> Markdown:
    """Without comments, and with the first line of what is folded."""
    return Markdown(_FOLDED.sub(r"▸ \1", _COMMENT.sub("", text)))


def show(console: Console, issue: Issue) -> None:
    """Show an issue in a frame."""
    title = f"#{issue.number} {issue.title}"
    subtitle = f"{issue.state} · labels: {', '.join(issue.labels)} · opened by {issue.login}"
    console.print(Panel(as_github_shows(issue.body or ""), title=title, subtitle=subtitle))


def write(folder: Path, issues: list[Issue], sweep: Sweep) -> None:
    """Leave the summary and the issues in a folder, as Markdown files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "summary.md").write_text(sweep.summary, encoding="utf-8")
    for issue in issues:
        (folder / f"issue-{issue.number}.md").write_text(f"# {issue.title}\n\n{issue.body}", encoding="utf-8")
