"""Linters of text and configuration: markdownlint, actionlint, shellcheck, hadolint, links."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_MARKDOWN = (
    r"\S{1,300}\.(?:md|markdown|mdx)(?::\d{1,6}){1,2}:? (?:error )?MD\d{3}|\S{1,300}\.(?:md|markdown): \d{1,6}: MD\d{3}"
)
_WORKFLOW = r"\S{1,200}\.ya?ml:\d{1,6}:\d{1,5}: .{1,1500} \[[\w-]{3,40}\]$"
_HADOLINT = r"\S{1,200}:\d{1,6} (?:DL|SC)\d{4} (?:error|warning): "
_SHELLCHECK = r"\s{0,300}\^-{1,200}\^? SC\d{4}(?: \(\w{4,8}\))?: "
_SHELLCHECK_GCC = r"\S{1,300}:\d{1,6}:\d{1,5}: (?:error|warning|note): .{1,1000} \[SC\d{4}\]$"
_MARKDOWN_LINK = r"\s{0,4}\[(?:✖|✗)\] \S"


RULES = (
    Rule(
        name="markdownlint.expected",
        keywords=("expected: ",),
        priority=1,  # before markdownlint.error
        opens=_MARKDOWN,
        lead=_MARKDOWN,
        lead_most=20,
        through=_MARKDOWN,
        most=30,
        example="""
> README.md:3 MD022/blanks-around-headings Headings should be surrounded by blank lines
! README.md:9:81 MD013/line-length Line length [Expected: 80; Actual: 93]
  npm ERR! code 1
""",
    ),
    Rule(
        name="markdownlint.error",
        keywords=(" error md",),
        opens=_MARKDOWN,
        through=_MARKDOWN,
        most=30,
        example="""
! README.md:2:1 error MD018/no-needless-space-atx No space after hash on atx style heading [Context: "#press"]
> README.md:4 error MD012/no-multiple-blanks Multiple consecutive blank lines [Expected: 1; Actual: 2]
  done
""",
    ),
    Rule(
        name="actionlint.error",
        keywords=("unknown", "undefined", "missing", "unexpected"),
        opens=_WORKFLOW,
        through=r"\s{1,8}\||\d{1,6} \|",
        most=5,
        example="""
! .github/workflows/press.yml:4:14: label "ubuntu-latst" is unknown. [runner-label]
>   |
> 4 |     runs-on: ubuntu-latst
>   |              ^~~~~~~~~~~~
  done
! .github/workflows/press.yml:6:23: undefined variable "baskt" [expression]
>   |
! .github/workflows/press.yml:7:15: specifying action "press" needs a ref, which is missing [action]
! .github/workflows/press.yml:9:3: unexpected key "stesp" for "job" section [syntax-check]
""",
    ),
    Rule(
        name="hadolint.error",
        keywords=(" error: ",),
        opens=_HADOLINT,
        lead=_HADOLINT,
        lead_most=10,
        through=_HADOLINT,
        most=20,
        headline=r" error: ",
        example="""
> Dockerfile:2 DL3008 warning: Pin versions in apt get install
! Dockerfile:9 DL3020 error: Use COPY instead of ADD for files and folders
  done
""",
    ),
    Rule(
        name="shellcheck.error",
        keywords=("error", "undefined", "unused"),
        opens=_SHELLCHECK,
        lead=r"In .{1,300} line \d{1,6}:$|(?!For more information|In )\s{0,200}\S",
        lead_most=8,
        through=r"\s{0,300}\^-{1,200}|$|In .{1,300} line \d{1,6}:$|Did you mean:|\s{0,80}\S",
        until=r"For more information:|make: |npm ",
        most=30,
        headline=r"^(?:" + _SHELLCHECK + r")",
        names=r"^(?:" + _SHELLCHECK + r")",
        example="""
> In press.sh line 3:
> for apple in basket
! ^-- SC1073 (info): Parsed this loop.
>       ^-- SC1058 (error): Do it.

  For more information:
> In press.sh line 4:
> if [ $apple == 1 ]; then
!             ^-- SC3014 (warning): In POSIX sh, == in place of = is undefined.

  For more information:
> In press.sh line 4:
> apple=1
! ^---^ SC2034 (warning): apple appears unused. Verify use (or export if used externally).

  For more information:
""",
    ),
    Rule(
        name="shellcheck.gcc",
        keywords=(": error: ",),
        opens=_SHELLCHECK_GCC,
        through=_SHELLCHECK_GCC,
        most=20,
        example="""
! press.sh:3:4: error: Double quote array expansions to avoid re-splitting elements. [SC2068]
> press.sh:9:4: note: Double quote to prevent globbing and word splitting. [SC2086]
""",
    ),
    Rule(
        name="links.lychee",
        keywords=("failed: ",),
        opens=r"(?:\* )?(?:✗ )?\[(?:\d{3}|ERR(?:OR)?|TIMEOUT|EXC)\] .{1,800}\| (?:Failed|Error): ",
        lead=r"(?:### )?Errors in \S|\[\S{1,300}\]:$",
        lead_most=1,
        through=r"(?:\* )?(?:✗ )?\[(?:\d{3}|ERR(?:OR)?|TIMEOUT)\] ",
        most=20,
        example="""
> Errors in README.md
! [404] https://press.example/basket | Failed: Network error: Not Found
  done
""",
    ),
    Rule(
        name="links.dead",
        keywords=("error: ",),
        opens=r"\s{0,4}ERROR: (?:\d{1,5} dead links? found|Detected \d{1,6} broken links)",
        lead=_MARKDOWN_LINK + r"|\s{0,4}\[\d{3}\] \S|$|\s{1,4}\d{1,6} links checked\.",
        lead_most=40,
        through=_MARKDOWN_LINK,
        most=20,
        headline=r"^(?:" + _MARKDOWN_LINK + r"|^\s{0,4}\[[45]\d\d\]" + r")",
        example="""
    [✓] https://press.example/apple
>
>   9 links checked.
>
>   ERROR: 1 dead links found!
!   [✖] https://press.example/basket → Status: 404
  done
""",
    ),
    Rule(
        name="links.html_proofer",
        keywords=("the following failures were found",),
        opens=r"For the \w.{1,60} check, the following failures were found:",
        through=r"\* At |\s{2}\S|$",
        most=30,
        headline=r"^\s{2}\S",
        example="""
> For the Links > External check, the following failures were found:
>
> * At ./_site/press.html:31:
>
!   External link https://press.example/basket failed (status code 404)

  HTML-Proofer found 1 failure!
""",
    ),
    Rule(
        name="links.html_proofer_old",
        keywords=(" failed: ",),
        opens=r"\s{2,4}\*\s{1,4}External link .{1,800} failed: ",
        lead=r"- \S{1,300}$",
        lead_most=1,
        through=r"\s{2,4}\*\s{1,4}\S|\s{2,12}\S|- \S{1,300}$",
        most=20,
        example="""
> - ./_site/press.html
!   *  External link https://press.example/basket failed: 404 No error
  done
""",
    ),
    Rule(
        name="links.html_proofer_count",
        keywords=(" failure",),
        opens=r"(?:.{0,80}: )?HTML-Proofer found [1-9]\d{0,5} failures?",
        rank=Rank.RECAP,
        example="""
! HTML-Proofer found 1 failure!
""",
    ),
)
