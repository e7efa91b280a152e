// SPDX-License-Identifier: GPL-2.0-only
/*
 * Functions of the kernel that fail or dawdle at a test's word.
 *
 * insmod mach_fault.ko sites=NAME[,NAME...]
 *
 * A site is a function that is not inlined, of the kernel or of mach.ko, or one
 * of four groups of functions, in so far as mach.ko calls them: "alloc", those
 * that allocate, but for what must not fail; "copy", those that read and write
 * the memory of processes; "kernel", those that need memory of the kernel's for
 * what they do; "load", those by which a module gets what it needs as it is
 * loaded. Each site has a directory in
 * /sys/kernel/debug/mach_fault, with files that hold a decimal number:
 *
 *   pid	the thread group (in the initial pid name space) whose calls
 *		count; 0, as at first: everybody's, work items' too
 *   skip	how many more calls that count are left alone
 *   fail	how many calls after these fail at once: a function returns NULL,
 *		or 0; a copy copies nothing and says so; one of "kernel" says
 *		that there is no memory
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
 * Who calls a function that is failed must take "nothing" for an answer. On
 * x86-64 only.
 */
#include <linux/debugfs.h>
#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kprobes.h>
#include <linux/linkage.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#define SITES_MAX 8
#define POINTS_MAX 13

static char *sites[SITES_MAX];
static int site_count;
module_param_array(sites, charp, &site_count, 0444);
MODULE_PARM_DESC(sites, "functions, alloc, copy, kernel or load");

typedef void answer(struct pt_regs *regs);

/* What failed calls leave in the registers, by the kind of function. */

static void nothing(struct pt_regs *regs)
{
	regs->ax = 0;
}

static void refused(struct pt_regs *regs)
{
	regs->ax = -ENOMEM;
}

static void faulted(struct pt_regs *regs)
{
	regs->ax = -EFAULT;
}

static void not_copied(struct pt_regs *regs)
{
	regs->ax = regs->dx;
}

/* The real one leaves zeros, too. */
static void not_copied_in(struct pt_regs *regs)
{
	memset((void *)regs->di, 0, regs->dx);
	regs->ax = regs->dx;
}

static void not_got(struct pt_regs *regs)
{
	regs->ax = -EFAULT;
	regs->dx = 0;
}

/* These take the address in the register in which they give the error. */
static void not_put(struct pt_regs *regs)
{
	regs->cx = -EFAULT;
}

struct function {
	const char *name;
	answer *answer;
};

/**
 * struct group - functions that fail as one
 * @name: of the site
 * @function: up to an empty one
 * @needs_all: there is no kernel without one of them
 * @in_task: nobody but a process calls them
 * @alloc: they take how to allocate as their second argument
 */
struct group {
	const char *name;
	struct function function[POINTS_MAX + 1];
	bool needs_all;
	bool in_task;
	bool alloc;
};

static const struct group groups[] = {
	{
		.name = "alloc",
		.alloc = true,
		.function = {
			{ "kmem_cache_alloc", nothing },
			{ "kmem_cache_alloc_noprof", nothing },
			{ "__kmalloc", nothing },
			{ "__kmalloc_noprof", nothing },
			{ "kmalloc_trace", nothing },
			{ "__kmalloc_cache_noprof", nothing },
			{ "__vmalloc", nothing },
			{ "__vmalloc_noprof", nothing },
			{ "kvmalloc_node", nothing },
			{ "__kvmalloc_node_noprof", nothing },
			{ "__alloc_skb", nothing },
		},
	}, {
		.name = "copy",
		.needs_all = true,
		.in_task = true,
		.function = {
			{ "_copy_from_user", not_copied_in },
			{ "_copy_to_user", not_copied },
			{ "check_zeroed_user", faulted },
			{ "__get_user_1", not_got },
			{ "__get_user_2", not_got },
			{ "__get_user_4", not_got },
			{ "__get_user_8", not_got },
			{ "__put_user_1", not_put },
			{ "__put_user_2", not_put },
			{ "__put_user_4", not_put },
			{ "__put_user_8", not_put },
		},
	}, {
		.name = "kernel",
		.needs_all = true,
		.in_task = true,
		.function = {
			{ "anon_inode_getfile", refused },
			{ "anon_inode_getfd", refused },
			{ "receive_fd", refused },
			{ "file_open_root", refused },
			{ "shmem_file_setup", refused },
			{ "shmem_read_mapping_page_gfp", refused },
			{ "generic_perform_write", refused },
			{ "vm_mmap", refused },
			{ "vm_munmap", refused },
			{ "access_process_vm", nothing },
			{ "pin_user_pages_remote", refused },
			{ "begin_new_exec", refused },
			{ "setup_arg_pages", refused },
		},
	}, {
		.name = "load",
		.function = {
			{ "kmem_cache_create", nothing },
			{ "kmem_cache_create_usercopy", nothing },
			{ "__kmem_cache_create_args", nothing },
			{ "alloc_workqueue", nothing },
			{ "alloc_workqueue_noprof", nothing },
			{ "__alloc_percpu", nothing },
			{ "pcpu_alloc_noprof", nothing },
			{ "__kvmalloc_node_noprof", nothing },
			{ "kvmalloc_node", nothing },
			{ "kern_mount", refused },
			{ "tracepoint_probe_register", refused },
			{ "genl_register_family", refused },
			{ "misc_register", refused },
		},
	},
};

