"""What the commands show to people. JSON does without it: rich takes longer to import than a log to explain."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.text import Text

from ci_failure_tracker.entry.terminal_text import inert_lines, lines
from ci_failure_tracker.model.words import counted
from ci_failure_tracker.text.markdown import plain

if TYPE_CHECKING:
    from ci_failure_tracker.entry.explain import Explained
    from ci_failure_tracker.model import ExcerptLine


def show(console: Console, *shown: RenderableType, soft_wrap: bool | None = None) -> None:
    """Print to a terminal, or to the log of a runner, which then obeys no line of it."""
    # Only a runner obeys lines; a terminal gets what rich writes for it.
    if os.environ.get("GITHUB_ACTIONS") != "true":
        for each in shown:
            console.print(each, soft_wrap=soft_wrap)
        return
    with console.capture() as captured:
        for each in shown:
            console.print(each, soft_wrap=soft_wrap)
    for line in inert_lines(captured.get().removesuffix("\n").split("\n")):
        console.file.write(f"{line}\n")
    console.file.flush()


def complain(*mistakes: str) -> None:
    """Print mistakes to stderr, each as an error of its own."""
    for mistake in mistakes:
        _print(Text("error: ", style="bold red") + Text(lines(mistake)), to_stderr=True)


def say(text: str) -> None:
    """Print a line."""
    _print(Text(plain(text, 300)))


def show_explained(explained: Explained) -> None:
    """Print why a job failed."""
    _print(*_as_text(explained))


def _print(*shown: RenderableType, to_stderr: bool = False) -> None:
    # Soft wrap: a line of a log that is copied stays one line.
    show(Console(stderr=to_stderr, highlight=False, soft_wrap=True), *shown)


def _as_text(explained: Explained) -> Iterator[Text]:
    """The headline, the excerpt with its line numbers, the outcome and the signature."""
    diagnosis = explained.diagnosis
    place = "stdin" if explained.path == "-" else explained.path
    yield Text(plain(f"{place}: {explained.job}" if explained.job else place, 300), style="bold")
    if not diagnosis.lines:
        yield Text("The log shows no reason.\n", style="yellow")
        return
    yield Text(plain(diagnosis.headline, 300), style="bold red")
    # The last line has the longest number.
    width = len(str(diagnosis.lines[-1].number))
    for line in diagnosis.lines:
        yield from _excerpt_line(line, width)
    yield Text(f"{diagnosis.outcome.words}, signature {diagnosis.signature}\n", style="dim")


def _excerpt_line(line: ExcerptLine, width: int) -> Iterator[Text]:
    if line.left_out:
        yield Text(f"{'':{width}} … {counted(line.left_out, 'line')} left out", style="dim")
    shown = Text(f"{line.number:>{width}} ", style="dim")
    shown.append(line.text, style="not dim")
    yield shown
    if line.repeats:
        yield Text(f"{'':{width}} … {line.repeats} more like this", style="dim")
