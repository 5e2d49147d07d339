# SPDX-License-Identifier: Apache-2.0
# One file builds everything. The two commands a newcomer needs: make run, make test.
#   make            programs in build/bin
#   make run        install what is missing, start PostgreSQL, Kafka and the services
#   make test       all tests, 30 to 60 minutes on two cores; ends with "N passed, N failed"
# Others: unit sanitize valgrind fuzz service-c contract service service-sanitize service-valgrind
#         openapi cluster faults model bench demo token test-compose lint format clean

SHELL := /bin/bash
.DEFAULT_GOAL := all
MAKEFLAGS += --no-builtin-rules

BUILD   ?= build
MODE    ?= release
# V=1 shows whole commands.
HIDE    := $(if $(V),,@)
NODE    := node_modules/.bin/node
SERVICES := intake routing notification analytics

PACKAGES := libuv rdkafka libpq jansson libmicrohttpd libcurl openssl yaml-0.1 jose
CC      := gcc
WARN    := -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wstrict-prototypes -Wformat=2 \
           -Wimplicit-fallthrough -Wtrampolines -Wbidi-chars=any -Werror=format-security \
           -Werror=implicit -Werror=incompatible-pointer-types -Werror=int-conversion
HARDEN  := -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -fstack-clash-protection -fstack-protector-strong \
           -fno-delete-null-pointer-checks -fno-strict-overflow -fno-strict-aliasing \
           -ftrivial-auto-var-init=zero -fPIE
LINKHARD := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -Wl,-z,nodlopen -Wl,--as-needed
ifeq ($(shell uname -m),x86_64)
HARDEN  += -fcf-protection=full
endif
ifeq ($(MODE),sanitize)
HARDEN  := -fPIE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
LINKHARD := -pie -fsanitize=address,undefined
OPTIMIZE := -O1 -g
else ifeq ($(MODE),fuzz)
CC      := clang
WARN    := -Wall # gcc is the judge of warnings
HARDEN  := -fPIE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined
LINKHARD := -pie -fsanitize=fuzzer,address,undefined
OPTIMIZE := -O1 -g
else
OPTIMIZE := -O2 -g
endif

VERSION := $(shell git describe --always --dirty 2>/dev/null || echo unknown)
CFLAGS  := -std=gnu11 $(OPTIMIZE) $(WARN) $(HARDEN) -I. -MMD -MP $(shell pkg-config --cflags $(PACKAGES))
LIBS    := $(shell pkg-config --libs $(PACKAGES)) -lgeos_c -lm

OUT     := $(BUILD)/$(MODE)
BIN     := $(BUILD)/$(if $(filter release,$(MODE)),bin,$(MODE)/bin)

