// SPDX-License-Identifier: GPL-2.0-only
/* Requests, answers and notifications: what comes in and what goes out. */
#include <pthread.h>
#include <string.h>

#include <bsm/libbsm.h>
#include <mach/mach_error.h>
#include <mach/notify.h>
#include <servers/bootstrap_msg.h>

#include "bootstrapd.h"

#define AUDIT_TRAILER MACH_RCV_TRAILER_ELEMENTS(MACH_RCV_TRAILER_AUDIT)
#define THREAD_STACK (256u << 10)	/* bytes */

/*
 * A message as it is received, with its trailer behind it. No request needs as
 * much room; the kernel destroys what is larger, and its sender is told that
 * the answer will not come.
 */
union received {
	union bootstrap_msg msg;
	mach_dead_name_notification_t notification;
	char room[2048];
};

/* A request under way; the routine writes the answer into @out. */
struct call {
	struct domain *domain;
	struct caller caller;
	union bootstrap_msg *in;
	union bootstrap_msg *out;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static mach_port_t notify_port;

/* The trailer of a received message; NULL when it names no sender. */
static const mach_msg_audit_trailer_t *trailer_of(const union received *r)
{
	const mach_msg_audit_trailer_t *trailer;

	trailer = (const void *)&r->room[r->msg.head.msgh_size];
	if (trailer->msgh_trailer_type != MACH_MSG_TRAILER_FORMAT_0 ||
	    trailer->msgh_trailer_size < sizeof(*trailer))
		return NULL;
	return trailer;
}

/* Answer with a port instead of a result code. */
static kern_return_t answer_port(union bootstrap_msg *out, mach_port_t port,
				 mach_msg_type_name_t disposition)
{
	out->head.msgh_bits |= MACH_MSGH_BITS_COMPLEX;
	out->head.msgh_size = sizeof(out->port);
	out->port.body.msgh_descriptor_count = 1;
	out->port.port.name = port;
	out->port.port.disposition = disposition;
	out->port.port.type = MACH_MSG_PORT_DESCRIPTOR;
	return KERN_SUCCESS;
}

static kern_return_t publish(struct call *c)
{
	struct bootstrap_msg_name_port *in = &c->in->name_port;
	kern_return_t kr;

	kr = registry_publish(c->domain, in->name, in->port.name, &c->caller);
	if (kr == KERN_SUCCESS)
		say("user %u, process %d publishes \"%s\"", c->caller.uid,
		    c->caller.pid, in->name);
	return kr;
}

static kern_return_t do_register(struct call *c)
{
	struct bootstrap_msg_name_port *in = &c->in->name_port;
	kern_return_t kr;

	if (in->port.name != MACH_PORT_NULL)
		return publish(c);
	kr = registry_withdraw(c->domain, in->name, &c->caller);
	if (kr == KERN_SUCCESS)
		say("user %u, process %d withdraws \"%s\"", c->caller.uid,
		    c->caller.pid, in->name);
	return kr;
}

static kern_return_t look_up(struct call *c)
{
	mach_port_t port;
	kern_return_t kr;

	kr = registry_look_up(c->domain, c->in->name.name, &port);
	if (kr != KERN_SUCCESS)
		return kr;
	return answer_port(c->out, port, MACH_MSG_TYPE_COPY_SEND);
}

static kern_return_t status(struct call *c)
{
	mach_port_t port;
	kern_return_t kr;

	kr = registry_look_up(c->domain, c->in->name.name, &port);
	if (kr != KERN_SUCCESS)
		return kr;
	c->out->head.msgh_size = sizeof(c->out->status);
	c->out->status.status = BOOTSTRAP_STATUS_ACTIVE;
	return KERN_SUCCESS;
}

static kern_return_t subset(struct call *c)
{
	struct domain *new;
	kern_return_t kr;

	kr = registry_subset(c->domain, c->in->port.port.name, &c->caller,
			     &new);
	if (kr != KERN_SUCCESS)
		return kr;
	say("user %u, process %d makes a subset", c->caller.uid,
	    c->caller.pid);
	return answer_port(c->out, new->port, MACH_MSG_TYPE_MAKE_SEND);
}

static kern_return_t parent(struct call *c)
{
	const struct domain *up = c->domain->parent;

	if (c->caller.uid != 0)
		return BOOTSTRAP_NOT_PRIVILEGED;
	return answer_port(c->out, up ? up->port : c->domain->port,
			   MACH_MSG_TYPE_MAKE_SEND);
}

static kern_return_t unprivileged(struct call *c)
{
	return answer_port(c->out, c->domain->port, MACH_MSG_TYPE_MAKE_SEND);
}

/*
 * What the routines expect. A routine without function is one of the protocol
 * that this server lacks.
 */
static const struct routine {
	mach_msg_id_t id;
	mach_msg_size_t size;	/* bytes, exactly */
	bool has_port;
	bool has_name;
	kern_return_t (*run)(struct call *c);
} routines[] = {
	{ BOOTSTRAP_MSG_LOOK_UP, sizeof(struct bootstrap_msg_name), false,
	  true, look_up },
	{ BOOTSTRAP_MSG_STATUS, sizeof(struct bootstrap_msg_name), false,
	  true, status },
	{ BOOTSTRAP_MSG_CHECK_IN_PORT, sizeof(struct bootstrap_msg_name_port),
	  true, true, publish },
	{ BOOTSTRAP_MSG_REGISTER, sizeof(struct bootstrap_msg_name_port),
	  true, true, do_register },
	{ BOOTSTRAP_MSG_SUBSET, sizeof(struct bootstrap_msg_port), true,
	  false, subset },
	{ BOOTSTRAP_MSG_PARENT, sizeof(mach_msg_header_t), false, false,
	  parent },
	{ BOOTSTRAP_MSG_UNPRIVILEGED, sizeof(mach_msg_header_t), false, false,
	  unprivileged },
	{ .id = BOOTSTRAP_MSG_CREATE_SERVER },
	{ .id = BOOTSTRAP_MSG_CHECK_IN },
	{ .id = BOOTSTRAP_MSG_LOOK_UP_ARRAY },
	{ .id = BOOTSTRAP_MSG_INFO },
	{ .id = BOOTSTRAP_MSG_CREATE_SERVICE },
};

static const struct routine *find_routine(mach_msg_id_t id)
{
	size_t i;

	for (i = 0; i < sizeof(routines) / sizeof(routines[0]); i++)
		if (routines[i].id == id)
			return &routines[i];
	return NULL;
}

static bool is_name(const name_t name)
{
	size_t length = strnlen(name, BOOTSTRAP_MAX_NAME_LEN);

	return length > 0 && length < BOOTSTRAP_MAX_NAME_LEN;
}

/* A body of one descriptor that holds a send right, or null or dead. */
static bool is_port(const struct bootstrap_msg_port *in)
{
	return in->body.msgh_descriptor_count == 1 &&
	       in->port.type == MACH_MSG_PORT_DESCRIPTOR &&
	       (in->port.disposition == MACH_MSG_TYPE_PORT_SEND ||
		!MACH_PORT_VALID(in->port.name));
}

static kern_return_t run(struct call *c)
{
	const struct routine *routine = find_routine(c->in->head.msgh_id);
	mach_msg_bits_t bits = c->in->head.msgh_bits;

	if (!routine)
		return MIG_BAD_ID;
	if (!routine->run)
		return KERN_NOT_SUPPORTED;
	if (c->in->head.msgh_size != routine->size ||
	    MACH_MSGH_BITS_IS_COMPLEX(bits) != routine->has_port)
		return MIG_BAD_ARGUMENTS;
	if (routine->has_port && !is_port(&c->in->port))
		return MIG_TYPE_ERROR;
	if (routine->has_name && !is_name(routine->has_port ?
					  c->in->name_port.name :
					  c->in->name.name))
		return MIG_BAD_ARGUMENTS;
	return routine->run(c);
}

/*
 * Answer a request. What it carries is the routine's when that succeeds, and is
 * destroyed when it fails. The client is not waited for.
 */
static void answer(struct call *c)
{
	mach_msg_header_t *request = &c->in->head;
	mach_msg_header_t *head = &c->out->head;
	mach_msg_return_t mr;
	kern_return_t kr;

	memset(c->out, 0, sizeof(*c->out));
	head->msgh_bits = MACH_MSGH_BITS_REMOTE(request->msgh_bits);
	head->msgh_size = sizeof(c->out->error);
	head->msgh_remote_port = request->msgh_remote_port;
	head->msgh_id = request->msgh_id + BOOTSTRAP_MSG_REPLY;
	request->msgh_remote_port = MACH_PORT_NULL;

	kr = run(c);
	if (kr != KERN_SUCCESS)
		mach_msg_destroy(request);
	if (!MACH_MSGH_BITS_IS_COMPLEX(head->msgh_bits)) {
		c->out->error.NDR = NDR_record;
		c->out->error.RetCode = kr;
	}
	mr = mach_msg(head, MACH_SEND_MSG | MACH_SEND_TIMEOUT, head->msgh_size,
		      0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
	if (mr != MACH_MSG_SUCCESS && mr != MACH_SEND_INVALID_RIGHT)
		mach_msg_destroy(head);
}

/*
 * A request is answered to a send-once right only. To one with a send right, or
 * with none, there is no answer: a client could name another server's port for
 * it, or this one, and have it taken for a request of the user 0.
 */
static bool wants_answer(const mach_msg_header_t *head)
{
	return MACH_MSGH_BITS_REMOTE(head->msgh_bits) ==
		       MACH_MSG_TYPE_PORT_SEND_ONCE &&
	       MACH_PORT_VALID(head->msgh_remote_port);
}

static void handle(struct domain *domain, union received *r)
{
	const mach_msg_audit_trailer_t *trailer = trailer_of(r);
	union bootstrap_msg out;
	struct call call = {
		.domain = domain,
		.in = &r->msg,
		.out = &out,
	};

	if (!trailer || !wants_answer(&r->msg.head)) {
		mach_msg_destroy(&r->msg.head);
		return;
	}
	call.caller.uid = audit_token_to_euid(trailer->msgh_audit);
	call.caller.pid = audit_token_to_pid(trailer->msgh_audit);
	answer(&call);
}

/*
 * Receive a message. False for one that could not be delivered whole: nothing
 * of it is left.
 */
static bool receive(mach_port_t port, union received *r)
{
	mach_msg_return_t mr;

	mr = mach_msg(&r->msg.head, MACH_RCV_MSG | AUDIT_TRAILER, 0,
		      sizeof(*r), port, MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL);
	switch (mr & ~MACH_MSG_MASK) {
	case MACH_MSG_SUCCESS:
		return true;
	case MACH_RCV_BODY_ERROR:
		mach_msg_destroy(&r->msg.head);
		return false;
	case MACH_RCV_TOO_LARGE:
	case MACH_RCV_HEADER_ERROR:
		return false;
	default:
		die("cannot receive: %s", mach_error_string(mr));
	}
}

static void *serve(void *arg)
{
	struct domain *domain = arg;
	union received r;
	bool whole;

	for (;;) {
		whole = receive(domain->port, &r);
		pthread_mutex_lock(&lock);
		if (domain->dead)
			break;
		if (whole)
			handle(domain, &r);
		pthread_mutex_unlock(&lock);
	}
	if (whole)
		mach_msg_destroy(&r.msg.head);
	registry_free_domain(domain);
	pthread_mutex_unlock(&lock);
	return NULL;
}

/*
 * A notification counts when it came to the port that only the kernel can send
 * to and carries the kernel's tokens. Port-deleted and send-once notifications
 * follow from what the registry does and say nothing new.
 */
static bool is_death(const union received *r)
{
	const mach_msg_audit_trailer_t *trailer = trailer_of(r);

	return trailer &&
	       memcmp(&trailer->msgh_sender, &KERNEL_SECURITY_TOKEN,
		      sizeof(KERNEL_SECURITY_TOKEN)) == 0 &&
	       memcmp(&trailer->msgh_audit, &KERNEL_AUDIT_TOKEN,
		      sizeof(KERNEL_AUDIT_TOKEN)) == 0 &&
	       r->msg.head.msgh_id == MACH_NOTIFY_DEAD_NAME &&
	       r->msg.head.msgh_size == sizeof(r->notification) -
					sizeof(r->notification.trailer);
}

static void *serve_notifications(void *unused)
{
	union received r;
	mach_port_t name;

	(void)unused;
	for (;;) {
		if (!receive(notify_port, &r))
			continue;
		if (!is_death(&r)) {
			mach_msg_destroy(&r.msg.head);
			continue;
		}
		name = r.notification.not_port;
		pthread_mutex_lock(&lock);
		registry_port_died(name);
		/* The reference that the notification brought. */
		mach_port_deallocate(mach_task_self(), name);
		pthread_mutex_unlock(&lock);
	}
	return NULL;
}

static bool start_thread(void *(*body)(void *), void *arg)
{
	pthread_attr_t attr;
	pthread_t thread;
	int error;

	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, THREAD_STACK);
	error = pthread_create(&thread, &attr, body, arg);
	pthread_attr_destroy(&attr);
	return error == 0;
}

bool serve_domain(struct domain *domain)
{
	return start_thread(serve, domain);
}

mach_port_t serve_start(void)
{
	struct domain *root;
	kern_return_t kr;

	kr = mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE,
				&notify_port);
	if (kr != KERN_SUCCESS)
		die("cannot make a port: %s", mach_error_string(kr));
	root = registry_init(notify_port);
	if (!root)
		die("cannot make the bootstrap port");
	if (!start_thread(serve_notifications, NULL) || !serve_domain(root))
		die("cannot start a thread");
	return root->port;
}
