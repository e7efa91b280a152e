#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Use what has been installed, in a VM, as root.
#
# usage: scripts/installed-test.sh system
#        scripts/installed-test.sh chroot DIRECTORY
#
# "system" is for a system that booted after the installation: it goes on where
# README.md has the module loaded. "chroot" loads the module that is installed
# in the system in DIRECTORY, and runs the demonstration there.
#
# Prints a line "ok TITLE" or "not ok TITLE" for each thing it has seen.

set -u
cd "$(dirname "$0")/.." || exit 1
here=/home/user/mach

# check TITLE COMMAND... - what the command prints is shown when it fails
check() {
	title=$1
	shift
	if output=$("$@" 2>&1); then
		echo "ok $title"
	else
		echo "$output" | tail -n 40
		echo "not ok $title"
	fi
}

# until_true COMMAND...
until_true() {
	for _ in $(seq $((20 * ${MACHDEV_TIME_SCALE:-1}))); do
		"$@" && return
		sleep 0.5
	done
	return 1
}

is_loaded() {
	grep -q '^mach ' /proc/modules
}

mode_is() {
	[ "$(stat -c %a /dev/mach)" = "$1" ] || {
		stat /dev/mach
		return 1
	}
}

# The commands that follow the loading, as they stand there; the last of them
# is the example, which says who ran it.
readme() {
	scripts/readme-commands.sh use >/tmp/use || return
	su - user -c "cd $here; sh -ex /tmp/use" >/tmp/used 2>&1
	status=$?
	cat /tmp/used
	[ $status -eq 0 ] &&
		grep -q "^hello from process [0-9]* of user $(id -u user)\$" \
			/tmp/used
}

server() {
	systemctl show --property MainPID --value bootstrapd
}

# is_replaced PID - another server is running
is_replaced() {
	systemctl --quiet is-active bootstrapd &&
		[ "$(server)" != 0 ] && [ "$(server)" != "$1" ]
}

# The name server dies under its clients and is there again.
restarts() {
	old=$(server)
	kill -9 "$old"
	until_true is_replaced "$old" && return
	systemctl status --no-pager bootstrapd
	return 1
}

opens_device() {
	su user -c 'exec 3<>/dev/mach'
}

# An administrator's rule for the device.
is_restricted() {
	groupadd mach
	sed 's/MODE="0666"/MODE="0660", GROUP="mach"/' \
		/usr/local/lib/udev/rules.d/70-mach.rules \
		>/etc/udev/rules.d/70-mach.rules
	udevadm control --reload && udevadm trigger --settle /dev/mach &&
		mode_is 660 && ! opens_device
}

# The rule that was installed is in force again.
is_open_again() {
	rm /etc/udev/rules.d/70-mach.rules
	udevadm control --reload && udevadm trigger --settle /dev/mach &&
		mode_is 666 && opens_device
}

unload() {
	systemctl stop bootstrapd && until_true modprobe -r mach && ! is_loaded
}

demonstrate() {
	modprobe mach && build/tools/demo && until_true modprobe -r mach
}

no_failures() {
	systemctl --failed --no-legend --plain | tee /tmp/failures
	[ ! -s /tmp/failures ]
}

system() {
	check "the module is loaded at boot" is_loaded
	check "/dev/mach is for everybody" mode_is 666
	check "README.md: $(scripts/readme-commands.sh use | wc -l) commands" \
		readme
	check "bootstrapd is restarted" restarts
	check "a rule restricts /dev/mach" is_restricted
	check "without it /dev/mach is for everybody again" is_open_again
	check "the module unloads" unload
	check "the demonstration" demonstrate
	check "no unit has failed" no_failures
}

case ${1-} in
system)
	system
	;;
chroot)
	# The demonstration makes its root private, which takes a mount.
	mount -o bind "$2" "$2" || exit
	for d in dev proc sys; do
		mount -o bind "/$d" "$2/$d" || exit
	done
	check "modprobe and the demonstration on $(uname -r)" \
		chroot "$2" "$here/scripts/installed-test.sh" demo
	;;
demo)
	set -x
	demonstrate
	;;
*)
	echo "usage: installed-test.sh system|chroot DIRECTORY" >&2
	exit 2
	;;
esac
