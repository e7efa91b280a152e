// SPDX-License-Identifier: GPL-2.0-only
/* Lines: from attributes to JSON, and out as text or JSON. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/machdev_netlink.h>
#include <machdev.h>

#include "machctl.h"

static const char * const kinds[] = {
	"plain", "task", "task-read", "task-inspect", "task-name", "thread",
	"host", "host-priv", "host-security", "ledger", "fileport", "clock",
	"processor-set", "suspension",
};

static const char * const tokens[] = { "derived", "explicit" };

static const char * const ledgers[] = { "wired", "paged" };

static const char * const events[] = {
	NULL, "attach", "fork", "exec", "exit", "lost", "token", "shutdown",
};

/* A word, or the number where a newer module knows one more. */
static struct json_object *word(const char * const *words, size_t count,
				uint32_t number)
{
	char text[16];

	if (number < count && words[number])
		return json_object_new_string(words[number]);
	snprintf(text, sizeof(text), "%u", number);
	return json_object_new_string(text);
}

#define WORD(words, number) \
	word(words, sizeof(words) / sizeof(*(words)), number)

/*
 * What a process calls itself may be any bytes. Those that are not printable
 * ASCII, and the backslash, are shown as \xNN.
 */
struct json_object *text_value(const char *text)
{
	char safe[4 * 64 + 1], *to = safe;
	const unsigned char *from;

	for (from = (const void *)text; *from && to < safe + 4 * 63; from++) {
		if (*from < 0x20 || *from > 0x7e || *from == '\\')
			to += sprintf(to, "\\x%02x", *from);
		else
			*to++ = (char)*from;
	}
	*to = 0;
	return json_object_new_string(safe);
}

static struct json_object *rights_value(uint32_t type)
{
	static const struct {
		uint32_t bit;
		const char *name;
	} names[] = {
		{ MACHDEV_TYPE_RECEIVE, "recv" },
		{ MACHDEV_TYPE_SEND, "send" },
		{ MACHDEV_TYPE_SEND_ONCE, "send-once" },
		{ MACHDEV_TYPE_PORT_SET, "port-set" },
		{ MACHDEV_TYPE_DEAD_NAME, "dead" },
	};
	char text[64] = "";
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (!(type & names[i].bit))
			continue;
		if (*text)
			strcat(text, ",");
		strcat(text, names[i].name);
	}
	return json_object_new_string(text);
}

static struct json_object *words_value(const struct nlattr *attr)
{
	struct json_object *array = json_object_new_array();
	const uint32_t *words = nla_data(attr);
	int i;

	for (i = 0; i < nla_len(attr) / (int)sizeof(*words); i++)
		json_object_array_add(array, json_object_new_int64(words[i]));
	return array;
}

static struct json_object *counter_value(uint32_t id)
{
	const char *name = machdev_counter_name(id);
	char text[16];

	snprintf(text, sizeof(text), "%u", id);
	return json_object_new_string(name ?: text);
}

static uint64_t number_of(const struct nlattr *attr)
{
	switch (nla_len(attr)) {
	case sizeof(uint32_t):
		return nla_get_u32(attr);
	case sizeof(uint64_t):
		return nla_get_u64(attr);
	default:
		fail(EXIT_FAILED, "netlink: an attribute of %d bytes",
		     nla_len(attr));
	}
}

static struct json_object *value_from(enum form form, struct nlattr *attr)
{
	char text[64];

	switch (form) {
	case FORM_TEXT:
		nla_strlcpy(text, attr, sizeof(text));
		return text_value(text);
	case FORM_WORDS:
		return words_value(attr);
	case FORM_FLAG:
		return json_object_new_boolean(true);
	case FORM_SIGNED:
		return json_object_new_int((int32_t)number_of(attr));
	case FORM_NAME:
		snprintf(text, sizeof(text), "0x%x",
			 (uint32_t)number_of(attr));
		return json_object_new_string(text);
	case FORM_KIND:
		return WORD(kinds, (uint32_t)number_of(attr));
	case FORM_TOKEN:
		return WORD(tokens, (uint32_t)number_of(attr));
	case FORM_LEDGER:
		return WORD(ledgers, (uint32_t)number_of(attr));
	case FORM_EVENT:
		return WORD(events, (uint32_t)number_of(attr));
	case FORM_RIGHTS:
		return rights_value((uint32_t)number_of(attr));
	case FORM_COUNTER:
		return counter_value((uint32_t)number_of(attr));
	case FORM_TIME:
		snprintf(text, sizeof(text), "%.6f",
			 (double)number_of(attr) / 1e9);
		return json_object_new_double_s((double)number_of(attr) / 1e9,
						text);
	case FORM_NUMBER:
		break;
	}
	return json_object_new_uint64(number_of(attr));
}

/* A line with a value for each attribute that is there. */
struct json_object *line_from(const struct column *columns,
			      struct nlattr **attrs)
{
	struct json_object *line = json_object_new_object();
	const struct column *column;

	for (column = columns; column->key; column++) {
		if (!column->attr)
			continue;
		if (attrs[column->attr])
			json_object_object_add(line, column->key,
					       value_from(column->form,
							  attrs[column->attr]));
		else if (column->form == FORM_FLAG)
			json_object_object_add(line, column->key,
					       json_object_new_boolean(false));
	}
	return line;
}

static void cell_print(const struct column *column, bool last,
		       const char *text)
{
	if (last && column->width < 0)
		printf("%s\n", text);
	else
		printf("%*s%c", column->width, text, last ? '\n' : ' ');
}

static bool is_last(const struct column *column)
{
	for (column++; column->key; column++) {
		if (column->title)
			return false;
	}
	return true;
}

void head_print(const struct column *columns)
{
	const struct column *column;

	for (column = columns; column->key; column++) {
		if (column->title)
			cell_print(column, is_last(column), column->title);
	}
}

void line_print(const struct column *columns, struct json_object *line)
{
	const struct column *column;
	struct json_object *value;
	const char *text;

	if (want_json) {
		puts(json_object_to_json_string_ext(line,
						    JSON_C_TO_STRING_PLAIN));
		return;
	}
	for (column = columns; column->key; column++) {
		if (!column->title)
			continue;
		text = "-";
		if (json_object_object_get_ex(line, column->key, &value))
			text = json_object_get_string(value);
		if (json_object_is_type(value, json_type_boolean))
			text = json_object_get_boolean(value) ? "yes" : "-";
		cell_print(column, is_last(column), text);
	}
}

/* Takes over the list. */
void list_print(const struct column *columns, struct json_object *list)
{
	size_t i;

	if (want_json) {
		puts(json_object_to_json_string_ext(list,
						    JSON_C_TO_STRING_PLAIN));
	} else {
		head_print(columns);
		for (i = 0; i < json_object_array_length(list); i++)
			line_print(columns,
				   json_object_array_get_idx(list, i));
	}
	json_object_put(list);
}
