// SPDX-License-Identifier: GPL-2.0-only
/* What an actor can do: one order, one result. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mach/notify.h>
#include <machdev.h>
#include <servers/bootstrap.h>

#include "demo.h"

#define PATIENCE 20000		/* milliseconds, for whatever is waited for */
#define WITH_TOKENS MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_AUDIT)

/* A message as it is received. */
union received {
	mach_msg_header_t head;
	struct note note;
	mach_dead_name_notification_t death;
	char room[256];
};

/* What this actor holds. */
static struct {
	mach_port_t bootstrap;
	mach_port_t service;	/* receive right, the server's */
	mach_port_t peer;	/* send right, a client's */
	mach_port_t notify;	/* receive right */
	mach_port_t security;	/* the host security port */
} mine;

static int own_wire, childs_wire;

static void who(struct result *r)
{
	char text[256];
	FILE *id = popen("id", "r");

	r->kr = KERN_FAILURE;
	if (!id)
		return;
	if (fgets(text, sizeof(text), id)) {
		const char *gid = strstr(text, " gid=");

		if (gid && sscanf(text, "uid=%u", &r->uid) == 1 &&
		    sscanf(gid, " gid=%u", &r->gid) == 1)
			r->kr = KERN_SUCCESS;
	}
	pclose(id);
	r->pid = getpid();
}

/* Receive a message and the tokens of its sender. */
static kern_return_t receive(mach_port_t port, union received *m,
			     struct tokens *tokens)
{
	const mach_msg_audit_trailer_t *trailer;
	kern_return_t kr;

	kr = mach_msg(&m->head, MACH_RCV_MSG | MACH_RCV_TIMEOUT | WITH_TOKENS,
		      0, sizeof(*m), port, PATIENCE, MACH_PORT_NULL);
	if (kr != MACH_MSG_SUCCESS)
		return kr;
	trailer = (const void *)&m->room[m->head.msgh_size];
	if (trailer->msgh_trailer_type != MACH_MSG_TRAILER_FORMAT_0 ||
	    trailer->msgh_trailer_size != sizeof(*trailer))
		return KERN_FAILURE;
	tokens->security = trailer->msgh_sender;
	tokens->audit = trailer->msgh_audit;
	return KERN_SUCCESS;
}

static kern_return_t send_note(mach_msg_bits_t bits, mach_port_t to,
			       mach_port_t reply, uint32_t number)
{
	struct note note = {
		.head.msgh_bits = bits,
		.head.msgh_size = sizeof(note),
		.head.msgh_remote_port = to,
		.head.msgh_local_port = reply,
		.head.msgh_id = NOTE_ID,
		.number = number,
	};

	return mach_msg(&note.head, MACH_SEND_MSG | MACH_SEND_TIMEOUT,
			sizeof(note), 0, MACH_PORT_NULL, PATIENCE,
			MACH_PORT_NULL);
}

static bool is_note(const union received *m)
{
	return m->head.msgh_id == NOTE_ID &&
	       m->head.msgh_size == sizeof(struct note);
}

static void call(uint32_t number, struct result *r)
{
	mach_port_t reply = mach_reply_port();
	union received m;

	r->kr = send_note(MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND,
					 MACH_MSG_TYPE_MAKE_SEND_ONCE),
			  mine.peer, reply, number);
	if (r->kr == KERN_SUCCESS)
		r->kr = receive(reply, &m, &r->tokens);
	if (r->kr == KERN_SUCCESS && is_note(&m))
		r->number = m.note.number;
	mach_port_mod_refs(mach_task_self(), reply, MACH_PORT_RIGHT_RECEIVE,
			   -1);
}

static void receive_note(struct result *r)
{
	union received m;

	r->kr = receive(mine.service, &m, &r->tokens);
	if (r->kr != KERN_SUCCESS)
		return;
	if (!is_note(&m)) {
		mach_msg_destroy(&m.head);
		r->kr = KERN_FAILURE;
		return;
	}
	r->number = m.note.number;
	if (m.head.msgh_remote_port != MACH_PORT_NULL)
		r->kr = send_note(MACH_MSGH_BITS_REMOTE(m.head.msgh_bits),
				  m.head.msgh_remote_port, MACH_PORT_NULL,
				  r->number);
}

