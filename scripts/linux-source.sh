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
dir=$cache/linux-source
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
