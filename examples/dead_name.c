// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Wait for the end of any process whose task port one has, a child or not: the
 * port dies with the task, and who asked is told.
 */
#include <mach/mach.h>
#include <mach/notify.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void must(const char *what, kern_return_t kr)
{
	if (kr != KERN_SUCCESS) {
		mach_error(what, kr);
		exit(1);
	}
}

int main(void)
{
	mach_port_t self = mach_task_self(), task, news, previous;
	mach_dead_name_notification_t dead;
	mach_port_type_t type;
	int gate[2];
	pid_t pid;
	char byte;

	if (pipe(gate))
		return 1;
	pid = fork();
	if (pid == 0) {
		close(gate[1]);
		_exit(read(gate[0], &byte, 1) != 0);
	}
	must("task_for_pid", task_for_pid(self, pid, &task));
	must("allocate", mach_port_allocate(self, MACH_PORT_RIGHT_RECEIVE,
					    &news));
	must("notify",
	     mach_port_request_notification(self, task, MACH_NOTIFY_DEAD_NAME,
					    0, news,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE,
					    &previous));
	must("type", mach_port_type(self, task, &type));
	printf("alive: %s\n", type & MACH_PORT_TYPE_SEND ? "a send right" : "?");

	close(gate[1]);
	must("wait", mach_msg(&dead.not_header, MACH_RCV_MSG, 0, sizeof(dead),
			      news, MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL));
	if (dead.not_header.msgh_id != MACH_NOTIFY_DEAD_NAME ||
	    dead.not_port != task)
		return 1;
	must("type", mach_port_type(self, task, &type));
	printf("ended: %s\n", type == MACH_PORT_TYPE_DEAD_NAME ? "a dead name" :
								 "?");
	/* The notification has a reference of its own, as Mach's rules say. */
	must("deallocate", mach_port_deallocate(self, task));
	must("deallocate", mach_port_deallocate(self, task));
	waitpid(pid, NULL, 0);
	return 0;
}
