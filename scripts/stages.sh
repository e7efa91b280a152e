#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Run stages, two at a time, and add up what they print.
#
# usage: scripts/stages.sh [--within S] LOGS
#
# A stage is a line of the standard input, TITLE|COMMAND. An empty line waits
# for those before it. Two at a time, since a VM keeps little more than one
# processor busy.
#
# Each line of a stage comes out as it is printed, behind its title; all of them
# stay in LOGS/TITLE.log. The last sum in it counts, "N passed, N failed"; a
# stage that succeeds without one counts as one test, and one that fails
# without a failure in its sum as one failure. With --within none is begun
# later than S seconds after the first: it is left out, and the table says so.
#
# What the failed ones said of their failures comes again at the end, then a
# table of how all went, and the last line is the sum.

set -u
within=
if [ "${1-}" = --within ]; then
	within=$2
	shift 2
fi
logs=$1
mkdir -p "$logs"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# What runs beside this shell does not hear of the terminal's interrupt.
trap 'trap - TERM; kill 0; exit 130' INT TERM

elapsed() {
	echo $(($(date +%s) - first))
}

# row NUMBER TITLE PASSED FAILED SKIPPED SECONDS VERDICT
row() {
	echo "$3 $4 $5" >"$work/$1.sum"
	printf '%-24s %7d %7d %8d %8d  %s\n' "$2" "$3" "$4" "$5" "$6" "$7" \
		>"$work/$1.row"
}

# count LOG STATUS - sets p, f and s
count() {
	sum=$(grep -E '^[0-9]+ passed, [0-9]+ failed(, [0-9]+ skipped)?$' \
		"$1" | tail -n 1 | tr -cd '0-9 ')
	[ "$sum" ] || [ "$2" -ne 0 ] || sum=1
	read -r p f s <<-END
		$sum
	END
	p=${p:-0} f=${f:-0} s=${s:-0}
	[ "$2" -eq 0 ] || [ "$f" -gt 0 ] || f=1
}

# failures TITLE - what its log says of failures, or how it ends
failures() {
	printf '\n%s:\n' "$1"
	grep -E '^not ok|^# FAILED|^# left: |^# [^ ]+:[0-9]+:|^make.*: \*\*\*|: (fatal )?error: ' \
		"$logs/$1.log" | head -n 30 | grep . || tail "$logs/$1.log"
}

# stage NUMBER TITLE COMMAND
stage() {
	start=$(elapsed)
	if [ "$within" ] && [ "$start" -gt "$within" ]; then
		row "$1" "$2" 0 0 1 0 'left out: no time'
		return
	fi
	log=$logs/$2.log
	{
		sh -c "$3" 2>&1 </dev/null
		echo $? >"$work/$1.status"
	} | tee "$log" | sed -u "s|^|[$2] |"
	count "$log" "$(cat "$work/$1.status")"
	verdict=passed
	[ "$f" -eq 0 ] || {
		verdict=FAILED
		failures "$2" >"$work/$1.failures"
	}
	row "$1" "$2" "$p" "$f" "$s" $(($(elapsed) - start)) "$verdict"
}

# Whoever begins a stage takes a line out of it, and puts it back at the end.
mkfifo "$work/free"
exec 3<>"$work/free"
printf '\n\n' >&3

first=$(date +%s)
number=100
while IFS='|' read -r title command; do
	if [ ! "$title" ]; then
		wait
		continue
	fi
	number=$((number + 1))
	read -r _ <&3
	{
		stage "$number" "$title" "$command" 3>&-
		echo >&3
	} &
done
wait

cat "$work"/*.failures 2>/dev/null
printf '\n%-24s %7s %7s %8s %8s\n' '' passed failed skipped seconds
cat "$work"/*.row
cat "$work"/*.sum | {
	passed=0 failed=0 skipped=0
	while read -r p f s; do
		passed=$((passed + p))
		failed=$((failed + f))
		skipped=$((skipped + s))
	done
	printf '\n%d passed, %d failed' "$passed" "$failed"
	[ "$skipped" -eq 0 ] || printf ', %d skipped' "$skipped"
	echo
	[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
