"""Progress bars on a terminal; elsewhere one line for each phase."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn


class Bars:
    """Shows the phase that goes on, on stderr."""

    def __init__(self, console: Console) -> None:
        self._console = console
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        # Transient: the bars leave no trace above the report.
        self._bars = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task: TaskID | None = None

    def __enter__(self) -> Bars:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def phase(self, name: str, steps: int | None = None) -> None:
        """Show a new phase in place of the last one."""
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task(name, total=steps)
        # In a log, a bar would be a line for each step.
        if not self._console.is_terminal:
            self._console.print(name if steps is None else f"{name} ({steps})")
        # `pause` has stopped the bars for a question.
        elif not self._bars.live.is_started:
            self._bars.start()

    def advance(self) -> None:
        """One step of the phase is done."""
        if self._task is not None:
            self._bars.advance(self._task)

    def pause(self) -> None:
        """Remove the bars from the terminal to ask a question."""
        self._bars.stop()
