"""Ruby's uncaught exceptions, and rake's."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_PLACE = r"(?:<internal:|[A-Z]:)?[^\s:]{1,400}:\d{1,7}:in [`'].{1,400}"
_GOES_ON = r"\s{1,20}(?:from |\d+: from )|\t|$|    |Did you mean\?"

RULES = (
    Rule(
        name="ruby.error",
        keywords=("error)",),
        opens=_PLACE + r"Error\)$",
        lead=r"Traceback \(most recent call last\):|\s{1,20}\d{1,4}: from ",
        lead_most=40,
        through=_GOES_ON,
        most=200,
        rank=Rank.LIKELY,
        example="""
  picking
! pick.rb:3:in `pick': no pears (RuntimeError)
>   from pick.rb:8:in `block in <main>'
>   from pick.rb:7:in `<main>'
  bye
""",
    ),
    Rule(
        name="ruby.system",
        keywords=("no such",),
        opens=_PLACE + r"\(Errno::\w{1,20}\)$",
        through=_GOES_ON,
        most=200,
        rank=Rank.LIKELY,
        example="""
! pick.rb:3:in 'File#initialize': No such file or directory @ rb_sysopen - basket.txt (Errno::ENOENT)
>   from pick.rb:8:in '<main>'
  bye
""",
    ),
    Rule(
        name="ruby.rake",
        keywords=("rake aborted!",),
        opens=r"rake aborted!$",
        closes=r"\(See full trace by running task with --trace\)",
        through=r"\S|\s{1,8}\S|$",
        most=60,
        headline=r"^(?!rake aborted!)\S",
        rank=Rank.LIKELY,
        example="""
> rake aborted!
! Don't know how to build task 'harvest' (see --tasks)
> /srv/orchard/Rakefile:3:in `<top (required)>'
>
> (See full trace by running task with --trace)
  bye
""",
    ),
    Rule(
        name="ruby.rails",
        keywords=("rails aborted!",),
        opens=r"(?:bin/)?rails aborted!$",
        closes=r"\(See full trace by running task with --trace\)",
        through=r"\S|\s{1,8}\S|$",
        most=60,
        headline=r"^(?!(?:bin/)?rails aborted!)\S",
        rank=Rank.LIKELY,
        example="""
> rails aborted!
! ActiveRecord::NoDatabaseError: We could not find your database: orchard_test
> /srv/orchard/bin/rails:4:in `require'
> Tasks: TOP => db:schema:load
> (See full trace by running task with --trace)
""",
    ),
)
