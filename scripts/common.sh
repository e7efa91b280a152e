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
owner=as_root
update_lists() {
	say "updating the package lists"
	$owner $apt update >&2
}

mirror() {
	apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' \
		'Origin: Debian' 'Label: Debian' 'Codename: bookworm' |
		head -n 1 | grep .
}

# use_suite SUITE - from here on packages come from a suite that the machine
# does not use, or the release that it belongs to. They come from the machine's
# mirror by lists in the cache, and nothing of the machine's own is touched.
use_suite() {
	uri=$(mirror || { update_lists && mirror; }) ||
		die "no mirror of Debian 12 in the sources of apt"
	state=$cache/apt/$1
	mkdir -p "$state/lists/partial"
	: >"$state/status"
	key=/usr/share/keyrings/debian-archive-keyring.gpg
	for s in "${1%-*}" "$1"; do
		echo "deb [arch=amd64 target=Packages signed-by=$key] $uri $s main"
	done >"$state/sources.list"
	cat >"$state/apt.conf" <<-END
		APT::Default-Release "$1";
		APT::Sandbox::User "$(id -un)";
		Dir::State "$state";
		Dir::State::Status "$state/status";
		Dir::Cache "$state";
		Dir::Etc::SourceList "$state/sources.list";
		Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
	END
	export APT_CONFIG="$state/apt.conf"
	owner=
	update_lists
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
		die "no $1 stands for $2: is this Debian 12?" \
			"It stands for $(depends "$1" '.*' | paste -sd ' ')."
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
