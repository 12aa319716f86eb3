"""Bundler and RubyGems."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="bundler.no_gem",
        keywords=("could not find ",),
        opens=r"(?:Could not find gem '|Could not find \S{1,200}(?:, \S{1,200}){0,60} in (?:any of the|locally"
        r"|rubygems)"
        r"|Could not find \S{1,200} in )",
        through=r"Run `bundle install`|The source contains|\s{2}\*|\s{2}\S|Did you mean",
        most=12,
        example="""
! Could not find gem 'basket (~> 9.0)' in rubygems repository https://rubygems.org/ or installed locally.
> The source contains the following versions of 'basket': 1.0, 2.0
  done
""",
    ),
    Rule(
        name="bundler.versions",
        keywords=("could not find compatible versions",),
        opens=r"(?:Bundler could not|Could not) find compatible versions",
        through=r"$|\s{2,8}\S|Because |And because |Thus|So,? because|and |\(\d|version solving",
        most=40,
        headline=r"version solving has failed|^Bundler could not",
        example="""
! Bundler could not find compatible versions for gem "basket":
>   In Gemfile:
>     orchard was resolved to 1.0, which depends on
>       basket (> 9)
  done
""",
    ),
    Rule(
        name="bundler.installing",
        keywords=("error occurred while installing",),
        opens=r"An error occurred while installing ",
        through=r"$|Make sure that|In (?:Gemfile|\S{1,80}\.gemfile):|\s{2,8}\S",
        most=10,
        rank=Rank.LIKELY,
        example="""
! An error occurred while installing basket (9.0), and Bundler cannot continue.
> Make sure that `gem install basket -v '9.0'` succeeds before bundling.
  done
""",
    ),
    Rule(
        name="bundler.extension",
        keywords=("failed to build gem native extension",),
        priority=-1,  # after bundler.gem
        opens=r"(?:Gem::Ext::BuildError: |\s{0,4}ERROR: {1,2})?(?:ERROR: )?(?:Error installing .{1,80}:\s)?"
        r"(?:ERROR: )?Failed to build gem native",
        through=r"$|\s{1,8}\S|[\w.*/]",
        until=r"Gem files will remain installed|Results logged to|Installing |Using |Fetching |An error occurred",
        most=60,
        headline=r"^(?:\*{3} .{1,200} failed|.{0,300}: (?:fatal )?error: |.{0,200} is missing|.{0,200}not found"
        r"|make: \*{3}|An error)",
        example="""
> Gem::Ext::BuildError: ERROR: Failed to build gem native extension.
>
>     current directory: /srv/gems/basket-9.0/ext/basket
> /usr/bin/ruby -r ./siteconf.rb extconf.rb
> checking for willow.h... no
! willow.h is missing. Please install libwillow.

  Gem files will remain installed in /srv/gems/basket-9.0 for inspection.
""",
    ),
    Rule(
        name="bundler.gem",
        keywords=("error: ",),
        opens=r"ERROR: {1,2}(?:Could not find a valid gem|Error installing |Possible alternatives|While executing gem)",
        through=r"\t|\s{2,8}\S",
        most=10,
        example="""
! ERROR:  Error installing basket:
>   basket requires Ruby version >= 3.0.
  done
""",
    ),
    Rule(
        name="bundler.command",
        keywords=("bundler: command not found",),
        opens=r"bundler: command not found: ",
        through=r"Install missing gem executables",
        example="""
! bundler: command not found: harvest
> Install missing gem executables with `bundle install`
  done
""",
    ),
    Rule(
        name="bundler.gemfile",
        keywords=("there was an error parsing",),
        opens=r"(?:\[!\] )?There was an error parsing `",
        through=r"$|\s{0,4}#|\s{2,8}\S|Bundler cannot continue",
        most=14,
        example="""
! [!] There was an error parsing `Gemfile`: undefined local variable or method `basket'. Bundler cannot continue.
>
>  #  from /srv/orchard/Gemfile:3
>  #  -------------------------------------------
  done
""",
    ),
    Rule(
        name="bundler.network",
        keywords=("could not ",),
        opens=r"Could not (?:reach host|fetch specs from|verify the SSL certificate)",
        through=r"again\.|\S.{0,80}$",
        most=2,
        rank=Rank.LIKELY,
        example="""
! Could not reach host index.rubygems.org. Check your network connection and try
> again.
""",
    ),
    Rule(
        name="bundler.frozen",
        keywords=("missing",),
        opens=r"(?:The (?:gemspecs|dependencies) .{1,200}|Your Gemfile lists) .{0,300}missing"
        r"|Your bundle .{1,100}missing"
        r"|The following gems are missing",
        through=r" \* ",
        rank=Rank.LIKELY,
        example="""
! The following gems are missing
>  * basket (9.0)
  Install missing gems with `bundle install`
""",
    ),
)
