// SPDX-License-Identifier: GPL-2.0-only
/* Events, as they come. */
#include <stdio.h>
#include <string.h>

#include <linux/machdev_netlink.h>

#include "machctl.h"

static const struct column events[] = {
	{ "sequence", "EVENT", 8, MACHDEV_A_EVENT_SEQUENCE, FORM_NUMBER },
	{ "time", "TIME", 14, MACHDEV_A_EVENT_TIME, FORM_TIME },
	{ "dropped", NULL, 0, MACHDEV_A_EVENT_DROPPED, FORM_NUMBER },
	{ "kind", "KIND", -8, MACHDEV_A_EVENT_KIND, FORM_EVENT },
	{ "pid", "PID", 7, MACHDEV_A_EVENT_PID, FORM_NUMBER },
	{ "pidversion", "PIDVERSION", 10, MACHDEV_A_EVENT_PIDVERSION,
	  FORM_NUMBER },
	{ "actor_pid", "BY", 7, MACHDEV_A_EVENT_ACTOR_PID, FORM_NUMBER },
	{ "token", "TOKEN", -8, MACHDEV_A_EVENT_TOKEN, FORM_TOKEN },
	{ "security", NULL, 0, MACHDEV_A_EVENT_SECURITY, FORM_WORDS },
	{ "audit", NULL, 0, MACHDEV_A_EVENT_AUDIT, FORM_WORDS },
	{ "comm", "COMMAND", -16, MACHDEV_A_EVENT_COMM, FORM_TEXT },
	{ 0 }
};

/* Says how many events went by unseen since the last one. */
static void look_for_gap(struct json_object *line)
{
	static uint64_t last;
	struct json_object *value;
	uint64_t sequence;

	if (!json_object_object_get_ex(line, "sequence", &value))
		return;
	sequence = json_object_get_uint64(value);
	if (last && sequence != last + 1)
		fprintf(stderr, "machctl: %llu events were lost\n",
			(unsigned long long)(sequence - last - 1));
	last = sequence;
}

static bool print_event(struct json_object *line)
{
	struct json_object *kind;

	look_for_gap(line);
	line_print(events, line);
	if (fflush(stdout))
		return false;
	return !json_object_object_get_ex(line, "kind", &kind) ||
	       strcmp(json_object_get_string(kind), "shutdown");
}

/* From here on nothing is missed. */
static void print_head(void)
{
	if (!want_json) {
		head_print(events);
		fflush(stdout);
	}
}

void watch(uint32_t pid)
{
	(void)pid;
	netlink_watch(events, print_head, print_event);
}
