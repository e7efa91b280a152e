/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The bootstrap protocol: how a task finds a service by name.
 *
 * A task's bootstrap port (TASK_BOOTSTRAP_PORT) is a send right to a name
 * server, normally bootstrapd. A server checks a name in, a client looks the
 * name up and gets a send right to the server's port.
 *
 * A name is a string of 1 to 127 bytes. It says which port a server has
 * published, not who the server is: any user may publish any free name. Who
 * it is that answers, the trailer of the answer says.
 *
 * What every function may return besides what is listed for it:
 *
 *   KERN_INVALID_ARGUMENT      the name is empty or longer than 127 bytes
 *   KERN_NO_SPACE, KERN_RESOURCE_SHORTAGE, KERN_INVALID_HOST, KERN_TERMINATED
 *                              no port could be made, see mach_port_allocate()
 *   MACH_SEND_INVALID_DEST     @bp is not a send right, or a dead name
 *   MACH_SEND_*, MACH_RCV_*    the message could not be sent or received
 *   MIG_SERVER_DIED            the name server died before it answered
 *   MIG_REPLY_MISMATCH, MIG_TYPE_ERROR
 *                              what answered is not a bootstrap server
 *   KERN_NOT_SUPPORTED         the name server lacks the function
 *
 * All functions are thread-safe. They wait for the name server without limit.
 */
#ifndef _SERVERS_BOOTSTRAP_H
#define _SERVERS_BOOTSTRAP_H

#include <mach/boolean.h>
#include <mach/kern_return.h>
#include <mach/message.h>
#include <mach/port.h>
#include <sys/types.h>

#define BOOTSTRAP_MAX_NAME_LEN 128	/* bytes, the closing 0 included */
#define BOOTSTRAP_MAX_CMD_LEN 512	/* bytes, the closing 0 included */
#define BOOTSTRAP_MAX_LOOKUP_COUNT 20	/* names in one look-up array */

typedef char name_t[BOOTSTRAP_MAX_NAME_LEN];
typedef char cmd_t[BOOTSTRAP_MAX_CMD_LEN];
typedef name_t *name_array_t;
typedef int bootstrap_status_t;
typedef bootstrap_status_t *bootstrap_status_array_t;

#define BOOTSTRAP_STATUS_INACTIVE 0
#define BOOTSTRAP_STATUS_ACTIVE 1
#define BOOTSTRAP_STATUS_ON_DEMAND 2

#define BOOTSTRAP_SUCCESS 0
#define BOOTSTRAP_NOT_PRIVILEGED 1100
#define BOOTSTRAP_NAME_IN_USE 1101
#define BOOTSTRAP_UNKNOWN_SERVICE 1102
#define BOOTSTRAP_SERVICE_ACTIVE 1103
#define BOOTSTRAP_BAD_COUNT 1104
#define BOOTSTRAP_NO_MEMORY 1105

