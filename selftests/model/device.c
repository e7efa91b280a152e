// SPDX-License-Identifier: GPL-2.0-only
/* The calls on the device, through libmachdev. */
#include <string.h>
#include <sys/mman.h>

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
	uint32_t word[16];
	uint32_t i;

	memset(word, 0xcc, sizeof(word));
	result->code = mach_port_get_attributes(argument[0], argument[1],
						argument[2],
						(mach_port_info_t)word, &count);
	if (result->code)
		return;
	answer(result, count);
	for (i = 0; i < 16 && (i < count || word[i] != MODEL_POISON); i++)
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

/* Nothing is mapped there. */
#define BAD_ADDRESS ((mach_msg_header_t *)(uintptr_t)16)

void device_message(const uint32_t *argument, struct result *result)
{
	mach_msg_header_t *buffer = (mach_msg_header_t *)result->word;

	message_build(argument, result->word);
	result->count = MODEL_BUFFER;
	result->code = mach_msg(argument[MSG_BAD_ADDRESS] ? BAD_ADDRESS :
							    buffer,
				(mach_msg_option_t)argument[MSG_OPTION],
				argument[MSG_SEND_SIZE], argument[MSG_RCV_SIZE],
				argument[MSG_RCV_NAME], 0, MACH_PORT_NULL);
}
