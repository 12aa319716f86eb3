"""Stack traces of each language."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.log_pattern import Confidence, LogPattern
from ci_failure_tracker.model import FailureKind

# Tracebacks of Python: chained, grouped, and indented by another tool.

_TRACE_PYTHON_RAISED = r"[A-Za-z_][\w.<>]{0,200}(?:: |:?$)"
_TRACE_PYTHON_RAISED_INSIDE = (
    r"\s{1,40}[A-Za-z_][\w.]{0,200}(?:Error|Exception|Warning|Interrupt|Exit|Found|Expired)(?:: |:?$)"
)

_TRACE_PYTHON = (
    LogPattern(
        name="python.traceback",
        keywords=("traceback",),
        start=r"Traceback \(most recent call last\):",
        end=_TRACE_PYTHON_RAISED,
        body=r"\s|$",
        max_lines=400,
        headline=r"^" + _TRACE_PYTHON_RAISED,
        confidence=Confidence.LIKELY,
        example="""
  loading orchard.toml
> Traceback (most recent call last):
>   File "/srv/orchard/cli.py", line 12, in <module>
>     main()
>   File "/srv/orchard/cli.py", line 8, in main
>     trees["pear"]
>     ~~~~~^^^^^^^^
! KeyError: 'pear'
  done
""",
    ),
    LogPattern(
        name="python.chained",
        keywords=("above exception",),
        start=r"(?:During handling of the above exception, another|The above exception was the direct cause of)",
        end=_TRACE_PYTHON_RAISED,
        body=r"\s|$|Traceback ",
        max_lines=400,
        headline=r"^" + _TRACE_PYTHON_RAISED,
        confidence=Confidence.LIKELY,
        example="""
  Traceback (most recent call last):
    File "orchard.py", line 3, in pick
      trees["pear"]
  KeyError: 'pear'

> During handling of the above exception, another exception occurred:
>
> Traceback (most recent call last):
>   File "orchard.py", line 5, in <module>
>     raise RuntimeError("nothing to pick")
! RuntimeError: nothing to pick
  pear
""",
    ),
    LogPattern(
        name="python.inside",
        keywords=("traceback",),
        start=r"\s{1,40}Traceback \(most recent call last\):",
        end=_TRACE_PYTHON_RAISED_INSIDE,
        body=r"\s{1,80}\S",
        max_lines=400,
        headline=r"^" + _TRACE_PYTHON_RAISED_INSIDE,
        confidence=Confidence.LIKELY,
        example="""
    output of the worker
>     Traceback (most recent call last):
>       File "/srv/orchard/worker.py", line 4, in <module>
>         import barrels
!     ModuleNotFoundError: No module named 'barrels'
    end of output
""",
    ),
    LogPattern(
        name="python.group",
        keywords=("traceback",),
        start=r"\s{0,20}\+ Exception Group Traceback \(most recent call last\):",
        body=r"\s{0,80}[|+]",
        max_lines=400,
        headline=r"^\s{2,80}\| (?!ExceptionGroup|BaseExceptionGroup|Traceback)[A-Za-z_][\w.]{0,200}(?:: |$)",
        fingerprint=r"^\s{2,80}\| (?!Traceback)[A-Za-z_][\w.]{0,200}(?:: |$)",
        confidence=Confidence.LIKELY,
        example="""
>   + Exception Group Traceback (most recent call last):
>   |   File "orchard.py", line 9, in <module>
>   |     pick()
>   | ExceptionGroup: harvest (2 sub-exceptions)
>   +-+---------------- 1 ----------------
>     | Traceback (most recent call last):
>     |   File "orchard.py", line 4, in pear
>     |     raise ValueError("unripe")
!     | ValueError: unripe
>     +---------------- 2 ----------------
>     | Traceback (most recent call last):
>     |   File "orchard.py", line 6, in plum
>     |     raise OSError("ladder")
>     | OSError: ladder
>     +------------------------------------
  bye
