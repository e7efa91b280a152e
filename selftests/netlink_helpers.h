/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the tests of the netlink family share: sockets, dumps line by line,
 * events, all on libnl.
 */
#ifndef NETLINK_HELPERS_H
#define NETLINK_HELPERS_H

#include <netlink/attr.h>
#include <netlink/errno.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include <linux/machdev_netlink.h>

#include "port_helpers.h"

/* More than the attributes of any object. */
#define ATTRS 32

/*
 * Sockets
 */

struct netlink {
	struct nl_sock *socket;
	int family;
	int error;	/* of the latest request, a negative errno */
};

static inline void netlink_open(struct netlink *netlink)
{
	netlink->socket = nl_socket_alloc();
	MUST(netlink->socket ? 0 : -ENOMEM);
	MUST(genl_connect(netlink->socket));
	netlink->family = genl_ctrl_resolve(netlink->socket,
					    MACHDEV_NETLINK_NAME);
	MUST(netlink->family < 0 ? netlink->family : 0);
	MUST(nl_socket_set_msg_buf_size(netlink->socket, 1 << 16));
}

static inline void netlink_close(struct netlink *netlink)
{
	nl_socket_free(netlink->socket);
}

static inline int netlink_send(struct netlink *netlink, int cmd, uint32_t pid)
{
	struct nl_msg *msg = nlmsg_alloc();
	int ret;

	MUST(msg ? 0 : -ENOMEM);
	genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, netlink->family, 0,
		    NLM_F_DUMP, cmd, MACHDEV_NETLINK_VERSION);
	if (pid)
		nla_put_u32(msg, MACHDEV_A_TASK_PID, pid);
	ret = nl_send_auto(netlink->socket, msg);
	nlmsg_free(msg);
	return ret;
}

/*
 * Dumps
 */

typedef void netlink_line(struct nlattr **attrs, void *argument);

struct netlink_dump {
	struct netlink *netlink;
	netlink_line *line;
	void *argument;
	int lines;
	bool done;
};

static inline int netlink_valid(struct nl_msg *msg, void *argument)
{
	struct netlink_dump *dump = argument;
	struct nlattr *attrs[ATTRS];

	MUST(genlmsg_parse(nlmsg_hdr(msg), 0, attrs, ATTRS - 1, NULL));
	dump->lines++;
	if (dump->line)
		dump->line(attrs, dump->argument);
	return NL_OK;
}

/* The end of a dump says whether it is one. */
static inline int netlink_finish(struct nl_msg *msg, void *argument)
{
	struct netlink_dump *dump = argument;
	struct nlmsghdr *header = nlmsg_hdr(msg);

	if (nlmsg_datalen(header) >= (int)sizeof(int))
		dump->netlink->error = *(int *)nlmsg_data(header);
	dump->done = true;
	return NL_STOP;
}

static inline int netlink_failed(struct sockaddr_nl *address,
				 struct nlmsgerr *error, void *argument)
{
	struct netlink_dump *dump = argument;

	dump->netlink->error = error->error;
	dump->done = true;
	return NL_STOP;
}

static inline void netlink_receive(struct netlink_dump *dump)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int ret;

	MUST(cb ? 0 : -ENOMEM);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, netlink_valid, dump);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, netlink_finish, dump);
	nl_cb_err(cb, NL_CB_CUSTOM, netlink_failed, dump);
	while (!dump->done) {
		ret = nl_recvmsgs(dump->netlink->socket, cb);
		if (ret < 0 && !dump->done) {
			dump->netlink->error = -EIO;
			break;
		}
	}
	nl_cb_put(cb);
}

/* Asks for a dump, of one task unless @pid is 0. Number of lines or -errno. */
static inline int netlink_dump(struct netlink *netlink, int cmd, uint32_t pid,
			       netlink_line *line, void *argument)
{
	struct netlink_dump dump = {
		.netlink = netlink, .line = line, .argument = argument,
	};

	netlink->error = 0;
	MUST(netlink_send(netlink, cmd, pid) < 0 ? -EIO : 0);
	netlink_receive(&dump);
	return netlink->error ?: dump.lines;
}

/*
 * Attributes
 */

static inline uint32_t attr_u32(struct nlattr **attrs, int type)
{
	return attrs[type] && nla_len(attrs[type]) == sizeof(uint32_t) ?
		nla_get_u32(attrs[type]) : TEST_POISON32;
}

static inline uint64_t attr_u64(struct nlattr **attrs, int type)
{
	return attrs[type] && nla_len(attrs[type]) == sizeof(uint64_t) ?
		nla_get_u64(attrs[type]) : UINT64_MAX;
}

/*
 * The lines that are kept of a dump: their values by number, u64 as they are.
 * A value that is missing reads as ABSENT.
 */

#define ABSENT (UINT64_MAX - 1)

struct line {
	uint64_t value[ATTRS];
};

struct lines {
	struct line *line;
	int count;
	int room;
};

static inline void lines_add(struct nlattr **attrs, void *argument)
{
	struct lines *lines = argument;
	struct line *line;
	int i;

	if (lines->count == lines->room) {
		lines->room = lines->room * 2 + 64;
		lines->line = realloc(lines->line,
				      lines->room * sizeof(*lines->line));
		MUST(lines->line ? 0 : -ENOMEM);
	}
	line = &lines->line[lines->count++];
	for (i = 0; i < ATTRS; i++) {
		line->value[i] = ABSENT;
		if (!attrs[i])
			continue;
		if (nla_len(attrs[i]) == 8)
			line->value[i] = nla_get_u64(attrs[i]);
		else if (nla_len(attrs[i]) == 4)
			line->value[i] = nla_get_u32(attrs[i]);
		else
			line->value[i] = nla_len(attrs[i]);
	}
}

static inline int lines_read(struct netlink *netlink, struct lines *lines,
			     int cmd, uint32_t pid)
{
	lines->count = 0;
	return netlink_dump(netlink, cmd, pid, lines_add, lines);
}

/* The only line in which attribute @type is @value; NULL for none or many. */
static inline struct line *lines_find(struct lines *lines, int type,
				      uint64_t value)
{
	struct line *found = NULL;
	int i;

	for (i = 0; i < lines->count; i++) {
		if (lines->line[i].value[type] != value)
			continue;
		if (found)
			return NULL;
		found = &lines->line[i];
	}
	return found;
}

static inline int lines_with(struct lines *lines, int type, uint64_t value)
{
	int i, n = 0;

	for (i = 0; i < lines->count; i++)
		n += lines->line[i].value[type] == value;
	return n;
}

/* EXPECT_EQ() for a value of a line. */
#define EXPECT_VALUE(expected, line, type) \
	EXPECT_EQ((uint64_t)(expected), (line)->value[type])

#endif /* NETLINK_HELPERS_H */
