/* SPDX-License-Identifier: GPL-2.0-only */
/**
 * DOC: Commands of the device
 *
 * One function a command. It gets the caller's task and a copy of the struct,
 * padded with zeros if the program's is shorter, and returns a Mach code, or
 * a negative error number if the struct itself is at fault. It never sees
 * where the struct came from.
 *
 * A command that returns something first writes the struct back unchanged, so
 * that one that cannot be written fails with nothing done. If writing the
 * result fails all the same, because another thread unmapped it meanwhile, the
 * undo function takes back what the call has made.
 */
#ifndef MACH_IOCTL_H
#define MACH_IOCTL_H

#include <linux/machdev.h>
#include <linux/types.h>

#include "port.h"

struct mach_space;
struct mach_task;
struct pid;

/* Bytes that a command gets, whatever its struct has. */
#define MACH_IOCTL_ARGUMENT 256

/**
 * struct mach_ioctl_array - argument of a command that gives an array of ports
 * @user: what the caller has passed
 * @given: the names that he got for it; NULL, none
 */
struct mach_ioctl_array {
	struct machdev_port_array user;
	u32 *given;
};

/* What commands of several files do. */
int mach_ioctl_give(struct mach_task *caller, struct mach_right *right,
		    u32 *name);
int mach_ioctl_give_array(struct mach_task *caller, struct mach_right *rights,
			  u32 count, struct mach_ioctl_array *array);
void mach_ioctl_drop_array(struct mach_right *rights, u32 count);
void mach_release_array(void *arg);
void mach_ioctl_take_back(struct mach_task *caller, u32 name);
int mach_ioctl_task_right(struct pid *pid, enum mach_port_kind kind,
			  struct mach_right *right);
enum mach_port_kind mach_ioctl_kind_of(struct mach_space *space, u32 name);
int mach_ioctl_copy_value(struct mach_task *caller, u32 name,
			  struct mach_right *right);
int mach_ioctl_copy_host(struct mach_task *caller, u32 name,
			 struct mach_right *right);

int mach_ioctl_allocate(struct mach_task *caller, void *arg);
int mach_ioctl_deallocate(struct mach_task *caller, void *arg);
int mach_ioctl_destroy(struct mach_task *caller, void *arg);
int mach_ioctl_mod_refs(struct mach_task *caller, void *arg);
int mach_ioctl_get_refs(struct mach_task *caller, void *arg);
int mach_ioctl_construct(struct mach_task *caller, void *arg);
int mach_ioctl_destruct(struct mach_task *caller, void *arg);
int mach_ioctl_rename(struct mach_task *caller, void *arg);
int mach_ioctl_type(struct mach_task *caller, void *arg);
int mach_ioctl_names(struct mach_task *caller, void *arg);
int mach_ioctl_kobject(struct mach_task *caller, void *arg);
int mach_ioctl_space_info(struct mach_task *caller, void *arg);
int mach_ioctl_insert_right(struct mach_task *caller, void *arg);
int mach_ioctl_extract_right(struct mach_task *caller, void *arg);
int mach_ioctl_get_attributes(struct mach_task *caller, void *arg);
int mach_ioctl_set_attributes(struct mach_task *caller, void *arg);
int mach_ioctl_set_mscount(struct mach_task *caller, void *arg);
int mach_ioctl_set_seqno(struct mach_task *caller, void *arg);
int mach_ioctl_get_srights(struct mach_task *caller, void *arg);
int mach_ioctl_get_context(struct mach_task *caller, void *arg);
int mach_ioctl_set_context(struct mach_task *caller, void *arg);
int mach_ioctl_guard(struct mach_task *caller, void *arg);
int mach_ioctl_unguard(struct mach_task *caller, void *arg);
int mach_ioctl_swap_guard(struct mach_task *caller, void *arg);
int mach_ioctl_assert_attributes(struct mach_task *caller, void *arg);
int mach_ioctl_peek(struct mach_task *caller, void *arg);
int mach_ioctl_request_notification(struct mach_task *caller, void *arg);
int mach_ioctl_reply_port(struct mach_task *caller, void *arg);
int mach_ioctl_move_member(struct mach_task *caller, void *arg);
int mach_ioctl_insert_member(struct mach_task *caller, void *arg);
int mach_ioctl_extract_member(struct mach_task *caller, void *arg);
int mach_ioctl_get_set_status(struct mach_task *caller, void *arg);

