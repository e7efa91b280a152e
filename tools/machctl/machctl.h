/* SPDX-License-Identifier: GPL-2.0-only */
/* The parts of machctl. */
#ifndef MACHCTL_H
#define MACHCTL_H

#include <json-c/json.h>
#include <netlink/attr.h>
#include <stdbool.h>
#include <stdint.h>

/* Exit statuses. */
enum {
	EXIT_DONE,
	EXIT_FAILED,	/* as the message says */
	EXIT_USAGE,
	EXIT_NO_MODULE,	/* it is not loaded, or shut down */
	EXIT_DENIED,
	EXIT_NO_TASK,	/* no such process, or one that is no task */
};

/* What all parts go by. */
extern bool want_json;

void fail(int status, const char *format, ...)
	__attribute__((noreturn, format(printf, 2, 3)));

/* The same, with what a call answered. */
void fail_code(const char *what, int kr) __attribute__((noreturn));

/* How an attribute is shown. */
enum form {
	FORM_NUMBER,	/* u32 or u64 */
	FORM_SIGNED,	/* s32 */
	FORM_NAME,	/* u32: a port name, in hexadecimal */
	FORM_TEXT,
	FORM_WORDS,	/* u32 array */
	FORM_FLAG,
	FORM_KIND,	/* u32: enum machdev_port_kind */
	FORM_TOKEN,	/* u32: enum machdev_token_kind */
	FORM_LEDGER,	/* u32: enum machdev_ledger_kind */
	FORM_EVENT,	/* u32: enum machdev_event_kind */
	FORM_RIGHTS,	/* u32: MACHDEV_TYPE_* */
	FORM_COUNTER,	/* u32: MACHDEV_COUNTER_* */
	FORM_TIME,	/* u64: nanoseconds of CLOCK_BOOTTIME */
};

/**
 * struct column - a value of a line
 * @key: its name in JSON
 * @title: its head in text, NULL: not shown there
 * @width: characters in text, negative: left-aligned
 * @attr: netlink attribute, 0 if it comes from elsewhere
 * @form: how the attribute is shown
 */
struct column {
	const char *key;
	const char *title;
	int width;
	int attr;
	enum form form;
};

/* A line is a JSON object, and a list of them an array. */
struct json_object *line_from(const struct column *columns,
			      struct nlattr **attrs);
struct json_object *text_value(const char *text);
void list_print(const struct column *columns, struct json_object *list);
void head_print(const struct column *columns);
void line_print(const struct column *columns, struct json_object *line);

struct json_object *netlink_dump(int cmd, uint32_t pid,
				 const struct column *columns);
void netlink_watch(const struct column *columns, void (*joined)(void),
		   bool (*event)(struct json_object *line));

void show_ps(uint32_t pid);
void show_ports(uint32_t pid);
void show_objects(uint32_t pid);
void show_queues(uint32_t pid);
void show_ledgers(uint32_t pid);
void show_stat(uint32_t pid);
void show_token(uint32_t pid);
void show_special(uint32_t pid);
void watch(uint32_t pid);
void shut_down(uint32_t pid);

/* With arguments of its own; returns the exit status. */
int run(int argc, char **argv);

#endif /* MACHCTL_H */
