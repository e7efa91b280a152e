/* SPDX-License-Identifier: GPL-2.0-only */
/* What tests of suspensions need: where a process stands, and who is told. */
#ifndef SUSPEND_HELPERS_H
#define SUSPEND_HELPERS_H

#include <elf.h>
#include <stddef.h>
#include <sys/auxv.h>

#include "actor.h"

static inline mach_port_t port_of(pid_t pid, int flavor)
{
	struct machdev_task_pid call = { .pid = pid, .flavor = flavor };

	return mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &call) ? MACH_PORT_NULL :
							     call.port;
}

/* What the parent is told of: CLD_STOPPED, CLD_CONTINUED, 0 for nothing. */
static inline int told(pid_t pid, int options)
{
	siginfo_t info = { 0 };

	if (waitid(P_PID, pid, &info, options | WNOHANG))
		return -errno;
	return info.si_pid ? info.si_code : 0;
}

static inline bool stops(pid_t pid)
{
	return TEST_UNTIL(told(pid, WSTOPPED) == CLD_STOPPED, 20000);
}

/* task_suspend() by the next exec. */
static inline long suspend_at_exec(task_t task)
{
	struct machdev_task_control call = {
		.task = task, .flags = MACHDEV_SUSPEND_AT_EXEC,
	};

	return mach_ioctl(MACHDEV_IOC_TASK_SUSPEND, &call);
}

/* Suspensions of @task in force, -1 when it cannot be told. */
static inline int suspensions(task_t task)
{
	mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
	mach_task_basic_info_data_t basic;

	if (task_info(task, MACH_TASK_BASIC_INFO, (task_info_t)&basic, &count))
		return -1;
	return basic.suspend_count;
}

static inline bool read_at(pid_t pid, const char *file, void *data, size_t size,
			   off_t offset)
{
	char path[64];
	bool whole;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	whole = pread(fd, data, size, offset) == (ssize_t)size;
	close(fd);
	return whole;
}

/* Where the image of a process begins: in the dynamic loader, if it has one. */
static inline unsigned long first_instruction(pid_t pid)
{
	unsigned long word[2], base = 0, entry = 0;
	off_t at = 0;

	while (read_at(pid, "auxv", word, sizeof(word), at) && word[0]) {
		if (word[0] == AT_BASE)
			base = word[1];
		if (word[0] == AT_ENTRY)
			entry = word[1];
		at += sizeof(word);
	}
	if (!base)
		return entry;
	if (!read_at(pid, "mem", &entry, sizeof(entry),
		     base + offsetof(Elf64_Ehdr, e_entry)))
		return 0;
	return base + entry;
}

/* Where a process that does not run will go on. */
static inline unsigned long next_instruction(pid_t pid)
{
	char path[64], text[256] = "", *last;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/syscall", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (read(fd, text, sizeof(text) - 1) < 0)
		text[0] = 0;
	close(fd);
	last = strrchr(text, ' ');
	return last ? strtoul(last + 1, NULL, 16) : 0;
}

/* Not one instruction of the program has run. */
#define EXPECT_UNTOUCHED(pid) do {					\
	/* Who is told of a stop may come before it has stopped. */	\
	EXPECT_TRUE(TEST_UNTIL(next_instruction(pid), 10000));		\
	EXPECT_EQ(first_instruction(pid), next_instruction(pid));	\
} while (0)

#endif /* SUSPEND_HELPERS_H */
