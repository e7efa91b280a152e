/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * What Mach has no name for: the module behind the calls, and the ways from
 * Mach to Linux.
 */
#ifndef _MACHDEV_H_
#define _MACHDEV_H_

#include <stdint.h>
#include <sys/types.h>

#include <linux/machdev.h>
#include <linux/machdev_abi.h>
#include <mach/mach.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * machdev_version() - version of this library
 *
 * Return: as "0.1.0", never null.
 */
const char *machdev_version(void);

/**
 * machdev_query() - list features or counters of the module
 * @what: MACHDEV_QUERY_FEATURES or MACHDEV_QUERY_COUNTERS
 * @records: where they go
 * @count: room there, in records; then how many the module has, which may be
 *	more than there was room for
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, unknown @what;
 * KERN_INVALID_ADDRESS, @records cannot be written; KERN_INVALID_HOST, the
 * module is not loaded; KERN_TERMINATED, it has been shut down.
 */
kern_return_t machdev_query(uint32_t what, struct machdev_record *records,
			    uint32_t *count);

/**
 * machdev_query_value() - one feature or counter
 * @what: MACHDEV_QUERY_FEATURES or MACHDEV_QUERY_COUNTERS
 * @id: MACHDEV_FEATURE_* or MACHDEV_COUNTER_*
 * @value: where its value goes
 *
 * Return: as machdev_query(); KERN_NOT_SUPPORTED, the module has no such record;
 * KERN_RESOURCE_SHORTAGE, no memory.
 */
kern_return_t machdev_query_value(uint32_t what, uint32_t id, uint64_t *value);

/**
 * machdev_counter_name() - name of a counter
 * @id: MACHDEV_COUNTER_*
 *
 * Return: as "ports"; null for one that this library does not know.
 */
const char *machdev_counter_name(uint32_t id);

/**
 * machdev_feature_name() - name of a feature
 * @id: MACHDEV_FEATURE_*
 *
 * Return: as "messages"; null for one that this library does not know.
 */
const char *machdev_feature_name(uint32_t id);

/**
 * machdev_sync() - wait until what exited tasks left behind is destroyed
 *
 * Return: KERN_SUCCESS; KERN_ABORTED, a signal came; KERN_INVALID_HOST;
 * KERN_TERMINATED.
 */
kern_return_t machdev_sync(void);

/**
 * machdev_shutdown() - make the module ready to be unloaded
 *
 * Every call of every process fails from then on with KERN_TERMINATED, and
 * every wait ends with it, until the module has been loaded anew.
 *
 * Return: KERN_SUCCESS; KERN_NO_ACCESS, the caller has no CAP_SYS_MODULE in the
 * initial user name space; KERN_INVALID_HOST.
 */
kern_return_t machdev_shutdown(void);

/**
 * machdev_pidversion() - the pidversion that a process has now
 * @pid: process id in the caller's pid name space
 * @version: word 7 of its derived audit token
 *
 * Return: KERN_SUCCESS; KERN_FAILURE, no such process, or none that is a task.
 */
kern_return_t machdev_pidversion(pid_t pid, uint32_t *version);

/**
 * machdev_pidfd_from_audit_token() - a pidfd of the process that sent a message
 * @token: derived audit token out of a trailer
 * @pidfd: where the descriptor goes, close-on-exec, the caller's to close; -1 on
 *	any error
 *
 * The descriptor denotes the very incarnation that the token speaks of: not a
 * later process of the same pid, and not a program started by exec since.
 * (The process may still exec after this call has looked.)
 *
 * Return: KERN_SUCCESS; KERN_FAILURE, that incarnation has gone, or the words
 * are explicit ones; KERN_INVALID_ARGUMENT, the token names no process: one of
 * the kernel's, or a process that cannot be seen from here;
 * KERN_RESOURCE_SHORTAGE, no room for a descriptor; KERN_INVALID_HOST;
 * KERN_TERMINATED.
 */
kern_return_t machdev_pidfd_from_audit_token(audit_token_t token, int *pidfd);

/**
 * machdev_task_for_pidfd() - a port that stands for the process of a pidfd
 * @pidfd: from pidfd_open(), clone(), or machdev_pidfd_from_audit_token()
 * @flavor: TASK_FLAVOR_CONTROL, TASK_FLAVOR_READ, TASK_FLAVOR_INSPECT or
 *	TASK_FLAVOR_NAME
 * @task: where a send right goes, the caller's to release; MACH_PORT_NULL on any
 *	error
 *
 * As task_for_pid() and its kin, but for the very process that the descriptor
 * denotes, not for a later one of the same pid.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @pidfd is no pidfd, or @flavor none
 * of these; KERN_FAILURE, the process has ended, cannot be seen from here, or the
 * caller may not have that port; KERN_NOT_SUPPORTED, there is no /proc of the
 * caller's pid name space; KERN_NO_SPACE; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t machdev_task_for_pidfd(int pidfd, mach_task_flavor_t flavor,
				     mach_port_t *task);

/**
 * typedef machdev_origin_trailer_t - the trailer of format 1
 *
 * Asked for with MACH_RCV_TRAILER_TYPE(MACHDEV_TRAILER_FORMAT_ORIGIN), in a
 * buffer that has room for it. Its first 68 bytes are those of a
 * mach_msg_mac_trailer_t; see <linux/machdev_abi.h> for the rest.
 */
