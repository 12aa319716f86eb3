"""The plain script: written with the defaults of PyGithub, without a thought for the number of requests.

`plain_way.py OWNER/NAME RUNS [--write]`, with GITHUB_TOKEN and GITHUB_API_URL. It lists 30 runs a page, reads the jobs
of each failed run, searches for an issue of each failed job, and comments on the issue or opens one.
"""

from __future__ import annotations

import os
import sys
from itertools import islice

from github import Auth, Github


def main() -> None:
    name, runs, write = sys.argv[1], int(sys.argv[2]), "--write" in sys.argv
    github = Github(auth=Auth.Token(os.environ["GITHUB_TOKEN"]), base_url=os.environ["GITHUB_API_URL"])
    repository = github.get_repo(name)
    listing = repository.get_workflow_runs(branch="main")  # type: ignore[arg-type]  # it takes a name, too
    for run in islice(listing, runs):
        if run.conclusion != "failure":
            continue
        for job in run.jobs():
            if job.conclusion != "failure":
                continue
            title = f"[CI Failure] {run.name} - {job.name}"
            found = github.search_issues(f'repo:{name} is:issue is:open in:title "{title}"')
            issue = next(iter(found), None)
            text = f"`{job.name}` failed in {run.html_url}"
            if not write:
                print("comment" if issue else "open", title)
            elif issue:
                issue.create_comment(text)
            else:
                repository.create_issue(title, body=text, labels=["ci-failure"])


if __name__ == "__main__":
    main()
