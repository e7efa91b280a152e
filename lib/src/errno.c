// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* What the errors of the device are in Mach's terms. */
#include <errno.h>

#include "internal.h"

kern_return_t __machdev_error(int error)
{
	switch (error) {
	case ENOTTY:		/* the module is older than this library, */
	case EINVAL:		/* in its commands, flags or structs, */
	case E2BIG:
	case EOPNOTSUPP:	/* or the kernel lacks what it takes */
		return KERN_NOT_SUPPORTED;
	case ENOENT:		/* no module is loaded */
	case ENXIO:
		return KERN_INVALID_HOST;
	case ENODEV:		/* it has been shut down */
		return KERN_TERMINATED;
	case EACCES:
	case EPERM:
		return KERN_NO_ACCESS;
	case ENOMEM:
	case EDQUOT:
	case EMFILE:
	case ENFILE:
		return KERN_RESOURCE_SHORTAGE;
	case EFAULT:
		return KERN_INVALID_ADDRESS;
	case EINTR:
		return KERN_ABORTED;
	default:
		return KERN_FAILURE;
	}
}

mach_msg_return_t __machdev_msg_error(int error, mach_msg_option_t option)
{
	switch (error) {
	case EFAULT:
		return option & MACH_SEND_MSG ? MACH_SEND_INVALID_DATA :
						MACH_RCV_INVALID_DATA;
	case EINTR:
		return MACH_RCV_INTERRUPTED;
	case ENOMEM:
	case EDQUOT:
		if (option & MACH_SEND_MSG)
			return MACH_SEND_NO_BUFFER;
		break;
	}
	return __machdev_error(error);
}
