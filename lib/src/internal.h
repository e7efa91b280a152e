/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* What the library's files share and do not export. */
#ifndef MACHDEV_INTERNAL_H
#define MACHDEV_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/machdev.h>
#include <mach/mach.h>

/* The one word that makes a function part of the library's interface. */
#define MACHDEV_EXPORT __attribute__((visibility("default")))

/**
 * struct machdev_process - what the library knows of the process it runs in
 * @owner: process that all below belongs to, 0 for none yet
 * @epoch: changes when kept names become void, as at fork; never 0 with an owner
 * @fd: descriptor of the device plus 1, 0 for none
 * @task: name of the task port, as first seen
 * @self: what mach_task_self() gives, which the program may have substituted
 * @bootstrap: the cell behind bootstrap_port
 * @found: what the library has filled that with last
 *
 * It lies in a page that fork gives to the child filled with zeros. A process
 * that shares its parent's memory sees the parent's page; what is in there is
 * its own only when __machdev_own() says so.
 */
struct machdev_process {
	_Atomic pid_t owner;
	atomic_uint epoch;
	atomic_int fd;
	_Atomic mach_port_t task;
	_Atomic mach_port_t self;
	mach_port_t bootstrap;
	_Atomic mach_port_t found;
};

/**
 * __machdev_process() - the page of this process
 *
 * Return: null when there is no memory for it.
 */
struct machdev_process *__machdev_process(void);

/**
 * __machdev_own() - whether kept names belong to the calling process
 * @process: the page, may be null
 *
 * Claims the page when nobody has.
 *
 * Return: false in a process that shares its parent's memory: it keeps nothing
 * and changes nothing here.
 */
bool __machdev_own(struct machdev_process *process);

/**
 * __machdev_void() - forget every kept name
 * @process: the page, owned by the caller
 */
void __machdev_void(struct machdev_process *process);

/**
 * __machdev_ioctl() - call the module
 * @command: MACHDEV_IOC_*
 * @argument: its struct
 *
 * Opens the device when need be. Leaves errno alone.
 *
 * Return: the Mach code, or a negative errno.
 */
int __machdev_ioctl(unsigned long command, void *argument);

/**
 * __machdev_call() - __machdev_ioctl() with errors as Mach codes
 * @command: MACHDEV_IOC_*, any but MACHDEV_IOC_MSG
 * @argument: its struct
 *
 * Return: KERN_*.
 */
kern_return_t __machdev_call(unsigned long command, void *argument);

/**
 * __machdev_error() - the Mach code for an errno of the device
 * @error: errno, positive
 *
 * Return: KERN_*, never KERN_SUCCESS.
 */
kern_return_t __machdev_error(int error);

/**
 * __machdev_msg_error() - __machdev_error() for mach_msg()
 * @error: errno, positive
 * @option: options of the call
 *
 * Return: KERN_*, MACH_SEND_* or MACH_RCV_*, never success.
 */
mach_msg_return_t __machdev_msg_error(int error, mach_msg_option_t option);

/**
 * __machdev_own_thread() - thread_create() in the own task
 * @thread: set to a send right to the new thread's port
 *
 * Return: as thread_create().
 */
kern_return_t __machdev_own_thread(thread_act_t *thread);

/**
 * __machdev_task() - the task port, whatever mach_task_self() was made to give
 *
 * Return: a name that must not be released; MACH_PORT_NULL on failure.
 */
mach_port_t __machdev_task(void);

/**
 * __machdev_port_for_pid() - a port that stands for a process
 * @target_tport: ignored
 * @flavor: MACHDEV_TASK_FLAVOR_*
 * @pid: in the caller's pid name space
 * @t: where its name goes, MACH_PORT_NULL on failure
 *
 * Return: as task_for_pid().
 */
kern_return_t __machdev_port_for_pid(mach_port_name_t target_tport,
				     uint32_t flavor, int pid,
				     mach_port_name_t *t);

/**
 * struct machdev_array - an array that a call makes
 * @address: where the call is told its place
 * @each: bytes of an element
 * @memory: out: the array; NULL, it has no elements
 * @size: bytes that are mapped while the call is made
 */
struct machdev_array {
	__u64 *address;
	size_t each;
	void *memory;
	size_t size;
};

/**
 * __machdev_fetch() - call the module for arrays of a length not known before
 * @command: MACHDEV_IOC_*, which answers KERN_INSUFFICIENT_BUFFER_SIZE and the
 *	count when the arrays do not fit
 * @argument: of the command; the addresses and @count are members of it
 * @count: elements that there is room for, then that there are
 * @arrays: with elements of the same size
 * @n: how many of them, at least one
 *
 * Return: KERN_SUCCESS, each array is whole pages for vm_deallocate();
 * KERN_RESOURCE_SHORTAGE; what the command answers. errno is kept.
 */
kern_return_t __machdev_fetch(unsigned long command, void *argument,
			      uint32_t *count, struct machdev_array *arrays,
			      unsigned int n);

/**
 * __machdev_check_host() - whether a name denotes the host
 * @host: any name
 *
 * Return: KERN_SUCCESS, the host port or the privileged one;
 * KERN_INVALID_ARGUMENT; what the device answers if it cannot be asked.
 */
kern_return_t __machdev_check_host(host_t host);

/**
 * __machdev_release() - drop one user reference of the caller's own
 * @name: a name, null and dead accepted
 */
void __machdev_release(mach_port_name_t name);

#endif /* MACHDEV_INTERNAL_H */
