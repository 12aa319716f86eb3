"""The machine: the runner, its disk and memory, processes that were killed."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind, Outcome

# The runner of GitHub Actions.

_RUNNER = (
    LogPattern(
        name="runner.exit_code",
        keywords=("process completed with exit code",),
        start=r"(?:##\[error\])?Process completed with exit code -?\d+",
        confidence=Confidence.SYMPTOM,
        example="! ##[error]Process completed with exit code 2.",
    ),
    LogPattern(
        name="runner.exit_by_signal",
        keywords=("process completed with exit code",),
        priority=1,  # before runner.exit_code
        # Signals by 128 plus their number (132 SIGILL, 134 SIGABRT, 135 SIGBUS, 136 SIGFPE, 139 SIGSEGV), and the
        # exceptions of Windows: 0xC0000005 is -1073741819.
        start=r"(?:##\[error\])?Process completed with exit code (?:13[24569]|-107374\d{4})\b",
        confidence=Confidence.SYMPTOM,
        example="! ##[error]Process completed with exit code 139.",
    ),
    LogPattern(
        name="runner.exit_killed",
        kind=FailureKind.INFRASTRUCTURE,
        wrapper_lines=1,
        keywords=("process completed with exit code",),
        # 124 is that of `timeout`, 137 that of SIGKILL and 143 that of SIGTERM: something outside ended the program.
        start=r"(?:##\[error\])?Process completed with exit code (?:124|137|143)\b",
        confidence=Confidence.LIKELY,
        example="! ##[error]Process completed with exit code 137.",
    ),
    LogPattern(
        name="runner.process_failed",
        keywords=("failed with exit code",),
        start=r"(?:##\[error\])?(?:Error: )?The process '.{1,400}' failed with exit code \d",
        confidence=Confidence.SYMPTOM,
        example="! ##[error]The process '/usr/bin/git' failed with exit code 128",
    ),
    # Seen at https://github.com/mandiant/VM-Packages/issues/1448 and https://github.com/lowlighter/metrics/issues/731
    LogPattern(
        name="runner.time_limit",
        keywords=("exceeded the maximum execution time",),
        start=r"(?:##\[error\])?The job (?:running on runner .{0,200} )?has exceeded the maximum execution time",
        ends_job=True,
        outcome=Outcome.TIMED_OUT,
        example="""
! ##[error]The job running on runner GitHub Actions 7 has exceeded the maximum execution time of 360 minutes.
""",
    ),
    LogPattern(
        name="runner.step_time_limit",
        keywords=("has timed out after",),
        start=r"The action '.{0,300}' has timed out after \d{1,5} minutes",
        ends_job=True,
        fingerprint=".",
        outcome=Outcome.TIMED_OUT,
        example="! ##[error]The action 'Pick the pears' has timed out after 20 minutes.",
    ),
    # Seen at https://github.com/actions/runner/issues/2427
    LogPattern(
        name="runner.canceled",
        keywords=("##[error]",),
        start=r"##\[error\](?:Error: )?The (?:operation|run) was cancell?ed",
        confidence=Confidence.LIKELY,
        outcome=Outcome.CANCELLED,
        example="! ##[error]The operation was canceled.",
    ),
    LogPattern(
        name="runner.canceled_with_another",
        keywords=("##[error]",),
        start=r"##\[error\]The (?:job|strategy configuration) was cancell?ed because ",
        confidence=Confidence.LIKELY,
        outcome=Outcome.CANCELLED,
        example='! ##[error]The strategy configuration was canceled because "test.3_12" failed',
    ),
    # Seen at https://github.com/githedgehog/dataplane/pull/228 and https://github.com/rhysd/actionlint/issues/538
    LogPattern(
        name="runner.superseded",
        keywords=("##[error]",),
        start=r"##\[error\]Cancell?ing since a (?:higher priority waiting request|deadlock)",
        ends_job=True,
        outcome=Outcome.SUPERSEDED,
        example="! ##[error]Canceling since a higher priority waiting request for 'orchard-main' exists",
    ),
    # Seen at https://github.com/actions/runner/issues/2427
    LogPattern(
        name="runner.shutdown",
        keywords=("##[error]",),
        start=r"##\[error\]The runner has received a shutdown signal",
        ends_job=True,
        outcome=Outcome.RUNNER_LOST,
        example="""
