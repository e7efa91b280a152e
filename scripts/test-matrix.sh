#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Run the selftests on one kernel after the other.
#
# usage: scripts/test-matrix.sh [--filter GLOB] [KERNEL...]
#
# Without KERNEL on all that scripts/kernels.sh knows. What the tests print
# comes as they run and stays in build/matrix/KERNEL.log; a table at the end
# says how they went, and the last line is the sum.

set -u
cd "$(dirname "$0")/.." || exit 1
unset MAKEFLAGS MAKELEVEL

filter='*'
if [ "${1-}" = --filter ]; then
	filter=$2
	shift 2
fi
[ $# -gt 0 ] || set -- 6.1 6.12 6.12-rt 7.3 debug kcsan

logs=build/matrix
mkdir -p "$logs"
table=$(mktemp)
trap 'rm -f "$table"' EXIT
passed=0
failed=0
skipped=0

# count LOG STATUS - sets p, f and s; a run without a sum is one failure, and
# so is one whose sum is good and whose end is not
count() {
	sum=$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' \
		"$1" | tail -n 1 | tr -cd '0-9 ')
	read -r p f s <<-END
		$sum
	END
	p=${p:-0} f=${f:-0} s=${s:-0}
	[ "$2" -eq 0 ] || [ "$f" -gt 0 ] || f=1
	[ "$p" -gt 0 ] || [ "$f" -gt 0 ] || f=1
}

# run KERNEL
run() {
	log=$logs/$1.log
	printf '\n=== Linux %s\n' "$1"
	start=$(date +%s)
	{
		make --no-print-directory test K="$1" T="$filter" 2>&1
		echo $? >"$table.status"
	} | tee "$log"
	seconds=$(($(date +%s) - start))
	count "$log" "$(cat "$table.status")"
	rm "$table.status"
	passed=$((passed + p))
	failed=$((failed + f))
	skipped=$((skipped + s))
	verdict=passed
	[ "$f" -eq 0 ] || verdict=FAILED
	printf '%-10s %7d %7d %8d %8d  %s\n' "$1" "$p" "$f" "$s" "$seconds" \
		"$verdict" >>"$table"
}

for kernel; do
	run "$kernel"
done

printf '\n%-10s %7s %7s %8s %8s\n' kernel passed failed skipped seconds
cat "$table"
printf '\n%d passed, %d failed' "$passed" "$failed"
[ "$skipped" -eq 0 ] || printf ', %d skipped' "$skipped"
echo
[ "$failed" -eq 0 ]
