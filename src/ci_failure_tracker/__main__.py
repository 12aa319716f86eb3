"""`python -m ci_failure_tracker`: the command, and what action.yml runs."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the entry point that is asked for; each is imported only if it runs, because their packages differ."""
    if sys.argv[1:] == ["action"]:
        from ci_failure_tracker.entry.action import main as run_action  # noqa: PLC0415

        return run_action()
    try:
        if sys.argv[1:2] == ["explain"]:
            from ci_failure_tracker.entry.explain import main as run_command  # noqa: PLC0415
        else:
            from ci_failure_tracker.entry.cli import main as run_command  # noqa: PLC0415
        return run_command()
    except KeyboardInterrupt:  # while it starts
        return 130
    except ModuleNotFoundError as error:
        if error.name not in {"click", "rich"}:
            raise
        sys.stderr.write("The command needs two packages that the action does without: pip install click rich\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
