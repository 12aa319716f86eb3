"""`python -m prose [FILE...]`: print what to change in the files, without any in all that people read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from prose.checks import findings

ROOT = Path(__file__).parents[2]

FILES = [
    "*.md",
    "docs/**/*.md",
    "tests/**/README.md",
    "action.yml",
    ".github/ISSUE_TEMPLATE/*.yml",
    ".github/*.md",
    "docs/examples/*.yml",
    "src/**/*.j2",
    "src/**/*.py",
]

# Their texts are those of tools, or lists of words.
NO_PROSE = [
    ROOT / "src" / "ci_failure_tracker" / name for name in ("diagnosis", "text/redaction", "backtest/anonymise.py")
]


def main(arguments: list[str]) -> int:
    """Print the findings; 1 if there are any."""
    paths = [Path(name).absolute() for name in arguments] or list(_all_files())
    found = [line for path in paths for line in findings(path, _name(path))]
    print(*found, sep="\n", end="\n" if found else "")
    return 1 if found else 0


def _all_files() -> Iterator[Path]:
    for glob in FILES:
        for path in sorted(ROOT.glob(glob)):
            if not any(path.is_relative_to(other) for other in NO_PROSE):
                yield path


def _name(path: Path) -> str:
    return (path.relative_to(ROOT) if path.is_relative_to(ROOT) else path).as_posix()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
