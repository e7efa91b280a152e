#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Install the Debian packages that a job needs and the machine lacks.
#
# usage: scripts/deps.sh JOB...
#
#   build	compile the module, the library and the tools
#   tests	compile the selftests
#   tests-32	compile them as programs of 32 bits
#   unit	compile the unit tests and what is fuzzed
#   unpack	take kernels and sources out of Debian's packages
#   kernel	build a kernel of our own
#   vm		boot a kernel in QEMU
#   coverage	count the lines that the tests reach
#   check	the static checks
#   mutate	run the tests on a module with a guard taken out
#   trace	run the commands of docs/tracing.rst
#   root	make a Debian system in a directory

set -eu
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

missing=

# need PACKAGE FILE - want PACKAGE where FILE, which it brings, is absent
need() {
	[ -e "$2" ] || missing="$missing $1"
}

[ $# -gt 0 ] || die "usage: deps.sh JOB..."

for job; do
	case $job in
	build)
		need gcc-12 /usr/bin/gcc-12
		need libc6-dev /usr/include/stdio.h
		need libelf1 /usr/lib/x86_64-linux-gnu/libelf.so.1
		need libjson-c-dev /usr/include/json-c/json.h
		need libnl-3-dev /usr/include/libnl3/netlink/netlink.h
		need libnl-genl-3-dev /usr/lib/x86_64-linux-gnu/libnl-genl-3.so
		need make /usr/bin/make
		;;
	tests)
		need libfuse3-dev /usr/include/fuse3/fuse_lowlevel.h
		;;
	tests-32)
		need gcc-12-multilib \
			/usr/lib/gcc/x86_64-linux-gnu/12/32/libgcc.a
		need libc6-dev-i386 /usr/lib32/libc.a
		;;
	unit)
		need clang-14 /usr/bin/clang-14
		need libclang-rt-14-dev /usr/share/doc/libclang-rt-14-dev
		;;
	unpack)
		need debian-archive-keyring \
			/usr/share/keyrings/debian-archive-trixie-automatic.gpg
		need xz-utils /usr/bin/xz
		need zstd /usr/bin/zstd
		;;
	kernel)
		need bc /usr/bin/bc
		need bison /usr/bin/bison
		need flex /usr/bin/flex
		need gcc-12 /usr/bin/gcc-12
		need libelf-dev /usr/include/gelf.h
		need make /usr/bin/make
		;;
	vm)
		need busybox-static /usr/share/doc/busybox-static
		need kmod /usr/sbin/modinfo
		need qemu-system-x86 /usr/bin/qemu-system-x86_64
		;;
	coverage)
		need gcc-12 /usr/bin/gcov-12
		need python3 /usr/bin/python3
		;;
	check)
		need clang /usr/bin/clang
		need coccinelle /usr/bin/spatch
		need codespell /usr/bin/codespell
		need g++ /usr/bin/g++
		need lld /usr/bin/ld.lld
		need llvm /usr/bin/llvm-ar
		need mandoc /usr/bin/mandoc
		need patch /usr/bin/patch
		need perl /usr/share/doc/perl
		need python3-yaml /usr/lib/python3/dist-packages/yaml
		need shellcheck /usr/bin/shellcheck
		need sparse /usr/bin/sparse
		;;
	mutate)
		need patch /usr/bin/patch
		;;
	trace)
		need bpftrace /usr/bin/bpftrace
		need linux-perf /usr/bin/perf
		need trace-cmd /usr/bin/trace-cmd
		;;
	root)
		need mmdebstrap /usr/bin/mmdebstrap
		need kmod /usr/sbin/modinfo
		;;
	*)
		die "unknown job: $job"
		;;
	esac
done

# shellcheck disable=SC2086
[ ! "$missing" ] || install $missing
