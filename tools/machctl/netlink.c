// SPDX-License-Identifier: GPL-2.0-only
/* The netlink family, asked and listened to. */
#include <errno.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdio.h>
#include <string.h>

#include <linux/machdev_netlink.h>

#include "machctl.h"

#define ATTRS 64

/* A dump, or what is listened to. */
struct request {
	const struct column *columns;
	struct json_object *list;
	bool (*event)(struct json_object *line);
	uint32_t pid;
	int family;
	int error;
	bool done;
};

static void __attribute__((noreturn)) fail_errno(const struct request *request)
{
	int error = -request->error;

	switch (error) {
	case ESRCH:
		fail(EXIT_NO_TASK, "%u: no such process, or it is no task",
		     request->pid);
	case EPERM:
	case EACCES:
		if (request->pid)
			fail(EXIT_DENIED, "%u: not permitted", request->pid);
		fail(EXIT_DENIED, "not permitted");
	case ENODEV:
		fail(EXIT_NO_MODULE, "the module has been shut down");
	default:
		fail(EXIT_FAILED, "netlink: %s", strerror(error));
	}
}

static struct nl_sock *connect_family(int *family)
{
	struct nl_sock *socket = nl_socket_alloc();
	int ret;

	if (!socket)
		fail(EXIT_FAILED, "no memory");
	ret = genl_connect(socket);
	if (ret)
		fail(EXIT_FAILED, "netlink: %s", nl_geterror(ret));
	nl_socket_set_msg_buf_size(socket, 1 << 16);
	*family = genl_ctrl_resolve(socket, MACHDEV_NETLINK_NAME);
	if (*family == -NLE_OBJ_NOTFOUND)
		fail(EXIT_NO_MODULE,
		     "the module is not loaded, or not to be seen from this network name space");
	if (*family < 0)
		fail(EXIT_FAILED, "netlink: %s", nl_geterror(*family));
	return socket;
}

/* Is it the kernel's word that the family has gone, with the module? */
static bool is_end(struct nl_msg *msg, const struct request *request)
{
	struct nlattr *attrs[CTRL_ATTR_MAX + 1];
	struct nlmsghdr *header = nlmsg_hdr(msg);

	return genlmsg_hdr(header)->cmd == CTRL_CMD_DELFAMILY &&
	       !genlmsg_parse(header, 0, attrs, CTRL_ATTR_MAX, NULL) &&
	       attrs[CTRL_ATTR_FAMILY_ID] &&
	       nla_get_u16(attrs[CTRL_ATTR_FAMILY_ID]) == request->family;
}

static int take_line(struct nl_msg *msg, void *argument)
{
	struct request *request = argument;
	struct nlattr *attrs[ATTRS];
	struct json_object *line;

	if (nlmsg_hdr(msg)->nlmsg_type == GENL_ID_CTRL) {
		request->done = is_end(msg, request);
		return request->done ? NL_STOP : NL_OK;
	}
	if (genlmsg_parse(nlmsg_hdr(msg), 0, attrs, ATTRS - 1, NULL)) {
		request->error = -EBADMSG;
		return NL_STOP;
	}
	line = line_from(request->columns, attrs);
	if (!request->event) {
		json_object_array_add(request->list, line);
		return NL_OK;
	}
	request->done = !request->event(line);
	json_object_put(line);
	return request->done ? NL_STOP : NL_OK;
}

static int take_end(struct nl_msg *msg, void *argument)
{
	struct request *request = argument;
	struct nlmsghdr *header = nlmsg_hdr(msg);

	if (nlmsg_datalen(header) >= (int)sizeof(int))
		request->error = *(int *)nlmsg_data(header);
	request->done = true;
	return NL_STOP;
}

static int take_error(struct sockaddr_nl *address, struct nlmsgerr *error,
		      void *argument)
{
	struct request *request = argument;

	(void)address;
	request->error = error->error;
	request->done = true;
	return NL_STOP;
}

