"""`--help`: options under headings, and examples as they are typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from ci_failure_tracker.settings import Input


class HeadedOption(click.Option):
    """An option that the help lists under a heading of its own."""

    def __init__(self, *args: Any, heading: str = "Options", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.heading = heading


class _WithExamples(click.Command):
    """A command whose help ends with examples: what each does, and the command."""

    def __init__(self, *args: Any, examples: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._examples = examples

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        if not self._examples:
            return
        with formatter.section("Examples"):
            for what, command in self._examples:
                # Written line by line, because click would wrap a command so that nobody can copy it.
                formatter.write(f"{'':{formatter.current_indent}}# {what}\n{'':{formatter.current_indent}}{command}\n")


class HelpfulGroup(_WithExamples, click.Group):
    """A group of commands whose help ends with examples."""


class HelpfulCommand(_WithExamples):
    """A command whose help lists the options under their headings and ends with examples."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write each heading once, in the order in which the options first name it."""
        sections: dict[str, list[tuple[str, str]]] = {}
        for option in self.get_params(ctx):
            record = option.get_help_record(ctx)
            if record is not None and isinstance(option, click.Option):
                # click adds `--help` as an option of its own, without a heading.
                sections.setdefault(getattr(option, "heading", "Options"), []).append(record)
        for heading, records in sections.items():
            with formatter.section(heading):
                formatter.write_dl(records)


def input_option(
    declared: Input, *names: str, text: str = "", **more: Any
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """The option of a command for an input. `names` and `text` are for one that is called or described otherwise.

    A password comes from a variable of the environment as well.
    """
    default = f"  [default: {declared.default}]" if declared.default else ""
    variable = declared.command_variable
    return click.option(
        *(names or (f"--{declared.name}",)),
        cls=HeadedOption,
        heading=declared.group,
        metavar=declared.metavar,
        help=text or f"{declared.help}{default}",
        # A password as an option is visible to other processes.
        envvar=variable,
        show_envvar=variable is not None,
        **more,
    )
