# make demo   the main job: the monthly service review, printed and as build/review.html
# make test   everything that must hold
# make bench  speed beside the peers
# make docs   the manual

SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: help demo test tools doors python bench docs laws clean

BUILD := build
VENV := .venv
PYTHON := $(VENV)/bin/python
TARGET := $(if $(CARGO_TARGET_DIR),$(CARGO_TARGET_DIR),target)
LIB := $(TARGET)/debug
CFLAGS := -pedantic -Wall -Wextra -Werror -Isiam-ffi/include
LINK := -L$(LIB) -Wl,-rpath,$(abspath $(LIB)) -lsiam
C_PROGRAMS := $(BUILD)/check $(BUILD)/runner $(BUILD)/tour $(BUILD)/demo $(BUILD)/review

help:
	@sed -n '1,4s/^# //p' Makefile

# One clear line for a missing tool.
need = @command -v $(1) >/dev/null 2>&1 || { echo "siam needs $(1): $(2)" >&2; exit 1; }
tools:
	$(call need,cargo,install a Rust toolchain of version 1.95 or later with clippy and rustfmt)
	$(call need,cc,install a C compiler such as gcc)
	$(call need,c++,install a C++ compiler such as g++)
	$(call need,python3,install Python 3.10 or later)
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "siam needs python3 of version 3.10 or later" >&2; exit 1; }
	@python3 -c 'import venv, ensurepip' 2>/dev/null || { echo "siam needs the venv module of python3 (on Debian: python3-venv)" >&2; exit 1; }

demo: tools
	@mkdir -p $(BUILD)
	@cargo run -q -p siam-examples --example review -- $(BUILD)

test: doors python
	cargo build --workspace --exclude siam-py --all-targets
	INSTA_UPDATE=no SIAM_BUILD=$(abspath $(BUILD)) SIAM_PYTHON=$(abspath $(PYTHON)) cargo test -q --workspace --exclude siam-py
	$(PYTHON) -m pytest -q siam-py
	$(PYTHON) -m mypy.stubtest siam
	$(PYTHON) -m mypy --strict --config-file siam-py/pyproject.toml siam-py/python/siam siam-py/tests examples/*.py

# The C library, the header in four dialects, the C programs.
doors: tools
	cargo build -q -p siam-ffi
	@ln -sf libsiam.so $(LIB)/libsiam.so.0
	@mkdir -p $(BUILD)
	cc -x c -std=c89 $(CFLAGS) -fsyntax-only siam-ffi/include/siam.h
	cc -x c -std=c99 $(CFLAGS) -fsyntax-only siam-ffi/include/siam.h
	c++ -x c++ -std=c++98 $(CFLAGS) -Wno-long-long -fsyntax-only siam-ffi/include/siam.h
	c++ -x c++ -std=c++17 $(CFLAGS) -fsyntax-only siam-ffi/include/siam.h
	$(MAKE) -s $(C_PROGRAMS)
	$(BUILD)/check
	$(BUILD)/runner tests/cases/*/*/

$(BUILD)/check: siam-ffi/tests/c/check.c siam-ffi/include/siam.h
	cc -std=c89 $(CFLAGS) $< -o $@ $(LINK)
$(BUILD)/runner: siam-ffi/tests/c/runner.c siam-ffi/include/siam.h
	cc -std=c99 $(CFLAGS) -D_POSIX_C_SOURCE=200809L $< -o $@ $(LINK)
$(BUILD)/%: examples/%.c siam-ffi/include/siam.h
	cc -std=c89 $(CFLAGS) $< -o $@ $(LINK)

# The wheel, built once by maturin in its own target folder, installed into a virtual environment in the tree.
python: tools $(PYTHON)
	VIRTUAL_ENV=$(abspath $(VENV)) CARGO_TARGET_DIR=$(abspath $(BUILD))/python $(VENV)/bin/maturin develop -q -m siam-py/Cargo.toml

$(PYTHON): siam-py/requirements-dev.txt
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install -q --disable-pip-version-check -r siam-py/requirements-dev.txt
	@touch $(PYTHON)

bench: tools
	cargo bench -p siam-bench

# The same laws over many more random ecosystems.
laws: doors
	PROPTEST_CASES=10000 cargo test --release -p siam-tests --test all laws

docs: tools
	cargo doc --no-deps --workspace --exclude siam-py

clean:
	rm -rf $(BUILD) $(VENV) target
