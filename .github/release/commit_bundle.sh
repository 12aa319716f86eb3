#!/usr/bin/env bash
# commit_bundle.sh VERSION: commits bundle/ on top of the sources that are checked out, and pushes the tag vVERSION to
# `origin`. No branch gets the commit. It has the time of the sources, so the same bundle on the same sources is the same
# commit, and a second call changes nothing. A tag that holds something else is left alone, and the call fails.
set -euo pipefail
version=$1

(cd bundle && sha256sum --check --quiet --strict SHA256SUMS)
sources=$(git rev-parse HEAD)
# It is ignored, so that no one commits it to a branch.
git add --force bundle
[ "$(git diff --cached --name-only | grep -cv '^bundle/')" = 0 ] ||
  { echo "Something besides bundle/ would be committed." >&2; exit 1; }

date=$(git show --no-patch --format=%cI "$sources")
export GIT_AUTHOR_DATE=$date GIT_COMMITTER_DATE=$date
export GIT_AUTHOR_NAME='github-actions[bot]' GIT_COMMITTER_NAME='github-actions[bot]'
export GIT_AUTHOR_EMAIL='41898282+github-actions[bot]@users.noreply.github.com'
export GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
commit=$(git commit-tree "$(git write-tree)" -p "$sources" -m "Add the bundle of $version

Built from $sources by the release workflow.")
git push --quiet origin "$commit:refs/tags/v$version"
printf 'commit=%s\n' "$commit"
