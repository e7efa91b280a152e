#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Make a Debian 12 in a directory: a small system with the two kernels that the
# module is tested on, and with what README.md has one install.
#
# usage: scripts/clean-root.sh DIRECTORY
#
# DIRECTORY becomes a new copy, owned by root; what it is a copy of lies in the
# cache, by a name that stands for what is in it. Prints the releases of the
# kernels. The user "user" of the system is a sudoer without password.

set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=scripts/common.sh
. "$here/common.sh"
[ $# -eq 1 ] || die "usage: clean-root.sh DIRECTORY"

# The rest of what is tested is on every Debian but the smallest: sudo, and
# openssl, without which DKMS does not sign.
base=sudo,openssl

# has PACKAGE - the machine's mirror has it
has() {
	apt-cache policy "$1" | grep -q 'Candidate: [0-9]'
}

# release_of KERNEL - of the one in the cache, unless it is too old to be had
release_of() {
	dir=$("$here/kernels.sh" "$1")
	if ! has "linux-headers-$(cat "$dir/release")"; then
		dir=$("$here/kernels.sh" --update "$1")
	fi
	cat "$dir/release"
}

# The machine's mirrors.
sources() {
	apt-get indextargets --format "deb \$(REPO_URI) \$(CODENAME) main" \
		'Created-By: Packages' 'Origin: Debian' | sort -u | grep bookworm
}

# Mirrors are reached as the machine reaches them. Documentation and drivers
# take time and room, and nobody looks at them.
bootstrap() {
	apt-config dump --format '%F "%v";%n' | grep -E \
		'^Acquire::(https?(::|[^:])|Retries|Check-)' >"$new/acquire" ||
		:
	sources | as_root mmdebstrap --quiet --mode=root --variant=important \
		--architectures=amd64 --aptopt="$new/acquire" \
		--dpkgopt='path-exclude=/usr/share/doc/*' \
		--dpkgopt='path-exclude=/usr/share/locale/*' \
		--dpkgopt='path-exclude=/usr/share/man/*' \
		--dpkgopt='path-exclude=/lib/modules/*/kernel/drivers/*' \
		--dpkgopt='path-exclude=/lib/modules/*/kernel/sound/*' \
		--include="$base,linux-image-$first,linux-headers-$second" \
		bookworm "$new/root" - >&2
}

# README.md's own command, as the user whose running kernel is the first.
follow_readme() {
	cat >"$new/commands" <<-END
		useradd -m -s /bin/bash user
		echo 'user ALL=(ALL) NOPASSWD: ALL' >/etc/sudoers.d/user
		chmod 444 /etc/sudoers /etc/sudoers.d/user
		apt-get -qq update
		echo 'uname() { echo $first; }; yes | { $packages; }' |
			su user -s /bin/bash
		apt-get clean
	END
	as_root cp /etc/resolv.conf "$new/root/etc"
	as_root unshare --mount chroot "$new/root" sh -e -c '
		mount -t proc proc /proc
		. /dev/stdin' <"$new/commands" >"$new/log" 2>&1 || {
		tail -n 40 "$new/log" >&2
		die "README.md's packages do not install"
	}
}

make_root() {
	say "making a Debian 12 with Linux $first and $second"
	new=$(mktemp -d "$cache/root/new.XXXXXX")
	trap 'as_root rm -rf "$new"' EXIT
	bootstrap
	follow_readme
	as_root mv "$new/root" "$dir"
}

"$here/deps.sh" root unpack
mkdir -p "$cache/root"
exec 9>"$cache/root/lock"
flock 9
first=$(release_of 6.1)
second=$(release_of 6.12)
packages=$("$here/readme-commands.sh" packages)
name=$(echo "$first $second $base $packages" | cat - "$0" | sha256sum |
	cut -c 1-16)
dir=$cache/root/$name
[ -e "$dir" ] || make_root
as_root cp -a --reflink=auto "$dir" "$1"
echo "$first"
echo "$second"
