// SPDX-License-Identifier: GPL-2.0-only
/* The part of the kernel that has a state. */
#include <sanitizer/asan_interface.h>
#include <stdio.h>

void shim_bug(const char *file, int line, const char *why)
{
	fprintf(stderr, "%s:%d: BUG: %s\n", file, line, why);
	abort();
}

u32 get_random_u32(void)
{
	return 0xfffffff0;
}

/*
 * Locks
 */

/* The order in which they are taken, as docs/locking.rst has it. */
static const char *const lock_order[] = {
	"transit_mutex", "&space->lock", "&ledger->lock", "&port->lock",
	"&set->lock", "list_lock", "users_lock", "a raw lock",
};

#define LOCKS (sizeof(lock_order) / sizeof(lock_order[0]))

/* By rank, which begins with 1. */
static struct shim_lock *held[LOCKS + 1];
int shim_rcu_readers, shim_preempt, shim_cpu;

static void find_rank(struct shim_lock *lock)
{
	SHIM_NEVER(!lock->name);
	while (strcmp(lock_order[lock->rank++], lock->name)) {
		if (lock->rank < LOCKS)
			continue;
		fprintf(stderr, "%s: ", lock->name);
		SHIM_FAULT("a lock without a place in the order");
	}
}

void (*shim_at_barrier)(void);

void shim_lock_take(struct shim_lock *lock, bool sleeps)
{
	size_t i;

	if (sleeps)
		might_sleep();
	if (!lock->rank)
		find_rank(lock);
	for (i = lock->rank; i <= LOCKS; i++) {
		if (!held[i])
			continue;
		fprintf(stderr, "%s under %s: ", lock->name, held[i]->name);
		SHIM_FAULT("a lock is taken out of order");
	}
	held[lock->rank] = lock;
	lock->held = true;
}

void shim_lock_drop(struct shim_lock *lock)
{
	SHIM_NEVER(!lock->held);
	held[lock->rank] = NULL;
	lock->held = false;
}

int mutex_lock_killable(struct mutex *mutex)
{
	might_sleep();
	if (current->killed)
		return -EINTR;
	shim_lock_take(&mutex->lock, true);
	return 0;
}

static void assert_no_spin_lock(void)
{
	size_t i;

	/* The first is a mutex. */
	for (i = 2; i <= LOCKS; i++) {
		if (!held[i])
			continue;
		fprintf(stderr, "%s: ", held[i]->name);
		SHIM_FAULT("sleeps under a spin lock");
	}
}

void might_sleep(void)
{
	assert_no_spin_lock();
	SHIM_NEVER(shim_rcu_readers);
	SHIM_NEVER(shim_preempt);
	shim_cpu = (shim_cpu + 1) % nr_cpu_ids;
	rcu_barrier();
}

extern char __start_shim_percpu[], __stop_shim_percpu[];

ptrdiff_t shim_cpu_offset(int cpu)
{
	static char *copy;

	if (!cpu)
		return 0;
	if (!copy)
		copy = calloc(1, __stop_shim_percpu - __start_shim_percpu);
	return copy - __start_shim_percpu;
}

/*
 * RCU
 */

static struct rcu_head *waiting;

void call_rcu(struct rcu_head *rcu, void (*done)(struct rcu_head *rcu))
{
	rcu->done = done;
	rcu->next = waiting;
	waiting = rcu;
}

void shim_free_rcu(struct rcu_head *rcu, void *memory)
{
	rcu->memory = memory;
	call_rcu(rcu, NULL);
}

void rcu_barrier(void)
{
	while (waiting) {
		struct rcu_head *rcu = waiting;

		waiting = rcu->next;
		if (rcu->done)
			rcu->done(rcu);
		else
			kfree(rcu->memory);
	}
}

/*
 * Memory
 */

/* Stands before each piece of memory; poisoned while nobody looks at it. */
struct header {
	size_t size;
	struct kmem_cache *cache;
	enum shim_memory kind;
	char pad[8];
};

size_t shim_allocated;
unsigned int shim_fail, shim_failed;
bool shim_fail_all;
void (*shim_meanwhile)(void);

static bool fails(void)
{
	if (!shim_fail || --shim_fail)
		return false;
	if (shim_fail_all)
		shim_fail = 1;
	shim_failed++;
	return true;
}

void *shim_alloc(size_t size, gfp_t gfp, enum shim_memory kind,
		 struct kmem_cache *cache)
{
	void (*meanwhile)(void) = shim_meanwhile;
	struct header *header;

