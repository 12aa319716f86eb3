"""CMake's configuration."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="cmake.error_at",
        keywords=("cmake error",),
        opens=r"CMake Error(?: \(dev\))?(?: at \S| in \S|:)",
        through=r"\s{2}|$|Call Stack \(most recent call first\)|Specify --help",
        most=40,
        headline=r"^\s{2}\S|^CMake Error: ",
        names=r"^\s{2}\S|^CMake Error",
        example="""
  -- Detecting C compile features - done
> CMake Error at CMakeLists.txt:3 (find_package):
!   Could not find a package configuration file provided by "Orchard" with any
>   of the following names:
>
>     OrchardConfig.cmake
>
> Call Stack (most recent call first):
>   cmake/Fruit.cmake:7 (find_orchard)


  -- Configuring incomplete, errors occurred!
""",
    ),
    Rule(
        name="cmake.incomplete",
        keywords=("configuring incomplete, errors occurred",),
        opens=r"-- Configuring incomplete, errors occurred",
        rank=Rank.SYMPTOM,
        example="""
! -- Configuring incomplete, errors occurred!
""",
    ),
    Rule(
        name="cmake.see_also",
        keywords=("cmakeerror.log",),
        opens=r'See also ".{1,400}CMakeError\.log"',
        rank=Rank.NOISE,
        example="""
! See also "/srv/orchard/build/CMakeFiles/CMakeError.log".
""",
    ),
    Rule(
        name="cmake.probe_not_found",
        keywords=(" - not found",),
        opens=r"-- (?:Looking for|Searching for|Checking for) .{1,300} - not found",
        rank=Rank.NOISE,
        example="""
! -- Looking for strlcpy - not found
""",
    ),
    Rule(
        name="cmake.probe_failed",
        keywords=(" - failed",),
        opens=r"-- (?:Performing Test|Check if|Check for|Checking|Detecting) .{1,300} - [Ff]ailed$",
        rank=Rank.NOISE,
        example="""
! -- Performing Test HAVE_SPLIT_DWARF - Failed
""",
    ),
    Rule(
        name="cmake.probe",
        keywords=("error",),
        opens=r"-- (?:Performing Test|Looking for|Check(?:ing)? (?:if|for|whether)|Found|Detecting) ",
        rank=Rank.NOISE,
        example="""
! -- Looking for strerror_r - found
""",
    ),
)
