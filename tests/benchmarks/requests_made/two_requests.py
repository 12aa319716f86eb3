"""Two requests a run: a script whose author uses large pages and no pauses, but reads each failed run by itself.

`two_requests.py OWNER/NAME RUNS [--write]`, with GITHUB_TOKEN and GITHUB_API_URL. It lists 100 runs a page without
pauses, reads each failed run and its jobs, lists the issues once, and writes once for each failing job.
"""

from __future__ import annotations

import os
import sys
from itertools import islice

from github import Auth, Github


def main() -> None:
    name, runs, write = sys.argv[1], int(sys.argv[2]), "--write" in sys.argv
    github = Github(
        auth=Auth.Token(os.environ["GITHUB_TOKEN"]),
        base_url=os.environ["GITHUB_API_URL"],
        per_page=100,
        seconds_between_requests=0,
    )
    repository = github.get_repo(name)
    failed: dict[str, list[str]] = {}
    listing = repository.get_workflow_runs(branch="main")  # type: ignore[arg-type]  # it takes a name, too
    for listed in islice(listing, runs):
        if listed.conclusion != "failure":
            continue
        run = repository.get_workflow_run(listed.id)
        for job in run.jobs():
            if job.conclusion == "failure":
                failed.setdefault(f"[CI Failure] {run.name} - {job.name}", []).append(run.html_url)
    issues = {issue.title: issue for issue in repository.get_issues(state="open", labels=["ci-failure"])}
    for title, addresses in failed.items():
        text = "\n".join(["It failed in:", *addresses])
        if not write:
            print("comment" if title in issues else "open", title)
        elif title in issues:
            issues[title].create_comment(text)
        else:
            repository.create_issue(title, body=text, labels=["ci-failure"])


if __name__ == "__main__":
    main()
