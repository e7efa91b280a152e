#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Run the selftests on every kernel, two kernels at a time.
#
# usage: scripts/test-matrix.sh [--filter GLOB] [KERNEL...]
#
# Without KERNEL on all that scripts/kernels.sh knows, those first that take
# longest. What the tests print comes as they run and stays in
# build/matrix/KERNEL.log; a table at the end says how they went, and the last
# line is the sum.

set -u
cd "$(dirname "$0")/.." || exit 1
unset MAKEFLAGS MAKELEVEL

filter='*'
if [ "${1-}" = --filter ]; then
	filter=$2
	shift 2
fi
[ $# -gt 0 ] || set -- debug kcsan 6.12-rt 7.3 6.12 6.1

# What they share is made before they begin.
make --no-print-directory selftests tools benchmarks || exit
for kernel; do
	echo "$kernel|make --no-print-directory test K=$kernel T='$filter'"
done | scripts/stages.sh build/matrix
