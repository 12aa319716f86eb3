"""Measure how well logs are explained, against labels that people gave to real logs.

The logs belong to others and are not part of the project. They are in a folder with `score.py`, which describes the
scores, `cases.jsonl` and the logs. A third of the logs was not looked at while the patterns were written. `--held-out`
scores only this third.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
EXPLAIN = f"{sys.executable} -m ci_failure_tracker explain --format json"


def is_held_out(case: dict[str, str]) -> bool:
    """Whether a case is in the held-out third. It is chosen by repository, because logs of a repository are similar."""
    key = case["id"] if case["source"] == "cidiff" else case.get("repo") or case["id"]
    return hashlib.md5(key.encode(), usedforsecurity=False).digest()[0] % 3 == 0


def held_out(corpus: Path, folder: Path) -> Path:
    """Make a corpus of the held-out cases."""
    rows = (corpus / "cases.jsonl").read_text(encoding="utf-8").splitlines()
    kept = [row for row in rows if is_held_out(json.loads(row))]
    (folder / "cases.jsonl").write_text("\n".join(kept) + "\n", encoding="utf-8")
    (folder / "logs").symlink_to(corpus / "logs")
    shutil.copy(corpus / "score.py", folder / "score.py")
    return folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Score, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="the folder with the labelled logs")
    parser.add_argument("--held-out", action="store_true", help="score only the third kept aside")
    options = parser.parse_args(arguments)
    if not (options.corpus / "score.py").is_file():
        print(f"skipped: no labelled logs in {options.corpus}; name their folder with --corpus.")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        corpus = held_out(options.corpus, Path(folder)) if options.held_out else options.corpus
        command = [sys.executable, str(corpus / "score.py"), "--explain", EXPLAIN, "--corpus", str(corpus)]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
