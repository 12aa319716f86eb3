"""JUnit's and TestNG's own runners, and Ant's."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_TYPE = r"(?:[a-z_][\w$]{0,60}\.){1,15}[A-Z][\w$]{0,100}"
_FRAME = r"\s{1,20}at |\s{0,20}\.{3} ?(?:\d+ )?(?:more|removed)|\s{0,20}Caused by: "
_ANT_ENDS = r"\s{0,12}\[junit\d?\] (?:Testcase: |Test |Running |Testsuite: |-{5})"

RULES = (
    Rule(
        name="testng.failed",
        keywords=("failed",),
        rank=Rank.LIKELY,
        opens=r"FAILED(?: CONFIGURATION)?: (?:@\w{1,40} )?[\w.$]{1,300}(?:\(.{0,300}\))?$",
        through=_TYPE + r"(?:: |$)|" + _FRAME + r"|\s{2,20}\S",
        most=30,
        headline=r"^" + _TYPE + r": \S",
        names=r"^FAILED|^" + _TYPE + r"(?:: |$)",
        example="""
  PASSED: opens
> FAILED: total
! java.lang.AssertionError: expected [8] but found [7]
> 	at com.shop.CartTest.total(CartTest.java:12)

  ===============================================
""",
    ),
    Rule(
        name="junit-console.failures",
        keywords=("failures (",),
        opens=r"(?:Test )?[Ff]ailures \(\d{1,6}\):$",
        through=r"\s{2}\S|\s{4,40}\S|\t",
        until=r"Test run finished",
        headline=r"^\s{4}=> ",
        names=r"^\s{4}=> |^\s{2}\w",
        example="""
> Failures (1):
>   JUnit Jupiter:CartTest:total()
>     MethodSource [className = 'com.shop.CartTest', methodName = 'total', methodParameterTypes = '']
!     => org.opentest4j.AssertionFailedError: expected: <8> but was: <7>
>        com.shop.CartTest.total(CartTest.java:12)

  Test run finished after 112 ms
""",
    ),
    Rule(
        name="ant-junit.failed",
        keywords=("failed",),
        opens=r"\s{0,12}\[junit\d?\] \s{0,8}FAILED$",
        lead=r"\s{0,12}\[junit\d?\] Testcase: ",
        lead_most=1,
        through=r"\s{0,12}\[junit\d?\](?: |$)",
        until=_ANT_ENDS,
        most=40,
        headline=r"\[junit\d?\] " + _TYPE + r": \S",
        names=r"Testcase: |\[junit\d?\] " + _TYPE + r"(?:: |$)",
        example="""
      [junit] Testcase: opens took 0.001 sec
>     [junit] Testcase: total took 0.012 sec
>     [junit] 	FAILED
>     [junit] no price list
!     [junit] java.lang.IllegalStateException: no price list
>     [junit] 	at com.shop.CartTest.total(CartTest.java:12)
      [junit] Test com.shop.CartTest FAILED
""",
    ),
    Rule(
        name="ant-junit.error",
        keywords=("caused an error",),
        opens=r"\s{0,12}\[junit\d?\] \s{0,8}Caused an ERROR$",
        lead=r"\s{0,12}\[junit\d?\] Testcase: ",
        lead_most=1,
        through=r"\s{0,12}\[junit\d?\](?: |$)",
        until=_ANT_ENDS,
        most=40,
        headline=r"\[junit\d?\] " + _TYPE + r": \S",
        names=r"Testcase: |\[junit\d?\] " + _TYPE + r"(?:: |$)",
        example="""
      [junit] Testcase: opens took 0.001 sec
>     [junit] Testcase: total took 0.012 sec
>     [junit] 	Caused an ERROR
>     [junit] no price list
!     [junit] java.lang.IllegalStateException: no price list
>     [junit] 	at com.shop.CartTest.total(CartTest.java:12)
      [junit] Test com.shop.CartTest Caused an ERROR
""",
    ),
    Rule(
        name="ant-junit.class",
        keywords=(" failed",),
        opens=r"\s{0,12}\[junit\d?\] Test \S{1,300} FAILED$",
        rank=Rank.RECAP,
        example="""
! [junit] Test com.shop.CartTest FAILED
""",
    ),
)
