"""Terraform, OpenTofu, Terragrunt and Pulumi."""

from __future__ import annotations

from ci_failure_tracker.diagnosis.rule import Rank, Rule

RULES = (
    Rule(
        name="terraform.boxed",
        keywords=("│ error: ",),
        opens=r"│ Error: ",
        lead=r"╷",
        lead_most=1,
        through=r"│|╵",
        closes=r"╵",
        most=40,
        example="""
> ╷
! │ Error: Missing required argument
> │
> │   on main.tf line 3, in resource "orchard_basket" "red":
> │    3: resource "orchard_basket" "red" {
> ╵
  done
""",
    ),
    Rule(
        name="terraform.plain",
        keywords=("error: ",),
        opens=r"Error: (?:Unsupported |Missing |Invalid |Error (?:creating|updating|deleting|reading|loading"
        r"|launching|locking"
        r"|acquiring|refreshing|configuring)|Failed to (?:query|install|get existing)|Reference to undeclared"
        r"|Provider )",
        through=r"$|\s{2,6}(?:on|with|\d{1,5}:) |\s{2,8}\S",
        most=12,
        example="""
! Error: Unsupported argument
>
>   on main.tf line 4, in resource "orchard_basket" "red":
>    4:   colour = "red"
  done
""",
    ),
    Rule(
        name="terraform.terragrunt",
        keywords=("error",),
        opens=r"(?:\d\d:\d\d:\d\d\.\d{3} )?ERROR {2,6}(?:terraform invocation failed|.{0,300}(?:error"
        r"|Error) occurred|\[)",
        rank=Rank.SYMPTOM,
        example="""
! 10:11:12.123 ERROR  terraform invocation failed in ./orchard
""",
    ),
    Rule(
        name="terraform.pulumi",
        keywords=("error: ",),
        opens=r"\s{4}error: ",
        lead=r"\s{2}\S{1,200} \(.{1,200}\):$|Diagnostics:$",
        lead_most=2,
        through=r"\s{6,12}\S",
        most=20,
        rank=Rank.LIKELY,
        example="""
> Diagnostics:
>   orchard:Basket (red):
!     error: the willow is gone
>       * while weaving
  done
""",
    ),
)
