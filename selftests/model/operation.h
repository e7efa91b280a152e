/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Operations: one row a call says what its arguments are, how it is made on
 * the device and in the model, and which results a run has to have seen.
 *
 * A name is not noted down as a number but by the step that made it, so that a
 * list of operations still means the same when some are left out.
 */
#ifndef OPERATION_H
#define OPERATION_H

#include <stdio.h>

#include "model.h"

#define OPERATION_ARGUMENTS MSG_ARGUMENTS

/* What an argument is; it says how one is made up and printed. */
enum argument_kind {
	END,
	TASK_PORT,	/* the caller's name of the port of some task */
	NAME,		/* a name in that task */
	RECEIVE_NAME,	/* rather one of a receive right */
	SET_NAME,	/* rather one of a port set */
	OWN_NAME,	/* a name of the caller */
	WANTED,		/* a name to be had */
	RIGHT,
	DELTA,
	DELTA_DOWN,	/* what goes with a receive right */
	DISPOSITION,
	FLAVOR,
	COUNT,		/* words of room */
	LIMIT,
	NUMBER,
	CONTEXT,	/* or guard, see model_context() */
	TRUTH,
	GUARD_FLAGS,
	OPTIONS,	/* of a port that is made */
	GUARD_FLAVOR,
	ELEMENTS,	/* of a trailer */
	SEQNO,		/* of a message that waits */
	ROOM,		/* bytes */
	NOTIFICATION,
	SYNC,
	SLOT,		/* which task */
	MESSAGE,	/* all arguments of a message */
};

enum argument_how {
	ARGUMENT_IS,	/* the value */
	ARGUMENT_MADE,	/* the name that was made as output @value */
	ARGUMENT_OTHER,	/* that, with another generation */
};

struct argument {
	uint32_t how;
	uint32_t value;
};

struct operation {
	uint32_t step;	/* in the list as it was made up */
	uint16_t row;
	uint8_t task;
	uint8_t count;
	struct argument argument[OPERATION_ARGUMENTS];
};

/* There is room for so many rows. */
#define ROWS_MOST 64
#define ROW_FORM 8
#define ROW_MUST 16

struct row {
	const char *name;
	unsigned int weight;
	enum argument_kind form[ROW_FORM];
	void (*device)(const uint32_t *argument, struct result *result);
	void (*model)(struct call *call);
	/* Results that a run has to have seen. */
	unsigned int musts;
	int must[ROW_MUST];
};

extern const struct row rows[];
extern const unsigned int row_count;
/* The row of the operation by which a task ends. */
extern const unsigned int row_exit;

/* Random numbers: what comes after a seed is the same in every process. */
void draw_seed(uint64_t seed);

/* Make up operation number @step after one of @task, from what the model knows. */
void operation_generate(struct operation *operation, uint32_t step, int task);

/* Put names in for outputs; what was not made is a name of nothing. */
void operation_resolve(const struct operation *operation,
		       const uint32_t *made, uint32_t *argument);
/* As a line of C. */
void operation_print(const struct operation *operation, FILE *file);

const char *code_name(int64_t code);

/* A name that denotes nothing, ever. */
#define NAME_NOTHING 0x00fff003u

/* One call on the device, see struct row. */
void device_allocate(const uint32_t *argument, struct result *result);
void device_allocate_name(const uint32_t *argument, struct result *result);
void device_deallocate(const uint32_t *argument, struct result *result);
void device_destroy(const uint32_t *argument, struct result *result);
void device_mod_refs(const uint32_t *argument, struct result *result);
void device_get_refs(const uint32_t *argument, struct result *result);
void device_type(const uint32_t *argument, struct result *result);
void device_names(const uint32_t *argument, struct result *result);
void device_insert_right(const uint32_t *argument, struct result *result);
void device_extract_right(const uint32_t *argument, struct result *result);
void device_get_attributes(const uint32_t *argument, struct result *result);
void device_set_attributes(const uint32_t *argument, struct result *result);
void device_construct(const uint32_t *argument, struct result *result);
void device_destruct(const uint32_t *argument, struct result *result);
void device_guard(const uint32_t *argument, struct result *result);
void device_guard_with_flags(const uint32_t *argument, struct result *result);
void device_unguard(const uint32_t *argument, struct result *result);
void device_swap_guard(const uint32_t *argument, struct result *result);
void device_get_context(const uint32_t *argument, struct result *result);
void device_set_context(const uint32_t *argument, struct result *result);
void device_assert_attributes(const uint32_t *argument, struct result *result);
void device_get_srights(const uint32_t *argument, struct result *result);
void device_peek(const uint32_t *argument, struct result *result);
void device_kobject(const uint32_t *argument, struct result *result);
void device_space_info(const uint32_t *argument, struct result *result);
void device_set_mscount(const uint32_t *argument, struct result *result);
void device_set_seqno(const uint32_t *argument, struct result *result);
void device_rename(const uint32_t *argument, struct result *result);
void device_request_notification(const uint32_t *argument,
				 struct result *result);
void device_reply_port(const uint32_t *argument, struct result *result);
void device_host_self(const uint32_t *argument, struct result *result);
void device_thread_self(const uint32_t *argument, struct result *result);
void device_task_for_pid(const uint32_t *argument, struct result *result);
void device_task_read_for_pid(const uint32_t *argument, struct result *result);
void device_insert_member(const uint32_t *argument, struct result *result);
void device_extract_member(const uint32_t *argument, struct result *result);
void device_move_member(const uint32_t *argument, struct result *result);
void device_get_set_status(const uint32_t *argument, struct result *result);
void device_message(const uint32_t *argument, struct result *result);

#endif /* OPERATION_H */
