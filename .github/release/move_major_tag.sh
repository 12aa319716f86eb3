#!/usr/bin/env bash
# move_major_tag.sh VERSION COMMIT: moves the tag of the major version, such as v1, to the commit of a release. If a newer
# release has a tag, v1 stays: a run that failed may be run again later, and must not give users an older version.
set -euo pipefail
version=$1 commit=$2 major=v${1%%.*}

newest=$(git ls-remote --tags origin "refs/tags/$major.*" |
  sed -n 's|.*refs/tags/v\([0-9]*\.[0-9]*\.[0-9]*\)$|\1|p' | sort -V | tail -n 1)
if [ "$newest" != "$version" ]; then
  echo "$major stays, because v$newest is newer than v$version."
  exit
fi
git push --quiet --force origin "$commit:refs/tags/$major"
