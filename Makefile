# SPDX-License-Identifier: Apache-2.0
# The front door: every task of the project is a target here; `make help` lists
# them. The kernel's build enters by Kbuild and Meson by meson.build, both
# called from here; everything that is made is made in build/.

MAKEFLAGS += --no-print-directory
BUILD := build
DESTDIR ?=
PREFIX ?= /usr/local

# Debian's users do not have depmod and modprobe in their path.
export PATH := $(PATH):/usr/sbin:/sbin

# The kernel to build modules for: the running one, unless KDIR says otherwise.
# Where the running one has no headers, the two that the tests run.
RUNNING := /lib/modules/$(shell uname -r)/build
ifndef KDIR
ifneq ($(wildcard $(RUNNING)/Makefile),)
KDIR := $(RUNNING)
else
KERNELS := 6.1 6.12
endif
endif

.PHONY: all
all: modules userspace

.PHONY: help
help:
	@echo 'make                     modules and userspace'
	@echo 'make modules [KDIR=DIR]  the modules, for the running kernel or the one'
	@echo '                         whose build folder is DIR, in build/modules/RELEASE'
	@echo 'make userspace           libraries, daemons and foveactl, in build/userspace'
	@echo 'make demo [DEVICE=pci]   the whole path once, from light to cloud; with an FS-1'
	@echo '                         on a PCIe bus instead of the virtual device'
	@echo 'make check               the quick tests; TESTS="PATTERN..." only those'
	@echo 'make check-long          all tests, which takes hours; TESTS likewise'
	@echo 'make fuzz TIME=600       nodes and parsers get what nobody would send, for that'
	@echo '                         many seconds: build/fuzz.json'
	@echo 'make coverage            which lines of the driver the tests reach, and which'
	@echo '                         they do not: build/coverage.txt'
	@echo 'make bench               Fovea beside its peers: build/bench.json'
	@echo 'make docs                the documentation as HTML, in build/docs'
	@echo 'make lint                all static checks: checkpatch, kernel-doc, sparse, coccinelle,'
	@echo '                         two compilers, cppcheck, clang-tidy, shellcheck, codespell'
	@echo 'make install             into PREFIX (/usr/local), below DESTDIR'
	@echo 'make clean               removes build/'
	@echo
	@echo 'demo, check, bench and docs install what is missing (scripts/setup).'
	@echo 'A command on a kernel of your choice: scripts/vm --help'

.PHONY: modules
modules:
ifdef KERNELS
	@echo "The running kernel ($$(uname -r)) has no headers here, so the modules are"
	@echo "built for Debian's kernels $(KERNELS); KDIR=DIR names another one."
	@set -e; for kernel in $(KERNELS); do \
		root=$$(scripts/fetch kernel $$kernel); \
		scripts/modules "$$root/lib/modules/$${root##*/}/build"; \
	done
else
	@scripts/modules "$(KDIR)"
endif

$(BUILD)/build.ninja:
	@meson setup $(BUILD) --prefix "$(abspath $(PREFIX))"

.PHONY: userspace
userspace: $(BUILD)/build.ninja
	@ninja -C $(BUILD)

.PHONY: demo
demo:
	@scripts/setup build demo
	@echo "building userspace ..."
	@mkdir -p $(BUILD)
	@$(MAKE) userspace > $(BUILD)/userspace.log 2>&1 || \
		{ cat $(BUILD)/userspace.log >&2; exit 1; }
	@scripts/demo-run $(if $(DEVICE),--device "$(DEVICE)")
	@scripts/demo-run --show meters

.PHONY: check check-long
check check-long:
	@scripts/setup build demo check arm64 docs
	@scripts/fetch all
	@scripts/fetch-static all
	@tests/run $(if $(filter check-long,$@),--long) $(TESTS)

.PHONY: bench
bench:
	@scripts/setup build demo bench
	@$(MAKE) userspace
	@scripts/bench

.PHONY: docs
docs:
	@scripts/setup docs
	@sphinx-build -q -W --keep-going -b html -d $(BUILD)/doctrees \
		Documentation $(BUILD)/docs
	@echo "documentation: $(BUILD)/docs/index.html"

.PHONY: lint
lint:
	@scripts/setup build check arm64
	@scripts/lint

TIME ?= 600
.PHONY: fuzz
fuzz:
	@scripts/setup build kernel check fuzz
	@$(MAKE) userspace > $(BUILD)/userspace.log 2>&1 || \
		{ cat $(BUILD)/userspace.log >&2; exit 1; }
	@scripts/fuzz --time $(TIME)

.PHONY: coverage
coverage:
	@scripts/setup build kernel check
	@scripts/fetch compliance > /dev/null
	@$(MAKE) userspace > $(BUILD)/userspace.log 2>&1 || \
		{ cat $(BUILD)/userspace.log >&2; exit 1; }
	@scripts/coverage

.PHONY: install
install: userspace
ifdef KERNELS
	@echo "no headers of the running kernel: the modules are not installed (KDIR=)"
else
	@scripts/modules --install "$(abspath $(DESTDIR))" "$(KDIR)" > /dev/null
endif
	@DESTDIR="$(DESTDIR)" meson install -C $(BUILD) --no-rebuild

.PHONY: clean
clean:
	@for folder in $(BUILD)/cloud $(BUILD)/demo/cloud \
			$(BUILD)/demo-meters/cloud; do \
		! ls $$folder/*.json > /dev/null 2>&1 || \
			FOVEA_CLOUD_DIR="$(CURDIR)/$$folder" scripts/cloud down || :; \
	done
	rm -rf $(BUILD)
