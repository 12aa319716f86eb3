"""The routes for branches, tags and commits."""

from collections.abc import Iterable
from urllib.parse import quote

from sandbox import access, git, identifiers, payloads
from sandbox.call import Call, JsonObject, Refusal, Reply, not_found
from sandbox.state import Commit

_MOST_COMMITS = 250


def list_matching_refs(call: Call) -> Reply:
    """The refs whose names begin as asked, such as `tags/v1`."""
    access.read_contents(call)
    found = [ref for ref in git.refs(call.state) if ref.name.startswith(call.params["ref"])]
    return Reply([_ref(ref, call) for ref in found])


def get_ref(call: Call) -> Reply:
    """One ref by its whole name, such as `heads/main`."""
    access.read_contents(call)
    found = next((ref for ref in git.refs(call.state) if ref.name == call.params["ref"]), None)
    if found is None:
        raise not_found()
    return Reply(_ref(found, call))


def get_commit(call: Call) -> Reply:
    """One commit, by its sha, a branch or a tag."""
    access.read_contents(call)
    found = git.find_commit(call.state, call.params["ref"])
    if found is None:
        raise Refusal(422, f"No commit found for SHA: {call.params['ref']}")
    return Reply({**_commit(found, call), **_changes(found, call)})


def compare(call: Call) -> Reply:
    """How a head differs from a base: `base...head`."""
    access.read_contents(call)
    base, dots, head = call.params["basehead"].partition("...")
    found = git.compare(call.state, base, head) if dots else None
    if found is None:
        raise not_found()
    url = f"{_base(call)}/compare/{quote(base, safe='')}...{quote(head, safe='')}"
    page = f"{call.urls.web}/{call.state.repository.full_name}/compare/{base}...{head}"
    return Reply(
        {
            "url": url,
            "html_url": page,
            "permalink_url": page,
            "diff_url": f"{page}.diff",
            "patch_url": f"{page}.patch",
            "base_commit": _commit(found.base, call),
            "merge_base_commit": _commit(found.common, call),
            "status": found.status,
            "ahead_by": len(found.ahead),
            "behind_by": len(found.behind),
            "total_commits": len(found.ahead),
            "commits": _commits(found.ahead[_MOST_COMMITS - 1 :: -1], call),
            "files": [],
        }
    )


def _base(call: Call) -> str:
    return f"{call.urls.api}/repos/{call.state.repository.full_name}"


def _ref(ref: git.GitRef, call: Call) -> JsonObject:
    base, sha = _base(call), ref.commit.sha
    number = identifiers.number("ref", ref.name, start=1, span=10**9)
    return {
        "ref": f"refs/{ref.name}",
        "node_id": identifiers.node_id("REF", call.state.repository.id, number),
        "url": f"{base}/git/refs/{ref.name}",
        "object": {"type": "commit", "sha": sha, "url": f"{base}/git/commits/{sha}"},
    }


def _commits(commits: Iterable[Commit], call: Call) -> list[JsonObject]:
    return [_commit(one, call) for one in commits]


def _changes(commit: Commit, call: Call) -> JsonObject:
    """The files that a commit changed, which a list of commits leaves out; each has one line more."""
    page = f"{call.urls.web}/{call.state.repository.full_name}"
    files = [
        {
            "sha": identifiers.digest("blob", commit.sha, name),
            "filename": name,
            "status": "modified",
            "additions": 1,
            "deletions": 0,
            "changes": 1,
            "blob_url": f"{page}/blob/{commit.sha}/{quote(name, errors='replace')}",
            "raw_url": f"{page}/raw/{commit.sha}/{quote(name, errors='replace')}",
            "contents_url": f"{_base(call)}/contents/{quote(name, errors='replace')}?ref={commit.sha}",
            "patch": "@@ -0,0 +1 @@\n+.",
        }
        for name in commit.files
    ]
    return {"files": files, "stats": {"additions": len(files), "deletions": 0, "total": len(files)}}


def _commit(commit: Commit, call: Call) -> JsonObject:
    url, page = f"{_base(call)}/commits/{commit.sha}", f"{call.urls.web}/{call.state.repository.full_name}"
    account = call.state.account(commit.author) if "@" not in commit.author else None
    person = {"name": commit.author, "email": commit.email, "date": payloads.stamp(commit.at)}
    tree = identifiers.digest("tree", commit.sha)
    parents = (git.history(call.state, commit.sha) or [])[1:2]
    return {
        "sha": commit.sha,
        "node_id": identifiers.node_id("C", call.state.repository.id, int(commit.sha[:8], 16)),
        "url": url,
        "html_url": f"{page}/commit/{commit.sha}",
        "comments_url": f"{url}/comments",
        "commit": {
            "author": person,
            "committer": person,
            "message": commit.message,
            "tree": {"sha": tree, "url": f"{_base(call)}/git/trees/{tree}"},
            "url": f"{_base(call)}/git/commits/{commit.sha}",
            "comment_count": 0,
        },
        "author": payloads.user(account, call.urls) if account else None,
        "committer": payloads.user(account, call.urls) if account else None,
        "parents": [
            {"sha": one.sha, "url": f"{_base(call)}/commits/{one.sha}", "html_url": f"{page}/commit/{one.sha}"}
            for one in parents
        ],
    }