""",
    ),
)

# Stack traces of Java, and those of Jenkins, which have a style of their own.

_TRACE_JAVA_LEVEL = r"(?:\[(?:error|ERROR)\] ?)?"
_TRACE_JAVA_TYPE = r"(?:[a-z_][\w$]{0,60}\.){1,15}[A-Z][\w$]{0,100}"
_TRACE_JAVA_GOES_ON = (
    _TRACE_JAVA_LEVEL
    + r"(?:\s{1,20}at |\s{0,20}\.{3} \d+ (?:more|common|elided)|\s{0,20}Caused by: |\s{0,20}Suppressed: "
    + r"|Caused: |Also: |Wrapped by: |\s+\[CIRCULAR)"
)

_TRACE_JAVA = (
    LogPattern(
        name="java.in_thread",
        keywords=("exception in thread",),
        start=_TRACE_JAVA_LEVEL + r'Exception in thread "',
        body=_TRACE_JAVA_GOES_ON,
        max_lines=400,
        confidence=Confidence.LIKELY,
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
    LogPattern(
        name="java.exception",
        keywords=("exception",),
        start=_TRACE_JAVA_LEVEL
        + r"(?:Caused by: |Caused: )?"
        + _TRACE_JAVA_TYPE
        + r"(?<=Exception)(?<!\.FlowInterruptedException)"
        r"(?:: (?!script returned exit code)|$)",
        body=_TRACE_JAVA_GOES_ON,
        max_lines=400,
        confidence=Confidence.LIKELY,
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
    LogPattern(
        name="java.error",
        keywords=("error",),
        start=_TRACE_JAVA_LEVEL + r"(?:Caused by: |Caused: )?" + _TRACE_JAVA_TYPE + r"(?<=Error)(?:: .|$)",
        body=_TRACE_JAVA_GOES_ON,
        max_lines=400,
        confidence=Confidence.LIKELY,
        example="""
! java.lang.NoClassDefFoundError: com/example/press/Barrel
>   at com.example.press.Main.main(Main.java:9)
  bye
""",
    ),
    LogPattern(
        name="java.launch",
        keywords=("could not",),
        start=r"Error: Could not (?:find or load main class|create the Java Virtual Machine)",
        body=r"Caused by: |Error: ",
        example="""
! Error: Could not find or load main class com.example.press.Main
> Caused by: java.lang.ClassNotFoundException: com.example.press.Main
  bye
""",
    ),
)

# JavaScript errors as Node prints them.

_TRACE_NODE_GOES_ON = (
    r"\s{2,40}(?:at |\[?\w{1,40}\]?: |\]|\w{0,60}Error: |\.{3} \d+ lines)|Require stack:$|- \S|[}\]],?$|\s{4}'"
)
_TRACE_NODE_LEAD = (
    r"$|\s{0,300}\^{1,300}$|(?:node:|file:|/|[A-Z]:\\|\[eval|internal/)\S{0,400}:\d{1,7}$|.{0,300}\bthrow\b"
)

_TRACE_NODE = (
    LogPattern(
        name="javascript.error",
        keywords=("error",),
        priority=1,  # before the patterns that match anywhere in a line
        start=r"(?!SyntaxError|IndentationError|TabError"
        r"|.{0,400}\.ps1:\d{1,6}$"
        r"|Error: (?:No tests found|ERR_PNPM_|execution of an external program|While constructing|The updater "
        r"encountered|\[S-))"
        r"(?:Uncaught )?(?:\[?[A-Z]\w{0,80})?Error(?: \[\w{1,80}\])?: \S",
        context_before=_TRACE_NODE_LEAD,
        body=_TRACE_NODE_GOES_ON,
        max_lines=100,
        confidence=Confidence.LIKELY,
        example="""
  > node orchard.js
> node:internal/modules/cjs/loader:1210
>   throw err;
>   ^

! Error: Cannot find module './baskets'
> Require stack:
> - /srv/orchard/orchard.js
>     at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)
>     at node:internal/main/run_main_module:28:49 {
>   code: 'MODULE_NOT_FOUND',
>   requireStack: [ '/srv/orchard/orchard.js' ]
> }

  Node.js v20.11.0
""",
    ),
    LogPattern(
        name="javascript.assertion",
        keywords=("assertionerror [err_assertion]",),
        priority=2,  # before javascript.error
        start=r"(?:Uncaught )?AssertionError \[ERR_ASSERTION\]: ",
        context_before=_TRACE_NODE_LEAD,
        body=_TRACE_NODE_GOES_ON + r"|$|[+-]\s|\s{2}|[^\s:]{1,200} !== ",
        max_lines=40,
        confidence=Confidence.LIKELY,
        headline=r"AssertionError \[",
        example="""