#ifdef __cplusplus
extern "C" {
#endif

/**
 * bootstrap_check_in() - become the server of a name
 * @bp: bootstrap port
 * @service_name: the name
 * @service_port: out, a new receive right; the caller holds no send right
 *
 * The name is published at @bp until the receive right dies, moves on
 * included. The function makes the receive right itself and gives the name
 * server a send right; a name needs no declaration before.
 *
 * Return: BOOTSTRAP_SUCCESS;
 * BOOTSTRAP_SERVICE_ACTIVE, the caller's user has a live service of that name;
 * BOOTSTRAP_NOT_PRIVILEGED, another user has;
 * BOOTSTRAP_NO_MEMORY, the user has published as many names as it may.
 */
kern_return_t bootstrap_check_in(mach_port_t bp, const char *service_name,
				 mach_port_t *service_port);

/**
 * bootstrap_register() - publish a port under a name, or withdraw a name
 * @bp: bootstrap port
 * @service_name: the name
 * @service_port: a send right, of which the name server gets a copy;
 *	MACH_PORT_NULL withdraws the name
 *
 * A live service is never replaced; it has to be withdrawn before. Its own
 * user and the user 0 may do that.
 *
 * Return: BOOTSTRAP_SUCCESS;
 * BOOTSTRAP_SERVICE_ACTIVE, BOOTSTRAP_NOT_PRIVILEGED, BOOTSTRAP_NO_MEMORY as
 * bootstrap_check_in(), the second also for withdrawing another user's name;
 * BOOTSTRAP_UNKNOWN_SERVICE, there is no such name to withdraw;
 * KERN_INVALID_ARGUMENT, the port is dead;
 * MACH_SEND_INVALID_RIGHT, the caller has no send right of that name.
 */
kern_return_t bootstrap_register(mach_port_t bp, const char *service_name,
				 mach_port_t service_port);

/**
 * bootstrap_look_up() - find a service
 * @bp: bootstrap port
 * @service_name: the name
 * @service_port: out, a send right to the service's port
 *
 * A subset that does not know the name asks its parent.
 *
 * Return: BOOTSTRAP_SUCCESS;
 * BOOTSTRAP_UNKNOWN_SERVICE, no live service has that name.
 */
kern_return_t bootstrap_look_up(mach_port_t bp, const char *service_name,
				mach_port_t *service_port);

/**
 * bootstrap_status() - ask whether a service is there
 * @bp: bootstrap port
 * @service_name: the name
 * @service_active: out, BOOTSTRAP_STATUS_*; bootstrapd, which starts no
 *	servers itself, says ACTIVE
 *
 * Return: BOOTSTRAP_SUCCESS;
 * BOOTSTRAP_UNKNOWN_SERVICE, no live service has that name.
 */
kern_return_t bootstrap_status(mach_port_t bp, const char *service_name,
			       bootstrap_status_t *service_active);

/**
 * bootstrap_subset() - make a bootstrap port for a part of the system
 * @bp: bootstrap port, the parent
 * @requestor_port: a send right to the port with which the subset dies; often
 *	mach_task_self()
 * @subset_port: out, a send right to the new bootstrap port
 *
 * What is published at the subset is seen at the subset and at its own
 * subsets only; what is looked up there and not found is looked up at the
 * parent. The subset also dies with its parent.
 *
 * Return: BOOTSTRAP_SUCCESS;
 * BOOTSTRAP_NO_MEMORY, the user has as many subsets as it may;
 * KERN_INVALID_ARGUMENT, @requestor_port is null or dead;
 * MACH_SEND_INVALID_RIGHT, the caller has no send right of that name.
 */
kern_return_t bootstrap_subset(mach_port_t bp, mach_port_t requestor_port,
			       mach_port_t *subset_port);

/**
 * bootstrap_parent() - the bootstrap port a subset was made from
 * @bp: bootstrap port
 * @parent_port: out, a send right; the outermost bootstrap port is its own
 *	parent
 *
 * Return: BOOTSTRAP_SUCCESS;
 * BOOTSTRAP_NOT_PRIVILEGED, the caller's effective user is not 0.
 */
kern_return_t bootstrap_parent(mach_port_t bp, mach_port_t *parent_port);

/**
 * bootstrap_unprivileged() - the same bootstrap port without special powers
 * @bp: bootstrap port
 * @unpriv_port: out, a send right; @bp itself when it has no special powers,
 *	and those of bootstrapd never have
 *
 * Return: BOOTSTRAP_SUCCESS.
 */
kern_return_t bootstrap_unprivileged(mach_port_t bp, mach_port_t *unpriv_port);

/**
 * bootstrap_create_service() - declare a name before its server is there
 * @bp: bootstrap port
 * @service_name: the name
 * @service_port: out, a send right
 *
 * To keep what clients send until the server checks in, bootstrapd would have
 * to pass a receive right on.
 *
 * Return: KERN_NOT_SUPPORTED, from bootstrapd.
 */
kern_return_t bootstrap_create_service(mach_port_t bp, const char *service_name,
				       mach_port_t *service_port);

/*
 * The rest of the protocol, for source that mentions it. It needs servers
 * started by the name server, or out-of-line memory in messages. Always
 * KERN_NOT_SUPPORTED; nothing is sent, nothing is written.
 */
kern_return_t bootstrap_create_server(mach_port_t bp, const char *server_cmd,
				      uid_t server_uid, boolean_t on_demand,
				      mach_port_t *server_port);
kern_return_t bootstrap_look_up_array(mach_port_t bp,
				      name_array_t service_names,
				      mach_msg_type_number_t service_names_cnt,
				      mach_port_array_t *service_ports,
				      mach_msg_type_number_t *service_ports_cnt,
				      boolean_t *all_services_known);
kern_return_t bootstrap_info(mach_port_t bp, name_array_t *service_names,
			     mach_msg_type_number_t *service_names_cnt,
			     name_array_t *server_names,
			     mach_msg_type_number_t *server_names_cnt,
			     bootstrap_status_array_t *service_active,
			     mach_msg_type_number_t *service_active_cnt);

/**
 * bootstrap_strerror() - say what a result of these functions means
 * @r: the result
 *
 * Return: as mach_error_string().
 */
const char *bootstrap_strerror(kern_return_t r);

#ifdef __cplusplus
}
#endif

#endif /* _SERVERS_BOOTSTRAP_H */
