// SPDX-License-Identifier: GPL-2.0-only
/* The commands on one task, and on the module. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/machdev_netlink.h>
#include <mach/mach_error.h>
#include <machdev.h>

#include "machctl.h"

/* Gives up with what a call answered. */
void fail_code(const char *what, int kr)
{
	switch (kr) {
	case KERN_INVALID_HOST:
		fail(EXIT_NO_MODULE, "the module is not loaded");
	case KERN_TERMINATED:
		fail(EXIT_NO_MODULE, "the module has been shut down");
	case KERN_NO_ACCESS:
		fail(EXIT_DENIED, "not permitted");
	default:
		fail(EXIT_FAILED, "%s: %s", what, mach_error_string(kr));
	}
}

static const struct column token[] = {
	{ "pid", NULL, 0, MACHDEV_A_TASK_PID, FORM_NUMBER },
	{ "pidversion", NULL, 0, MACHDEV_A_TASK_PIDVERSION, FORM_NUMBER },
	{ "token", NULL, 0, MACHDEV_A_TASK_TOKEN, FORM_TOKEN },
	{ "security", NULL, 0, MACHDEV_A_TASK_SECURITY, FORM_WORDS },
	{ "audit", NULL, 0, MACHDEV_A_TASK_AUDIT, FORM_WORDS },
	{ 0 }
};

static void print_words(struct json_object *line, const char *key,
			const char * const *titles)
{
	struct json_object *words, *word;
	size_t i;

	if (!json_object_object_get_ex(line, key, &words))
		return;
	for (i = 0; i < json_object_array_length(words); i++) {
		word = json_object_array_get_idx(words, i);
		printf("%-9s %-10s %s\n", key, titles[i],
		       json_object_get_string(word));
	}
}

/* What the words mean where they are derived. */
static const char * const security_titles[] = { "euid", "egid" };
static const char * const audit_titles[] = {
	"auid", "euid", "egid", "ruid", "rgid", "pid", "asid", "pidversion",
};

void show_token(uint32_t pid)
{
	struct json_object *list, *line, *kind;

	list = netlink_dump(MACHDEV_CMD_TASK_GET, pid, token);
	line = json_object_array_get_idx(list, 0);
	if (!line)
		fail(EXIT_NO_TASK, "%u: the task has ended", pid);
	if (want_json) {
		line_print(token, line);
	} else {
		json_object_object_get_ex(line, "token", &kind);
		printf("%-9s %s\n", "kind", json_object_get_string(kind));
		print_words(line, "security", security_titles);
		print_words(line, "audit", audit_titles);
	}
	json_object_put(list);
}

static const struct {
	const char *name;
	int which;
} special[] = {
	{ "kernel", TASK_KERNEL_PORT },
	{ "host", TASK_HOST_PORT },
	{ "exception", TASK_EXCEPTION_PORT },
	{ "bootstrap", TASK_BOOTSTRAP_PORT },
	{ "wired-ledger", TASK_WIRED_LEDGER_PORT },
	{ "paged-ledger", TASK_PAGED_LEDGER_PORT },
};

static const struct column slots[] = {
	{ "special", "SPECIAL", -12, 0, FORM_TEXT },
	{ "rights", "RIGHT", -6, MACHDEV_A_RIGHT_TYPE, FORM_RIGHTS },
	{ "port", "PORT", 8, MACHDEV_A_RIGHT_PORT, FORM_NUMBER },
	{ "kind", "KIND", -13, MACHDEV_A_RIGHT_KIND, FORM_KIND },
	{ "object_pid", "OBJECT", 7, MACHDEV_A_RIGHT_OBJECT_PID,
	  FORM_NUMBER },
	{ "receiver_pid", "RECEIVER", 8, MACHDEV_A_RIGHT_RECEIVER_PID,
	  FORM_NUMBER },
	{ "receiver_name", "RNAME", 10, MACHDEV_A_RIGHT_RECEIVER_NAME,
	  FORM_NAME },
	{ "name", NULL, 0, MACHDEV_A_RIGHT_NAME, FORM_NAME },
	{ 0 }
};

/* The line of a right of our own. */
static struct json_object *own_right(struct json_object *rights,
				     mach_port_t name)
{
	struct json_object *line, *value;
	char text[16];
	size_t i;

	snprintf(text, sizeof(text), "0x%x", name);
	for (i = 0; i < json_object_array_length(rights); i++) {
		line = json_object_array_get_idx(rights, i);
		if (json_object_object_get_ex(line, "name", &value) &&
		    !strcmp(json_object_get_string(value), text))
			return line;
	}
	return NULL;
}

static struct json_object *slot_line(const char *name, mach_port_t port)
{
	struct json_object *line = json_object_new_object(), *rights, *right;
	struct json_object *value;
	const struct column *column;

	json_object_object_add(line, "special", text_value(name));
	if (port == MACH_PORT_NULL || port == MACH_PORT_DEAD) {
		json_object_object_add(line, "rights",
				       text_value(port ? "dead" : "null"));
		return line;
	}
	/* Seen as a right of ours, since only those are listed. */
	rights = netlink_dump(MACHDEV_CMD_RIGHT_GET, (uint32_t)getpid(),
			      slots);
	right = own_right(rights, port);
	for (column = slots + 1; right && column->title; column++) {
		if (json_object_object_get_ex(right, column->key, &value))
			json_object_object_add(line, column->key,
					       json_object_get(value));
	}
	json_object_put(rights);
	return line;
}

static task_t task_of(uint32_t pid)
{
	kern_return_t kr;
	task_t task;

	/* Nobody is made a task by being looked at. */
	json_object_put(netlink_dump(MACHDEV_CMD_TASK_GET, pid, token));
	kr = task_for_pid(mach_task_self(), (int)pid, &task);
	if (kr == KERN_FAILURE)
		fail(EXIT_DENIED, "%u: not permitted", pid);
	if (kr)
		fail_code("task_for_pid", kr);
	return task;
}

void show_special(uint32_t pid)
{
	struct json_object *list = json_object_new_array();
	mach_port_t task, port;
	kern_return_t kr;
	size_t i;

	task = task_of(pid);
	for (i = 0; i < sizeof(special) / sizeof(*special); i++) {
		kr = task_get_special_port(task, special[i].which, &port);
		if (kr)
			fail_code("task_get_special_port", kr);
		json_object_array_add(list, slot_line(special[i].name, port));
	}
	list_print(slots, list);
}

void shut_down(uint32_t pid)
{
	kern_return_t kr = machdev_shutdown();

	(void)pid;
	if (kr)
		fail_code("shutdown", kr);
}
