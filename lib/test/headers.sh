#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
# Compiles each public header alone, as C99 and as C++11.
#
# usage: headers.sh CC CXX DIRECTORY HEADER...
set -eu

cc=$1 cxx=$2 dir=$3
shift 3
flags='-I../uapi -Iinclude -Wall -Wextra -Wconversion -Wsign-conversion
	-Wpedantic -Werror -fsyntax-only'

for header; do
	echo "#include <$header>" > "$dir/header.c"
	echo "extern int not_empty;" >> "$dir/header.c"
	cp "$dir/header.c" "$dir/header.cc"
	# shellcheck disable=SC2086 # the flags are several words
	$cc -std=c99 $flags "$dir/header.c"
	# shellcheck disable=SC2086
	$cxx -std=c++11 $flags "$dir/header.cc"
done
rm -f "$dir/header.c" "$dir/header.cc"
echo "ok: $# headers alone, in C99 and in C++11"
