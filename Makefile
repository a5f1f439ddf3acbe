# Targets that a person calls have a "##" comment; "make" alone lists them.

GO          ?= go
NODE        ?= node
NPM         ?= npm
PREFIX      ?= /usr/local
FUZZTIME    ?= 1m
FUZZBUILD   ?= -fuzz .
TESTFLAGS   ?=
BENCHFLAGS  ?=
VERSION     ?= $(shell git describe --always --dirty 2>/dev/null || echo devel)
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

# The names under which the one binary is called besides its own.
NAMES := kmd kiod keosd clef signer

# With runtimesecret the Go runtime erases the stack and registers after each
# use of a private key. The product is built with it; "portable" tests without.
export GOEXPERIMENT ?= runtimesecret
export CGO_ENABLED  ?= 1
# For tests too, so that no library is compiled twice.
export GOFLAGS      := $(strip $(filter-out -trimpath,$(GOFLAGS)) -trimpath)

GOFOLDERS  := cmd client internal oracle
MODULES    := . oracle
# What is other code without cgo or erasing, or rests on it: the vault's arithmetic,
# keys and seals, and the chains of secp256k1.
KEYHANDLING := ./internal/curve/... ./internal/secret/... ./internal/gate/internal/vault/... ./internal/hd/... ./internal/seal/... \
               ./internal/chain/antelope/... ./internal/chain/bitcoin/... ./internal/chain/evm/... ./internal/chain/tron/... ./internal/chain/xrpl/...
# Not the vault's arithmetic, which has neither goroutines nor state.
CONCURRENT := ./client/... ./internal/api/... ./internal/approval/... ./internal/audit/... ./internal/daemon/... ./internal/foreign/web3file/... \
              ./internal/gate ./internal/gate/internal/vault ./internal/gate/internal/wallet ./internal/policy/... ./internal/secret/... \
              ./internal/server/... ./internal/store/...
# What computes by itself is built without the race detector's instructions, which make
# it ten times slower: ciphers and scrypt, curves, the engines of SQL and JavaScript.
UNWATCHED  := golang.org/x/crypto/... modernc.org/... github.com/consensys/... github.com/crate-crypto/... github.com/decred/... \
              github.com/dop251/... github.com/ethereum/... github.com/stellar/... strongroom/internal/foreign/kmdfile

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help build run test unit oracle portable builds race fuzz fuzz-seeds conformance recordings algosdk chains clients bench lint format vet \
        docs docs-check capabilities install clean need-go need-cc need-node

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: need-go need-cc ## bin/strongroom and its other names
	@mkdir -p bin
	$(GO) build -ldflags '-X main.version=$(VERSION)' -o bin/strongroom ./cmd/strongroom
	@for name in $(NAMES); do ln -f bin/strongroom bin/$$name; done

run: build ## a throw-away data directory with a development wallet, served until Ctrl-C
	bin/strongroom dev

test: format vet unit oracle portable race fuzz-seeds docs-check conformance ## everything that must pass before a commit
	@echo 'make test: all passed'

# Without the brief vet of "go test": the target vet looks at everything.
unit: need-go need-cc ## the Go tests, as the product is built
	$(GO) test -vet=off -timeout 10m $(TESTFLAGS) ./...

oracle: need-go need-cc ## the libraries of others against ours: tests, and each fuzz target briefly
	$(GO) -C oracle test -vet=off -timeout 10m $(TESTFLAGS) ./...
	@$(MAKE) --no-print-directory fuzz $(BRIEFLY) FUZZTIME=200x MODULES=oracle

portable: need-go ## the tests of what is different without cgo and without erasing
	GOEXPERIMENT= CGO_ENABLED=0 $(GO) test -vet=off -timeout 10m $(TESTFLAGS) $(KEYHANDLING)

builds: need-go ## build without cgo, and for macOS; the unit tests check the types of both
	GOEXPERIMENT= CGO_ENABLED=0 $(GO) build ./...
	GOEXPERIMENT= CGO_ENABLED=0 GOOS=darwin $(GO) build ./...

race: need-go need-cc ## the tests of the concurrent packages under the race detector
	CGO_ENABLED=1 GORACE=atexit_sleep_ms=10 $(GO) test -race $(UNWATCHED:%=-gcflags=%=-race=false) -vet=off -timeout 10m $(TESTFLAGS) $(CONCURRENT)

