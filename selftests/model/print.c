// SPDX-License-Identifier: GPL-2.0-only
/* Operations as C, and the table of what was reached. */
#include <stdlib.h>
#include <string.h>

#include <mach/mach_error.h>

#include "body.h"
#include "run.h"

/*
 * Numbers in words
 */

struct word {
	int64_t value;
	const char *name;
};

#define WORD(name) { (int64_t)(name), #name }

static const struct word codes[] = {
	WORD(KERN_SUCCESS), WORD(KERN_INVALID_ADDRESS), WORD(KERN_NO_SPACE),
	WORD(KERN_INVALID_ARGUMENT), WORD(KERN_FAILURE),
	WORD(KERN_RESOURCE_SHORTAGE), WORD(KERN_NO_ACCESS),
	WORD(KERN_ALREADY_IN_SET), WORD(KERN_NOT_IN_SET),
	WORD(KERN_NAME_EXISTS), WORD(KERN_INVALID_NAME),
	WORD(KERN_INVALID_TASK), WORD(KERN_INVALID_RIGHT),
	WORD(KERN_INVALID_VALUE), WORD(KERN_UREFS_OVERFLOW),
	WORD(KERN_INVALID_CAPABILITY), WORD(KERN_RIGHT_EXISTS),
	WORD(KERN_INVALID_HOST), WORD(KERN_TERMINATED),
	WORD(KERN_NOT_SUPPORTED),
	WORD(MACH_SEND_INVALID_DATA), WORD(MACH_SEND_INVALID_DEST),
	WORD(MACH_SEND_TIMED_OUT), WORD(MACH_SEND_INVALID_VOUCHER),
	WORD(MACH_SEND_INTERRUPTED), WORD(MACH_SEND_MSG_TOO_SMALL),
	WORD(MACH_SEND_INVALID_REPLY), WORD(MACH_SEND_INVALID_RIGHT),
	WORD(MACH_SEND_NO_BUFFER), WORD(MACH_SEND_TOO_LARGE),
	WORD(MACH_SEND_INVALID_TYPE), WORD(MACH_SEND_INVALID_HEADER),
	WORD(MACH_SEND_INVALID_MEMORY),
	WORD(MACH_RCV_INVALID_NAME), WORD(MACH_RCV_TIMED_OUT),
	WORD(MACH_RCV_TOO_LARGE), WORD(MACH_RCV_INTERRUPTED),
	WORD(MACH_RCV_PORT_CHANGED), WORD(MACH_RCV_INVALID_DATA),
	WORD(MACH_RCV_HEADER_ERROR), WORD(MACH_RCV_BODY_ERROR),
};

static const struct word dispositions[] = {
	WORD(MACH_MSG_TYPE_MOVE_RECEIVE), WORD(MACH_MSG_TYPE_MOVE_SEND),
	WORD(MACH_MSG_TYPE_MOVE_SEND_ONCE), WORD(MACH_MSG_TYPE_COPY_SEND),
	WORD(MACH_MSG_TYPE_MAKE_SEND), WORD(MACH_MSG_TYPE_MAKE_SEND_ONCE),
};

static const struct word rights[] = {
	WORD(MACH_PORT_RIGHT_SEND), WORD(MACH_PORT_RIGHT_RECEIVE),
	WORD(MACH_PORT_RIGHT_SEND_ONCE), WORD(MACH_PORT_RIGHT_PORT_SET),
	WORD(MACH_PORT_RIGHT_DEAD_NAME),
};

static const struct word flavors[] = {
	WORD(MACH_PORT_LIMITS_INFO), WORD(MACH_PORT_RECEIVE_STATUS),
	WORD(MACH_PORT_DNREQUESTS_SIZE), WORD(MACH_PORT_TEMPOWNER),
	WORD(MACH_PORT_GUARD_INFO), WORD(MACH_PORT_INFO_EXT),
};

