// SPDX-License-Identifier: GPL-2.0-only
/* The commands that list what is in the module. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/machdev_netlink.h>

#include "machctl.h"

static const struct column tasks[] = {
	{ "pid", "PID", 7, MACHDEV_A_TASK_PID, FORM_NUMBER },
	{ "pidversion", "PIDVERSION", 10, MACHDEV_A_TASK_PIDVERSION,
	  FORM_NUMBER },
	{ "uid", "UID", 6, MACHDEV_A_TASK_UID, FORM_NUMBER },
	{ "token", "TOKEN", -8, MACHDEV_A_TASK_TOKEN, FORM_TOKEN },
	{ "security", NULL, 0, MACHDEV_A_TASK_SECURITY, FORM_WORDS },
	{ "audit", NULL, 0, MACHDEV_A_TASK_AUDIT, FORM_WORDS },
	{ "names", "NAMES", 7, MACHDEV_A_TASK_NAMES, FORM_NUMBER },
	{ "receives", "RECV", 7, MACHDEV_A_TASK_RECEIVES, FORM_NUMBER },
	{ "comm", "COMMAND", -16, MACHDEV_A_TASK_COMM, FORM_TEXT },
	{ 0 }
};

void show_ps(uint32_t pid)
{
	list_print(tasks, netlink_dump(MACHDEV_CMD_TASK_GET, pid, tasks));
}

static const struct column queues[] = {
	{ "pid", "PID", 7, MACHDEV_A_QUEUE_PID, FORM_NUMBER },
	{ "name", "NAME", 10, MACHDEV_A_QUEUE_NAME, FORM_NAME },
	{ "port", "PORT", 8, MACHDEV_A_QUEUE_PORT, FORM_NUMBER },
	{ "messages", "MSGS", 6, MACHDEV_A_QUEUE_MESSAGES, FORM_NUMBER },
	{ "limit", "LIMIT", 6, MACHDEV_A_QUEUE_LIMIT, FORM_NUMBER },
	{ "sequence", "SEQNO", 10, MACHDEV_A_QUEUE_SEQUENCE, FORM_NUMBER },
	{ "senders", "SENDERS", -7, MACHDEV_A_QUEUE_SENDERS, FORM_FLAG },
	{ "receivers", "RECEIVERS", -9, MACHDEV_A_QUEUE_RECEIVERS, FORM_FLAG },
	{ "oldest_id", "OLDEST", 10, MACHDEV_A_QUEUE_OLDEST_ID, FORM_SIGNED },
	{ "oldest_size", "BYTES", 7, MACHDEV_A_QUEUE_OLDEST_SIZE,
	  FORM_NUMBER },
	{ "oldest_pid", "FROM", 7, MACHDEV_A_QUEUE_OLDEST_PID, FORM_NUMBER },
	{ 0 }
};

void show_queues(uint32_t pid)
{
	list_print(queues, netlink_dump(MACHDEV_CMD_QUEUE_GET, pid, queues));
}

static const struct column objects[] = {
	{ "id", "PORT", 8, MACHDEV_A_PORT_ID, FORM_NUMBER },
	{ "kind", "KIND", -13, MACHDEV_A_PORT_KIND, FORM_KIND },
	{ "object_pid", "OBJECT", 7, MACHDEV_A_PORT_OBJECT_PID, FORM_NUMBER },
	{ "references", "REFS", 6, MACHDEV_A_PORT_REFERENCES, FORM_NUMBER },
	{ "sends", "SEND", 6, MACHDEV_A_PORT_SENDS, FORM_NUMBER },
	{ "send_onces", "SONCE", 6, MACHDEV_A_PORT_SEND_ONCES, FORM_NUMBER },
	{ "requests", "REQS", 5, MACHDEV_A_PORT_REQUESTS, FORM_NUMBER },
	{ "messages", "MSGS", 6, MACHDEV_A_PORT_MESSAGES, FORM_NUMBER },
	{ "dead", "DEAD", -4, MACHDEV_A_PORT_DEAD, FORM_FLAG },
	{ "destination", "GOESTO", 8, MACHDEV_A_PORT_DESTINATION,
	  FORM_NUMBER },
	{ "receiver_pid", "RECEIVER", 8, MACHDEV_A_PORT_PID, FORM_NUMBER },
	{ "receiver_name", "RNAME", 10, MACHDEV_A_PORT_NAME, FORM_NAME },
	{ 0 }
};

void show_objects(uint32_t pid)
{
	(void)pid;
	list_print(objects, netlink_dump(MACHDEV_CMD_OBJECT_GET, 0, objects));
}

static const struct column ledgers[] = {
	{ "uid", "UID", 10, MACHDEV_A_LEDGER_UID, FORM_NUMBER },
	{ "kind", "KIND", -5, MACHDEV_A_LEDGER_KIND, FORM_LEDGER },
	{ "balance", "BALANCE", 12, MACHDEV_A_LEDGER_BALANCE, FORM_NUMBER },
	{ "limit", "LIMIT", 12, MACHDEV_A_LEDGER_LIMIT, FORM_NUMBER },
	{ "parent_uid", "PARENT", 10, MACHDEV_A_LEDGER_PARENT_UID,
	  FORM_NUMBER },
	{ 0 }
};

void show_ledgers(uint32_t pid)
{
	(void)pid;
	list_print(ledgers,
		   netlink_dump(MACHDEV_CMD_LEDGER_GET, 0, ledgers));
}

static const struct column counters[] = {
	{ "counter", "COUNTER", -16, MACHDEV_A_COUNTER_ID, FORM_COUNTER },
	{ "value", "VALUE", 16, MACHDEV_A_COUNTER_VALUE, FORM_NUMBER },
	{ 0 }
};

void show_stat(uint32_t pid)
{
	(void)pid;
	list_print(counters,
		   netlink_dump(MACHDEV_CMD_COUNTER_GET, 0, counters));
}

/*
 * Rights, each with what can be seen of its port and of who is at both ends.
 */

