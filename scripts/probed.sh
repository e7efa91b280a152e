#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Whether tests can make all fail that the module gets from the kernel.
#
# usage: scripts/probed.sh MACH.KO
#
# Prints what the module imports that, by its name, needs memory or reads and
# writes that of processes, and that selftests/module/mach_fault.c does not make
# fail: a kernel that calls one of them otherwise would leave the fault sweep
# with less to do, and nobody would see. Exit status: 1 when it prints any.

set -eu
cd "$(dirname "$0")/.."
module=${1:?usage: scripts/probed.sh MACH.KO}

# By what their names have in them.
kinds='alloc|memdup|strdup|_user(_[0-9])?$|getf(ile|d)|receive_fd'
kinds="$kinds|file_setup|file_open|mapping_page|perform_write|vm_m(un)?map\$"
kinds="$kinds|process_vm|pin_user_pages|arg_pages|begin_new_exec|cache_create"
kinds="$kinds|kern_mount|_register\$|^genl_register_family"

# They only look, or let go; or data.
harmless='free|^unpin_|is_vmalloc_addr|^kmalloc_(caches|size_roundup)$'
harmless="$harmless|^random_kmalloc_seed\$"
# Of trace events, which are lost.
harmless="$harmless|^perf_trace_buf_alloc\$|^mem_alloc_profiling_key\$"

nm -u "$module" | awk '{ print $2 }' | grep -E "$kinds" |
	grep -Ev "$harmless" | sort | {
	count=0
	missing=0
	while read -r name; do
		count=$((count + 1))
		grep -q "{ \"$name\"," selftests/module/mach_fault.c && continue
		echo "$module: $name cannot be made to fail"
		missing=1
	done
	[ "$count" -ge 20 ] || {
		echo "$module: only $count things that can fail"
		missing=1
	}
	exit $missing
}
