"""Python's test runners: pytest, unittest, doctest, Django, Robot Framework, coverage."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# pytest and its plugins.

_PYTEST_NEXT = r"=|_{1,200} [^_\s].{0,1000} _{1,200}$|-{3,200} \S.{0,100} -{3,200}$|!{3,200} "
"""What can follow a failure: the next one, the captured output of the test, or the summary."""

_PYTEST_CAUSE = r"E {1,20}(?:[\w.]{0,200}(?:Error|Exception|Failed|Warning|Exit|Interrupt|Timeout)\b|fixture '|assert )"
_PYTEST_PLACE = r"(?:\S.{0,300}:\d{1,6}: [A-Z]\w{0,100}$)"
_PYTEST_BEFORE = r"    |>  |$|_ _ _|\S.{0,300}:\d{1,6}: (?:in \S{1,200})?$|(?:self|[a-z_]\w{0,60}) {0,3}= "
_PYTEST_AFTER = r"E(?:\s|$)|\s{0,80}$"

_PYTEST = (
    LogPattern(
        name="pytest.failure",
        kind=FailureKind.TEST,
        keywords=("__ ",),
        start=(
            r"_{2,200} (?!coverage[: ]|summary |generated xml|benchmark|warnings? |ERROR )"
            r"[^_\s].{0,1000} _{2,200}$"
        ),
        end_before=_PYTEST_NEXT,
        max_lines=160,
        headline=r"^E {1,20}\S|^worker '|^\[XPASS|^[a-zA-Z_][\w.]{0,200}(?:Error|Exception|Failed|Warning|Exit)(?::|$)",
        fingerprint=rf"^(?:_{{2,200}} \S.{{0,1000}} _{{2,200}}$|{_PYTEST_CAUSE})",
        example="""
  =================================== FAILURES ===================================
> ______________________________ TestCart.test_total _____________________________
>
> self = <test_cart.TestCart object at 0x7f279bddc590>
>
>     def test_total(self):
>         cart = Cart([3, 4])
> >       assert cart.total == 8
! E       AssertionError: assert 7 == 8
> E        +  where 7 = <cart.Cart object at 0x7f279bddc5f0>.total
>
> tests/test_cart.py:9: AssertionError
  ----------------------------- Captured stdout call -----------------------------
  error: nothing to see here
  =========================== short test summary info ============================
> ______________________________ test_price ______________________________________
> Traceback (most recent call last):
>   File "/home/runner/work/shop/shop/cart.py", line 12, in price
>     return self.items[name]
! KeyError: 'pot'
  =========================== short test summary info ============================
""",
    ),
    LogPattern(
        name="pytest.error",
        kind=FailureKind.TEST,
        keywords=(" error ",),
        start=r"_{1,200} ERROR (?:at|collecting) \S.{0,1000} _{1,200}$",
        end_before=rf"{_PYTEST_NEXT}|>  {{1,20}}(?:available fixtures|use 'py)",
        max_lines=100,
        headline=rf"^E {{1,4}}[A-Za-z_]|^{_PYTEST_CAUSE}|^E {{5,20}}[\w.]{{2,200}}: "
        r"|^(?:import file mismatch|Using @pytest|SyntaxError)",
        fingerprint=rf"^(?:_{{1,200}} ERROR .{{0,1000}} _{{1,200}}$|{_PYTEST_CAUSE})",
        example="""
  ==================================== ERRORS ====================================
> _____________________ ERROR collecting tests/test_cart.py ______________________
> ImportError while importing test module '/home/runner/work/shop/shop/tests/test_cart.py'.
> Hint: make sure your test modules/packages have valid Python names.
> Traceback:
> tests/test_cart.py:1: in <module>
>     import prices
! E   ModuleNotFoundError: No module named 'prices'
  =========================== short test summary info ============================
> __________________________ ERROR at setup of test_tax __________________________
>
> >       raise ConnectionError("no database")
! E       ConnectionError: no database
>
> tests/test_tax.py:6: ConnectionError
  =========================== short test summary info ============================
