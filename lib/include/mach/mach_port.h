/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * Operations on the names and rights of a task.
 *
 * The first argument of each call is a task port; mach_task_self() is the usual
 * one. Where the argument is an ipc_space_read_t, and for mach_port_names(),
 * mach_port_type() and mach_port_get_refs(), the task's read port is enough. All
 * calls can also fail with
 *
 *   KERN_INVALID_TASK		@task is no such port
 *   KERN_FAILURE		the task is dying
 *   KERN_INVALID_HOST		the module is not loaded
 *   KERN_TERMINATED		the module has been shut down
 *   KERN_RESOURCE_SHORTAGE	no descriptor or memory to reach it
 *
 * and none of them touches errno. A right that a call was to take stays with the
 * caller when the call fails. Semantics: XNU, with the OSF manual's
 * KERN_UREFS_OVERFLOW.
 */
#ifndef _MACH_MACH_PORT_H_
#define _MACH_MACH_PORT_H_

#include <mach/kern_return.h>
#include <mach/mach_types.h>
#include <mach/message.h>
#include <mach/port.h>
#include <mach_debug/mach_debug_types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * mach_port_names() - all names of a task
 * @task: task port
 * @names: where the address of an array of names goes
 * @namesCnt: how many names there are
 * @types: where the address of an array of their types goes, see
 *	mach_port_type()
 * @typesCnt: the same number
 *
 * Both arrays are fresh memory, for the caller to release with
 * vm_deallocate(mach_task_self(), (vm_address_t)array, count * sizeof(*array)).
 *
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE, no memory.
 */
kern_return_t mach_port_names(ipc_space_t task, mach_port_name_array_t *names,
			      mach_msg_type_number_t *namesCnt,
			      mach_port_type_array_t *types,
			      mach_msg_type_number_t *typesCnt);

/**
 * mach_port_type() - what a name denotes
 * @task: task port
 * @name: a name in that task
 * @ptype: MACH_PORT_TYPE_* bits
 *
 * Return: KERN_SUCCESS; KERN_INVALID_NAME, @name denotes nothing.
 */
kern_return_t mach_port_type(ipc_space_t task, mach_port_name_t name,
			     mach_port_type_t *ptype);

/**
 * mach_port_allocate() - make a right under a new name
 * @task: task port
 * @right: MACH_PORT_RIGHT_RECEIVE, a port without send rights and with a queue
 *	limit of 5; MACH_PORT_RIGHT_PORT_SET, a set without members;
 *	MACH_PORT_RIGHT_DEAD_NAME, one reference to nothing
 * @name: where the name goes
 *
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, a right that cannot be made;
 * KERN_NO_SPACE, the task has 2^21 names; KERN_RESOURCE_SHORTAGE, its ledger is
 * exhausted.
 */
kern_return_t mach_port_allocate(ipc_space_t task, mach_port_right_t right,
				 mach_port_name_t *name);

/**
 * mach_port_allocate_name() - make a right under a given name
 * @task: task port
 * @right: as mach_port_allocate()
 * @name: the name; its two low bits are set, its index (the upper 24 bits) is
 *	not 0
 *
 * Return: as mach_port_allocate(); also KERN_INVALID_VALUE, the name is null,
 * dead or of the wrong form; KERN_NAME_EXISTS, it is in use; KERN_FAILURE, its
 * index is 0 or in use with another generation; KERN_NO_SPACE, its index is too
 * large.
 */
kern_return_t mach_port_allocate_name(ipc_space_t task, mach_port_right_t right,
				      mach_port_name_t name);

/**
 * mach_port_allocate_full() - make a right as it is wanted
 * @task: task port
 * @right: as mach_port_allocate()
 * @proto: MACH_PORT_NULL
 * @qos: what is wanted: a given name; that messages of the kernel find memory,
 *	which needs MACH_PORT_RIGHT_RECEIVE and makes no difference
 * @name: the name, if @qos says that it is given; where the name goes
 *
 * Return: as mach_port_allocate() and mach_port_allocate_name(); also
 * KERN_INVALID_VALUE, @proto is not null, or @qos does not fit @right.
 */
kern_return_t mach_port_allocate_full(ipc_space_t task, mach_port_right_t right,
				      mach_port_t proto, mach_port_qos_t *qos,
				      mach_port_name_t *name);

