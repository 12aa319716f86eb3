"""What dnf, minitest and Rails print under a line that says `Error:` and no more."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rule

_OF_DNF = r" Problem|\s{1,4}\S"
_OF_MINITEST = r"[A-Z][\w:]{0,200}#\S.{0,300}:$|[A-Z][\w:]{1,150}(?:: \S|$)|$"

RULES = (
    Rule(
        name="error-alone.block",
        keywords=("error:",),
        opens=r"Error:\s{0,2}$",
        through=_OF_DNF + "|" + _OF_MINITEST,
        closes=r"(?:bin/)?rails test \S",
        most=20,
        headline=r"^ Problem|^[A-Z][\w:]{2,150}: \S",
        names=r"^ Problem|^[A-Z][\w:]{0,200}#\S|^[A-Z][\w:]{2,150}: \S",
        example="""
> Error:
!  Problem: conflicting requests
>   - nothing provides willow >= 9 needed by basket-9.0-1.x86_64
  (try to add '--skip-broken' to skip uninstallable packages)
> Error:
> CartTest#test_prices:
! RuntimeError: no price list
>     test/cart_test.rb:9:in `test_prices'

> bin/rails test test/cart_test.rb:8
  .
""",
    ),
)
