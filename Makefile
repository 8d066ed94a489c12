# lookalike: `make demo` shows what it does, `make test` shows that it works.

SHELL := /bin/bash
DEMO  := target/demo
SERVE ?= 1
PORT  ?= 8080

.PHONY: help tools build demo test check check-api bench-embed bench-import bench-search bench-serve clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

tools:
	@tools/install-build-tools

build: tools ## build target/release/lookalike
	cargo build --release --locked -p lookalike-cli

demo: build ## make, import and search synthetic design patents, then serve them (SERVE=0: end)
	@tools/demo $(DEMO) $(SERVE) $(PORT)

test: tools ## run every test
	cargo test --locked --workspace

check: tools ## formatting and lints, as they must be in every commit
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	@if command -v cargo-deny >/dev/null; then cargo deny check; else echo "cargo-deny is not installed: licences not checked"; fi

check-api: build ## try the HTTP API with what its description allows and forbids (schemathesis)
	@tools/check_api

bench-embed: build target/venv-bench/installed ## time embedding beside its peers (ARGS=--quick: a smoke run)
	@target/venv-bench/bin/python bench/embed/run.py $(ARGS)

bench-import: tools target/venv-bench/installed-import ## time the import beside a Python pipeline (ARGS=--quick: a smoke run)
	cargo build --release --locked -p lookalike-cli -p lookalike-engine --bin lookalike --example import_stages
	@target/venv-bench/bin/python bench/import/run.py $(ARGS)

bench-search: build target/venv-bench/installed-search ## time search beside FAISS, hnswlib, usearch, Milvus (ARGS=--quick: a smoke run)
	@target/venv-bench/bin/python bench/search/run.py $(ARGS)

bench-serve: build ## load the server with 64 clients beside an import (ARGS=--quick: a smoke run)
	@python3 bench/serve/run.py $(ARGS)

target/venv-bench/installed: bench/embed/requirements.txt
	python3 -m venv target/venv-bench
	target/venv-bench/bin/pip install --quiet -r bench/embed/requirements.txt
	@touch $@

target/venv-bench/installed-import: target/venv-bench/installed bench/import/requirements.txt
	target/venv-bench/bin/pip install --quiet -r bench/import/requirements.txt
	@touch $@

target/venv-bench/installed-search: bench/search/requirements.txt
	test -x target/venv-bench/bin/pip || python3 -m venv target/venv-bench
	target/venv-bench/bin/pip install --quiet -r bench/search/requirements.txt
	@touch $@

clean: ## remove everything that was built
	cargo clean
