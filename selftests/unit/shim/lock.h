/* SPDX-License-Identifier: GPL-2.0-only */
/* Locks, counts, RCU and processors. */
#ifndef SHIM_LOCK_H
#define SHIM_LOCK_H

#include "base.h"

/*
 * A lock of either kind; @name is what it was called where it was made, @rank
 * follows from that when it is first taken.
 */
struct shim_lock {
	const char *name;
	bool held;
	u8 rank;
};

typedef struct shim_lock spinlock_t;
typedef struct shim_lock raw_spinlock_t;

struct mutex {
	struct shim_lock lock;
};

struct rw_semaphore {
	struct shim_lock lock;
};

void shim_lock_take(struct shim_lock *lock, bool sleeps);
void shim_lock_drop(struct shim_lock *lock);

#define DEFINE_SPINLOCK(lock) spinlock_t lock = { #lock }
#define DEFINE_MUTEX(name) struct mutex name = { { #name } }
#define spin_lock_init(lock) (*(lock) = (spinlock_t){ #lock })
#define spin_lock(lock) shim_lock_take(lock, false)
#define spin_unlock(lock) shim_lock_drop(lock)
/* Of those nothing else is ever taken under one, so that they need no names. */
#define raw_spin_lock_init(lock) (*(lock) = (raw_spinlock_t){ "a raw lock" })
#define raw_spin_lock_irqsave(lock, flags) \
	((flags) = 0, shim_lock_take(lock, false))
#define raw_spin_unlock_irqrestore(lock, flags) \
	((void)(flags), shim_lock_drop(lock))
#define mutex_lock(mutex) shim_lock_take(&(mutex)->lock, true)
#define mutex_unlock(mutex) shim_lock_drop(&(mutex)->lock)
int mutex_lock_killable(struct mutex *mutex);

/* Both kinds begin with the same struct. */
#define lockdep_is_held(lock) (((const struct shim_lock *)(lock))->held)
#define lockdep_assert_held(lock) SHIM_NEVER(!lockdep_is_held(lock))

/* Where sleeping is allowed, what waits for the end of RCU readers is done. */
void might_sleep(void);
#define cond_resched() might_sleep()

extern int shim_rcu_readers;

static inline void rcu_read_lock(void)
{
	shim_rcu_readers++;
}

static inline void rcu_read_unlock(void)
{
	SHIM_NEVER(shim_rcu_readers-- == 0);
}

#define rcu_dereference(pointer) (__extension__ ({ \
	SHIM_NEVER(!shim_rcu_readers); READ_ONCE(pointer); }))
#define rcu_replace_pointer(pointer, new, condition) (__extension__ ({ \
	__typeof__(pointer) shim_old = (pointer); \
	SHIM_NEVER(!(condition)); \
	(pointer) = (new); \
	shim_old; }))

struct rcu_head {
	struct rcu_head *next;
	void (*done)(struct rcu_head *rcu);
	void *memory;
};

void call_rcu(struct rcu_head *rcu, void (*done)(struct rcu_head *rcu));
void shim_free_rcu(struct rcu_head *rcu, void *memory);
#define kfree_rcu(pointer, member) shim_free_rcu(&(pointer)->member, pointer)
void rcu_barrier(void);

/*
 * Two processors; a place where one may sleep goes on with the other one. The
 * second has a copy of what is in the section.
 */
#define nr_cpu_ids 2
extern int shim_cpu, shim_preempt;
ptrdiff_t shim_cpu_offset(int cpu);
#define DECLARE_PER_CPU(type, name) extern __typeof__(type) name
#define DEFINE_PER_CPU(type, name) \
	__attribute__((section("shim_percpu"))) __typeof__(type) name
#define per_cpu(name, cpu) \
	(*(__typeof__(&(name)))((uintptr_t)&(name) + shim_cpu_offset(cpu)))
#define for_each_possible_cpu(cpu) for (cpu = 0; cpu < nr_cpu_ids; cpu++)
#define this_cpu_add(name, delta) ((void)(per_cpu(name, shim_cpu) += (delta)))
#define this_cpu_inc_return(name) (++per_cpu(name, shim_cpu))
#define preempt_disable() ((void)shim_preempt++)
#define preempt_enable() ((void)shim_preempt--)

static inline int smp_processor_id(void)
{
	SHIM_NEVER(!shim_preempt);
	return shim_cpu;
}

typedef struct {
	int counter;
} atomic_t;

typedef struct {
	s64 counter;
} atomic64_t;

static inline int atomic_read(const atomic_t *count)
{
	return count->counter;
}

static inline void atomic_set(atomic_t *count, int value)
{
	count->counter = value;
}

static inline int atomic_inc_return(atomic_t *count)
{
	count->counter = (int)((u32)count->counter + 1);
	return count->counter;
}

/* What is counted down here are rights, and there are never less than none. */
static inline bool atomic_dec_and_test(atomic_t *count)
{
	SHIM_NEVER(count->counter <= 0);
	return --count->counter == 0;
}

static inline void atomic_inc(atomic_t *count)
{
	SHIM_NEVER(count->counter < 0);
	count->counter++;
}

static inline void atomic_dec(atomic_t *count)
{
	atomic_dec_and_test(count);
}

static inline s64 atomic64_read(const atomic64_t *count)
{
	return count->counter;
}

static inline s64 atomic64_add_return(s64 n, atomic64_t *count)
{
	count->counter += n;
	return count->counter;
}

/* What is counted down here are bytes. */
static inline s64 atomic64_sub_return(s64 n, atomic64_t *count)
{
	count->counter -= n;
	SHIM_NEVER(count->counter < 0);
	return count->counter;
}

static inline s64 atomic64_fetch_add(s64 n, atomic64_t *count)
{
	s64 old = count->counter;

	count->counter += n;
	return old;
}

#define atomic64_add(n, count) ((void)atomic64_add_return(n, count))

typedef struct {
	unsigned int refs;
} refcount_t;

static inline void refcount_set(refcount_t *ref, unsigned int n)
{
	ref->refs = n;
}

static inline unsigned int refcount_read(const refcount_t *ref)
{
	return ref->refs;
}

static inline bool refcount_inc_not_zero(refcount_t *ref)
{
	if (!ref->refs)
		return false;
	SHIM_NEVER(++ref->refs > INT_MAX);
	return true;
}

static inline void refcount_inc(refcount_t *ref)
{
	SHIM_NEVER(!refcount_inc_not_zero(ref));
}

static inline bool refcount_dec_and_test(refcount_t *ref)
{
	SHIM_NEVER(!ref->refs);
	return --ref->refs == 0;
}

/* Not the last one. */
static inline void refcount_dec(refcount_t *ref)
{
	SHIM_NEVER(refcount_dec_and_test(ref));
}

static inline bool refcount_dec_not_one(refcount_t *ref)
{
	SHIM_NEVER(!ref->refs);
	if (ref->refs == 1)
		return false;
	ref->refs--;
	return true;
}

#endif /* SHIM_LOCK_H */
