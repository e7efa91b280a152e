/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Marks in the stream of instructions, by which the profiler knows what to
 * count: prefetches of addresses that nothing else prefetches, which do
 * nothing.
 */
#ifndef BENCH_MARK_H
#define BENCH_MARK_H

#define MARK_BEGIN 0x4d414342
#define MARK_END 0x4d414345

static inline void mark_begin(void)
{
#ifdef __x86_64__
	asm volatile("prefetcht2 %c0" : : "i" (MARK_BEGIN) : "memory");
#endif
}

static inline void mark_end(void)
{
#ifdef __x86_64__
	asm volatile("prefetcht2 %c0" : : "i" (MARK_END) : "memory");
#endif
}

#endif /* BENCH_MARK_H */
