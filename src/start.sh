#!/usr/bin/env bash
# What action.yml runs, on Linux, macOS (bash 3.2) and Windows (the bash that comes with git):
#
#   start.sh find   looks for a Python on the machine that can run the tracker, and writes its path to GITHUB_OUTPUT
#   start.sh run    runs the tracker with the Python of TRACKER_PYTHON
#
# A release has the folder bundle/: the tracker and all packages, compiled for several Pythons. If it has a zip for the
# Python at hand, the tracker runs from that zip, and nothing is installed. Else the packages of requirements.txt are
# installed into a folder of the tracker's own; packages that only some inputs need are installed if these are set.
#
# The working directory is the caller's workspace, which may hold a hostile venv.py, uv.toml or .python-version.
# So every Python starts with -I (it ignores the working directory and PYTHON* variables), tools that look for
# settings around them run in a folder of the tracker. Nothing is written outside that folder, except the caches of pip
# and uv, and what the inputs ask for.
set -euo pipefail
# These would change the meaning of `cd`, and of paths that are given to programs of Windows.
unset CDPATH MSYS_NO_PATHCONV MSYS2_ARG_CONV_EXCL
# The settings of a job for its own installations must not change this one.
unset PIP_CONSTRAINT PIP_REQUIREMENT PIP_PREFIX PIP_TARGET PIP_DRY_RUN UV_CONSTRAINT UV_OVERRIDE UV_BUILD_CONSTRAINT

src=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
bundle=$(dirname "$src")/bundle
requirements=("$src/../requirements.txt")
# As the tracker reads an input: in upper or lower case, with spaces around it.
is_true() { [[ ${1:-} = *[Tt][Rr][Uu][Ee]* ]]; }
is_set() { [[ ${1:-} = *[![:space:]]* ]]; }
also() { requirements+=("$src/requirements-$1.txt"); }
# It has no wheel for musl.
if ! compgen -G '/lib/ld-musl-*' >/dev/null; then also speed; fi
# <generated packages: make generate>
if is_true "${INPUT_SCHEDULES:-}"; then also schedules; fi
if is_set "${INPUT_REPORT_DIR:-}" || is_set "${INPUT_PUSHGATEWAY_URL:-}"; then also metrics; fi
if is_set "${INPUT_SLACK_WEBHOOK_URL:-}" || is_true "${INPUT_SLACK_PAYLOAD:-}"; then also slack; fi
# </generated packages>

is_windows() { command -v cygpath >/dev/null; }
for_bash() { if is_windows; then cygpath -u "$1"; else printf '%s' "$1"; fi; }
for_python() { if is_windows; then cygpath -w "$1"; else printf '%s' "$1"; fi; }
has_uv() { command -v uv >/dev/null; }

# The installers print without colours: a code that resets a colour would stand before the :: that must begin a line.
fail() {
  printf '::error title=ci-failure-tracker::%s\n' "$1"
  exit 1
}

# The zip of the bundle for a Python. The form of compiled modules may differ between previews of a version.
bundled='
import os, sys
bundle = os.path.join(sys.argv[1], "cp%d%d.zip" % sys.version_info[:2])
is_bundled = sys.implementation.name == "cpython" and sys.version_info[3] == "final" and os.path.isfile(bundle)
'

# Newer Pythons are left out: the wheels that requirements.txt locks may not exist for them. A free-threaded build
# needs its own wheels. A Python that somebody built without zlib or OpenSSL installs nothing. The Python gives the path
# of its own file, because a shim on PATH may start another Python in another folder.
fit=$bundled'
import importlib.util, sysconfig
has_uv = sys.argv[2] == "uv"
if not (
    (3, 11) <= sys.version_info < (3, 15)
    and sys.implementation.name == "cpython"
    and not sysconfig.get_config_var("Py_GIL_DISABLED")
    and all(map(importlib.util.find_spec, ("zlib", "_ssl")))
    and (is_bundled or importlib.util.find_spec("venv") and (has_uv or importlib.util.find_spec("pip")))
):
    sys.exit(1)
sys.stdout.write(sys.executable)
'

# Windows has no time zones of its own.
not_bundled=64
from_bundle=$bundled'
if not is_bundled:
    sys.exit(int(sys.argv[2]))
sys.path.insert(0, bundle)
if sys.platform == "win32":
    sys.path.append(os.path.join(sys.argv[1], "tzdata.zip"))
try:
    from ci_failure_tracker.__main__ import main
except Exception as error:
    print("::warning title=ci-failure-tracker::%s of the action cannot be read (%s); the packages are installed instead."
        % (os.path.basename(bundle), type(error).__name__))
    sys.exit(int(sys.argv[2]))
sys.argv[1:] = ["action"]
sys.exit(main())
'

