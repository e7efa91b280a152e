# SPDX-License-Identifier: GPL-2.0-only
# What the shell scripts of this tree share: messages, root, cache, packages.
# shellcheck shell=sh disable=SC2034,SC2086

cache=${XDG_CACHE_HOME:-$HOME/.cache}/machdev
export LC_ALL=C DEBIAN_FRONTEND=noninteractive

say() {
	echo "$*" >&2
}

die() {
	say "${0##*/}: $*"
	exit 1
}

# as_root COMMAND... - run it as root, by sudo where we are somebody else
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -E "$@"
	else
		die "needs root, or sudo: $*"
	fi
}

apt="apt-get -qq -o DPkg::Lock::Timeout=300 -o Acquire::Retries=3"

# A fresh machine has no package lists and an old one has lists that name
# packages which are gone: what fails is tried again after this.
update_lists() {
	say "updating the package lists"
	as_root $apt update >&2
}

# twice COMMAND... - heard only when it fails the second time, too
twice() {
	"$@" >/dev/null 2>&1 && return
	update_lists
	text=$("$@" 2>&1) || die "$text"
}

# depends PACKAGE PATTERN - the packages that PACKAGE depends on and that match
depends() {
	apt-cache depends --important "$1" 2>/dev/null |
		sed -n "s/^[ |]*Depends: \($2\)$/\1/p"
}

# stands_for META PATTERN - the package that a meta package stands for
stands_for() {
	depends "$1" "$2" | grep . && return
	update_lists
	depends "$1" "$2" | grep . ||
		die "no $1 that stands for $2: is this Debian 12?"
}

# fetch PACKAGE... - download packages into the current directory
fetch() {
	say "downloading $*"
	twice $apt download "$@"
}

# install PACKAGE...
install() {
	say "installing $*"
	twice as_root $apt install -y --no-install-recommends "$@"
}
