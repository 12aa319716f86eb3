"""What a signature ignores, and what it keeps: one table of masks.

The signature is the same whenever the cause is the same. So what varies from run to run is masked, and what names the
cause is kept. The rows apply from top to bottom. Each one sees what the rows above it left. Each row has an example.
The tests prove with it that the row is needed. If a change gives a line another signature, raise VERSION in
`signature.py`: issues carry the old signatures.
"""

from __future__ import annotations

from dataclasses import dataclass

BLANK = "º"
"""Stands for everything that was masked. A number in one run can be a hash in the next."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Something that varies while the cause stays the same, and what replaces it.

    name         what is masked
    pattern      is searched in the line
    replacement  as `re.sub` takes it
    example      two lines of the same cause that differ without this mask
    needs        if this is not found in a line, the line is skipped: a shortcut that changes no result
    """

    name: str
    pattern: str
    replacement: str
    example: tuple[str, str]
    needs: str = ""


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that names the cause although it looks like what varies. The rows below do not see its digits.

    name         what is kept
    pattern      is searched in the line
    example      two lines of different causes that would be equal without this row
    needs        if this is not found in a line, the line is skipped: a shortcut that changes no result
    """

    name: str
    pattern: str
    example: tuple[str, str]
    needs: str = ""


# A match tests what stands before it after its own first character. The engine can then jump from one such character to
# the next. That is several times as fast as a look behind at every place of a line.
_ALONE = r"(?<![^\W_].)"
"""After the first character of a match: no letter and no digit stands before it. An underscore may."""

_END = r"(?![^\W_])"
_SEGMENT = r"[^\s/':;,()<>|\[\]{}]{1,100}"
_PATH = r"(?<![\w.~$})\]/-])(?:file://)?"
_WORKSPACE = (
    r"(?:(?:[A-Za-z]:/a|/__w|/home/runner/work|/Users/runner/work|/home/travis/build|/builds"
    rf"|(?:[A-Za-z]:)?(?:/[\w.-]{{1,60}}){{0,6}}/_work)/(?!_){_SEGMENT}/{_SEGMENT}"
    r"|/github/workspace|/(?:home/circleci|root)/project|/workspace(?:s/[\w.-]{1,60})?|/usr/src/app|/bitrise/src|/drone/src"
    rf"|(?:/[\w.-]{{1,60}}){{0,3}}/go/src/[\w-]{{1,40}}\.[\w.]{{1,40}}/{_SEGMENT}/{_SEGMENT}"
    rf"|(?:/[\w.-]{{1,60}}){{1,5}}/workspace/{_SEGMENT})"
)
_SOURCE = (
    r"(?:[ch]|cc|hh|[chi](?:pp|xx)|inl?|inc|mm?|asm|f(?:90)?|rs|go|d|nim|zig|py[xi]?|rb|erb|php[t]?|p[lm]|lua|tcl|vim|el|[rR]|jl"
    r"|[jt]sx?|[cm][jt]s|vue|svelte|html?|s?css|less|java|kts?|groovy|gradle|scala|clj[cs]?|cs|fs|vb|\w{2,3}proj|swift|dart"
    r"|hs|purs|elm|mli?|exs?|[eh]rl|sh|bash|bats|ps1|bat|sql|proto|graphql|tf|hcl|bzl|cmake|make?|md|rst|tex|txt|toml|ya?ml"
    r"|json|xml|cfg|conf|ini|lock|feature|snap|ipynb)"
)
"""Extensions of the files that a repository holds."""

_DIRECTORY = (
    r"(?:src|lib|libs|tests?|__tests__|specs?|e2e|app|apps|cmd|pkg|pkgs|internal|packages|include|sources?|crates|modules"
    r"|components|projects|examples?|docs?|scripts|tools|node_modules|vendor|\.github)"
)
"""Directories at the top of many repositories."""

_TEMP = (
    r"/(?<![\w.~$})\]-].)(?<![^/]/.)(?:(?:private/)?(?:var/)?tmp|(?:private/)?var/folders/\w{1,40}/\w{1,60}/[A-Z]"
    r"|Users/[\w.~-]{1,60}/AppData/Local/Temp|(?:[\w.-]{1,60}/){1,6}_temp)/"
)
_IN_TEMP = r"/(?<![\w.~$})\]-].)(?<![^/]/.)tmp/"
_MONTH = (
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:t|tember)?|Oct(?:ober)?"
    "|Nov(?:ember)?|Dec(?:ember)?)(?![A-Za-z])"
)
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?(?:[.,][0-9]{1,9})?"
_HEX = "[0-9A-Fa-f]"
_POD = "[bcdf-hj-np-tv-xz24-9]"
_AMOUNT = r"[0-9](?<![\w.].)[0-9]{0,14}(?>(?:[.:,][0-9]{1,9})*) ?"
_DURATION = r"(?:[mnuµμ]?s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|millis|milliseconds?)(?![A-Za-z_])"
_SIZE = r"(?:[kKMGTP]i?[bB]|[bB]ytes?|B)(?:/s)?(?![\w-])"
_TALLIED = (
    r"(?i:failed|failures?|failing|passed|passing|skipped|errors?|errored|warnings?|xfailed|xpassed|deselected|reruns?"
    r"|pending|todo|total|ignored|measured|filtered out|tests?|problems?|flaky|did not run|succeeded|cancelled)"
    r"(?![\w:-]| -?[0-9\uff10-\uff19])"
)
_SERVICE = r"(?:22|25|53|80|443|1433|1521|2181|2375|2379|3306|4444|5432|5672|6379|9042|9092|9200|11211|27017)(?![\w.])"

TABLE: tuple[Mask | Kept, ...] = (
    # Spelling
    Mask("quotes", r'["`\u00b4\u2018-\u201f\u00ab\u00bb]', "'", ("no module ‘yaml’", 'no module "yaml"')),
    Mask("slashes", r"\\\\*", "/", (r"src\app\main.py is missing", "src/app/main.py is missing")),
    # Places
    Mask(
        "workspace",
        rf"{_PATH}{_WORKSPACE}/(?=[\w.@(\[{{~$-])| ?{_PATH}{_WORKSPACE}/?(?![\w./-])",
        "",
        (r"D:\a\shop\shop\src\cart.py:12: broken", "/home/runner/work/shop/shop/src/cart.py:9: broken"),
        needs=r"/(?:a|__w|_?work|build|builds|workspaces?|project|usr/src/app|(?:bitrise|drone|go)/src)(?![\w.-])",
    ),
    Mask(
        "place of temporary files",
        _TEMP,
        "/tmp/",  # noqa: S108 - a text, nothing is opened there
        ("cannot open /tmp/a.txt", "cannot open /var/folders/x1/zz9/T/a.txt"),
        needs="/(?:tmp|T(?:emp)?|_temp)/",
    ),
    Mask(
        "temporary file of letters",
        rf"({_IN_TEMP})[A-Za-z](?=[A-Za-z_-]{{4}})[A-Za-z_-]{{4,60}}(?![\w~+=/-]|\.\w)",
        rf"\1{BLANK}",
        ("cannot show /tmp/kwobeq, it is gone", "cannot show /tmp/tuplidams, it is gone"),
        needs="/tmp/",  # noqa: S108
    ),
    Mask(
        "temporary directory",
        rf"({_IN_TEMP})(?>(?:{_SEGMENT}/){{1,20}})",
        rf"\1{BLANK}/",
        ("cannot open /tmp/pytest-of-ci/pytest-3/out.txt", "cannot open /tmp/tmpw1/out.txt"),
        needs="/tmp/",  # noqa: S108
    ),
    Mask(
        "name in a temporary directory",
        r"(/tmp/)(?!(?!tmp)[A-Za-z]?[a-z]*(?:[-_.][a-z]+){0,6}(?![A-Za-z0-9_+~=.-]))[A-Za-z0-9_+~=.-]{1,120}?"
        r"(?=(?:\.[A-Za-z]{1,5})?(?![A-Za-z0-9_+~=.-]))",
        rf"\1{BLANK}",
        ("cannot read /tmp/build-Xk2p9Q", "cannot read /tmp/build-aYw7zT"),
    ),
    Mask(
        "temporary name",
        r"tmp(?<!\w...)(?:(?=[a-z_]{0,7}[0-9])[a-z0-9_]{8}|(?<=[/'].{3})[a-z0-9_]{8}"
        r"|\.(?=[A-Za-z]{0,9}[0-9A-Z])[A-Za-z0-9]{6,10})(?!\w)",
        BLANK,
        ("no directory tmpk3_x9aq2", "no directory tmp.Xk2p9QrT4w"),
        needs="tmp",
    ),
    Mask(
        "tool cache",
        rf"{_PATH}(?:[A-Za-z]:)?(?:/{_SEGMENT}){{0,5}}/(?:hostedtoolcache|_tool)/(?:windows/)?{_SEGMENT}/{_SEGMENT}/{_SEGMENT}/",
        "",
        (
            "/opt/hostedtoolcache/node/20.1.0/x64/bin/npx: broken",
            "/opt/hostedtoolcache/node/20.2.0/arm64/bin/npx: broken",
        ),
        needs="/(?:hostedtoolcache|_tool)/",
    ),
    Mask(
        "installed package",
        r"(?<![\w.~/-])[\w.~/-]{1,200}/(?:site|dist)-packages/",
        "site-packages/",
        (".venv/lib/python3.11/site-packages/yaml/reader.py", "/usr/lib/python3/dist-packages/yaml/reader.py"),
        needs="/(?:site|dist)-packages/",
    ),
    Mask(
        "home",
        rf"{_PATH}(?:[A-Za-z]:)?/(?:(?:home|Users)/[\w.~-]{{1,60}}|root)(?:/|(?![\w.-]))",
        "~/",
        ("/home/runner/.npmrc is not valid", "/Users/ci/.npmrc is not valid"),
        needs="/(?:home|Users|root)",
    ),
    Mask(
        "drive",
        r"(?<![^ ('<,])[A-Za-z]:(?=/[^/])",
        "",
        ("C:/tools/cc is missing", "D:/tools/cc is missing"),
        needs=":/[^/]",
    ),
    Mask(
        "root of a file of the repository",
        # A well-known root, or all before a well-known directory, or the first directory.
        rf"(?<![\w.~$}})\]/:-])(?:file://)?(?:~?/(?!(?:usr|etc|lib|lib64|bin|sbin|dev|proc|sys|nix|tmp|rustc|var/lib|opt/homebrew"
        r"|Library|System|Applications|\.)\b|go/pkg)"
        rf"(?:(?:app|src|code|work|repo|project|build|source)/|(?:[\w@+-][\w.@+-]{{0,60}}/){{1,8}}?(?={_DIRECTORY}/)"
        r"|(?:(?:opt|srv|mnt|data|media)/)?[\w@+-][\w.@+-]{0,60}/)|(?:\.{1,2}/){1,9})"
        rf"(?=(?:[\w.@+-]{{1,80}}/){{0,12}}[\w.@+-]{{1,80}}\.{_SOURCE}(?![\w/]))",
        "",
        ("/net/src/cart.c:12: error: broken", "/opt/net.git/src/cart.c:12: error: broken"),
        needs=r"/(?<![\w$})\]/:-].)[\w@+-]",
    ),
    Mask("padding", r"([\[(]) ", r"\1", ("[ 99%] cc1: out of memory", "[100%] cc1: out of memory")),
    Mask(
        "query of an address",
        rf"(https?://[^\s?']{{1,300}})\?[^\s'{BLANK}]++",
        rf"\1?{BLANK}",
        ("GET https://blob.example/a?sig=Ab%2F&se=x failed", "GET https://blob.example/a?sig=zZ%3D&se=y failed"),
    ),
    # Times
    Mask(
        "date and time",
        rf"[0-9]{_ALONE}[0-9]{{3}}([-/.])[0-9]{{2}}\1[0-9]{{2}}"
        r"(?:[T _-]?[0-9]{2}[:_.-][0-9]{2}(?:[:_.-][0-9]{2})?(?:[.,_][0-9]{1,9})?"
        rf"(?: ?Z| ?UTC|[+-][0-9]{{2}}:?[0-9]{{2}})?)?{_END}",
        BLANK,
        ("certificate expired at 2026-03-01T10:00:00Z", "certificate expired at 2026-04-02 11:30:00"),
        needs="[-/.][0-9]{2}[-/.][0-9]",
    ),
    Mask(
        "date in words",
        r"(?<![^\W_])(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]{0,6},? )?"
        rf"(?:[0-9]{{1,2}}[ -]{_MONTH}(?:[ -][0-9]{{2,4}}(?![0-9:]))?"
        rf"|{_MONTH}[ .][0-9]{{1,2}}(?![0-9:.])(?:,? [0-9]{{4}}(?![0-9:]))?)"
        rf"(?:,? {_CLOCK}(?: ?[AP]M)?(?: (?:[A-Z]{{3,4}}|[+-][0-9]{{4}}))?(?: [0-9]{{4}})?)?{_END}",
        BLANK,
        ("not valid before Mon, 02 Mar 2026 10:00:00 GMT", "not valid before Tue Apr 7 09:30:00 UTC 2026"),
        needs=_MONTH,
    ),
    Mask(
        "date in a name",
        r"20(?<![0-9]..)[0-9]{2}[01][0-9][0-3][0-9](?:[T_-]?[0-9]{6}(?:[0-9]{3})?Z?)?(?![0-9A-Za-z])",
        BLANK,
        ("missing backup_20260301.sql", "missing backup_20260402.sql"),
        needs="20",
    ),
    Mask(
        "time of day",
        r"[0-9](?<![\w:.].)[0-9]?:[0-9]{2}:[0-9]{2}(?:[.,][0-9]{1,9})?(?: ?[AP]M)?(?!\w|:[0-9])",
        BLANK,
        ("[10:31:07 PM] server is down", "[22:31:09.250] server is down"),
        needs=":[0-9]{2}:[0-9]",
    ),
    # Names that are generated for one run
    Mask(
        "UUID",
        rf"{_HEX}{_ALONE}{_HEX}{{7}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{4}}-{_HEX}{{12}}{_END}",
        BLANK,
        ("no volume 0b5a0a4e-13f0-4f3a-9a2b-0242ac120002", "no volume 9d7c1f62-88de-4c0e-b1a7-5e6f00aa31bc"),
        needs=f"-{_HEX}{{4}}-",
    ),
    Mask(
        "development version",
        r"[0-9](?<![^\W_v].)(?<![0-9º]\..)[0-9]{0,8}(?:\.[0-9]{1,9}){1,3}"
        r"(?:[-.]?(?:alpha|beta|rc|pre|post)[.-]?[0-9]{1,4})?"
        r"(?:[-.](?:SNAPSHOT|snapshot|dev|nightly|canary|next|0?\.?20[0-9]{12})|\+\w{1,60}|-[0-9]{1,6}-g[0-9a-f]{7})"
        r"(?>(?:[.+-]?(?=[A-Za-z]{0,12}[0-9])[0-9A-Za-z]{1,60}){0,9})(?!\w)",
        BLANK,
        ("built v1.2.3-rc.4-12-gabc1234 without a manifest", "built v1.2.4-2-g00c1d2e without a manifest"),
        needs=r"\.[0-9]{1,9}[^0-9]",
    ),
    Mask(
        "pod",
        rf"-(?<=[a-z0-9].)(?:{_POD}{{8,10}}-{_POD}{{5}}|(?=[a-z]{{0,4}}[0-9])(?=[0-9]{{0,4}}[a-z]){_POD}{{5}})(?![\w-])",
        f"-{BLANK}",
        ("pod web-7d4b9c6f5d-x2k8p is not ready", "pod web-5f6d8c9b4d-qz7wt is not ready"),
    ),
    Kept(
        "Windows status code",
        rf"0(?<!\w.)[xX][8cC]{_HEX}{{7}}(?!\w)",
        ("python.exe stopped: 0xC0000005", "python.exe stopped: 0xC0000409"),
    ),
    Mask(
        "memory address",
        rf"0{_ALONE}[xX](?:{_HEX}{{5,16}}|(?<=\+0.){_HEX}{{1,16}})(?!\w)",
        BLANK,
        ("<Cart object at 0x7f3c1a2b4d90> is empty", "<Cart object at 0x55d0c8a1e0> is empty"),
    ),
    Mask(
        "Java object",
        r"@(?<=[\w\];>)].)(?=[a-f]{0,7}[0-9])[0-9a-f]{4,8}(?![\w.-])",
        f"@{BLANK}",
        ("expected com.shop.Cart@1b2c", "expected com.shop.Cart@6d06d69c"),
    ),
    Mask(
        "generated name",
        r"\$\$Lambda[$/.\w]*+|::h[0-9a-f]{16}(?!\w)",
        BLANK,
        ("no bean for Shop$$Lambda$14/12", "no bean for Shop$$Lambda/9"),
        needs=r"::h|\$\$L",
    ),
    Mask(
        "hash",
        rf"{_HEX}{_ALONE}(?<![0-9º]\..)(?:(?<=[0-9])(?=[0-9]{{0,127}}[A-Fa-f])|(?<=[A-Fa-f])(?=[A-Fa-f]{{0,127}}[0-9]))"
        rf"{_HEX}{{6,127}}{_END}",
        BLANK,
        ("fatal: bad object 3f2a9c1", "fatal: bad object 99b0e2d7c41a5f60b3d8e7f6a5c4b3d2e1f0a9b8"),
        needs="[0-9](?:[A-Fa-f]|(?<=[A-Fa-f].))",
    ),
    Mask(
        "integrity",
        r"sha(?<!\w...)(?:1|256|384|512)-[A-Za-z0-9+/]{20,}+=*+(?!@)",
        BLANK,
        ("wanted sha512-Ab+/cdefghijklmnopqrstuv==", "wanted sha512-zY+/xwvutsrqponmlkjihgfe=="),
        needs="sha",
    ),
    Mask(
        "web token",
        r"eyJ(?<!\w...)[\w-]{8,}+\.[\w-]++(?:\.[\w-]++)?",
        BLANK,
        ("denied: eyJhbGciOiJI.eyJzdWIiOiIx.c2ln-A", "denied: eyJhbGciOiJI.eyJzdWIiOiIy.bm9w_Z"),
        needs="eyJ",
    ),
    Mask(
        "random token",
        r"(?<![^\W_])(?=[A-Za-z]{0,8}[0-9])(?=[A-Za-z0-9]{16})"
        rf"[A-Za-z]{{0,8}}+(?:[0-9]{{1,5}}+[A-Za-z]{{1,8}}+){{3}}[A-Za-z0-9]*+{_END}",
        BLANK,
        ("invalid session k3Jx9QpL2vB8nT4w", "invalid session Zr7Yt1LmW0cHq5Sd"),
        needs="[0-9][A-Za-z]{1,8}[0-9]{1,5}[A-Za-z]{1,8}[0-9]",
    ),
    Mask(
        "id",
        r"((?i:request|trace|span|correlation|session|activity|tracking|transaction|operation|invocation|run|job|build|event"
        r"|container|instance|message|ray|amz)[ _-]?(?:id|ID|Id)(?:'?(?: ?[:=] ?| )'?))"
        r"(?=[A-Za-z_:+/=-]{0,60}[0-9])(?![0-9.]{1,60}(?![\w:+/=-]))[\w:+/=-]{4,100}",
        rf"\1{BLANK}",
        ("server error (request id: 04F0:3A1B:9C)", "server error (request id: 88Z0-QW12-77)"),
        needs="[dD](?<=[iI].)'?(?: ?[:=] ?| )'?[A-Za-z_:+/=-]{0,60}[0-9]",
    ),
    Mask(
        "seed",
        r"([dD](?<=[sS][eE][eE].)(?:'?(?: ?[:=] ?| )'?))(?=[A-Fa-f:x]{0,40}[0-9])[0-9A-Fa-fx:]{1,80}(?!\w)",
        rf"\1{BLANK}",
        ("reproduce with -Dtests.seed=9E3A:1F", "reproduce with -Dtests.seed=77:BC04"),
    ),
    Mask(
        "goroutine",
        r"goroutine [0-9]{1,9}(?: [a-z]{1,3}=\w{1,20}){0,3} (\[[a-z ()]{1,40})(?:, [^\]]{1,40})?\]",
        rf"goroutine {BLANK} \1]",
        ("goroutine 21 [chan receive, 9 minutes]:", "goroutine 7 [chan receive]:"),
        needs="goroutine",
    ),
    Mask(
        "process",
        r"pid(?<![A-Za-z]...)[0-9]{1,9}(?!\w)",
        f"pid{BLANK}",
        ("see hs_err_pid811.log", "see hs_err_pid97.log"),
        needs="pid",
    ),
    Mask(
        "test worker",
        r"gw(?<!\w..)[0-9]{1,3}(?!\w)",
        BLANK,
        ("[gw0] node down: crashed", "[gw3] node down: crashed"),
        needs="gw",
    ),
    Mask(
        "long number in a name",
        r"[0-9](?<=[A-Za-z_].)[0-9]{8,39}(?![0-9A-Za-z])",
        BLANK,
        ("no artifact logs_14410203311", "no artifact logs_14500000072"),
    ),
    Mask(
        "available versions",
        r"\(from versions: [^()]{0,900}\)?",
        "(from versions)",
        ("no foo==9.0.0 (from versions: 1.0, 1.1rc2)", "no foo==9.0.0 (from versions: 1.0, 1.1rc2, 1.2)"),
        needs="from versions",
    ),
    # What names the cause
    Kept(
        "test parameters",
        r"\[(?<=[\w)}].)(?![0-9]{1,9}\]:)[^\[\]]{1,200}\]",
        ("FAILED test_cart.py::test_total[3-eur]", "FAILED test_cart.py::test_total[4-eur]"),
    ),
    Kept(
        "test arguments",
        r"\((?<=[a-z0-9_º].)(?<!\.[a-z]{2}.)(?<!\.[a-z]{3}.)[^():]{1,80}\)(?! ?:)",
        ("Shop.Tests.Total(3) failed", "Shop.Tests.Total(4) failed"),
    ),
    Kept(
        "subtest",
        r"Test(?<![^\W_]....)\w{0,100}(?:/[\w#=,.+-]{1,100}){1,5}",
        ("--- FAIL: TestTotal/2 (0.01s)", "--- FAIL: TestTotal/3 (0.02s)"),
        needs="Test",
    ),
    Kept(
        "number in a file name",
        r"[0-9](?<![\w.].)[0-9]{0,5}\.(?:rs|py|rb|[jt]sx?|[cm][jt]s|go|java|kt|cc?|cpp|hs|purs|ml|phpt?|sql|exs?|swift|scala|cs"
        r"|feature|spec|test|t|sh|lua|ll|ya?ml)(?!\w)",
        ("tests/ui/1175.rs does not compile", "tests/ui/1169.rs does not compile"),
    ),
    Kept(
        "number with a name",
        r"#(?:(?<=data set .)|(?<=[bB]ug .)|(?<=[iI]ssue .))[0-9]{1,9}",
        ("CartTest::testTotal with data set #3", "CartTest::testTotal with data set #4"),
    ),
    Kept(
        "error code",
        r"[ :=('\]](?=[ :=('\]]{0,3}-?[0-9])(?:(?:(?<=code.)(?<!decode.)(?<!encode.)|(?<=Code.)|(?<=CODE.)"
        r"|(?<=[sS]tatus.)"
        r"|(?<=[sS]ignal.)|(?<=[eE]rrno.)|(?<=errNo.)|(?<!\w...)(?<=rc.)|(?<=returned.)|(?<=curl:)|(?<=exit.)|(?<=exited.)"
        r"|(?<=exited with.)|(?<=exits with.)|(?<=exit with.)|(?<=HTTP.)|(?<=HTTP/[0-9]\.[0-9º].)|(?<=HTTP/[0-9º].)"
        r"|(?<=npm ERR!.)|(?<=npm error.))[ :=('\]]{0,3}-?[0-9]{1,10}(?!\.?[0-9])"
        r"|(?:(?<=[eE]rror[ :(])|(?<=ERROR[ :(]))[ :(]?-?[0-9]{1,10}(?=$|[)\],;.:'-]| \()(?![.,:][0-9]))",
        ("The process failed with exit code 137", "The process failed with exit code 1"),
        needs=r"[0-9](?<=[ :=('\]-].)",
    ),
    Kept(
        "HTTP status code",
        r"(?:4(?:0[013-9]|1[0135]|2[29]|51)|50[0-4])(?<!\w...)(?<!\....)(?!\w|[.,:][0-9])"
        r"(?: (?=Bad |Unauth|Forbidden|Not |Method |Proxy |Request |Conflict|Gone|Too |Unproc|Internal |Service |Gate)"
        r"|(?= [=!]=)|(?<=\(...)(?=\))|(?<=<...)(?=>)|(?<=: ...)$"
        r"|(?<=[=!]= ...)|(?<=[=!]=...)|(?<=[gG]ot ...)|(?<=was ...)|(?<=received ...)"
        r"|(?<=returned ...)|(?<=with ...))",
        ("expected 200 but got 404", "expected 200 but got 503"),
        needs="[45][0-9]{2}",
    ),
    Kept(
        "advisory number",
        r"-(?<=[A-Z][A-Z0-9].)(?<!PID.)(?<!TID.)(?<!RUN.)(?<!JOB.)[0-9]{1,6}(?:-[0-9]{1,9})?(?![\w.])",
        ("lodash has CVE-2024-1234", "lodash has CVE-2024-5678"),
    ),
    Kept(
        "percentage that a gate asks for",
        r"(?:hreshold|inimum|nder|arget|equired|xpected|at least|than|below|<)[^0-9%]{1,40}"
        r"[0-9]{1,3}(?>(?:\.[0-9]{1,4})?) ?%",
        ("coverage of 71% is below 80%", "coverage of 69% is below 75%"),
        needs="%",
    ),
    Kept(
        "threshold of a gate",
        r"[0-9](?:(?<=nder[ =].)|(?<=hreshold[ =].)|(?<=hreshold of .)|(?<=hreshold: .)|(?<=inimum (?:of|is) .)"
        r"|(?<=inimum[ =].))"
        r"[0-9]{0,2}(?>(?:\.[0-9]{1,4})?)(?![\w.,])",
        ("rated 6.54, expected minimum is 8.0", "rated 6.54, expected minimum is 7.5"),
    ),
    Kept(
        "version required",
        r"[=!<>~^@](?:(?<=[\w\])'(,: ].)"
        r"(?:(?<=[=!<>~^])=|(?<=[~^<>])|(?<=[a-z0-9_º]@)(?!(?:[0-9]{1,3}\.){3}[0-9])[~^]?v?)"
        r"[0-9]{1,9}+(?>(?:\.[0-9]{1,9}+)*)(?>(?:-[a-z]{1,9}\.[0-9]{1,4}+)?)(?!==|[>%]|:[0-9])"
        r"|(?:(?<=~)>|(?<=[<>])=?) [0-9]{1,4}(?:\.[0-9]{1,4}){2})",
        ("No matching distribution found for foo==1.2.3", "No matching distribution found for foo==1.2.4"),
    ),
    Kept(
        "version named",
        r"(?:version|Version|release|revision)(?:: | )'?v?[0-9]{1,6}(?:\.[0-9]{1,6}){0,4}",
        ("error: release version 21 not supported", "error: release version 25 not supported"),
        needs="ersion|elease|evision",
    ),
    Kept(
        "version of a requirement",
        r"equire[sd][ A-Za-z':{(]{1,20}[0-9]{1,6}(?:\.[0-9]{1,6}){1,2}(?!\.?[0-9])",
        ("it requires rustc 1.70.0", "it requires rustc 1.80.0"),
    ),
    Kept(
        "version of a package",
        r"[-:](?=[0-9])(?<=[A-Za-z0-9_º].)[0-9]{1,6}(?:\.[0-9]{1,6}){2}(?!\.?[0-9])",
        ("Could not find com.shop:cart:1.2.3", "Could not find com.shop:cart:1.2.4"),
    ),
    Kept(
        "image tag",
        r"(?:image|manifest for|pulling|FROM) '?[\w./-]{1,150}:[\w.-]{1,100}",
        ("manifest for example/base:12 not found", "manifest for example/base:13 not found"),
    ),
    Kept(
        "shared library",
        r"\.so(?:\.[0-9]{1,6}){1,4}",
        ("libssl.so.3 is missing", "libssl.so.1 is missing"),
    ),
    Kept(
        "port of a known service",
        r"[: ](?= ?[0-9])(?:(?<=localhost.)|(?<=\.[0-9].)|(?<=\.[0-9]{2}.)|(?<=\.[0-9]{3}.)|(?<=::1.)|(?<=[pP]ort.)"
        rf"|(?<=[{BLANK}\]].)) ?{_SERVICE}",
        ("connect ECONNREFUSED 127.0.0.1:5432", "connect ECONNREFUSED 127.0.0.1:6379"),
        needs=_SERVICE,
    ),
    # Amounts
    Mask(
        "IPv4 address",
        r"[0-9](?<![\w.].)[0-9]{0,2}\.(?:[0-9]{1,3}\.){2}[0-9]{1,3}(?!\w|\.[0-9])(?::[0-9]{1,5}(?!\w))?",
        BLANK,
        ("refused by 10.1.0.4:41234", "refused by 10.1.0.7"),
        needs=r"\.[0-9]{1,3}\.[0-9]",
    ),
    Mask(
        "IPv6 address",
        rf"(?<![\w:.])\[?(?=[A-Fa-f:]{{0,30}}[0-9])(?:(?:{_HEX}{{1,4}}:){{7}}{_HEX}{{1,4}}"
        rf"|(?:{_HEX}{{1,4}}(?::{_HEX}{{1,4}}){{0,6}})?::(?:{_HEX}{{1,4}}(?::{_HEX}{{1,4}}){{0,6}})?)"
        r"(?:%\w{1,20})?(?![\w@])\]?(?::[0-9]{1,5}(?!\w))?",
        BLANK,
        ("refused by [fe80::1]:41234", "refused by 10.1.0.7:5000"),
        needs=f":(?::(?![A-Fa-f]{{0,4}}[G-Zg-z_])|{_HEX}{{1,4}}(?::{_HEX}{{1,4}}){{5}})",
    ),
    Mask(
        "amount",
        rf"{_AMOUNT}(?:{_DURATION}(?:[ ,]{{0,2}}[0-9]{{1,9}}(?:\.[0-9]{{1,9}})? ?{_DURATION}){{0,4}}|{_SIZE})",
        BLANK,
        ("gave up after 1m 20s", "gave up after 950 ms"),
    ),
    Mask(
        "tally",
        rf"[0-9](?<![\w.:].)[0-9]{{0,8}} {_TALLIED}(?:(?:, |; | \| )[0-9]{{1,9}} {_TALLIED}){{0,9}}",
        BLANK,
        ("= 3 failed, 12 passed in 0.5s =", "= 1 failed, 14 passed, 2 skipped in 1m 2s ="),
    ),
    Kept(
        "test with a sentence as its name",
        r"(?:^[●✕×] |›(?<= .) |^FAIL [^\s:]{1,150} > )[^:›]{1,300}",
        ("● Cart › takes 2 of them", "● Cart › takes 3 of them"),
        needs="›|●|✕|×|FAIL ",
    ),
    Mask(
        "version",
        r"v(?<!\w.)[0-9]{1,6}(?:\.[0-9]{1,6}){1,3}(?!\w)",
        BLANK,
        ("not made for node v20.1.0", "not made for node v20.2.11"),
    ),
    Mask(
        "number",
        r"[0-9](?<![\w$].)(?<![0-9º]\..)[0-9]*+(?>(?:[.,][0-9]++)*)(?>(?:[eE][-+]?[0-9]++)?)(?!\w)",
        BLANK,
        ("src/cart.py:12:3: undefined name", "src/cart.py:107:21: undefined name"),
    ),
    Mask("sign", rf"[-+](?<=[ (\[=,:<>'].)(?={BLANK})", "", ("off by 5", "off by -5")),
    Mask(
        "list of numbers",
        rf"{BLANK}(?<![^ (\[=:].)(?>(?:,? ?{BLANK})+)(?![^ )\],.;:])",
        BLANK,
        ("shards 3, 5 died", "shards 3, 5, 8 died"),
    ),
    Mask(
        "plural", rf"({BLANK} (?!requires)[a-z]{{2,20}}[a-rt-z])s(?!\w)", r"\1", ("1 file is ugly", "2 files is ugly")
    ),
)
