// SPDX-License-Identifier: GPL-2.0-only
/*
 * The image that actors exec: says that it runs, then obeys orders.
 */
#include <pthread.h>
#include "../actor.h"

int main(int argc, char **argv)
{
	struct answer answer = { 0 };
	int fd = argc == 2 ? atoi(argv[1]) : -1;

	if (fd < 0)
		return 2;
	actor_get_ids(&answer);
	if (write(fd, &answer, sizeof(answer)) != sizeof(answer))
		return 1;
	actor_serve(fd);
}
