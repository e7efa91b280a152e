#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Get one of the Debian kernels that the module is built for and tested on.
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
#
# --update looks for a newer package even when there is a kernel already.

set -eu
# shellcheck source=scripts/common.sh
. "$(dirname "$0")/common.sh"

# A row: name, meta package of the image.
kernels='
6.1	linux-image-amd64
6.12	linux-image-6.12-amd64
6.12-rt	linux-image-6.12-rt-amd64
'

# What the VM needs besides the kernel, in the order of loading. What a kernel
# does not have as a module is built into it.
modules='virtio_ring virtio virtio_pci_modern_dev virtio_pci_legacy_dev
virtio_pci virtio_console netfs fscache 9pnet 9pnet_virtio 9p overlay'

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

unpack_modules() {
	mkdir modules
	i=10
	for m in $modules; do
		find lib/modules -name "$m.ko*" | while read -r f; do
			case $f in
			*.xz)	xz -dc "$f" ;;
			*)	cat "$f" ;;
			esac >"modules/$i-$m.ko"
		done
		i=$((i + 1))
	done
}

# unpack RELEASE PREFIX - the packages in the current directory; PREFIX is
# where they will be in the end
unpack() {
	for deb in linux-headers-*.deb linux-kbuild-*.deb; do
		dpkg -x "$deb" .
	done
	dpkg-deb --fsys-tarfile linux-image-*.deb |
		tar -x --wildcards './boot/vmlinuz-*' './lib/modules/*.ko*'
	sed -i "s#/usr/src/#$2/usr/src/#" "usr/src/linux-headers-$1/Makefile"
	ln -s "usr/src/linux-headers-$1" build
	unpack_image boot/vmlinuz-*
	unpack_modules
	echo "$1" >release
	# Without vmlinux no BTF is made for modules, which would take pahole.
	rm -r ./*.deb boot lib/modules
	rm -f build/vmlinux
}

# get NAME META - put the kernel into the cache and make NAME a link to it
get() {
	release=$(stands_for "$2" "linux-image-${1%-rt}[.+].*")
	release=${release#linux-image-}
	version=$(apt-cache policy "linux-image-$release" |
		sed -n 's/ *Candidate: //p' | tr ':~' __)
	dir=$cache/linux/${release}_$version
	if [ ! -e "$dir" ]; then
		say "getting Linux $release"
		new=$(mktemp -d "$cache/linux/new.XXXXXX")
		trap 'rm -rf "$new"' EXIT
		chmod 755 "$new"
		cd "$new"
		# shellcheck disable=SC2046
		fetch "linux-image-$release" "linux-headers-$release" \
			$(depends "linux-headers-$release" \
				'linux-\(headers\|kbuild\)-.*')
		unpack "$release" "$dir"
		mv "$new" "$dir"
		cd "$dir"
	fi
	ln -sfn "${dir##*/}" "$cache/linux/$1"
}

update=
if [ "${1-}" = --update ]; then
	update=1
	shift
fi
name=${1-}
meta=$(echo "$kernels" | sed -n "s/^${name:--}	//p")
[ "$meta" ] ||
	die "usage: kernels.sh [--update] $(echo "$kernels" |
		sed -n 's/	.*//p' | paste -sd '|')"

"$(dirname "$0")/deps.sh" unpack
mkdir -p "$cache/linux"
exec 9>"$cache/linux/lock"
flock 9
if [ "$update" ] || [ ! -e "$cache/linux/$name/release" ]; then
	get "$name" "$meta"
fi
readlink -f "$cache/linux/$name"
