"""TeX and its kin."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="latex.error",
        keywords=("undefined control", "error: ", "missing "),
        priority=1,  # before cpan.install, cpan.missing
        opens=r"! (?!Emergency stop|Fatal error occurred|==> Fatal)[A-Z]\S|(?:\.{0,2}/)?[^\s:]{1,300}\.(?:tex|sty"
        r"|cls|ltx|bib):\d{1,6}: \S",
        closes=r"l\.\d{1,7} ",
        through=r".{0,200}",
        most=12,
        example="""
  (./press.aux)
! ! Undefined control sequence.
> l.31 \\squeeze
! ! LaTeX Error: File `basket.sty' not found.
>
> Type X to quit or <RETURN> to proceed,
> l.3 \\usepackage
! ./press.tex:31: Missing $ inserted.
> l.31 apple_
""",
    ),
    Rule(
        name="latex.emergency",
        keywords=("fatal error occurred",),
        opens=r"! {1,2}==> Fatal error occurred, no output PDF file produced!",
        rank=Rank.SYMPTOM,
        example="""
! !  ==> Fatal error occurred, no output PDF file produced!
""",
    ),
    Rule(
        name="latex.latexmk",
        keywords=("latexmk: errors",),
        opens=r"Latexmk: Errors, so I did not complete making targets",
        rank=Rank.SYMPTOM,
        example="""
! Latexmk: Errors, so I did not complete making targets
""",
    ),
)
