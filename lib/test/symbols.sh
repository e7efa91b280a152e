#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
# The shared library exports what its map lists and the headers declare, and
# only ioctl.c calls ioctl().
#
# usage: symbols.sh SHARED-LIBRARY STATIC-LIBRARY
set -eu

shared=$1 static=$2
dir=$(mktemp -d)
trap 'rm -r "$dir"' EXIT

nm -D --defined-only "$shared" | awk '$2 != "A" { print $3 }' |
	sed 's/@.*//' | LC_ALL=C sort > "$dir/exported"
sed -n 's/^\t\([a-zA-Z0-9_]*\);$/\1/p' libmachdev.map > "$dir/listed"
grep '^bootstrap_' "$dir/exported" >> "$dir/listed"
LC_ALL=C sort -o "$dir/listed" "$dir/listed"
diff "$dir/listed" "$dir/exported"

# Every function that a header declares can be linked.
cat include/*.h include/*/*.h |
	grep -v '^#' | tr '\n\t' '  ' | tr ';' '\n' |
	sed -n 's/.*[ *]\([a-z][a-z0-9_]*\)([a-z][^()]*)$/\1/p' |
	LC_ALL=C sort -u > "$dir/declared"
test "$(wc -l < "$dir/declared")" -gt 50
LC_ALL=C comm -23 "$dir/declared" "$dir/exported" > "$dir/missing"
if [ -s "$dir/missing" ]; then
	echo "declared but not exported:"
	cat "$dir/missing"
	exit 1
fi

callers=$(nm -A "$static" 2>/dev/null | awk -F: '/ U ioctl$/ { print $2 }')
test "$callers" = ioctl.o

readelf -d "$shared" | grep -q 'SONAME.*\[libmachdev\.so\.0\]'
echo "ok: $(wc -l < "$dir/exported") symbols"
