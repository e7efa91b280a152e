// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions of the kernel that fail or dawdle at a test's word.
 *
 * insmod mach_fault.ko sites=NAME[,NAME...]
 *
 * A site is a function that is not inlined, of the kernel or of mach.ko, or
 * "alloc": every allocation that mach.ko asks of the slab allocator, but those
 * that must not fail. Each has a directory in /sys/kernel/debug/mach_fault,
 * with files that hold a decimal number:
 *
 *   pid	the thread group (in the initial pid name space) whose calls
 *		count; 0, as at first: everybody's, work items' too
 *   skip	how many more calls that count are left alone
 *   fail	how many calls after these return NULL, or 0, at once
 *   delay	microseconds that each call after these busily waits, with
 *		preemption off, and with interrupts as they are; a change
 *		counts for those that wait, too
 *   calls	calls that counted so far; can be written
 *   failed	how many of these failed; can be written
 *
 * "The n-th allocation of a task fails" is: pid, skip = n - 1, fail = 1; when
 * failed is still 0 afterwards, there was no n-th one. skip is the last to be
 * written, after fail has been 0: what is counted down is not locked.
 *
 * A function that is failed must take "nothing" for an answer. On x86-64 only.
 */
#include <linux/debugfs.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>

#define SITES_MAX 8
#define PROBES_MAX 8

static char *sites[SITES_MAX];
static int site_count;
module_param_array(sites, charp, &site_count, 0444);
MODULE_PARM_DESC(sites, "functions, or alloc");

/* What mach.ko calls for memory; no kernel has them all. */
static const char * const allocators[] = {
	"kmem_cache_alloc", "kmem_cache_alloc_noprof",
	"__kmalloc", "__kmalloc_noprof",
	"kmalloc_trace", "__kmalloc_cache_noprof",
	"__vmalloc", "__vmalloc_noprof",
};

struct site {
	struct kprobe probe[PROBES_MAX];
	unsigned int probes;
	bool alloc;
	u32 pid;
	atomic_t skip, fail, calls, failed;
	u32 delay;
};

static struct site site[SITES_MAX];
static struct dentry *directory;

/* Where a function that fails goes on: it does nothing but return. */
static noinline notrace void just_return(void)
{
	barrier();
}

static bool is_called_by_mach(const struct pt_regs *regs)
{
	unsigned long from = *(unsigned long *)regs->sp;
	char symbol[KSYM_SYMBOL_LEN];

	if (from < MODULES_VADDR || from >= MODULES_END)
		return false;
	sprint_symbol(symbol, from);
	return strstr(symbol, " [mach]");
}

static bool counts(const struct site *s, const struct pt_regs *regs)
{
	u32 pid = READ_ONCE(s->pid);

	if (pid && (!in_task() || task_tgid_nr(current) != pid))
		return false;
	/* All of them take their flags in the same place. */
	return !s->alloc || (!(regs->si & __GFP_NOFAIL) &&
			     is_called_by_mach(regs));
}

/* Whether there was one left. */
static bool count_down(atomic_t *count)
{
	return atomic_add_unless(count, -1, 0);
}

/* By the clock: loops of an emulated processor measure nothing. */
static void dawdle(const u32 *us)
{
	u64 start;

	if (!READ_ONCE(*us))
		return;
	start = ktime_get_mono_fast_ns();
	while (ktime_get_mono_fast_ns() - start < READ_ONCE(*us) * 1000ull)
		cpu_relax();
}

static int called(struct kprobe *probe, struct pt_regs *regs)
{
	struct site *s = NULL;
	int i;

	for (i = 0; i < site_count && !s; i++) {
		if (probe >= site[i].probe &&
		    probe < site[i].probe + PROBES_MAX)
			s = &site[i];
	}
	if (!s || !counts(s, regs))
		return 0;
	atomic_inc(&s->calls);
	if (count_down(&s->skip))
		return 0;
	dawdle(&s->delay);
	if (!count_down(&s->fail))
		return 0;
	atomic_inc(&s->failed);
	regs->ax = 0;
	regs->ip = (unsigned long)just_return;
	return 1;
}

/* Without it, a probe may not say where to go on. */
static void passed(struct kprobe *probe, struct pt_regs *regs,
		   unsigned long flags)
{
}

static int probe_function(struct site *s, const char *name)
{
	struct kprobe *probe = &s->probe[s->probes];
	int ret;

	probe->symbol_name = name;
	probe->pre_handler = called;
	probe->post_handler = passed;
	ret = register_kprobe(probe);
	if (!ret)
		s->probes++;
	return ret;
}

static int start_site(struct site *s, const char *name)
{
	struct dentry *d = debugfs_create_dir(name, directory);
	unsigned int i;

	debugfs_create_u32("pid", 0600, d, &s->pid);
	debugfs_create_u32("delay", 0600, d, &s->delay);
	debugfs_create_atomic_t("skip", 0600, d, &s->skip);
	debugfs_create_atomic_t("fail", 0600, d, &s->fail);
	debugfs_create_atomic_t("calls", 0600, d, &s->calls);
	debugfs_create_atomic_t("failed", 0600, d, &s->failed);
	s->alloc = !strcmp(name, "alloc");
	if (!s->alloc)
		return probe_function(s, name);
	BUILD_BUG_ON(ARRAY_SIZE(allocators) > PROBES_MAX);
	for (i = 0; i < ARRAY_SIZE(allocators); i++)
		probe_function(s, allocators[i]);
	return s->probes ? 0 : -ENOENT;
}

static void stop(void)
{
	unsigned int i, j;

	for (i = 0; i < SITES_MAX; i++) {
		for (j = 0; j < site[i].probes; j++)
			unregister_kprobe(&site[i].probe[j]);
	}
	debugfs_remove(directory);
}

static int __init mach_fault_init(void)
{
	int i, ret;

	directory = debugfs_create_dir("mach_fault", NULL);
	for (i = 0; i < site_count; i++) {
		ret = start_site(&site[i], sites[i]);
		if (ret) {
			stop();
			return ret;
		}
	}
	return 0;
}

static void __exit mach_fault_exit(void)
{
	stop();
}

module_init(mach_fault_init);
module_exit(mach_fault_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Functions that fail or dawdle at a test's word");