static void queued(struct result *r)
{
	mach_port_status_t status;
	mach_msg_type_number_t count = MACH_PORT_RECEIVE_STATUS_COUNT;

	r->kr = mach_port_get_attributes(mach_task_self(), mine.service,
					 MACH_PORT_RECEIVE_STATUS,
					 (mach_port_info_t)&status, &count);
	if (r->kr == KERN_SUCCESS)
		r->number = status.mps_msgcount;
}

static void my_tokens(struct result *r)
{
	mach_msg_type_number_t count = TASK_SECURITY_TOKEN_COUNT;

	r->kr = task_info(mach_task_self(), TASK_SECURITY_TOKEN,
			  (task_info_t)&r->tokens.security, &count);
	if (r->kr != KERN_SUCCESS)
		return;
	count = TASK_AUDIT_TOKEN_COUNT;
	r->kr = task_info(mach_task_self(), TASK_AUDIT_TOKEN,
			  (task_info_t)&r->tokens.audit, &count);
}

static kern_return_t take_priv(mach_port_t *priv)
{
	mach_port_t host = mach_host_self();
	kern_return_t kr = host_get_host_priv_port(host, priv);

	mach_port_deallocate(mach_task_self(), host);
	return kr;
}

/* A special port of the host, by way of the privileged host port. */
static void host_port(int which, struct result *r)
{
	mach_port_t priv;

	r->kr = take_priv(&priv);
	if (r->kr != KERN_SUCCESS)
		return;
	r->kr = host_get_special_port(priv, HOST_LOCAL_NODE, which, &r->name);
	mach_port_deallocate(mach_task_self(), priv);
}

static void set_tokens(const struct order *o, struct result *r)
{
	mach_port_t task;

	r->kr = task_for_pid(mach_task_self(), o->pid, &task);
	if (r->kr != KERN_SUCCESS)
		return;
	r->name = task;
	r->kr = host_security_set_task_token(mine.security, task,
					     o->tokens.security,
					     o->tokens.audit, MACH_PORT_NULL);
	mach_port_deallocate(mach_task_self(), task);
}

static kern_return_t set_own_tokens(mach_port_t port,
				    const struct tokens *tokens)
{
	return host_security_set_task_token(port, mach_task_self(),
					    tokens->security, tokens->audit,
					    MACH_PORT_NULL);
}

static void forge(const struct order *o, struct result *r)
{
	mach_port_t instead[FORGERIES] = {
		MACH_PORT_NULL, mach_host_self(), mach_task_self(),
	};
	int i;

	for (i = 0; i < FORGERIES; i++)
		r->forgeries[i] = set_own_tokens(instead[i], &o->tokens);
	mach_port_deallocate(mach_task_self(), instead[1]);
}

static void watch(struct result *r)
{
	mach_port_t previous;

	r->kr = mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE,
				   &mine.notify);
	if (r->kr != KERN_SUCCESS)
		return;
	r->kr = mach_port_request_notification(mach_task_self(), mine.peer,
					       MACH_NOTIFY_DEAD_NAME, 0,
					       mine.notify,
					       MACH_MSG_TYPE_MAKE_SEND_ONCE,
					       &previous);
	r->name = mine.peer;
}

static void wait_death(struct result *r)
{
	union received m;

	r->kr = receive(mine.notify, &m, &r->tokens);
	if (r->kr != KERN_SUCCESS)
		return;
	r->number = m.head.msgh_id;
	if (m.head.msgh_id == MACH_NOTIFY_DEAD_NAME)
		r->name = m.death.not_port;
}

/* Look at the next message, and at all that the kernel says of it. */
static void take(struct result *r)
{
	const machdev_origin_trailer_t *origin;
	union received m;

	r->kr = mach_msg(&m.head, MACH_RCV_MSG | MACH_RCV_TIMEOUT |
			 MACH_RCV_TRAILER_TYPE(MACHDEV_TRAILER_FORMAT_ORIGIN),
			 0, sizeof(m), mine.service, PATIENCE, MACH_PORT_NULL);
	if (r->kr != KERN_SUCCESS)
		return;
	r->number = m.head.msgh_id;
	r->bits = m.head.msgh_bits;
	r->size = m.head.msgh_size;
	r->name = m.head.msgh_local_port;
	origin = (const void *)&m.room[m.head.msgh_size];
	memcpy(&r->tokens.security, origin->trailer.security,
	       sizeof(r->tokens.security));
	memcpy(&r->tokens.audit, origin->trailer.audit,
	       sizeof(r->tokens.audit));
	r->origin = origin->kind;
	r->pid = origin->pid;
	r->uid = origin->euid;
	mach_msg_destroy(&m.head);
}

