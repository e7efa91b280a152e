// SPDX-License-Identifier: GPL-2.0-only
/* Memory of a task, for who may look at it: read, written, and described. */
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mmap_lock.h>
#include <linux/pid.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "alloc.h"
#include "compat/mm.h"
#include "compat/sched.h"
#include "memory.h"
#include "task.h"

/* Pages that are looked at in one go. */
#define BATCH 16

/* Bytes that are copied in one go from one place of a task to another. */
#define BUFFER ((u64)BATCH * PAGE_SIZE)

/* The address space of the first thread that still has one. */
static struct mm_struct *group_mm(struct task_struct *leader)
{
	struct mm_struct *mm = NULL;
	struct task_struct *thread;

	mach_for_each_thread(leader, thread) {
		mm = get_task_mm(thread);
		if (mm)
			break;
	}
	return mm;
}

/* What the task has, if its last exec is settled and no other on its way. */
static struct mm_struct *settled_mm(struct mach_task *task)
{
	struct mm_struct *mm = ERR_PTR(-EAGAIN);
	struct task_struct *leader;
	u64 known;

	rcu_read_lock();
	/* Pairs with the release in the exec probe, which comes after @execs. */
	known = smp_load_acquire(&task->exec_id);
	leader = pid_task(task->pid, PIDTYPE_TGID);
	if (!leader)
		mm = ERR_PTR(-ESRCH);
	else if (READ_ONCE(leader->self_exec_id) == known &&
		 !mach_task_unsettled(task))
		mm = group_mm(leader) ?: ERR_PTR(-ESRCH);
	rcu_read_unlock();
	return mm;
}

/**
 * mach_memory_get() - the address space of a task
 * @task: from mach_task_acquire(), to be released afterwards
 *
 * Context: Process; may sleep.
 * Return: a reference for mmput(); ERR_PTR(-EAGAIN), it is executing, so that the
 * port has to be looked at again; ERR_PTR(-ESRCH), it is dying; ERR_PTR(-EINTR),
 * the caller is being killed.
 */
struct mm_struct *mach_memory_get(struct mach_task *task)
{
	struct task_struct *leader;
	struct signal_struct *signal;
	struct mm_struct *mm;

	if (task->pid == task_tgid(current))
		return get_task_mm(current) ?: ERR_PTR(-ESRCH);
	leader = get_pid_task(task->pid, PIDTYPE_TGID);
	if (!leader)
		return ERR_PTR(-ESRCH);
	/* The same for all threads that lead the group one after the other. */
	signal = leader->signal;
	if (down_read_killable(&signal->exec_update_lock)) {
		mm = ERR_PTR(-EINTR);
	} else {
		mm = settled_mm(task);
		up_read(&signal->exec_update_lock);
	}
	put_task_struct(leader);
	return mm;
}

/* Why a page at @address could not be had. */
static int refusal(struct mm_struct *mm, u64 address, long error)
{
	struct vm_area_struct *vma;
	bool mapped;

	switch (error) {
	case -EFAULT:
		break;
	case -ENOMEM:
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	case -EINTR:
	case -EAGAIN:
	case -ERESTARTSYS:
		return MACHDEV_KERN_ABORTED;
	default:
		return MACHDEV_KERN_FAILURE;
	}
	if (mmap_read_lock_killable(mm))
		return MACHDEV_KERN_ABORTED;
	vma = find_vma(mm, address);
	mapped = vma && vma->vm_start <= address;
	mmap_read_unlock(mm);
	return mapped ? MACHDEV_KERN_PROTECTION_FAILURE :
			MACHDEV_KERN_INVALID_ADDRESS;
}

static long pin(struct mm_struct *mm, u64 address, unsigned int count,
		bool write, struct page **pages)
{
	int locked = 1;
	long pinned;

	if (mmap_read_lock_killable(mm))
		return -EINTR;
	pinned = mach_pin_remote(mm, address, count, write ? FOLL_WRITE : 0,
				 pages, &locked);
	if (locked)
		mmap_read_unlock(mm);
	return pinned ?: -EFAULT;
}

/**
 * struct side - the other side of a copy
 * @user: memory of the current process, or NULL
 * @buffer: otherwise
 * @write: from here to the task
 */
struct side {
	char __user *user;
	char *buffer;
	bool write;
};

/* Copies between a page and the other side. False if that cannot be. */
static bool copy_page_part(struct page *page, unsigned int offset,
			   unsigned int bytes, const struct side *side,
			   u64 done)
{
	char *at = kmap_local_page(page);
	unsigned long left = 0;

	if (side->user && side->write)
		left = copy_from_user(at + offset, side->user + done, bytes);
	else if (side->user)
		left = copy_to_user(side->user + done, at + offset, bytes);
	else if (side->write)
		memcpy(at + offset, side->buffer + done, bytes);
	else
		memcpy(side->buffer + done, at + offset, bytes);
	kunmap_local(at);
	return !left;
}

static bool copy_batch(struct page **pages, long count, unsigned int offset,
		       u64 bytes, const struct side *side, u64 done)
{
	long i;

	for (i = 0; i < count && bytes; i++) {
		unsigned int part = min_t(u64, bytes, PAGE_SIZE - offset);

		if (!copy_page_part(pages[i], offset, part, side, done))
			return false;
		done += part;
		bytes -= part;
		offset = 0;
	}
	return true;
}