typedef struct machdev_origin_trailer machdev_origin_trailer_t;

/**
 * machdev_pidfd_from_origin() - a pidfd of the process that sent a message
 * @trailer: trailer of format 1
 * @pidfd: as for machdev_pidfd_from_audit_token()
 *
 * Finds the process also where its tokens are explicit.
 *
 * Return: as machdev_pidfd_from_audit_token().
 */
kern_return_t machdev_pidfd_from_origin(const machdev_origin_trailer_t *trailer,
					int *pidfd);

/**
 * machdev_port_fd() - a descriptor that tells when there is a message
 * @name: name of a receive right or a port set of the caller's
 * @flags: 0, or MACHDEV_PORT_FD_CLOEXEC
 * @fd: where the descriptor goes, the caller's to close; -1 on any error
 *
 * For poll(), epoll and io_uring. It is readable (POLLIN) as long as a receive
 * from the port or set would not wait; a message that goes to a thread which
 * waits for it makes nothing readable. Members of a set may come and go, with
 * messages or without. Who asks for edges (EPOLLET) has to receive, with a
 * timeout of 0, until there is nothing left. It is hung up (POLLHUP), for good,
 * once the receive right has been destroyed or has left the task, also if it
 * comes back, or the set has been destroyed, or the device has been shut down.
 *
 * The descriptor is no right. Closing it changes nothing at the port; who gets
 * it by inheritance or over a socket can wait for messages, not receive them.
 * After a fork it still looks at the parent's port, and after an exec, which
 * takes the rights, it is hung up.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_NAME, @name denotes nothing;
 * KERN_INVALID_RIGHT, neither a receive right nor a port set; KERN_NO_SPACE, the
 * process may have no more descriptors; KERN_RESOURCE_SHORTAGE, no memory, the
 * ledger does not allow it, or the port has 256 of them; KERN_NOT_SUPPORTED,
 * unknown @flags; KERN_INVALID_HOST; KERN_TERMINATED.
 */
kern_return_t machdev_port_fd(mach_port_name_t name, uint32_t flags, int *fd);

/**
 * host_get_host_priv_port() - the privileged host port
 * @host: host port, mach_host_self(); not null
 * @host_priv: where a send right goes, the caller's to release; null on any
 *	error
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @host is null or dead;
 * KERN_NO_ACCESS, the caller has no CAP_SYS_ADMIN in the initial user name
 * space; KERN_NO_SPACE; KERN_RESOURCE_SHORTAGE; KERN_INVALID_HOST;
 * KERN_TERMINATED.
 */
kern_return_t host_get_host_priv_port(host_t host, host_priv_t *host_priv);

/**
 * typedef machdev_spawn_t - how a program is to be started
 */
typedef struct machdev_spawn machdev_spawn_t;

/**
 * machdev_spawn_new() - start a program as fork and exec would
 *
 * Return: what the functions below change, for machdev_spawn_free(); null, no
 * memory.
 */
machdev_spawn_t *machdev_spawn_new(void);

/**
 * machdev_spawn_free() - forget how to start a program
 * @spawn: from machdev_spawn_new(), or null
 */
void machdev_spawn_free(machdev_spawn_t *spawn);

/**
 * machdev_spawn_tokens() - start it with explicit tokens
 * @spawn: how to start
 * @host_security: the host security port, until it has been started
 * @security: its security token, any two words
 * @audit: its audit token, any eight words
 * @host: its TASK_HOST_PORT; MACH_PORT_NULL is the plain host port
 */
void machdev_spawn_tokens(machdev_spawn_t *spawn, host_security_t host_security,
			  security_token_t security, audit_token_t audit,
			  host_t host);

/**
 * machdev_spawn_ledgers() - let it draw on other ledgers than its parent
 * @spawn: how to start
 * @wired: ledger for wired memory; MACH_PORT_NULL: both stay the parent's
 * @paged: ledger for paged memory; likewise
 */
void machdev_spawn_ledgers(machdev_spawn_t *spawn, ledger_t wired,
			   ledger_t paged);

/**
 * machdev_spawn_special() - give it a special port
 * @spawn: how to start
 * @which: TASK_*_PORT, any that task_set_special_port() sets; an access port that
 *	the caller has cannot be replaced
 * @port: name of a send right, MACH_PORT_NULL or MACH_PORT_DEAD
 *
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE, more than 8.
 */
