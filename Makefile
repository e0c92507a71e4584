# The repository's commands. Each sets up what it needs; nothing is typed before.

# Where a Rust was installed moments ago, its folder is not on PATH yet.
export PATH := $(HOME)/.cargo/bin:$(PATH)

.DEFAULT_GOAL := help
# The order of what a target needs is the order it runs in.
.NOTPARALLEL:
.PHONY: help demo test contracts bench bootstrap bootstrap-test bootstrap-coverage fmt lint unit \
        docs-test replay deny audit costs test-cli coverage bootstrap-mutants mutants

help: ## what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: contracts ## the whole suite alive on a ledger of its own
	@scripts/demo.sh

test: bootstrap-test fmt contracts deny lint unit docs-test replay ## everything that proves the suite
	@echo "make test: all passed"

contracts: bootstrap ## the contracts to wasm, with their sizes against their budgets
	@cargo xtask contracts

bench: contracts ## how fast localnet starts and answers
	@cargo xtask bench

costs: contracts ## measure every entry point and rewrite docs/costs.md
	@cargo xtask costs

# What is deployed and what it is made of: the service has suites of another kind.
COVERED := performance-monitor analytics-storage alerting dashboard external-monitoring \
  lumenscope-sdk lumenscope-interfaces insurance-pool example-oracle lumenscope-bucket \
  lumenscope-sketch lumenscope-hot lumenscope-rules lumenscope-dictionary lumenscope-templates

coverage: bootstrap-coverage ## line coverage of the contracts and the pure crates, 90 % at least
	cargo llvm-cov nextest --no-report $(addprefix --package ,$(COVERED))
	cargo llvm-cov report --ignore-filename-regex '/tests?(/|\.rs)' --fail-under-lines 90

# Pure crates, whose own tests have to notice whatever is changed in them. Three hours for all of them:
# `make mutants CRATE=lumenscope-export` tries one, in minutes.
PURE := board bucket credentials dictionary export grafana hot notify rules sketch templates
CRATE ?= $(addprefix lumenscope-,$(PURE))

# 3 says that some looped, and nothing else.
mutants: bootstrap-mutants ## changes the pure crates a line at a time: no test may miss it
	CARGO_INCREMENTAL=1 CARGO_PROFILE_DEV_DEBUG=0 CARGO_PROFILE_TEST_DEBUG=0 PROPTEST_CASES=200 \
	  cargo mutants --output target --jobs 2 $(addprefix --package ,$(CRATE)) || test $$? -eq 3

test-cli: contracts ## the real `stellar` (on PATH) against localnet, and the guides with it
	cargo nextest run --workspace --features lumenscope-tests/real-cli \
	  --filterset 'package(lumenscope-tests) & (binary(real_cli) | binary(guides))'

audit: bootstrap-test ## known vulnerabilities, from the network's advisory database
	cargo deny --all-features check advisories

bootstrap:
	@scripts/bootstrap.sh

bootstrap-test:
	@scripts/bootstrap.sh test

bootstrap-coverage:
	@scripts/bootstrap.sh coverage

bootstrap-mutants:
	@scripts/bootstrap.sh mutants

fmt:
	cargo fmt --all --check

deny:
	cargo deny --all-features check bans licenses sources

lint:
	cargo clippy --workspace --all-targets --features lumenscope-tests/real-cli -- --deny warnings

# The unit and property tests, the suites on wasm, apply stability, and the costs against their
# budgets; then what crosses contracts once more, on wasm.
unit: contracts
	cargo nextest run --workspace
	LUMENSCOPE_CONTRACTS=wasm cargo nextest run --workspace \
	  --filterset 'package(lumenscope-tests) & binary(crossing)'

docs-test:
	cargo test --workspace --doc --quiet

replay:
	@cargo xtask replay