static const struct column rights[] = {
	{ "pid", "PID", 7, MACHDEV_A_RIGHT_PID, FORM_NUMBER },
	{ "comm", "COMMAND", -15, 0, FORM_TEXT },
	{ "name", "NAME", 10, MACHDEV_A_RIGHT_NAME, FORM_NAME },
	{ "rights", "RIGHTS", -9, MACHDEV_A_RIGHT_TYPE, FORM_RIGHTS },
	{ "urefs", "UREFS", 5, MACHDEV_A_RIGHT_UREFS, FORM_NUMBER },
	{ "port", "PORT", 8, MACHDEV_A_RIGHT_PORT, FORM_NUMBER },
	{ "kind", "KIND", -13, MACHDEV_A_RIGHT_KIND, FORM_KIND },
	{ "object_pid", "OBJECT", 7, MACHDEV_A_RIGHT_OBJECT_PID,
	  FORM_NUMBER },
	{ "sends", "SEND", 6, 0, FORM_NUMBER },
	{ "send_onces", "SONCE", 6, 0, FORM_NUMBER },
	{ "requests", "REQS", 5, 0, FORM_NUMBER },
	{ "limit", "QLIMIT", 6, 0, FORM_NUMBER },
	{ "messages", "MSGS", 6, 0, FORM_NUMBER },
	{ "sets", "SETS", 4, 0, FORM_NUMBER },
	{ "members", "MEMBERS", 7, MACHDEV_A_RIGHT_MEMBERS, FORM_NUMBER },
	{ "receiver_pid", "RECEIVER", 8, MACHDEV_A_RIGHT_RECEIVER_PID,
	  FORM_NUMBER },
	{ "receiver_name", "RNAME", 10, MACHDEV_A_RIGHT_RECEIVER_NAME,
	  FORM_NAME },
	{ "receiver_comm", "RCOMMAND", -15, 0, FORM_TEXT },
	{ 0 }
};

static const struct column ports[] = {
	{ "id", NULL, 0, MACHDEV_A_PORT_ID, FORM_NUMBER },
	{ "sends", NULL, 0, MACHDEV_A_PORT_SENDS, FORM_NUMBER },
	{ "send_onces", NULL, 0, MACHDEV_A_PORT_SEND_ONCES, FORM_NUMBER },
	{ "requests", NULL, 0, MACHDEV_A_PORT_REQUESTS, FORM_NUMBER },
	{ "limit", NULL, 0, MACHDEV_A_PORT_LIMIT, FORM_NUMBER },
	{ "messages", NULL, 0, MACHDEV_A_PORT_MESSAGES, FORM_NUMBER },
	{ "sets", NULL, 0, MACHDEV_A_PORT_SETS, FORM_NUMBER },
	{ 0 }
};

static uint64_t number_at(struct json_object *line, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(line, key, &value) ?
		json_object_get_uint64(value) : 0;
}

/* The lines of a list, sorted by a number that each has. */
struct index {
	const char *key;
	struct {
		uint64_t number;
		struct json_object *line;
	} *entries;
	size_t count;
};

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void index_list(struct index *index, const char *key,
		       struct json_object *list)
{
	size_t i;

	index->key = key;
	index->count = json_object_array_length(list);
	index->entries = calloc(index->count + 1, sizeof(*index->entries));
	if (!index->entries)
		fail(EXIT_FAILED, "no memory");
	for (i = 0; i < index->count; i++) {
		index->entries[i].line = json_object_array_get_idx(list, i);
		index->entries[i].number =
			number_at(index->entries[i].line, key);
	}
	qsort(index->entries, index->count, sizeof(*index->entries), compare);
}

static struct json_object *find(const struct index *index, uint64_t number)
{
	size_t low = 0, high = index->count;

	while (low < high) {
		size_t middle = (low + high) / 2;

		if (index->entries[middle].number == number)
			return index->entries[middle].line;
		if (index->entries[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

/* Adds a value of one line to another, if the one is there and has it. */
static void copy_value(struct json_object *to, const char *to_key,
		       struct json_object *from, const char *key)
{
	struct json_object *value;

	if (from && json_object_object_get_ex(from, key, &value))
		json_object_object_add(to, to_key, json_object_get(value));
}

static void complete(struct json_object *right, const struct index *by_id,
		     const struct index *by_pid)
{
	struct json_object *port = find(by_id, number_at(right, "port"));
	const struct column *column;

	for (column = ports + 1; column->key; column++)
		copy_value(right, column->key, port, column->key);
	copy_value(right, "comm", find(by_pid, number_at(right, "pid")),
		   "comm");
	copy_value(right, "receiver_comm",
		   find(by_pid, number_at(right, "receiver_pid")), "comm");
}

void show_ports(uint32_t pid)
{
	struct json_object *list, *port_list, *task_list;
	struct index by_id, by_pid;
	size_t i;

	list = netlink_dump(MACHDEV_CMD_RIGHT_GET, pid, rights);
	port_list = netlink_dump(MACHDEV_CMD_PORT_GET, 0, ports);
	task_list = netlink_dump(MACHDEV_CMD_TASK_GET, 0, tasks);
	index_list(&by_id, "id", port_list);
	index_list(&by_pid, "pid", task_list);
	for (i = 0; i < json_object_array_length(list); i++)
		complete(json_object_array_get_idx(list, i), &by_id, &by_pid);
	list_print(rights, list);
	free(by_id.entries);
	free(by_pid.entries);
	json_object_put(port_list);
	json_object_put(task_list);
}