! AssertionError [ERR_ASSERTION]: Expected values to be strictly deep-equal:
> + actual - expected
>
>   {
> +   tea: 1
> -   tea: 2
>   }
>     at Object.<anonymous> (/srv/shop/main.js:2:8)
  bye
""",
    ),
    LogPattern(
        name="javascript.rejection_note",
        keywords=("error",),
        start=r"\(node:\d{1,9}\) UnhandledPromiseRejectionWarning: Unhandled promise rejection",
        confidence=Confidence.SYMPTOM,
        example="""
! (node:731) UnhandledPromiseRejectionWarning: Unhandled promise rejection. This error originated (rejection id: 1)
""",
    ),
)

# Uncaught exceptions of Ruby and rake.


_TRACE_RUBY = (
    LogPattern(
        name="ruby.rake",
        wrapper_lines=60,
        keywords=("rake aborted!",),
        start=r"rake aborted!$",
        end=r"\(See full trace by running task with --trace\)",
        body=r"\S|\s{1,8}\S|$",
        max_lines=60,
        headline=r"^(?!rake aborted!)\S",
        confidence=Confidence.LIKELY,
        example="""
> rake aborted!
! Don't know how to build task 'harvest' (see --tasks)
> /srv/orchard/Rakefile:3:in `<top (required)>'
>
> (See full trace by running task with --trace)
  bye
""",
    ),
    LogPattern(
        name="ruby.rails",
        wrapper_lines=60,
        keywords=("rails aborted!",),
        start=r"(?:bin/)?rails aborted!$",
        end=r"\(See full trace by running task with --trace\)",
        body=r"\S|\s{1,8}\S|$",
        max_lines=60,
        headline=r"^(?!(?:bin/)?rails aborted!)\S",
        confidence=Confidence.LIKELY,
        example="""
> rails aborted!
! ActiveRecord::NoDatabaseError: We could not find your database: orchard_test
> /srv/orchard/bin/rails:4:in `require'
> Tasks: TOP => db:schema:load
> (See full trace by running task with --trace)
""",
    ),
)

# Panics and fatal errors of Go programs.

_TRACE_GO_GOES_ON = (
    r"$|\s{0,40}panic: |\[signal |\[recovered\]|goroutine \d|\t|\s{4,8}/|[\w./-]{2,200}\(|created by |exit status \d"
    r"|runtime stack:|r\w{1,5}\s{1,8}0x|\.\.\.additional frames"
)

_TRACE_GO = (
    LogPattern(
        name="go-program.panic",
        keywords=("panic: ",),
        start=r"panic: ",
        body=_TRACE_GO_GOES_ON,
        max_lines=200,
        confidence=Confidence.LIKELY,
        example="""
  picking
! panic: assignment to entry in nil map
>
> goroutine 1 [running]:
> main.pick(...)
>         /srv/orchard/main.go:3
> main.main()
>         /srv/orchard/main.go:9 +0x74
> exit status 2
  make the next
""",
    ),
    LogPattern(
        name="go-program.fatal",
        keywords=("fatal error: ",),
        start=r"fatal error: (?:all goroutines|concurrent map|unexpected signal|stack overflow|sync: |runtime: )",
        body=_TRACE_GO_GOES_ON,
        max_lines=200,
        confidence=Confidence.LIKELY,
        example="""
! fatal error: all goroutines are asleep - deadlock!
>
> goroutine 1 [chan receive]:
> main.main()
>         /srv/orchard/main.go:5 +0x37
  bye
""",
    ),
)

# Panics of Rust programs, before and since Rust 1.73.

_TRACE_RUST = (
    LogPattern(
        name="rust-program.panic_quoted",
        keywords=("panicked at '",),
        start=r"thread '.{0,200}' panicked at '",
        body=r"\s{0,8}(?:left|right): |stack backtrace:|\s{1,6}\d{1,4}: |\s{6,40}at |note: ",
        max_lines=100,
        confidence=Confidence.LIKELY,
        example="""
