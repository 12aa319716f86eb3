"""The check of words: each kind of mistake is found where it is, and what is right or no prose passes."""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import pytest

from prose.__main__ import main
from prose.checks import WORDS, findings

SHORT = "The tracker opens " + ", ".join(f"issue{number}" for number in range(25)) + " and stops."
LONG = SHORT.replace("stops", "then stops")


def of(tmp_path: Path, text: str, name: str = "page.md") -> list[str]:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return findings(path, name)


@pytest.mark.parametrize(
    ("text", "line", "found"),
    [
        ("# Jobs\n\nEach job\nand each leg.\n", 4, '"leg": write "matrix job"'),
        ("- one\n- a repo\n  of yours\n", 2, '"repo": write "repository"'),
        ("| a | b |\n|---|---|\n| 1 | a `job` is red |\n", 3, '"red": write "failing"'),
        ("<!-- a\ncomment -->\n\n> The *mended* job\n", 4, '"mended": write "fixed"'),
        ("You [simply](x.md) run it.\n", 1, '"simply": leave it out or say what is so'),
        ("It works.\n\nIt works 🎉\n", 3, '"🎉": no emoji'),
        ("A new job.\n" + LONG, 2, '"The tracker opens issue0, issue1,": a sentence of 31 words; 30 are the most'),
        ("It reads the the log.\n", 1, "a phrase is repeated"),
        ("It runs irregardless.\n", 1, '"irregardless": write "regardless"'),
    ],
)
def test_each_kind_of_mistake_is_found_with_its_file_and_line(tmp_path: Path, text: str, line: int, found: str) -> None:
    (finding,) = of(tmp_path, text)
    assert finding.startswith(f"page.md:{line}: ")
    assert found in finding


@pytest.mark.parametrize(
    "text",
    [
        SHORT,
        'It prints `leg`, and the log says "the leg is red".\n\n```sh\nrerun the repo\n```\n\n    red\n',
        "<!-- the repo is red\nand mended -->\nA job fails. <!-- red -->\n",
        "<details><summary>red</summary>\n\nIt [fails](https://repo.example/red).\n\n</details>\n",
        "- " + SHORT[:-1] + "\n- " + SHORT,
        "A red line in the picture is a failing run.\n",
    ],
)
def test_a_good_page_code_quotations_comments_and_addresses_are_left_alone(tmp_path: Path, text: str) -> None:
    assert of(tmp_path, text) == []


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("a.yml", "# One job\n# or one leg\nname: x\n", 2),
        ("a.yml", "name: x\non: push # a leg\n", 2),
        ("a.yml", "inputs:\n  a:\n    default: the leg is it\n    description: The leg is it.\n", 4),
        ("a.py", '"""A leg in a docstring."""\n\nHELP = f"each {x} of each leg"\n', 3),
        ("a.py", '@group.command()\ndef a() -> None:\n    """Show each leg here."""\n', 3),
        ("a.html.j2", "<style>\nleg\n</style>\n{# leg #}{% if leg %}\n<p class='leg'>A leg</p>\n", 5),
    ],
)
def test_the_texts_of_other_files_are_found_and_their_code_is_not(
    tmp_path: Path, name: str, text: str, line: int
) -> None:
    assert of(tmp_path, text, name) == [f'{name}:{line}: "leg": write "matrix job"']


def test_the_names_of_the_files_come_first_and_the_exit_code_says_whether_something_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = tmp_path / "good.md", tmp_path / "bad.md"
    good.write_text("A job fails.\n", "utf-8")
    bad.write_text("A leg fails.\n", "utf-8")
    assert (main([str(good)]), capsys.readouterr().out) == (0, "")
    assert main([str(good), str(bad)]) == 1
    assert capsys.readouterr().out == f'{bad.as_posix()}:1: "leg": write "matrix job"\n'


def test_no_word_that_we_write_is_one_that_we_do_not_write(tmp_path: Path) -> None:
    assert of(tmp_path, "\n\n".join(WORDS["one_term"])) == []
    olds = list(chain.from_iterable(WORDS["one_term"].values()))
    assert len(olds) == len(set(olds))
