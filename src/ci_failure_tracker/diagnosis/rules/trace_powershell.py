"""Errors of PowerShell, of Windows and of version 7."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="powershell.record",
        keywords=("fullyqualifiederrorid",),
        opens=r"\s{1,8}\+ FullyQualifiedErrorId ?: ",
        lead=r"\s{0,8}\+ |At .{1,300}:\d{1,6} char:\d{1,5}|\S.{0,200} ?: \S|[\w'\"].{0,300}\.$|\s{4}",
        lead_most=8,
        headline=r"^(?!At |\+)\S",
        rank=Rank.LIKELY,
        example="""
  picking
! pick-pear : The term 'pick-pear' is not recognized as the name of a cmdlet, function, or script file.
> At D:\\orchard\\run.ps1:3 char:1
> + pick-pear -All
> + ~~~~~~~~~
>     + CategoryInfo          : ObjectNotFound: (pick-pear:String) [], CommandNotFoundException
>     + FullyQualifiedErrorId : CommandNotFoundException
""",
    ),
    Rule(
        name="powershell.concise",
        keywords=("error: ",),
        priority=-2,  # after javascript.error
        opens=r"(?:ParserError|ResourceUnavailable|Write-Error|[A-Z]\w{2,60}Error): \S.{0,300}:\d{1,6}$",
        through=r"Line \|$|\s{1,6}\d{0,6} \|",
        most=20,
        headline=r"^\s{3,8}\| {1,4}[^\s~]",
        rank=Rank.LIKELY,
        example="""
> ParserError: /srv/orchard/run.ps1:3
> Line |
>    3 |  if (
>      |      ~
!      | Missing condition in if statement after 'if ('.
  bye
""",
    ),
    Rule(
        name="powershell.exception",
        keywords=("exception: ",),
        opens=r"(?:[A-Z]\w{0,60})?Exception: \S.{0,300}:\d{1,6}$",
        through=r"Line \|$|\s{1,6}\d{0,6} \|",
        most=20,
        headline=r"^\s{3,8}\| {1,4}[^\s~]",
        rank=Rank.LIKELY,
        example="""
> Exception: /srv/orchard/run.ps1:3
> Line |
>    3 |  throw "no pears left"
>      |  ~~~~~~~~~~~~~~~~~~~~~
!      | no pears left
  bye
""",
    ),
)