! ##[error]The runner has received a shutdown signal. This can happen when the runner service is stopped, or a
""",
    ),
    # Seen at https://github.com/actions/runner/issues/2040 and https://github.com/actions/runner-images/issues/10401
    LogPattern(
        name="runner.lost",
        keywords=("##[error]",),
        start=r"##\[error\]The (?:(?:self-)?hosted )?runner.{0,200} lost communication with the server",
        ends_job=True,
        outcome=Outcome.RUNNER_LOST,
        example="""
! ##[error]The self-hosted runner: orchard-4 lost communication with the server. Verify the machine is running.
""",
    ),
    # Seen at https://github.com/actions/runner-images/issues/9812
    LogPattern(
        name="runner.broke",
        keywords=("error w",),
        start="(?:The hosted runner|GitHub Actions has) encountered an (?:internal )?error (?:while|when) running "
        "your job",
        ends_job=True,
        outcome=Outcome.RUNNER_LOST,
        example="! ##[error]The hosted runner encountered an error while running your job. (Error Type: Disconnect).",
    ),
    # Seen at https://github.com/spdk/spdk/issues/3876
    LogPattern(
        name="runner.not_acquired",
        keywords=("##[error]",),
        start=r"##\[error\](?:The job was not acquired by Runner|Received request to deprovision|Job (?:was|is) "
        "(?:about to be )?(?:terminated|canceled) by the remote provider)",
        ends_job=True,
        outcome=Outcome.RUNNER_LOST,
        example="! ##[error]The job was not acquired by Runner of type hosted even after multiple attempts",
    ),
    LogPattern(
        name="runner.none_online",
        keywords=("##[error]",),
        start=r"##\[error\]This request was automatically failed because there were no enabled runners",
        ends_job=True,
        outcome=Outcome.RUNNER_LOST,
        example="""
! ##[error]This request was automatically failed because there were no enabled runners online to process the request
""",
    ),
    # Seen at https://github.com/nodejs/admin/issues/980
    LogPattern(
        name="runner.billing",
        kind=FailureKind.PERMISSION,
        keywords=("##[error]",),
        start=r"##\[error\]The job was not started because ",
        ends_job=True,
        fingerprint=".",
        example="""
! ##[error]The job was not started because recent account payments have failed or your spending limit needs to be
""",
    ),
    # Seen at https://github.com/awalsh128/cache-apt-pkgs-action/issues/147
    LogPattern(
        name="runner.deprecated",
        kind=FailureKind.CONFIGURATION,
        keywords=("##[error]",),
        start=r"##\[error\]This request has been automatically failed because it uses a deprecated version",
        ends_job=True,
        fingerprint=".",
        example="! ##[error]This request has been automatically failed because it uses a deprecated version of",
    ),
    # Seen at https://github.com/bytecodealliance/rustix/issues/1441
    LogPattern(
        name="runner.brownout",
        kind=FailureKind.CONFIGURATION,
        keywords=("##[error]",),
        start=r"##\[error\].{0,200}\bbrownout\b",
        ends_job=True,
        example="! ##[error]This is a scheduled Orchard 20.04 brownout. The image is deprecated and will be removed.",
    ),
    # Seen at https://github.com/namin2/dependabot_jira/issues/6
    LogPattern(
        name="runner.unresolved_action",
        kind=FailureKind.CONFIGURATION,
        keywords=("unable to resolve action",),
        start="(?:Error: )?Unable to resolve action",
        example="! ##[error]Unable to resolve action `orchard/pick@v9`, unable to find version `v9`",
    ),
    # Seen at https://github.com/SamKirkland/FTP-Deploy-Action/issues/502
    # and https://github.com/fsfe/reuse-action/issues/9
    LogPattern(
        name="runner.action_not_found",
        kind=FailureKind.CONFIGURATION,
        keywords=("##[error]",),
        start=r"##\[error\](?:An action could not be found at the URI|Missing download info for |Could not find "
        r"file '.{1,300}action\.ya?ml')",
        example="! ##[error]Missing download info for orchard/pick@v2",
    ),
    # Seen at https://github.com/marocchino/sticky-pull-request-comment/issues/1760
    LogPattern(
        name="runner.action_download",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("failed to download a",),
        start="(?:Error: )?Failed to download a(?:rchive|ction) '",
        example="""