COMMON_SOURCES := $(wildcard common/*.c)
COMMON_OBJECTS := $(COMMON_SOURCES:%.c=$(OUT)/%.o) $(OUT)/gen/common_migrations.o
PRESSES := $(addprefix $(BIN)/intake-press-,picture paper film)
PROGRAMS := $(foreach s,$(SERVICES),$(if $(wildcard services/$(s)/main.c),$(BIN)/$(s))) \
            $(if $(wildcard deploy/kafka/topics.c),$(BIN)/topics) $(PRESSES)

.PHONY: all
all: $(PROGRAMS)

# --- objects -------------------------------------------------------------------------------
$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	@echo "cc $<"
	$(HIDE)$(CC) $(CFLAGS) -c $< -o $@

$(OUT)/gen/%.o: $(OUT)/gen/%.c
	@echo "cc $<"
	$(HIDE)$(CC) $(CFLAGS) -c $< -o $@

$(OUT)/common/service.o: CFLAGS += -DIHANOI_VERSION='"$(VERSION)"'

$(OUT)/libcommon.a: $(COMMON_OBJECTS)
	@rm -f $@
	@ar rcs $@ $^

# --- migrations and reference data, embedded in the binaries -----------------------------------
$(OUT)/gen/common_migrations.c: deploy/local/embed-sql $(wildcard common/sql/*.sql)
	@mkdir -p $(@D)
	@echo "sql $@"
	$(HIDE)deploy/local/embed-sql common common/sql >$@.tmp && mv $@.tmp $@

define service_rules
$(1)_OBJECTS := $$(patsubst %.c,$(OUT)/%.o,$$(filter-out services/$(1)/main.c,$$(wildcard services/$(1)/*.c))) \
                $(OUT)/gen/$(1)_migrations.o

$(OUT)/gen/$(1)_migrations.c: deploy/local/embed-sql $$(wildcard services/$(1)/sql/*.sql)
	@mkdir -p $$(@D)
	@echo "sql $$@"
	$(HIDE)deploy/local/embed-sql $(1) services/$(1)/sql >$$@.tmp && mv $$@.tmp $$@

$(OUT)/lib$(1).a: $$($(1)_OBJECTS)
	@rm -f $$@
	@ar rcs $$@ $$^

$(BIN)/$(1): $(OUT)/services/$(1)/main.o $(OUT)/lib$(1).a $(OUT)/libcommon.a
	@mkdir -p $$(@D)
	@echo "ld $$@"
	$(HIDE)$(CC) $(LINKHARD) -o $$@ $$^ $(LIBS)
endef
$(foreach s,$(SERVICES),$(eval $(call service_rules,$(s))))

# Reference data of routing is inside its program (.incbin).
$(OUT)/services/routing/reference_data.o: $(wildcard services/routing/reference/*json services/routing/reference/*/*json)

# So are the templates of notification.
$(OUT)/services/notification/template_files.o: $(wildcard services/notification/templates/*.txt)

$(BIN)/topics: $(patsubst %.c,$(OUT)/%.o,$(wildcard deploy/kafka/*.c)) $(OUT)/libcommon.a
	@mkdir -p $(@D)
	@echo "ld $@"
	$(HIDE)$(CC) $(LINKHARD) -o $@ $^ $(LIBS)

# Decode files of strangers for intake: alone with their libraries, which no service links.
PRESS := $(OUT)/services/intake/press
PACKAGES_picture := vips
PACKAGES_paper   := poppler-glib cairo libjpeg
PACKAGES_film    := libavformat libavcodec libswscale libavutil libjpeg
press_cflags = -D_GNU_SOURCE $(shell pkg-config --cflags $(1) | sed 's/-I/-isystem /g')
$(PRESS)/%.o: CFLAGS += -D_GNU_SOURCE
$(PRESS)/picture.o: CFLAGS += $(call press_cflags,$(PACKAGES_picture))
$(PRESS)/paper.o $(PRESS)/paper_picture.o: CFLAGS += $(call press_cflags,$(PACKAGES_paper))

$(addprefix $(PRESS)/,film.o film_memory.o film_clean.o film_poster.o): CFLAGS += $(call press_cflags,$(PACKAGES_film))

$(BIN)/intake-press-picture: $(addprefix $(PRESS)/,picture.o confine.o framing.o)
$(BIN)/intake-press-paper: $(addprefix $(PRESS)/,paper.o paper_picture.o jpeg.o confine.o framing.o)
$(BIN)/intake-press-film: $(addprefix $(PRESS)/,film.o film_memory.o film_clean.o film_poster.o jpeg.o confine.o framing.o)
$(PRESSES): $(BIN)/intake-press-%:
	@mkdir -p $(@D)
	@echo "ld $@"
	$(HIDE)$(CC) $(LINKHARD) -o $@ $^ $(shell pkg-config --libs $(PACKAGES_$*)) -lm

# --- unit tests: tests/unit/<room>/test_<module>.c, one program each -----------------------------
UNIT_SOURCES := $(wildcard tests/unit/*/test_*.c)
UNIT_PROGRAMS := $(UNIT_SOURCES:tests/unit/%.c=$(OUT)/unit/%)
unit_room = $(word 1,$(subst /, ,$(1)))

