// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * A task the Mach way: made without memory and threads, given a page of code and
 * a thread, and waited for by its port. What it does, for x86-64: write a text
 * to a descriptor that it has from its creator, and exit.
 */
#include <mach/mach.h>
#include <mach/notify.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BASE 0x10000000

static const unsigned char code[] = {
	0xb8, 0x01, 0x00, 0x00, 0x00,	/* mov $1, %eax: write */
	0x0f, 0x05,			/* syscall, with the registers given */
	0xb8, 0x3c, 0x00, 0x00, 0x00,	/* mov $60, %eax: exit */
	0x31, 0xff,			/* xor %edi, %edi */
	0x0f, 0x05,			/* syscall */
};

static const char text[] = "hello from a task made by hand\n";

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
	vm_address_t page = BASE;
	x86_thread_state64_t state = {
		.rip = BASE,
		.rdi = 1,
		.rsi = BASE + sizeof(code),
		.rdx = sizeof(text) - 1,
	};
	mach_dead_name_notification_t dead;
	char image[sizeof(code) + sizeof(text)];
	thread_act_t thread;

	memcpy(image, code, sizeof(code));
	memcpy(image + sizeof(code), text, sizeof(text));
	must("task_create", task_create(self, NULL, 0, FALSE, &task));
	must("vm_allocate", vm_allocate(task, &page, sizeof(image),
					VM_FLAGS_FIXED));
	must("vm_write", vm_write(task, page, (vm_offset_t)image,
				  sizeof(image)));
	must("vm_protect", vm_protect(task, page, sizeof(image), FALSE,
				      VM_PROT_READ | VM_PROT_EXECUTE));

	must("allocate", mach_port_allocate(self, MACH_PORT_RIGHT_RECEIVE,
					    &news));
	must("notify",
	     mach_port_request_notification(self, task, MACH_NOTIFY_DEAD_NAME,
					    0, news,
					    MACH_MSG_TYPE_MAKE_SEND_ONCE,
					    &previous));
	must("thread_create_running",
	     thread_create_running(task, x86_THREAD_STATE64,
				   (thread_state_t)&state,
				   x86_THREAD_STATE64_COUNT, &thread));
	must("wait", mach_msg(&dead.not_header, MACH_RCV_MSG, 0, sizeof(dead),
			      news, MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL));
	puts("it has ended");
	return 0;
}
