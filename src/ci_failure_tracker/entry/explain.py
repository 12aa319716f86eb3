"""The command `explain`: why the jobs of logs on disk or on stdin failed."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from functools import partial
from typing import NoReturn

import click
from rich.console import Console, RenderableType
from rich.text import Text

from ci_failure_tracker.diagnosis.explain import Limits, explain, read_log
from ci_failure_tracker.entry.terminal_text import inert_json, inert_lines
from ci_failure_tracker.model import Diagnosis, ExcerptLine
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.text.markdown import plain

_CHUNK = 1 << 20
_LOG = click.Path(exists=True, dir_okay=False, readable=True, allow_dash=True)


@click.command("explain", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("logs", nargs=-1, required=True, metavar="LOG...", type=_LOG)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--excerpt-lines",
    type=click.IntRange(1, 100),
    default=Limits().lines,
    show_default=True,
    help="How many lines of the log to show at most.",
)
def explain_command(logs: tuple[str, ...], form: str, excerpt_lines: int) -> None:
    """Say why the job failed whose LOG this is; - is stdin."""
    console = Console(highlight=False, soft_wrap=True)
    for path in logs:
        with click.open_file(path, "rb") as stream:
            diagnosis = explain(read_log(iter(partial(stream.read, _CHUNK), b"")), Limits(excerpt_lines))
        if form == "json":
            sys.stdout.write(inert_json(json.dumps(_as_json(path, diagnosis))) + "\n")
        else:
            show(console, *_as_text(path, diagnosis))


def show(console: Console, *shown: RenderableType) -> None:
    """Print to a terminal, or to the log of a runner, which then obeys no line of it."""
    if os.environ.get("GITHUB_ACTIONS") != "true":
        for each in shown:
            console.print(each)
        return
    with console.capture() as captured:
        for each in shown:
            console.print(each)
    for line in inert_lines(captured.get().removesuffix("\n").split("\n")):
        console.file.write(f"{line}\n")
    console.file.flush()


def main() -> NoReturn:
    """Run `explain` without the packages that only a sweep needs."""
    explain_command.main(sys.argv[2:], prog_name="ci-failure-tracker explain")


def _as_json(path: str, diagnosis: Diagnosis) -> dict[str, object]:
    return {
        "path": path,
        "headline": diagnosis.headline,
        "excerpt": [{"start": lines.start, "end": lines.end} for lines in diagnosis.ranges],
        "signature": diagnosis.signature,
        "outcome": diagnosis.outcome.value,
    }


def _as_text(path: str, diagnosis: Diagnosis) -> Iterator[Text]:
    """The headline, the excerpt with its line numbers, the outcome and the signature."""
    yield Text(plain("stdin" if path == "-" else path, 300), style="bold")
    if not diagnosis.lines:
        yield Text("The log says nothing.\n", style="yellow")
        return
    yield Text(plain(diagnosis.headline, 300), style="bold red")
    width = len(str(diagnosis.lines[-1].number))
    for line in diagnosis.lines:
        yield from _excerpt_line(line, width)
    yield Text(f"{diagnosis.outcome.words}  {diagnosis.signature}\n", style="dim")


def _excerpt_line(line: ExcerptLine, width: int) -> Iterator[Text]:
    if line.left_out:
        yield Text(f"{'':{width}} … {counted(line.left_out, 'line')} left out", style="dim")
    shown = Text(f"{line.number:>{width}} ", style="dim")
    shown.append(line.text, style="not dim")
    yield shown
    if line.repeats:
        yield Text(f"{'':{width}} … {line.repeats} more like this", style="dim")