$(OUT)/unit/common/%: $(OUT)/tests/unit/common/%.o $(OUT)/libcommon.a
	@mkdir -p $(@D)
	@echo "ld $@"
	$(HIDE)$(CC) $(LINKHARD) -o $@ $^ $(LIBS) -lcmocka

define unit_rules
$(OUT)/unit/$(1)/%: $(OUT)/tests/unit/$(1)/%.o $(OUT)/lib$(1).a $(OUT)/libcommon.a
	@mkdir -p $$(@D)
	@echo "ld $$@"
	$(HIDE)$(CC) $(LINKHARD) -o $$@ $$^ $(LIBS) -lcmocka
endef
$(foreach s,$(SERVICES),$(eval $(call unit_rules,$(s))))

# --- load generators and bare ceilings of the bench: tests/bench/<name>.c -----------------------
BENCH_SHARED := $(addprefix $(OUT)/tests/bench/,http_client.o histogram.o filing_sample.o)
BENCH_PROGRAMS := $(addprefix $(OUT)/bench/,load ceiling_pg ceiling_http ceiling_kafka mail_sink)
$(OUT)/bench/%: $(OUT)/tests/bench/%.o $(BENCH_SHARED) $(OUT)/libcommon.a
	@mkdir -p $(@D)
	@echo "ld $@"
	$(HIDE)$(CC) $(LINKHARD) -o $@ $^ $(LIBS)
.PHONY: bench-programs
bench-programs: $(BENCH_PROGRAMS)

# --- the model of analytics: tests/model/produce.c fills the topic ------------------------------
$(OUT)/model/%: $(OUT)/tests/model/%.o
	@mkdir -p $(@D)
	@echo "ld $@"
	$(HIDE)$(CC) $(LINKHARD) -o $@ $^ $(LIBS)
.PHONY: model-programs
model-programs: $(OUT)/model/produce

.PHONY: unit unit-programs
unit-programs: $(UNIT_PROGRAMS)
unit: $(UNIT_PROGRAMS)
	@deploy/local/run-unit $(UNIT_PROGRAMS)