""",
    ),
    LogPattern(
        name="pytest.fixture_not_found",
        kind=FailureKind.TEST,
        keywords=("' not found",),
        start=r"E {1,20}fixture '[^']{1,200}' not found",
        context_before=r"  \S|@|    |file \S",
        example="""
> file /home/runner/work/shop/shop/tests/test_cart.py, line 28
>   def test_discount(shop): pass
! E       fixture 'shop' not found
""",
    ),
    LogPattern(
        name="pytest.cause",
        kind=FailureKind.TEST,
        keywords=("error",),
        priority=1,  # before pytest.assertion, pytest.fixture_not_found
        start=r"E {1,20}(?:[\w.]{0,200}(?:Error|Exception|Exit)(?::|$)|.{0,300}error:)",
        context_before=_PYTEST_BEFORE,
        max_context=12,
        body=_PYTEST_AFTER,
        end=_PYTEST_PLACE,
        max_lines=40,
        example="""
> >       price = prices["tea"]
! E       KeyError: 'tea'
>
> shop/cart.py:16: KeyError
""",
    ),
    LogPattern(
        name="pytest.assertion",
        kind=FailureKind.TEST,
        keywords=("assert",),
        start=r"E {1,20}(?:AssertionError|assert )",
        context_before=_PYTEST_BEFORE,
        max_context=12,
        body=_PYTEST_AFTER,
        end=_PYTEST_PLACE,
        max_lines=40,
        example="""
> >       assert cart.total == 8
! E       assert 7 == 8
> E        +  where 7 = Cart().total
>
> tests/test_cart.py:9: AssertionError
""",
    ),
    LogPattern(
        name="pytest.usage",
        kind=FailureKind.CONFIGURATION,
        keywords=("error: ",),
        start=r"ERROR: usage: |(?:(?:\S{1,80} -m )?pytest|py\.test|__main__\.py): error: ",
        body=r"  \S|(?:(?:\S{1,80} -m )?pytest|py\.test|\S{1,80}\.py): error: ",
        max_lines=12,
        headline=r": error: ",
        example="""
> ERROR: usage: pytest [options] [file_or_dir] [file_or_dir] [...]
! pytest: error: unrecognized arguments: --cov=shop
>   inifile: None
>   rootdir: /home/runner/work/shop/shop
""",
    ),
    LogPattern(
        name="pytest.coverage",
        kind=FailureKind.TEST,
        wrapper_lines=60,
        keywords=("fail required test coverage of",),
        start=r"FAIL Required test coverage of ",
        example="! FAIL Required test coverage of 95% not reached. Total coverage: 91.20%",
    ),
    LogPattern(
        name="pytest.coverage_failure",
        kind=FailureKind.TEST,
        wrapper_lines=60,
        keywords=("coverage failure: total of",),
        start=r"(?:ERROR: )?Coverage failure: total of ",
        example="! Coverage failure: total of 91 is less than fail-under=95",
    ),
    LogPattern(
        name="pytest.summary_reason",
        kind=FailureKind.TEST,
        keywords=("failed ",),
        priority=1,  # before network.refused
        start=r"(?:SUB)?FAILED(?:\([^)]{0,200}\)| \[[^\]]{0,200}\])? \S{1,300}\.\w{1,5}(?:::| ).{0,1000} - \S",
        confidence=Confidence.LIKELY,
        body=r"(?:(?:SUB)?FAILED(?:\([^)]{0,200}\)| \[[^\]]{0,200}\])?|ERROR) \S{1,300}\.\w{1,5}(?:::\S|$)",
        max_lines=30,
        fingerprint=r"^(?:FAILED|ERROR) ",
        example="""
  =========================== short test summary info ============================
! FAILED tests/test_cart.py::test_total - AssertionError: assert 7 == 8
> FAILED tests/test_cart.py::test_taxes[a b] - KeyError: 'tea'
  ========================= 2 failed, 1 passed in 4.45s ==========================
""",
    ),
    LogPattern(
        name="pytest.summary_error",
        kind=FailureKind.TEST,
        keywords=("error ",),
        start=r"ERROR (?:at \w{1,12} of )?\S{1,300}\.py(?:::\S{1,300})? - \S",
        confidence=Confidence.LIKELY,
        body=r"(?:(?:SUB)?FAILED(?:\([^)]{0,200}\)| \[[^\]]{0,200}\])?|ERROR) \S{1,300}\.\w{1,5}(?:::\S|$| - )",
        max_lines=30,
        fingerprint=r"^(?:FAILED|ERROR) ",
        example="""
  =========================== short test summary info ============================