! ##[error]Failed to download archive 'https://codeload.example.com/orchard/pick/tar.gz/5f1e' after 3 attempts.
""",
    ),
    # Seen at https://github.com/cycjimmy/semantic-release-action/issues/55
    LogPattern(
        name="runner.no_action_file",
        kind=FailureKind.CONFIGURATION,
        keywords=("can't find 'action.y",),
        start=r"Can't find 'action\.ya?ml'",
        example="""
! ##[error]Can't find 'action.yml', 'action.yaml' or 'Dockerfile' under '/srv/work/orchard/.github/actions/pick'. Did
""",
    ),
    # Seen at https://github.com/philosowaffle/peloton-to-garmin/issues/547
    # and https://github.com/apache/fory/issues/2507
    LogPattern(
        name="runner.action_not_allowed",
        kind=FailureKind.CONFIGURATION,
        keywords=("##[error]",),
        start=r"##\[error\].{0,300}\b(?:is|are) not allowed (?:in|to be used in) ",
        example="""
! ##[error]orchard/pick@v1 is not allowed to be used in acme/pears. Actions in this workflow must be: created by
""",
    ),
    # Seen at https://github.com/python/cpython/issues/134046
    LogPattern(
        name="runner.invalid_template",
        kind=FailureKind.CONFIGURATION,
        keywords=("##[error]",),
        start=r"##\[error\](?:The (?:template|workflow|action definition) is not valid|Invalid workflow file)",
        body=r"##\[error\]|\S{1,200}\.ya?ml \(Line: \d",
        example="""
! ##[error]The template is not valid. .github/workflows/pick.yml (Line: 40, Col: 16): Error reading JToken from
""",
    ),
    # Seen at https://github.com/quarkusio/quarkus/issues/46708
    LogPattern(
        name="runner.evaluation",
        kind=FailureKind.CONFIGURATION,
        keywords=("error when evaluating",),
        start="Error when evaluating '",
        example="""
! ##[error]Error when evaluating 'strategy' for job 'pick'. .github/workflows/pick.yml (Line: 12, Col: 15): Matrix
""",
    ),
    # Seen at https://github.com/ophub/amlogic-s9xxx-armbian/pull/2878
    LogPattern(
        name="runner.no_start",
        kind=FailureKind.CONFIGURATION,
        keywords=("error occurred trying to start process",),
        start="An error occurred trying to start process '",
        example="! ##[error]An error occurred trying to start process '/usr/bin/bash' with working directory",
    ),
    LogPattern(
        name="runner.no_executable",
        kind=FailureKind.CONFIGURATION,
        keywords=("unable to locate executable file",),
        start="(?:Error: )?Unable to locate executable file: ",
        example="""
! ##[error]Unable to locate executable file: pearpress. Please verify either the file path exists or the file can be
""",
    ),
    LogPattern(
        name="runner.disabled_command",
        kind=FailureKind.CONFIGURATION,
        keywords=("unable to process command",),
        start="Unable to process command '",
        body=r"##\[error\]|The `",
        example="""
