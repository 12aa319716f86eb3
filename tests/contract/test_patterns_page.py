"""The worked example of docs/patterns.md, run as the page says, and its table of fields."""

from __future__ import annotations

import dataclasses
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from ci_failure_tracker.diagnosis import patterns
from ci_failure_tracker.diagnosis.examples import mistake_in_example
from ci_failure_tracker.diagnosis.keywords import use_patterns
from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.diagnosis.user_patterns import BOUNDS
from ci_failure_tracker.entry.cli import program

PAGE = (Path(__file__).parents[2] / "docs" / "patterns.md").read_text("utf-8")
WRONG = "The report is in out/gizmos.html"
RIGHT = "parts/blue.gizmo:14: gizmo blue is too heavy: 31 kg"


def blocks(language: str) -> list[str]:
    found = re.findall(rf"^( *)```{language}\n(.*?)^ *```", PAGE, re.MULTILINE | re.DOTALL)
    # A block in a list is indented as far as the text of its item.
    return [re.sub(rf"^{indent}", "", text, flags=re.MULTILINE) for indent, text in found]


def block(language: str) -> str:
    (text,) = blocks(language)
    return text


def commands() -> list[list[str]]:
    lines = [shlex.split(line) for text in blocks("sh") for line in text.splitlines()]
    return [words[words.index("explain") :] for words in lines if "explain" in words]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    Path("job.log").write_text(block("text"), encoding="utf-8")
    yield
    use_patterns(())


def run(arguments: list[str]) -> list[str]:
    done = CliRunner().invoke(program, arguments)
    assert done.exit_code == 0, done.output
    return done.stdout.splitlines()


def test_the_headline_of_the_example_is_wrong_without_its_pattern() -> None:
    assert f"`{WRONG}`" in PAGE
    assert run(commands()[0])[1] == WRONG


def test_the_pattern_of_the_page_finds_the_failure_in_the_log_of_the_page() -> None:
    Path("patterns.toml").write_text(block("toml"), encoding="utf-8")
    assert f"`{RIGHT}`" in PAGE
    assert run(commands()[1]) == ["patterns.toml: 1 pattern can be used."]
    assert run(commands()[2])[1] == RIGHT


def test_the_module_of_the_page_explains_the_log_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (saved,) = re.findall(r"src/ci_failure_tracker/diagnosis/patterns/(\w+)\.py", PAGE)
    (tmp_path / f"{saved}.py").write_text(block("python"), encoding="utf-8")
    monkeypatch.setattr(patterns, "__path__", [*patterns.__path__, str(tmp_path)])
    use_patterns(())
    try:
        (added,) = (pattern for pattern in patterns.all_patterns() if pattern.name.startswith(saved))
        assert mistake_in_example(added) == ""
        assert run(commands()[3])[1] == RIGHT
    finally:
        del sys.modules[f"{patterns.__name__}.{saved}"]


def test_the_page_has_each_field_with_its_default_and_its_bounds() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*?) ?\| (.+) \|$", PAGE, re.MULTILINE)
    assert [name for name, _, _ in rows] == [field.name for field in dataclasses.fields(LogPattern)]
    plain = LogPattern("gizmo.weight", (), "", "")
    for name, default, meaning in rows:
        value = getattr(plain, name)
        shown = value.name.lower() if isinstance(value, Confidence) else value
        if name not in {"name", "keywords", "start"}:
            written = {"none": "None", '""': "", "true": "True", "false": "False"}
            assert written.get(default.strip("`"), default.strip("`")) == str(shown), name
        least, most = BOUNDS.get(name, (0, 0))
        assert name not in BOUNDS or f"{most:,}" in meaning, name
        assert least >= 0 or f"{least:,}" in meaning, name
