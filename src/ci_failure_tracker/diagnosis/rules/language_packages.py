"""Package managers of Haskell, OCaml, Elixir, Erlang, Clojure, Swift, Objective-C, Lua, Perl, C++."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="cabal.resolve",
        keywords=("could not resolve dependencies",),
        opens=r"(?:cabal(?:\.exe)?: |Error: (?:cabal: |\[Cabal-\d{1,6}\]\s?)?)?Could not resolve dependencies:",
        through=r"\[|\s{2,8}\S|\(fail|After searching|goals I've had",
        most=16,
        headline=r"^\[__\d",
        example="""
> cabal: Could not resolve dependencies:
! [__0] next goal: basket (user goal)
> [__0] rejecting: basket-9.0 (conflict: willow => >=9)
  done
""",
    ),
    Rule(
        name="cabal.build",
        keywords=("failed to build ",),
        opens=r"(?:cabal(?:\.exe)?: |Error: (?:cabal: |\[Cabal-\d{1,6}\]\s?)?)Failed to build ",
        rank=Rank.SYMPTOM,
        example="""
! cabal: Failed to build basket-9.0 (which is required by orchard-1.0).
""",
    ),
    Rule(
        name="stack.plan",
        keywords=("error: ",),
        opens=r"Error: (?:While constructing the build plan|\[S-\d{1,6}\])",
        through=r"$|\s{1,8}\S|In the dependencies|Some different approaches|While constructing|needed ",
        most=20,
        rank=Rank.LIKELY,
        example="""
! Error: While constructing the build plan, the following exceptions were encountered:
>
> In the dependencies for orchard-1.0:
>     basket needed, but the stack configuration has no specified version
  done
""",
    ),
    Rule(
        name="opam.error",
        keywords=("[error] ",),
        opens=r"\[ERROR\] (?:The compilation of|Package conflict|No package named|Sorry, no solution"
        r"|\S{1,100} unmet|Could not )",
        through=r"\s{2}[*-] |\s{4,8}\S",
        most=10,
        rank=Rank.LIKELY,
        example="""
! [ERROR] Package conflict!
>   * No agreement on the version of basket
  done
""",
    ),
    Rule(
        name="mix.fail",
        keywords=("could not ", "fail"),
        opens=r"\*\* \(Mix\) ",
        example="""
! ** (Mix) Could not start application basket: no pears
! ** (Mix) Hex dependency resolution failed
""",
    ),
    Rule(
        name="rebar3.fail",
        keywords=("fail",),
        opens=r"===> (?:Failed |Verification failed)",
        through=r"\s{2,8}\S",
        most=10,
        rank=Rank.LIKELY,
        example="""
! ===> Failed to fetch and copy dep: basket
""",
    ),
    Rule(
        name="lein.artifact",
        keywords=("could not ",),
        opens=r"Could not (?:find artifact|transfer artifact) ",
        through=r"This could be due to",
        example="""
! Could not find artifact basket:basket:jar:9.0 in clojars (https://repo.example.com/)
> This could be due to a typo in :dependencies, file system permissions, or network issues.
  done
""",
    ),
    Rule(
        name="swiftpm.error",
        keywords=("error: ",),
        opens=r"error: (?:Dependencies could not be resolved|.{0,40}package '|the package manifest|no such module"
        r"|Failed to clone"
        r"|failed to clone|root manifest not found|could not find Package\.swift)",
        through=r"\s{4}\S",
        most=8,
        example="""
! error: Dependencies could not be resolved because root depends on 'basket' 9.0.0..<10.0.0.
""",
    ),
    Rule(
        name="cocoapods.error",
        keywords=("could not",),
        opens=r"\[!\] CocoaPods could not ",
        through=r"$|\s{2,8}\S|None of your spec|You have either",
        most=16,
        example="""
! [!] CocoaPods could not find compatible versions for pod "Basket":
>   In Podfile:
>     Basket (~> 9.0)

  Specs satisfying the dependency were found, but they required a higher minimum deployment target.
""",
    ),
    Rule(
        name="cocoapods.unable",
        keywords=("unable to",),
        opens=r"\[!\] Unable to (?:find|satisfy|add)",
        through=r"$|\s{2,8}\S|\* |- |None of your spec",
        most=12,
        example="""
! [!] Unable to find a specification for `Basket`
  done
""",
    ),
    Rule(
        name="luarocks.error",
        keywords=("error: ",),
        opens=r"Error: (?:No results matching query|Failed installing dependency|Could not satisfy|Build error)",
        example="""
! Error: No results matching query were found for Lua 5.4.
""",
    ),
    Rule(
        name="cpan.install",
        keywords=("fail",),
        opens=r"! (?:Installing|Testing|Configure|Building) .{1,200} failed\. See ",
        example="""
! ! Installing Orchard::Basket failed. See /srv/.cpanm/build.log for details. Retry with --force.
""",
    ),
    Rule(
        name="cpan.missing",
        keywords=("couldn't find module",),
        opens=r"! Couldn't find module or a distribution ",
        example="""
! ! Couldn't find module or a distribution Orchard::Basket
""",
    ),
    Rule(
        name="conan.error",
        keywords=("error: ",),
        opens=r"ERROR: (?:Package '\S{1,100}' not resolved|Missing (?:prebuilt|binary)|Unable to find '"
        r"|Version conflict"
        r"|\S{1,200}@?\S{0,80}: Error in |Conflict in"
        r"|Invalid setting|Invalid ID|Recipe '|\S{1,100}/\S{1,100}: (?:Invalid|Unable))",
        through=r"\s{4,8}\S|$|Explanation",
        most=10,
        example="""
! ERROR: Package 'basket/9.0' not resolved: Unable to find 'basket/9.0' in remotes.
""",
    ),
    Rule(
        name="vcpkg.build",
        keywords=("failed with: ",),
        opens=r"(?:error|Error): (?:[Bb]uilding package |building )\S{1,200} failed with: ",
        through=r"See logs for more|\s{4}\S|Elapsed",
        most=8,
        example="""
! error: building basket:x64-linux failed with: BUILD_FAILED
> See logs for more information:
>     /srv/vcpkg/buildtrees/basket/build-x64-linux-dbg-out.log
  done
""",
    ),
    Rule(
        name="vcpkg.error",
        keywords=("error: ",),
        opens=r"(?:\S{0,200}vcpkg\S{0,200}:\d{1,6}:\d{1,5}: )?error: (?:while (?:loading|detecting|checking out)"
        r"|no version database"
        r"|failed to (?:execute|configure)|\S{1,100}\.json)",
        through=r"note: |\s{4}\S",
        most=8,
        example="""
! error: while loading /srv/vcpkg.json: a comma is missing
""",
    ),
)