static int transfer(struct mm_struct *mm, u64 address, u64 size,
		    const struct side *side)
{
	struct page *pages[BATCH];
	u64 done = 0, bytes;
	unsigned int offset;
	long count;
	bool copied;

	while (done < size) {
		offset = offset_in_page(address + done);
		bytes = min_t(u64, size - done, BUFFER - offset);
		count = pin(mm, address + done - offset,
			    DIV_ROUND_UP(offset + bytes, PAGE_SIZE),
			    side->write, pages);
		if (count < 0)
			return refusal(mm, address + done, count);
		bytes = min_t(u64, bytes, (u64)count * PAGE_SIZE - offset);
		copied = copy_batch(pages, count, offset, bytes, side, done);
		unpin_user_pages_dirty_lock(pages, count, side->write);
		if (!copied)
			return MACHDEV_KERN_INVALID_ADDRESS;
		done += bytes;
		if (fatal_signal_pending(current))
			return MACHDEV_KERN_ABORTED;
		cond_resched();
	}
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_memory_read() - copy memory of a task to the current process
 * @mm: the task's
 * @address: where it is
 * @size: bytes; the range does not wrap
 * @data: where it goes
 *
 * Context: Process; sleeps, for as long as the memory of both makes it; no lock
 * held.
 * Return: KERN_SUCCESS; KERN_INVALID_ADDRESS; KERN_PROTECTION_FAILURE;
 * KERN_RESOURCE_SHORTAGE; KERN_ABORTED; KERN_FAILURE, the memory is broken.
 */
int mach_memory_read(struct mm_struct *mm, u64 address, u64 size,
		     void __user *data)
{
	const struct side side = { .user = data };

	if (!access_ok(data, size))
		return MACHDEV_KERN_INVALID_ADDRESS;
	return transfer(mm, address, size, &side);
}

/**
 * mach_memory_write() - copy memory of the current process to a task
 * @mm: the task's
 * @address: where it goes
 * @size: bytes; the range does not wrap
 * @data: where it is
 *
 * Context: as mach_memory_read().
 * Return: as mach_memory_read().
 */
int mach_memory_write(struct mm_struct *mm, u64 address, u64 size,
		      void __user *data)
{
	const struct side side = { .user = data, .write = true };

	if (!access_ok(data, size))
		return MACHDEV_KERN_INVALID_ADDRESS;
	return transfer(mm, address, size, &side);
}

static int move_part(struct mm_struct *mm, u64 from, u64 to, u64 bytes,
		     char *buffer)
{
	const struct side in = { .buffer = buffer };
	const struct side out = { .buffer = buffer, .write = true };
	int ret;

	ret = transfer(mm, from, bytes, &in);
	return ret ?: transfer(mm, to, bytes, &out);
}

/**
 * mach_memory_copy() - copy memory of a task to other memory of it
 * @mm: the task's
 * @from: where it is
 * @size: bytes; no range wraps, but they may overlap
 * @to: where it goes
 *
 * Context: as mach_memory_read().
 * Return: as mach_memory_read().
 */
int mach_memory_copy(struct mm_struct *mm, u64 from, u64 size, u64 to)
{
	/* Where they overlap, what is yet to be copied is not written to. */
	bool down = to > from && to - from < size;
	u64 done, bytes, at;
	char *buffer;
	int ret = MACHDEV_KERN_SUCCESS;

	buffer = mach_alloc(min(size, BUFFER), 0);
	if (!buffer)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	for (done = 0; done < size && !ret; done += bytes) {
		bytes = min(size - done, BUFFER);
		at = down ? size - done - bytes : done;
		ret = move_part(mm, from + at, to + at, bytes, buffer);
	}
	kvfree(buffer);
	return ret;
}

static u32 protection_of(unsigned long flags)
{
	return (flags & VM_READ ? MACHDEV_VM_PROT_READ : 0) |
	       (flags & VM_WRITE ? MACHDEV_VM_PROT_WRITE : 0) |
	       (flags & VM_EXEC ? MACHDEV_VM_PROT_EXECUTE : 0);
}

static u32 most_of(unsigned long flags)
{
	return (flags & VM_MAYREAD ? MACHDEV_VM_PROT_READ : 0) |
	       (flags & VM_MAYWRITE ? MACHDEV_VM_PROT_WRITE : 0) |
	       (flags & VM_MAYEXEC ? MACHDEV_VM_PROT_EXECUTE : 0);
}

static u32 inheritance_of(unsigned long flags)
{
	if (flags & VM_DONTCOPY)
		return MACHDEV_VM_INHERIT_NONE;
	return flags & VM_MAYSHARE ? MACHDEV_VM_INHERIT_SHARE :
				     MACHDEV_VM_INHERIT_COPY;
}

/**
 * mach_memory_region() - what there is at an address, or next after it
 * @mm: of a task
 * @region: @address in, the rest out
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_INVALID_ADDRESS, nothing; KERN_ABORTED.
 */
int mach_memory_region(struct mm_struct *mm, struct machdev_vm_region *region)
{
	struct vm_area_struct *vma;
	unsigned long flags;

	if (mmap_read_lock_killable(mm))
		return MACHDEV_KERN_ABORTED;
	vma = find_vma(mm, region->address);
	if (vma) {
		flags = vma->vm_flags;
		region->protection = protection_of(flags);
		region->max_protection = most_of(flags);
		region->inheritance = inheritance_of(flags);
		region->shared = !!(flags & VM_MAYSHARE);
		region->wired = !!(flags & VM_LOCKED);
		region->address = vma->vm_start;
		region->size = vma->vm_end - vma->vm_start;
		region->offset = vma->vm_file ?
			(u64)vma->vm_pgoff << PAGE_SHIFT : 0;
	}
	mmap_read_unlock(mm);
	return vma ? MACHDEV_KERN_SUCCESS : MACHDEV_KERN_INVALID_ADDRESS;
}
