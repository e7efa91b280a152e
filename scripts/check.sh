#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Everything that can be checked without running it.
#
# usage: scripts/check.sh [PART...]
#
#   module	gcc and clang with W=1, and sparse, against Linux 6.1 and 6.12;
#		whether mach_fault.ko knows all that can fail
#   semantic	coccinelle: rules of the kernel's and of our own
#   floors	what files of the module include
#   style	the kernel's checkpatch
#   comments	kernel-doc, with -Wall
#   spelling	codespell
#   headers	each public header compiles alone, as C and as C++
#   netlink	the header of the netlink family is what its specification says
#   man		the manual pages, with mandoc
#   lib		the library's own tests, which need no device
#   scripts	shellcheck, and vm/klog's own tests
#   mutants	the patches of selftests/mutants apply
#   commands	each command of the device is swept and fuzzed
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

# links NAME - build/check/NAME with links to what the module is made of
links() {
	dir=$top/build/check/$1
	mkdir -p "$dir"
	cp -rsf "$top/Kbuild" "$top/dkms.conf" "$top/module" "$top/uapi" "$dir"
	find "$dir" -xtype l -delete
	find "$dir" -name '*.o' -delete
}

# build TITLE ARGUMENT... - build the module in $dir for $kdir without warnings
build() {
	title=$1
	shift
	make -j"$(nproc)" -C "$kdir" M="$dir" W=1 \
		CONFIG_DEBUG_INFO_BTF_MODULES= "$@" modules \
		>"$work/build" 2>&1 || echo "the build fails" >"$work/bad"
	grep -E -A6 'warning:|error:|\*\*\*' "$work/build" >>"$work/bad" || :
	verdict "$title"
}

# saw_all TITLE COMMAND - it was run on each file: a build goes on without a
# sparse that is missing or too old
saw_all() {
	want=$(sed -n 's/^mach-y.*= *\(.*\)/\1/p' Kbuild | wc -w)
	saw=$(grep -c "^  $2 .*/module/" "$work/build" || :)
	[ "$saw" -ge "$want" ] || echo "$saw of $want files" >"$work/bad"
	verdict "$1"
}

# The headers are those of a kernel that gcc made, so the options that only gcc
# has are turned off. What its headers take to be there they would have asked
# clang for, too, but for address spaces by name, which sparse wants otherwise.
build_with_clang() {
	links "$k-clang"
	echo '#undef CONFIG_CC_HAS_NAMED_AS' >"$dir/clang.h"
	build "clang with W=1 on Linux $k" LLVM=1 CC=clang \
		KCFLAGS="-Werror -include $dir/clang.h" \
		CONFIG_CC_IS_GCC= CONFIG_GCC_VERSION=0 CONFIG_CC_IS_CLANG=y \
		CONFIG_CLANG_VERSION=140000 \
		CONFIG_CC_HAS_AUTO_VAR_INIT_ZERO_ENABLER=y \
		CONFIG_CC_IMPLICIT_FALLTHROUGH=-Wimplicit-fallthrough \
		CONFIG_FTRACE_MCOUNT_USE_CC= CONFIG_RETHUNK= CONFIG_SLS= \
		CONFIG_MITIGATION_RETHUNK= CONFIG_MITIGATION_SLS=
	saw_all "clang saw all files on Linux $k" 'CC \[M\]'
}

check_module() {
	for k in 6.1 6.12; do
		kdir=$(scripts/kernels.sh $k)/build
		links $k
		build "gcc with W=1 and sparse on Linux $k" KCFLAGS=-Werror C=2 \
			CF='-D__CHECK_ENDIAN__ -Wcontext'
		saw_all "sparse saw all files on Linux $k" CHECK
		scripts/probed.sh "$dir/mach.ko" >"$work/bad" 2>&1 || :
		verdict "tests can make all fail that may, on Linux $k"
		build_with_clang
	done
}

# spatch_rule RULE FILE... - what a rule of coccinelle reports
spatch_rule() {
	rule=$1
	shift
	spatch --very-quiet -D report --no-show-diff --no-includes \
		--include-headers --macro-file-builtins "$work/macros.h" \
		--cocci-file "$rule" "$@" </dev/null 2>&1 |
		grep -E "^[^ ]*:[0-9]+|[Ee]rror" || :
}