kern_return_t machdev_spawn_special(machdev_spawn_t *spawn, int which,
				    mach_port_t port);

/**
 * machdev_spawn_exception() - say who handles some of its exceptions
 * @spawn: how to start
 * @mask: as task_set_exception_ports() has it
 * @port: see there
 * @behavior: see there
 * @flavor: see there
 *
 * In the order of such calls, and after the special ports. For the rest the
 * handlers are the caller's own.
 *
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE, more than EXC_TYPES_COUNT.
 */
kern_return_t machdev_spawn_exception(machdev_spawn_t *spawn,
				      exception_mask_t mask, mach_port_t port,
				      exception_behavior_t behavior,
				      thread_state_flavor_t flavor);

/**
 * machdev_spawn_registered() - give it registered ports
 * @spawn: how to start
 * @ports: names of send rights
 * @count: how many; the rest become null
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, more than TASK_PORT_REGISTER_MAX.
 */
kern_return_t machdev_spawn_registered(machdev_spawn_t *spawn,
				       const mach_port_t *ports,
				       mach_msg_type_number_t count);

/**
 * machdev_spawn_suspended() - have it wait before its first instruction
 * @spawn: how to start
 *
 * The program has been executed and is suspended as by task_suspend(): it runs
 * when the caller uses task_resume(), ends, or executes another program, and when
 * somebody sends SIGCONT. One that gains privilege as it is executed does not
 * wait, since nobody would have the power to let it go on.
 */
void machdev_spawn_suspended(machdev_spawn_t *spawn);

/**
 * machdev_spawn_open() - have it open a file, in the order of such calls
 * @spawn: how to start
 * @fd: descriptor that the file is to have
 * @path: the file
 * @flags: of open(2)
 * @mode: of open(2)
 *
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE, no memory.
 */
kern_return_t machdev_spawn_open(machdev_spawn_t *spawn, int fd,
				 const char *path, int flags, mode_t mode);

/**
 * machdev_spawn_close() - have it close a descriptor, in the order of such calls
 * @spawn: how to start
 * @fd: descriptor, any number; one that is not open does no harm
 *
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE, no memory.
 */
kern_return_t machdev_spawn_close(machdev_spawn_t *spawn, int fd);

/**
 * machdev_spawn_dup2() - have it copy a descriptor, in the order of such calls
 * @spawn: how to start
 * @from: descriptor, open by then; if it is @fd, it stays open over exec
 * @fd: what the copy is to be
 *
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE, no memory.
 */
kern_return_t machdev_spawn_dup2(machdev_spawn_t *spawn, int from, int fd);

/**
 * machdev_spawn_chdir() - have it go elsewhere, in the order of such calls
 * @spawn: how to start
 * @path: its working directory from then on
 *
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE, no memory.
 */
kern_return_t machdev_spawn_chdir(machdev_spawn_t *spawn, const char *path);

/**
 * machdev_spawn() - start a program
 * @spawn: how, or null
 * @path: the program
 * @argv: its arguments, null at the end
 * @envp: its environment, null at the end
 * @task: where its task port goes, the caller's to release; or null
 * @pidfd: where a descriptor of the process goes, close-on-exec, the caller's to
 *	close, -1 on failure; or null
 *
 * The program has tokens, ledgers and ports from its first instruction on. It is
 * an ordinary child: wait for it. Its signals are as after exec, blocked are
 * those of the caller.
 *
 * The call is no cancellation point. It waits for the actions, so for as long as
 * opening a file takes, but for nothing that other threads fork meanwhile. The
 * actions need one free descriptor of the child. Should the calling thread end
 * before the program is executed, the child is killed.
 *
 * Return: KERN_SUCCESS; KERN_FAILURE, an action or the program failed, for which
 * errno tells why (EMFILE also: an action names a descriptor that the start
 * needs, and no other is free), or the process was killed, errno is as before;
 * KERN_RESOURCE_SHORTAGE, no memory, process or descriptors; otherwise as
 * host_security_create_task_token(), task_set_special_port(),
 * task_set_exception_ports() and mach_ports_register(). On failure nothing is left
 * behind.
 */
kern_return_t machdev_spawn(const machdev_spawn_t *spawn, const char *path,
			    char *const argv[], char *const envp[],
			    task_t *task, int *pidfd);

/**
 * machdev_spawnp() - start a program that is looked for in PATH
 * @spawn: how, or null
 * @file: the program; PATH is the caller's
 * @argv: as machdev_spawn()
 * @envp: as machdev_spawn()
 * @task: as machdev_spawn()
 * @pidfd: as machdev_spawn()
 *
 * Return: as machdev_spawn().
 */
kern_return_t machdev_spawnp(const machdev_spawn_t *spawn, const char *file,
			     char *const argv[], char *const envp[],
			     task_t *task, int *pidfd);

#ifdef __cplusplus
}
#endif

#endif /* _MACHDEV_H_ */
