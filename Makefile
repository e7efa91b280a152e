# SPDX-License-Identifier: GPL-2.0-only
# What there is to do with this tree; `make help` lists it. How mach.ko is made
# stands in Kbuild.

# The kernel that the VM runs, see scripts/kernels.sh; unless one is asked for,
# the device is fuzzed on one that tells what ran.
fuzz-kernel := $(or $(K),debug)
K ?= 6.1
fuzz-device: K = $(fuzz-kernel)
# The kernel that the module is built for: the headers of the running one,
# else those of Debian's 6.1.
running := /lib/modules/$(shell uname -r)/build
KDIR ?= $(if $(wildcard $(running)/Makefile),$(running),$(kdir-6.1))
kdir-6.1 = $(shell scripts/kernels.sh 6.1)/build
# Test programs to run, a shell pattern.
T ?= *
# Mutants to run, likewise.
M ?= *
# What bench-profile looks at.
WHAT ?= mach
# How far the model check goes, and where it starts.
STEPS ?= 1000000
SEED ?= $(shell date +%s)
PREFIX ?= /usr/local
# Seconds of stress, and of each fuzzer.
TIME ?= 120
# With which unit tests are compiled.
compilers := gcc-12 clang-14

build := $(CURDIR)/build
# What the module is made of.
module-source := Kbuild dkms.conf module uapi
release = sed -n 's/.*UTS_RELEASE "\(.*\)"/\1/p' "$(1)/include/generated/utsrelease.h"

