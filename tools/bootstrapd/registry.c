// SPDX-License-Identifier: GPL-2.0-only
/* Which port is published under which name, and by whom. */
#include <search.h>
#include <stdlib.h>
#include <string.h>

#include <mach/notify.h>

#include "bootstrapd.h"

/* A user who has published something; gone when both counts are 0. */
struct user {
	uid_t uid;
	unsigned int services;
	unsigned int subsets;
};

/* A name; owns one user reference of the send right @port. */
struct service {
	LIST_ENTRY(service) link;
	name_t name;
	const struct domain *domain;
	mach_port_t port;
	struct user *owner;
};

/*
 * Users by uid and services by domain and name, as search trees: no choice of
 * names makes a look-up slow. The lists are for visiting all.
 */
static void *users;
static void *services_by_name;
static LIST_HEAD(, service) services = LIST_HEAD_INITIALIZER(services);
static LIST_HEAD(, domain) domains = LIST_HEAD_INITIALIZER(domains);
static unsigned int services_total;
static unsigned int subsets_total;
static mach_port_t notify_port;

static int compare_users(const void *left, const void *right)
{
	const struct user *a = left, *b = right;

	return (a->uid > b->uid) - (a->uid < b->uid);
}

static int compare_services(const void *left, const void *right)
{
	const struct service *a = left, *b = right;

	if (a->domain != b->domain)
		return a->domain < b->domain ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* The record of a user, a new one when there is none; NULL without memory. */
static struct user *user_get(uid_t uid)
{
	struct user key = { .uid = uid };
	struct user *user;
	void *node;

	node = tfind(&key, &users, compare_users);
	if (node)
		return *(struct user **)node;
	user = calloc(1, sizeof(*user));
	if (!user)
		return NULL;
	user->uid = uid;
	if (tsearch(user, &users, compare_users))
		return user;
	free(user);
	return NULL;
}

static void user_put(struct user *user)
{
	if (user->services || user->subsets)
		return;
	tdelete(user, &users, compare_users);
	free(user);
}

static bool user_may(const struct user *user, unsigned int has,
		     unsigned int most, unsigned int total,
		     unsigned int most_total)
{
	return user->uid == 0 || (has < most && total < most_total);
}

static bool is_alive(mach_port_t name)
{
	mach_port_type_t type;

	return mach_port_type(mach_task_self(), name, &type) == KERN_SUCCESS &&
	       (type & MACH_PORT_TYPE_SEND);
}

/*
 * Ask for a notification when a port dies. A port that several entries name
 * has one name here and needs one request; asking again replaces it.
 */
static kern_return_t watch(mach_port_t name)
{
	mach_port_t previous;
	kern_return_t kr;

	kr = mach_port_request_notification(mach_task_self(), name,
					    MACH_NOTIFY_DEAD_NAME, 0,
					    notify_port,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE,
					    &previous);
	if (kr == KERN_SUCCESS) {
		mach_port_deallocate(mach_task_self(), previous);
		return KERN_SUCCESS;
	}
	return is_alive(name) ? BOOTSTRAP_NO_MEMORY : KERN_INVALID_ARGUMENT;
}

static struct service *service_find(const struct domain *domain,
				    const char *name)
{
	struct service key = { .domain = domain };
	void *node;

	strncpy(key.name, name, sizeof(key.name) - 1);
	node = tfind(&key, &services_by_name, compare_services);
	return node ? *(struct service **)node : NULL;
}

static void service_remove(struct service *service)
{
	struct user *owner = service->owner;

	tdelete(service, &services_by_name, compare_services);
	LIST_REMOVE(service, link);
	mach_port_deallocate(mach_task_self(), service->port);
	free(service);
	services_total--;
	owner->services--;
	user_put(owner);
}

/*
 * The live service of a name. A port may have died without its notification
 * having been received yet, so that the kernel is asked.
 */
static struct service *service_find_live(const struct domain *domain,
					 const char *name)
{
	struct service *service = service_find(domain, name);

	if (!service || is_alive(service->port))
		return service;
	service_remove(service);
	return NULL;
}

static kern_return_t service_add(const struct domain *domain, const char *name,
				 mach_port_t port, struct user *owner)
{
	struct service *service;
	kern_return_t kr;

	if (!user_may(owner, owner->services, SERVICES_PER_USER,
		      services_total, SERVICES_TOTAL))
		return BOOTSTRAP_NO_MEMORY;
	kr = watch(port);
	if (kr != KERN_SUCCESS)
		return kr;
	service = calloc(1, sizeof(*service));
	if (!service)
		return BOOTSTRAP_NO_MEMORY;
	strncpy(service->name, name, sizeof(service->name) - 1);
	service->domain = domain;
	if (!tsearch(service, &services_by_name, compare_services)) {
		free(service);
		return BOOTSTRAP_NO_MEMORY;
	}
	service->port = port;
	service->owner = owner;
	LIST_INSERT_HEAD(&services, service, link);
	services_total++;
	owner->services++;
	return KERN_SUCCESS;
}

kern_return_t registry_publish(struct domain *domain, const char *name,
			       mach_port_t port, const struct caller *caller)
{
	struct service *service = service_find_live(domain, name);
	struct user *owner;
	kern_return_t kr;

	if (service)
		return service->owner->uid == caller->uid ?
			BOOTSTRAP_SERVICE_ACTIVE : BOOTSTRAP_NOT_PRIVILEGED;
	owner = user_get(caller->uid);
	if (!owner)
		return BOOTSTRAP_NO_MEMORY;
	kr = service_add(domain, name, port, owner);
	if (kr != KERN_SUCCESS)
		user_put(owner);
	return kr;
}

kern_return_t registry_withdraw(struct domain *domain, const char *name,
				const struct caller *caller)
{
	struct service *service = service_find_live(domain, name);

	if (!service)
		return BOOTSTRAP_UNKNOWN_SERVICE;
	if (caller->uid != 0 && caller->uid != service->owner->uid)
		return BOOTSTRAP_NOT_PRIVILEGED;
	service_remove(service);
	return BOOTSTRAP_SUCCESS;
}

kern_return_t registry_look_up(const struct domain *domain, const char *name,
			       mach_port_t *port)
{
	for (; domain; domain = domain->parent) {
		struct service *service = service_find_live(domain, name);

		if (service) {
			*port = service->port;
			return BOOTSTRAP_SUCCESS;
		}
	}
	return BOOTSTRAP_UNKNOWN_SERVICE;
}

static struct domain *domain_new(struct domain *parent)
{
	struct domain *domain = calloc(1, sizeof(*domain));

	if (!domain)
		return NULL;
	if (mach_port_allocate(mach_task_self(), MACH_PORT_RIGHT_RECEIVE,
			       &domain->port) != KERN_SUCCESS) {
		free(domain);
		return NULL;
	}
	domain->parent = parent;
	LIST_INSERT_HEAD(&domains, domain, link);
	return domain;
}

void registry_free_domain(struct domain *domain)
{
	LIST_REMOVE(domain, link);
	mach_port_mod_refs(mach_task_self(), domain->port,
			   MACH_PORT_RIGHT_RECEIVE, -1);
	free(domain);
}

/*
 * Wake the thread of a dead domain, which may be waiting for a request. A
 * send-once right reaches a full queue, too.
 */
static void domain_wake(const struct domain *domain)
{
	mach_msg_header_t nothing = {
		.msgh_bits = MACH_MSGH_BITS(MACH_MSG_TYPE_MAKE_SEND_ONCE, 0),
		.msgh_size = sizeof(nothing),
		.msgh_remote_port = domain->port,
	};

	mach_msg(&nothing, MACH_SEND_MSG | MACH_SEND_TIMEOUT, sizeof(nothing),
		 0, MACH_PORT_NULL, 0, MACH_PORT_NULL);
}

/* Domains below a dead one die, too; there are SUBSETS_TOTAL at most. */
static void domain_kill(struct domain *domain)
{
	struct service *service, *next;
	struct domain *below;

	domain->dead = true;
	for (service = LIST_FIRST(&services); service; service = next) {
		next = LIST_NEXT(service, link);
		if (service->domain == domain)
			service_remove(service);
	}
	mach_port_deallocate(mach_task_self(), domain->requestor);
	subsets_total--;
	domain->owner->subsets--;
	user_put(domain->owner);
	domain_wake(domain);
	LIST_FOREACH(below, &domains, link)
		if (below->parent == domain && !below->dead)
			domain_kill(below);
}

static kern_return_t subset_add(struct domain *parent, mach_port_t requestor,
				struct user *owner, struct domain **subset)
{
	struct domain *domain;
	kern_return_t kr;

	if (!user_may(owner, owner->subsets, SUBSETS_PER_USER, subsets_total,
		      SUBSETS_TOTAL))
		return BOOTSTRAP_NO_MEMORY;
	kr = watch(requestor);
	if (kr != KERN_SUCCESS)
		return kr;
	domain = domain_new(parent);
	if (!domain)
		return BOOTSTRAP_NO_MEMORY;
	if (!serve_domain(domain)) {
		registry_free_domain(domain);
		return BOOTSTRAP_NO_MEMORY;
	}
	domain->requestor = requestor;
	domain->owner = owner;
	subsets_total++;
	owner->subsets++;
	*subset = domain;
	return KERN_SUCCESS;
}

kern_return_t registry_subset(struct domain *parent, mach_port_t requestor,
			      const struct caller *caller,
			      struct domain **subset)
{
	struct user *owner;
	kern_return_t kr;

	if (!is_alive(requestor))
		return KERN_INVALID_ARGUMENT;
	owner = user_get(caller->uid);
	if (!owner)
		return BOOTSTRAP_NO_MEMORY;
	kr = subset_add(parent, requestor, owner, subset);
	if (kr != KERN_SUCCESS)
		user_put(owner);
	return kr;
}

void registry_port_died(mach_port_t name)
{
	struct service *service, *next;
	struct domain *domain;

	LIST_FOREACH(domain, &domains, link)
		if (domain->requestor == name && !domain->dead)
			domain_kill(domain);
	for (service = LIST_FIRST(&services); service; service = next) {
		next = LIST_NEXT(service, link);
		if (service->port == name)
			service_remove(service);
	}
}

struct domain *registry_init(mach_port_t notify)
{
	notify_port = notify;
	return domain_new(NULL);
}
