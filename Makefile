# lookalike: `make demo` shows what it does, `make test` shows that it works.

SHELL := /bin/bash
DEMO  := target/demo
SERVE ?= 1
PORT  ?= 8080
REAL  ?= ../shared/real
MODELS ?= builtin
PREPROCESS ?= letterbox,figure
TESTS ?= bf16::centre bf16::number bf16::tile window:: a_great_logit

.PHONY: help tools web build demo test test-gpu test-stores test-tiles miri test-web check check-api eval-real bench-embed bench-gpu bench-import bench-search bench-serve clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

tools:
	@tools/install-build-tools

web: tools web/dist/index.html ## build the web page that the program carries

web/node_modules/.package-lock.json: web/package.json web/package-lock.json
	cd web && npm ci --no-fund --no-audit

web/dist/index.html: web/node_modules/.package-lock.json web/index.html web/vite.config.ts $(shell find web/src web/public -type f)
	cd web && npm run build

build: tools web ## build target/release/lookalike
	cargo build --release --locked -p lookalike-cli

demo: build ## make, import and search synthetic design patents, then serve them (SERVE=0: end)
	@tools/demo $(DEMO) $(SERVE) $(PORT)

test: tools web ## run every test but those in a browser
	cargo test --locked --workspace
	cd web && npm test

test-gpu: tools ## test graphics cards' shaders and models, on Mesa's software Vulkan where there is no card
	@tools/install-software-vulkan
	cargo test --locked -p lookalike-gpu -- --nocapture
	cargo test --locked -p lookalike-cli --features gpu --test cli -- device::

test-stores: tools ## test the stores for more than one machine against real servers on loopback (ARGS=: passed to the journey over Milvus)
	@tools/test-stores
	@tools/test_milvus $(ARGS)

test-tiles: tools ## test the kernels that use AMX tiles with emulated ones (needs AVX-512 BF16)
	CARGO_TARGET_DIR=target/tiles RUSTFLAGS="--cfg lookalike_emulated_tiles" cargo test --locked -p lookalike-kernels

miri: ## look for undefined behaviour in the portable kernels (needs a nightly toolchain with miri; TESTS=: all of them)
	MIRIFLAGS=-Zmiri-disable-isolation cargo +nightly miri test --locked -p lookalike-kernels --lib -- --skip at_any_ $(TESTS)

test-web: build ## try the page in Chromium against the real server
	@tools/install-chromium
	cd web && npm run e2e

check: tools web/node_modules/.package-lock.json ## formatting, lints, dependencies, links and imports, as they must be in every commit
	cargo fmt --all --check
	cargo clippy --locked --workspace --all-targets -- -D warnings
	@tools/install-check-tools
	@if command -v cargo-machete >/dev/null; then cargo machete; else echo "not checked: unused dependencies"; fi
	@if command -v cargo-deny >/dev/null; then cargo deny check licenses bans sources; else echo "not checked: licences"; fi
	@tools/check_links
	@tools/import_graph.py
	cd web && npm run check

check-api: build ## try the HTTP API with what its description allows and forbids (schemathesis)
	@tools/check_api

eval-real: build ## measure encoders and baselines on real patents (REAL=DIR with grants and pdf in it)
	@test -d "$(REAL)/grants" -a -d "$(REAL)/pdf" || { echo "no folders grants and pdf in $(REAL); name the folder that holds them: make eval-real REAL=DIR"; exit 1; }
	@target/release/lookalike eval $(REAL)/grants $(REAL)/pdf --task views,citations --model $(MODELS) \
	  --baseline hog,perceptual-hash,colour-histogram --preprocess $(PREPROCESS) --figures

bench-embed: build target/venv-bench/installed ## time embedding beside its peers (ARGS=--quick: a smoke run)
	@target/venv-bench/bin/python bench/embed/run.py $(ARGS)

bench-gpu: tools web target/venv-bench/installed ## time embedding on a graphics card beside PyTorch CUDA (ARGS=--quick: a smoke run)
	cargo build --release --locked -p lookalike-cli --features gpu
	@target/venv-bench/bin/python bench/embed/run.py --gpu $(ARGS)

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
