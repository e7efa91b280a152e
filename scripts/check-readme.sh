#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Check that the example in README.md is examples/hello_rpc.c, and compiles as
# it is printed.
#
# usage: scripts/check-readme.sh
#
# Wants build/lib/libmachdev.a. Silent and 0 when all is well; otherwise it says
# what is wrong.

set -eu
cd "$(dirname "$0")/.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

awk '/^```c$/ { code = 1; next } /^```$/ { code = 0 } code' README.md \
	>"$work/readme.c"
diff -u examples/hello_rpc.c "$work/readme.c"
gcc -std=gnu11 -Wall -Wextra -Werror -Iuapi -Ilib/include \
	-o "$work/readme" "$work/readme.c" build/lib/libmachdev.a
