"""`python -m sandbox --scenario FILE`: serve a scenario until interrupted."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

from sandbox.box import Sandbox
from sandbox.fields import ScenarioError


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve what the arguments say; the first line of output is the address."""
    options = _parser().parse_args(arguments)
    try:
        box = Sandbox.from_replay(options.replay) if options.replay else Sandbox.from_scenario(options.scenario)
    except (ScenarioError, OSError) as problem:
        print(f"sandbox: {problem}", file=sys.stderr)
        return 2
    box.delay = options.delay
    done = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: done.set())
    with box.serve(options.host, options.port) as server:
        print(server.server_url, flush=True)
        print(
            f"repository {box.state.repository.full_name}, tokens {', '.join(box.state.tokens)}",
            file=sys.stderr,
        )
        done.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description="A local GitHub.")
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--scenario", type=Path, metavar="FILE", help="a scenario file")
    source.add_argument("--replay", type=Path, metavar="FOLDER", help="recorded answers of the real API")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 is any free port")
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS", help="how long each answer waits")
    return parser


if __name__ == "__main__":
    sys.exit(main())
