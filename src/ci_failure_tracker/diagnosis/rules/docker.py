"""Docker: builds of either kind, the daemon, Compose, registries."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

_BUILD_LEAD = (
    r"-{6,60}$|\s{0,6}\d{1,5} \||\S{0,200}[Dd]ockerfile\S{0,100}:\d{1,5}$|\s> |\s{0,2}\d{1,6}\.\d{1,3} |WARNING: |#\d"
)

RULES = (
    Rule(
        name="docker.solve_command",
        keywords=("failed to solve",),
        opens=r"(?:ERROR|error|\S{0,40}target \S{1,80}): failed to solve.{0,400}(?:did not complete successfully"
        r"|executor failed running)",
        lead=_BUILD_LEAD,
        lead_most=40,
        rank=Rank.LIKELY,
        example="""
  #9 ERROR: process "/bin/sh -c weave" did not complete successfully
> ------
>  > [4/5] RUN weave:
> 0.345 no willow left
> ------
> Dockerfile:7
> --------------------
>    7 | >>> RUN weave
> --------------------
! ERROR: failed to solve: process "/bin/sh -c weave" did not complete successfully: exit code: 1
""",
    ),
    Rule(
        name="docker.solve",
        keywords=("failed to solve",),
        opens=r"(?:ERROR|error|\S{0,40}target \S{1,80}): failed to solve"
        r"(?!.{0,400}(?:did not complete successfully|executor failed running))",
        lead=_BUILD_LEAD,
        lead_most=20,
        example="""
> ------
>  > [3/5] COPY willow /srv/willow:
> ------
! ERROR: failed to solve: failed to compute cache key: "/willow": not found
""",
    ),
    Rule(
        name="docker.step",
        keywords=("error: process ",),
        opens=r'(?:#\d{1,4} (?:\d{1,6}\.\d{1,3} )?)?ERROR: (?:process|executor failed) "?/bin/',
        rank=Rank.SYMPTOM,
        example="""
! #9 ERROR: process "/bin/sh -c weave" did not complete successfully: exit code: 1
""",
    ),
    Rule(
        name="docker.daemon",
        keywords=("error response from daemon",),
        opens=r"(?:docker: |ERROR: |\S{0,60} )?Error response from daemon: ",
        example="""
! docker: Error response from daemon: driver failed programming external connectivity on orchard.
""",
    ),
    Rule(
        name="docker.denied",
        keywords=("denied: ",),
        opens=r"(?:denied|unauthorized): (?:requested access|installation not allowed|permission_denied|access"
        r"|authentication)",
        example="""
! denied: requested access to the resource is denied
""",
    ),
    Rule(
        name="docker.no_daemon",
        keywords=("cannot connect to the docker daemon",),
        opens=r"(?:\S{1,60}: |ERROR: )?Cannot connect to the Docker daemon",
        example="""
! Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?
""",
    ),
    Rule(
        name="docker.manifest",
        keywords=("not found",),
        opens=r"(?:manifest for \S{1,300} not found|ERROR: manifest|no matching manifest for )",
        example="""
! manifest for orchard/basket:9 not found: manifest unknown
""",
    ),
    Rule(
        name="docker.copy",
        keywords=(" failed: ",),
        opens=r"(?:COPY|ADD) failed: ",
        example="""
! COPY failed: stat /var/lib/docker/tmp/willow: no such file
""",
    ),
    Rule(
        name="docker.invalid",
        keywords=("invalid",),
        opens=r"(?:docker: )?(?:invalid reference format|invalid argument \".{1,300}\" for )|ERROR: invalid tag \"",
        through=r"See 'docker",
        example="""
! docker: invalid reference format.
> See 'docker run --help'.
  done
""",
    ),
    Rule(
        name="docker.compose_start",
        keywords=("dependency failed to start",),
        opens=r"(?:ERROR: )?dependency failed to start: ",
        example="""
! dependency failed to start: container orchard-db-1 is unhealthy
""",
    ),
    Rule(
        name="docker.compose_service",
        keywords=("error: ",),
        opens=r"ERROR: (?:Service '|for \S{1,80} {1,2}|The Compose file|yaml\.|In file '|no such service|build path"
        r"|Encountered errors"
        r"|Couldn't (?:find|connect)|Version in )",
        example="""
! ERROR: The Compose file './docker-compose.yml' is invalid because:
""",
    ),
)
