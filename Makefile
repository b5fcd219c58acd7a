# marketing-agent: `make demo` and `make test` do everything; `make help` lists the rest.
#
#   make VARIANT=asan test    release, asan, tsan and fuzz builds lie side by side under build/
#   make CC=clang V=1         another compiler; show the commands
#   make DUCKDB_PREFIX=/usr   the system's DuckDB instead of the pinned one; LLAMA_PREFIX likewise
#   make test T=base/         only the tests whose path holds base/

VERSION := 0.1.0
VARIANT ?= release
B       := build/$(VARIANT)
PINNED  := build/deps
DEPS    := build/deps$(if $(DUCKDB_PREFIX),-duckdb)$(if $(LLAMA_PREFIX),-llama)
GEN     := build/gen
WEB     := build/web
PREFIX  ?= /usr/local

ifeq ($(origin CC),default)
CC := gcc
endif

# All cores, unless the caller says how many jobs.
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif
MAKEFLAGS += --no-builtin-rules --no-print-directory
.DELETE_ON_ERROR:
.SECONDARY:

# ---- flags: lower case is ours; CPPFLAGS, CFLAGS, LDFLAGS and LDLIBS are the caller's to add

OPT_release := -O2 -g -fstack-protector-strong -D_FORTIFY_SOURCE=2
OPT_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined \
               -fno-omit-frame-pointer
OPT_tsan    := -O1 -g -fsanitize=thread -fno-omit-frame-pointer
OPT_fuzz    := $(OPT_asan) -fsanitize=fuzzer-no-link

warnings := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
            -Wvla -Wformat=2 -Wundef -Wwrite-strings -Wcast-qual -Wconversion -Wno-sign-conversion

# The libraries are found from the program's own folder: where `make install` puts them, then in
# build/deps (a program lies one folder below build/, a benchmark two, a test three).
rpath = -Wl,-rpath,'$$ORIGIN/../lib/marketing-agent' -Wl,-rpath,'$$ORIGIN/../deps/$(1)/lib' \
        -Wl,-rpath,'$$ORIGIN/../../deps/$(1)/lib' -Wl,-rpath,'$$ORIGIN/../../../deps/$(1)/lib'
system_cpp = $(if $(filter /usr,$(1)),,-isystem $(1)/include)
system_ld  = -L$(1)/lib -Wl,-rpath,$(1)/lib

ifdef DUCKDB_PREFIX
duckdb_cpp := $(call system_cpp,$(DUCKDB_PREFIX))
duckdb_ld  := $(call system_ld,$(DUCKDB_PREFIX))
else
duckdb_cpp := -isystem $(PINNED)/duckdb/include
duckdb_ld  := -L$(PINNED)/duckdb/lib $(call rpath,duckdb)
endif

# MKT_LLAMA_BUILD is the version that the headers are of; the program asks the library for its own.
ifdef LLAMA_PREFIX
llama_cpp  := $(call system_cpp,$(LLAMA_PREFIX))
llama_ld   := $(call system_ld,$(LLAMA_PREFIX))
llama_libs := -lllama -lggml -lggml-base
else
llama_cpp  := -isystem $(PINNED)/llama/include -DMKT_LLAMA_BUILD='"0.5.0"'
llama_ld   := -L$(PINNED)/llama/lib $(call rpath,llama)
llama_libs := -l:libllama.v0.5.0.so -l:libggml.v0.5.0.so -l:libggml-base.so
endif

cppflags := -D_GNU_SOURCE -DMKT_VERSION='"$(VERSION)"' -DMKT_GEN_DIR='"$(GEN)"' -Isrc \
            $(duckdb_cpp) $(llama_cpp) $(CPPFLAGS)
cflags   := -std=c17 $(OPT_$(VARIANT)) $(warnings) -ffp-contract=off -fno-math-errno -pthread \
            $(CFLAGS)
ldflags  := $(OPT_$(VARIANT)) -pthread -Wl,-z,relro,-z,now $(duckdb_ld) $(llama_ld) $(LDFLAGS)
ldlibs   := -lduckdb $(llama_libs) -lmicrohttpd -ljansson -lcurl -lgsl -lgslcblas -lcrypto -lm $(LDLIBS)

# What was built with other flags is built again.
flags := $(CC) $(cppflags) $(cflags) $(ldflags) $(ldlibs)
ifneq ($(flags),$(file <$(B)/flags))
$(shell mkdir -p $(B))
$(file >$(B)/flags,$(flags))
endif

show = @$(if $(V),,printf '  %-7s %s\n' '$(1)' '$(2)';)$(if $(V),set -x;)

# ---- the program

SRC := $(wildcard src/*/*.c)
OBJ := $(SRC:src/%.c=$(B)/obj/%.o)
LIB := $(B)/libmkt.a
BIN := $(B)/marketing-agent

.PHONY: all
all: $(BIN)  ## build the program (build/release/marketing-agent)

$(B)/obj/%.o: src/%.c $(B)/flags | $(DEPS)/build.ok
	@mkdir -p $(@D)
	$(call show,CC,$<)$(CC) $(cppflags) $(cflags) -MD -MP -c -o $@ $<

# the folders stand here so that a file taken away leaves the library too
$(LIB): $(filter-out %/cli/main.o,$(OBJ)) $(wildcard src/*)
	@rm -f $@
	$(call show,AR,$@)ar rcs $@ $(filter %.o,$^)

$(BIN): $(B)/obj/cli/main.o $(LIB)
	$(call show,LINK,$@)$(CC) $(ldflags) -o $@ $^ $(ldlibs)

# ---- what comes from outside, and the report page's script and style

$(DEPS)/%.ok: tools/setup tools/pins
	@DUCKDB_PREFIX='$(DUCKDB_PREFIX)' LLAMA_PREFIX='$(LLAMA_PREFIX)' tools/setup $*
	@mkdir -p $(@D) && touch $@
$(DEPS)/test.ok $(DEPS)/lint.ok $(DEPS)/fuzz.ok $(DEPS)/bench.ok $(DEPS)/bench-llm.ok: \
    $(DEPS)/build.ok # one by one

$(WEB)/node_modules/.ok: web/package.json web/package-lock.json web/.npmrc | $(DEPS)/build.ok
	$(call show,NPM,$(WEB))mkdir -p $(WEB) && cp $^ $(WEB)/ && cd $(WEB) && \
	    npm ci --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

$(GEN)/report.min.%: web/report.% $(WEB)/node_modules/.ok
	@mkdir -p $(@D)
	$(call show,BUNDLE,$@)NODE_PATH=$(WEB)/node_modules $(WEB)/node_modules/.bin/esbuild $< \
	    --bundle --minify --format=iife --target=es2019 --legal-comments=eof --charset=utf8 \
	    --log-level=warning --outfile=$@
$(GEN)/report.min.js: $(wildcard web/*.js)
$(GEN)/report.min.css: $(wildcard web/*.css)
$(B)/obj/report/page.o: $(GEN)/report.min.js $(GEN)/report.min.css
$(B)/obj/mcp/mcp_schema.o: docs/answer.schema.json

# the published clients that drive the program in tests/e2e
PEERS := build/peers
$(PEERS)/node_modules/.ok: tests/peers/package.json tests/peers/package-lock.json \
                           tests/peers/.npmrc | $(DEPS)/build.ok
	$(call show,NPM,$(PEERS))mkdir -p $(PEERS) && cp $^ $(PEERS)/ && cd $(PEERS) && \
	    npm ci --ignore-scripts --prefer-offline --no-audit --no-fund --loglevel=error >/dev/null
	@touch $@

# ---- run it

.PHONY: demo
demo: $(BIN)  ## analyse the example company and write report.html
	@$(BIN) report examples -o report.html

.PHONY: docs
docs: $(BIN)  ## write docs/analyses.md from the table of analyses
	@mkdir -p docs
	$(BIN) docs >docs/analyses.md.new && mv docs/analyses.md.new docs/analyses.md

.PHONY: install
install: $(BIN)  ## install below PREFIX (/usr/local) and DESTDIR
	install -D -m 755 $(BIN) $(DESTDIR)$(PREFIX)/bin/marketing-agent
ifndef DUCKDB_PREFIX
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/marketing-agent $(PINNED)/duckdb/lib/libduckdb.so
endif
ifndef LLAMA_PREFIX
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib/marketing-agent $(PINNED)/llama/lib/*.so
endif

# ---- tests: tests/<room>/<x>_test.c is one program, tests/<room>/<x>_test.sh one script

chosen   = $(if $(T),$(foreach x,$(1),$(if $(findstring $(T),$(x)),$(x))),$(1))
TESTS   := $(call chosen,$(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/*/*_test.c)))
SCRIPTS := $(call chosen,$(wildcard tests/*/*_test.sh))

$(B)/tests/%: tests/%.c $(LIB) $(B)/flags | $(DEPS)/test.ok
	@mkdir -p $(@D)
	$(call show,CC,$<)$(CC) $(cppflags) -Itests $(cflags) -MD -MP -MF $@.d $(ldflags) -o $@ \
	    $< $(LIB) -lcmocka $(ldlibs)

# A script finds the program in $MKT_BIN. A sanitizer halts at its first finding. ThreadSanitizer
# cannot see what DuckDB's library, built without it, orders among its own threads: it watches what
# our code loads and stores, not what libraries do between themselves.
test_env := MKT_BIN=$(BIN) MKT_VARIANT=$(VARIANT) AGENT_ATTESTATION_PORT=0 \
    UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1 \
    ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1 \
    TSAN_OPTIONS=halt_on_error=1:ignore_noninstrumented_modules=1

.PHONY: test
test: $(BIN) $(TESTS) $(if $(filter %/mcp_test.sh %/a2a_test.sh,$(SCRIPTS)),$(PEERS)/node_modules/.ok)  ## build and run every test
	@$(test_env) tools/run-tests $(B)/logs $(TESTS) $(SCRIPTS)

.PHONY: asan tsan
asan tsan:  ## the tests under AddressSanitizer and UBSan; under ThreadSanitizer
	@$(MAKE) VARIANT=$@ test

# The model narrator over 10,000 seeds of every kind of answer: minutes by the grammar alone, an hour
# with the tiny model in the process.
GROUNDING := $(patsubst %,$(B)/tests/narrate/%_test,marketing_llm marketing_llm_tiny)
.PHONY: test-grounding
test-grounding: $(GROUNDING)  ## the words of a model, 10,000 seeds of every kind of answer
	@set -e; for x in $(GROUNDING); do MKT_SEEDS=$${MKT_SEEDS:-10000} $(test_env) $$x; done

# ---- fuzzing: tests/fuzz/<x>_fuzz.c, with seeds in tests/fuzz/<x>/ if there are any

FUZZ_SECONDS ?= 60
FUZZERS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/fuzz/*_fuzz.c))

$(B)/tests/fuzz/%_fuzz: tests/fuzz/%_fuzz.c $(LIB) $(B)/flags | $(DEPS)/fuzz.ok
	@mkdir -p $(@D)
	$(call show,CC,$<)$(CC) $(cppflags) -Itests $(cflags) -MD -MP -MF $@.d $(ldflags) \
	    -fsanitize=fuzzer -o $@ $< $(LIB) $(ldlibs)

.PHONY: fuzz fuzz-run
fuzz:  ## every fuzz target for FUZZ_SECONDS (60) each, under ASan
	@$(MAKE) VARIANT=fuzz CC=clang fuzz-run
fuzz-run: $(FUZZERS)
	@tools/run-fuzz $(FUZZ_SECONDS) $(FUZZERS)

# ---- benchmarks: bench/<x>.c is built; bench/<x>.sh is run, and a program without a script

BENCHES := $(patsubst bench/%.c,$(B)/bench/%,$(wildcard bench/*.c))
quick   := $(sort $(basename $(filter-out bench/llm%,$(wildcard bench/*.c bench/*.sh))))

$(B)/bench/%: bench/%.c $(LIB) $(B)/flags | $(DEPS)/build.ok
	@mkdir -p $(@D)
	$(call show,CC,$<)$(CC) $(cppflags) -Itests $(cflags) -MD -MP -MF $@.d $(ldflags) -o $@ \
	    $< $(LIB) $(ldlibs)

.PHONY: bench
bench: $(BIN) $(BENCHES) $(DEPS)/bench.ok  ## measure, beside a peer in the same run
	@set -e; for x in $(quick); do \
	    printf '\n== %s\n' "$${x#bench/}"; \
	    if [ -e $$x.sh ]; then AGENT_ATTESTATION_PORT=0 MKT_BIN=$(BIN) B=$(B) $$x.sh; \
	    else $(B)/$$x; fi; done

.PHONY: bench-llm
bench-llm: $(BIN) $(BENCHES) $(DEPS)/bench-llm.ok  ## measure the language model: minutes, 5 GB
	@AGENT_ATTESTATION_PORT=0 MKT_BIN=$(BIN) B=$(B) bench/llm.sh

# ---- checks

C_FILES  := $(wildcard src/*/*.[ch] tests/*/*.[ch] bench/*.[ch])
SH_FILES := .ci/run $(filter-out %/pins,$(wildcard tools/*)) \
            $(wildcard tests/*/*_test.sh bench/*.sh)
TIDY     := $(SRC:src/%.c=$(B)/tidy/%.ok)

$(B)/tidy/%.ok: src/%.c .clang-tidy $(wildcard src/*/*.h) | $(DEPS)/lint.ok
	@mkdir -p $(@D)
	$(call show,TIDY,$<)clang-tidy --quiet $< -- $(cppflags) -std=c17
	@touch $@

# checks of cppcheck that clang-tidy and the sanitizers do with fewer false alarms
left_to_others := missingIncludeSystem uninitvar memleak comparePointers

.PHONY: lint
lint: $(TIDY) | $(DEPS)/lint.ok  ## clang-format, clang-tidy, cppcheck, shellcheck
	@clang-format --dry-run -Werror $(C_FILES)
	@cppcheck --quiet --error-exitcode=1 --enable=warning,performance,portability --std=c11 \
	    $(addprefix --suppress=,$(left_to_others)) -Isrc -j$(shell nproc) src
	@shellcheck -x --severity=warning $(SH_FILES)
	@echo 'lint: clean'

.PHONY: format
format: | $(DEPS)/lint.ok  ## lay the C files out as .clang-format says
	@clang-format -i $(C_FILES)

.PHONY: layers
layers:  ## check src/LAYERS: who includes whom, the names, the tests that headers name
	@tools/layers src

.PHONY: clean distclean
clean:  ## remove what was built (distclean: what was fetched, too)
	rm -rf build/release build/asan build/tsan build/fuzz $(GEN) report.html
distclean: clean
	rm -rf build

.PHONY: help
help:  ## this list
	@awk -F ':.*## ' '/^[a-z].*## / { printf "  make %-14s %s\n", $$1, $$2 }' Makefile

-include $(OBJ:.o=.d) $(TESTS:=.d) $(FUZZERS:=.d) $(BENCHES:=.d)
