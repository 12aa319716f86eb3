"""Memory that ran out, as kernels, language runtimes and compilers say it."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="memory.node_heap",
        keywords=("fatal error: ",),
        opens="FATAL ERROR: .{0,200}(?:heap out of memory|Allocation failed)",
        lead=r"$|<--- (?:Last|JS)|\[\d{1,9}:\w{1,20}\] |=====|Security context",
        lead_most=14,
        through=r"$|----- Native|\s{0,3}\d{1,3}: (?:0x|node)",
        most=8,
        example="""
  > press
> <--- Last few GCs --->
>
> [731:0x5e1a2b0]    20941 ms: Mark-sweep 2045.9 (2082.4) -> 2044.9 (2082.9) MB, 1003.2 / 0.0 ms  allocation failure
>
> <--- JS stacktrace --->
>
! FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory
> ----- Native stack trace -----
>
>  1: 0xb78db3 node::OOMErrorHandler(char const*, v8::OOMDetails const&) [node]
  bye
""",
    ),
    Rule(
        name="memory.java",
        keywords=("outofmemoryerror",),
        opens=r"(?:\[(?:ERROR|error)\] ?)?(?:.{0,200}[\s\"(:])?java\.lang\.OutOfMemoryError\b",
        through=r"(?:\[(?:ERROR|error)\] ?)?(?:\s{1,20}at |\s{0,20}\.{3} \d+ more|Caused by: )",
        most=14,
        example="""
  starting the press
! Exception in thread "main" java.lang.OutOfMemoryError: Java heap space
>   at com.example.press.Press.turn(Press.java:31)
  bye
""",
    ),
    Rule(
        name="memory.java_native",
        keywords=("failed; error=",),
        opens=r".{0,120}os::commit_memory\(.{1,200}failed; error=",
        through="#",
        most=6,
        example="""
! OpenJDK 64-Bit Server VM warning: INFO: os::commit_memory(0x00000000d5550000, 715849728, 0) failed; error='Not
> #
> # There is insufficient memory for the Java Runtime Environment to continue.
  bye
""",
    ),
    Rule(
        name="memory.java_crash",
        keywords=("fatal error has been detected",),
        opens="# A fatal error has been detected by the Java Runtime Environment",
        through="#|$",
        most=16,
        names="^# {1,4}(?:SIG|EXCEPTION_|Internal Error|Out of Memory)",
        example="""
! # A fatal error has been detected by the Java Runtime Environment:
> #
> #  SIGSEGV (0xb) at pc=0x00007f3b0f2c3c5e, pid=731, tid=732
  bye
""",
    ),
    Rule(
        name="memory.gradle_daemon",
        keywords=("unexpected",),
        opens=".{0,80}build daemon disappeared unexpectedly",
        example="""
! Gradle build daemon disappeared unexpectedly (it may have been killed or may have crashed)
""",
    ),
    Rule(
        name="memory.compiler",
        keywords=("out of memory",),
        opens=r"(?:\S{1,200}: )?(?:out of memory allocating \d|LLVM ERROR: out of memory)",
        example="""
! cc1plus: out of memory allocating 65536 bytes after a total of 812 bytes
""",
    ),
    Rule(
        name="memory.virtual",
        keywords=("cannot allocate memory",),
        opens=r"(?:\S{1,200}: )?virtual memory exhausted",
        example="""
! virtual memory exhausted: Cannot allocate memory
""",
    ),
    Rule(
        name="memory.signal_killed",
        keywords=("signal: killed",),
        opens=r".{0,300}\bsignal: killed\b",
        example="""
! go build example.com/orchard: /opt/go/pkg/tool/linux_amd64/compile: signal: killed
""",
    ),
    Rule(
        name="memory.go",
        keywords=("out of memory",),
        opens="(?:fatal error: )?runtime: (?:out of memory|cannot allocate memory)",
        through="fatal error: ",
        most=3,
        example="""
! fatal error: runtime: out of memory
""",
    ),
    Rule(
        name="memory.kernel",
        keywords=("out of memory",),
        opens=r".{0,120}\b(?:Out of memory: Kill(?:ed)? process|Memory cgroup out of memory)",
        example="""
! [ 1842.118] Out of memory: Killed process 4711 (press) total-vm:8123456kB
""",
    ),
    Rule(
        name="memory.container_killed",
        keywords=("killed",),
        opens=r"(?!.{0,300}OOMKilled\"?[:=] ?\"?false).{0,300}\bOOMKilled\b",
        example="""
!     Reason:       OOMKilled
""",
    ),
    Rule(
        name="memory.php",
        keywords=("fatal error",),
        priority=1,  # before php.fatal
        opens="(?:PHP )?Fatal error: {1,2}(?:Allowed memory size of|Out of memory)",
        example="""
! PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in press.php on
""",
    ),
    Rule(
        name="memory.refused",
        keywords=("cannot allocate memory",),
        opens=r"(?!\w{1,80}(?:Error|Exception)\b).{0,300}: Cannot allocate memory",
        rank=Rank.LIKELY,
        example="""
! ./press.sh: fork: Cannot allocate memory
""",
    ),
)
