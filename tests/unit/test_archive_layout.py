"""Which files of a log archive or of a folder are one log."""

from __future__ import annotations

import pytest

from ci_failure_tracker.entry.archive_layout import arrange


@pytest.mark.parametrize(
    ("names", "logs"),
    [
        (["0_test.txt"], {"test": ["0_test.txt"]}),
        (["1_b.txt", "0_a (3.12).txt"], {"a (3.12)": ["0_a (3.12).txt"], "b": ["1_b.txt"]}),
        (["-99_a.txt"], {"a": ["-99_a.txt"]}),
        (["0_a.txt", "a/1_Set up job.txt", "a/system.txt"], {"a": ["0_a.txt"]}),
        (["0_a b.txt", "a _ b/1_Set up job.txt"], {"a b": ["0_a b.txt"]}),
        (
            ["0_a.txt", "b/10_End.txt", "b/2_Run it.txt", "b/1_Set up job.txt"],
            {"a": ["0_a.txt"], "b": ["b/1_Set up job.txt", "b/2_Run it.txt", "b/10_End.txt"]},
        ),
        (
            ["a/1_Set up job.txt", "b/1_Set up job.txt", "b/system.txt"],
            {"a": ["a/1_Set up job.txt"], "b": ["b/1_Set up job.txt"]},
        ),
        (["a/2_Run it.txt", "b/2_Run it.txt"], {"a": ["a/2_Run it.txt"], "b": ["b/2_Run it.txt"]}),
        (["logs/0_a.txt", "logs/a/1_Set up job.txt"], {"a": ["logs/0_a.txt"]}),
        (
            [f"0_{'longer ' * 12}.txt", f"{'longer ' * 20}/1_Set up job.txt"],
            {"longer " * 12: [f"0_{'longer ' * 12}.txt"]},
        ),
    ],
)
def test_an_archive_has_a_log_for_each_job(names: list[str], logs: dict[str, list[str]]) -> None:
    assert {found.job: list(found.files) for found in arrange(names)} == logs


def test_the_folder_of_a_job_is_one_log() -> None:
    (found,) = arrange(["2_Run it.txt", "1_Set up job.txt", "system.txt"])
    assert (found.job, found.files) == ("", ("1_Set up job.txt", "2_Run it.txt"))


def test_in_another_folder_each_text_file_is_a_log() -> None:
    names = ["b/ci.LOG", "0_a.txt", "a.log", "a.png", "README", "run.zip", ".git/x.log", "__MACOSX/._0_a.txt"]
    assert [(found.job, found.files) for found in arrange(names)] == [
        ("", ("0_a.txt",)),
        ("", ("a.log",)),
        ("", ("b/ci.LOG",)),
    ]
