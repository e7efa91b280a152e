// SPDX-License-Identifier: GPL-2.0-only
/* What task_info() tells. */
#include <linux/mm.h>
#include <linux/sched/cputime.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seqlock.h>

#include "compat/mm.h"
#include "compat/sched.h"
#include "special.h"
#include "stat.h"
#include "suspend.h"
#include "task.h"
#include "task_info.h"
#include "thread_info.h"

/* What the threads of a task have used up. */
struct usage {
	u64 user;
	u64 system;
	u64 minor_faults;
	u64 major_faults;
	u64 switches;
};

/* Bytes of address space, and of its parts that are in memory. */
struct sizes {
	u64 virtual;
	u64 resident;
	u64 resident_max;
};

/* How often to look again when threads end meanwhile. */
#define LOOKS 8

static void read_ended(struct signal_struct *signal, struct usage *usage)
{
	usage->user = signal->utime;
	usage->system = signal->stime;
	usage->minor_faults = signal->min_flt;
	usage->major_faults = signal->maj_flt;
	usage->switches = signal->nvcsw + signal->nivcsw;
}

/* Threads that have ended. */
static void usage_of_ended(struct task_struct *leader, struct usage *usage)
{
	struct signal_struct *signal = leader->signal;
	unsigned int seq;

	do {
		seq = read_seqbegin(&signal->stats_lock);
		read_ended(signal, usage);
	} while (read_seqretry(&signal->stats_lock, seq));
}

/* Threads that live. */
static void usage_of_live(struct task_struct *leader, struct usage *usage)
{
	struct task_struct *p;
	u64 user, system;

	*usage = (struct usage){ };
	rcu_read_lock();
	mach_for_each_thread(leader, p) {
		task_cputime_adjusted(p, &user, &system);
		usage->user += user;
		usage->system += system;
		usage->minor_faults += READ_ONCE(p->min_flt);
		usage->major_faults += READ_ONCE(p->maj_flt);
		usage->switches += READ_ONCE(p->nvcsw) + READ_ONCE(p->nivcsw);
	}
	rcu_read_unlock();
}

/* Both, and no thread in both or in neither, unless one ends at each look. */
static void usage_of_both(struct task_struct *leader, struct usage *live,
			  struct usage *ended)
{
	struct signal_struct *signal = leader->signal;
	unsigned int seq, looks = LOOKS;

	do {
		seq = read_seqbegin(&signal->stats_lock);
		usage_of_live(leader, live);
		read_ended(signal, ended);
	} while (read_seqretry(&signal->stats_lock, seq) && --looks);
}

/* The address space, with a reference. The first thread may be without. */
static struct mm_struct *mm_of(struct task_struct *leader)
{
	struct task_struct *p, *found = NULL;
	struct mm_struct *mm;

	rcu_read_lock();
	mach_for_each_thread(leader, p) {
		if (READ_ONCE(p->mm)) {
			found = get_task_struct(p);
			break;
		}
	}
	rcu_read_unlock();
	if (!found)
		return NULL;
	mm = get_task_mm(found);
	put_task_struct(found);
	return mm;
}

static u64 bytes(unsigned long pages)
{
	return (u64)pages << PAGE_SHIFT;
}

static unsigned long resident(struct mm_struct *mm)
{
	return mach_mm_count(mm, MM_FILEPAGES) +
	       mach_mm_count(mm, MM_ANONPAGES) +
	       mach_mm_count(mm, MM_SHMEMPAGES);
}

static unsigned long resident_max(struct mm_struct *mm)
{
	return max(READ_ONCE(mm->hiwater_rss), resident(mm));
}

static void sizes_of(struct task_struct *leader, struct sizes *sizes)
{
	struct mm_struct *mm = mm_of(leader);

	*sizes = (struct sizes){ };
	if (!mm)
		return;
	sizes->virtual = bytes(READ_ONCE(mm->total_vm));
	sizes->resident = bytes(resident(mm));
	sizes->resident_max = bytes(resident_max(mm));
	mmput(mm);
}

static u32 narrow(u64 value)
{
	return min_t(u64, value, U32_MAX);
}

static void basic_info_32(struct mach_task *task, struct task_struct *leader,
			  bool peak, struct machdev_task_basic_info_32 *info)
{
	struct sizes sizes;
	struct usage ended;

	sizes_of(leader, &sizes);
	usage_of_ended(leader, &ended);
	info->suspend_count = mach_suspend_count(task);
	info->virtual_size = narrow(sizes.virtual);
	info->resident_size = narrow(peak ? sizes.resident_max :
					    sizes.resident);
	info->user_time = mach_time_value(ended.user);
	info->system_time = mach_time_value(ended.system);
	info->policy = mach_thread_policy(leader);
}

