// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* Operations on ledgers. */
#include <limits.h>

#include "internal.h"

MACHDEV_EXPORT kern_return_t ledger_create(ledger_t parent_ledger,
					   ledger_t ledger_ledger,
					   ledger_t *new_ledger,
					   ledger_item_t transfer)
{
	struct machdev_ledger argument = {
		.ledger = parent_ledger,
		.other = ledger_ledger,
		.amount = transfer,
	};
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_LEDGER_CREATE, &argument);
	if (result == KERN_SUCCESS)
		*new_ledger = argument.created;
	return result;
}

static ledger_item_t as_item(int64_t bytes)
{
	return bytes > INT_MAX ? INT_MAX : (ledger_item_t)bytes;
}

MACHDEV_EXPORT kern_return_t ledger_read(ledger_t ledger,
					 ledger_item_t *balance,
					 ledger_item_t *limit)
{
	struct machdev_ledger argument = { .ledger = ledger };
	kern_return_t result;

	result = __machdev_call(MACHDEV_IOC_LEDGER_READ, &argument);
	if (result != KERN_SUCCESS)
		return result;
	*balance = as_item(argument.amount);
	*limit = argument.limit == INT64_MAX ? LEDGER_ITEM_INFINITY :
					       as_item(argument.limit);
	return result;
}

MACHDEV_EXPORT kern_return_t ledger_transfer(ledger_t parent_ledger,
					     ledger_t child_ledger,
					     ledger_item_t transfer)
{
	struct machdev_ledger argument = {
		.ledger = parent_ledger,
		.other = child_ledger,
		.amount = transfer,
	};

	return __machdev_call(MACHDEV_IOC_LEDGER_TRANSFER, &argument);
}

MACHDEV_EXPORT kern_return_t ledger_terminate(ledger_t ledger)
{
	struct machdev_ledger argument = { .ledger = ledger };

	return __machdev_call(MACHDEV_IOC_LEDGER_TERMINATE, &argument);
}