# The test binary of a package is built once for all of its targets.
fuzz: need-go need-cc ## every fuzz target for FUZZTIME (a duration, or a count such as 1000x)
	@set -e; \
	binary=$$(mktemp); trap 'rm -f "$$binary"' EXIT; cache=$$($(GO) env GOCACHE)/fuzz; \
	for module in $(MODULES); do \
		packages=$$($(GO) -C $$module list -f '{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}:{{.Dir}}{{end}}' ./...); \
		found=; \
		for entry in $$packages; do \
			package=$${entry%%:*}; folder=$${entry#*:}; \
			grep -qs '^func Fuzz' "$$folder"/*_test.go || continue; \
			$(GO) -C $$module test -c $(FUZZBUILD) -o "$$binary" $$package; \
			for target in $$(cd "$$folder" && "$$binary" -test.list '^Fuzz'); do \
				found=yes; echo "fuzz $$package:$$target"; \
				(cd "$$folder" && "$$binary" -test.run '^$$' -test.fuzz "^$$target\$$" -test.fuzztime $(FUZZTIME) -test.fuzzcachedir "$$cache/$$package"); \
			done; \
		done; \
		test -n "$$found" || { echo "no fuzz targets found in $$module" >&2; exit 1; }; \
	done

# Guidance by coverage finds little in a few hundred executions, and for it all libraries
# have to be compiled once more.
BRIEFLY := FUZZBUILD=-ldflags=-w

fuzz-seeds: ## every fuzz target briefly; "oracle" does it with its own
	@$(MAKE) --no-print-directory fuzz $(BRIEFLY) FUZZTIME=500x MODULES=.

conformance: recordings algosdk chains clients ## the built binary against recordings and real clients

recordings: build need-node ## recorded exchanges of the daemons whose protocols we speak
	$(NODE) conformance/replay-kmd.mjs bin/kmd
	$(NODE) conformance/replay-clef.mjs bin/clef

algosdk: build need-node conformance/algosdk/node_modules/.package-lock.json ## the unmodified client of Algorand's kmd
	$(NODE) conformance/algosdk/run.mjs bin/kmd

conformance/algosdk/node_modules/.package-lock.json: conformance/algosdk/package-lock.json
	cd conformance/algosdk && $(NPM) ci
	@touch $@

chains: build need-node conformance/algosdk/node_modules/.package-lock.json conformance/chains/node_modules/.package-lock.json ## the chains' own client libraries
	$(NODE) conformance/chains/run.mjs bin/strongroom

conformance/chains/node_modules/.package-lock.json: conformance/chains/package-lock.json
	cd conformance/chains && $(NPM) ci
	@touch $@

clients: build need-node conformance/clef/node_modules/.package-lock.json ## the Ethereum clients, and geth's requests, at clef
	$(NODE) conformance/clef/run.mjs bin/clef

conformance/clef/node_modules/.package-lock.json: conformance/clef/package-lock.json
	cd conformance/clef && $(NPM) ci
	@touch $@

bench: build ## what signing, generating, listing and unlocking cost on this machine
	bin/strongroom bench $(BENCHFLAGS)

lint: format vet ## gofmt, vet and staticcheck
	for module in $(MODULES); do $(GO) -C $$module run $(STATICCHECK) ./... || exit; done

format: need-go
	@bad=$$(gofmt -l $(GOFOLDERS)); test -z "$$bad" || { echo "not formatted (run gofmt -w):"; echo "$$bad"; exit 1; } >&2

vet: need-go need-cc
	for module in $(MODULES); do $(GO) -C $$module vet ./... || exit; done

docs: build ## man pages, configuration reference and tables, from their sources
	bin/strongroom docs docs
	$(GO) test ./internal/api/kmd ./internal/api/kiod ./internal/chain/all -run Documented -update

docs-check: build # the tables are checked by unit tests
	@set -e; fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; \
	bin/strongroom docs "$$fresh"; \
	for file in $$(cd "$$fresh" && find . -type f); do \
		diff -u "docs/$$file" "$$fresh/$$file" || { echo "docs/$$file is out of date: run make docs" >&2; exit 1; }; \
	done

capabilities: build ## let the binaries lock memory beyond the limit (needs root; again after each build)
	@command -v setcap >/dev/null || { echo 'setcap is missing (Debian, Ubuntu: package libcap2-bin)' >&2; exit 1; }
	$$(test "$$(id -u)" = 0 || echo sudo) setcap cap_ipc_lock=+ep bin/strongroom
	@# the other names are hard links to the same file and have it too

install: build ## copy the binaries and man pages to PREFIX (default /usr/local), below DESTDIR
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	for name in strongroom $(NAMES); do install -m 0755 bin/strongroom $(DESTDIR)$(PREFIX)/bin/$$name; done
	@set -e; fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; \
	bin/strongroom docs "$$fresh"; \
	find "$$fresh" -name '*.1' -exec install -m 0644 {} $(DESTDIR)$(PREFIX)/share/man/man1/ \;

clean: ## remove what was built
	rm -rf bin conformance/*/node_modules

need-go:
	@command -v $(GO) >/dev/null || { echo 'Go is missing: install Go 1.26 or newer (https://go.dev/doc/install)' >&2; exit 1; }

need-cc:
	@test "$(CGO_ENABLED)" = 0 || command -v $$($(GO) env CC | cut -d' ' -f1) >/dev/null || \
		{ echo 'a C compiler is missing: install gcc or clang, or build with CGO_ENABLED=0' >&2; exit 1; }

need-node:
	@command -v $(NODE) >/dev/null || { echo 'Node is missing: install Node 20 or newer (https://nodejs.org); it runs the conformance tests' >&2; exit 1; }
	@command -v $(NPM) >/dev/null || { echo 'npm is missing: it comes with Node; it installs the clients of the conformance tests' >&2; exit 1; }
	@$(NODE) -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' || { echo "Node 20 or newer is needed, this is $$($(NODE) --version)" >&2; exit 1; }