/**
 * mach_port_allocate_qos() - mach_port_allocate_full() under a new name
 * @task: task port
 * @right: as mach_port_allocate()
 * @qos: what is wanted; no given name
 * @name: where the name goes
 *
 * Return: as mach_port_allocate_full(); also KERN_INVALID_ARGUMENT, @qos says
 * that a name is given.
 */
kern_return_t mach_port_allocate_qos(ipc_space_t task, mach_port_right_t right,
				     mach_port_qos_t *qos,
				     mach_port_name_t *name);

/**
 * mach_port_construct() - make a receive right as it is wanted
 * @task: task port
 * @options: what is wanted: MPO_QLIMIT, a queue limit; MPO_INSERT_SEND_RIGHT, a
 *	send right under the same name; MPO_CONTEXT_AS_GUARD, perhaps with
 *	MPO_STRICT or MPO_IMMOVABLE_RECEIVE, a guard as mach_port_guard_with_flags()
 *	sets one
 * @context: the port's context, or its guard
 * @name: where the name goes
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, MPO_IMMOVABLE_RECEIVE without a
 * guard, or flags that exclude each other; KERN_NOT_SUPPORTED, another flag;
 * KERN_INVALID_VALUE, a queue limit above MACH_PORT_QLIMIT_MAX;
 * KERN_INVALID_ADDRESS, @options is null; KERN_NO_SPACE; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t mach_port_construct(ipc_space_t task,
				  mach_port_options_ptr_t options,
				  mach_port_context_t context,
				  mach_port_name_t *name);

/**
 * mach_port_destruct() - destroy a receive right and give up send rights at once
 * @task: task port
 * @name: name of a receive right in that task
 * @srdelta: user references to add to its send right, 0 or less
 * @guard: the port's guard; not looked at when it has none
 *
 * References that are left become those of a dead name.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_NAME, @name is null or dead or denotes
 * nothing; KERN_INVALID_RIGHT, no receive right; KERN_INVALID_VALUE, @srdelta is
 * above 0 or leaves less than none; KERN_INVALID_ARGUMENT, the port has another
 * guard.
 */
kern_return_t mach_port_destruct(ipc_space_t task, mach_port_name_t name,
				 mach_port_delta_t srdelta,
				 mach_port_context_t guard);

/**
 * mach_port_rename() - give rights another name
 * @task: task port
 * @old_name: a name in that task
 * @new_name: the name that its rights shall have, in the form that
 *	mach_port_allocate_name() wants
 *
 * A requested notification will tell the new name.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, @new_name is null, dead or of the
 * wrong form; KERN_NAME_EXISTS, it is in use; KERN_FAILURE, its index is 0 or in
 * use with another generation; KERN_NO_SPACE, its index is too large;
 * KERN_RESOURCE_SHORTAGE; KERN_INVALID_NAME, @old_name denotes nothing.
 */
kern_return_t mach_port_rename(ipc_space_t task, mach_port_name_t old_name,
			       mach_port_name_t new_name);

/**
 * mach_port_destroy() - give up all rights that a name denotes
 * @task: task port
 * @name: a name in that task; null and dead names are accepted
 *
 * Return: KERN_SUCCESS; KERN_INVALID_NAME, @name denotes nothing;
 * KERN_INVALID_RIGHT, a receive right that is guarded.
 */
kern_return_t mach_port_destroy(ipc_space_t task, mach_port_name_t name);

/**
 * mach_port_deallocate() - release one user reference, or a port set
 * @task: task port
 * @name: name of a send, send-once or dead-name right or of a port set; null and
 *	dead names are accepted
 *
 * Return: KERN_SUCCESS; KERN_INVALID_NAME, @name denotes nothing;
 * KERN_INVALID_RIGHT, it denotes only a receive right.
 */
kern_return_t mach_port_deallocate(ipc_space_t task, mach_port_name_t name);

/**
 * mach_port_get_refs() - count user references
 * @task: task port
 * @name: a name in that task
 * @right: MACH_PORT_RIGHT_*
 * @refs: how many, 0 when the name has no such right
 *
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, no such kind of right;
 * KERN_INVALID_NAME, @name denotes nothing.
 */
