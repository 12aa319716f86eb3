"""Runs a command, so that each ends with one of the exit codes of `errors.py`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from ci_failure_tracker.errors import MISUSED, STOPPED


def run(command: click.Command, arguments: Sequence[str], prog_name: str) -> NoReturn:
    """Run a command, and end the program. click alone would end with 1 where a person stopped it."""
    try:
        code = command.main(arguments, prog_name=prog_name, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort as stopped:
        # click raises Abort for both: an end of the input at a question, and Ctrl-C.
        at_end = isinstance(stopped.__cause__, EOFError)
        sys.stderr.write("There is nobody to answer the question.\n" if at_end else "Stopped.\n")
        code = MISUSED if at_end else STOPPED
    sys.exit(code)
