// SPDX-License-Identifier: GPL-2.0-only
/* An image that does nothing but its first call. */
#include "../mach_test.h"

int main(void)
{
	uint32_t name;

	return mach_ioctl_name(MACHDEV_IOC_TASK_SELF, &name) ? 1 : 0;
}