MAKEFLAGS += --no-print-directory
ifeq ($(MAKELEVEL)$(filter -j%,$(MAKEFLAGS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

vm-run = vm/run --kernel $(K)

all: module lib tools	## build the module, the library and the tools

help:			## print this list
	@sed -n 's/^\([a-z][-_a-z.0-9]*\):.*\t## \(.*\)/  make \1\t\2/p' \
		Makefile | expand -t 24
	@echo
	@echo "  K=6.1|6.12|6.12-rt|7.3|debug|kcsan|gcov"
	@echo "                       kernel of the VM: 6.1, or debug to fuzz"
	@echo "  KDIR=DIRECTORY       kernel to build the module for"
	@echo "  RELEASE=RELEASE      kernel that DKMS builds it for first"
	@echo "  T='msg_*'            test programs to run"
	@echo "  M='exec-*'           mutants to run"
	@echo "  STEPS=N SEED=N       how far the model check goes, and from where"
	@echo "  TIME=3600 SEED=N     seconds of stress or fuzz, and their random numbers"
	@echo "  WHAT=pipe            what to profile: mach, mach-port, eventfd, pipe,"
	@echo "                       seqpacket, credentials, descriptor, binder"
	@echo "  HOST=1               use this machine instead of a VM"

# Each kernel has its own directory of links to the sources, so modules for
# several can stand side by side and the sources stay clean. So has a module
# that counts what runs (GCOV=1) or tells of it (KCOV=1).
kind = $(if $(GCOV),coverage,$(if $(KCOV),kcov,module))
module: $(if $(wildcard $(running)/Makefile),deps,deps-unpack)	## build/module/RELEASE/mach.ko
	@kdir='$(KDIR)' && \
	dir=$(build)/$(kind)/$$($(call release,$$kdir)) && mkdir -p $$dir && \
	cp -rsf $(addprefix $(CURDIR)/,$(module-source)) $$dir && \
	find $$dir -xtype l -delete && \
	$(MAKE) -C "$$kdir" M=$$dir CONFIG_DEBUG_INFO_BTF_MODULES= modules

test-module: deps	## the module by which tests make the kernel fail
	@kdir='$(KDIR)' && \
	dir=$(build)/selftests/module/$$($(call release,$$kdir)) && \
	mkdir -p $$dir && cp -rsf $(CURDIR)/selftests/module/. $$dir && \
	$(MAKE) -C "$$kdir" M=$$dir CONFIG_DEBUG_INFO_BTF_MODULES= modules

lib: deps		## build/lib/libmachdev.so and .a
	@$(MAKE) -s -C lib BUILD=$(build)

tools: lib		## build/tools/
	@$(MAKE) -s -C tools BUILD=$(build)

examples: lib		## build/examples/
	@$(MAKE) -s -C examples BUILD=$(build)

selftests: lib tools examples deps-unpack	## build/selftests/
	@$(MAKE) -s -C selftests BUILD=$(build)

# Debian's headers of the machine stand where a 32-bit compiler does not look.
cc-32 := gcc-12 -m32 -idirafter /usr/include/x86_64-linux-gnu

# Alone, likewise.
deps-32: deps-unpack
	@scripts/deps.sh tests-32

selftests-32: deps-32	## build/32/: static library and selftests of 32 bits
	@$(MAKE) -s -C lib BUILD=$(build)/32 CC='$(cc-32)' \
		$(build)/32/lib/libmachdev.a
	@$(MAKE) -s -C selftests BUILD=$(build)/32 CC='$(cc-32)' 32
	@ln -sfn ../tools $(build)/32/tools
	@ln -sfn ../../selftests/module $(build)/32/selftests/module

benchmarks: lib		## build/bench/
	@$(MAKE) -s -C bench BUILD=$(build)

deps:
	@scripts/deps.sh build

# Alone, for apt does one thing at a time.
deps-unpack: deps
	@scripts/deps.sh unpack tests

# One at a time, for several that run tests may want the same.
vm-module: deps-unpack
	@mkdir -p $(build) && \
	flock $(build) $(MAKE) module test-module $(if $(HOST),,KDIR=$$(scripts/kernels.sh $(K))/build)

# Alone, likewise.
deps-unit: deps-unpack
	@scripts/deps.sh unit

unit: deps-unit		## the module's logic as a program, with sanitizers
	@for compiler in $(compilers); do \
		$(MAKE) -s -C selftests/unit BUILD=$(build) \
			COMPILER=$$compiler || exit; \
	done
	@selftests/unit/run --filter '$(T)' $(compilers)

fuzz:			## inputs at random, for TIME seconds each
	@$(MAKE) fuzz-parser
	@$(MAKE) fuzz-device

fuzz-parser: deps-unit	## ... to the parser of messages, in a program
	@$(MAKE) -s -C selftests/unit BUILD=$(build) fuzz
	@selftests/fuzz/parser --seconds $(TIME)

# Where the kernel tells what ran, with a module that lets it.
fuzz-device: vm-module lib	## ... to the device, in a VM
	@$(MAKE) -s -C selftests BUILD=$(build) fuzz
	@kernel=$$(scripts/kernels.sh $(K)) && \
	if grep -qs '^CONFIG_KCOV=y' $$kernel/config; then \
		$(MAKE) module KDIR=$$kernel/build KCOV=1 && \
		set -- --module $(build)/kcov/$$(cat $$kernel/release)/mach.ko; \
	fi && \
	selftests/fuzz/last $(vm-run) --timeout $$(($(TIME) + 600)) "$$@" -- \
		selftests/fuzz/device --seconds $(TIME) $(if $(SEED),--seed $(SEED))

run: vm-module tools	## see tasks of several users at work, in a VM
	@$(vm-run) -- build/tools/demo

test: vm-module selftests tools benchmarks	## run the selftests in a VM
	@$(vm-run) --timeout 3600 -- selftests/run --filter '$(T)'

test-32: vm-module tools selftests-32	## those of 32 bits, in a VM
	@$(vm-run) --timeout 3600 -- selftests/run --32 --filter '$(T)'

test-matrix:		## the selftests on every kernel, with a table
	@scripts/test-matrix.sh --filter '$(T)'

coverage:		## which lines of the module the selftests reach
	@scripts/coverage.sh $(if $(filter-out *,$(T)),--filter '$(T)')

test-lifecycle: vm-module selftests	## load and unload it in every state
	@release=$$(cat $$(scripts/kernels.sh $(K))/release) && \
	$(vm-run) --no-module --timeout 1800 -- selftests/lifecycle \
		$(build)/module/$$release/mach.ko

model: vm-module selftests	## compare the module with a model, at random
	@$(vm-run) --timeout 3600 -- $(build)/selftests/model/model \
		--seed $(SEED) --steps $(STEPS)

model-mutants:		## bugs in the module, and the step that finds each
	@selftests/mutate --kernel $(K) --test model '$(M)'

stress: vm-module selftests	## everything at once, for TIME seconds
	@release=$$(cat $$(scripts/kernels.sh $(K))/release) && \
	$(vm-run) --no-module --timeout $$(($(TIME) * 2 + 900)) -- \
		selftests/stress/run $(build)/module/$$release/mach.ko \
		$(TIME) $(SEED)

test-mutants:		## take guards out, and see the tests notice
	@selftests/mutate --kernel $(K) '$(M)'

test-scale: vm-module selftests	## a million names, and nobody kept waiting
	@$(vm-run) --icount --mem 3072 --timeout 1800 -- \
		selftests/run --kind scale --filter '$(T)' --verbose

fault-sweep: vm-module selftests tools	## each call, failing wherever it can
	@scripts/probed.sh $(build)/module/$(if \
		$(HOST),$(shell uname -r),$$(cat $$(scripts/kernels.sh $(K))/release))/mach.ko
	@$(vm-run) --timeout 3600 -- \
		selftests/run --kind sweep --filter '$(T)' --verbose

test-tracing: vm-module tools	## the commands of docs/tracing.rst, as printed
	@scripts/deps.sh trace
	@$(vm-run) --timeout 1800 -- selftests/tracing

test-6.12:		## the same on Linux 6.12
	@$(MAKE) test K=6.12

bench: vm-module benchmarks	## what messages cost, beside other ways
	@$(vm-run) --icount --no-module --timeout 3600 -- bench/run $(if \
		$(HOST),,--binder $$(scripts/kernels.sh $(K))/peers/binder_linux.ko)

bench-profile: vm-module benchmarks	## by which functions they cost it
	@bench/profile --kernel $(K) $(WHAT)

vm: vm-module selftests tools	## a shell in a VM that has the module
	@$(vm-run) || :

check: lib		## everything that can be checked without running it
	@scripts/check.sh

dkms-test:		## DKMS and README's installation, in a clean Debian
	@scripts/dkms-test.sh

install: lib tools	## library, tools, manual, units; below DESTDIR, PREFIX
	@$(MAKE) -s -C lib install BUILD=$(build) PREFIX=$(PREFIX)
	@$(MAKE) -s -C tools install BUILD=$(build) PREFIX=$(PREFIX)

uninstall:		## remove what install put there
	@$(MAKE) -s -C lib uninstall PREFIX=$(PREFIX)
	@$(MAKE) -s -C tools uninstall PREFIX=$(PREFIX)

modules_install: module	## install the module for KDIR's kernel alone
	@release=$$($(call release,$(KDIR))) && \
	install -Dm644 $(build)/module/$$release/mach.ko \
		$(DESTDIR)/lib/modules/$$release/updates/mach.ko && \
	{ [ '$(DESTDIR)' ] || depmod $$release; }

dkms-install:		## have DKMS build it for RELEASE and later kernels
	@scripts/dkms.sh install $(RELEASE)

dkms-remove:		## take it back, from all kernels
	@scripts/dkms.sh remove

clean:			## remove what was built
	rm -rf build

.PHONY: all help module test-module lib tools examples selftests deps-32 \
	selftests-32 benchmarks deps deps-unpack vm-module deps-unit unit \
	fuzz fuzz-parser fuzz-device run test test-32 test-matrix coverage \
	test-lifecycle model model-mutants stress test-mutants test-scale \
	fault-sweep test-tracing test-6.12 bench bench-profile vm check \
	dkms-test install uninstall modules_install dkms-install dkms-remove \
	clean
