#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Give the module to DKMS, which builds it for a kernel and for those that will
# be installed later; or take it back.
#
# usage: scripts/dkms.sh install|remove [RELEASE]
#
# RELEASE is the kernel to build for, by default the running one. To remove
# concerns all kernels. Needs dkms, root or sudo, and to install the headers of
# the kernel; the tree need not be a git checkout.

set -eu
cd "$(dirname "$0")/.."
# shellcheck source=scripts/common.sh
. scripts/common.sh

# What is built, and the licences of that.
files='Kbuild dkms.conf module uapi
	LICENSES/GPL-2.0-only.txt LICENSES/Linux-syscall-note.txt'

name=$(sed -n 's/^PACKAGE_NAME="\(.*\)"/\1/p' dkms.conf)
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
source=/usr/src/$name-$version

remove() {
	[ ! "$(dkms status "$name/$version")" ] ||
		as_root dkms remove "$name/$version" --all
	as_root rm -rf "$source"
}

secure_boot() {
	set -- /sys/firmware/efi/efivars/SecureBoot-*
	[ -r "$1" ] && [ "$(od -An -tu1 -j4 -N1 "$1" | tr -d ' ')" = 1 ]
}

# The kernel that runs can be asked to load it now, another one cannot.
what_next() {
	say
	if [ "$release" = "$(uname -r)" ]; then
		say "Next: sudo modprobe $name"
	else
		say "Next, when Linux $release runs: sudo modprobe $name"
	fi
	if secure_boot; then
		say "Secure Boot is on: the key that signed the module has to be" \
			"enrolled first, see docs/install.rst."
	fi
}

install_module() {
	[ -e "/lib/modules/$release/build/Makefile" ] ||
		die "no headers of Linux $release: install linux-headers-$release"
	# What is left of an earlier installation of this version.
	remove
	as_root mkdir -p "$source"
	# shellcheck disable=SC2086
	tar -c $files | as_root tar -x --no-same-owner -C "$source"
	as_root dkms add "$name/$version"
	as_root dkms build "$name/$version" -k "$release" || {
		log=/var/lib/dkms/$name/$version/build/make.log
		[ ! -r "$log" ] || tail -n 30 "$log" >&2
		die "DKMS could not build it"
	}
	as_root dkms install "$name/$version" -k "$release"
	what_next
}

release=${2:-$(uname -r)}
command -v dkms >/dev/null || PATH=$PATH:/usr/sbin:/sbin
command -v dkms >/dev/null || die "no dkms: install the package dkms"
case ${1-} in
install)	install_module ;;
remove)		remove ;;
*)		die "usage: dkms.sh install|remove [RELEASE]" ;;
esac
