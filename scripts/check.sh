#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Everything that can be checked without running it.
#
# usage: scripts/check.sh [PART...]
#
#   module	gcc with W=1 and sparse, against Linux 6.1 and 6.12
#   style	the kernel's checkpatch
#   headers	each public header compiles alone, as C and as C++
#   netlink	the header of the netlink family is what its specification says
#   man		the manual pages, with mandoc
#   lib		the library's own tests, which need no device
#   scripts	shellcheck
#   mutants	the patches of selftests/mutants apply
#
# The last line is the sum.

set -eu
cd "$(dirname "$0")/.."
# shellcheck source=scripts/common.sh
. scripts/common.sh
top=$PWD
unset MAKEFLAGS MAKELEVEL
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0

# verdict TITLE - good when $work/bad is empty, which it is afterwards
verdict() {
	if [ -s "$work/bad" ]; then
		cat "$work/bad"
		echo "not ok $1"
		failed=$((failed + 1))
	else
		echo "ok $1"
		passed=$((passed + 1))
	fi
	: >"$work/bad"
}

# A build whose sparse is missing or too old goes on without it, so the files
# that it looked at are counted.
check_module() {
	for k in 6.1 6.12; do
		kdir=$(scripts/kernels.sh $k)/build
		dir=$top/build/check/$k
		mkdir -p "$dir"
		cp -rsf "$top/Kbuild" "$top/dkms.conf" "$top/module" \
			"$top/uapi" "$dir"
		find "$dir" -xtype l -delete
		find "$dir" -name '*.o' -delete
		make -j"$(nproc)" -C "$kdir" M="$dir" W=1 C=2 KCFLAGS=-Werror \
			CF='-D__CHECK_ENDIAN__ -Wcontext' \
			CONFIG_DEBUG_INFO_BTF_MODULES= modules \
			>"$work/build" 2>&1 || echo "the build fails" >"$work/bad"
		grep -E -A6 'warning:|error:|\*\*\*' "$work/build" \
			>>"$work/bad" || :
		verdict "W=1 and sparse on Linux $k"

		want=$(sed -n 's/^mach-y.*= *\(.*\)/\1/p' Kbuild | wc -w)
		saw=$(grep -c '^  CHECK ' "$work/build" || :)
		[ "$saw" -ge "$want" ] ||
			echo "sparse saw $saw of $want files" >"$work/bad"
		verdict "sparse saw all files on Linux $k"
	done
}

# style TITLE IGNORE FIND-ARGUMENT... - checkpatch, but for what it says there
# in vain. In a git tree it would leave a file behind, so it runs outside.
style() {
	title=$1
	ignore=$2
	shift 2
	find "$@" -name '*.[ch]' -printf "$top/%p\\0" | sort -z | (
		cd "$work" && xargs -0 -P "$(nproc)" -n 4 perl "$checkpatch" \
			--no-tree --strict --terse --no-summary --show-types \
			--ignore "$ignore" -f
	) 2>/dev/null | sed "s#^$top/##" >"$work/bad" || :
	verdict "checkpatch $title"
}

# In the module, members are explained above their struct and a macro may be a
# declaration. Programs and their headers have Mach's types, names and macros,
# not the kernel's. Tests are made of macros.
check_style() {
	checkpatch=$(scripts/linux-source.sh)/checkpatch.pl
	user=NEW_TYPEDEFS,CAMELCASE,PREFER_KERNEL_TYPES,BIT_MACRO,ARRAY_SIZE
	user=$user,PREFER_DEFINED_ATTRIBUTE_MACRO,EMBEDDED_FUNCTION_NAME
	user=$user,MACRO_ARG_REUSE,MACRO_ARG_PRECEDENCE
	test=$user,MULTISTATEMENT_MACRO_USE_DO_WHILE,MACRO_WITH_FLOW_CONTROL
	test=$test,COMPLEX_MACRO,BRACES,VOLATILE,SPACING,MULTIPLE_ASSIGNMENTS

	compat=LINUX_VERSION_CODE,CONSTANT_COMPARISON,MACRO_ARG_PRECEDENCE

	module=LINE_SPACING,UNCOMMENTED_DEFINITION,MACRO_ARG_REUSE

	# Trace events are made of macros that are no functions.
	trace=COMPLEX_MACRO,TRAILING_SEMICOLON,OPEN_ENDED_LINE
	trace=$trace,PARENTHESIS_ALIGNMENT

	style module $module module -maxdepth 1 ! -name trace.h
	style "trace events" "$module,$trace" module/trace.h
	style compat $compat module/compat
	style uapi BIT_MACRO uapi
	style programs $user lib/include lib/src tools bench
	style tests $test lib/test selftests
}

# compile FLAGS HEADER
compile() {
	# shellcheck disable=SC2086
	printf '#include "%s"\nextern int alone;\n' "$2" |
		gcc $1 -Wall -Wextra -Wpedantic -Werror -fsyntax-only \
			-Iuapi -Ilib/include - 2>>"$work/bad" || :
}

check_headers() {
	for standard in '-x c -std=c99' '-x c -std=c17' '-x c++ -std=c++11' \
		'-x c++ -std=c++20'; do
		find uapi lib/include -name '*.h' | sort >"$work/list"
		while read -r header; do
			compile "$standard" "$header"
		done <"$work/list"
		verdict "headers, $standard"
	done
}

check_netlink() {
	scripts/netlink-header.py docs/netlink/mach.yaml >"$work/header" \
		2>"$work/bad" || :
	diff -u uapi/linux/machdev_netlink.h "$work/header" >>"$work/bad" || :
	verdict "machdev_netlink.h is made from mach.yaml"
}

check_man() {
	mandoc -Tlint -W warning man/*.[1-8] >"$work/bad" 2>&1 || :
	verdict "manual pages"
}

check_lib() {
	make -s -C lib BUILD="$top/build" check >"$work/lib" 2>&1 ||
		cp "$work/lib" "$work/bad"
	verdict "make -C lib check"
	scripts/check-readme.sh >"$work/bad" 2>&1 || :
	verdict "the example in README.md"
}

check_scripts() {
	shellcheck -s sh -x scripts/*.sh vm/run vm/klog selftests/run \
		selftests/lifecycle selftests/mutate bench/run bench/profile .ci/run \
		>"$work/bad" || :
	verdict "shellcheck"
	shellcheck -s dash vm/init vm/session >"$work/bad" || :
	verdict "shellcheck of the VM's scripts"
}

# Each on its own; selftests/mutate is as strict.
check_mutants() {
	for patch in selftests/mutants/*.patch; do
		patch -p1 -s -F 0 --dry-run <"$patch" >"$work/patch" 2>&1 ||
			sed "s#^#$patch: #" "$work/patch" >>"$work/bad"
	done
	verdict "mutants apply"
}

[ $# -gt 0 ] || set -- module style headers netlink man lib scripts mutants
scripts/deps.sh build check
: >"$work/bad"
for part; do
	check_"$part"
done
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
