"""Ansible."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="ansible.failed",
        keywords=("failed! => ",),
        opens=r"fatal: \[[^\]]{1,200}\]: FAILED! => ",
        lead=r"$|TASK \[|RUNNING HANDLER \[|task path: ",
        lead_most=3,
        through=r"\s{4,8}\S|\}",
        most=60,
        names=r"^fatal: |^\s{4}\"msg\": ",
        example="""
> TASK [pick the pears] **********************************************************
! fatal: [localhost]: FAILED! => {"changed": false, "msg": "no ladder"}

  PLAY RECAP *********************************************************************
""",
    ),
    Rule(
        name="ansible.item",
        keywords=("failed: [",),
        opens=r"failed: \[[^\]]{1,200}\] ",
        lead=r"$|TASK \[|task path: ",
        lead_most=3,
        through=r"\s{4,8}\S|\}",
        most=60,
        example="""
> TASK [pick the pears] **********************************************************
! failed: [localhost] (item=red) => {"changed": false, "item": "red", "msg": "no ladder"}
""",
    ),
    Rule(
        name="ansible.unreachable",
        keywords=("fatal: [",),
        opens=r"fatal: \[[^\]]{1,200}\]: UNREACHABLE! => ",
        lead=r"$|TASK \[|task path: ",
        lead_most=3,
        through=r"\s{4,8}\S|\}",
        most=60,
        example="""
> TASK [Gathering Facts] *********************************************************
! fatal: [press.example.com]: UNREACHABLE! => {"changed": false, "msg": "Failed to connect to the host via ssh"}
""",
    ),
    Rule(
        name="ansible.error",
        keywords=("error",),
        opens=r"ERROR! |\[ERROR\]: ",
        through=r"Origin: |$|\s{0,4}\d{1,6} |\s{1,80}\^|The error appears|The offending line"
        r"|be elsewhere in the file|\s{2}\S",
        most=20,
        rank=Rank.LIKELY,
        example="""
! ERROR! couldn't resolve module/action 'harvest'. This often indicates a misspelling.
>
> The error appears to be in '/srv/orchard/site.yml': line 3, column 7, but may
> be elsewhere in the file depending on the exact syntax problem.
  done
""",
    ),
    Rule(
        name="ansible.recap",
        keywords=("failed=",),
        opens=r"\S{1,200}\s{1,80}: ok=\d{1,6}\s{1,8}changed=\d{1,6}\s{1,8}unreachable=\d{1,6}\s{1,8}failed=[1-9]",
        rank=Rank.RECAP,
        example="""
! localhost                  : ok=2    changed=0    unreachable=0    failed=1    skipped=0    rescued=0
""",
    ),
    Rule(
        name="ansible.recap_fine",
        keywords=("failed=0",),
        opens=r"\S{1,200}\s{1,80}: ok=\d{1,6}\s{1,8}changed=\d{1,6}\s{1,8}unreachable=0\s{1,8}failed=0",
        rank=Rank.NOISE,
        example="""
! localhost                  : ok=2    changed=0    unreachable=0    failed=0    skipped=0    rescued=0
""",
    ),
)