	if (gfp & __GFP_SLEEPS) {
		might_sleep();
		shim_meanwhile = NULL;
		if (meanwhile)
			meanwhile();
	}
	SHIM_NEVER(kind == SHIM_PAGES && !(gfp & __GFP_SLEEPS));
	if (fails())
		return NULL;
	header = malloc(sizeof(*header) + size);
	if (!header)
		SHIM_FAULT("out of memory");
	header->size = size;
	header->cache = cache;
	header->kind = kind;
	memset(header + 1, gfp & __GFP_ZERO ? 0 : 0xa5, size);
	ASAN_POISON_MEMORY_REGION(header, sizeof(*header));
	shim_allocated++;
	if (cache)
		cache->objects++;
	return header + 1;
}

static struct header *header_of(const void *memory)
{
	struct header *header = (struct header *)memory - 1;

	ASAN_UNPOISON_MEMORY_REGION(header, sizeof(*header));
	return header;
}

void shim_free(const void *memory, unsigned int kinds,
	       struct kmem_cache *cache)
{
	struct header *header;

	if (!memory)
		return;
	header = header_of(memory);
	SHIM_NEVER(!(kinds & BIT(header->kind)) || header->cache != cache);
	if (header->kind == SHIM_PAGES)
		might_sleep();
	shim_allocated--;
	if (cache)
		cache->objects--;
	free(header);
}

bool is_vmalloc_addr(const void *memory)
{
	struct header *header = header_of(memory);
	bool pages = header->kind == SHIM_PAGES;

	ASAN_POISON_MEMORY_REGION(header, sizeof(*header));
	return pages;
}

size_t kmalloc_size_roundup(size_t size)
{
	if (size > 64 && size <= 96)
		return 96;
	if (size > 128 && size <= 192)
		return 192;
	return size <= 8 ? 8 : roundup_pow_of_two(size);
}

struct kmem_cache *kmem_cache_create(const char *name, size_t size, int align,
				     int flags, void *constructor)
{
	struct kmem_cache *cache = calloc(1, sizeof(*cache));

	cache->name = name;
	cache->size = size;
	return cache;
}

void kmem_cache_destroy(struct kmem_cache *cache)
{
	SHIM_NEVER(cache->objects);
	free(cache);
}

/*
 * User space
 */

char *shim_user;
size_t shim_user_size;
unsigned int shim_user_fail;
void (*shim_user_meanwhile)(void);

/* What is mapped besides: each a piece of memory of its own. */
#define MAPPINGS 64

static struct {
	char *start;
	size_t size;
} mappings[MAPPINGS];

unsigned int shim_mapped, shim_fail_map;

/* How many bytes there are from a place on; 0: it is not there. */
static size_t bytes_at(const char *at)
{
	unsigned int i;

	if (at >= shim_user && at < shim_user + shim_user_size)
		return shim_user + shim_user_size - at;
	for (i = 0; i < MAPPINGS; i++) {
		char *start = mappings[i].start;

		if (start && at >= start && at < start + mappings[i].size)
			return start + mappings[i].size - at;
	}
	return 0;
}

/* How much of an access succeeds. */
static size_t reach(const void *at, size_t size)
{
	size_t there = bytes_at(at);

	might_sleep();
	if (shim_user_fail && --shim_user_fail == 0)
		return size / 2;
	return min(size, there);
}

size_t copy_from_user(void *to, const void *from, size_t size)
{
	size_t n = reach(from, size);

	memcpy(to, from, n);
	memset((char *)to + n, 0, size - n);
	if (shim_user_meanwhile)
		shim_user_meanwhile();
	return size - n;
}

size_t copy_to_user(void *to, const void *from, size_t size)
{
	size_t n = reach(to, size);

	memcpy(to, from, n);
	if (shim_user_meanwhile)
		shim_user_meanwhile();
	return size - n;
}

/*
 * Files
 */

/* As with a real one, what is behind its bytes reads as zeros. */
struct file *shmem_file_setup(const char *name, loff_t size, int flags)
{
	struct file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return ERR_PTR(-ENOMEM);
	file->f_mapping = &file->mapping;
	file->mapping.host = &file->inode;
	return file;
}

void fput(struct file *file)
{
	SHIM_NEVER(file->inode.locked);
	kvfree(file->bytes);
	kfree(file);
}