kern_return_t mach_port_get_refs(ipc_space_t task, mach_port_name_t name,
				 mach_port_right_t right,
				 mach_port_urefs_t *refs);

/**
 * mach_port_mod_refs() - change the number of user references
 * @task: task port
 * @name: a name in that task
 * @right: MACH_PORT_RIGHT_*
 * @delta: references to add; 0 and -1 only, unless @right is a send right or a
 *	dead name
 *
 * -1 for a receive right destroys the port. The right is gone when its
 * references come to 0.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, no such kind of right, or @delta
 * leaves less than none; KERN_INVALID_NAME, @name denotes nothing;
 * KERN_INVALID_RIGHT, it has no such right, or it is a receive right that is
 * guarded; KERN_UREFS_OVERFLOW, more than MACH_PORT_UREFS_MAX.
 */
kern_return_t mach_port_mod_refs(ipc_space_t task, mach_port_name_t name,
				 mach_port_right_t right,
				 mach_port_delta_t delta);

/**
 * mach_port_insert_right() - put a right of the caller's into a task
 * @task: task port
 * @name: the name it is to have there; for a send or receive right to a port
 *	that the task can name already, this must be that name
 * @poly: the caller's name of the right
 * @polyPoly: how it is taken, MACH_MSG_TYPE_MOVE_RECEIVE to _MAKE_SEND_ONCE
 *
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, @name has not the form of a name or
 * @polyPoly is none of these; KERN_INVALID_CAPABILITY, @poly is null or dead, or
 * a receive right that is immovable;
 * KERN_INVALID_RIGHT, the caller has no such right; KERN_RIGHT_EXISTS, the task
 * names the port otherwise; KERN_NAME_EXISTS, @name is in use; KERN_FAILURE,
 * its index is 0 or in use; KERN_UREFS_OVERFLOW; KERN_NO_SPACE;
 * KERN_RESOURCE_SHORTAGE.
 */
kern_return_t mach_port_insert_right(ipc_space_t task, mach_port_name_t name,
				     mach_port_t poly,
				     mach_msg_type_name_t polyPoly);

/**
 * mach_port_extract_right() - take a right out of a task
 * @task: task port
 * @name: a name in that task
 * @msgt_name: how it is taken, MACH_MSG_TYPE_MOVE_RECEIVE to _MAKE_SEND_ONCE
 * @poly: where the caller's name of the right goes; MACH_PORT_DEAD when the port
 *	is dead
 * @polyPoly: what came out, MACH_MSG_TYPE_PORT_*
 *
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, @msgt_name is none of these;
 * KERN_INVALID_RIGHT, @name is null or dead or has no such right;
 * KERN_INVALID_NAME, it denotes nothing; KERN_INVALID_CAPABILITY, a receive right
 * that is immovable; KERN_NO_SPACE; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t mach_port_extract_right(ipc_space_t task, mach_port_name_t name,
				      mach_msg_type_name_t msgt_name,
				      mach_port_t *poly,
				      mach_msg_type_name_t *polyPoly);

/**
 * mach_port_get_attributes() - read the attributes of a port
 * @task: task port
 * @name: name of a receive right in that task
 * @flavor: MACH_PORT_LIMITS_INFO, MACH_PORT_RECEIVE_STATUS, MACH_PORT_INFO_EXT
 *	or MACH_PORT_DNREQUESTS_SIZE
 * @port_info_out: a mach_port_limits_t, mach_port_status_t, mach_port_info_ext_t,
 *	or the number of requests to be told of the port's death, which is 0 for
 *	a null or dead name
 * @port_info_outCnt: words of room there; then the words written
 *
 * Return: KERN_SUCCESS; KERN_FAILURE, not enough room; KERN_INVALID_NAME,
 * @name denotes nothing; KERN_INVALID_RIGHT, no receive right;
 * KERN_NOT_SUPPORTED, MACH_PORT_TEMPOWNER, _IMPORTANCE_RECEIVER, _DENAP_RECEIVER
 * or _SERVICE_THROTTLED; KERN_INVALID_ARGUMENT, any other flavor;
 * KERN_INVALID_ADDRESS, @port_info_out cannot be written.
 */
kern_return_t mach_port_get_attributes(ipc_space_read_t task,
				       mach_port_name_t name,
				       mach_port_flavor_t flavor,
				       mach_port_info_t port_info_out,
				       mach_msg_type_number_t *port_info_outCnt);

