// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Loops of servers: receive a request, have it answered, send the reply. */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

#include <mach/mig_errors.h>

typedef boolean_t demux_t(mach_msg_header_t *request, mach_msg_header_t *reply);

struct server {
	mach_port_t port;
	mach_msg_option_t option;
	mach_msg_size_t room;		/* for a request and its trailer */
	mach_msg_header_t *request;
	mig_reply_error_t *reply;
};

static mach_msg_return_t make_buffers(struct server *server)
{
	size_t size = server->room;
	int saved = errno;

	if (size < sizeof(mig_reply_error_t))
		size = sizeof(mig_reply_error_t);
	free(server->request);
	free(server->reply);
	server->request = malloc(size);
	server->reply = malloc(size);
	errno = saved;
	return server->request && server->reply ? MACH_MSG_SUCCESS :
						  KERN_RESOURCE_SHORTAGE;
}

static mach_msg_return_t receive(struct server *server)
{
	mach_msg_return_t result;

	for (;;) {
		result = mach_msg(server->request,
				  MACH_RCV_MSG | server->option, 0,
				  server->room, server->port,
				  MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL);
		if (result != MACH_RCV_TOO_LARGE ||
		    !(server->option & MACH_RCV_LARGE))
			return result;
		/* It has stayed, and its size is known now. */
		server->room = server->request->msgh_size + MAX_TRAILER_SIZE;
		result = make_buffers(server);
		if (result != MACH_MSG_SUCCESS)
			return result;
	}
}

static bool is_complex(const mach_msg_header_t *head)
{
	return MACH_MSGH_BITS_IS_COMPLEX(head->msgh_bits);
}

/* A reply that could not be sent goes with all its rights. */
static void destroy_reply(mach_msg_header_t *head)
{
	mach_msg_type_name_t type = MACH_MSGH_BITS_LOCAL(head->msgh_bits);

	if (MACH_PORT_VALID(head->msgh_local_port) &&
	    (type == MACH_MSG_TYPE_MOVE_SEND ||
	     type == MACH_MSG_TYPE_MOVE_SEND_ONCE))
		mach_port_deallocate(__machdev_task(), head->msgh_local_port);
	mach_msg_destroy(head);
}

/* A client that is gone, or does not receive, is no error of the server. */
static mach_msg_return_t answer(struct server *server)
{
	mach_msg_header_t *head = &server->reply->Head;
	mach_msg_option_t option = MACH_SEND_MSG;
	mach_msg_return_t result;

	if (!is_complex(head)) {
		if (server->reply->RetCode == MIG_NO_REPLY)
			return MACH_MSG_SUCCESS;
		if (server->reply->RetCode != KERN_SUCCESS &&
		    is_complex(server->request)) {
			/* The reply right is in the reply by now. */
			server->request->msgh_remote_port = MACH_PORT_NULL;
			mach_msg_destroy(server->request);
		}
	}
	if (head->msgh_remote_port == MACH_PORT_NULL) {
		mach_msg_destroy(head);
		return MACH_MSG_SUCCESS;
	}
	if (MACH_MSGH_BITS_REMOTE(head->msgh_bits) !=
	    MACH_MSG_TYPE_MOVE_SEND_ONCE)
		option |= MACH_SEND_TIMEOUT;
	result = mach_msg(head, option, head->msgh_size, 0, MACH_PORT_NULL, 0,
			  MACH_PORT_NULL);
	if (result == MACH_SEND_INVALID_DEST || result == MACH_SEND_TIMED_OUT) {
		destroy_reply(head);
		return MACH_MSG_SUCCESS;
	}
	return result;
}

static mach_msg_return_t serve(demux_t *demux, mach_msg_size_t max_size,
			       mach_port_t port, mach_msg_options_t options,
			       bool once)
{
	struct server server = {
		.port = port,
		.option = options & ~MACH_SEND_MSG,
		.room = max_size + MAX_TRAILER_SIZE,
	};
	mach_msg_return_t result;

	if (max_size > UINT32_MAX - MAX_TRAILER_SIZE)
		return KERN_INVALID_ARGUMENT;
	result = make_buffers(&server);
	while (result == MACH_MSG_SUCCESS) {
		result = receive(&server);
		if (result != MACH_MSG_SUCCESS)
			break;
		demux(server.request, &server.reply->Head);
		result = answer(&server);
		if (once)
			break;
	}
	free(server.request);
	free(server.reply);
	return result;
}

MACHDEV_EXPORT mach_msg_return_t
mach_msg_server_once(demux_t *demux, mach_msg_size_t max_size,
		     mach_port_t rcv_name, mach_msg_options_t options)
{
	return serve(demux, max_size, rcv_name, options, true);
}

MACHDEV_EXPORT mach_msg_return_t
mach_msg_server(demux_t *demux, mach_msg_size_t max_size,
		mach_port_t rcv_name, mach_msg_options_t options)
{
	return serve(demux, max_size, rcv_name, options, false);
}

MACHDEV_EXPORT mach_msg_return_t
mach_msg_server_importance(demux_t *demux, mach_msg_size_t max_size,
			   mach_port_t rcv_name, mach_msg_options_t options)
{
	return serve(demux, max_size, rcv_name, options, false);
}