! ##[error]Unable to process command '::set-env name=PEAR::ripe' successfully.
> ##[error]The `set-env` command is disabled. Please upgrade to using Environment Files.
""",
    ),
    # Seen at https://github.com/docker-library/python/pull/852 and https://github.com/actions/github-script/issues/657
    LogPattern(
        name="runner.file_command",
        kind=FailureKind.CONFIGURATION,
        keywords=("unable to process file command",),
        start="Unable to process file command '",
        body=r"(?:##\[error\])?(?:Invalid|Matching) ",
        headline="(?:Invalid format|Invalid value|Matching delimiter)",
        example="""
> ##[error]Unable to process file command 'output' successfully.
! ##[error]Invalid format 'ripe pears'
""",
    ),
    # Seen at https://github.com/bridgecrewio/bridgecrew-action/issues/26
    LogPattern(
        name="runner.container",
        keywords=("##[error]",),
        start=r"##\[error\](?:Docker (?:pull|build|start|create|login) fail(?:ed)? with exit code|Failed to "
        "initialize container|One or more containers failed to start|Service container .{1,100} failed)",
        confidence=Confidence.SYMPTOM,
        example="! ##[error]Docker pull failed with exit code 1",
    ),
    # Seen at https://github.com/peaceiris/actions-gh-pages/issues/725
    # and https://github.com/14790897/MiqroForge-Desktop/issues/976
    LogPattern(
        name="runner.protected",
        kind=FailureKind.PERMISSION,
        keywords=("##[error]",),
        start=r"##\[error\](?:(?:Branch|Tag) .{1,300} is not allowed to deploy to |The deployment was rejected)",
        ends_job=True,
        fingerprint=".",
        example="""
! ##[error]Branch "pears" is not allowed to deploy to orchard-pages due to environment protection rules.
""",
    ),
    # Seen at https://github.com/hashicorp/terraform-github-actions/issues/63
    LogPattern(
        name="runner.exit_of_action",
        keywords=("failed with exit code",),
        start=r"(?:##\[error\])?(?:Docker (?:run|exec) failed|Final attempt failed\. Child_process exited"
        r"|Child_process exited) with (?:exit code|error code) \d",
        confidence=Confidence.SYMPTOM,
        example="! ##[error]Docker run failed with exit code 2",
    ),
)

# A full disk, or a limit of the file system.

_DISK = (
    LogPattern(
        name="disk.full",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("no space left on device", "there is not enough space on the disk"),
        priority=1,  # before csharp.exception
        start=".{0,600}(?:[Nn]o space left on device|There is not enough space on the disk)",
        ends_job=True,
        example=r"""
! cp: error writing 'dist/pears.tar': No space left on device
  . . . . . . . . . . . . . . . . . .
! System.IO.IOException: There is not enough space on the disk. : 'D:\work\pears.log'
""",
    ),
    LogPattern(
        name="disk.full_database",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("database or disk is full",),
        priority=1,  # before java.error
        start=r".{0,200}\bdatabase or disk is full",
        confidence=Confidence.LIKELY,
        example="! sqlite3.OperationalError: database or disk is full",
    ),
    LogPattern(
        name="disk.watchers",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("error: ",),
        start=r"(?:\w{0,40}Error: |.{0,80}failed .{0,80})?ENOSPC: System limit for number of file watchers reached",
        body=r"\s{2,8}at ",
        max_lines=4,
        example="! Error: ENOSPC: System limit for number of file watchers reached, watch '/srv/orchard/src'",
    ),
    LogPattern(
        name="disk.quota",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("disk quota exceeded", "edquot"),
        priority=2,  # before javascript.error
        start=".{0,300}(?:Disk quota exceeded|EDQUOT)",
        confidence=Confidence.LIKELY,
        example="""