void mach_undo_allocate(struct mach_task *caller, const void *in,
			const void *out);
void mach_undo_construct(struct mach_task *caller, const void *in,
			 const void *out);
void mach_undo_extract_right(struct mach_task *caller, const void *in,
			     const void *out);
void mach_undo_request_notification(struct mach_task *caller, const void *in,
				    const void *out);
void mach_undo_reply_port(struct mach_task *caller, const void *in,
			  const void *out);

int mach_ioctl_task_self(struct mach_task *caller, void *arg);
int mach_ioctl_thread_self(struct mach_task *caller, void *arg);
int mach_ioctl_host_self(struct mach_task *caller, void *arg);
int mach_ioctl_host_priv(struct mach_task *caller, void *arg);
int mach_ioctl_task_get_special(struct mach_task *caller, void *arg);
int mach_ioctl_task_set_special(struct mach_task *caller, void *arg);
int mach_ioctl_ports_register(struct mach_task *caller, void *arg);
int mach_ioctl_ports_lookup(struct mach_task *caller, void *arg);
int mach_ioctl_task_info(struct mach_task *caller, void *arg);
int mach_ioctl_task_for_pid(struct mach_task *caller, void *arg);
int mach_ioctl_pid_for_task(struct mach_task *caller, void *arg);
int mach_ioctl_host_get_special(struct mach_task *caller, void *arg);
int mach_ioctl_host_set_special(struct mach_task *caller, void *arg);
int mach_ioctl_set_task_token(struct mach_task *caller, void *arg);

void mach_undo_name(struct mach_task *caller, const void *in, const void *out);
void mach_undo_special(struct mach_task *caller, const void *in,
		       const void *out);
void mach_undo_ports_lookup(struct mach_task *caller, const void *in,
			    const void *out);
void mach_undo_task_for_pid(struct mach_task *caller, const void *in,
			    const void *out);

int mach_ioctl_fileport_makeport(struct mach_task *caller, void *arg);
int mach_ioctl_fileport_makefd(struct mach_task *caller, void *arg);
int mach_ioctl_port_fd(struct mach_task *caller, void *arg);

void mach_undo_fileport_makeport(struct mach_task *caller, const void *in,
				 const void *out);
void mach_undo_fileport_makefd(struct mach_task *caller, const void *in,
			       const void *out);
void mach_undo_port_fd(struct mach_task *caller, const void *in,
		       const void *out);

int mach_ioctl_task_create(struct mach_task *caller, void *arg);
int mach_ioctl_embryo_adopt(struct mach_task *caller, void *arg);
int mach_ioctl_embryo_wait(struct mach_task *caller, void *arg);
int mach_ioctl_embryo_take(struct mach_task *caller, void *arg);

void mach_undo_task_create(struct mach_task *caller, const void *in,
			   const void *out);
void mach_undo_embryo_take(struct mach_task *caller, const void *in,
			   const void *out);

int mach_ioctl_ledger_create(struct mach_task *caller, void *arg);
int mach_ioctl_ledger_read(struct mach_task *caller, void *arg);
int mach_ioctl_ledger_transfer(struct mach_task *caller, void *arg);
int mach_ioctl_ledger_terminate(struct mach_task *caller, void *arg);

void mach_undo_ledger_create(struct mach_task *caller, const void *in,
			     const void *out);

int mach_ioctl_task_threads(struct mach_task *caller, void *arg);
int mach_ioctl_thread_get_special(struct mach_task *caller, void *arg);
int mach_ioctl_thread_set_special(struct mach_task *caller, void *arg);
int mach_ioctl_thread_info(struct mach_task *caller, void *arg);

void mach_undo_port_array(struct mach_task *caller, const void *in,
			  const void *out);