static void basic_info_64(struct mach_task *task, struct task_struct *leader,
			  struct machdev_task_basic_info_64 *info)
{
	struct sizes sizes;
	struct usage ended;

	sizes_of(leader, &sizes);
	usage_of_ended(leader, &ended);
	info->suspend_count = mach_suspend_count(task);
	info->virtual_size = sizes.virtual;
	info->resident_size = sizes.resident;
	info->user_time = mach_time_value(ended.user);
	info->system_time = mach_time_value(ended.system);
	info->policy = mach_thread_policy(leader);
}

static void basic_info(struct mach_task *task, struct task_struct *leader,
		       struct machdev_mach_task_basic_info *info)
{
	struct sizes sizes;
	struct usage ended;

	sizes_of(leader, &sizes);
	usage_of_ended(leader, &ended);
	info->virtual_size = sizes.virtual;
	info->resident_size = sizes.resident;
	info->resident_size_max = sizes.resident_max;
	info->user_time = mach_time_value(ended.user);
	info->system_time = mach_time_value(ended.system);
	info->policy = mach_thread_policy(leader);
	info->suspend_count = mach_suspend_count(task);
}

static void times_info(struct task_struct *leader,
		       struct machdev_task_thread_times_info *info)
{
	struct usage live;

	usage_of_live(leader, &live);
	info->user_time = mach_time_value(live.user);
	info->system_time = mach_time_value(live.system);
}

static void absolutetime_info(struct task_struct *leader,
			      struct machdev_task_absolutetime_info *info)
{
	struct usage live, ended;

	usage_of_both(leader, &live, &ended);
	info->total_user = live.user + ended.user;
	info->total_system = live.system + ended.system;
	info->threads_user = live.user;
	info->threads_system = live.system;
}

static s32 count_of(u64 events)
{
	return min_t(u64, events, S32_MAX);
}

static void events_info(struct task_struct *leader,
			struct machdev_task_events_info *info)
{
	struct usage live, ended;

	usage_of_both(leader, &live, &ended);
	info->pageins = count_of(live.major_faults + ended.major_faults);
	info->faults = count_of(live.minor_faults + ended.minor_faults +
				live.major_faults + ended.major_faults);
	info->csw = count_of(live.switches + ended.switches);
}

static void vm_info(struct task_struct *leader, struct machdev_task_vm_info *info)
{
	struct mm_struct *mm = mm_of(leader);

	info->page_size = PAGE_SIZE;
	if (!mm)
		return;
	info->virtual_size = bytes(READ_ONCE(mm->total_vm));
	info->region_count = READ_ONCE(mm->map_count);
	info->resident_size = bytes(resident(mm));
	info->resident_size_peak = bytes(resident_max(mm));
	info->internal = bytes(mach_mm_count(mm, MM_ANONPAGES));
	info->external = bytes(mach_mm_count(mm, MM_FILEPAGES) +
			       mach_mm_count(mm, MM_SHMEMPAGES));
	info->compressed = bytes(mach_mm_count(mm, MM_SWAPENTS));
	info->phys_footprint = info->internal + info->compressed;
	info->max_address = mm->task_size;
	mmput(mm);
}

/**
 * mach_task_info_least() - what it takes to ask for something
 * @flavor: MACHDEV_TASK_*, or any other number
 *
 * Return: the kind of port with the least power that is enough.
 */
enum mach_port_kind mach_task_info_least(u32 flavor)
{
	return flavor == MACHDEV_TASK_VM_INFO ? MACH_KIND_TASK_INSPECT :
						MACH_KIND_TASK_NAME;
}

/* The flavors that are known by name, but not answered. */
static bool is_later_flavor(u32 flavor)
{
	switch (flavor) {
	case 7:			/* kernel memory */
	case 10 ... 12:		/* scheduling */
	case 16 ... 17:		/* affinity, dynamic loader */
	case 19:		/* modifications */
	case 21:		/* power */
		return true;
	default:
		return false;
	}
}

/* Words that a caller must have room for; 0, there is no such flavor. */
static u32 least_room(u32 flavor)
{
	switch (flavor) {
	case MACHDEV_TASK_ABSOLUTETIME_INFO:
		return MACHDEV_TASK_ABSOLUTETIME_INFO_COUNT;
	case MACHDEV_TASK_EVENTS_INFO:
		return MACHDEV_TASK_EVENTS_INFO_COUNT;
	case MACHDEV_TASK_THREAD_TIMES_INFO:
		return MACHDEV_TASK_THREAD_TIMES_INFO_COUNT;
	case MACHDEV_TASK_BASIC_INFO_32:
	case MACHDEV_TASK_BASIC2_INFO_32:
		return MACHDEV_TASK_BASIC_INFO_32_COUNT;
	case MACHDEV_TASK_BASIC_INFO_64:
		return MACHDEV_TASK_BASIC_INFO_64_COUNT;
	case MACHDEV_TASK_SECURITY_TOKEN:
		return MACHDEV_TASK_SECURITY_TOKEN_COUNT;
	case MACHDEV_TASK_AUDIT_TOKEN:
		return MACHDEV_TASK_AUDIT_TOKEN_COUNT;
	case MACHDEV_MACH_TASK_BASIC_INFO:
		return MACHDEV_MACH_TASK_BASIC_INFO_COUNT;
	case MACHDEV_TASK_VM_INFO:
		return MACHDEV_TASK_VM_INFO_REV0_COUNT;
	default:
		return 0;
	}
}