! OSError: [Errno 122] Disk quota exceeded: '/srv/orchard/pears.bin'
! Error: EDQUOT: disk quota exceeded, write
""",
    ),
    LogPattern(
        name="disk.low",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("##[warning]",),
        start=r"##\[warning\]You are running out of disk space",
        confidence=Confidence.SYMPTOM,
        example="! ##[warning]You are running out of disk space. The runner will stop working. Free space left: 72 MB",
    ),
)

# Out of memory, as kernels, language runtimes and compilers report it.

_MEMORY = (
    LogPattern(
        name="memory.node_heap",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("fatal error: ",),
        start="FATAL ERROR: .{0,200}(?:heap out of memory|Allocation failed)",
        context_before=r"$|<--- (?:Last|JS)|\[\d{1,9}:\w{1,20}\] |=====|Security context",
        max_context=14,
        body=r"$|----- Native|\s{0,3}\d{1,3}: (?:0x|node)",
        max_lines=8,
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
    LogPattern(
        name="memory.java",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("outofmemoryerror",),
        start=r"(?:\[(?:ERROR|error)\] ?)?(?:.{0,200}[\s\"(:])?java\.lang\.OutOfMemoryError\b",
        body=r"(?:\[(?:ERROR|error)\] ?)?(?:\s{1,20}at |\s{0,20}\.{3} \d+ more|Caused by: )",
        max_lines=14,
        example="""
  starting the press
! Exception in thread "main" java.lang.OutOfMemoryError: Java heap space
>   at com.example.press.Press.turn(Press.java:31)
  bye
""",
    ),
    LogPattern(
        name="memory.java_native",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("failed; error=",),
        start=r".{0,120}os::commit_memory\(.{1,200}failed; error=",
        body="#",
        max_lines=6,
        example="""
! OpenJDK 64-Bit Server VM warning: INFO: os::commit_memory(0x00000000d5550000, 715849728, 0) failed; error='Not
> #
> # There is insufficient memory for the Java Runtime Environment to continue.
  bye
""",
    ),
    # Seen at https://github.com/adoptium/adoptium-support/issues/58
    LogPattern(
        name="memory.java_crash",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("fatal error has been detected",),
        start="# A fatal error has been detected by the Java Runtime Environment",
        body="#|$",
        max_lines=16,
        fingerprint="^# {1,4}(?:SIG|EXCEPTION_|Internal Error|Out of Memory)",
        example="""
! # A fatal error has been detected by the Java Runtime Environment:
> #
> #  SIGSEGV (0xb) at pc=0x00007f3b0f2c3c5e, pid=731, tid=732
  bye
""",
    ),
    # Seen at https://github.com/actions/runner/issues/2503 and https://github.com/cgeo/cgeo/issues/5963
    LogPattern(
        name="memory.gradle_daemon",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("unexpected",),
        start=".{0,80}build daemon disappeared unexpectedly",
        example="! Gradle build daemon disappeared unexpectedly (it may have been killed or may have crashed)",
    ),
    LogPattern(
        name="memory.compiler",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("out of memory",),
        start=r"(?:\S{1,200}: )?(?:out of memory allocating \d|LLVM ERROR: out of memory)",
        example="! cc1plus: out of memory allocating 65536 bytes after a total of 812 bytes",
    ),
    LogPattern(
        name="memory.virtual",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("cannot allocate memory",),
        start=r"(?:\S{1,200}: )?virtual memory exhausted",
        example="! virtual memory exhausted: Cannot allocate memory",
    ),
    LogPattern(
        name="memory.signal_killed",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("signal: killed",),
        start=r".{0,300}\bsignal: killed\b",
        example="! go build example.com/orchard: /opt/go/pkg/tool/linux_amd64/compile: signal: killed",
    ),
    LogPattern(
        name="memory.go",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("out of memory",),
        start="(?:fatal error: )?runtime: (?:out of memory|cannot allocate memory)",
        body="fatal error: ",
        max_lines=3,
        example="! fatal error: runtime: out of memory",
    ),
    LogPattern(
        name="memory.kernel",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("out of memory",),
        start=r".{0,120}\b(?:Out of memory: Kill(?:ed)? process|Memory cgroup out of memory)",
        example="! [ 1842.118] Out of memory: Killed process 4711 (press) total-vm:8123456kB",
    ),
    LogPattern(
        name="memory.container_killed",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("killed",),
        start=r"(?!.{0,300}OOMKilled\"?[:=] ?\"?false).{0,300}\bOOMKilled\b",
        example="!     Reason:       OOMKilled",
    ),
    LogPattern(
        name="memory.php",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("fatal error",),
        priority=1,  # before php.fatal
        start="(?:PHP )?Fatal error: {1,2}(?:Allowed memory size of|Out of memory)",
        example="""
! PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate 20480 bytes) in press.php on
""",
    ),
    LogPattern(
        name="memory.refused",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("cannot allocate memory",),
        start=r"(?!\w{1,80}(?:Error|Exception)\b).{0,300}: Cannot allocate memory",
        confidence=Confidence.LIKELY,
        example="! ./press.sh: fork: Cannot allocate memory",
    ),
)

# Processes that a signal ended, as shells and system libraries report it, and ports in use.

_PROCESSES_OF_A_SCRIPT = r"\S{1,300}: (?:line )?\d{1,6}: {1,6}\d{1,9} "
_PROCESSES_OF_THE_STEP = r"\S{0,300}_temp[/\\]\S{1,80}: line \d{1,6}: {1,6}\d{1,9} "

_PROCESSES = (
    LogPattern(
        name="process.killed",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("killed",),
        start="Killed(?:: 9)?$",
        example="""
  linking
! Killed
""",
    ),
    LogPattern(
        name="process.step_killed",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("killed",),
        start=_PROCESSES_OF_THE_STEP + r"Killed\b",
        example="! /srv/work/_temp/3e1f.sh: line 1:  4711 Killed                  ./press --all",
    ),
    LogPattern(
        name="process.script_killed",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("killed",),
        start=_PROCESSES_OF_A_SCRIPT + r"Killed\b",
        confidence=Confidence.LIKELY,
        example="! ./press.sh: line 3:  4711 Killed                  ./press --all",
    ),
    LogPattern(
        name="process.segfault",
        keywords=("segmentation fault",),
        priority=1,  # before process.script_segfault
        start=r"(?:(?:/bin/)?(?:ba|z|da)?sh: (?:line )?(?:\d{1,6}: )?(?:\d{1,9} )?)?Segmentation fault",
        context_before=r"\[ RUN      \] ",
        max_context=1,
        example="! Segmentation fault (core dumped)",
    ),
    LogPattern(
        name="process.script_segfault",
        keywords=("segmentation fault",),
        start=_PROCESSES_OF_A_SCRIPT + r"Segmentation fault",
        example="! /srv/work/_temp/3e1f.sh: line 1:  4711 Segmentation fault      (core dumped) ./press --all",
    ),
    LogPattern(
        name="process.illegal_instruction",
        keywords=("illegal instruction",),
        start=r"(?:\S{1,300}: (?:line )?\d{1,6}: {1,6}\d{1,9} )?Illegal instruction",
        example="! ./press.sh: line 3:  4711 Illegal instruction     (core dumped) ./press",
    ),
    LogPattern(
        name="process.core_dumped",
        keywords=("core dumped",),
        start=r"(?:\S{1,300}: (?:line )?\d{1,6}: {1,6}\d{1,9} )?(?:Floating point exception|Trace/breakpoint trap"
        "|Bad system call)",
        example="! ./press.sh: line 3:  4711 Floating point exception(core dumped) ./press",
    ),
    LogPattern(
        name="process.bus_error",
        keywords=("bus error",),
        start=r"(?:\S{1,300}: (?:line )?\d{1,6}: {1,6}\d{1,9} )?Bus error(?:: 10)?(?: {2,}|$)",
        example="! Bus error: 10",
    ),
    LogPattern(
        name="process.python_fatal",
        keywords=("fatal python error",),
        start=r"(?:\S{1,300} [.FEsxX]{0,200})?Fatal Python error: ",
        body=r"$|(?:Current t|T)hread 0x|\s{1,4}File |\s{1,4}\.\.\.|Python runtime state|Extension modules",
        max_lines=40,
        example="""