# Each of our rules has to find what is bad in an example, and nothing else; a
# rule that does not match any more would look like code without fault.
prove_rules() {
	for rule in scripts/coccinelle/*.cocci; do
		example=${rule%.cocci}.c
		grep -n '/\* flagged \*/' "$example" | cut -d : -f 1 |
			sort -n >"$work/want"
		[ -s "$work/want" ] || echo "$example flags nothing" >"$work/bad"
		spatch_rule "$rule" "$example" | sed -n 's/^[^:]*:\([0-9]*\).*/\1/p' |
			sort -n >"$work/saw"
		diff "$work/want" "$work/saw" >"$work/diff" ||
			sed "s#^#$example: #" "$work/diff" >>"$work/bad"
	done
	verdict "our rules find what they are for"
}

# What spatch cannot parse it passes over in silence.
parse_all() {
	spatch --macro-file-builtins "$work/macros.h" --parse-c module \
		>"$work/parse" 2>&1 || :
	good=$(sed -n 's/.*nb bad = .*> *\([0-9]*\)\..*/\1/p' "$work/parse")
	[ "${good:-0}" -ge 99 ] ||
		echo "spatch understands ${good:-0} % of the lines" >"$work/bad"
	verdict "spatch understands the module"
}

check_semantic() {
	# Its own words for the kernel's macros, and ours.
	cat /usr/lib/coccinelle/standard.h scripts/coccinelle/macros.h \
		>"$work/macros.h"
	prove_rules
	parse_all
	find "$(scripts/linux-source.sh)" scripts/coccinelle -name '*.cocci' |
		sort >"$work/rules"
	[ "$(wc -l <"$work/rules")" -gt 30 ] ||
		echo "where are the kernel's rules?" >"$work/bad"
	while read -r rule; do
		spatch_rule "$rule" --dir module -j "$(nproc)"
	done <"$work/rules" >>"$work/bad"
	verdict "coccinelle, $(wc -l <"$work/rules") rules"
}

# The floors stand in types.h, files from column 21 on; a file goes by its stem,
# and a stem with a star stands for all that begin so. trace.c shows objects of
# all floors.
check_floors() {
	awk '
	/^ \*   [0-9] / { floor = $2 }
	/^ \*$/ { floor = "" }
	floor != "" { print floor, substr($0, 21) }' module/types.h \
		>"$work/floors"
	grep -Ho '^#include "[a-z_]*\.h"' module/*.[ch] |
		sed 's/\.[ch]:#include "/ /; s/\.h"//; s#^module/##' >"$work/includes"
	find module -maxdepth 1 -name '*.[ch]' -printf '%f\n' |
		sed 's/\..*//' | sort -u >"$work/stems"
	awk -v stems="$work/stems" '
	function floor_of(stem,  s) {
		if (stem in floor)
			return floor[stem]
		for (s in family)
			if (index(stem, s) == 1)
				return family[s]
		return -1
	}
	FILENAME ~ /floors$/ {
		for (i = 2; i <= NF; i++)
			if (sub(/\*$/, "", $i))
				family[$i] = $1
			else
				floor[$i] = $1
		next
	}
	floor_of($2) > floor_of($1) && $1 != "trace" {
		print "module/" $1 " includes " $2 ".h of a higher floor"
	}
	END {
		while ((getline stem <stems) > 0)
			if (floor_of(stem) < 0)
				print "module/" stem " has no floor in types.h"
	}' "$work/floors" "$work/includes" >"$work/bad"
	[ "$(wc -l <"$work/floors")" -ge 9 ] ||
		echo "no floors in module/types.h" >>"$work/bad"
	verdict "floors"
}

# style TITLE IGNORE FIND-ARGUMENT... - checkpatch, but for what it says there
# in vain. In a git tree it would leave a file behind, so it runs outside. It
# sums up each file, those without fault, too; a file without a sum was not
# looked at.
style() {
	title=$1
	ignore=$2
	shift 2
	find "$@" -name '*.[ch]' -printf "$top/%p\\0" | sort -z >"$work/files"
	(
		cd "$work" && xargs -0 -P "$(nproc)" -n 4 perl "$checkpatch" \
			--no-tree --strict --emacs --summary-file --show-types \
			--ignore "$ignore" -f
	) <"$work/files" >"$work/report" 2>"$work/errors" || :
	grep -E '^[^ +#]*: [A-Z]+:[A-Z_]+: |^[^ ]* total: ' "$work/report" |
		grep -v ' total: 0 errors, 0 warnings, 0 checks, ' |
		sed "s#^$top/##" >"$work/bad" || :
	want=$(tr -cd '\0' <"$work/files" | wc -c)
	saw=$(grep -c '^[^ ]* total: .* lines checked$' "$work/report" || :)
	if [ "$want" -eq 0 ] || [ "$saw" -ne "$want" ]; then
		cat "$work/errors"
		echo "checkpatch saw $saw of $want files"
	fi >>"$work/bad"
	verdict "checkpatch $title, $saw files"
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
	style programs $user lib/include lib/src tools bench examples
	style tests $test lib/test selftests
}