/**
 * mach_port_set_attributes() - change the attributes of a port
 * @task: task port
 * @name: name of a receive right in that task
 * @flavor: MACH_PORT_LIMITS_INFO or MACH_PORT_DNREQUESTS_SIZE
 * @port_info: a mach_port_limits_t; or how many requests are expected, for which
 *	nothing has to be made ready
 * @port_infoCnt: words there
 *
 * A queue limit below the number of messages queued drops none; a higher one
 * lets blocked senders go on.
 *
 * Return: as mach_port_get_attributes(); also KERN_INVALID_VALUE, a queue limit
 * above MACH_PORT_QLIMIT_MAX.
 */
kern_return_t mach_port_set_attributes(ipc_space_t task, mach_port_name_t name,
				       mach_port_flavor_t flavor,
				       mach_port_info_t port_info,
				       mach_msg_type_number_t port_infoCnt);

/**
 * mach_port_set_mscount() - set the make-send count of a port
 * @task: task port
 * @name: name of a receive right in that task
 * @mscount: the new count
 *
 * Causes no notification.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_NAME, @name denotes nothing;
 * KERN_INVALID_RIGHT, no receive right.
 */
kern_return_t mach_port_set_mscount(ipc_space_t task, mach_port_name_t name,
				    mach_port_mscount_t mscount);

/**
 * mach_port_set_seqno() - set the sequence number of a port
 * @task: task port
 * @name: name of a receive right in that task
 * @seqno: what the next message taken from the port will have
 *
 * Return: as mach_port_set_mscount().
 */
kern_return_t mach_port_set_seqno(ipc_space_t task, mach_port_name_t name,
				  mach_port_seqno_t seqno);

/**
 * mach_port_get_srights() - count the send rights to a port
 * @task: task port or read port
 * @name: name of a receive right in that task
 * @srights: where the number goes: rights in messages count, the name of each
 *	task once
 *
 * Return: as mach_port_set_mscount().
 */
kern_return_t mach_port_get_srights(ipc_space_read_t task,
				    mach_port_name_t name,
				    mach_port_rights_t *srights);

/**
 * mach_port_get_context() - read the context of a port
 * @task: task port or read port
 * @name: name of a receive right in that task
 * @context: where the context goes: what was set last, 0 in a new port and after
 *	the receive right has moved; 0 also when it is a strict guard
 *
 * Return: KERN_SUCCESS; KERN_INVALID_NAME, @name denotes nothing;
 * KERN_INVALID_RIGHT, no receive right.
 */
kern_return_t mach_port_get_context(ipc_space_read_t task,
				    mach_port_name_t name,
				    mach_port_context_t *context);

/**
 * mach_port_set_context() - set the context of a port
 * @task: task port
 * @name: name of a receive right in that task
 * @context: the new context; replaces a guard, too, unless that is strict
 *
 * Return: as mach_port_get_context(); also KERN_INVALID_ARGUMENT, the port has a
 * strict guard.
 */
kern_return_t mach_port_set_context(ipc_space_t task, mach_port_name_t name,
				    mach_port_context_t context);

/**
 * mach_port_guard() - let a port be destroyed only by who knows its guard
 * @task: task port
 * @name: name of a receive right in that task
 * @guard: the guard, which becomes the port's context
 * @strict: boolean, whether the guard cannot be read or replaced
 *
 * While a port is guarded, mach_port_destroy() and mach_port_mod_refs() by -1
 * fail with KERN_INVALID_RIGHT; mach_port_destruct() has to be given the guard.
 * Moving the receive right takes the guard away.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_NAME, @name is null or dead or denotes
 * nothing; KERN_INVALID_RIGHT, no receive right; KERN_INVALID_ARGUMENT, the port
 * is guarded already or has a context other than 0.
 */
kern_return_t mach_port_guard(ipc_space_t task, mach_port_name_t name,
			      mach_port_context_t guard, boolean_t strict);

