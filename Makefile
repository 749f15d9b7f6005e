# A thin front to CMake (CMakePresets.json) and the scripts in tools/.
JOBS ?= $(shell nproc)
export JOBS
ifneq ($(shell command -v ccache),)
export CMAKE_CXX_COMPILER_LAUNCHER = ccache
endif

.PHONY: help setup setup-build setup-test build run test asan tsan closing differential bogo interop suites packages programs bench deb deb-test lint format docs clean version
.DEFAULT_GOAL := help

help: ## say what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install every Debian package that the other targets need
	@tools/setup

setup-build:
	@tools/setup build

setup-test:
	@tools/setup build test lint interop

build: setup-build ## build/lib/libssl.so.3 (and build/bin/ciao)
	@test -f build/build.ninja || cmake --preset release
	@cmake --build --preset release -j $(JOBS) --target ssl ciao_cli
	@nm -D --defined-only build/lib/libssl.so.3 | awk -v bytes=$$(stat -c %s build/lib/libssl.so.3) \
	  '$$2 == "T" { n++ } END { print "build: build/lib/libssl.so.3, " n " functions, " bytes " bytes" }'

run: build ## Debian's nginx and curl at work on the built library
	@tools/setup run
	@tools/run

test: setup-test ## all tests: release, sanitizers, layers, exports, format
	@tools/test

asan: setup-test ## tests under AddressSanitizer and UndefinedBehaviorSanitizer
	@tools/test asan

tsan: setup-test ## tests under ThreadSanitizer
	@tools/test tsan

closing: build setup-test ## the closing rows on the system's libssl and on ciao's
	@cmake --build build --target closing_runner -j $(JOBS)
	@tests/closing/run.py --runner build/tests/closing/closing_runner --library build/lib

differential: build setup-test ## random sequences of calls on both libraries; DIFFERENTIAL="--sequences 1000000"
	@cmake --build build --target differential_worker -j $(JOBS)
	@tests/differential/run.py $(DIFFERENTIAL)

bogo: build ## BoringSSL's runner, a peer that misbehaves on purpose, against ciao's libssl
	@tools/setup bogo
	@cmake --build build --target bogo_shim -j $(JOBS)
	@tests/conformance/bogo/run.py --shim build/bin/bogo_shim

bench: build setup-test ## ciao's libssl beside the system's: times, heap, mallocs as ratios
	@cmake --build build --target bench -j $(JOBS)
	@bench/run.py

interop: build ## ciao against other makes of TLS, and programs on ciao, in both roles
	@tools/setup interop
	@tests/interop/run.py

suites: build ## other people's suites: OpenSSL's own, CPython's, Perl's, Ruby's, on both libraries
	@tools/setup suites
	@tests/suites/run.py

packages: build ## Debian's packages that need libssl: whether ciao has all that they import
	@tools/setup packages
	@tests/packages/run.py

programs: build ## Debian's programs on ciao and on the system's libssl: whether they do the same
	@tools/setup programs
	@tests/programs/run.py

deb: build ## Debian packages: ciao, and libciao-dev to link with it
	@tools/setup deb
	@tools/deb

deb-test: deb ## the packages in a clean Debian 12: installed, used, removed (needs root)
	@tests/packaging/run.py

lint: setup-test ## formatting, shell scripts, clang-tidy
	@tools/lint

format: ## format the C++ sources
	@tools/setup lint
	@tools/lint fix-format

docs: ## write docs/COMPATIBILITY.md from the sources
	@tools/compatibility.py

clean: ## remove build/
	@rm -rf build
	@echo "clean: build/ removed"

version: ## the version, and the commit it was built from
	@echo "ciao $$(sed -n 's/^project(ciao VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt) ($$(git describe --always --dirty 2>/dev/null || echo 'no git'))"