# Where there is a comment for it, kernel-doc wants it whole.
check_comments() {
	doc=$(find "$(scripts/kernels.sh 6.12)/usr/lib/" -name kernel-doc)
	find module uapi lib/include -name '*.[ch]' -print0 |
		xargs -0 perl "$doc" -none -Wall >"$work/bad" 2>&1 || :
	verdict "kernel-doc"
}

# list_files - all of the tree, in $work/files
list_files() {
	git ls-files >"$work/files" 2>/dev/null ||
		find . -type f ! -path './build/*' ! -path './.git/*' |
			sed 's#^\./##' >"$work/files"
}

# Words of a manual page's macros and of an idiom.
check_spelling() {
	list_files
	grep -v '^LICENSES/\|/corpus/' "$work/files" |
		xargs codespell -L nd,fro >"$work/bad" 2>&1 || :
	verdict "codespell"
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

# lint TITLE SHELL INTERPRETER FILE... - shellcheck of all files whose first
# line names INTERPRETER, and of FILE..., which others read
lint() {
	title=$1
	shell=$2
	interpreter=$3
	shift 3
	list_files
	while read -r f; do
		first=
		read -r first <"$f" || :
		[ "$first" != "#!$interpreter" ] || echo "$f"
	done <"$work/files" >"$work/scripts"
	[ -s "$work/scripts" ] || echo "where are they?" >"$work/bad"
	xargs shellcheck -s "$shell" -x "$@" <"$work/scripts" \
		>>"$work/bad" 2>&1 || :
	verdict "$title, $(wc -l <"$work/scripts") files"
}

check_scripts() {
	lint shellcheck sh /bin/sh scripts/common.sh
	lint "shellcheck of the VM's scripts" dash '/bin/busybox sh'
	vm/klog-test >"$work/klog" || cp "$work/klog" "$work/bad"
	verdict "what vm/klog finds in a log"
}

# Each on its own; selftests/mutate is as strict.
check_mutants() {
	for patch in selftests/mutants/*.patch; do
		patch -p1 -s -F 0 --dry-run <"$patch" >"$work/patch" 2>&1 ||
			sed "s#^#$patch: #" "$work/patch" >>"$work/bad"
	done
	verdict "mutants apply"
}

# Commands that the fuzzer leaves out; the head of its table says why.
unfuzzed='SHUTDOWN TASK_SUSPEND TASK_SUSPEND2 TASK_TERMINATE THREAD_PARK
	PROCESSOR_SET_TASKS'
# Commands that no sweep makes: none.
unswept=

# named COMMAND PATTERN EXCEPTIONS FILE... - PATTERN, in which % stands for the
# command, is in one of the files, or the command is an exception, not both
named() {
	command=$1
	pattern=$(echo "$2" | sed "s/%/$command/")
	exceptions=$(echo "$3" | tr -s '\t\n' '  ')
	shift 3
	found=
	! grep -q "$pattern" "$@" || found=1
	case " $exceptions " in
	*" $command "*)
		[ -z "$found" ] || echo "$command is an exception, and in $*" ;;
	*)
		[ "$found" ] || echo "$command is not in $*" ;;
	esac
}

# Whoever adds a command adds it to both, or says here why not.
check_commands() {
	sed -n 's/^#define MACHDEV_IOC_\([A-Z0-9_]*\)[ \t]*MACHDEV_IO(.*/\1/p' \
		uapi/linux/machdev.h >"$work/commands"
	[ "$(wc -l <"$work/commands")" -ge 90 ] ||
		echo "where are the commands?" >"$work/bad"
	# What sweeps use of the tests' helpers calls for them.
	helpers=$(sed -n 's#^\#include "\(.*_helpers\.h\)"#selftests/\1#p' \
		selftests/*_sweep.c | sort -u)
	while read -r name; do
		# shellcheck disable=SC2086
		named "$name" 'MACHDEV_IOC_%\>' "$unswept" selftests/sweep.h \
			selftests/*_sweep.c $helpers
	done <"$work/commands" >>"$work/bad"
	verdict "commands are swept"
	while read -r name; do
		named "$name" '{ CALL(%)' "$unfuzzed" selftests/fuzz/ioctl_fuzz.c
	done <"$work/commands" >"$work/bad"
	verdict "commands are fuzzed"
}

[ $# -gt 0 ] || set -- module semantic floors style comments spelling headers \
	netlink man lib scripts mutants commands
scripts/deps.sh build check
: >"$work/bad"
for part; do
	check_"$part"
done
echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