! Fatal Python error: Segmentation fault
>
> Current thread 0x00007f1c2b3fe740 (most recent call first):
>   File "/srv/orchard/press.py", line 12 in turn
>   File "/srv/orchard/cli.py", line 31 in main
  bye
""",
    ),
    LogPattern(
        name="process.gdb",
        keywords=("segmentation fault",),
        start=".{0,80}(?:Program (?:received|terminated with) signal SIG|Caught signal 11)",
        body=r"0x\w{1,20} in |#\d{1,3} ",
        max_lines=20,
        example="! Program received signal SIGSEGV, Segmentation fault.",
    ),
    LogPattern(
        name="process.heap",
        keywords=("invalid",),
        start=r"(?:\*\*\* .{0,200})?(?:free|munmap_chunk|realloc)\(\): invalid (?:pointer|size|next size)",
        body=r"(?:\S{1,300}: (?:line )?\d{1,6}: {1,6}\d{1,9} )?Aborted",
        max_lines=2,
        example="! free(): invalid pointer",
    ),
    LogPattern(
        name="process.glibc",
        keywords=("error in `",),
        start=r"\*\*\* (?:glibc detected|Error in `)",
        body=r"=+ (?:Backtrace|Memory map)|\S{1,200}\(.{0,200}\)?\[0x",
        max_lines=12,
        example="! *** Error in `./press': double free or corruption (fasttop): 0x0000000001e3c010 ***",
    ),
    LogPattern(
        name="process.cannot_fork",
        kind=FailureKind.INFRASTRUCTURE,
        keywords=("cannot fork",),
        start=r".{0,200}\b[Cc]annot fork\b",
        confidence=Confidence.LIKELY,
        example="! ./press.sh: line 9: cannot fork: Resource temporarily unavailable",
    ),
    LogPattern(
        name="process.exited_by_signal",
        keywords=("exited with ",),
        start=r"(?:[\w.-]{1,80} )?exited with (?:exit )?code (?:13[24579])\b",
        confidence=Confidence.LIKELY,
        example="! press_1 exited with code 137",
    ),
    LogPattern(
        name="process.timeout_command",
        kind=FailureKind.TIME_LIMIT,
        keywords=("timeout: ",),
        start="timeout: (?:sending signal|the monitored command|failed to run command)",
        example="! timeout: sending signal TERM to command './press'",
    ),
    LogPattern(
        name="process.no_display",
        kind=FailureKind.CONFIGURATION,
        keywords=("could not",),
        start=r"(?:qt\.qpa\.\w{1,20}: |This application failed to start because ).{0,80}[Cc]ould not (?:load the Qt "
        "platform plugin|connect to display)",
        body=r"qt\.qpa|This application failed|$|Available platform",
        max_lines=8,
        headline="could not connect|Could not load",
        example="""
! qt.qpa.xcb: could not connect to display
> qt.qpa.plugin: Could not load the Qt platform plugin "xcb" in "" even though it was found.
> This application failed to start because no Qt platform plugin could be initialized.
""",
    ),
    LogPattern(
        name="process.cannot_open_display",
        kind=FailureKind.CONFIGURATION,
        keywords=("cannot",),
        start=r".{0,200}\bcannot (?:open|connect to)(?: the)?(?: X)? (?:display|server)",
        confidence=Confidence.LIKELY,
        example="! press: cannot open display: :99",
    ),
)

PATTERNS = (
    *_RUNNER,
    *_DISK,
    *_MEMORY,
    *_PROCESSES,
)
