// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Constants that programs link to. */
#include "internal.h"

MACHDEV_EXPORT const security_token_t KERNEL_SECURITY_TOKEN =
	KERNEL_SECURITY_TOKEN_VALUE;
MACHDEV_EXPORT const audit_token_t KERNEL_AUDIT_TOKEN =
	KERNEL_AUDIT_TOKEN_VALUE;

MACHDEV_EXPORT NDR_record_t NDR_record = {
	.mig_encoding = NDR_PROTOCOL_2_0,
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	.int_rep = NDR_INT_LITTLE_ENDIAN,
#else
	.int_rep = NDR_INT_BIG_ENDIAN,
#endif
	.char_rep = NDR_CHAR_ASCII,
	.float_rep = NDR_FLOAT_IEEE,
};