static const struct word notifications[] = {
	WORD(MACH_NOTIFY_DEAD_NAME), WORD(MACH_NOTIFY_SEND_POSSIBLE),
	WORD(MACH_NOTIFY_PORT_DESTROYED), WORD(MACH_NOTIFY_NO_SENDERS),
};

static const struct word names[] = {
	WORD(MACH_PORT_NULL), WORD(MACH_PORT_DEAD),
};

#define FIND(words, value) \
	find(words, sizeof(words) / sizeof(*(words)), value)

static const char *find(const struct word *words, unsigned int count,
			int64_t value)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (words[i].value == value)
			return words[i].name;
	}
	return NULL;
}

const char *code_name(int64_t code)
{
	const char *name = FIND(codes, code);

	if (code < 0)
		return strerror(-code);
	return name ? name : "another code";
}

static void print_word(const char *name, int64_t value, FILE *file)
{
	if (name)
		fputs(name, file);
	else if (value > 9 || value < 0)
		fprintf(file, "%#llx", (long long)value);
	else
		fprintf(file, "%lld", (long long)value);
}

/*
 * Operations
 */

/* Names that were made are called by the step that did, and which it was. */
static void print_name(const struct argument *argument, FILE *file)
{
	uint32_t value = argument->value;

	if (argument->how == ARGUMENT_IS) {
		print_word(FIND(names, value), value, file);
		return;
	}
	fprintf(file, "name%u_%u", value / MODEL_OUTPUTS,
		value % MODEL_OUTPUTS);
	if (argument->how == ARGUMENT_OTHER)
		fputs(" ^ 4", file);
}

static void print_argument(enum argument_kind kind,
			   const struct argument *argument, FILE *file)
{
	uint32_t value = argument->value;

	switch (kind) {
	case TASK_PORT:
	case NAME:
	case RECEIVE_NAME:
	case SET_NAME:
	case OWN_NAME:
	case WANTED:
		print_name(argument, file);
		break;
	case RIGHT:
		print_word(FIND(rights, value), value, file);
		break;
	case DISPOSITION:
		print_word(FIND(dispositions, value), value, file);
		break;
	case NOTIFICATION:
		print_word(FIND(notifications, value), value, file);
		break;
	case FLAVOR:
	case GUARD_FLAVOR:
		print_word(FIND(flavors, value), value, file);
		break;
	case CONTEXT:
		fprintf(file, "%#llx",
			(unsigned long long)model_context(value));
		break;
	case OPTIONS:
	case GUARD_FLAGS:
		fprintf(file, "%#x", value);
		break;
	case DELTA:
	case DELTA_DOWN:
		fprintf(file, "%d", (int32_t)value);
		break;
	case SLOT:
		fprintf(file, "pid_of_task[%u]", value);
		break;
	default:
		fprintf(file, "%u", value);
	}
}

static void print_right(const struct operation *operation, unsigned int name,
			unsigned int how, FILE *file)
{
	uint32_t value = operation->argument[how].value;

	print_name(&operation->argument[name], file);
	fputs(" as ", file);
	print_word(FIND(dispositions, value), value, file);
}

static void print_place(uint32_t at, FILE *file)
{
	if (at >= AT_BAD)
		fprintf(file, "%#llx", (unsigned long long)at_address(at));
	else
		fprintf(file, "place%u + %u", at / PLACE_STRIDE,
			at % PLACE_STRIDE);
}

static void print_memory(const struct argument *argument, FILE *file)
{
	uint32_t bits = argument[DESCRIPTOR_BITS].value;

	fprintf(file, "copy %u, deallocate %u, at ", bits >> 8, bits & 0xff);
	print_place(argument[DESCRIPTOR_AT].value, file);
	fprintf(file, ", size %u", argument[DESCRIPTOR_SIZE].value);
}

