/* SPDX-License-Identifier: GPL-2.0-only */
/* What spatch cannot parse, in words that it can. */
#define DEFINE_PER_CPU(type, name) type name
#define complex complex_number

/* All that is cleaned up at the end of a scope is this one call. */
#define guard(kind) cleanup_attribute
#define scoped_guard(kind, lock) cleanup_attribute(lock); if (1)
#define CLASS(kind, name) cleanup_attribute
#define __free(kind) = cleanup_attribute(), *freed
