"""`python -m ci_failure_tracker`: the command, and what action.yml runs."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable


def main() -> int:
    """Run the entry point that is asked for."""
    is_action = sys.argv[1:] == ["action"]
    try:
        return _entry_point(is_action)()
    except KeyboardInterrupt:  # while it starts
        if is_action:
            raise
        return 130
    except ModuleNotFoundError as error:
        if is_action or error.name not in {"click", "rich"}:
            raise
        sys.stderr.write("The command needs two packages that the action does without: pip install click rich\n")
        return 2


def _entry_point(is_action: bool) -> Callable[[], int]:
    """The entry point; each is imported only if it runs, because their packages differ."""
    # What is imported stays, so no garbage is looked for in it, neither now nor later. That is a fifth of a start.
    gc.disable()
    if is_action:
        from ci_failure_tracker.entry.action import main as run  # noqa: PLC0415
    elif sys.argv[1:2] == ["explain"]:
        from ci_failure_tracker.entry.explain import main as run  # noqa: PLC0415
    else:
        from ci_failure_tracker.entry.cli import main as run  # noqa: PLC0415
    gc.freeze()
    gc.enable()
    return run


if __name__ == "__main__":
    sys.exit(main())