/**
 * mach_port_guard_with_flags() - mach_port_guard() with more to choose
 * @task: task port
 * @name: name of a receive right in that task
 * @guard: the guard
 * @flags: MPG_STRICT; MPG_IMMOVABLE_RECEIVE, the receive right cannot leave the
 *	task, not even when it is guarded no more
 *
 * An immovable right is KERN_INVALID_CAPABILITY to mach_port_insert_right() and
 * mach_port_extract_right(), MACH_SEND_INVALID_RIGHT in a message.
 *
 * Return: as mach_port_guard(); also KERN_NOT_SUPPORTED, an unknown flag.
 */
kern_return_t mach_port_guard_with_flags(ipc_space_t task,
					 mach_port_name_t name,
					 mach_port_context_t guard,
					 uint64_t flags);

/**
 * mach_port_unguard() - guard a port no more
 * @task: task port
 * @name: name of a receive right in that task
 * @guard: its guard
 *
 * The context is 0 afterwards.
 *
 * Return: as mach_port_guard(), but KERN_INVALID_ARGUMENT, the port is not
 * guarded by @guard.
 */
kern_return_t mach_port_unguard(ipc_space_t task, mach_port_name_t name,
				mach_port_context_t guard);

/**
 * mach_port_swap_guard() - replace a guard that is not strict
 * @task: task port
 * @name: name of a receive right in that task
 * @old_guard: its guard
 * @new_guard: the new one
 *
 * Return: as mach_port_guard(), but KERN_INVALID_ARGUMENT, the port is not
 * guarded by @old_guard, or the guard is strict.
 */
kern_return_t mach_port_swap_guard(ipc_space_t task, mach_port_name_t name,
				   mach_port_context_t old_guard,
				   mach_port_context_t new_guard);

/**
 * mach_port_assert_attributes() - make sure of an attribute of a port
 * @task: task port
 * @name: name of a receive right in that task
 * @flavor: MACH_PORT_GUARD_INFO
 * @info: a mach_port_guard_info_t: the guard that the port should have
 * @infoCnt: words there
 *
 * Return: KERN_SUCCESS, it has; KERN_INVALID_ARGUMENT, it has not, or another
 * flavor; KERN_FAILURE, too few words; KERN_INVALID_ADDRESS, @info cannot be
 * read; KERN_INVALID_NAME, @name denotes nothing; KERN_INVALID_RIGHT, no receive
 * right.
 */
kern_return_t mach_port_assert_attributes(ipc_space_t task,
					  mach_port_name_t name,
					  mach_port_flavor_t flavor,
					  mach_port_info_t info,
					  mach_msg_type_number_t infoCnt);

/**
 * mach_port_request_notification() - ask to be told what becomes of a port
 * @task: task port
 * @name: a name in that task
 * @msgid: MACH_NOTIFY_DEAD_NAME, MACH_NOTIFY_NO_SENDERS or
 *	MACH_NOTIFY_PORT_DESTROYED
 * @sync: no senders: how many send rights must have been made from the receive
 *	right (its make-send count) for the notification to come at once when
 *	there is no send right now; port destroyed: 0; dead name: without effect
 * @notify: port to notify, MACH_PORT_NULL to cancel
 * @notifyPoly: how the send-once right is taken, MACH_MSG_TYPE_MAKE_SEND_ONCE or
 *	MACH_MSG_TYPE_MOVE_SEND_ONCE
 * @previous: where the send-once right of an earlier request goes, or null
 *
 * Each request is answered once, through the send-once right, whatever the
 * limit of the queue.
 *
 * Dead name: @name denotes a send, send-once or receive right. When the port
 * dies a mach_dead_name_notification_t comes, and with it one user reference of
 * the dead name; when the name goes before the port, a
 * mach_port_deleted_notification_t.
 *
 * No senders: @name denotes a receive right. When the last send right goes,
 * those in messages included, a mach_no_senders_notification_t gives the
 * make-send count. The request stays when the receive right moves; if the port
 * dies first, a mach_send_once_notification_t comes.
 *
 * Send possible: as dead name, and also, once the request is armed, when there
 * is room in the queue of the port: a mach_send_possible_notification_t. A @sync
 * other than 0 arms it at once, else a send with MACH_SEND_NOTIFY through @name
 * that finds no room. On a dead name the dead-name notification comes at once.
 * Dead name and send possible replace each other.
 *
 * Port destroyed: @name denotes a receive right. Where it would have been
 * destroyed, it is sent in a mach_port_destroyed_notification_t instead, with
 * its messages, and the port lives on. It dies all the same if the notified
 * port is dead, or would thereby be on its way to itself; then a
 * mach_send_once_notification_t comes.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, no such notification, or port
 * destroyed with a @sync; KERN_INVALID_NAME, @name denotes nothing; KERN_INVALID_RIGHT, it does not
 * denote the right that is needed, or @notify none from which a send-once right
 * can be had; KERN_INVALID_ARGUMENT, dead name: @name is null, dead or a dead
 * name, send possible: null or dead, or a dead name and @notify is null;
 * KERN_INVALID_CAPABILITY, @notify is dead, or @notifyPoly another;
 * KERN_RESOURCE_SHORTAGE.
 */
