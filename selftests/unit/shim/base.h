/* SPDX-License-Identifier: GPL-2.0-only */
/* Words of the language, numbers and tracepoints. */
#ifndef SHIM_BASE_H
#define SHIM_BASE_H

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <linux/types.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

#define U32_MAX UINT32_MAX
#define S64_MAX INT64_MAX

#define __user
#define __rcu
#define __acquires(lock)
#define __must_hold(lock)
#undef __always_inline
#define __always_inline inline __attribute__((always_inline))
#define __aligned(n) __attribute__((aligned(n)))
#define fallthrough __attribute__((fallthrough))
#define likely(x) __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define OPTIMIZER_HIDE_VAR(x) asm("" : "+r" (x))

/* One thread needs no barriers. */
#define READ_ONCE(x) (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, value) (*(volatile __typeof__(x) *)&(x) = (value))
#define smp_load_acquire(p) READ_ONCE(*(p)) /* no barrier */
#define smp_store_release(p, value) WRITE_ONCE(*(p), value) /* no barrier */
#define smp_mb() (shim_at_barrier ? shim_at_barrier() : (void)0)
#define xchg(p, value) __atomic_exchange_n(p, value, __ATOMIC_SEQ_CST)
#define cmpxchg(p, old, new) __sync_val_compare_and_swap(p, old, new)

/* Called at a barrier: what others do that can only come before it or after. */
extern void (*shim_at_barrier)(void);

#define min(a, b) ((a) < (b) ? (a) : (b))
#define min_t(type, a, b) min((type)(a), (type)(b))
#define max_t(type, a, b) ((type)(a) > (type)(b) ? (type)(a) : (type)(b))
#define lower_32_bits(n) ((u32)(n))
#define upper_32_bits(n) ((u32)((n) >> 32))
#define offsetofend(type, member) \
	(offsetof(type, member) + sizeof(((type *)0)->member))
#define container_of(pointer, type, member) \
	((type *)((char *)(pointer) - offsetof(type, member)))

#define ERR_PTR(error) ((void *)(intptr_t)(error))
#define ERESTARTNOHAND 514

#define BIT(n) (1ul << (n))
#define BIT_ULL(n) (1ull << (n))
#define DIV_ROUND_UP_ULL(n, by) (((n) + (by) - 1) / (by))
#define SZ_2K 0x800
#define SZ_8K 0x2000
#define SZ_128K 0x20000
#define SZ_1M 0x100000

#define module_param(name, type, mode)
#define MODULE_PARM_DESC(name, text)

/* Ends the program, and says where and why. */
#define SHIM_FAULT(why) shim_bug(__FILE__, __LINE__, why)
#define SHIM_NEVER(condition) \
	((condition) ? SHIM_FAULT(#condition) : (void)0)
_Noreturn void shim_bug(const char *file, int line, const char *why);

#define WARN_ON_ONCE(condition) \
	(__extension__ ({ SHIM_NEVER(condition); false; }))

static inline int fls(unsigned int n)
{
	return n ? 32 - __builtin_clz(n) : 0;
}

static inline unsigned long rounddown_pow_of_two(unsigned long n)
{
	SHIM_NEVER(!n);
	return 1ul << (63 - __builtin_clzl(n));
}

static inline unsigned long roundup_pow_of_two(unsigned long n)
{
	return n == 1 ? 1 : 2 * rounddown_pow_of_two(n - 1);
}

static inline unsigned long array_index_nospec(unsigned long index,
					       unsigned long size)
{
	return index < size ? index : 0;
}

#define hweight32(n) ((u32)__builtin_popcount(n))

static inline u32 hash_64(u64 n, unsigned int bits)
{
	return n * 0x9e3779b97f4a7c15ull >> (64 - bits);
}

static inline u32 hash_ptr(const void *pointer, unsigned int bits)
{
	return hash_64((uintptr_t)pointer, bits);
}

u32 get_random_u32(void);

/* Nobody traces. */
#define TRACE_DEFINE_ENUM(value)
#define TP_PROTO(proto...) proto
#define TP_ARGS(args...)
#define DECLARE_EVENT_CLASS(name, proto, rest...)
#define DEFINE_EVENT(class, name, proto, rest...) \
	static inline void trace_##name(proto) { }
#define TRACE_EVENT(name, proto, rest...) \
	static inline void trace_##name(proto) { }

#endif /* SHIM_BASE_H */
