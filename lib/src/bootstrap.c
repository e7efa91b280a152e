// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* The client side of the bootstrap protocol. */
#include <string.h>

#include <servers/bootstrap.h>
#include <servers/bootstrap_msg.h>

#include "internal.h"

/* A request, and in its place the answer with the trailer behind it. */
union exchange {
	union bootstrap_msg msg;
	char room[sizeof(union bootstrap_msg) + sizeof(mach_msg_trailer_t)];
};

static kern_return_t put_name(name_t to, const char *name)
{
	size_t length = strnlen(name, BOOTSTRAP_MAX_NAME_LEN);

	if (length == 0 || length == BOOTSTRAP_MAX_NAME_LEN)
		return KERN_INVALID_ARGUMENT;
	memset(to, 0, sizeof(name_t));
	memcpy(to, name, length);
	return KERN_SUCCESS;
}

static void put_port(mach_msg_body_t *body, mach_msg_port_descriptor_t *to,
		     mach_port_t port, mach_msg_type_name_t disposition)
{
	body->msgh_descriptor_count = 1;
	memset(to, 0, sizeof(*to));
	to->name = port;
	to->disposition = disposition & 0xff;
	to->type = MACH_MSG_PORT_DESCRIPTOR;
}

/*
 * Send a request and receive its answer in the same buffer. Each call has a
 * reply port of its own: an answer that comes after a failure finds it gone.
 */
static kern_return_t exchange(union exchange *x, mach_port_t bp,
			      mach_msg_id_t id, mach_msg_bits_t complex,
			      mach_msg_size_t size)
{
	mach_msg_header_t *head = &x->msg.head;
	mach_port_t reply;
	mach_msg_return_t mr;

	mr = mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE,
				&reply);
	if (mr != KERN_SUCCESS)
		return mr;
	head->msgh_bits = complex | MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND,
						   MACH_MSG_TYPE_MAKE_SEND_ONCE);
	head->msgh_size = size;
	head->msgh_remote_port = bp;
	head->msgh_local_port = reply;
	head->msgh_voucher_port = MACH_PORT_NULL;
	head->msgh_id = id;
	mr = mach_msg(head, MACH_SEND_MSG | MACH_RCV_MSG, size, sizeof(*x),
		      reply, MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL);
	mach_port_mod_refs(mach_task_self(), reply, MACH_PORT_RIGHT_RECEIVE, -1);
	if (mr != MACH_MSG_SUCCESS)
		return mr;

	if (head->msgh_id == id + BOOTSTRAP_MSG_REPLY &&
	    head->msgh_remote_port == MACH_PORT_NULL)
		return KERN_SUCCESS;
	mr = head->msgh_id == MACH_NOTIFY_SEND_ONCE ? MIG_SERVER_DIED :
						      MIG_REPLY_MISMATCH;
	mach_msg_destroy(head);
	return mr;
}

/* The code of an answer that is an error, or no more than a success. */
static kern_return_t take_result(union exchange *x)
{
	mach_msg_header_t *head = &x->msg.head;

	if (!MACH_MSGH_BITS_IS_COMPLEX(head->msgh_bits) &&
	    head->msgh_size == sizeof(x->msg.error))
		return x->msg.error.RetCode;
	mach_msg_destroy(head);
	return MIG_TYPE_ERROR;
}

/* The send right in an answer; @port is written only on success. */
static kern_return_t take_port(union exchange *x, mach_port_t *port)
{
	mach_msg_header_t *head = &x->msg.head;
	struct bootstrap_msg_port *answer = &x->msg.port;
	kern_return_t kr;

	if (!MACH_MSGH_BITS_IS_COMPLEX(head->msgh_bits)) {
		kr = take_result(x);
		return kr != KERN_SUCCESS ? kr : MIG_TYPE_ERROR;
	}
	if (head->msgh_size == sizeof(*answer) &&
	    answer->body.msgh_descriptor_count == 1 &&
	    answer->port.type == MACH_MSG_PORT_DESCRIPTOR &&
	    answer->port.disposition == MACH_MSG_TYPE_PORT_SEND) {
		*port = answer->port.name;
		return KERN_SUCCESS;
	}
	mach_msg_destroy(head);
	return MIG_TYPE_ERROR;
}

/* A request that carries nothing and is answered with a port. */
static kern_return_t ask_port(mach_port_t bp, mach_msg_id_t id,
			      mach_port_t *port)
{
	union exchange x;
	kern_return_t kr;

	kr = exchange(&x, bp, id, 0, sizeof(x.msg.head));
	return kr == KERN_SUCCESS ? take_port(&x, port) : kr;
}

/* A request that carries a name. */
static kern_return_t ask_name(union exchange *x, mach_port_t bp,
			      mach_msg_id_t id, const char *name)
{
	struct bootstrap_msg_name *request = &x->msg.name;
	kern_return_t kr;

	kr = put_name(request->name, name);
	if (kr != KERN_SUCCESS)
		return kr;
	request->ndr = NDR_record;
	return exchange(x, bp, id, 0, sizeof(*request));
}

/* A request that publishes a port under a name. */
static kern_return_t publish(mach_port_t bp, mach_msg_id_t id, const char *name,
			     mach_port_t port, mach_msg_type_name_t disposition)
{
	union exchange x;
	struct bootstrap_msg_name_port *request = &x.msg.name_port;
	kern_return_t kr;

	kr = put_name(request->name, name);
	if (kr != KERN_SUCCESS)
		return kr;
	request->ndr = NDR_record;
	put_port(&request->body, &request->port, port, disposition);
	kr = exchange(&x, bp, id, MACH_MSGH_BITS_COMPLEX, sizeof(*request));
	return kr == KERN_SUCCESS ? take_result(&x) : kr;
}

