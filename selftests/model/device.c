// SPDX-License-Identifier: GPL-2.0-only
/* The calls on the device, through libmachdev. */
#include <string.h>
#include <sys/mman.h>

#include <mach_debug/mach_debug_types.h>
#include <machdev.h>

#include "operation.h"

static void answer(struct result *result, uint32_t word)
{
	result->word[result->count++] = word;
}

/* What a call gave besides its code; a failed one shall write nothing. */
static void answer_if(struct result *result, int code, const uint32_t *word)
{
	result->code = code;
	if (!code || (*word && *word != MODEL_POISON))
		answer(result, *word);
}

void device_allocate(const uint32_t *argument, struct result *result)
{
	mach_port_name_t name = MODEL_POISON;

	answer_if(result, mach_port_allocate(argument[0], argument[1], &name),
		  &name);
}

void device_allocate_name(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_allocate_name(argument[0], argument[1],
					       argument[2]);
}

void device_deallocate(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_deallocate(argument[0], argument[1]);
}

void device_destroy(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_destroy(argument[0], argument[1]);
}

void device_mod_refs(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_mod_refs(argument[0], argument[1], argument[2],
					  (mach_port_delta_t)argument[3]);
}

void device_get_refs(const uint32_t *argument, struct result *result)
{
	mach_port_urefs_t refs = MODEL_POISON;

	answer_if(result, mach_port_get_refs(argument[0], argument[1],
					     argument[2], &refs), &refs);
}

void device_type(const uint32_t *argument, struct result *result)
{
	mach_port_type_t type = MODEL_POISON;

	answer_if(result, mach_port_type(argument[0], argument[1], &type),
		  &type);
}

void device_names(const uint32_t *argument, struct result *result)
{
	mach_port_name_array_t names;
	mach_port_type_array_t types;
	mach_msg_type_number_t count, types_count, i;
	uint32_t sum = 0;

	result->code = mach_port_names(argument[0], &names, &count, &types,
				       &types_count);
	if (result->code)
		return;
	for (i = 0; i < count; i++)
		sum += names[i] * 31 + types[i];
	answer(result, count == types_count ? count : MODEL_POISON);
	answer(result, sum);
	/* vm_deallocate() wants a name that is destroyed like any other. */
	if (count) {
		munmap(names, count * sizeof(*names));
		munmap(types, count * sizeof(*types));
	}
}

void device_insert_right(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_insert_right(argument[0], argument[1],
					      argument[2], argument[3]);
}

void device_extract_right(const uint32_t *argument, struct result *result)
{
	mach_msg_type_name_t type = MODEL_POISON;
	mach_port_t name = MODEL_POISON;
	int code = mach_port_extract_right(argument[0], argument[1],
					   argument[2], &name, &type);

	answer_if(result, code, &name);
	answer_if(result, code, &type);
}

void device_get_attributes(const uint32_t *argument, struct result *result)
{
	mach_msg_type_number_t count = argument[3];
	uint32_t word[20];
	uint32_t i;

	memset(word, 0xcc, sizeof(word));
	result->code = mach_port_get_attributes(argument[0], argument[1],
						argument[2],
						(mach_port_info_t)word, &count);
	if (result->code)
		return;
	answer(result, count);
	for (i = 0; i < 20 && (i < count || word[i] != MODEL_POISON); i++)
		answer(result, word[i]);
}

void device_set_attributes(const uint32_t *argument, struct result *result)
{
	uint32_t word[16] = { argument[4] };

	result->code = mach_port_set_attributes(argument[0], argument[1],
						argument[2],
						(mach_port_info_t)word,
						argument[3]);
}

void device_set_mscount(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_set_mscount(argument[0], argument[1],
					     argument[2]);
}

void device_set_seqno(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_set_seqno(argument[0], argument[1],
					   argument[2]);
}

/* Two words, if it has been written. */
static void answer_context(struct result *result, int code,
			   const mach_port_context_t *context)
{
	result->code = code;
	if (code && *context == model_context(MODEL_POISON))
		return;
	answer(result, *context);
	answer(result, *context >> 32);
}

void device_construct(const uint32_t *argument, struct result *result)
{
	mach_port_options_t options = {
		.flags = argument[1],
		.mpl.mpl_qlimit = argument[2],
	};
	mach_port_name_t name = MODEL_POISON;

	answer_if(result,
		  mach_port_construct(argument[0], &options,
				      model_context(argument[3]), &name),
		  &name);
}

void device_destruct(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_destruct(argument[0], argument[1],
					  (mach_port_delta_t)argument[2],
					  model_context(argument[3]));
}

void device_guard(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_guard(argument[0], argument[1],
				       model_context(argument[2]),
				       (boolean_t)argument[3]);
}

void device_guard_with_flags(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_guard_with_flags(argument[0], argument[1],
						  model_context(argument[2]),
						  argument[3]);
}

void device_unguard(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_unguard(argument[0], argument[1],
					 model_context(argument[2]));
}

void device_swap_guard(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_swap_guard(argument[0], argument[1],
					    model_context(argument[2]),
					    model_context(argument[3]));
}

