#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Follow README.md's chapter on installing in a clean Debian 12, have DKMS build
# the module for two kernels there, run it on both, and remove all of it.
#
# usage: scripts/dkms-test.sh
#
# Needs root or sudo. Nothing is installed on the machine but what makes the
# Debian and runs the VM. The last line is the sum.

set -eu
cd "$(dirname "$0")/.."
# shellcheck source=scripts/common.sh
. scripts/common.sh

here=/home/user/mach
version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' dkms.conf)
passed=0
failed=0

ok() {
	echo "ok $*"
	passed=$((passed + 1))
}

not_ok() {
	echo "not ok $*"
	failed=$((failed + 1))
}

# check TITLE COMMAND... - what the command prints is shown when it fails
check() {
	title=$1
	shift
	if "$@" >"$work/output" 2>&1; then
		ok "$title"
	else
		tail -n 40 "$work/output"
		not_ok "$title"
	fi
}

# same WHAT IS WANTED
same() {
	[ "$2" = "$3" ] || {
		echo "$1 is '$2', not '$3'"
		return 1
	}
}

# inside USER - run the commands on standard input in the Debian, on a machine
# that runs the first kernel and has no network
inside() {
	as_root unshare --mount --net --uts chroot "$root" sh -c "
		mount -t proc proc /proc
		hostname localhost
		exec su - $1 -c 'cd $here; sh -ex'"
}

# readme PART - as the README's reader
readme() {
	scripts/readme-commands.sh "$1" | inside user
}

# The sources as a tarball has them: without git, and without what was built.
unpack_tree() {
	as_root mkdir "$root$here"
	{ git ls-files -z --cached --others --exclude-standard 2>/dev/null ||
		find . -path ./build -prune -o -type f -print0; } |
		tar -c --null -T - | as_root tar -x -C "$root$here"
	as_root chroot "$root" chown -R user: "$here"
	as_root tee "$root/usr/local/bin/uname" >"$work/output" <<-END
		#!/bin/sh
		[ "\$*" = -r ] || exec /bin/uname "\$@"
		echo $first
	END
	as_root chmod 755 "$root/usr/local/bin/uname"
}

# What DKMS and the installation could leave behind: names, and what depmod
# has written.
listing() {
	(
		cd "$root"
		as_root find etc lib/modules usr/lib usr/local usr/share \
			usr/src var/lib ! -type d -print
		find usr/src var/lib/dkms -mindepth 1 -maxdepth 1 -type d
		as_root sha256sum lib/modules/*/modules.dep
	) | grep -v -x -f "$work/stays" | sort
}

# DKMS keeps its key. The rest is the system's own.
cat_stays() {
	cat <<-END
		var/lib/dkms/mok\..*
		var/lib/dkms/dkms_dbversion
		etc/ld\.so\.cache
		etc/resolv\.conf
		var/lib/sudo/.*
	END
}

# field RELEASE NAME - what the installed module says of itself
field() {
	modinfo -b "$root" -k "$1" -F "$2" mach
}

# is_installed RELEASE
is_installed() {
	dir=$root/lib/modules/$1
	same 'the place' \
		"$(find "$dir/" -name 'mach.ko*' | sed "s#^$dir/##;s/\.xz$//")" \
		updates/dkms/mach.ko &&
		same vermagic "$(field "$1" vermagic | cut -d ' ' -f 1)" "$1" &&
		same version "$(field "$1" version)" "$version" &&
		same signer "$(field "$1" signer)" 'DKMS module signing key' &&
		echo "dkms status mach/$version -k $1 | grep ': installed'" |
		inside root
}

# refuses RELEASE - DKMS does not try a kernel that is too old
refuses() {
	if echo "dkms build mach/$version -k $1 --kernelsourcedir \
		/lib/modules/$first/build" | inside root >"$work/refusal" 2>&1
	then
		return 1
	fi
	cat "$work/refusal"
	grep -q BUILD_EXCLUSIVE "$work/refusal"
}

# A kernel comes after the module did: what its headers' package runs then.
upgrade() {
	echo "run-parts --verbose --exit-on-error --arg=$second --arg= \
		/etc/kernel/header_postinst.d" | inside root
}

# in_vm TITLE KERNEL COMMAND... - which prints its own results
in_vm() {
	title=$1
	shift
	{
		status=0
		vm/run --timeout 1200 "$@" 2>"$work/log" || status=$?
		echo $status >"$work/status"
	} | tee "$work/vm" | grep --line-buffered -E '^(not )?ok ' || :
	status=$(cat "$work/status")
	p=$(grep -c '^ok ' "$work/vm" || :)
	f=$(grep -c '^not ok ' "$work/vm" || :)
	passed=$((passed + p))
	failed=$((failed + f))
	if [ "$status" -ne 0 ] || [ "$p" -eq 0 ]; then
		cat "$work/vm" "$work/log"
		not_ok "$title: exit status $status"
	elif [ "$f" -gt 0 ]; then
		cat "$work/vm"
	fi
}

nothing_left() {
	listing >"$work/after"
	diff "$work/before" "$work/after"
}

# Of each directory that is written to, something new is seen.
all_seen() {
	nothing_left >"$work/new"
	for d in lib/modules usr/local usr/src var/lib; do
		grep "^> $d/" "$work/new" || return
	done
}

[ "${HOST-}" = '' ] || die "this never uses the machine's own kernel"
scripts/deps.sh build unpack vm root
mkdir -p "$cache"
work=$(mktemp -d)
root=$(mktemp -d "$cache/root.XXXXXX")
trap 'as_root rm -rf "$root" "$work"' EXIT
trap 'exit 130' INT TERM
cat_stays >"$work/stays"

rmdir "$root"
scripts/clean-root.sh "$root" >"$work/releases"
{ read -r first; read -r second; } <"$work/releases"
unpack_tree
listing >"$work/before"

check "README.md: $(scripts/readme-commands.sh install | wc -l) commands" \
	readme install
check "the module for $first" is_installed "$first"
check "the unit for systemd" as_root chroot "$root" \
	systemd-analyze verify --man=no \
	/usr/local/lib/systemd/system/bootstrapd.service
check "a new kernel, $second, is installed" upgrade
check "the module for $second" is_installed "$second"
check "Linux 6.0 is refused" refuses 6.0.0-6-amd64

as_root mv "$root/usr/local/bin/uname" "$work"
in_vm "the system on $first" --kernel 6.1 --root "$root" \
	"$here/scripts/installed-test.sh" system
in_vm "the module on $second" --kernel 6.12 --no-module \
	scripts/installed-test.sh chroot "$root"
as_root mv "$work/uname" "$root/usr/local/bin"

check "what is installed is seen" all_seen
check "README.md: removal" readme remove
check "nothing is left" nothing_left

echo
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
