#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Get one of the kernels that the module is built for and tested on: Debian's,
# or one of our own, which is built from Debian's source.
#
# usage: scripts/kernels.sh [--update] NAME
#
# Prints the directory of the kernel. It lies in the cache, nothing is
# installed, and it has:
#
#   release	the release, as uname -r says it
#   vmlinux	the kernel, ready for QEMU
#   build	the headers, for KDIR
#   modules/	the modules that the VM loads, named in the order of loading
#   peers/	modules that the benchmarks load
#   append	what it wants on its command line; absent: nothing
#   slow	how many times slower than a stock kernel it is; absent: 1
#
# --update looks for a newer package even when there is a kernel already.

set -eu
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

# A row: name, meta package of the image, suite if not one of the machine's.
kernels='
6.1	linux-image-amd64
6.12	linux-image-6.12-amd64
6.12-rt	linux-image-6.12-rt-amd64
7.3	linux-image-amd64	trixie-backports
'

# Likewise: name, package of the source, how many times slower than a stock
# kernel, command line. What is switched on in them stands in vm/config. They
# go on after a report, so that each fails the test that it belongs to.
own='
debug	linux-source-6.12	4	panic_on_warn=0 kasan_multi_shot
kcsan	linux-source-6.12	4	panic_on_warn=0
gcov	linux-source-6.12	1
'

# What the VM needs besides the kernel, in the order of loading. What a kernel
# does not have as a module is built into it.
modules='virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev
virtio_pci virtio_console netfs fscache 9pnet 9pnet_virtio 9p overlay fuse'

# What the benchmarks set beside ours.
peers='binder_linux'

config=$(cd "$(dirname "$0")/../vm/config" && pwd)
build=$(cd "$(dirname "$0")" && pwd)/build-kernel.sh

# number FILE OFFSET BYTES - a little-endian number out of a file
number() {
	od -An -t "u$3" -j "$2" -N "$3" "$1" | tr -d ' '
}

# A bzImage spends seconds on unpacking itself where the processor is emulated;
# QEMU starts the ELF file within it just as well.
unpack_image() {
	start=$((($(number "$1" 497 1) + 1) * 512 + $(number "$1" 584 4)))
	size=$(($(number "$1" 588 4) - 4))
	tail -c +$((start + 1)) "$1" | head -c $size >packed
	case $(number packed 0 2) in
	14333)	xz -dc packed ;;
	46376)	zstd -qdc packed ;;
	*)	die "$1 is packed in an unknown way" ;;
	esac >vmlinux
	rm packed
}

# unpack_module NAME FILE - a kernel may not have it as a module
unpack_module() {
	find . -path "*/kernel/*/$1.ko*" | while read -r f; do
		case $f in
		*.xz)	xz -dc "$f" ;;
		*)	cat "$f" ;;
		esac >"$2"
	done
}

unpack_modules() {
	mkdir modules peers
	i=10
	for m in $modules; do
		unpack_module "$m" "modules/$i-$m.ko"
		i=$((i + 1))
	done
	for m in $peers; do
		unpack_module "$m" "peers/$m.ko"
	done
}

# by_own_libc PREFIX - the tools that the headers bring were linked to a newer
# C library than this machine's; it lies beside them, to run them by
by_own_libc() {
	lib=usr/lib/x86_64-linux-gnu
	find usr/lib/linux-kbuild-* -type f -perm /111 >tools
	while read -r tool; do
		[ "$(number "$tool" 0 4)" = 1179403647 ] || continue
		mv "$tool" "$tool.elf"
		cat >"$tool" <<-END
			#!/bin/sh
			exec $1/$lib/ld-linux-x86-64.so.2 --argv0 "\$0" \\
				--library-path $1/$lib "\$0.elf" "\$@"
		END
		chmod 755 "$tool"
	done <tools
	rm tools
}

# The machine's compiler is older than the one that made the kernel, and lacks
# an option which the headers would have it use.
by_gcc_12() {
	sed -i 's/gcc-[0-9]*$/gcc-12/' build/.kernelvariables
	sed -i '/CONFIG_CC_HAS_MIN_FUNCTION_ALIGNMENT/d' \
		build/include/config/auto.conf \
		build/include/generated/autoconf.h
}

