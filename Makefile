# Every target is a sentence in `make help`. Products of debug builds are in .build/debug, of release builds in
# .build/release; neither overwrites the other.

.DEFAULT_GOAL := help
.PHONY: help prerequisites build man deb test test-systemd fuzz laws lint format demo oracle crash bench clean

# Dependencies that a target does not declare are errors.
strict := --explicit-target-dependency-import-check error

# Programs that faults are made with, and those that the tests try our files with; each with its package.
crash_tools := faketime:faketime mkfs.ext4:e2fsprogs
test_tools := $(crash_tools) promtool:prometheus mandoc:mandoc man:man-db groff:groff-base zsh:zsh fish:fish

help: ## Print this.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

prerequisites: ## Install what is missing of libsqlite3-dev, libsimdjson-dev, zlib1g-dev, pkg-config, python3, python3-venv, python3-yaml, tzdata.
	@.ci/prerequisites

build: prerequisites ## Build the release binary, .build/release/nudged.
	swift build -c release $(strict) --product nudged --static-swift-stdlib
	@ls -l .build/release/nudged

deb: build man ## Make a Debian package of it, .build/deb/nudged_VERSION_ARCHITECTURE.deb.
	@.ci/prerequisites dh_prep:debhelper lintian:lintian
	@package=$$(packaging/build) && lintian --fail-on error --allow-root "$$package" && ls -l "$$package"

man: build ## Write the manual pages into .build/man, the completions of shells into .build/completions.
	@mkdir -p .build/man .build/completions
	@for page in nudged.1 nudged.8 nudged-rules.5 nudged.yaml.5; do \
	  .build/release/nudged man $$page --documents docs >.build/man/$$page || exit; done
	@.build/release/nudged completions bash >.build/completions/nudged
	@.build/release/nudged completions zsh >.build/completions/_nudged
	@.build/release/nudged completions fish >.build/completions/nudged.fish
	@ls .build/man .build/completions

demo: build ## Play the sample trials in time lapse, in a temporary folder.
	.build/release/nudged demo

test: lint ## Check the form, build everything in debug, run every suite.
	@.ci/prerequisites $(test_tools)
	@.ci/python-tools
	swift build $(strict) --build-tests
	@.ci/suites

test-systemd: build man ## Install the package in a Debian 12 that systemd-nspawn boots, and try all that systemd does with it.
	@.ci/prerequisites dh_prep:debhelper debootstrap:debootstrap systemd-nspawn:systemd-container
	@Tests/Systemd/run || [ $$? -eq 77 ]

lint: ## Check the form of the Swift sources.
	swift format lint --strict --parallel --recursive Package.swift Sources Tests

format: ## Bring the Swift sources into form.
	swift format --in-place --parallel --recursive Package.swift Sources Tests

laws: prerequisites ## Try the laws of the engine with many seeds, those of the store with a fifth: make laws seeds=10000.
	swift build $(strict) --build-tests
	NUDGED_SEEDS=$(or $(seeds),1000) .ci/suites NudgeCoreTests NudgeStoreTests

fuzz: prerequisites ## Feed every parser with what libFuzzer makes up: make fuzz seconds=600 targets="rules line".
	@.ci/fuzz $(or $(seconds),60) $(targets)

accounts ?= no

oracle: prerequisites ## Compare decisions with the reference of Tests/Oracle: make oracle seeds=1-300 accounts=mix.
	swift build $(strict) --product nudged
	Tests/Oracle/compare.py --nudged .build/debug/nudged --seeds $(or $(seeds),1-60) --accounts $(accounts)

crash: build ## Kill, cut and starve the release binary: make crash cycles=10000 only=kill,power seed=7, or naive=yes.
	@.ci/prerequisites $(crash_tools)
	Tests/Crash/crash.py $(if $(cycles),--cycles $(cycles)) $(if $(only),--only $(only)) $(if $(seed),--seed $(seed)) $(if $(naive),--naive)

bench: build ## Measure the release binary, in ratios to yardsticks that run in the same command.
	bench/run
	bench/slow-clients
	bench/delivery
	bench/service
	swift build -c release $(strict) --static-swift-stdlib --product EngineBench
	.build/release/EngineBench
	.build/release/EngineBench 1000000 100000 4

clean: ## Remove what bench/ has built; the products of Swift stay.
	rm -rf bench/.build bench/echo/.build