MACHDEV_EXPORT kern_return_t
bootstrap_check_in(mach_port_t bp, const char *service_name,
		   mach_port_t *service_port)
{
	mach_port_t port;
	kern_return_t kr;

	kr = mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE,
				&port);
	if (kr != KERN_SUCCESS)
		return kr;
	kr = publish(bp, BOOTSTRAP_MSG_CHECK_IN_PORT, service_name, port,
		     MACH_MSG_TYPE_MAKE_SEND);
	if (kr == KERN_SUCCESS)
		*service_port = port;
	else
		mach_port_mod_refs(mach_task_self(), port,
				   MACH_PORT_RIGHT_RECEIVE, -1);
	return kr;
}

MACHDEV_EXPORT kern_return_t
bootstrap_register(mach_port_t bp, const char *service_name,
		   mach_port_t service_port)
{
	return publish(bp, BOOTSTRAP_MSG_REGISTER, service_name, service_port,
		       MACH_MSG_TYPE_COPY_SEND);
}

MACHDEV_EXPORT kern_return_t
bootstrap_look_up(mach_port_t bp, const char *service_name,
		  mach_port_t *service_port)
{
	union exchange x;
	mach_port_t port;
	kern_return_t kr;

	kr = ask_name(&x, bp, BOOTSTRAP_MSG_LOOK_UP, service_name);
	if (kr == KERN_SUCCESS)
		kr = take_port(&x, &port);
	if (kr != KERN_SUCCESS)
		return kr;
	/* The service may have died while the answer was under way. */
	if (!MACH_PORT_VALID(port))
		return BOOTSTRAP_UNKNOWN_SERVICE;
	*service_port = port;
	return BOOTSTRAP_SUCCESS;
}

MACHDEV_EXPORT kern_return_t
bootstrap_status(mach_port_t bp, const char *service_name,
		 bootstrap_status_t *service_active)
{
	union exchange x;
	struct bootstrap_msg_status *answer = &x.msg.status;
	kern_return_t kr;

	kr = ask_name(&x, bp, BOOTSTRAP_MSG_STATUS, service_name);
	if (kr != KERN_SUCCESS)
		return kr;
	if (MACH_MSGH_BITS_IS_COMPLEX(x.msg.head.msgh_bits) ||
	    x.msg.head.msgh_size != sizeof(*answer)) {
		kr = take_result(&x);
		return kr != KERN_SUCCESS ? kr : MIG_TYPE_ERROR;
	}
	if (answer->result == KERN_SUCCESS)
		*service_active = answer->status;
	return answer->result;
}

MACHDEV_EXPORT kern_return_t
bootstrap_subset(mach_port_t bp, mach_port_t requestor_port,
		 mach_port_t *subset_port)
{
	union exchange x;
	struct bootstrap_msg_port *request = &x.msg.port;
	kern_return_t kr;

	put_port(&request->body, &request->port, requestor_port,
		 MACH_MSG_TYPE_COPY_SEND);
	kr = exchange(&x, bp, BOOTSTRAP_MSG_SUBSET, MACH_MSGH_BITS_COMPLEX,
		      sizeof(*request));
	return kr == KERN_SUCCESS ? take_port(&x, subset_port) : kr;
}

MACHDEV_EXPORT kern_return_t
bootstrap_parent(mach_port_t bp, mach_port_t *parent_port)
{
	return ask_port(bp, BOOTSTRAP_MSG_PARENT, parent_port);
}

MACHDEV_EXPORT kern_return_t
bootstrap_unprivileged(mach_port_t bp, mach_port_t *unpriv_port)
{
	return ask_port(bp, BOOTSTRAP_MSG_UNPRIVILEGED, unpriv_port);
}

MACHDEV_EXPORT kern_return_t
bootstrap_create_service(mach_port_t bp, const char *service_name,
			 mach_port_t *service_port)
{
	union exchange x;
	kern_return_t kr;

	kr = ask_name(&x, bp, BOOTSTRAP_MSG_CREATE_SERVICE, service_name);
	return kr == KERN_SUCCESS ? take_port(&x, service_port) : kr;
}

MACHDEV_EXPORT kern_return_t
bootstrap_create_server(mach_port_t bp, const char *server_cmd,
			uid_t server_uid, boolean_t on_demand,
			mach_port_t *server_port)
{
	(void)bp;
	(void)server_cmd;
	(void)server_uid;
	(void)on_demand;
	(void)server_port;
	return KERN_NOT_SUPPORTED;
}

MACHDEV_EXPORT kern_return_t
bootstrap_look_up_array(mach_port_t bp, name_array_t service_names,
			mach_msg_type_number_t service_names_cnt,
			mach_port_array_t *service_ports,
			mach_msg_type_number_t *service_ports_cnt,
			boolean_t *all_services_known)
{
	(void)bp;
	(void)service_names;
	(void)service_names_cnt;
	(void)service_ports;
	(void)service_ports_cnt;
	(void)all_services_known;
	return KERN_NOT_SUPPORTED;
}

MACHDEV_EXPORT kern_return_t
bootstrap_info(mach_port_t bp, name_array_t *service_names,
	       mach_msg_type_number_t *service_names_cnt,
	       name_array_t *server_names,
	       mach_msg_type_number_t *server_names_cnt,
	       bootstrap_status_array_t *service_active,
	       mach_msg_type_number_t *service_active_cnt)
{
	(void)bp;
	(void)service_names;
	(void)service_names_cnt;
	(void)server_names;
	(void)server_names_cnt;
	(void)service_active;
	(void)service_active_cnt;
	return KERN_NOT_SUPPORTED;
}

MACHDEV_EXPORT const char *bootstrap_strerror(kern_return_t r)
{
	return mach_error_string(r);
}
