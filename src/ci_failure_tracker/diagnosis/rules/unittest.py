"""unittest, and what prints as it does: nose, nose2, testtools, stestr, Django's test runner."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_END = r"={60,80}$|Ran \d{1,7} tests? in |-{10,30} >> (?:begin|end) captured|(?:stdout|stderr):? ?\{\{\{"
_RAISED = (
    r"^(?!ImportError: Failed to import|ERROR: |FAIL: |Doctest: |Traceback)"
    r"(?:[\w.]{0,200}(?:Error|Exception|Failure|Exit|Interrupt|Warning|Timeout|DoesNotExist|_UnexpectedSuccess)|\w+(?:\.\w+){1,9})(?::|$)"
)
_NAMES = rf"^(?:FAIL|ERROR): |{_RAISED}"

RULES = (
    Rule(
        name="unittest.failure",
        keywords=("fail: ",),
        opens=(r"FAIL: (?:\S{1,200} \([\w.<>-]{1,300}\)|[A-Za-z_]\w{0,200}(?:\.\w{1,200}){1,12}(?=$| \(|\(|\[))"),
        until=_END,
        most=80,
        headline=_RAISED,
        names=_NAMES,
        example="""
  ======================================================================
> FAIL: test_total (tests.test_cart.CartTest.test_total)
> The total is that of the prices.
> ----------------------------------------------------------------------
> Traceback (most recent call last):
>   File "/home/runner/work/shop/shop/tests/test_cart.py", line 9, in test_total
>     self.assertEqual(cart.total, 8)
! AssertionError: 7 != 8
>
  ======================================================================
""",
    ),
    Rule(
        name="unittest.error",
        keywords=("error: ",),
        opens=(
            r"ERROR: (?:(?:test|setUp|tearDown|_?[a-z])\w{0,200} \([\w.<>-]{1,300}\)|_ErrorHolder|test suite for <"
            r"|Failure: \w{1,100} \(|(?:\w{1,100}\.){1,12}test\w{0,200}(?=$| \(|\(|\[)|unittest\.loader\.)"
        ),
        until=_END,
        most=80,
        headline=_RAISED,
        names=_NAMES,
        example="""
  ======================================================================
> ERROR: test_cart (unittest.loader._FailedTest.test_cart)
> ----------------------------------------------------------------------
> ImportError: Failed to import test module: test_cart
> Traceback (most recent call last):
>   File "/usr/lib/python3.11/unittest/loader.py", line 419, in _find_test_path
>     module = self._get_module_from_name(name)
>   File "/home/runner/work/shop/shop/test_cart.py", line 1, in <module>
>     import prices
! ModuleNotFoundError: No module named 'prices'


  ======================================================================
""",
    ),
    Rule(
        name="unittest.unexpected_success",
        keywords=("unexpected success: ",),
        opens=r"UNEXPECTED SUCCESS: \S",
        example="""
  ======================================================================
! UNEXPECTED SUCCESS: test_tax (tests.test_cart.CartTest.test_tax)
  ----------------------------------------------------------------------
  Ran 9 tests in 0.008s
""",
    ),
    Rule(
        name="unittest.described",
        keywords=("fail: ",),
        opens=r"FAIL: [A-Z`'][\w`'-]{0,40} .{1,300}[.\w)]$",
        rank=Rank.LIKELY,
        until=_END,
        most=60,
        headline=_RAISED,
        names=_NAMES,
        example="""
  ======================================================================
> FAIL: The total is that of the prices.
> ----------------------------------------------------------------------
> Traceback (most recent call last):
>   File "/home/travis/build/shop/tests/test_cart.py", line 9, in test_total
>     self.assertEqual(cart.total, 8)
! AssertionError: 7 != 8
>
  ======================================================================
""",
    ),
    Rule(
        name="unittest.progress",
        keywords=(" ... fail",),
        opens=r"\S.{0,400} \.\.\. FAIL$",
        rank=Rank.RECAP,
        example="""
  test_empty (tests.test_cart.CartTest.test_empty) ... ok
! test_total (tests.test_cart.CartTest.test_total) ... FAIL
""",
    ),
    Rule(
        name="unittest.progress_error",
        keywords=(" ... error",),
        opens=r"\S.{0,400} \.\.\. ERROR$",
        rank=Rank.RECAP,
        example="""
! test_total (tests.test_cart.CartTest.test_total) ... ERROR
""",
    ),
    Rule(
        name="unittest.tally",
        keywords=("failed (",),
        opens=r"FAILED \((?:(?:failures|errors|skipped|SKIP|(?:un)?expected \w{8,9})=\d{1,7}(?:, )?){1,6}\)",
        rank=Rank.RECAP,
        example="""
  Ran 9 tests in 0.008s

! FAILED (failures=6, errors=3, unexpected successes=1)
""",
    ),
    Rule(
        name="stestr.failed",
        keywords=("... failed",),
        opens=(
            r"(?:\{\d{1,4}\} )?[\w-]{1,100}(?:\.[\w-]{1,100}){1,12}(?:\([^()]{0,300}\))?"
            r" \[\d[\d.]{0,12}s\] \.\.\. FAILED$"
        ),
        through=r" {4}|\s{0,80}$|Captured |~{4,60}$",
        most=60,
        headline=r"^ {4}[\w.]{0,200}(?:Error|Exception|Mismatch|Timeout)(?::|$)",
        names=r"(?:\.\.\. FAILED$|^ {4}[\w.]{0,200}(?:Error|Exception|Mismatch|Timeout)(?::|$))",
        example="""
> {0} shop.tests.test_cart.CartTest.test_total [0.012s] ... FAILED
>
> Captured traceback:
> ~~~~~~~~~~~~~~~~~~~
>     Traceback (most recent call last):
>       File "/home/zuul/src/shop/tests/test_cart.py", line 9, in test_total
>     self.assertEqual(cart.total, 8)
!     testtools.matchers._impl.MismatchError: 7 != 8

  {1} shop.tests.test_cart.CartTest.test_empty [0.001s] ... ok
""",
    ),
)
