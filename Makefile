# Sightline: one Makefile for a newcomer. Needs make, Node >= 20 and npm; everything else it fetches itself.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

NODE_VERSION := 24.21.0
PNPM_VERSION := 12.21.0

TOOLCHAIN := $(CURDIR)/.toolchain
# The machine's own Node may be older: ours comes first.
export PATH := $(TOOLCHAIN)/node_modules/.bin:$(PATH)
# Rust-built tools and V8 caches stay out of the home directory of a throw-away machine.
export NODE_COMPILE_CACHE := $(TOOLCHAIN)/compile-cache
export NODE_NO_WARNINGS := 1

.PHONY: help up down test check fuzz bench bench-record build clean generate format

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: node_modules/.ready ## start everything on this machine and print where it is
	@node deploy/local/src/up.ts

down: node_modules/.ready ## stop what make up started
	@node deploy/local/src/down.ts

test: node_modules/.ready ## run every check and test
	@node tests/run.ts

check: node_modules/.ready ## format, lint, types, import rules, proto lint
	@node tests/run.ts check

fuzz: node_modules/.ready ## a million odd inputs for every parser: make fuzz FUZZ=libs/query CASES=50000 SEED=7
	@SIGHTLINE_FUZZ_CASES=$(or $(CASES),1000000) SIGHTLINE_FUZZ_SEED=$(or $(SEED),0) node --test --test-concurrency=1 \
	  $$(find $(or $(FUZZ),libs services) -name '*.fuzz.test.ts' -not -path '*/node_modules/*' | sort)

bench: node_modules/.ready ## run every benchmark, or one: make bench BENCH=walk-traces
	@node tests/bench/run.ts $(BENCH)

bench-record: node_modules/.ready ## measure what tests/bench/RESULTS.md holds, all of it or one: make bench-record BENCH=e2e-traces
	@node tests/bench/record.ts $(BENCH)

build: node_modules/.ready ## the images' bundles: one file per service, and the web page
	@node deploy/docker/build.ts

generate: node_modules/.ready ## TypeScript from the protos, and Grafana's boards from their sources
	@node proto/generate.ts
	@node deploy/grafana/src/generate.ts

format: node_modules/.ready ## format the sources in place
	@biome check --write .

clean: ## remove what was installed, built or kept here (data included)
	@if [ -x "$(TOOLCHAIN)/node_modules/.bin/node" ] && [ -e node_modules/.ready ]; then node deploy/local/src/down.ts; fi
	@rm -rf .toolchain .sightline node_modules libs/*/node_modules services/*/node_modules services/*/dist \
	  services/gateway/web/node_modules services/gateway/web/dist deploy/local/node_modules tests/node_modules dist

$(TOOLCHAIN)/.ready-$(NODE_VERSION)-$(PNPM_VERSION):
	@command -v npm >/dev/null || { echo "cannot install the toolchain: npm is missing; install Node.js 20 or newer with npm" >&2; exit 1; }
	@echo "installing node $(NODE_VERSION) and pnpm $(PNPM_VERSION) into .toolchain"
	@mkdir -p $(TOOLCHAIN)
	@npm install --prefix $(TOOLCHAIN) --no-audit --no-fund --no-update-notifier --loglevel=error node@$(NODE_VERSION) pnpm@$(PNPM_VERSION) >/dev/null
	@touch $@

node_modules/.ready: $(TOOLCHAIN)/.ready-$(NODE_VERSION)-$(PNPM_VERSION) pnpm-lock.yaml pnpm-workspace.yaml package.json
	@echo "installing npm packages"
	@pnpm install --frozen-lockfile --reporter=append-only --loglevel=error
	@touch $@
