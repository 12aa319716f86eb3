"""What Perl dies of."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="perl.module",
        keywords=("can't locate ",),
        opens=r"Can't locate (?:\S{1,200}\.p[ml] in @INC|object method )",
        through=r"BEGIN failed|Compilation failed",
        rank=Rank.LIKELY,
        example="""
! Can't locate Orchard/Basket.pm in @INC (you may need to install the Orchard::Basket module) at pick.pl line 1.
> BEGIN failed--compilation aborted at pick.pl line 1.
  bye
""",
    ),
    Rule(
        name="perl.syntax",
        keywords=("syntax error at ",),
        opens=r"syntax error at \S{1,300} line \d",
        through=r".{0,200} at \S{1,200} line \d|Execution of |BEGIN failed|\S{1,300} had compilation errors",
        most=20,
        rank=Rank.LIKELY,
        example="""
! syntax error at pick.pl line 3, near ")"
> Execution of pick.pl aborted due to compilation errors.
  bye
""",
    ),
    Rule(
        name="perl.aborted",
        keywords=("aborted due to compilation errors",),
        opens=r"Execution of .{1,300} aborted due to compilation errors",
        lead=r"Global symbol |Bareword |.{1,300} at \S{1,200} line \d{1,6}[.,]",
        headline=r"^(?!Execution of )\S",
        rank=Rank.LIKELY,
        example="""
! Global symbol "$pear" requires explicit package name (did you forget to declare "my $pear"?) at pick.pl line 2.
> Execution of pick.pl aborted due to compilation errors.
""",
    ),
    Rule(
        name="perl.begin",
        keywords=("begin failed--compilation aborted",),
        opens=r"BEGIN failed--compilation aborted",
        lead=r".{1,1500} at \S{1,200} line \d{1,6}\.$|Compilation failed in require",
        headline=r"^(?!BEGIN failed)\S",
        rank=Rank.LIKELY,
        example="""
! Orchard version 9 required--this is only version 2.1 at pick.pl line 1.
> BEGIN failed--compilation aborted at pick.pl line 1.
""",
    ),
)