/* The structure of later revisions is that of the first, and more. */
static u32 vm_words(u32 room)
{
	if (room >= MACHDEV_TASK_VM_INFO_COUNT)
		return MACHDEV_TASK_VM_INFO_COUNT;
	if (room >= MACHDEV_TASK_VM_INFO_REV1_COUNT)
		return MACHDEV_TASK_VM_INFO_REV1_COUNT;
	return MACHDEV_TASK_VM_INFO_REV0_COUNT;
}

static void check_layouts(void)
{
	union mach_task_info *info;

	BUILD_BUG_ON(sizeof(info->absolutetime) !=
		     4 * MACHDEV_TASK_ABSOLUTETIME_INFO_COUNT);
	BUILD_BUG_ON(sizeof(info->events) !=
		     4 * MACHDEV_TASK_EVENTS_INFO_COUNT);
	BUILD_BUG_ON(sizeof(info->thread_times) !=
		     4 * MACHDEV_TASK_THREAD_TIMES_INFO_COUNT);
	BUILD_BUG_ON(sizeof(info->basic_32) !=
		     4 * MACHDEV_TASK_BASIC_INFO_32_COUNT);
	BUILD_BUG_ON(sizeof(info->basic_64) !=
		     4 * MACHDEV_TASK_BASIC_INFO_64_COUNT);
	BUILD_BUG_ON(sizeof(info->basic) !=
		     4 * MACHDEV_MACH_TASK_BASIC_INFO_COUNT);
	BUILD_BUG_ON(sizeof(info->vm) != 4 * MACHDEV_TASK_VM_INFO_COUNT);
}

static int answer_flavor(struct mach_task *task, struct task_struct *leader,
			 u32 flavor, struct mach_task_answer *answer)
{
	union mach_task_info *info = &answer->info;

	check_layouts();
	switch (flavor) {
	case MACHDEV_TASK_ABSOLUTETIME_INFO:
		absolutetime_info(leader, &info->absolutetime);
		break;
	case MACHDEV_TASK_EVENTS_INFO:
		events_info(leader, &info->events);
		break;
	case MACHDEV_TASK_THREAD_TIMES_INFO:
		times_info(leader, &info->thread_times);
		break;
	case MACHDEV_TASK_BASIC_INFO_32:
		basic_info_32(task, leader, false, &info->basic_32);
		break;
	case MACHDEV_TASK_BASIC2_INFO_32:
		basic_info_32(task, leader, true, &info->basic_32);
		break;
	case MACHDEV_TASK_BASIC_INFO_64:
		basic_info_64(task, leader, &info->basic_64);
		break;
	case MACHDEV_TASK_SECURITY_TOKEN:
		answer->from = info->tokens.security;
		return mach_special_words(task, &info->tokens);
	case MACHDEV_TASK_AUDIT_TOKEN:
		answer->from = info->tokens.audit;
		return mach_special_words(task, &info->tokens);
	case MACHDEV_MACH_TASK_BASIC_INFO:
		basic_info(task, leader, &info->basic);
		break;
	case MACHDEV_TASK_VM_INFO:
		vm_info(leader, &info->vm);
		break;
	}
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_task_info() - ask about a task
 * @task: the task
 * @leader: of the thread group
 * @flavor: MACHDEV_TASK_*
 * @room: 32-bit words that the caller has room for
 * @answer: out, cleared before
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, no such flavor, or too little
 * room; KERN_NOT_SUPPORTED; KERN_FAILURE, the task is dying.
 */
int mach_task_info(struct mach_task *task, struct task_struct *leader,
		   u32 flavor, u32 room, struct mach_task_answer *answer)
{
	u32 words = least_room(flavor);

	if (!words && is_later_flavor(flavor)) {
		mach_stat_inc(UNSUPPORTED);
		return MACHDEV_KERN_NOT_SUPPORTED;
	}
	if (!words || room < words)
		return MACHDEV_KERN_INVALID_ARGUMENT;
	if (flavor == MACHDEV_TASK_VM_INFO)
		words = vm_words(room);
	answer->from = &answer->info;
	answer->words = words;
	return answer_flavor(task, leader, flavor, answer);
}