void device_get_context(const uint32_t *argument, struct result *result)
{
	mach_port_context_t context = model_context(MODEL_POISON);

	answer_context(result,
		       mach_port_get_context(argument[0], argument[1],
					     &context), &context);
}

void device_set_context(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_set_context(argument[0], argument[1],
					     model_context(argument[2]));
}

void device_assert_attributes(const uint32_t *argument, struct result *result)
{
	mach_port_guard_info_t guard = { model_context(argument[4]) };

	result->code = mach_port_assert_attributes(argument[0], argument[1],
						   argument[2],
						   (mach_port_info_t)&guard,
						   argument[3]);
}

void device_get_srights(const uint32_t *argument, struct result *result)
{
	mach_port_rights_t rights = MODEL_POISON;

	answer_if(result,
		  mach_port_get_srights(argument[0], argument[1], &rights),
		  &rights);
}

void device_peek(const uint32_t *argument, struct result *result)
{
	uint32_t trailer[sizeof(mach_msg_max_trailer_t) / 4];
	mach_msg_type_number_t count = argument[4];
	mach_port_seqno_t seqno = argument[3];
	mach_msg_size_t size = MODEL_POISON;
	mach_msg_id_t id = (mach_msg_id_t)MODEL_POISON;
	uint32_t i;

	memset(trailer, 0xcc, sizeof(trailer));
	result->code = mach_port_peek(argument[0], argument[1],
				      MACH_RCV_TRAILER_ELEMENTS(argument[2]),
				      &seqno, &size, &id,
				      (mach_msg_trailer_info_t)trailer, &count);
	if (result->code)
		return;
	answer(result, seqno);
	answer(result, size);
	answer(result, id);
	answer(result, count);
	for (i = 0; i < sizeof(trailer) / 4; i++) {
		if (i < count / 4 || trailer[i] != MODEL_POISON)
			answer(result, trailer[i]);
	}
}

void device_kobject(const uint32_t *argument, struct result *result)
{
	mach_vm_address_t address = 1;
	natural_t type = MODEL_POISON;

	answer_if(result, mach_port_kobject(argument[0], argument[1], &type,
					    &address), &type);
	if (!result->code && address)
		answer(result, MODEL_POISON);
}

void device_space_info(const uint32_t *argument, struct result *result)
{
	mach_msg_type_number_t count, tree_count, i;
	ipc_info_tree_name_array_t tree;
	ipc_info_name_array_t names;
	ipc_info_space_t space;
	uint32_t sum = 0;

	result->code = mach_port_space_info(argument[0], &space, &names, &count,
					    &tree, &tree_count);
	if (result->code)
		return;
	for (i = 0; i < count; i++)
		sum += names[i].iin_name * 31 + names[i].iin_type +
		       names[i].iin_urefs * 7;
	answer(result, count);
	answer(result, sum);
	if (count)
		munmap(names, count * sizeof(*names));
}

void device_rename(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_rename(argument[0], argument[1], argument[2]);
}

void device_request_notification(const uint32_t *argument,
				 struct result *result)
{
	mach_port_t previous = MODEL_POISON;

	answer_if(result,
		  mach_port_request_notification(argument[0], argument[1],
						 argument[2], argument[3],
						 argument[4], argument[5],
						 &previous), &previous);
}

void device_reply_port(const uint32_t *argument, struct result *result)
{
	(void)argument;
	answer(result, mach_reply_port());
}

void device_host_self(const uint32_t *argument, struct result *result)
{
	(void)argument;
	answer(result, mach_host_self());
}

void device_thread_self(const uint32_t *argument, struct result *result)
{
	(void)argument;
	answer(result, mach_thread_self());
}

void device_task_for_pid(const uint32_t *argument, struct result *result)
{
	mach_port_t port = MODEL_POISON;

	answer_if(result, task_for_pid(MACH_PORT_NULL,
				       model->pid[argument[0]], &port), &port);
}

void device_task_read_for_pid(const uint32_t *argument, struct result *result)
{
	mach_port_t port = MODEL_POISON;

	answer_if(result, task_read_for_pid(MACH_PORT_NULL,
					    model->pid[argument[0]], &port),
		  &port);
}

void device_insert_member(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_insert_member(argument[0], argument[1],
					       argument[2]);
}

void device_extract_member(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_extract_member(argument[0], argument[1],
						argument[2]);
}

void device_move_member(const uint32_t *argument, struct result *result)
{
	result->code = mach_port_move_member(argument[0], argument[1],
					     argument[2]);
}

void device_get_set_status(const uint32_t *argument, struct result *result)
{
	mach_msg_type_number_t count = MODEL_POISON, i;
	mach_port_name_array_t members;
	uint32_t sum = 0;

	result->code = mach_port_get_set_status(argument[0], argument[1],
						&members, &count);
	if (result->code)
		return;
	for (i = 0; i < count; i++)
		sum = sum * 31 + members[i];
	answer(result, count);
	answer(result, sum);
	if (count)
		munmap(members, count * sizeof(*members));
}
