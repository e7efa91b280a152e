#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Print commands of README.md's chapter on installing, as they stand there.
#
# usage: scripts/readme-commands.sh PART
#
#   packages	what has apt install something
#   install	from there to the loading of the module
#   use		the loading, and what comes after it
#   remove	what removes all of it

set -eu
cd "$(dirname "$0")/.."

case ${1-} in
packages | install | use | remove) ;;
*)	echo "usage: readme-commands.sh packages|install|use|remove" >&2
	exit 1 ;;
esac

awk -v want="$1" '
	BEGIN			{ part = "install" }
	/^## /			{ chapter = $0 == "## Installing" }
	!chapter || !/^    /	{ next }
				{ command = substr($0, 5) }
	/ modprobe /		{ part = "use" }
	/ uninstall/		{ part = "remove" }
	/ apt install /		{ if (want == "packages") print command }
	part == want		{ print command }
' README.md | grep .