static bool grow(struct file *file, size_t size, gfp_t gfp)
{
	char *bytes;

	if (size <= file->size)
		return true;
	bytes = __vmalloc(size, gfp | __GFP_ZERO);
	if (!bytes)
		return false;
	if (file->bytes)
		memcpy(bytes, file->bytes, file->size);
	kvfree(file->bytes);
	file->bytes = bytes;
	file->size = size;
	return true;
}

ssize_t generic_perform_write(struct kiocb *kiocb, struct iov_iter *iter)
{
	struct file *file = kiocb->file;
	size_t n = min(iter->count, bytes_at(iter->from));

	SHIM_NEVER(!file->inode.locked);
	/* Who has no memory says so, and does not take somebody else's. */
	SHIM_NEVER(!(file->mapping.gfp & __GFP_RETRY_MAYFAIL));
	if (!grow(file, kiocb->ki_pos + iter->count, GFP_KERNEL))
		return -ENOMEM;
	n -= copy_from_user(file->bytes + kiocb->ki_pos, iter->from, n);
	return n ? n : -EFAULT;
}

unsigned long vm_mmap(struct file *file, unsigned long hint, unsigned long size,
		      unsigned long protection, unsigned long flags,
		      unsigned long offset)
{
	unsigned int i = 0;

	SHIM_NEVER(!size || size % PAGE_SIZE || hint || offset);
	SHIM_NEVER(flags != MAP_PRIVATE);
	SHIM_NEVER(protection != (PROT_READ | PROT_WRITE));
	might_sleep();
	while (i < MAPPINGS && mappings[i].start)
		i++;
	if (i == MAPPINGS || (shim_fail_map && !--shim_fail_map))
		return -ENOMEM;
	mappings[i].start = aligned_alloc(PAGE_SIZE, size);
	mappings[i].size = size;
	memset(mappings[i].start, 0, size);
	if (file)
		memcpy(mappings[i].start, file->bytes, min(size, file->size));
	shim_mapped++;
	return (unsigned long)mappings[i].start;
}

static void unmap(unsigned int i)
{
	if (!mappings[i].start)
		return;
	free(mappings[i].start);
	mappings[i].start = NULL;
	shim_mapped--;
}

int vm_munmap(unsigned long start, size_t size)
{
	unsigned int i;

	SHIM_NEVER(start % PAGE_SIZE || size % PAGE_SIZE);
	might_sleep();
	for (i = 0; i < MAPPINGS; i++) {
		if (mappings[i].start == (char *)start)
			unmap(i);
	}
	return 0;
}

void shim_unmap_all(void)
{
	unsigned int i;

	for (i = 0; i < MAPPINGS; i++)
		unmap(i);
}

/*
 * Threads
 */

struct user_namespace init_user_ns;
struct pid_namespace init_pid_ns;
struct task_struct *current;
ktime_t shim_now;
void (*shim_sleeping)(void);

static u32 map(const struct user_namespace *ns, u32 id)
{
	if (ns == &init_user_ns)
		return id;
	return id - ns->lower < ns->count ? ns->first + (id - ns->lower) :
					    OVERFLOW_ID;
}

uid_t from_kuid_munged(const struct user_namespace *ns, kuid_t uid)
{
	return map(ns, uid.val);
}

gid_t from_kgid_munged(const struct user_namespace *ns, kgid_t gid)
{
	return map(ns, gid.val);
}

struct pid *get_pid(struct pid *pid)
{
	if (pid)
		refcount_inc(&pid->ref);
	return pid;
}

void put_pid(struct pid *pid)
{
	if (pid)
		SHIM_NEVER(refcount_dec_and_test(&pid->ref));
}

pid_t pid_nr_ns(const struct pid *pid, const struct pid_namespace *ns)
{
	if (ns == &init_pid_ns)
		return pid->nr[0];
	return ns == pid->inner ? pid->nr[1] : 0;
}

int wake_up_process(struct task_struct *task)
{
	SHIM_NEVER(!shim_rcu_readers);
	task->state = TASK_RUNNING;
	return 1;
}

static void sleep_once(void)
{
	struct task_struct *sleeper = current;

	might_sleep();
	if (shim_sleeping)
		shim_sleeping();
	current = sleeper;
}

void schedule(void)
{
	sleep_once();
	if (current->state != TASK_RUNNING && !current->signal)
		SHIM_FAULT("sleeps for ever");
}

int schedule_hrtimeout_range(ktime_t *expires, u64 slack, int mode)
{
	sleep_once();
	if (current->state == TASK_RUNNING || current->signal)
		return -EINTR;
	shim_now = *expires;
	return 0;
}
