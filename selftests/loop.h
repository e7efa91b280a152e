/* SPDX-License-Identifier: GPL-2.0-only */
/* Loops that it can be told of whether a program counter is in them. */
#ifndef LOOP_H
#define LOOP_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * loop_@i() runs until the number at @stop is not 0, and calls nothing. It is in a
 * section of its own, of which the linker knows where it begins and ends.
 */
#define DEFINE_LOOP(i, stop)						\
	extern const char __start_loop##i[], __stop_loop##i[];		\
									\
	static void __attribute__((noinline, section("loop" #i)))	\
	loop_##i(void)							\
	{								\
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