int mach_ioctl_task_suspend(struct mach_task *caller, void *arg);
int mach_ioctl_task_resume(struct mach_task *caller, void *arg);
int mach_ioctl_task_suspend2(struct mach_task *caller, void *arg);
int mach_ioctl_task_resume2(struct mach_task *caller, void *arg);
int mach_ioctl_task_terminate(struct mach_task *caller, void *arg);

void mach_undo_task_suspend2(struct mach_task *caller, const void *in,
			     const void *out);

int mach_ioctl_processor_set_default(struct mach_task *caller, void *arg);
int mach_ioctl_processor_set_priv(struct mach_task *caller, void *arg);
int mach_ioctl_processor_set_tasks(struct mach_task *caller, void *arg);

void mach_undo_processor_set_default(struct mach_task *caller, const void *in,
				     const void *out);
void mach_undo_processor_set_priv(struct mach_task *caller, const void *in,
				  const void *out);

int mach_ioctl_vm_map(struct mach_task *caller, void *arg);
int mach_ioctl_vm_deallocate(struct mach_task *caller, void *arg);
int mach_ioctl_vm_protect(struct mach_task *caller, void *arg);
int mach_ioctl_vm_inherit(struct mach_task *caller, void *arg);
int mach_ioctl_vm_read(struct mach_task *caller, void *arg);
int mach_ioctl_vm_write(struct mach_task *caller, void *arg);
int mach_ioctl_vm_copy(struct mach_task *caller, void *arg);
int mach_ioctl_vm_region(struct mach_task *caller, void *arg);

int mach_ioctl_thread_create(struct mach_task *caller, void *arg);
int mach_ioctl_thread_get_state(struct mach_task *caller, void *arg);
int mach_ioctl_thread_set_state(struct mach_task *caller, void *arg);
int mach_ioctl_thread_suspend(struct mach_task *caller, void *arg);
int mach_ioctl_thread_resume(struct mach_task *caller, void *arg);
int mach_ioctl_thread_terminate(struct mach_task *caller, void *arg);
int mach_ioctl_thread_bear(struct mach_task *caller, void *arg);
int mach_ioctl_thread_park(struct mach_task *caller, void *arg);

void mach_undo_thread_bear(struct mach_task *caller, const void *in,
			   const void *out);
void mach_undo_thread_create(struct mach_task *caller, const void *in,
			     const void *out);
void mach_undo_vm_map(struct mach_task *caller, const void *in,
		      const void *out);

int mach_ioctl_clock_service(struct mach_task *caller, void *arg);
int mach_ioctl_clock_identify(struct mach_task *caller, void *arg);

void mach_undo_clock_service(struct mach_task *caller, const void *in,
			     const void *out);

int mach_ioctl_task_set_exceptions(struct mach_task *caller, void *arg);
int mach_ioctl_task_get_exceptions(struct mach_task *caller, void *arg);
int mach_ioctl_thread_set_exceptions(struct mach_task *caller, void *arg);
int mach_ioctl_thread_get_exceptions(struct mach_task *caller, void *arg);
int mach_ioctl_host_set_exceptions(struct mach_task *caller, void *arg);
int mach_ioctl_host_get_exceptions(struct mach_task *caller, void *arg);

void mach_undo_task_get_exceptions(struct mach_task *caller, const void *in,
				   const void *out);
void mach_undo_thread_get_exceptions(struct mach_task *caller, const void *in,
				     const void *out);
void mach_undo_host_get_exceptions(struct mach_task *caller, const void *in,
				   const void *out);

int mach_ioctl_task_sample(struct mach_task *caller, void *arg);
int mach_ioctl_thread_sample(struct mach_task *caller, void *arg);

int mach_ioctl_query(struct mach_task *caller, void *arg);
int mach_ioctl_sync(struct mach_task *caller, void *arg);
int mach_ioctl_shutdown(struct mach_task *caller, void *arg);
int mach_ioctl_pidversion(struct mach_task *caller, void *arg);

#endif /* MACH_IOCTL_H */