! ERROR tests/test_cart.py::test_total - RuntimeError: no price list
  ========================= 1 error in 0.45s ==========================
""",
    ),
    LogPattern(
        name="pytest.summary",
        kind=FailureKind.TEST,
        keywords=("failed ",),
        start=r"FAILED \S{1,300}\.py::\S{1,300}(?: ?\[.{0,300})?$",
        confidence=Confidence.SYMPTOM,
        body=r"(?:(?:SUB)?FAILED(?:\([^)]{0,200}\)| \[[^\]]{0,200}\])?|ERROR) \S{1,300}\.\w{1,5}(?:::\S|$)",
        max_lines=30,
        fingerprint=r"^(?:FAILED|ERROR) ",
        example="""
! FAILED tests/test_cart.py::test_total
> FAILED tests/test_cart.py::TestTaxes::test_none
  ========================= 2 failed, 1 passed in 4.45s ==========================
""",
    ),
    LogPattern(
        name="pytest.progress",
        kind=FailureKind.TEST,
        keywords=(" failed",),
        start=(
            r"(?:\[gw\d{1,3}\] (?:\[ {0,3}\d{1,3}%\] )?FAILED "
            r"|\S{1,300}\.py::.{1,500} FAILED {0,80}(?:\[ {0,3}\d{1,3}%\])?$)"
        ),
        confidence=Confidence.SYMPTOM,
        example="""
  tests/test_cart.py::test_empty PASSED                                    [ 50%]
! tests/test_cart.py::test_total FAILED                                    [100%]
""",
    ),
    LogPattern(
        name="pytest.progress_error",
        kind=FailureKind.TEST,
        keywords=(" error",),
        start=r"\S{1,300}\.py::.{1,500} ERROR {0,80}(?:\[ {0,3}\d{1,3}%\])?$",
        confidence=Confidence.SYMPTOM,
        example="! tests/test_cart.py::test_total ERROR                                     [100%]",
    ),
    LogPattern(
        name="pytest.interrupted",
        kind=FailureKind.TEST,
        keywords=(" error",),
        start=r"!{3,200} Interrupted: ",
        confidence=Confidence.SYMPTOM,
        example="! !!!!!!!!!!!!!!!!!!! Interrupted: 2 errors during collection !!!!!!!!!!!!!!!!!!!!",
    ),
    LogPattern(
        name="pytest.tally",
        kind=FailureKind.TEST,
        keywords=("failed",),
        start=r"(?:=+ )?\d{1,6} failed[, ].{0,200} in \d[\d.]{0,12} ?s(?:econds)?(?: \([\d:]{1,20}\))?(?: =+)?$",
        confidence=Confidence.SYMPTOM,
        example="! ========================= 2 failed, 14 passed in 4.45s =========================",
    ),
)

# unittest, and runners that print in its style: nose, nose2, testtools, stestr, Django.

_UNITTEST_END = r"={60,80}$|Ran \d{1,7} tests? in |-{10,30} >> (?:begin|end) captured|(?:stdout|stderr):? ?\{\{\{"
_UNITTEST_RAISED = (
    r"^(?!ImportError: Failed to import|ERROR: |FAIL: |Doctest: |Traceback)"
    r"(?:[\w.]{0,200}(?:Error|Exception|Failure|Exit|Interrupt|Warning|Timeout|DoesNotExist|_UnexpectedSuccess)|\w+(?:\.\w+){1,9})(?::|$)"
)
_UNITTEST_NAMES = rf"^(?:FAIL|ERROR): |{_UNITTEST_RAISED}"

_UNITTEST = (
    LogPattern(
        name="unittest.failure",
        kind=FailureKind.TEST,
        keywords=("fail: ",),
        start=(r"FAIL: (?:\S{1,200} \([\w.<>-]{1,300}\)|[A-Za-z_]\w{0,200}(?:\.\w{1,200}){1,12}(?=$| \(|\(|\[))"),
        end_before=_UNITTEST_END,
        max_lines=80,
        headline=_UNITTEST_RAISED,
        fingerprint=_UNITTEST_NAMES,
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
    LogPattern(
        name="unittest.error",
        kind=FailureKind.TEST,
        keywords=("error: ",),
        start=(
            r"ERROR: (?:(?:test|setUp|tearDown|_?[a-z])\w{0,200} \([\w.<>-]{1,300}\)|_ErrorHolder|test suite for <"
            r"|Failure: \w{1,100} \(|(?:\w{1,100}\.){1,12}test\w{0,200}(?=$| \(|\(|\[)|unittest\.loader\.)"
        ),
        end_before=_UNITTEST_END,
        max_lines=80,
        headline=_UNITTEST_RAISED,
        fingerprint=_UNITTEST_NAMES,
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
    LogPattern(
        name="unittest.progress",
        kind=FailureKind.TEST,
        keywords=(" ... fail",),
        start=r"\S.{0,400} \.\.\. FAIL$",
        confidence=Confidence.SYMPTOM,
        example="""
  test_empty (tests.test_cart.CartTest.test_empty) ... ok
