/* SPDX-License-Identifier: GPL-2.0-only */
/* Loops that it can be told of whether a program counter is in them. */
#ifndef LOOP_H
#define LOOP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * loop_@i() sets the number at @in to 1 and runs until that at @stop is not 0.
 * It calls nothing and is in a section of its own, of which the linker knows
 * where it begins and ends: from when @in is set on it is there.
 */
#define DEFINE_LOOP(i, in, stop)					\
	extern const char __start_loop##i[], __stop_loop##i[];		\
									\
	static void __attribute__((noinline, section("loop" #i)))	\
	loop_##i(void)							\
	{								\
		atomic_store((in), 1);					\
		while (!atomic_load_explicit((stop),			\
					     memory_order_relaxed))	\
			;						\
	}								\
									\
	static bool is_in_loop_##i(uint64_t pc)				\
	{								\
		return pc >= (uintptr_t)__start_loop##i &&		\
		       pc < (uintptr_t)__stop_loop##i;			\
	}

#endif /* LOOP_H */
