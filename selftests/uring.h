/* SPDX-License-Identifier: GPL-2.0-only */
/* As much of io_uring as it takes to poll one descriptor at a time. */
#ifndef URING_H
#define URING_H

#include <linux/io_uring.h>

#include "port_helpers.h"

struct uring {
	int fd;
	struct io_uring_params params;
	char *ring;
	struct io_uring_sqe *entries;
};

/* 0; -errno where the kernel has none, or lets nobody use it. */
static inline int uring_open(struct uring *ring)
{
	struct io_uring_params *p = &ring->params;
	size_t in, out;

	memset(ring, 0, sizeof(*ring));
	ring->fd = syscall(SYS_io_uring_setup, 4, p);
	if (ring->fd < 0)
		return -errno;
	MUST(p->features & IORING_FEAT_SINGLE_MMAP ? 0 : -ENOTSUP);
	in = p->sq_off.array + p->sq_entries * sizeof(uint32_t);
	out = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);
	ring->ring = mmap(NULL, in > out ? in : out, PROT_READ | PROT_WRITE,
			  MAP_SHARED, ring->fd, IORING_OFF_SQ_RING);
	ring->entries = mmap(NULL, p->sq_entries * sizeof(*ring->entries),
			     PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd,
			     IORING_OFF_SQES);
	MUST(ring->ring == MAP_FAILED ||
	     (void *)ring->entries == MAP_FAILED ? -errno : 0);
	return 0;
}

static inline uint32_t *uring_word(struct uring *ring, uint32_t offset)
{
	return (uint32_t *)(ring->ring + offset);
}

/* Wait for @events of @fd; again and again if @many. */
static inline void uring_poll(struct uring *ring, int fd, uint32_t events,
			      bool many)
{
	struct io_uring_params *p = &ring->params;
	uint32_t *tail = uring_word(ring, p->sq_off.tail);
	uint32_t at = *tail & *uring_word(ring, p->sq_off.ring_mask);

	ring->entries[at] = (struct io_uring_sqe) {
		.opcode = IORING_OP_POLL_ADD,
		.fd = fd,
		.poll32_events = events,
		.len = many ? IORING_POLL_ADD_MULTI : 0,
	};
	uring_word(ring, p->sq_off.array)[at] = at;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	MUST(syscall(SYS_io_uring_enter, ring->fd, 1, 0, 0, NULL, 0) == 1 ?
	     0 : -errno);
}

/* The next result, waiting for it if @wait; 0 for none. */
static inline int uring_result(struct uring *ring, unsigned int wait)
{
	struct io_uring_params *p = &ring->params;
	uint32_t *head = uring_word(ring, p->cq_off.head);
	struct io_uring_cqe *results = (void *)(ring->ring + p->cq_off.cqes);
	int result;

	MUST(syscall(SYS_io_uring_enter, ring->fd, 0, wait,
		     IORING_ENTER_GETEVENTS, NULL, 0) < 0 ? -errno : 0);
	if (*head == __atomic_load_n(uring_word(ring, p->cq_off.tail),
				     __ATOMIC_ACQUIRE))
		return 0;
	result = results[*head & *uring_word(ring, p->cq_off.ring_mask)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

#endif /* URING_H */
