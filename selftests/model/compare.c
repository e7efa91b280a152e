// SPDX-License-Identifier: GPL-2.0-only
/* Is what the device says what the model says? */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <mach_debug/mach_debug_types.h>

#include "compare.h"

/* Where the send-once rights stand in a status. */
#define STATUS_SORIGHTS 5

static void differ(struct run *run, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void differ(struct run *run, const char *format, ...)
{
	size_t used = strlen(run->report);
	va_list list;

	va_start(list, format);
	vsnprintf(run->report + used, RUN_REPORT - used, format, list);
	va_end(list);
	run->failed = true;
}

void compare_result(struct run *run, const struct result *want,
		    const struct result *seen)
{
	uint32_t i, count = want->count > seen->count ? want->count :
							seen->count;

	if (want->code != seen->code)
		differ(run, "result: the device says %s (%#llx), the model %s (%#llx)\n",
		       code_name(seen->code), (long long)seen->code,
		       code_name(want->code), (long long)want->code);
	else if (want->count != seen->count)
		differ(run, "words written: device %u, model %u\n",
		       seen->count, want->count);
	for (i = 0; i < count; i++) {
		if (want->word[i] == seen->word[i] ||
		    (i < MODEL_BUFFER && (want->any >> i & 1)))
			continue;
		differ(run, "word %u: device %#x, model %#x\n", i,
		       seen->word[i], want->word[i]);
	}
}

/* @self's name of the port of @task; null when it has none. */
static mach_port_t task_name(int self, int task)
{
	const struct space *space = &model->space[self];
	struct entry *entry = space_find_port(space, model->task_port[task]);

	if (!entry)
		entry = space_find_port(space, model->read_port[task]);
	return entry ? entry->name : MACH_PORT_NULL;
}

static void compare_refs(struct run *run, mach_port_t port, int task,
			 const struct entry *entry)
{
	uint32_t right = entry->type & MACH_PORT_TYPE_DEAD_NAME ?
			 MACH_PORT_RIGHT_DEAD_NAME : MACH_PORT_RIGHT_SEND;
	mach_port_urefs_t refs = MODEL_POISON;
	uint32_t want;
	int code;

	/* Of other rights the type says that there is one. */
	if (!(entry->type & MACH_PORT_TYPE(right)))
		return;
	run->checks++;
	code = mach_port_get_refs(port, entry->name, right, &refs);
	want = model_name_refs(entry, right);
	if (code || refs != want)
		differ(run, "task %d, name %#x, right %u: device %s, %u, model %u\n",
		       task, entry->name, right, code_name(code), refs, want);
}

static void compare_status(struct run *run, mach_port_t port, int task,
			   const struct entry *entry)
{
	static const char * const field[MACH_PORT_RECEIVE_STATUS_COUNT] = {
		"pset", "seqno", "mscount", "qlimit", "msgcount", "sorights",
		"srights", "pdrequest", "nsrequest", "flags",
	};
	uint32_t want[MACH_PORT_RECEIVE_STATUS_COUNT];
	uint32_t seen[MACH_PORT_RECEIVE_STATUS_COUNT] = { 0 };
	mach_msg_type_number_t count = MACH_PORT_RECEIVE_STATUS_COUNT;
	uint32_t i;
	int code;

	run->checks++;
	code = mach_port_get_attributes(port, entry->name,
					MACH_PORT_RECEIVE_STATUS,
					(mach_port_info_t)seen, &count);
	if (code)
		differ(run, "task %d, status of %#x: device %s\n", task,
		       entry->name, code_name(code));
	model_status(entry->port, want);
	for (i = 0; !code && i < MACH_PORT_RECEIVE_STATUS_COUNT; i++) {
		/* Rights that nobody has looked at yet may have been used. */
		if (i == STATUS_SORIGHTS && seen[i] > want[i] &&
		    seen[i] - want[i] <= entry->port->unsure)
			continue;
		if (seen[i] != want[i])
			differ(run, "task %d, status of %#x, mps_%s: device %u, model %u\n",
			       task, entry->name, field[i], seen[i], want[i]);
	}
}

static void compare_set(struct run *run, mach_port_t port, int task,
			const struct entry *set)
{
	uint32_t want[MODEL_SPACE_NAMES];
	uint32_t i, wanted = set_list(set, want);
	mach_port_name_array_t seen;
	mach_msg_type_number_t count = 0;
	int code;

	run->checks++;
	code = mach_port_get_set_status(port, set->name, &seen, &count);
	if (code || count != wanted)
		differ(run, "task %d, set %#x: device %s, %u members, model %u\n",
		       task, set->name, code_name(code), count, wanted);
	for (i = 0; i < count && i < wanted; i++) {
		if (seen[i] != want[i])
			differ(run, "task %d, set %#x, member %u: device %#x, model %#x\n",
			       task, set->name, i, seen[i], want[i]);
	}
	if (count)
		munmap(seen, count * sizeof(*seen));
}

static void compare_name(struct run *run, mach_port_t port, int task,
			 uint32_t name)
{
	const struct entry *entry = space_find(&model->space[task], name);
	uint32_t want = entry ? model_name_type(entry) & ~TYPE_HIDDEN : 0;
	mach_port_type_t type = 0;
	int code;

	run->checks++;
	code = mach_port_type(port, name, &type);
	if (code != (entry ? KERN_SUCCESS : KERN_INVALID_NAME) || type != want) {
		differ(run, "task %d, name %#x: device %s, type %#x, model %#x\n",
		       task, name, code_name(code), type, want);
		return;
	}
	if (!entry)
		return;
	compare_refs(run, port, task, entry);
	if (entry->type & MACH_PORT_TYPE_RECEIVE)
		compare_status(run, port, task, entry);
	if (entry->type & MACH_PORT_TYPE_PORT_SET)
		compare_set(run, port, task, entry);
}

void compare_touched(struct run *run, int self, uint32_t most)
{
	uint32_t i;

	for (i = 0; i < model->touches && i < most; i++) {
		const struct touched *touched = &model->touched[i];
		mach_port_t port = task_name(self, touched->task);

		if (port)
			compare_name(run, port, touched->task, touched->name);
	}
}

void compare_space(struct run *run, int self, int task)
{
	const struct space *space = &model->space[task];
	mach_msg_type_number_t count = 0, tree_count = 0, i;
	mach_port_t port = task_name(self, task);
	ipc_info_tree_name_array_t tree;
	ipc_info_name_array_t names;
	ipc_info_space_t table;
	int code;

	if (!port)
		return;
	run->checks++;
	code = mach_port_space_info(port, &table, &names, &count, &tree,
				    &tree_count);
	if (code) {
		differ(run, "names of task %d: device %s\n", task,
		       code_name(code));
		return;
	}
	if (count != space->count)
		differ(run, "names of task %d: device %u, model %u\n", task,
		       count, space->count);
	for (i = 0; i < count; i++) {
		uint32_t name = names[i].iin_name;
		const struct entry *entry = space_find(space, name);
		uint32_t type = entry ? model_name_type(entry) : 0;
		uint32_t urefs = entry ? model_name_urefs(entry) : 0;

		if (names[i].iin_type != type || names[i].iin_urefs != urefs)
			differ(run, "task %d, name %#x: device type %#x, %u, model %#x, %u\n",
			       task, name, names[i].iin_type,
			       names[i].iin_urefs, type, urefs);
		if (i && name >> 8 <= names[i - 1].iin_name >> 8)
			differ(run, "names of task %d: %#x comes after %#x\n",
			       task, name, names[i - 1].iin_name);
	}
	if (count)
		munmap(names, count * sizeof(*names));
}

void compare_names(struct run *run, int self, int task)
{
	const struct space *space = &model->space[task];
	mach_port_t port = task_name(self, task);
	uint32_t i;

	for (i = 0; port && i < space->count; i++)
		compare_name(run, port, task, space->names[i]->name);
}
