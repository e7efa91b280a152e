/* SPDX-License-Identifier: GPL-2.0-only */
/* What the models of calls have in common. */
#ifndef CALLS_H
#define CALLS_H

#include "model.h"

static inline void answer(struct call *call, uint32_t word)
{
	call->want.word[call->want.count++] = word;
}

static inline void fail(struct call *call, int code)
{
	call->want.code = code;
}

/* The space that argument 0 stands for; without one the code is set. */
struct space *call_space(struct call *call, bool read);
/* The receive right that argument 1 names; without one the code is set. */
struct port *call_receive(struct call *call, struct space *space);

#endif /* CALLS_H */
