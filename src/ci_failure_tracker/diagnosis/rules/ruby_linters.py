"""RuboCop and its kind, and Ruby's parser."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_OFFENCE = r"(?:\S{1,300}):\d{1,6}:\d{1,5}: [CWEFRI]: (?:\[\w{1,20}(?: \w{1,20})?\] )?\S"


RULES = (
    Rule(
        name="rubocop.offense",
        keywords=("expected", "missing", "unused", "error"),
        opens=_OFFENCE,
        lead=r"(?!Offenses:|Inspecting |[.CWEF]{1,400}$)\s{0,300}\S",
        lead_most=30,
        through=r"\s{0,300}\S",
        most=50,
        headline=r"^(?:" + _OFFENCE + r")",
        names=r"^(?:" + _OFFENCE + r")",
        example="""
  Offenses:

! lib/press.rb:3:5: C: Layout/IndentationWidth: Use 2 (not 4) spaces for indentation.
>     squeeze
> ^^^^
> lib/press.rb:9:1: W: Lint/Syntax: unexpected token tEND
> end
> ^^^

  3 files inspected, 2 offenses detected

! lib/press.rb:1:1: C: [Correctable] Style/FrozenStringLiteralComment: Missing frozen string literal comment.
> class Press
> ^

! lib/press.rb:7:9: W: Lint/UnusedMethodArgument: Unneeded method argument - apple.
>   def turn(apple)
>            ^^^^^

! lib/press.rb:7:9: E: Lint/Syntax: a syntax error is here.
""",
    ),
    Rule(
        name="rubocop.failed",
        keywords=("rubocop failed!",),
        opens=r"RuboCop failed!$",
        lead=_OFFENCE + r"|\s{1,300}\S|\^{1,200}|\d{1,6} files? inspected|$",
        lead_most=40,
        headline=r"^(?:" + _OFFENCE + r")",
        names=r"^(?:" + _OFFENCE + r")",
        example="""
  Inspecting 3 files
! lib/press.rb:9:1: C: Layout/EmptyLines: Extra blank line.
>
> 3 files inspected, 1 offense detected
> RuboCop failed!
""",
    ),
    Rule(
        name="rubocop.syntax",
        keywords=("syntax error",),
        opens=r"(?:[A-Z]:)?[^\s:]{1,300}:\d{1,6}: (?:in `.{1,80}': )?(?:--> .{1,300}|syntax errors? (?:found"
        r"|, ?unexpected)|syntax error, )",
        through=r"\s{1,200}\S|>? {0,3}\d{1,6} {1,2}\||\S{1,300}:\d{1,6}: |\.\.\.|\^",
        most=14,
        example="""
! lib/press.rb:9: syntax error, unexpected end-of-input, expecting `end'
> lib/press.rb:3: warning: mismatched indentations
  done
""",
    ),
    Rule(
        name="rubocop.prism",
        keywords=("syntax error",),
        opens=r"(?:[A-Z]:)?[^\s:]{1,300}:\d{1,6}:.{0,80}: syntax errors? found \(SyntaxError\)",
        through=r"\s{1,6}\d{0,6} {0,2}[|~>]|> {0,4}\d{1,6} \||\s{2,12}\S",
        most=14,
        example="""
! lib/press.rb:9:in 'Kernel#load': syntax errors found (SyntaxError)
>   7 | def turn(
> > 8 | end
>     | ^~~ unexpected 'end'; expected a matching `)`
  done
""",
    ),
    Rule(
        name="rubocop.configuration",
        keywords=("error: ",),
        opens=r"Error: (?:The `?\w{1,40}(?:/\w{1,60})?`? cop|RuboCop found|unrecognized cop|obsolete parameter"
        r"|The `\w{1,60}` department)",
        through=r"\(obsolete|\s{2}\S",
        most=4,
        rank=Rank.DEFINITE,
        example="""
! Error: The `Layout/Juice` cop has been moved.
> (obsolete configuration found in .rubocop.yml, please update it)
""",
    ),
)
