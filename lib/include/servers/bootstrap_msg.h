/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/*
 * The messages of the bootstrap protocol, for those who write a name server.
 *
 * The layouts are those that MIG makes of subsystem 400. The answer to request
 * N has id N + BOOTSTRAP_MSG_REPLY. A routine that fails is answered with a
 * mig_reply_error_t that holds the code, and so is one that returns no more
 * than its success.
 *
 *   request                         carries         answer
 *   BOOTSTRAP_MSG_CHECK_IN          name            receive right
 *   BOOTSTRAP_MSG_REGISTER          name, port      success
 *   BOOTSTRAP_MSG_LOOK_UP           name            send right
 *   BOOTSTRAP_MSG_PARENT            nothing         send right
 *   BOOTSTRAP_MSG_STATUS            name            status
 *   BOOTSTRAP_MSG_SUBSET            port            send right
 *   BOOTSTRAP_MSG_CREATE_SERVICE    name            send right
 *   BOOTSTRAP_MSG_UNPRIVILEGED      nothing         send right
 *   BOOTSTRAP_MSG_CHECK_IN_PORT     name, port      success
 *
 * CHECK_IN_PORT is not classic: it is a check-in whose receive right the
 * caller has made and keeps.
 */
#ifndef _SERVERS_BOOTSTRAP_MSG_H
#define _SERVERS_BOOTSTRAP_MSG_H

#include <mach/message.h>
#include <mach/mig_errors.h>
#include <mach/ndr.h>
#include <servers/bootstrap.h>

#define BOOTSTRAP_MSG_CREATE_SERVER 400
#define BOOTSTRAP_MSG_UNPRIVILEGED 401
#define BOOTSTRAP_MSG_CHECK_IN 402
#define BOOTSTRAP_MSG_REGISTER 403
#define BOOTSTRAP_MSG_LOOK_UP 404
#define BOOTSTRAP_MSG_LOOK_UP_ARRAY 405
#define BOOTSTRAP_MSG_PARENT 406
#define BOOTSTRAP_MSG_STATUS 407
#define BOOTSTRAP_MSG_INFO 408
#define BOOTSTRAP_MSG_SUBSET 409
#define BOOTSTRAP_MSG_CREATE_SERVICE 410
#define BOOTSTRAP_MSG_CHECK_IN_PORT 450

#define BOOTSTRAP_MSG_REPLY 100

#pragma pack(push, 4)

/**
 * struct bootstrap_msg_name - a request that carries a name, 160 bytes
 * @head: simple
 * @ndr: data representation
 * @name: 0-terminated
 */
struct bootstrap_msg_name {
	mach_msg_header_t head;
	NDR_record_t ndr;
	name_t name;
};

/**
 * struct bootstrap_msg_name_port - a request with a name and a port, 176 bytes
 * @head: complex
 * @body: one descriptor
 * @port: a send right
 * @ndr: data representation
 * @name: 0-terminated
 */
struct bootstrap_msg_name_port {
	mach_msg_header_t head;
	mach_msg_body_t body;
	mach_msg_port_descriptor_t port;
	NDR_record_t ndr;
	name_t name;
};

/**
 * struct bootstrap_msg_port - a request or an answer that is a port, 40 bytes
 * @head: complex
 * @body: one descriptor
 * @port: a send right
 */
struct bootstrap_msg_port {
	mach_msg_header_t head;
	mach_msg_body_t body;
	mach_msg_port_descriptor_t port;
};

/**
 * struct bootstrap_msg_status - the answer to BOOTSTRAP_MSG_STATUS, 40 bytes
 * @head: simple
 * @ndr: data representation
 * @result: BOOTSTRAP_SUCCESS
 * @status: BOOTSTRAP_STATUS_*
 */
struct bootstrap_msg_status {
	mach_msg_header_t head;
	NDR_record_t ndr;
	kern_return_t result;
	bootstrap_status_t status;
};

#pragma pack(pop)

/**
 * union bootstrap_msg - room for any of these messages, without trailer
 * @head: any
 * @error: an answer of some routine
 * @name: struct bootstrap_msg_name
 * @name_port: struct bootstrap_msg_name_port
 * @port: struct bootstrap_msg_port
 * @status: struct bootstrap_msg_status
 */
union bootstrap_msg {
	mach_msg_header_t head;
	mig_reply_error_t error;
	struct bootstrap_msg_name name;
	struct bootstrap_msg_name_port name_port;
	struct bootstrap_msg_port port;
	struct bootstrap_msg_status status;
};

#endif /* _SERVERS_BOOTSTRAP_MSG_H */