# --- the same against a real PostgreSQL and Kafka: tests/service/<room>/test_<module>.c ----------
SERVICE_C_SOURCES := $(wildcard tests/service/*/test_*.c)
SERVICE_C_PROGRAMS := $(SERVICE_C_SOURCES:tests/service/%.c=$(OUT)/service/%)

$(OUT)/service/common/%: $(OUT)/tests/service/common/%.o $(OUT)/libcommon.a
	@mkdir -p $(@D)
	@echo "ld $@"
	$(HIDE)$(CC) $(LINKHARD) -o $@ $^ $(LIBS) -lcmocka

define service_c_rules
$(OUT)/service/$(1)/%: $(OUT)/tests/service/$(1)/%.o $(OUT)/lib$(1).a $(OUT)/libcommon.a
	@mkdir -p $$(@D)
	@echo "ld $$@"
	$(HIDE)$(CC) $(LINKHARD) -o $$@ $$^ $(LIBS) -lcmocka
endef
$(foreach s,$(SERVICES),$(eval $(call service_c_rules,$(s))))

.PHONY: service-c service-c-programs
service-c-programs: $(SERVICE_C_PROGRAMS)
service-c: $(SERVICE_C_PROGRAMS)
	@tests/service/run-c $(SERVICE_C_PROGRAMS)

.PHONY: sanitize service-sanitize
sanitize:
	$(MAKE) MODE=sanitize unit
service-sanitize:
	$(MAKE) MODE=sanitize service-c
	$(MAKE) MODE=sanitize service

VALGRIND := valgrind -q --leak-check=full --errors-for-leak-kinds=definite --error-exitcode=9

.PHONY: valgrind service-valgrind
valgrind: $(UNIT_PROGRAMS)
	@CASES=3000 RUN_UNDER="$(VALGRIND)" deploy/local/run-unit $(UNIT_PROGRAMS)
service-valgrind: $(SERVICE_C_PROGRAMS) $(PROGRAMS:$(BIN)/%=$(BUILD)/valgrind/%)
	@RUN_UNDER="$(VALGRIND)" tests/service/run-c $(SERVICE_C_PROGRAMS)
	@SERVICE_BIN=$(BUILD)/valgrind tests/run-suite service

# A script that stands for the program.
$(BUILD)/valgrind/%: $(BIN)/%
	@mkdir -p $(@D)
	@printf '#!/bin/sh\nexec %s %s "$$@"\n' '$(VALGRIND)' '$(abspath $<)' >$@
	@chmod +x $@

# --- fuzzing: tests/fuzz/fuzz_<subject>.c, for a bounded time each -------------------------------
FUZZ_SECONDS ?= 20
FUZZ_PROGRAMS := $(patsubst tests/fuzz/%.c,$(OUT)/%,$(wildcard tests/fuzz/fuzz_*.c))

$(OUT)/fuzz_%: $(OUT)/tests/fuzz/fuzz_%.o $(OUT)/libcommon.a
	@echo "ld $@"
	$(HIDE)$(CC) $(LINKHARD) -o $@ $^ $(LIBS)

$(OUT)/fuzz_case $(OUT)/fuzz_boundary: $(OUT)/fuzz_%: $(OUT)/tests/fuzz/fuzz_%.o $(OUT)/librouting.a $(OUT)/libcommon.a
	@echo "ld $@"
	$(HIDE)$(CC) $(LINKHARD) -o $@ $^ $(LIBS)

$(OUT)/fuzz_fact: $(OUT)/fuzz_%: $(OUT)/tests/fuzz/fuzz_%.o $(OUT)/libanalytics.a $(OUT)/libcommon.a
	@echo "ld $@"
	$(HIDE)$(CC) $(LINKHARD) -o $@ $^ $(LIBS)

$(OUT)/fuzz_media $(OUT)/fuzz_inbound: $(OUT)/fuzz_%: $(OUT)/tests/fuzz/fuzz_%.o $(OUT)/libintake.a $(OUT)/libcommon.a
	@echo "ld $@"
	$(HIDE)$(CC) $(LINKHARD) -o $@ $^ $(LIBS)

.PHONY: fuzz fuzz-run
fuzz:
	$(MAKE) MODE=fuzz fuzz-run
fuzz-run: $(FUZZ_PROGRAMS)
	@tests/fuzz/run $(FUZZ_SECONDS) $^

# --- whole-system targets ------------------------------------------------------------------------
.PHONY: install
install:
	deploy/local/install

.PHONY: run
run: install
	$(MAKE) all
	$(NODE) deploy/local/run.mjs

.PHONY: token
token:
	@$(NODE) deploy/idp/token.mjs --role "$(ROLE)" $(if $(UNIT),--unit "$(UNIT)")

.PHONY: test
test: install
	@tests/run-all

.PHONY: contract service openapi cluster faults model bench demo test-compose
contract service openapi cluster faults: all
	@SERVICE_BIN=$(BIN) tests/run-suite $@
# A year of CASES cases, ten minutes; make test has a small one.
CASES ?= 500000
SEED  ?= 1
model: all model-programs
	@SERVICE_BIN=$(BIN) $(NODE) tests/model/run.mjs $(CASES) $(SEED)
bench: install
	$(MAKE) all bench-programs model-programs
	$(NODE) tests/bench/bench.mjs $(BENCH)
demo:
	$(NODE) deploy/local/demo.mjs $(DEMO)
test-compose:
	tests/compose/run

.PHONY: lint format clean
lint:
	tests/lint
format:
	clang-format -i $(shell git ls-files '*.c' '*.h')
clean:
	rm -rf $(BUILD)/release $(BUILD)/sanitize $(BUILD)/fuzz $(BUILD)/bin

-include $(shell find $(OUT) -name '*.d' 2>/dev/null)
.SECONDARY:
