# marketing-agent: `make demo` and `make test` do everything; `make help` lists the rest.

MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:
.SECONDARY:

VERSION := 0.1.0
CC      ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif

# A variant builds beside the others: make VARIANT=asan test
VARIANT ?= release
B       := build/$(VARIANT)
DEPS    := build/deps

OPT_release := -O2 -g
OPT_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
OPT_tsan    := -O1 -g -fsanitize=thread -fno-omit-frame-pointer

WARN := -Wall -Wextra -Wpedantic -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
        -Wvla -Wformat=2 -Wundef -Wwrite-strings -Wcast-qual -Wconversion -Wno-sign-conversion

PKGS     := libmicrohttpd jansson gsl libcrypto
CPPFLAGS += -D_GNU_SOURCE -DMKT_VERSION='"$(VERSION)"' -Isrc -I$(B)/gen -isystem $(DEPS)/duckdb/include
CFLAGS   += -std=c17 $(OPT_$(VARIANT)) $(WARN) -ffp-contract=off -fno-math-errno -pthread -MMD -MP
LDFLAGS  += $(OPT_$(VARIANT)) -pthread -L$(DEPS)/duckdb/lib -Wl,-rpath,'$$ORIGIN/../deps/duckdb/lib' \
            -Wl,-rpath,'$$ORIGIN/../../deps/duckdb/lib' -Wl,-rpath,'$$ORIGIN/../../../deps/duckdb/lib'
LDLIBS    = $(shell pkg-config --libs $(PKGS)) -lduckdb -lm

SRC  := $(filter-out src/cli/main.c,$(wildcard src/*/*.c))
OBJ  := $(SRC:src/%.c=$(B)/obj/%.o)
LIB  := $(B)/libmkt.a
BIN  := $(B)/marketing-agent

.PHONY: all
all: $(BIN)

$(B)/obj/%.o: src/%.c | deps
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -c -o $@ $<

$(LIB): $(OBJ)
	@rm -f $@
	ar rcs $@ $^

$(BIN): $(B)/obj/cli/main.o $(LIB)
	$(CC) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# tests/<room>/<file>_test.c, one program each
TESTS := $(patsubst tests/%.c,$(B)/tests/%,$(wildcard tests/*/*_test.c))
$(B)/tests/%: tests/%.c $(LIB) | deps
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Itests $(CFLAGS) -MF $@.d $(LDFLAGS) -o $@ $< $(LIB) -lcmocka $(LDLIBS)

.PHONY: deps
deps: ;

-include $(OBJ:.o=.d) $(B)/obj/cli/main.d $(TESTS:=.d)
