#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Build a kernel of our own out of Debian's source, in the current directory.
#
# usage: scripts/build-kernel.sh PACKAGE FRAGMENT...
#
# PACKAGE has the source; the fragments say what is switched on, all else is
# off. A line of theirs that the configuration does not end up with is an error.
#
# Leaves vmlinux, release, config and build, the headers; what these needed on
# the way is gone afterwards.

set -eu
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

unset MAKEFLAGS MAKELEVEL MFLAGS
package=$1
shift
here=$PWD

unpack() {
	fetch "$package"
	say "unpacking $package"
	mkdir source objects
	dpkg-deb --fsys-tarfile ./*.deb |
		tar -xO --occurrence=1 --wildcards "./usr/src/$package.tar.xz" |
		tar -xJ --strip-components=1 -C source
	rm ./*.deb
}

kernel_make() {
	make -C source O="$here/objects" ARCH=x86_64 CC=gcc-12 HOSTCC=gcc-12 \
		KBUILD_BUILD_USER=machdev KBUILD_BUILD_HOST=machdev "$@"
}

# honoured LINE - whether the configuration has it
honoured() {
	case $1 in
	*=n)	! grep -q "^${1%=n}=" objects/.config ;;
	*)	grep -qxF "$1" objects/.config ;;
	esac
}

configure() {
	cat "$@" >fragment
	kernel_make KCONFIG_ALLCONFIG="$here/fragment" allnoconfig >log 2>&1 ||
		{ cat log >&2; die "no configuration"; }
	lost=
	while read -r line; do
		case $line in
		CONFIG_*)	honoured "$line" || lost="$lost $line" ;;
		esac
	done <fragment
	[ ! "$lost" ] || die "$package does not go with$lost"
}

# There are no modules, but with them come a list of symbols and a linker script
# that ours wants. The file is there so that the status is known; the last lines
# of the log say what was wrong.
compile() {
	say "building it: some 1,900 files, 7 minutes on two idle processors"
	rm -f failed
	{ kernel_make -j"$(nproc)" vmlinux modules 2>&1 || : >failed; } | tee log |
		awk '/^  [A-Z]+ / && ++n % 200 == 0 {
			print n " files"; fflush() }' >&2
	[ ! -e failed ] || { tail -n 30 log >&2; die "it does not compile"; }
}

# What modules are built by, without source and objects, stands in the kernel's
# own script for its packages.
keep() {
	(cd objects && srctree=$here/source SRCARCH=x86 CC=gcc-12 \
		HOSTCC=gcc-12 MAKE=make \
		sh "$here/source/scripts/package/install-extmod-build" \
			"$here/build")
	strip -o vmlinux objects/vmlinux
	cp objects/.config config
	cp objects/include/config/kernel.release release
	rm -rf source objects fragment log
}

unpack
configure "$@"
compile
keep