kern_return_t mach_port_request_notification(ipc_space_t task,
					     mach_port_name_t name,
					     mach_msg_id_t msgid,
					     mach_port_mscount_t sync,
					     mach_port_t notify,
					     mach_msg_type_name_t notifyPoly,
					     mach_port_t *previous);

/**
 * mach_port_peek() - look at a message that is queued
 * @task: task port or read port
 * @name: name of a receive right in that task
 * @trailer_type: MACH_RCV_TRAILER_ELEMENTS() of the trailer that is wanted, up to
 *	MACH_RCV_TRAILER_AUDIT
 * @request_seqnop: sequence number of the message, 0 for the first; then its
 *	sequence number
 * @msg_sizep: where its size goes, bytes of header and body
 * @msg_idp: where its id goes
 * @trailer_infop: where the trailer goes
 * @trailer_infopCnt: bytes of room there; then the bytes written
 *
 * The message stays. Only the first MACH_PORT_QLIMIT_MAX can be seen.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_VALUE, no such trailer, or too little room;
 * KERN_INVALID_NAME, @name denotes nothing; KERN_INVALID_RIGHT, no receive right;
 * KERN_FAILURE, no such message; KERN_INVALID_ADDRESS, @trailer_infop cannot be
 * written.
 */
kern_return_t mach_port_peek(ipc_space_read_t task, mach_port_name_t name,
			     mach_msg_trailer_type_t trailer_type,
			     mach_port_seqno_t *request_seqnop,
			     mach_msg_size_t *msg_sizep, mach_msg_id_t *msg_idp,
			     mach_msg_trailer_info_t trailer_infop,
			     mach_msg_type_number_t *trailer_infopCnt);

/**
 * mach_port_kobject() - what object of the kernel a port stands for
 * @task: task port or read port
 * @name: name of a send or receive right in that task
 * @object_type: where IKOT_* goes, IKOT_NONE if it stands for none
 * @object_addr: where 0 goes
 *
 * Return: KERN_SUCCESS; KERN_INVALID_NAME, @name denotes nothing;
 * KERN_INVALID_RIGHT, it is null or dead or denotes another right.
 */
kern_return_t mach_port_kobject(ipc_space_read_t task, mach_port_name_t name,
				natural_t *object_type,
				mach_vm_address_t *object_addr);

/**
 * mach_port_kernel_object() - mach_port_kobject() with an address of 32 bits
 * @task: task port or read port
 * @name: name of a send or receive right in that task
 * @object_type: where IKOT_* goes
 * @object_addr: where 0 goes
 *
 * Return: as mach_port_kobject().
 */
kern_return_t mach_port_kernel_object(ipc_space_read_t task,
				      mach_port_name_t name,
				      unsigned int *object_type,
				      unsigned int *object_addr);

/**
 * mach_port_kobject_description() - mach_port_kobject() in words
 * @task: task port or read port
 * @name: name of a send or receive right in that task
 * @object_type: where IKOT_* goes
 * @object_addr: where 0 goes
 * @description: where a text goes, empty for IKOT_NONE
 *
 * Return: as mach_port_kobject().
 */
kern_return_t mach_port_kobject_description(ipc_space_read_t task,
					    mach_port_name_t name,
					    natural_t *object_type,
					    mach_vm_address_t *object_addr,
					    kobject_description_t description);

/**
 * mach_port_space_info() - all names of a task, in detail
 * @task: task port or read port
 * @space_info: where the state of the name space goes
 * @table_info: where the address of an array of names goes
 * @table_infoCnt: how many names there are
 * @tree_info: where null goes
 * @tree_infoCnt: where 0 goes
 *
 * The array is fresh memory, for the caller to release with vm_deallocate().
 * Names made or freed by other threads meanwhile may be missing.
 *
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE, no memory.
 */