static void print_array(const struct argument *argument, FILE *file)
{
	uint32_t i, how = argument[DESCRIPTOR_HOW].value;

	print_memory(argument, file);
	fputs(" as ", file);
	print_word(FIND(dispositions, how), how, file);
	for (i = 0; i < argument[DESCRIPTOR_SIZE].value && i < MODEL_ARRAY;
	     i++) {
		fputs(", ", file);
		print_name(&argument[DESCRIPTOR_NAME + i], file);
	}
}

static void print_descriptor(const struct operation *operation,
			     unsigned int place, FILE *file)
{
	const struct argument *argument = &operation->argument[place];

	fprintf(file, ", { type %u, ", argument[DESCRIPTOR_TYPE].value);
	switch (argument[DESCRIPTOR_TYPE].value) {
	case MACH_MSG_OOL_DESCRIPTOR:
	case MACH_MSG_OOL_VOLATILE_DESCRIPTOR:
		print_memory(argument, file);
		break;
	case MACH_MSG_OOL_PORTS_DESCRIPTOR:
		print_array(argument, file);
		break;
	case MACH_MSG_GUARDED_PORT_DESCRIPTOR:
		fprintf(file, "flags %#x, context ",
			argument[DESCRIPTOR_BITS].value);
		print_argument(CONTEXT, &argument[DESCRIPTOR_AT], file);
		fputs(", ", file);
		print_right(operation, place + DESCRIPTOR_NAME,
			    place + DESCRIPTOR_HOW, file);
		break;
	default:
		print_right(operation, place + DESCRIPTOR_NAME,
			    place + DESCRIPTOR_HOW, file);
	}
	fputs(" }", file);
}

static void print_sent(const struct operation *operation, FILE *file)
{
	const struct argument *argument = operation->argument;
	uint32_t i, count = argument[MSG_COUNT].value;

	fprintf(file, "%u bytes, id %#x, remote ",
		argument[MSG_SEND_SIZE].value, argument[MSG_ID].value);
	print_right(operation, MSG_REMOTE, MSG_REMOTE_HOW, file);
	fputs(", local ", file);
	print_right(operation, MSG_LOCAL, MSG_LOCAL_HOW, file);
	if (argument[MSG_VOUCHER_HOW].value || argument[MSG_VOUCHER].value) {
		fputs(", voucher ", file);
		print_right(operation, MSG_VOUCHER, MSG_VOUCHER_HOW, file);
	}
	if (argument[MSG_BAD_ADDRESS].value)
		fputs(", at a bad address", file);
	if (!argument[MSG_COMPLEX].value)
		return;
	fprintf(file, ", %u descriptors", count);
	for (i = 0; i < count && i < MODEL_DESCRIPTORS; i++)
		print_descriptor(operation,
				 MSG_DESCRIPTOR + DESCRIPTOR_ARGUMENTS * i,
				 file);
}

static void print_message(const struct operation *operation, FILE *file)
{
	const struct argument *argument = operation->argument;

	fprintf(file, "mach_msg(option %#x", argument[MSG_OPTION].value);
	if (argument[MSG_OPTION].value & MACH_SEND_MSG) {
		fputs(", { ", file);
		print_sent(operation, file);
		fputs(" }", file);
	}
	if (argument[MSG_OPTION].value & MACH_RCV_MSG) {
		fprintf(file, ", %u bytes from ", argument[MSG_RCV_SIZE].value);
		print_name(&argument[MSG_RCV_NAME], file);
	}
	fputs(")", file);
}

void operation_print(const struct operation *operation, FILE *file)
{
	const struct row *row = &rows[operation->row];
	unsigned int i;

	fprintf(file, "/* step %u */ task[%u]: ", operation->step,
		operation->task);
	if (row->form[0] == MESSAGE) {
		print_message(operation, file);
		fputs(";\n", file);
		return;
	}
	fprintf(file, "%s(", row->name);
	for (i = 0; row->form[i] != END; i++) {
		if (i)
			fputs(", ", file);
		print_argument(row->form[i], &operation->argument[i], file);
	}
	fputs(");\n", file);
}

