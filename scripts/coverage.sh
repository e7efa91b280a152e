#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Which lines of the module the selftests reach, on the kernel gcov.
#
# usage: scripts/coverage.sh [--filter GLOB]
#
# Fails when fewer are reached than shall be, and when selftests/coverage.txt
# does not say exactly why the others are not; only with all tests, that is
# without --filter.

set -eu
top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=scripts/common.sh
. "$top/scripts/common.sh"
unset MAKEFLAGS MAKELEVEL

filter='*'
[ "${1-}" != --filter ] || filter=$2

"$top/scripts/deps.sh" coverage
cd "$top"
kernel=$(scripts/kernels.sh gcov)
objects=$top/build/coverage/$(cat "$kernel/release")
make --no-print-directory selftests tools benchmarks
make --no-print-directory module KDIR="$kernel/build" GCOV=1
make --no-print-directory test-module KDIR="$kernel/build"

find "$objects" -name '*.gcda' -delete
status=0
vm/run --kernel gcov --timeout 3600 --no-module -- \
	selftests/coverage "$objects/mach.ko" "$filter" \
	>"$objects/counts.tar" || status=$?
# They lie at the paths of the objects.
tar -C / -xf "$objects/counts.tar" --no-same-owner \
	--wildcards "./${objects#/}/*" ||
	die "the VM handed over no counts"
if [ "$filter" = '*' ]; then
	scripts/coverage.py --excuses selftests/coverage.txt "$objects" ||
		status=1
else
	scripts/coverage.py "$objects"
fi
[ "$status" -eq 0 ] || say "coverage: tests failed, or lines are missing"
exit "$status"
