"""Panics of a Rust program, before and since Rust 1.73."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="rust-program.panic_quoted",
        keywords=("panicked at '",),
        opens=r"thread '.{0,200}' panicked at '",
        through=r"\s{0,8}(?:left|right): |stack backtrace:|\s{1,6}\d{1,4}: |\s{6,40}at |note: ",
        most=100,
        rank=Rank.LIKELY,
        example="""
! thread 'main' panicked at 'no pears left', src/main.rs:4:9
> note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
  bye
""",
    ),
    Rule(
        name="rust-program.panic",
        keywords=("panicked at ",),
        opens=r"thread '.{0,200}'(?: \(\d{1,12}\))? panicked at (?!')",
        closes=r"note: ",
        through=r"\S|\s",
        most=60,
        headline=r"^(?!thread '|note: |stack backtrace)\S",
        rank=Rank.LIKELY,
        example="""
> thread 'main' panicked at src/main.rs:4:9:
! no pears left
> note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
  bye
""",
    ),
)
