"""Files that differ from what a generator or a formatter makes of them, as git shows them."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="changes.diff",
        keywords=("diff --git",),
        opens="diff --git ",
        through=r"index |(?:new|deleted) file|similarity |dissimilarity |rename |copy |old mode|new mode|--- |\+\+\+ "
        r"|@@ |diff --git |Binary files|[+\\ -]|$",
        most=40,
        rank=Rank.LIKELY,
        example="""
! diff --git a/pears.txt b/pears.txt
> index 975fbec..6e5aa7c 100644
> --- a/pears.txt
> +++ b/pears.txt
> @@ -1,3 +1,3 @@
>  plums
> -unripe
> +ripe

  make: *** [Makefile:3: check] Error 1
""",
    ),
)
