"""Jest, and what runs on it: Storybook's test runner, react-scripts."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_BODY = r" {4}|\s{0,80}$"
_TELLS = (
    r"^ {4}(?:(?:Uncaught |Unhandled )?\[?[\w.$-]{0,100}(?:Error|Exception|Violation|Warning)\b[^|]{0,60}: "
    r"|thrown: |Timeout - |: Timeout|Cannot |Could not |Unable to |Exceeded timeout|Network Error|Failed|No |Unexpected"
    r"|Protocol error)"
)
_ADVICE = (
    r"Jest encountered an unexpected|Jest failed to parse|This usually means|Out of the box|By default|Here's what"
    r"|You'll find|https?:|For information|Details:|TypeScript diagnostics|\s|at "
)

RULES = (
    Rule(
        name="jest.test",
        keywords=("●",),
        opens=r" {2}● (?!Console\b|Test suite failed|Cannot log after)\S",
        through=_BODY,
        most=100,
        headline=_TELLS,
        names=rf"^ {{2}}● |{_TELLS}",
        example="""
  FAIL src/cart.test.js
    Cart
      ✕ adds the prices (7 ms)

>   ● Cart › adds the prices
>
!     TypeError: prices.map is not a function
>
>       3 |   it('adds the prices', () => {
>     > 4 |     expect(total(prices)).toBe(8);
>         |            ^
>       5 |   });
>
>       at Object.total (src/cart.js:4:12)

  Test Suites: 1 failed, 1 total
""",
    ),
    Rule(
        name="jest.suite",
        keywords=("test suite failed to run",),
        opens=r" {2}● Test suite failed to run",
        through=_BODY,
        most=80,
        headline=rf"^ {{4}}(?!{_ADVICE})\S",
        example="""
  FAIL src/cart.test.js
>   ● Test suite failed to run
>
!     Cannot find module './prices' from 'src/cart.test.js'
>
>     > 1 | const prices = require('./prices');
>         |                ^
>
>       at Resolver._throwModNotFoundError (node_modules/jest-resolve/build/resolver.js:427:11)

  Test Suites: 1 failed, 1 total
""",
    ),
    Rule(
        name="jest.console",
        keywords=("●",),
        opens=r" {2}● Console$",
        rank=Rank.NOISE,
        through=_BODY,
        most=400,
        example="""
!   ● Console
>
>     console.error
>       Error: not a failure
>           at Object.<anonymous> (src/cart.test.js:3:44)

  PASS src/cart.test.js
""",
    ),
    Rule(
        name="jest.console_error",
        keywords=("console.error",),
        opens=r" {2}console\.error(?: \S{1,200}:\d{1,6})?$",
        rank=Rank.NOISE,
        through=_BODY,
        most=200,
        example="""
!   console.error
>     Error: not a failure
>         at Object.<anonymous> (src/cart.test.js:3:44)

  PASS src/cart.test.js
""",
    ),
    Rule(
        name="jest.late_log",
        keywords=("●",),
        opens=r" {2}● {1,2}Cannot log after tests are done",
        rank=Rank.NOISE,
        through=_BODY,
        most=40,
        example="""
!   ●  Cannot log after tests are done. Did you forget to wait for something async in your test?
>     Attempted to log "Error: gone".
""",
    ),
    Rule(
        name="jest.configuration",
        keywords=("●",),
        opens=r"● (?:(?:Reporter )?Validation Error|Multiple configurations found|Deprecation Error|Test suite failed)",
        through=r" {2}|\s{0,80}$",
        most=30,
        headline=r"^ {2}\S",
        example="""
> ● Validation Error:
>
!   Module ts-jest in the transform option was not found.
>          <rootDir> is: /home/runner/work/shop/shop
>
>   Configuration Documentation:
>   https://jestjs.io/docs/configuration
""",
    ),
    Rule(
        name="jest.threshold",
        keywords=("coverage threshold for",),
        opens=r"Jest: .{1,300} coverage threshold for \w+ \(",
        example="""
! Jest: "global" coverage threshold for branches (80%) not met: 77.5%
""",
    ),
    Rule(
        name="jest.threshold_missing",
        keywords=("was not found",),
        opens=r"Jest: Coverage data for .{1,300} was not found",
        example="""
! Jest: Coverage data for ./src/cart.js was not found.
""",
    ),
    Rule(
        name="jest.file",
        keywords=("fail ",),
        opens=r" ?FAIL {1,2}(?:[\w@/-]{1,60} {1,2})?(?:\.\.?/)?\S{1,300}\.\w{1,5}(?: \(\d[^()]{0,40}\))?$",
        rank=Rank.RECAP,
        example="""
! FAIL src/cart.test.js (5.12 s)
""",
    ),
    Rule(
        name="jest.snapshot",
        keywords=("snapshot failed",),
        opens=r" › \d{1,6} snapshots? failed",
        rank=Rank.RECAP,
        example="""
!  › 1 snapshot failed.
""",
    ),
    Rule(
        name="jest.tally",
        keywords=(" failed, ",),
        opens=r"(?:Test Suites|Tests|Snapshots): {1,8}\d{1,6} failed, ",
        rank=Rank.RECAP,
        through=r"(?:Tests|Snapshots): {1,8}\d{1,6} failed, ",
        example="""
! Test Suites: 1 failed, 4 passed, 5 total
> Tests:       3 failed, 12 passed, 15 total
  Snapshots:   0 total
""",
    ),
)