find_python() {
  local installer=pip candidate found="" tools
  if has_uv; then installer=uv; fi
  tools=$(for_bash "${RUNNER_TOOL_CACHE:-/nowhere}")/Python
  # A shim of a version manager obeys the .python-version of the folder it is called in.
  cd "$(for_bash "${RUNNER_TEMP:-/}")"
  for candidate in python3 python python3.14 python3.13 python3.12 python3.11 \
    "$tools"/3.14.*/{x64,arm64}/{bin/python3,python.exe} "$tools"/3.13.*/{x64,arm64}/{bin/python3,python.exe} \
    "$tools"/3.12.*/{x64,arm64}/{bin/python3,python.exe} "$tools"/3.11.*/{x64,arm64}/{bin/python3,python.exe}; do
    if found=$("$candidate" -I -c "$fit" "$(for_python "$bundle")" "$installer" 2>/dev/null) && [ -n "$found" ]; then
      printf 'Using %s\n' "$found"
      printf 'python=%s\n' "$found" >>"$GITHUB_OUTPUT"
      return
    fi
  done
  printf 'No Python from 3.11 to 3.14 is on this machine, or none with uv or pip; actions/setup-python brings one.\n'
}

install_with_uv() { # PYTHON
  local list lists=()
  for list in "${requirements[@]}"; do lists+=(-r "$list"); done
  # A job may say that uv works on the system's Python; here it must not.
  UV_SYSTEM_PYTHON=0 uv pip install --quiet --color never --python "$1" --require-hashes --only-binary :all: \
    --no-deps "${lists[@]}"
}

# pip reads the index pages of one package after another, which takes most of its time. So two of them share the list.
# Each has its own target: in one folder, each would find half-written packages of the other. The list is complete,
# hence --no-deps. Compiling all modules takes longer than it saves in a single start.
install_with_pip() { # PYTHON FOLDER
  local half=0 first second line list
  for list in "${requirements[@]}"; do
    while IFS= read -r line || [ -n "$line" ]; do
      case $line in [A-Za-z0-9]*) half=$((1 - half)) ;; esac
      printf '%s\n' "$line" >>"$2/half-$half.txt"
    done <"$list"
  done
  pip_half "$1" "$2/half-0" &
  first=$!
  pip_half "$1" "$2/half-1" &
  second=$!
  # Wait for both, whatever the first returns.
  wait "$first" && first=0 || first=$?
  wait "$second" && second=0 || second=$?
  [ "$first" = 0 ] && [ "$second" = 0 ]
}

pip_half() { # PYTHON TARGET
  # A machine may make every pip use a virtual environment or the user's own folder, which does not go with a target.
  # A warning about root does not apply to a target either.
  PIP_REQUIRE_VIRTUALENV=0 PIP_USER=0 PIP_ROOT_USER_ACTION=ignore "$1" -I -m pip install --target "$2" -r "$2.txt" \
    --require-hashes --only-binary :all: --no-deps --no-compile --quiet --no-color --no-input --progress-bar off \
    --disable-pip-version-check
}

run_tracker() {
  local base=${TRACKER_PYTHON:-} code=0
  [ -n "$base" ] || fail "No Python was found or set up. Put Python 3.11 or later with pip on this runner's PATH."
  if [ -d "$bundle" ]; then
    # -S: no package of the machine is seen, and no .pth file of it runs.
    "$base" -I -S -X utf8 -c "$from_bundle" "$(for_python "$bundle")" "$not_bundled" || code=$?
    [ "$code" = "$not_bundled" ] || exit "$code"
  fi
  install_and_run "$base"
}

install_and_run() { # PYTHON
  local base=$1 python site
  ours=$(mktemp -d "$(for_bash "${RUNNER_TEMP:-${TMPDIR:-/tmp}}")/ci-failure-tracker.XXXXXX")
  trap 'rm -rf "$ours"' EXIT
  "$base" -I -m venv --without-pip "$ours/venv" ||
    fail "$base could not make a virtual environment; the lines above say why."
  python=$ours/venv/bin/python
  [ -e "$python" ] || python=$ours/venv/Scripts/python.exe

  # In this folder, no uv.toml or pyproject.toml of the workspace is read; the user's own settings still are.
  (
    cd "$ours" || exit
    if has_uv; then install_with_uv "$python"; else install_with_pip "$base" "$ours"; fi
  ) || fail "The packages of the tracker could not be installed; the lines above say why. Behind a proxy set \
HTTPS_PROXY in the env of the job; for a package index of your own set PIP_INDEX_URL, and UV_DEFAULT_INDEX for uv."

  for site in "$ours"/venv/lib/python3*/site-packages "$ours/venv/Lib/site-packages"; do
    [ -d "$site" ] || continue
    # Python ignores folders that do not exist: uv installs everything into the venv itself.
    for_python "$ours/half-0" >"$site/tracker.pth"
    printf '\n%s\n%s\n' "$(for_python "$ours/half-1")" "$(for_python "$src")" >>"$site/tracker.pth"
  done

  # -B: no __pycache__ beside the sources, which are in the workspace if a repository uses itself (uses: ./).
  "$python" -I -X utf8 -B -m ci_failure_tracker action
}

case ${1:-} in
find) find_python ;;
run) run_tracker ;;
*) fail "start.sh knows find and run, not '${1:-}'." ;;
esac