struct site;

struct point {
	struct kprobe probe;
	struct site *site;
	answer *answer;
};

struct site {
	struct point point[POINTS_MAX];
	unsigned int points;
	const struct group *group;
	u32 pid;
	atomic_t skip, fail, calls, failed;
	u32 delay;
};

static struct site site[SITES_MAX];
static struct dentry *directory;

/*
 * Where a function that fails goes on: it does nothing but return, and leaves
 * all registers as they are.
 */
asmlinkage void mach_fault_return(void);
asm(".pushsection .text\n"
	".type mach_fault_return, @function\n"
	"mach_fault_return:\n"
	ASM_ENDBR
	ASM_RET
	".size mach_fault_return, . - mach_fault_return\n"
	".popsection\n");

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
	const struct group *group = s->group;
	u32 pid = READ_ONCE(s->pid);

	if (pid && task_tgid_nr(current) != pid)
		return false;
	/* A probe that is a breakpoint counts as an interrupt itself. */
	if (pid && !(group && group->in_task) && !in_task())
		return false;
	if (!group)
		return true;
	if (group->alloc && (regs->si & __GFP_NOFAIL))
		return false;
	return is_called_by_mach(regs);
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
	struct point *point = container_of(probe, struct point, probe);
	struct site *s = point->site;

	if (!counts(s, regs))
		return 0;
	atomic_inc(&s->calls);
	if (count_down(&s->skip))
		return 0;
	dawdle(&s->delay);
	if (!count_down(&s->fail))
		return 0;
	atomic_inc(&s->failed);
	point->answer(regs);
	regs->ip = (unsigned long)mach_fault_return;
	return 1;
}

/* Without it, a probe may not say where to go on. */
static void passed(struct kprobe *probe, struct pt_regs *regs,
		   unsigned long flags)
{
}

static int probe_function(struct site *s, const char *name, answer *answer)
{
	struct point *point = &s->point[s->points];
	int ret;

	point->site = s;
	point->answer = answer;
	point->probe.symbol_name = name;
	point->probe.pre_handler = called;
	point->probe.post_handler = passed;
	ret = register_kprobe(&point->probe);
	if (!ret)
		s->points++;
	else
		memset(point, 0, sizeof(*point));
	return ret;
}

static int probe_group(struct site *s)
{
	const struct function *function = s->group->function;
	int ret;

	for (; function->name; function++) {
		ret = probe_function(s, function->name, function->answer);
		if (ret && s->group->needs_all)
			return ret;
	}
	return s->points ? 0 : -ENOENT;
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
	for (i = 0; i < ARRAY_SIZE(groups); i++) {
		if (!strcmp(name, groups[i].name))
			s->group = &groups[i];
	}
	return s->group ? probe_group(s) : probe_function(s, name, nothing);
}

static void stop(void)
{
	unsigned int i, j;

	for (i = 0; i < SITES_MAX; i++) {
		for (j = 0; j < site[i].points; j++)
			unregister_kprobe(&site[i].point[j].probe);
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
