// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Error numbers: each has a text of its own, each errno its Mach code. */
#include <errno.h>
#include <string.h>

#include <mach/mach.h>
#include <servers/bootstrap.h>

#include "check.h"
#include "internal.h"

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

struct range {
	int first, last;
	const char *type;
};

/* Every number that the headers define; in these ranges, the holes aside. */
static const struct range ranges[] = {
	{ KERN_SUCCESS, KERN_NOT_FOUND, "(os/kern)" },
	{ MACH_SEND_IN_PROGRESS, MACH_SEND_AUX_TOO_LARGE, "(ipc/send)" },
	{ MACH_RCV_IN_PROGRESS, MACH_RCV_INVALID_ARGUMENTS, "(ipc/rcv)" },
	{ MIG_TRAILER_ERROR, MIG_TYPE_ERROR, "(ipc/mig)" },
	{ BOOTSTRAP_NOT_PRIVILEGED, BOOTSTRAP_NO_MEMORY, "(bootstrap)" },
};

static const int holes[] = {
	0x10000006, 0x10000014, 0x10004010,
};

static bool is_hole(int code)
{
	size_t i;

	for (i = 0; i < LENGTH(holes); i++)
		if (holes[i] == code)
			return true;
	return false;
}

static bool is_unknown(int code)
{
	return !strcmp(mach_error_string(code), "unknown error code") &&
	       !strcmp(mach_error_type(code), "(unknown)");
}

static void every_number_has_a_text(void)
{
	size_t i;
	int code;

	for (i = 0; i < LENGTH(ranges); i++) {
		for (code = ranges[i].first; code <= ranges[i].last; code++) {
			CHECK(is_unknown(code) == is_hole(code));
			if (is_hole(code))
				continue;
			CHECK(!strcmp(mach_error_type(code), ranges[i].type));
			CHECK(strlen(mach_error_string(code)) > 6);
			CHECK(strlen(mach_error_string(code)) < 70);
		}
	}
	CHECK(is_unknown(57));
	CHECK(is_unknown(-1));
	CHECK(is_unknown(0x1000001a));
	CHECK(is_unknown(0x10004014));
	CHECK(is_unknown(-310));
	CHECK(is_unknown(1106));
	CHECK(is_unknown(MACH_MSG_IPC_SPACE));
}

static void texts_differ(void)
{
	size_t i;
	int a, b;

	for (i = 0; i < LENGTH(ranges); i++)
		for (a = ranges[i].first; a <= ranges[i].last; a++)
			for (b = ranges[i].first; b < a; b++)
				CHECK((is_hole(a) && is_hole(b)) ||
				      strcmp(mach_error_string(a),
					     mach_error_string(b)));
}

static void modifiers_do_not_matter(void)
{
	CHECK(mach_error_string(MACH_RCV_BODY_ERROR | MACH_MSG_IPC_SPACE) ==
	      mach_error_string(MACH_RCV_BODY_ERROR));
	CHECK(mach_error_string(MACH_SEND_TIMED_OUT | MACH_MSG_MASK) ==
	      mach_error_string(MACH_SEND_TIMED_OUT));
	CHECK(!strcmp(mach_error_type(MACH_RCV_BODY_ERROR | MACH_MSG_VM_SPACE),
		      "(ipc/rcv)"));
}

static void parts_of_a_number(void)
{
	CHECK(err_get_system(MACH_RCV_TIMED_OUT) == 4);
	CHECK(err_get_sub(MACH_RCV_TIMED_OUT) == 1);
	CHECK(err_get_code(MACH_RCV_TIMED_OUT) == 3);
	CHECK((err_mach_ipc | err_sub(1) | 3) == MACH_RCV_TIMED_OUT);
}

static void errno_table(void)
{
	static const struct {
		int error;
		kern_return_t code;
	} cases[] = {
		{ ENOTTY, KERN_NOT_SUPPORTED },
		{ EINVAL, KERN_NOT_SUPPORTED },
		{ E2BIG, KERN_NOT_SUPPORTED },
		{ EOPNOTSUPP, KERN_NOT_SUPPORTED },
		{ ENOENT, KERN_INVALID_HOST },
		{ ENXIO, KERN_INVALID_HOST },
		{ ENODEV, KERN_TERMINATED },
		{ EACCES, KERN_NO_ACCESS },
		{ EPERM, KERN_NO_ACCESS },
		{ ENOMEM, KERN_RESOURCE_SHORTAGE },
		{ EDQUOT, KERN_RESOURCE_SHORTAGE },
		{ EMFILE, KERN_RESOURCE_SHORTAGE },
		{ ENFILE, KERN_RESOURCE_SHORTAGE },
		{ EFAULT, KERN_INVALID_ADDRESS },
		{ EINTR, KERN_ABORTED },
	};
	size_t i;
	int error;

	for (i = 0; i < LENGTH(cases); i++)
		CHECK(__machdev_error(cases[i].error) == cases[i].code);
	for (error = 1; error < 4096; error++)
		CHECK(__machdev_error(error) != KERN_SUCCESS);

	CHECK(__machdev_msg_error(EFAULT, MACH_SEND_MSG | MACH_RCV_MSG) ==
	      MACH_SEND_INVALID_DATA);
	CHECK(__machdev_msg_error(EFAULT, MACH_RCV_MSG) ==
	      MACH_RCV_INVALID_DATA);
	CHECK(__machdev_msg_error(ENOMEM, MACH_SEND_MSG) ==
	      MACH_SEND_NO_BUFFER);
	CHECK(__machdev_msg_error(EDQUOT, MACH_SEND_MSG) ==
	      MACH_SEND_NO_BUFFER);
	CHECK(__machdev_msg_error(ENOMEM, MACH_RCV_MSG) ==
	      KERN_RESOURCE_SHORTAGE);
	CHECK(__machdev_msg_error(ENODEV, MACH_RCV_MSG) == KERN_TERMINATED);
	CHECK(__machdev_msg_error(ENOENT, MACH_SEND_MSG) == KERN_INVALID_HOST);
}

static const struct test tests[] = {
	TEST(every_number_has_a_text),
	TEST(texts_differ),
	TEST(modifiers_do_not_matter),
	TEST(parts_of_a_number),
	TEST(errno_table),
};

int main(void)
{
	return run_tests(tests, LENGTH(tests), NULL);
}
