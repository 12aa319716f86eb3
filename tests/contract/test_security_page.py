"""SECURITY.md lists what the action may do: permissions, files, servers and packages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from ci_failure_tracker.settings import inputs
from ci_failure_tracker.settings.channels import CHANNELS

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"
PAGE = (ROOT / "SECURITY.md").read_text("utf-8")
ROWS = {row[0]: row[1] for row in re.findall(r"^\| ([^|]*[^ |]) \| (.*) \|$", PAGE, re.MULTILINE)}
PERMISSION = re.compile(
    r"\b(?:actions|checks|contents|issues|metadata|packages|pull-requests|workflows): (?:read|write)"
)
# A placeholder for the part of an address that an f-string fills in.
HOLE = "*"


def texts_of(folder: Path) -> set[str]:
    """The texts in the code of a folder."""
    return {
        node.value
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_the_page_names_the_permissions_that_the_program_can_lack() -> None:
    of_program = {
        found for text in texts_of(SRC / "ci_failure_tracker" / "github") for found in PERMISSION.findall(text)
    }
    assert set(PERMISSION.findall(ROWS["permissions"])) == of_program - {"issues: read"}  # `issues: write` includes it


def test_the_page_names_all_that_is_written_to_github() -> None:
    """Each address that is written to, by the last word that an address has of its own, is in a word of the page."""
    writes = ast.parse((SRC / "ci_failure_tracker" / "github" / "idempotent_writes.py").read_text("utf-8"))
    texts = [
        "".join(str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values)
        if isinstance(node, ast.JoinedStr)
        else str(node.value)
        for node in ast.walk(writes)
        if isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and node.value in {"issues", "labels"})
    ]
    addresses = {text for text in texts if re.fullmatch(r"(?:\*/)?(?:issues|labels|actions)(?:/[\w*-]+)*", text)}
    assert {text.removesuffix(f"/{HOLE}").rpartition("/")[2] for text in addresses} == {
        "issues", "comments", "labels", "assignees", "rerun-failed-jobs",
    }  # fmt: skip
    assert all(
        word in ROWS["writes to GitHub"] for word in ("issues", "comments", "labels", "assignees", "failed jobs")
    )


def test_the_page_names_the_inputs_that_are_paths() -> None:
    paths = {given.name for given in inputs() if given.metavar in {"FILE", "FOLDER"}}
    named = set(re.findall(r"`([\w-]+)`", ROWS["reads from the workspace"] + ROWS["writes to the runner"]))
    assert named == paths | {"reports"}


def test_the_page_names_each_channel() -> None:
    kinds = {channel.name.partition(",")[0] for channel in CHANNELS}
    assert [kind for kind in kinds if kind not in ROWS["connects to"]] == []


def test_the_page_names_the_packages_of_the_locks() -> None:
    locks = [ROOT / "requirements.txt", *SRC.glob("requirements-*.txt")]
    locked = {name for lock in locks for name in re.findall(r"^([\w.-]+)==", lock.read_text("utf-8"), re.MULTILINE)}
    table = PAGE.partition("| used for | packages |")[2].partition("\n\n")[0]
    assert {name for row in re.findall(r"\| ([^|]*) \|$", table, re.MULTILINE) for name in row.split(", ")} - {
        "---"
    } == locked
