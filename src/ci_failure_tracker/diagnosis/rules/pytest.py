"""pytest and its plugins."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_NEXT = r"=|_{1,200} [^_\s].{0,1000} _{1,200}$|-{3,200} \S.{0,100} -{3,200}$|!{3,200} "
"""What follows a failure: the next one, what the test printed, or the summary."""

_CAUSE = r"E {1,20}(?:[\w.]{0,200}(?:Error|Exception|Failed|Warning|Exit|Interrupt|Timeout)\b|fixture '|assert )"
_PLACE = r"(?:\S.{0,300}:\d{1,6}: [A-Z]\w{0,100}$)"
_BEFORE = r"    |>  |$|_ _ _|\S.{0,300}:\d{1,6}: (?:in \S{1,200})?$|(?:self|[a-z_]\w{0,60}) {0,3}= "
_AFTER = r"E(?:\s|$)|\s{0,80}$"

RULES = (
    Rule(
        name="pytest.failure",
        keywords=("__ ",),
        opens=(
            r"_{2,200} (?!coverage[: ]|summary |generated xml|benchmark|warnings? |ERROR )"
            r"[^_\s].{0,1000} _{2,200}$"
        ),
        until=_NEXT,
        most=160,
        headline=r"^E {1,20}\S|^worker '|^\[XPASS",
        names=rf"^(?:_{{2,200}} \S.{{0,1000}} _{{2,200}}$|{_CAUSE})",
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
""",
    ),
    Rule(
        name="pytest.error",
        keywords=(" error ",),
        opens=r"_{1,200} ERROR (?:at|collecting) \S.{0,1000} _{1,200}$",
        until=rf"{_NEXT}|>  {{1,20}}(?:available fixtures|use 'py)",
        most=100,
        headline=r"^E {1,4}[A-Za-z_]|^E {1,20}fixture '|^(?:import file mismatch|Using @pytest|SyntaxError)",
        names=rf"^(?:_{{1,200}} ERROR .{{0,1000}} _{{1,200}}$|{_CAUSE})",
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
""",
    ),
    Rule(
        name="pytest.fixture_not_found",
        keywords=("' not found",),
        opens=r"E {1,20}fixture '[^']{1,200}' not found",
        lead=r"  \S|@|    |file \S",
        example="""
> file /home/runner/work/shop/shop/tests/test_cart.py, line 28
>   def test_discount(shop): pass
! E       fixture 'shop' not found
""",
    ),
    Rule(
        name="pytest.cause",
        keywords=("error",),
        priority=1,  # before pytest.assertion, pytest.fixture_not_found
        opens=r"E {1,20}(?:[\w.]{0,200}(?:Error|Exception|Exit)(?::|$)|.{0,300}error:)",
        lead=_BEFORE,
        lead_most=12,
        through=_AFTER,
        closes=_PLACE,
        most=40,
        example="""
> >       price = prices["tea"]
! E       KeyError: 'tea'
>
> shop/cart.py:16: KeyError
""",
    ),
    Rule(
        name="pytest.assertion",
        keywords=("assert",),
        opens=r"E {1,20}(?:AssertionError|assert )",
        lead=_BEFORE,
        lead_most=12,
        through=_AFTER,
        closes=_PLACE,
        most=40,
        example="""
> >       assert cart.total == 8
! E       assert 7 == 8
> E        +  where 7 = Cart().total
>
> tests/test_cart.py:9: AssertionError
""",
    ),
    Rule(
        name="pytest.failed",
        keywords=("failed: ",),
        opens=r"E {1,20}(?:_pytest\.outcomes\.)?Failed: ",
        lead=_BEFORE,
        lead_most=12,
        through=_AFTER,
        closes=_PLACE,
        most=40,
        example="""
> >       with pytest.raises(KeyError):
! E       Failed: DID NOT RAISE <class 'KeyError'>
>
> tests/test_cart.py:31: Failed
""",
    ),
    Rule(
        name="pytest.conftest",
        keywords=("error while loading conftest",),
        opens=r"[A-Za-z]{0,30}Error while loading conftest ",
        through=r"\S.{0,300}:\d{1,6}: in |\s{2}|E\s|E$",
        headline=r"^E {1,20}\w+(?:\.\w+){0,9}(?:Error|Exception)",
        example="""
> ImportError while loading conftest '/home/runner/work/shop/shop/tests/conftest.py'.
> tests/conftest.py:1: in <module>
>     import prices
! E   ModuleNotFoundError: No module named 'prices'
""",
    ),
    Rule(
        name="pytest.internal",
        keywords=("internalerror>",),
        opens=r"INTERNALERROR>",
        through=r"(?:\[gw\d{1,3}\] )?INTERNALERROR>",
        most=300,
        headline=r"^INTERNALERROR> (?!Traceback)(?:E  *)?[A-Za-z_][\w.]{0,200}(?:: |$)",
        example="""
> INTERNALERROR> Traceback (most recent call last):
> INTERNALERROR>   File "/home/runner/work/shop/shop/conftest.py", line 2, in pytest_collection_modifyitems
> INTERNALERROR>     raise RuntimeError("no price list")
! INTERNALERROR> RuntimeError: no price list

  ============================ no tests ran in 0.03s =============================
""",
    ),
    Rule(
        name="pytest.usage",
        keywords=("error: ",),
        opens=r"ERROR: usage: |(?:pytest|py\.test|__main__\.py): error: ",
        through=r"  \S|(?:pytest|py\.test|\S{1,80}\.py): error: ",
        most=12,
        headline=r": error: ",
        example="""
> ERROR: usage: pytest [options] [file_or_dir] [file_or_dir] [...]
! pytest: error: unrecognized arguments: --cov=shop
>   inifile: None
>   rootdir: /home/runner/work/shop/shop
""",
    ),
    Rule(
        name="pytest.not_found",
        keywords=("not found: ",),
        opens=r"ERROR: (?:file or directory |file )?not found: \S",
        through=r"\(no (?:name|match) ",
        most=2,
        example="""
! ERROR: not found: /home/runner/work/shop/shop/tests/test_cart.py::test_taxes
> (no match in any of [<Module test_cart.py>])
""",
    ),
    Rule(
        name="pytest.plugin",
        keywords=("error: error importing plugin",),
        opens=r"ERROR: Error importing plugin ",
        example="""
! ERROR: Error importing plugin "shop.fixtures": No module named 'shop'
""",
    ),
    Rule(
        name="pytest.config",
        keywords=("error: ",),
        opens=r"ERROR: \S{0,300}(?:\.ini|\.cfg|\.toml|\.py)(?::\d{1,6})?: ",
        example="""
! ERROR: /home/runner/work/shop/shop/pytest.ini:1: no section header defined
""",
    ),
    Rule(
        name="pytest.worker_crash",
        keywords=("crashed while running",),
        opens=r"(?:INTERNALERROR> )?[Ww]orker '?gw\d{1,3}'? crashed while running ",
        example="""
  ...
! worker 'gw1' crashed while running 'tests/test_cart.py::test_total'
""",
    ),
    Rule(
        name="pytest.timeout",
        keywords=("+ timeout +",),
        opens=r"(?:\S{1,300} )?\+{10,200} Timeout \+{10,200}$",
        through=r"~{3,200} Stack of |  File |    ",
        closes=r"\+{10,200} Timeout \+",
        most=120,
        rank=Rank.LIKELY,
        example="""
! tests/test_cart.py +++++++++++++++++++++++++++++++++++ Timeout ++++++++++++++++++++++++++++++++++++
> ~~~~~~~~~~~~~~~~~~~~ Stack of MainThread (140639987800960) ~~~~~~~~~~~~~~~~~~~~~
>   File "/home/runner/work/shop/shop/tests/test_cart.py", line 39, in test_slow
>     shop.wait()
> +++++++++++++++++++++++++++++++++++ Timeout ++++++++++++++++++++++++++++++++++++
""",
    ),
    Rule(
        name="pytest.coverage",
        keywords=("fail required test coverage of",),
        opens=r"FAIL Required test coverage of ",
        example="""
! FAIL Required test coverage of 95% not reached. Total coverage: 91.20%
""",
    ),
    Rule(
        name="pytest.coverage_failure",
        keywords=("coverage failure: total of",),
        opens=r"(?:ERROR: )?Coverage failure: total of ",
        example="""
! Coverage failure: total of 91 is less than fail-under=95
""",
    ),
    Rule(
        name="pytest.summary_reason",
        keywords=("failed ",),
        opens=r"(?:SUB)?FAILED(?:\([^)]{0,200}\)| \[[^\]]{0,200}\])? \S{1,300}\.\w{1,5}(?:::| ).{0,1000} - \S",
        rank=Rank.LIKELY,
        through=r"(?:(?:SUB)?FAILED(?:\([^)]{0,200}\)| \[[^\]]{0,200}\])?|ERROR) \S{1,300}\.\w{1,5}(?:::\S|$)",
        most=30,
        names=r"^(?:FAILED|ERROR) ",
        example="""
  =========================== short test summary info ============================
! FAILED tests/test_cart.py::test_total - AssertionError: assert 7 == 8
> FAILED tests/test_cart.py::test_taxes[a b] - KeyError: 'tea'
  ========================= 2 failed, 1 passed in 4.45s ==========================
""",
    ),
    Rule(
        name="pytest.summary_error",
        keywords=("error ",),
        opens=r"ERROR (?:at \w{1,12} of )?\S{1,300}\.py(?:::\S{1,300})? - \S",
        rank=Rank.LIKELY,
        through=r"(?:(?:SUB)?FAILED(?:\([^)]{0,200}\)| \[[^\]]{0,200}\])?|ERROR) \S{1,300}\.\w{1,5}(?:::\S|$| - )",
        most=30,
        names=r"^(?:FAILED|ERROR) ",
        example="""
  =========================== short test summary info ============================
! ERROR tests/test_cart.py::test_total - RuntimeError: no price list
  ========================= 1 error in 0.45s ==========================
""",
    ),
    Rule(
        name="pytest.summary",
        keywords=("failed ",),
        opens=r"FAILED \S{1,300}\.py::\S{1,300}(?: ?\[.{0,300})?$",
        rank=Rank.RECAP,
        through=r"(?:(?:SUB)?FAILED(?:\([^)]{0,200}\)| \[[^\]]{0,200}\])?|ERROR) \S{1,300}\.\w{1,5}(?:::\S|$)",
        most=30,
        names=r"^(?:FAILED|ERROR) ",
        example="""
! FAILED tests/test_cart.py::test_total
> FAILED tests/test_cart.py::TestTaxes::test_none
  ========================= 2 failed, 1 passed in 4.45s ==========================
""",
    ),
    Rule(
        name="pytest.summary_collection",
        keywords=("error ",),
        opens=r"ERROR \S{1,300}\.py(?:::\S{1,300})?$",
        rank=Rank.RECAP,
        through=r"(?:(?:SUB)?FAILED(?:\([^)]{0,200}\)| \[[^\]]{0,200}\])?|ERROR) \S{1,300}\.\w{1,5}(?:::\S|$)",
        most=30,
        example="""
! ERROR tests/test_cart.py
> ERROR tests/test_taxes.py
  !!!!!!!!!!!!!!!!!!! Interrupted: 2 errors during collection !!!!!!!!!!!!!!!!!!!!
""",
    ),
    Rule(
        name="pytest.progress",
        keywords=(" failed",),
        opens=(
            r"(?:\[gw\d{1,3}\] (?:\[ {0,3}\d{1,3}%\] )?FAILED "
            r"|\S{1,300}\.py::.{1,500} FAILED {0,80}(?:\[ {0,3}\d{1,3}%\])?$)"
        ),
        rank=Rank.RECAP,
        example="""
  tests/test_cart.py::test_empty PASSED                                    [ 50%]
! tests/test_cart.py::test_total FAILED                                    [100%]
""",
    ),
    Rule(
        name="pytest.progress_error",
        keywords=(" error",),
        opens=r"\S{1,300}\.py::.{1,500} ERROR {0,80}(?:\[ {0,3}\d{1,3}%\])?$",
        rank=Rank.RECAP,
        example="""
! tests/test_cart.py::test_total ERROR                                     [100%]
""",
    ),
    Rule(
        name="pytest.interrupted",
        keywords=(" error",),
        opens=r"!{3,200} Interrupted: ",
        rank=Rank.RECAP,
        example="""
! !!!!!!!!!!!!!!!!!!! Interrupted: 2 errors during collection !!!!!!!!!!!!!!!!!!!!
""",
    ),
    Rule(
        name="pytest.tally",
        keywords=("failed",),
        opens=r"(?:=+ )?\d{1,6} failed[, ].{0,200} in \d[\d.]{0,12} ?s(?:econds)?(?: \([\d:]{1,20}\))?(?: =+)?$",
        rank=Rank.RECAP,
        example="""
! ========================= 2 failed, 14 passed in 4.45s =========================
""",
    ),
)
