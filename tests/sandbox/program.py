"""The program at a time of the scenario: `python -m sandbox.program TIME ARGUMENT...`.

A local GitHub has a history with fixed dates. The program takes them for news only if its clock agrees. Nobody has to
wait a second between two writes, as GitHub asks for.
"""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial

from ci_failure_tracker.entry import setup as surroundings
from ci_failure_tracker.github import client
from ci_failure_tracker.github.retry import RetryPolicy


def main() -> int:
    """Set the clock, then start the program as `python -m ci_failure_tracker ARGUMENT...` does."""
    time = datetime.fromisoformat(sys.argv.pop(1))
    surroundings.now = lambda: time
    setattr(client, "RetryPolicy", partial(RetryPolicy, between_writes=0))  # noqa: B010  a type has to stay one
    # The edges take the clock by its name when they are loaded, so it is set before.
    from ci_failure_tracker.__main__ import main as start  # noqa: PLC0415

    return start()


if __name__ == "__main__":
    sys.exit(main())