/* Events answer no request, so their sequence number is none. */
static int take_unasked(struct nl_msg *msg, void *argument)
{
	(void)msg;
	(void)argument;
	return NL_OK;
}

static struct nl_cb *callbacks(struct request *request)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);

	if (!cb)
		fail(EXIT_FAILED, "no memory");
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, take_line, request);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, take_end, request);
	nl_cb_err(cb, NL_CB_CUSTOM, take_error, request);
	return cb;
}

/* All lines of a dump, of one task unless @pid is 0. */
struct json_object *netlink_dump(int cmd, uint32_t pid,
				 const struct column *columns)
{
	struct request request = {
		.columns = columns,
		.list = json_object_new_array(),
		.pid = pid,
	};
	struct nl_msg *msg = nlmsg_alloc();
	struct nl_sock *socket;
	struct nl_cb *cb;
	int family, ret;

	socket = connect_family(&family);
	cb = callbacks(&request);
	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0,
				 NLM_F_DUMP, (uint8_t)cmd,
				 MACHDEV_NETLINK_VERSION) ||
	    (pid && nla_put_u32(msg, MACHDEV_A_TASK_PID, pid)))
		fail(EXIT_FAILED, "no memory");
	ret = nl_send_auto(socket, msg);
	while (ret >= 0 && !request.done && !request.error)
		ret = nl_recvmsgs(socket, cb);
	if (request.error)
		fail_errno(&request);
	if (ret < 0)
		fail(EXIT_FAILED, "netlink: %s", nl_geterror(ret));
	nl_cb_put(cb);
	nlmsg_free(msg);
	nl_socket_free(socket);
	return request.list;
}

/* Fails where there will be no events any more. */
static void expect_events(void)
{
	static const struct column nothing[] = { { 0 } };

	json_object_put(netlink_dump(MACHDEV_CMD_COUNTER_GET, 0, nothing));
}

/* So that nobody waits for an end that went by unseen. */
static bool is_gone(int family)
{
	struct nl_sock *socket = nl_socket_alloc();
	bool gone;

	gone = socket && !genl_connect(socket) &&
	       genl_ctrl_resolve(socket, MACHDEV_NETLINK_NAME) != family;
	nl_socket_free(socket);
	return gone;
}

static void join(struct nl_sock *socket, const char *family, const char *name)
{
	int group = genl_ctrl_resolve_grp(socket, family, name), ret;

	if (group < 0)
		fail(EXIT_FAILED, "netlink: %s", nl_geterror(group));
	ret = nl_socket_add_membership(socket, group);
	if (ret == -NLE_PERM)
		fail(EXIT_DENIED, "not permitted");
	if (ret)
		fail(EXIT_FAILED, "netlink: %s", nl_geterror(ret));
}

/*
 * Says when it has joined the group, then gives one event after the other,
 * until one is answered by false or there is no family any more.
 */
void netlink_watch(const struct column *columns, void (*joined)(void),
		   bool (*event)(struct json_object *line))
{
	struct request request = { .columns = columns, .event = event };
	struct nl_sock *socket;
	struct nl_cb *cb;
	int ret;

	socket = connect_family(&request.family);
	nl_socket_set_buffer_size(socket, 1 << 20, 0);
	join(socket, MACHDEV_NETLINK_NAME, MACHDEV_NETLINK_EVENTS);
	join(socket, "nlctrl", "notify");
	expect_events();
	joined();
	cb = callbacks(&request);
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, take_unasked, NULL);
	while (!request.done) {
		ret = nl_recvmsgs(socket, cb);
		/* Too late: the next event's number tells how many went by. */
		if (ret == -NLE_NOMEM)
			request.done |= is_gone(request.family);
		else if (ret < 0)
			fail(EXIT_FAILED, "netlink: %s", nl_geterror(ret));
	}
	nl_cb_put(cb);
	nl_socket_free(socket);
}