void run_print(const struct run *run, FILE *file)
{
	uint32_t i;

	for (i = 0; i < run->steps && i <= run->failed_step; i++) {
		uint32_t output;

		operation_print(&run->operation[i], file);
		for (output = 1; output < MODEL_OUTPUTS; output++) {
			uint32_t made = MODEL_OUTPUTS * run->operation[i].step +
					output;

			if (run->made[made])
				fprintf(file, "\t/* name%u_%u is %#x */\n",
					made / MODEL_OUTPUTS, output,
					run->made[made]);
		}
	}
	fputs(run->report, file);
}

/*
 * What was reached
 */

static const char * const carried_names[CARRIED_KINDS] = {
	[CARRIED_PORT] = "a port",
	[CARRIED_MEMORY] = "memory",
	[CARRIED_ARRAY] = "an array",
	[CARRIED_ARRAY_RECEIVE] = "an array with a receive right",
	[CARRIED_GUARDED] = "a guarded port",
};

static const char * const fate_names[FATES] = {
	[FATE_RECEIVED] = "received",
	[FATE_BACK] = "given back",
	[FATE_UNDONE] = "taken with a bad one",
	[FATE_DESTROYED] = "destroyed",
};

static uint64_t reached_find(const struct reached *reached, unsigned int row,
			     int64_t code)
{
	unsigned int i;

	for (i = 0; i < RUN_CODES; i++) {
		if (reached->count[row][i] && reached->code[row][i] == code)
			return reached->count[row][i];
	}
	return 0;
}

void reached_add(struct reached *to, const struct reached *from)
{
	unsigned int row, i, j;

	for (i = 0; i < CARRIED_KINDS; i++) {
		for (j = 0; j < FATES; j++)
			to->carried[i][j] += from->carried[i][j];
	}

	for (row = 0; row < row_count; row++) {
		for (i = 0; i < RUN_CODES; i++) {
			if (!from->count[row][i])
				continue;
			for (j = 0; j < RUN_CODES - 1; j++) {
				if (!to->count[row][j] || to->code[row][j] ==
				    from->code[row][i])
					break;
			}
			to->code[row][j] = from->code[row][i];
			to->count[row][j] += from->count[row][i];
		}
	}
}

void reached_print(const struct reached *reached, FILE *file)
{
	unsigned int row, i;

	for (row = 0; row < row_count; row++) {
		fprintf(file, "%s\n", rows[row].name);
		for (i = 0; i < RUN_CODES; i++) {
			if (!reached->count[row][i])
				continue;
			fprintf(file, "  %10llu  %s\n",
				(unsigned long long)reached->count[row][i],
				code_name(reached->code[row][i]));
		}
	}
	for (row = 0; row < CARRIED_KINDS; row++) {
		fprintf(file, "%s\n", carried_names[row]);
		for (i = 0; i < FATES; i++)
			fprintf(file, "  %10llu  %s\n",
				(unsigned long long)reached->carried[row][i],
				fate_names[i]);
	}
}

unsigned int reached_missing(const struct reached *reached, FILE *file)
{
	unsigned int row, i, missing = 0;

	for (row = 0; row < row_count; row++) {
		for (i = 0; i < rows[row].musts; i++) {
			if (reached_find(reached, row, rows[row].must[i]))
				continue;
			fprintf(file, "never reached: %s, %s\n", rows[row].name,
				code_name(rows[row].must[i]));
			missing++;
		}
	}
	for (row = 0; row < CARRIED_KINDS; row++) {
		for (i = 0; i < FATES; i++) {
			if (reached->carried[row][i])
				continue;
			fprintf(file, "never: %s, %s\n", carried_names[row],
				fate_names[i]);
			missing++;
		}
	}
	return missing;
}