! thread 'main' panicked at 'no pears left', src/main.rs:4:9
> note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
  bye
""",
    ),
    LogPattern(
        name="rust-program.panic",
        keywords=("panicked at ",),
        start=r"thread '.{0,200}'(?: \(\d{1,12}\))? panicked at (?!')",
        end=r"note: ",
        body=r"\S|\s",
        max_lines=60,
        headline=r"^(?!thread '|note: |stack backtrace)\S",
        confidence=Confidence.LIKELY,
        example="""
> thread 'main' panicked at src/main.rs:4:9:
! no pears left
> note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
  bye
""",
    ),
)

# Uncaught exceptions and assertions of C and C++ programs.

_TRACE_CPP_HOW = r"\s{1,4}what\(\): "

_TRACE_CPP = (
    LogPattern(
        name="cpp.aborted",
        keywords=("abort",),
        start=r"(?:\S{1,200}: line \d{1,6}: {1,4}\d{1,9} )?Aborted(?:$| {2}| \(core)",
        context_before=r"terminate called |" + _TRACE_CPP_HOW + r"|.{1,300}: Assertion `.{1,300}' failed\.",
        max_context=3,
        headline=_TRACE_CPP_HOW + r"|Assertion `",
        confidence=Confidence.LIKELY,
        example="""
> terminate called after throwing an instance of 'std::bad_alloc'
!   what():  std::bad_alloc
> run.sh: line 3:  4711 Aborted                 (core dumped) ./press
""",
    ),
    LogPattern(
        name="cpp.sanitizer",
        kind=FailureKind.TEST,
        keywords=("error: ",),
        start=r"==\d{1,9}==\s{0,2}ERROR: \w{1,30}Sanitizer: ",
        body=r"\s{1,8}\S|$|(?:READ|WRITE) of size |0x\w{1,20} is located|(?:previously )?(?:freed|allocated) by "
        r"|SUMMARY: |(?:Indirect|Direct) leak of ",
        max_lines=80,
        example="""
! ==4711==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x0000004c3e
> READ of size 4 at 0x602000000010 thread T0
>     #0 0x4c3e1a in turn(int) /srv/press/press.cpp:31:9
>
> SUMMARY: AddressSanitizer: heap-use-after-free /srv/press/press.cpp:31:9 in turn(int)
  bye
! ==4712==ERROR: LeakSanitizer: detected memory leaks
>
> Direct leak of 40 byte(s) in 1 object(s) allocated from:
>     #0 0x4c3e1a in main /srv/press/press.c:2
  bye
""",
    ),
    LogPattern(
        name="cpp.thread_sanitizer",
        keywords=("warning: threadsanitizer: ",),
        start=r"WARNING: ThreadSanitizer: ",
        body=r"\s{2,8}\S|$|SUMMARY: ",
        max_lines=80,
        example="""
  ==================
! WARNING: ThreadSanitizer: data race (pid=4711)
>   Read of size 4 at 0x555555558054 by main thread:
>     #0 main /srv/press/press.c:3 (press+0x1242)
>
> SUMMARY: ThreadSanitizer: data race /srv/press/press.c:3 in main
  ==================
""",
    ),
)

# Fatal errors and uncaught exceptions of PHP.

_TRACE_PHP = (
    LogPattern(
        name="php.fatal",
        keywords=(" error: ",),
        start=r"(?:PHP )?(?:Fatal|Parse|Recoverable fatal|Core|Compile) error: {1,2}(?!Uncaught )\S",
        example='! PHP Parse error:  syntax error, unexpected token "}" in /srv/orchard/pick.php on line 7',
    ),
)

# Exceptions of Elixir and Erlang.

_TRACE_BEAM = (
    LogPattern(
        name="elixir.error",
        keywords=("error) ",),
        start=r"\*\* \((?:(?:[A-Z][\w.]{0,150})?Error)\) ",
        body=r"\s{4,8}\S|$",
        max_lines=60,
        confidence=Confidence.LIKELY,
        example="""
! ** (RuntimeError) the basket is empty
>     (orchard 0.1.0) lib/orchard.ex:7: Orchard.pick/1
>     (elixir 1.15.0) lib/code.ex:543: Code.require_file/2
  bye