# unpack RELEASE PREFIX - the packages in the current directory; PREFIX is
# where they will be in the end
unpack() {
	for deb in *.deb; do
		dpkg -x "$deb" .
	done
	sed -i "s#/usr/src/#$2/usr/src/#" "usr/src/linux-headers-$1/Makefile"
	ln -s "usr/src/linux-headers-$1" build
	unpack_image "$(find . -name 'vmlinuz*')"
	unpack_modules
	[ ! -e usr/lib/x86_64-linux-gnu ] || by_own_libc "$2"
	by_gcc_12
	echo "$1" >release
	# Without vmlinux no BTF is made for modules, which would take pahole.
	rm -rf ./*.deb boot etc lib usr/lib/modules usr/share
	rm -f build/vmlinux
}

# version PACKAGE - of the newest one, as part of a file's name
version() {
	apt-cache policy "$1" | sed -n 's/ *Candidate: //p' | tr ':~' __
}

# start DIRECTORY - work in a new one that becomes DIRECTORY by keep
start() {
	dir=$1
	new=$(mktemp -d "$cache/linux/new.XXXXXX")
	trap 'rm -rf "$new"' EXIT
	trap 'exit 130' INT TERM
	chmod 755 "$new"
	cd "$new"
}

keep() {
	mv "$new" "$dir"
	cd "$dir"
}

# get_own NAME PACKAGE - likewise, one of our own
get_own() {
	dir=$cache/linux/$1-$(version "$2" | grep '[0-9]' ||
		{ update_lists; version "$2"; })_$set
	if [ ! -e "$dir" ]; then
		say "making the kernel $1"
		start "$dir"
		"$build" "$2" "$config/base.config" "$config/$1.config"
		mkdir modules
		keep
	fi
	ln -sfn "${dir##*/}" "$cache/linux/$1"
}

# get NAME META [SUITE] - put the kernel into the cache and make NAME a link to
# it
get() {
	[ $# -lt 3 ] || use_suite "$3"
	release=$(stands_for "$2" "linux-image-${1%-rt}[.+].*")
	release=${release#linux-image-}
	dir=$cache/linux/${release}_$(version "linux-image-$release")_$set
	if [ ! -e "$dir" ]; then
		say "getting Linux $release"
		start "$dir"
		# shellcheck disable=SC2046
		fetch "linux-image-$release" "linux-headers-$release" \
			$(depends "linux-image-$release" \
				'linux-\(binary\|modules\)-.*') \
			$(depends "linux-headers-$release" \
				'linux-\(headers\|kbuild\)-.*') \
			${3+libc6}
		unpack "$release" "$dir"
		keep
	fi
	ln -sfn "${dir##*/}" "$cache/linux/$1"
}

update=
if [ "${1-}" = --update ]; then
	update=1
	shift
fi
name=${1-}
origin=$(echo "$kernels$own" | sed -n "s/^${name:--}	//p")
[ "$origin" ] ||
	die "usage: kernels.sh [--update] $(echo "$kernels$own" |
		sed -n 's/	.*//p' | paste -sd '|')"

# A kernel in the cache that has other modules, or was configured otherwise, is
# not the one that is wanted.
if [ -e "$config/$name.config" ]; then
	set=$(cat "$config/base.config" "$config/$name.config" | cksum)
	job=kernel
else
	set=$(echo "$modules $peers" | cksum)
	job=
fi
set=${set%% *}

# shellcheck disable=SC2086
"$(dirname "$0")/deps.sh" unpack $job
mkdir -p "$cache/linux"
exec 9>"$cache/linux/lock${job:+-$name}"
flock 9
case $(readlink "$cache/linux/$name") in
*_"$set")	;;
*)		update=1 ;;
esac
if [ "$update" ] || [ ! -e "$cache/linux/$name/release" ]; then
	# shellcheck disable=SC2086
	if [ "$job" ]; then
		get_own "$name" $origin
	else
		get "$name" $origin
	fi
fi
if [ "$job" ]; then
	echo "$origin" | cut -f 2 >"$cache/linux/$name/slow"
	echo "$origin" | cut -f 3 >"$cache/linux/$name/append"
fi
readlink -f "$cache/linux/$name"