! test_total (tests.test_cart.CartTest.test_total) ... FAIL
""",
    ),
    LogPattern(
        name="unittest.progress_error",
        kind=FailureKind.TEST,
        keywords=(" ... error",),
        start=r"\S.{0,400} \.\.\. ERROR$",
        confidence=Confidence.SYMPTOM,
        example="! test_total (tests.test_cart.CartTest.test_total) ... ERROR",
    ),
    LogPattern(
        name="unittest.tally",
        kind=FailureKind.TEST,
        keywords=("failed (",),
        start=r"FAILED \((?:(?:failures|errors|skipped|SKIP|(?:un)?expected \w{8,9})=\d{1,7}(?:, )?){1,6}\)",
        confidence=Confidence.SYMPTOM,
        example="""
  Ran 9 tests in 0.008s

! FAILED (failures=6, errors=3, unexpected successes=1)
""",
    ),
)

# doctest, alone and under Sphinx.

_DOCTEST = (
    LogPattern(
        name="doctest.failure",
        kind=FailureKind.TEST,
        keywords=("failed example:",),
        start=r"Failed example:$",
        context_before=r'File "[^"]{1,300}", line \d',
        body=r"\s{0,80}\S",
        end_before=r"\*{20,80}$|-{20,80}$|={20,80}$|\d{1,6} items? (?:had|passed)",
        max_lines=40,
        headline=r"^\s{2,8}[A-Za-z_][\w.]{0,200}(?:Error|Exception)\b|^Expected:|^Failed example:",
        facts=r", in (?P<subject>[A-Za-z_][\w.]{0,200})$",
        fingerprint=r'^File "|^    \S',
        example="""
  **********************************************************************
> File "/home/runner/work/shop/shop/cart.py", line 25, in cart.total
! Failed example:
>     total([3, 4])
> Expected:
>     8
> Got:
>     7
  **********************************************************************
""",
    ),
    LogPattern(
        name="doctest.tally",
        kind=FailureKind.TEST,
        keywords=("***test failed***",),
        start=r"\*\*\*Test Failed\*\*\* \d",
        confidence=Confidence.SYMPTOM,
        example="! ***Test Failed*** 2 failures.",
    ),
)

# Robot Framework.

_ROBOT = (
    LogPattern(
        name="robot.failure",
        kind=FailureKind.TEST,
        keywords=("| fail |",),
        start=r"\S.{0,200} \| FAIL \|$",
        end_before=r"[-=]{60,100}$",
        max_lines=30,
        headline=r"^(?!.{0,300} \| FAIL \|)\S",
        fingerprint=r"^\S",
        example="""
  ------------------------------------------------------------------------------
> Total Is Right                                                        | FAIL |
! 7 != 8
  ------------------------------------------------------------------------------
""",
    ),
)

PATTERNS = (
    *_ROBOT,
    *_DOCTEST,
    *_PYTEST,
    *_UNITTEST,
)