""",
    ),
    LogPattern(
        name="erlang.boot",
        keywords=("init terminating in ",),
        start=r"\{?\"?init terminating in do_boot",
        body=r"\{?\"?init terminating in do_boot|$|Crash dump is being written",
        example="""
! {"init terminating in do_boot",{{badmatch,2},[{erl_eval,expr,6,[]}]}}
> init terminating in do_boot ({{badmatch,2},[{erl_eval,expr,6,[]}]})
>
> Crash dump is being written to: erl_crash.dump...done
""",
    ),
    # Seen at https://github.com/dnsimple/exdns/issues/3 and https://github.com/elixir-lang/elixir/issues/2654
    LogPattern(
        name="elixir.exit",
        keywords=("** (mix) ", "** (exit", "** (throw) "),
        start=r"\*\* \((?:Mix|exit|throw|EXIT from #PID<[\d.]{1,20}>)\) \S",
        body=r"\s{4,12}\S",
        max_lines=20,
        confidence=Confidence.LIKELY,
        headline=r"^\*\* \((?!EXIT)|^\s{4}\*\* \(",
        example="""
  ==> orchard
! ** (Mix) Encountered compilation errors
  done
> ** (EXIT from #PID<0.45.0>) an exception was raised:
!     ** (ArgumentError) the basket is empty
>         (elixir) lib/exception.ex:48: Exception.message/1
  done
! ** (throw) :no_pears
>     pick.exs:1: (file)
  done
""",
    ),
)

# Stack tracebacks of Lua.

_TRACE_LUA = (
    LogPattern(
        name="lua.traceback",
        keywords=("traceback",),
        start=r"stack traceback:$",
        context_before=r"\S{0,200}(?:lua|love|nvim)\S{0,100}: .|Error: .|.{1,300}\.lua:\d{1,6}: .|\tno f",
        max_context=40,
        body=r"\s{1,8}(?:\[C\]|\[string|\S{1,300}:|\(\.\.\.)",
        max_lines=60,
        headline=r"^(?!stack traceback:)\S",
        confidence=Confidence.LIKELY,
        example="""
! lua5.4: pick.lua:1: attempt to index a nil value (local 'basket')
> stack traceback:
>   pick.lua:1: in local 'pick'
>   pick.lua:2: in main chunk
>   [C]: in ?
  bye
""",
    ),
)

# Errors of R scripts and of the package installer of R.

_TRACE_R = (
    LogPattern(
        name="r.error_in",
        keywords=("error in ",),
        start=r"Error in .{1,1000} : ?|Error in .{1,1000}:$",
        body=r" {2,4}\S|Calls: |Execution halted|In addition: |Warning message",
        max_lines=20,
        headline=r"^ {2}\S|^Error in .{1,1000} : \S",
        confidence=Confidence.LIKELY,
        example="""
! Error in library(orchard) : there is no package called 'orchard'
> Calls: pick -> library
> Execution halted
  bye
""",
    ),
)

# Errors of Windows PowerShell and PowerShell 7.

_TRACE_POWERSHELL = (
    LogPattern(
        name="powershell.record",
        keywords=("fullyqualifiederrorid",),
        start=r"\s{1,8}\+ FullyQualifiedErrorId ?: ",
        context_before=r"\s{0,8}\+ |At .{1,300}:\d{1,6} char:\d{1,5}|\S.{0,200} ?: \S|[\w'\"].{0,300}\.$"
        r"|(?!##\[)\S.{70,300}$|\s{4}",  # a line that the console wrapped
        max_context=9,
        headline=r"^\S{1,200} ?: \S",
        confidence=Confidence.LIKELY,
        example="""
  picking
! pick-pear : The term 'pick-pear' is not recognized as the name of a cmdlet, function, or script file, or an operable
> program in this orchard. Check the spelling of the name, or if a path was included, verify that it is correct and
> try again.
> At D:\\orchard\\run.ps1:3 char:1
> + pick-pear -All
> + ~~~~~~~~~
>     + CategoryInfo          : ObjectNotFound: (pick-pear:String) [], CommandNotFoundException
>     + FullyQualifiedErrorId : CommandNotFoundException
""",
    ),
    # Seen at https://github.com/microsoft/ps-rule/issues/150
    # and https://github.com/Azure/Azure-Governance-Visualizer-Accelerator/issues/24
    LogPattern(
        name="powershell.concise",
        keywords=("line |",),
        start=r"Line \|$",
        context_before=r"\S.{0,400}: (?:[A-Z]:)?\S{1,400}\.psm?1:\d{1,6}$",
        max_context=1,
        body=r"\s{0,8}\d{0,6} {1,2}\| ",
        max_lines=14,
        headline=r"^\s{5,9}\| {1,4}[^\s~]",
        example="""
> pick.ps1: /srv/work/_temp/f38679bf.ps1:2
> Line |
>    2 |  /srv/work/_actions/orchard/pick.ps1 -Ripe …
>      |  ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
!      | The term '/srv/work/_actions/orchard/pick.ps1' is not recognized as a name of a
>      | cmdlet, function, script file, or executable program. Check the spelling
  ##[error]Process completed with exit code 1.
""",
    ),
)

# Backtraces of Emacs Lisp.

_TRACE_EMACS = (
    LogPattern(
        name="emacs.debugger",
        keywords=("debugger entered--lisp error",),
        start=r"Debugger entered--Lisp error: ",
        body=r"\s{2}\S",
        max_lines=100,
        confidence=Confidence.LIKELY,
        example="""
! Debugger entered--Lisp error: (void-variable basket)
>   (orchard-pick basket)
>   eval((orchard-pick basket) t)
>   command-line()
  bye
""",
    ),
    LogPattern(
        name="emacs.signal",
        keywords=("signal(error",),
        start=r"\s{0,4}signal\(error \(",
        body=r"\s{1,4}\S",
        max_lines=100,
        confidence=Confidence.LIKELY,
        example="""
  Opening the orchard...
!   signal(error ("No such orchard"))
>   error("No such orchard")
>   orchard-open()
>   command-line()
  bye
""",
    ),
)

# Call stacks of Haskell.

_TRACE_HASKELL = (
    LogPattern(
        name="haskell.error",
        keywords=("error, called at",),
        start=r"\s{1,8}error, called at ",
        context_before=r"CallStack \(from HasCallStack\):|[\w.-]{1,60}: \S",
        max_context=2,
        body=r"\s{1,8}\w{1,80}, called at ",
        headline=r"^(?!CallStack)\S",
        confidence=Confidence.LIKELY,
        example="""
! orchard: no pears left
> CallStack (from HasCallStack):
>   error, called at src/Orchard.hs:7:9 in orchard-0.1-inplace:Orchard
>   pick, called at app/Main.hs:3:8 in main:Main
  bye
""",
    ),
)

# Perl programs that die.

_TRACE_PERL = (
    LogPattern(
        name="perl.module",
        keywords=("can't locate ",),
        start=r"Can't locate (?:\S{1,200}\.p[ml] in @INC|object method )",
        body=r"BEGIN failed|Compilation failed",
        example="""
! Can't locate Orchard/Basket.pm in @INC (you may need to install the Orchard::Basket module) at pick.pl line 1.
> BEGIN failed--compilation aborted at pick.pl line 1.
  bye
""",
    ),
    LogPattern(
        name="perl.aborted",
        keywords=("aborted due to compilation errors",),
        start=r"Execution of .{1,300} aborted due to compilation errors",
        context_before=r"Global symbol |Bareword |.{1,300} at \S{1,200} line \d{1,6}[.,]",
        headline=r"^(?!Execution of )\S",
        confidence=Confidence.LIKELY,
        example="""
! Global symbol "$pear" requires explicit package name (did you forget to declare "my $pear"?) at pick.pl line 2.
> Execution of pick.pl aborted due to compilation errors.
""",
    ),
)

PATTERNS = (
    *_TRACE_PERL,
    *_TRACE_HASKELL,
    *_TRACE_PYTHON,
    *_TRACE_JAVA,
    *_TRACE_NODE,
    *_TRACE_RUBY,
    *_TRACE_GO,
    *_TRACE_RUST,
    *_TRACE_CPP,
    *_TRACE_PHP,
    *_TRACE_BEAM,
    *_TRACE_LUA,
    *_TRACE_R,
    *_TRACE_POWERSHELL,
    *_TRACE_EMACS,
)