static void lend(struct result *r)
{
	int fd = open(MACHDEV_DEVICE, O_RDWR | O_CLOEXEC);
	struct machdev_name self = { 0 };

	r->kr = KERN_FAILURE;
	if (fd < 0)
		return;
	r->kr = ioctl(fd, MACHDEV_IOC_TASK_SELF, &self);
	if (r->kr == KERN_SUCCESS && !stage_hand_over(fd))
		r->kr = KERN_FAILURE;
	close(fd);
}

/* Returns only when that fails. */
static void exec_gaining(struct result *r)
{
	char wire[16];

	snprintf(wire, sizeof(wire), "%d", own_wire);
	fcntl(own_wire, F_SETFD, 0);
	execl(GAINING, GAINING, AS_ACTOR, wire, NULL);
	r->kr = KERN_FAILURE;
}

static void fork_child(struct result *r)
{
	/* Nobody waits for the child: the kernel is to reap it. */
	signal(SIGCHLD, SIG_IGN);
	r->pid = fork();
	if (r->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(own_wire);
		actor_main(childs_wire, -1);
	}
	close(childs_wire);
	r->kr = r->pid > 0 ? KERN_SUCCESS : KERN_FAILURE;
}

static void obey(const struct order *o, struct result *r)
{
	mach_port_t priv;

	switch (o->verb) {
	case WHO:
		who(r);
		break;
	case BOOTSTRAP:
		r->kr = task_get_bootstrap_port(mach_task_self(),
						&mine.bootstrap);
		r->name = mine.bootstrap;
		break;
	case CHECK_IN:
		r->kr = bootstrap_check_in(mine.bootstrap, SERVICE,
					   &mine.service);
		r->name = mine.service;
		break;
	case LOOK_UP:
		r->kr = bootstrap_look_up(mine.bootstrap, SERVICE,
					  &mine.peer);
		r->name = mine.peer;
		break;
	case CALL:
		call(o->number, r);
		break;
	case SEND:
		r->kr = send_note(MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0),
				  mine.peer, MACH_PORT_NULL, o->number);
		break;
	case QUEUED:
		queued(r);
		break;
	case RECEIVE:
		receive_note(r);
		break;
	case MY_TOKENS:
		my_tokens(r);
		break;
	case DEFAULT:
		host_port(HOST_BOOTSTRAP_PORT, r);
		mach_port_deallocate(mach_task_self(), r->name);
		break;
	case TAKE_SECURITY:
		host_port(HOST_SECURITY_PORT, r);
		mine.security = r->name;
		break;
	case SET_TOKENS:
		set_tokens(o, r);
		break;
	case FORGE:
		forge(o, r);
		break;
	case TAKE_PRIV:
		r->kr = take_priv(&priv);
		r->name = priv;
		break;
	case WATCH:
		watch(r);
		break;
	case WAIT_DEATH:
		wait_death(r);
		break;
	case NAME_TYPE:
		r->kr = mach_port_type(mach_task_self(), mine.peer,
				       &r->number);
		break;
	case FORK:
		fork_child(r);
		break;
	case TAKE:
		take(r);
		break;
	case LEND:
		lend(r);
		break;
	case EXEC:
		exec_gaining(r);
		break;
	case ATTACK:
		attack(o, r);
		break;
	case QUIT:
		_exit(EXIT_SUCCESS);
	}
}

void actor_main(int wire, int child_wire)
{
	struct order order;

	/* A forked actor keeps nothing: its name space is empty. */
	memset(&mine, 0, sizeof(mine));
	own_wire = wire;
	childs_wire = child_wire;
	while (recv(wire, &order, sizeof(order), 0) == sizeof(order)) {
		struct result result = { 0 };

		obey(&order, &result);
		if (send(wire, &result, sizeof(result), MSG_NOSIGNAL) !=
		    sizeof(result))
			break;
	}
	_exit(EXIT_FAILURE);
}

void actor_again(int wire)
{
	struct result result = { .pid = getpid() };

	/* The exec has cleared it. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fcntl(wire, F_SETFD, FD_CLOEXEC);
	if (send(wire, &result, sizeof(result), MSG_NOSIGNAL) !=
	    sizeof(result))
		_exit(EXIT_FAILURE);
	actor_main(wire, -1);
}
