// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/*
 * Send much memory without copying it into the message: the receiver finds it
 * mapped, and what the sender does to its own afterwards changes nothing.
 */
#include <mach/mach.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SIZE = 1 << 20 };

struct letter {
	mach_msg_header_t head;
	mach_msg_body_t body;
	mach_msg_ool_descriptor_t memory;
	mach_msg_type_number_t size;
};

static void must(const char *what, kern_return_t kr)
{
	if (kr != KERN_SUCCESS) {
		mach_error(what, kr);
		exit(1);
	}
}

static void send_memory(mach_port_t port, void *address, boolean_t give_away)
{
	struct letter out = {
		.head.msgh_bits = MACH_MSGH_BITS_COMPLEX |
			MACH_MSGH_BITS(MACH_MSG_TYPE_COPY_SEND, 0),
		.head.msgh_remote_port = port,
		.body.msgh_descriptor_count = 1,
		.memory.address = address,
		.memory.size = SIZE,
		.memory.deallocate = give_away,
		.memory.copy = MACH_MSG_VIRTUAL_COPY,
		.memory.type = MACH_MSG_OOL_DESCRIPTOR,
		.size = SIZE,
	};

	must("send", mach_msg(&out.head, MACH_SEND_MSG, sizeof(out), 0,
			      MACH_PORT_NULL, MACH_MSG_TIMEOUT_NONE,
			      MACH_PORT_NULL));
}

/* The child: two letters, of which the second gives its memory away. */
static void sender(void)
{
	vm_address_t memory = 0;
	mach_port_t port;
	char *text;

	must("bootstrap", task_get_bootstrap_port(mach_task_self(), &port));
	must("allocate", vm_allocate(mach_task_self(), &memory, SIZE,
				     VM_FLAGS_ANYWHERE));
	text = (char *)memory;
	snprintf(text + SIZE - 100, 100, "the first letter");
	send_memory(port, text, FALSE);
	snprintf(text + SIZE - 100, 100, "the second letter");
	send_memory(port, text, TRUE);
	/* From here on there is nothing at this address. */
	exit(0);
}

static void receive(mach_port_t port)
{
	struct {
		struct letter letter;
		mach_msg_trailer_t trailer;
	} in;
	char *text;

	must("receive", mach_msg(&in.letter.head, MACH_RCV_MSG, 0, sizeof(in),
				 port, MACH_MSG_TIMEOUT_NONE, MACH_PORT_NULL));
	if (!(in.letter.head.msgh_bits & MACH_MSGH_BITS_COMPLEX) ||
	    in.letter.body.msgh_descriptor_count != 1 ||
	    in.letter.memory.type != MACH_MSG_OOL_DESCRIPTOR ||
	    in.letter.memory.size != SIZE) {
		mach_msg_destroy(&in.letter.head);
		exit(1);
	}
	text = in.letter.memory.address;
	printf("%u bytes, and at their end: %s\n", in.letter.memory.size,
	       text + SIZE - 100);
	/* The memory is ours, to be written and to be released. */
	text[0] = 'x';
	must("deallocate", vm_deallocate(mach_task_self(), (vm_address_t)text,
					 SIZE));
}

int main(void)
{
	mach_port_t self = mach_task_self(), port;
	int status;

	must("allocate", mach_port_allocate(self, MACH_PORT_RIGHT_RECEIVE,
					    &port));
	must("insert", mach_port_insert_right(self, port, port,
					      MACH_MSG_TYPE_MAKE_SEND));
	must("set", task_set_bootstrap_port(self, port));
	if (fork() == 0)
		sender();
	receive(port);
	receive(port);
	return wait(&status) < 0 || status != 0;
}
