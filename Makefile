# make help lists what there is. Works with GNU make 3.81, which macOS has, and later.

VENV := .venv
PYTHON := $(VENV)/bin/python
READY := $(VENV)/.ready
# What only runs the program does so in the developers' environment if there is one, else in a small one of its own.
RUN_VENV := $(if $(wildcard $(READY)),$(VENV),.venv-run)
RUN_READY := $(RUN_VENV)/.ready
RUN_PYTHON := $(RUN_VENV)/bin/python
IN_SRC := PYTHONPATH=src
IN_TESTS := PYTHONPATH=src:tests
WORKFLOWS := .github/workflows/*.yml docs/examples/*.yml
LINTERS := PATH="$(CURDIR)/$(VENV)/bin:$$PATH"

# What users give goes to the shell as values of its environment, never as text of a command, and make itself does not
# expand a $(shell ...) in it either.
override REPO := $(value REPO)
override WORKFLOW := $(value WORKFLOW)
override MAX_RUNS := $(value MAX_RUNS)
export REPO WORKFLOW MAX_RUNS

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup demo demo-organisation test lint format generate lock faults golden pictures bench bench-start \
  bench-start-extras bench-start-cold bench-diagnosis bench-diagnosis-full bench-requests bench-requests-full \
  bench-issues bench-organisation bench-accuracy simulate simulate-flaky cassettes ci-failures-check ci-failures-track \
  ci-failures-help need-repo

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-20s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

setup: $(READY) $(VENV)/bin/ci-failure-tracker ## Install everything that development needs into .venv (88 packages)

demo: $(RUN_READY) ## Run the tracker against a local GitHub: no token; installs 24 packages into .venv-run
	@$(IN_TESTS) $(RUN_PYTHON) -m sandbox.demo

demo-organisation: $(RUN_READY) ## The same with an organisation of twelve repositories
	@$(IN_TESTS) $(RUN_PYTHON) -m sandbox.demo_organisation

test: lint ## Lint, then run all tests
	@$(PYTHON) -m pytest -n auto --dist worksteal $(ARGS)

lint: $(READY) ## Check the code, the action, the workflows, the scripts and the words
	$(LINTERS) ruff check
	$(LINTERS) ruff format --check
	$(LINTERS) mypy
	$(LINTERS) mypy --explicit-package-bases tests
	$(LINTERS) mypy .github/release
	$(LINTERS) $(IN_SRC) lint-imports --no-cache --no-logo
	$(LINTERS) shellcheck src/start.sh .github/release/*.sh .ci/run
	$(LINTERS) actionlint $(WORKFLOWS)
	$(LINTERS) zizmor --offline --no-progress --quiet action.yml .github docs/examples/*.yml
	$(LINTERS) check-jsonschema --builtin-schema vendor.github-actions action.yml
	$(LINTERS) check-jsonschema --builtin-schema vendor.github-workflows $(WORKFLOWS)
	$(LINTERS) check-jsonschema --builtin-schema vendor.dependabot .github/dependabot.yml
	$(LINTERS) check-jsonschema --builtin-schema vendor.github-issue-forms .github/ISSUE_TEMPLATE/*.yml
	$(LINTERS) $(IN_TESTS) $(PYTHON) -m prose

format: $(READY) ## Fix what ruff can fix
	$(LINTERS) ruff check --fix
	$(LINTERS) ruff format

generate: $(READY) ## Write the parts of action.yml, start.sh and docs that repeat the settings
	@$(IN_TESTS) $(PYTHON) tests/contract/generate.py

# What the action needs: what the command needs without what is for a terminal.
ACTION_NEEDS = import tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
  print(*(need for need in project["dependencies"] if need not in project["optional-dependencies"]["cli"]), sep="\n")

# The action installs such a list on top of requirements.txt, so it holds an extra alone and not what the project needs.
EXTRA_NEEDS = import sys, tomllib; project = tomllib.load(open("pyproject.toml", "rb"))["project"]; \
  print(*project["optional-dependencies"][sys.argv[1]], sep="\n")
EXTRAS = schedules metrics slack
# PyGithub needs them only to encrypt secrets of Actions. A small module stands in for nacl, as in the bundle.
RUNS_WITHOUT = cffi cryptography pycparser pynacl
STAND_IN = .github/release/stand_ins/nacl.py
LOCKED = $(EXTRAS) speed

lock: $(READY) ## Lock the newest allowed versions anew, with hashes
	$(PYTHON) -c '$(ACTION_NEEDS)' | $(LINTERS) uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --output-file requirements.txt -
	for extra in $(LOCKED); do \
	  $(PYTHON) -c '$(EXTRA_NEEDS)' $$extra | $(LINTERS) uv pip compile --quiet --upgrade --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate \
	  --no-emit-package typing-extensions --constraint requirements.txt --output-file src/requirements-$$extra.txt - \
	  || exit; done
	$(LINTERS) uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --constraint requirements.txt $(LOCKED:%=--constraint src/requirements-%.txt) \
	  --extra cli $(LOCKED:%=--extra %) --group dev pyproject.toml --output-file tests/requirements.txt
	$(LINTERS) uv pip compile --quiet --upgrade --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --no-annotate --constraint tests/requirements.txt \
	  --extra cli --extra metrics --extra speed --group sandbox $(RUNS_WITHOUT:%=--no-emit-package %) pyproject.toml \
	  --output-file tests/requirements-run.txt

faults: $(READY) ## Put each request under each fault, each field into another form, let lists lag, read logs in any order
	@EVERY_CASE=1 $(PYTHON) -m pytest -q -s -n 0 tests/contract/test_fault_campaign.py tests/contract/test_list_campaign.py \
	  tests/contract/test_storm_campaign.py tests/contract/test_rerun_campaign.py tests/contract/test_known_issue_campaign.py \
	  tests/contract/test_merge_campaign.py tests/contract/test_malformed_answers.py tests/unit/test_one_thing_one_issue.py \
	  tests/contract/test_hostility.py tests/unit/test_issues_per_test.py tests/contract/test_many_campaign.py \
	  tests/contract/test_organisation_campaign.py tests/contract/test_private_campaign.py

golden: $(READY) ## Write the golden files again: what the tracker does in each story
	@GOLDEN=write $(PYTHON) -m pytest -q tests/golden

pictures: $(READY) ## Draw the README's pictures from the demo in Chromium
	@$(IN_TESTS) $(PYTHON) -m sandbox.demo --keep .cache/demo >/dev/null
	@$(IN_TESTS) $(PYTHON) -m sandbox.picture .cache/demo docs/images

bench: bench-start bench-diagnosis bench-requests bench-issues bench-organisation ## Run the short benchmarks: ten minutes on two CPUs

bench-start: $(READY) ## Measure the time from start to the first request
	@$(IN_TESTS) $(PYTHON) tests/benchmarks/start_up.py $(ARGS)

bench-start-extras: $(READY) ## The same with the inputs that need more packages; some minutes
	@$(IN_TESTS) $(PYTHON) tests/benchmarks/start_up.py --extras $(ARGS)

bench-start-cold: $(READY) ## The same as bench-start with empty package caches; a minute
	@$(IN_TESTS) $(PYTHON) tests/benchmarks/start_up.py --cold $(ARGS)

bench-diagnosis: $(READY) ## Measure how fast logs are read, and in how much memory, beside a keyword grep
	@$(IN_TESTS) $(PYTHON) tests/benchmarks/diagnosis.py $(ARGS)

bench-diagnosis-full: $(READY) ## The same with logs of up to 100 MB; a minute
	@$(IN_TESTS) $(PYTHON) tests/benchmarks/diagnosis.py --megabytes 1 10 100 $(ARGS)

bench-requests: $(READY) ## Count the requests of sweeps, and time them, beside plain scripts that do the same
	@$(IN_TESTS) $(PYTHON) -m benchmarks.requests_made $(ARGS)

bench-requests-full: $(READY) ## The same with up to 1,000 runs, issues and failed runs; half an hour
	@$(IN_TESTS) $(PYTHON) -m benchmarks.requests_made --full $(ARGS)

bench-issues: $(READY) ## Measure the CPU time of a sweep with up to 5,000 tracked issues
	@$(IN_TESTS) $(PYTHON) -m benchmarks.tracked_issues $(ARGS)

bench-organisation: $(READY) ## Measure sweeps of 20 and 100 repositories; with ARGS=--full of 500 as well
	@$(IN_TESTS) $(PYTHON) -m benchmarks.organisation $(ARGS)

bench-accuracy: $(READY) ## Score how well logs are explained, where labelled logs are at hand
	@$(IN_SRC) $(PYTHON) tests/benchmarks/accuracy.py $(ARGS)

simulate: $(READY) ## Simulate a year of a project, and flaky jobs, under this program and other rules; ten minutes
	@$(IN_TESTS) $(PYTHON) -m benchmarks.year $(ARGS)

simulate-flaky: $(READY) ## The flaky jobs alone; ARGS="--picture FILE" draws them; two minutes
	@$(IN_TESTS) $(PYTHON) -m benchmarks.year --flaky-only $(ARGS)

cassettes: $(READY) ## Record the cassettes anew, of GitHub itself with GITHUB_TOKEN and CASSETTE_REPOSITORY
	@$(IN_TESTS) $(PYTHON) -m recorded.record

SWEEP = $(IN_SRC) $(RUN_PYTHON) -m ci_failure_tracker sweep --repo="$$REPO" \
  $${WORKFLOW:+--workflow="$$WORKFLOW"} $${MAX_RUNS:+--max-runs="$$MAX_RUNS"}

ci-failures-check: need-repo $(RUN_READY) ## Show what a sweep of REPO=owner/name would do
	@$(SWEEP)

ci-failures-track: need-repo $(RUN_READY) ## The same, and do it after asking
	@$(SWEEP) --execute

ci-failures-help: $(RUN_READY) ## Explain the sweep and its options
	@echo 'make ci-failures-check REPO=owner/name [WORKFLOW="CI, Nightly"] [MAX_RUNS=200]   shows the plan, writes nothing'
	@echo 'make ci-failures-track REPO=owner/name [WORKFLOW="CI, Nightly"] [MAX_RUNS=200]   shows the plan, asks, writes'
	@echo 'Both read GITHUB_TOKEN: export GITHUB_TOKEN="$$(gh auth token)". All options:'
	@echo
	@$(IN_SRC) $(RUN_PYTHON) -m ci_failure_tracker sweep --help

need-repo:
	@if [ -z "$$REPO" ]; then \
	  echo 'Which repository? make ci-failures-check REPO=owner/name' >&2; exit 2; fi

# Makes an environment with what a list of requirements locks; made anew when the list changes. The pip of the Python
# itself installs into it, if it can: to put another pip there takes longer than the rest. `--clear` would empty
# what a symbolic link points to, so a link is refused.
define MAKE_VENV
	@if [ -L '$(@D)' ]; then \
	  echo '$(@D) is a symbolic link. Remove the link, and make creates an environment here.' >&2; exit 1; fi; \
	for python in python3 python python3.14 python3.13 python3.12 python3.11; do \
	  if "$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; then \
	    found=$$python; break; fi; done; \
	if [ -z "$$found" ]; then echo 'Python 3.11 to 3.14 is needed, and none is on PATH.' >&2; exit 1; fi; \
	echo "Installing into $(@D) with $$("$$found" --version), this takes a moment"; \
	if command -v uv >/dev/null; then \
	  uv venv --quiet --clear --python "$$found" $(@D) && \
	  uv pip install --quiet --python $(@D)/bin/python --require-hashes --no-deps -r $<; \
	else \
	  "$$found" -m venv --clear --without-pip $(@D) && \
	  if "$$found" -I -m pip --python $(@D)/bin/python --version >/dev/null 2>&1; then \
	    set -- "$$found" -I -m pip --python $(@D)/bin/python; \
	  else \
	    "$$found" -m venv $(@D) && set -- $(@D)/bin/python -m pip; \
	  fi && \
	  "$$@" install --quiet --disable-pip-version-check --require-hashes --no-deps --no-compile -r $<; \
	fi
	@touch $@
endef

$(READY): tests/requirements.txt
	$(MAKE_VENV)

# The command of this checkout. `-P`: Python looks for no module in the folder in which the command is called.
$(VENV)/bin/ci-failure-tracker: $(READY)
	@printf '%s\n' '#!/bin/sh' 'bin=$$(cd "$$(dirname "$$0")" && pwd)' \
	  'PYTHONPATH="$$bin/../../src" exec "$$bin/python" -P -m ci_failure_tracker "$$@"' > $@
	@chmod +x $@

.venv-run/.ready: tests/requirements-run.txt
	$(MAKE_VENV)
	@cp $(STAND_IN) $(@D)/lib/python3*/site-packages/