kern_return_t mach_port_space_info(ipc_space_read_t task,
				   ipc_info_space_t *space_info,
				   ipc_info_name_array_t *table_info,
				   mach_msg_type_number_t *table_infoCnt,
				   ipc_info_tree_name_array_t *tree_info,
				   mach_msg_type_number_t *tree_infoCnt);

/**
 * mach_port_space_basic_info() - how many names a task has
 * @task: task port or read port
 * @basic_info: where the state of the name space goes
 *
 * Return: KERN_SUCCESS.
 */
kern_return_t mach_port_space_basic_info(ipc_space_read_t task,
					 ipc_info_space_basic_t *basic_info);

/*
 * Port sets. What arrives at any member of a set can be received from the set
 * by mach_msg(), and from the member itself as before; who waits at the member
 * comes first. Members that have messages are served in turn. A port may be in
 * several sets, at most 1024; it leaves them when its receive right is destroyed
 * or moved. A message says by msgh_local_port which member it came to, and so
 * does one that is too large, with MACH_RCV_LARGE and MACH_RCV_LARGE_IDENTITY.
 *
 * A set is destroyed by mach_port_mod_refs(), mach_port_deallocate() or
 * mach_port_destroy(); its members live on, and threads that wait to receive
 * from it get MACH_RCV_PORT_CHANGED.
 */

/**
 * mach_port_insert_member() - put a port into a set
 * @task: task port
 * @name: name of a receive right in that task
 * @pset: name of a port set in that task
 *
 * A port that has messages wakes the threads that wait at the set.
 *
 * Return: KERN_SUCCESS; KERN_INVALID_RIGHT, @name is null, dead or no receive
 * right, or @pset null, dead or no port set; KERN_INVALID_NAME, either denotes
 * nothing; KERN_ALREADY_IN_SET; KERN_RESOURCE_SHORTAGE, the task's ledger is
 * exhausted, or the port is in 1024 sets.
 */
kern_return_t mach_port_insert_member(ipc_space_t task, mach_port_name_t name,
				      mach_port_name_t pset);

/**
 * mach_port_extract_member() - take a port out of a set
 * @task: task port
 * @name: name of a receive right in that task
 * @pset: name of a port set in that task
 *
 * Return: KERN_SUCCESS; KERN_INVALID_RIGHT and KERN_INVALID_NAME, as
 * mach_port_insert_member(); KERN_NOT_IN_SET.
 */
kern_return_t mach_port_extract_member(ipc_space_t task, mach_port_name_t name,
				       mach_port_name_t pset);

/**
 * mach_port_move_member() - put a port into one set, and out of all others
 * @task: task port
 * @member: name of a receive right in that task
 * @after: name of a port set in that task, which may be the one that the port
 *	is in; MACH_PORT_NULL only takes it out of all sets
 *
 * Return: KERN_SUCCESS; KERN_INVALID_RIGHT, @member is null, dead or no receive
 * right, or @after dead or no port set; KERN_INVALID_NAME, either denotes
 * nothing; KERN_NOT_IN_SET, @after is null and the port in no set;
 * KERN_RESOURCE_SHORTAGE, the task's ledger is exhausted.
 */
kern_return_t mach_port_move_member(ipc_space_t task, mach_port_name_t member,
				    mach_port_name_t after);

/**
 * mach_port_get_set_status() - which ports are in a set
 * @task: task port or read port
 * @name: name of a port set in that task
 * @members: where the address of an array of names of receive rights goes,
 *	least first; null if there are none
 * @membersCnt: how many there are
 *
 * The array is fresh memory, for the caller to release with vm_deallocate().
 *
 * Return: KERN_SUCCESS; KERN_INVALID_RIGHT, @name is null, dead or no port set;
 * KERN_INVALID_NAME, it denotes nothing; KERN_RESOURCE_SHORTAGE, no memory.
 */
kern_return_t mach_port_get_set_status(ipc_space_read_t task,
				       mach_port_name_t name,
				       mach_port_name_array_t *members,
				       mach_msg_type_number_t *membersCnt);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_MACH_PORT_H_ */
