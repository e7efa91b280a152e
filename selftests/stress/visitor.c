// SPDX-License-Identifier: GPL-2.0-only
/*
 * The breeder makes visitors, by fork and by exec: tasks that say one word to
 * the registry and die, most of them with rights and messages of their own.
 */
#include "stress.h"

/* Ports, one of them in a message in another, which the exit has to find. */
static void leave_things_behind(void)
{
	mach_port_t outer = new_port(), inner = new_port();
	struct note note;

	note_init(&note, outer, MACH_MSG_TYPE_COPY_SEND, ID_HAND, inner,
		  MACH_MSG_TYPE_MOVE_RECEIVE);
	must(msg_send(&note, NOTE_SIZE), "send oneself a right");
}

int visitor_main(uint32_t number)
{
	struct msg msg;

	if (random_below(2))
		leave_things_behind();
	msg_init(&msg, registry_port(), MACH_MSG_TYPE_MOVE_SEND, MACH_PORT_NULL,
		 0, ID_VISIT);
	msg.word[0] = number;
	must(send_whole(&msg.head, MSG_SIZE(1)), "visit");
	return 0;
}

static void visit(const char *program, uint32_t number)
{
	char text[16];

	my_random += number * 0x9e3779b97f4a7c15ull;
	if (random_below(2))
		_exit(visitor_main(number));
	snprintf(text, sizeof(text), "%u", number);
	execl(program, program, "visitor", text, NULL);
	_exit(1);
}

#define BROOD 4

int breeder_main(const char *program)
{
	uint32_t number[BROOD];
	pid_t child[BROOD];
	int i, status;

	thread_begin(BEAT_BREEDER);
	while (!stopping()) {
		beat(FORKING, 0);
		for (i = 0; i < BROOD; i++) {
			number[i] = __atomic_fetch_add(&shared->visitors, 1,
						       __ATOMIC_RELAXED);
			if (number[i] >= VISITORS)
				return 0;
			child[i] = fork();
			if (!child[i])
				visit(program, number[i]);
			MUST(child[i] < 0 ? -errno : 0);
		}
		if (!random_below(4))
			kill(child[random_below(BROOD)], SIGKILL);
		beat(REAPING, 0);
		for (i = 0; i < BROOD; i++) {
			status = child_status(child[i]);
			if (status == EXIT_GONE)
				_exit(EXIT_GONE);
			if (!status)
				shared->sent[number[i]] = 1;
			else if (status != 128 + SIGKILL)
				failed("visitor %u ends with %d", number[i],
				       status);
		}
	}
	thread_end();
	return 0;
}
