#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Get the few files of Debian's kernel source that the tests and checks use and
# that no other package has.
#
# usage: scripts/linux-source.sh
#
# Prints their directory, which lies in the cache.

set -eu
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

files='
scripts/checkpatch.pl
scripts/const_structs.checkpatch
scripts/spelling.txt
tools/testing/selftests/kselftest.h
tools/testing/selftests/kselftest_harness.h
'

# The rules for coccinelle that can find something in a module like this one,
# and need no compiler of OCaml.
rules='
api/alloc/alloc_cast api/alloc/pool_zalloc-simple api/alloc/zalloc-simple
api/atomic_as_refcounter api/err_cast api/kfree_mismatch api/kfree_sensitive
api/kstrdup api/kvmalloc api/memdup api/memdup_user api/simple_open
api/stream_open api/vma_pages
free/ifnullfree free/kfree free/kfreeaddr
iterators/itnull iterators/list_entry_update iterators/use_after_iter
locks/call_kern locks/double_lock locks/flags locks/mini_lock
misc/array_size misc/array_size_dup misc/badty misc/boolconv
misc/cond_no_effect misc/cstptr misc/doubleinit misc/excluded_middle
misc/flexible_array misc/ifcol misc/newline_in_nl_msg misc/noderef misc/orplus
misc/returnvar misc/semicolon misc/swap misc/test_addr misc/uninitialized_var
misc/warn
null/deref_null null/eno null/kmerr
tests/doublebitand tests/doubletest tests/odd_ptr_err
tests/unsigned_lesser_than_zero
'
for rule in $rules; do
	files="$files scripts/coccinelle/$rule.cocci"
done

# extract PACKAGE.deb - the tar file in the package is read up to the last of
# the files and no further
extract() {
	# shellcheck disable=SC2046,SC2086
	dpkg-deb --fsys-tarfile "$1" |
		tar -xO --occurrence=1 --wildcards './usr/src/linux-source-*.tar.xz' |
		tar -xJ --occurrence=1 --wildcards --transform 's#.*/##' \
			$(printf '*/%s ' $files)
}

mkdir -p "$cache"
exec 9>"$cache/linux-source.lock"
flock 9
dir=$cache/linux-source-$(echo "$files" | cksum | cut -d ' ' -f 1)
if [ ! -e "$dir" ]; then
	"$(dirname "$0")/deps.sh" unpack
	new=$(mktemp -d "$dir.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	chmod 755 "$new"
	cd "$new"
	package=$(stands_for linux-source 'linux-source-.*')
	fetch "$package"
	say "unpacking $package"
	extract ./*.deb
	rm ./*.deb
	mv "$new" "$dir"
fi
echo "$dir"
