"""Stack traces of the Java machine, and those of Jenkins, which prints them its own way."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_LEVEL = r"(?:\[(?:error|ERROR)\] ?)?"
_TYPE = r"(?:[a-z_][\w$]{0,60}\.){1,15}[A-Z][\w$]{0,100}"
_GOES_ON = (
    _LEVEL
    + r"(?:\s{1,20}at |\s{0,20}\.{3} \d+ (?:more|common|elided)|\s{0,20}Caused by: |\s{0,20}Suppressed: "
    + r"|Caused: |Also: |Wrapped by: |\s+\[CIRCULAR)"
)

RULES = (
    Rule(
        name="java.in_thread",
        keywords=("exception in thread",),
        opens=_LEVEL + r'Exception in thread "',
        through=_GOES_ON,
        most=400,
        rank=Rank.LIKELY,
        example="""
  starting the press
! Exception in thread "main" java.lang.IllegalStateException: no apples left
>   at com.example.press.Press.turn(Press.java:31)
>   at com.example.press.Main.main(Main.java:9)
> Caused by: java.io.IOException: basket is empty
>   at com.example.press.Basket.take(Basket.java:14)
>   ... 1 more
  bye
""",
    ),
    Rule(
        name="java.exception",
        keywords=("exception",),
        opens=_LEVEL + r"(?:Caused by: |Caused: )?" + _TYPE + r"(?<=Exception)(?<!\.FlowInterruptedException)"
        r"(?:: (?!script returned exit code)|$)",
        through=_GOES_ON,
        most=400,
        rank=Rank.LIKELY,
        example="""
! com.example.press.PressException: the screw is stuck
>   at com.example.press.Press.turn(Press.java:31)
>   at java.base/java.lang.Thread.run(Thread.java:833)
>   Suppressed: java.lang.IllegalArgumentException: oil
>     at com.example.press.Oil.drop(Oil.java:3)
> Caused by: java.lang.NullPointerException
>   ... 2 more
  bye
""",
    ),
    Rule(
        name="java.error",
        keywords=("error",),
        opens=_LEVEL + r"(?:Caused by: |Caused: )?" + _TYPE + r"(?<=Error)(?:: .|$)",
        through=_GOES_ON,
        most=400,
        rank=Rank.LIKELY,
        example="""
! java.lang.NoClassDefFoundError: com/example/press/Barrel
>   at com.example.press.Main.main(Main.java:9)
  bye
""",
    ),
    Rule(
        name="java.jenkins",
        keywords=("error",),
        opens=r"(?:ERROR|FATAL): (?:Error (?:fetching|cloning|executing)|Unable to find"
        r"|Failed to |Could not (?:checkout|fetch|apply)|Maximum checkout retry|null$)",
        through=r"\s{1,20}at |\s{0,20}\.{3} \d+ more|Caused: |Caused by: |Also: |" + _TYPE + r"(?:: .|$)",
        headline=r"^(?:Caused by: |Caused: )|^ERROR: |^FATAL: ",
        most=400,
        rank=Rank.LIKELY,
        example="""
! ERROR: Error fetching remote repo 'orchard'
> hudson.plugins.git.GitException: Failed to fetch from https://git.example.com/orchard.git
>   at hudson.plugins.git.GitSCM.fetchFrom(GitSCM.java:997)
> Caused: java.io.IOException: remote hung up
>   at hudson.plugins.git.Client.fetch(Client.java:3)
  Finished: FAILURE
""",
    ),
    Rule(
        name="java.launch",
        keywords=("could not",),
        opens=r"Error: Could not (?:find or load main class|create the Java Virtual Machine)",
        through=r"Caused by: |Error: ",
        example="""
! Error: Could not find or load main class com.example.press.Main
> Caused by: java.lang.ClassNotFoundException: com.example.press.Main
  bye
""",
    ),
    Rule(
        name="java.clojure",
        keywords=("error",),
        opens=r"(?:Execution|Syntax) error (?:\(\w{1,80}\) )?(?:at|compiling|reading|macroexpanding) ",
        closes=r"[^\s/]",
        most=4,
        headline=r"^(?!Execution error|Syntax error)\S",
        rank=Rank.LIKELY,
        example="""
> Execution error (ArityException) at orchard.core/pick (core.clj:7).
! Wrong number of args (1) passed to: orchard.core/basket

  Full report at:
""",
    ),
)
