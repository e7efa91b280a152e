/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fault sweep: a call that succeeds is made again and again, with its
 * first, second, ... allocation failing, then its first, second, ... access to
 * user memory, then what the kernel first, second, ... does for it and needs
 * memory for, until none is left to fail.
 *
 * A form is such a call. Each time it is made by a new process, which sets up
 * what the call needs, looks at everything, calls, and looks again. What should
 * have come of the call is known from processes that made it undisturbed. The
 * end of the process takes everything down.
 */
#ifndef SWEEP_H
#define SWEEP_H

#include "fault.h"
#include "netlink_helpers.h"

/* No form comes near it: who fails more often than this fails for ever. */
#define SWEEP_MAX 200

/* What another segment of a name table takes from a ledger. */
#define SWEEP_SEGMENT 1024

/* Counters that tell of the state or of what has happened. */
#define SWEEP_COUNTERS (MACHDEV_COUNTER_NOTIFIED + 1)

/* Those that tell of the state alone come first. */
#define SWEEP_LIVE_COUNTERS (MACHDEV_COUNTER_QUEUED + 1)

enum sweep_site { SWEEP_ALLOC, SWEEP_COPY, SWEEP_KERNEL, SWEEP_SITES };

static const char * const sweep_site_name[SWEEP_SITES] = {
	"alloc", "copy", "kernel",
};

/* Which of the calls at a site fail: the @nth, 0 for none. */
struct injection {
	enum sweep_site site;
	unsigned int nth;
	bool all;	/* and those that follow */
};

/* What set_up() makes, and call() uses, as the form wants it. */
struct scene {
	struct holder other;
	mach_port_t port, name, once, notify;
	uint32_t got;		/* a name that the call gave */
	struct test_pipe pipe;
	int descriptor;
	pid_t pid;
	union {
		mach_msg_header_t head;
		struct port_msg port_msg;
		struct msg msg;
	} out;
	struct msg in;
	struct netlink netlink;
};

/* Kinds of loss of one form. */
#define LOSSES 4

/* A code that is no refusal: something is lost, in the way of @apply. */
struct loss {
	long code;
	enum sweep_site site;
	unsigned int from;	/* this failure on; earlier ones are refusals */
	/* Makes the same of what an undisturbed call has left; NULL: nothing. */
	void (*apply)(struct scene *scene, const struct injection *injection);
};

/* What a call answers that fails with nothing done. */
struct refusals {
	long code[SWEEP_SITES][6];
};

/*
 * Memory that is kept: what a call has made for a task or thread stays there,
 * charged to root, if the call fails afterwards, and is found when it is
 * repeated.
 */
struct kept {
	unsigned int from[SWEEP_SITES];	/* this failure on; 0: none */
	unsigned int threads, ports;
	unsigned int bytes;	/* 0: all that it charges when it succeeds */
};

/**
 * struct form - a call
 * @name: what it is
 * @set_up: makes what it needs
 * @call: makes it; can be repeated after a refusal
 * @check: what it gave is right, after an undisturbed call
 * @look: something that pictures do not show
 * @tear_down: takes back what would outlive the process
 * @expected: what it answers
 * @refusals: what it answers when something fails
 * @loss: what it answers when something is lost
 * @kept: what stays even if the call fails, or NULL
 * @grows: it adds a segment to the table of names, which stays even if the call
 *	fails
 * @shrugs: a failure need not make it fail
 * @stranger: the caller is no task before
 * @everybody: what other processes and the kernel do for it counts
 * @by_child: it is the process scene->pid that makes it
 * @cannot_fail: nothing that it does can
 */
struct form {
	const char *name;
	void (*set_up)(struct scene *scene);
	long (*call)(struct scene *scene);
	bool (*check)(struct scene *scene);
	uint64_t (*look)(struct scene *scene);
	void (*tear_down)(struct scene *scene);
	long expected;
	const struct refusals *refusals;
	struct loss loss[LOSSES];
	const struct kept *kept;
	bool grows;
	bool shrugs;
	bool stranger;
	bool everybody;
	bool by_child;
	bool cannot_fail;
};

/*
 * Pictures: whatever can be seen of two spaces, the counters, the ledgers
 */

struct picture {
	struct space own, other;
	uint64_t counter[SWEEP_COUNTERS];
	uint64_t balance[2][2];	/* of root and of TEST_UID, by kind */
	uint64_t look;
};

static inline void entry_read(task_t task, mach_port_t name,
			      mach_port_type_t type, struct space_entry *entry)
{
	mach_msg_type_number_t count = MACH_PORT_RECEIVE_STATUS_COUNT;
	mach_port_info_t status = (mach_port_info_t)&entry->status;

	entry->name = name;
	entry->type = type;
	if (type & MACH_PORT_TYPE_DEAD_NAME)
		entry->dead_refs = task_port_refs(task, name,
						  MACH_PORT_RIGHT_DEAD_NAME);
	if (type & MACH_PORT_TYPE_SEND)
		entry->send_refs = task_port_refs(task, name,
						  MACH_PORT_RIGHT_SEND);
	if (type & MACH_PORT_TYPE_RECEIVE)
		MUST(mach_port_get_attributes(task, name,
					      MACH_PORT_RECEIVE_STATUS, status,
					      &count));
}

static inline void space_read_of(task_t task, struct space *space)
{
	uint32_t names[SPACE_NAMES], types[SPACE_NAMES], i;
	struct machdev_port_names call = {
		.task = task,
		.count = SPACE_NAMES,
		.names = (uintptr_t)names,
		.types = (uintptr_t)types,
	};

	memset(space, 0, sizeof(*space));
	MUST(mach_ioctl(MACHDEV_IOC_PORT_NAMES, &call));
	space->count = call.count;
	for (i = 0; i < call.count; i++)
		entry_read(task, names[i], types[i], &space->entry[i]);
}

static inline void counters_read(uint64_t *counter)
{
	struct machdev_record records[SWEEP_COUNTERS];
	struct machdev_query query = {
		.what = MACHDEV_QUERY_COUNTERS,
		.count = SWEEP_COUNTERS,
		.records = (uintptr_t)records,
	};
	uint32_t i;

	MUST(mach_ioctl(MACHDEV_IOC_QUERY, &query));
	for (i = 0; i < SWEEP_COUNTERS; i++)
		counter[records[i].id] = records[i].value;
}

static inline void balance_add(struct nlattr **attrs, void *argument)
{
	uint64_t (*balance)[2] = argument;
	uint32_t uid = attr_u32(attrs, MACHDEV_A_LEDGER_UID);
	uint32_t kind = attr_u32(attrs, MACHDEV_A_LEDGER_KIND);

	MUST(kind > 1 || (uid && uid != TEST_UID) ? -EINVAL : 0);
	balance[!!uid][kind] = attr_u64(attrs, MACHDEV_A_LEDGER_BALANCE);
}

/*
 * With new credentials comes a new identity, without the message buffer that
 * the old one had kept.
 */
static inline void sweep_change_credentials(void)
{
	MUST(setgroups(0, NULL) ? -errno : 0);
}

static inline void picture_take(const struct form *form, struct scene *scene,
				struct picture *picture)
{
	int ret;

	memset(picture, 0, sizeof(*picture));
	MUST(mach_sync());
	if (!form->stranger) {
		sweep_change_credentials();
		if (form->look)
			picture->look = form->look(scene);
		space_read_of(mach_task_self(), &picture->own);
		if (scene->other.task)
			space_read_of(scene->other.task, &picture->other);
	}
	ret = netlink_dump(&scene->netlink, MACHDEV_CMD_LEDGER_GET, 0,
			   balance_add, picture->balance);
	MUST(ret < 0 ? ret : 0);
	counters_read(picture->counter);
}

/*
 * A run: one process that makes the call once
 */

struct run {
	long code;
	long again;		/* the call repeated, after a refusal */
	unsigned int failed;	/* how many failed that were to fail */
	bool checked;
	bool ended;
	struct picture before, after;
	struct picture last;	/* after it was repeated */
};

static inline void sweep_arm(const struct form *form, const struct scene *scene,
			     const struct injection *injection)
{
	const char *site = sweep_site_name[injection->site];
	pid_t who = form->by_child ? scene->pid : getpid();

	MUST(fault_set(site, "pid", form->everybody ? 0 : who));
	MUST(fault_set(site, "failed", 0));
	MUST(fault_set(site, "skip", injection->nth - 1));
	MUST(fault_set(site, "fail", injection->all ? FAULT_ALWAYS : 1));
}

static inline unsigned int sweep_disarm(const struct injection *injection)
{
	const char *site = sweep_site_name[injection->site];

	MUST(fault_set(site, "fail", 0));
	return fault_get(site, "failed");
}

static inline const struct loss *
sweep_loss(const struct form *form, long code,
	   const struct injection *injection)
{
	const struct loss *loss;

	for (loss = form->loss; loss < form->loss + LOSSES && loss->code; loss++) {
		if (loss->code == code && loss->site == injection->site &&
		    injection->nth >= loss->from)
			return loss;
	}
	return NULL;
}

/* The process. With @loss it makes of the call what a failure may make. */
static inline void sweep_process(const struct form *form,
				 const struct injection *injection,
				 const struct loss *loss, struct run *run)
{
	static struct scene scene;
	bool armed = injection->nth && !loss;

	alarm(test_ms(10000) / 1000);
	netlink_open(&scene.netlink);
	if (!form->stranger)
		mach_task_self();
	if (form->set_up)
		form->set_up(&scene);
	picture_take(form, &scene, &run->before);
	if (!form->stranger)
		sweep_change_credentials();
	if (armed)
		sweep_arm(form, &scene, injection);
	run->code = form->call(&scene);
	if (armed)
		run->failed = sweep_disarm(injection);
	run->checked = run->code != form->expected || !form->check ||
		       form->check(&scene);
	if (loss && loss->apply)
		loss->apply(&scene, injection);
	picture_take(form, &scene, &run->after);
	run->again = form->expected;
	if (run->failed && run->code != form->expected &&
	    !sweep_loss(form, run->code, injection)) {
		if (!form->stranger)
			sweep_change_credentials();
		run->again = form->call(&scene);
		picture_take(form, &scene, &run->last);
	}
	if (form->tear_down)
		form->tear_down(&scene);
	run->ended = true;
	_exit(0);
}

static inline bool sweep_run(const struct form *form,
			     const struct injection *injection,
			     const struct loss *loss, struct run *run)
{
	struct run *shared = mmap(NULL, sizeof(*run), PROT_READ | PROT_WRITE,
				  MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	enum sweep_site site;
	pid_t pid;

	MUST(shared == MAP_FAILED ? -errno : 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = child_fork();
	if (!pid)
		sweep_process(form, injection, loss, shared);
	MUST(pid < 0 ? -errno : 0);
	child_status(pid);
	while (waitpid(-1, NULL, 0) > 0)
		;
	for (site = 0; site < SWEEP_SITES; site++)
		MUST(fault_set(sweep_site_name[site], "fail", 0));
	*run = *shared;
	munmap(shared, sizeof(*run));
	return run->ended;
}

/*
 * What came of it
 */

/* The sweep of one form. */
struct sweep {
	const struct form *form;
	struct injection injection;
	struct run plain;	/* undisturbed */
	struct test_counters live;
	unsigned int points[SWEEP_SITES];
	unsigned int failures;
	unsigned int wrong;
};

/* Something is not as it should be. */
#define SWEEP_WRONG(sweep, ...) do {					\
	const struct injection *__i = &(sweep)->injection;		\
									\
	fprintf(stderr, "# %s, ", (sweep)->form->name);			\
	if (__i->nth)							\
		fprintf(stderr, "%s %u%s: ", sweep_site_name[__i->site],\
			__i->nth, __i->all ? " and after" : "");	\
	else								\
		fprintf(stderr, "undisturbed: ");			\
	fprintf(stderr, __VA_ARGS__);					\
	fprintf(stderr, "\n");						\
	(sweep)->wrong++;						\
} while (0)

static inline void sweep_print_entry(const char *what,
				     const struct space_entry *entry)
{
	const mach_port_status_t *status = &entry->status;

	fprintf(stderr,
		"#   %s: %#x type %#x refs %u/%u messages %u limit %u make-send %u seqno %u send-once %u send %u\n",
		what, entry->name, entry->type, entry->send_refs,
		entry->dead_refs, status->mps_msgcount, status->mps_qlimit,
		status->mps_mscount, status->mps_seqno, status->mps_sorights,
		status->mps_srights);
}

static inline void sweep_compare_space(struct sweep *sweep, const char *whose,
				       const struct space *want,
				       const struct space *got)
{
	uint32_t i;

	if (want->count != got->count)
		SWEEP_WRONG(sweep, "%s names: %u expected, %u there", whose,
			    want->count, got->count);
	for (i = 0; i < want->count && i < got->count; i++) {
		const struct space_entry *w = &want->entry[i];
		const struct space_entry *g = &got->entry[i];

		if (!memcmp(w, g, sizeof(*w)))
			continue;
		SWEEP_WRONG(sweep, "%s names", whose);
		sweep_print_entry("expected", w);
		sweep_print_entry("there", g);
	}
}

/* A segment that came, or did not come, is nothing that is wrong. */
static inline bool sweep_same_bytes(const struct sweep *sweep, uint64_t want,
				    uint64_t got)
{
	return want == got ||
	       (sweep->form->grows && (want + SWEEP_SEGMENT == got ||
				       want - SWEEP_SEGMENT == got));
}

/*
 * From @before to @after the first @counters counters and the balances have
 * changed as from @base to @want.
 */
static inline void sweep_compare_accounts(struct sweep *sweep,
					  const struct picture *base,
					  const struct picture *want,
					  const struct picture *before,
					  const struct picture *after,
					  unsigned int counters)
{
	uint64_t wanted, got;
	unsigned int i;

	for (i = 0; i < counters; i++) {
		wanted = want->counter[i] - base->counter[i];
		got = after->counter[i] - before->counter[i];
		if (wanted == got || (i == MACHDEV_COUNTER_CHARGED &&
				      sweep_same_bytes(sweep, wanted, got)))
			continue;
		SWEEP_WRONG(sweep, "counter %u: %+jd expected, %+jd seen", i,
			    (intmax_t)wanted, (intmax_t)got);
	}
	for (i = 0; i < 4; i++) {
		wanted = want->balance[i / 2][i % 2] -
			 base->balance[i / 2][i % 2];
		got = after->balance[i / 2][i % 2] -
		      before->balance[i / 2][i % 2];
		if (!sweep_same_bytes(sweep, wanted, got))
			SWEEP_WRONG(sweep, "ledger %u of user %u: %+jd expected, %+jd seen",
				    i % 2, i / 2 ? TEST_UID : 0,
				    (intmax_t)wanted, (intmax_t)got);
	}
}

/* What a run has changed is what another one, from @base to @want, has. */
static inline void sweep_compare(struct sweep *sweep,
				 const struct picture *base,
				 const struct picture *want,
				 const struct run *run)
{
	const struct picture *after = &run->after;

	sweep_compare_space(sweep, "own", &want->own, &after->own);
	sweep_compare_space(sweep, "the other's", &want->other, &after->other);
	if (want->look != after->look)
		SWEEP_WRONG(sweep, "%#jx expected, %#jx there",
			    (uintmax_t)want->look, (uintmax_t)after->look);
	sweep_compare_accounts(sweep, base, want, &run->before, after,
			       SWEEP_COUNTERS);
}

static inline void sweep_expect_nothing_left(struct sweep *sweep)
{
	struct test_counters now;

	MUST(test_count(&now));
	if (!test_counters_same(&sweep->live, &now)) {
		SWEEP_WRONG(sweep, "something is left behind");
		sweep->live = now;
	}
}

/* What a refusal leaves, from @picture on. */
static inline void sweep_keep(const struct sweep *sweep,
			      struct picture *picture)
{
	const struct injection *injection = &sweep->injection;
	const struct kept *kept = sweep->form->kept;
	const struct run *plain = &sweep->plain;
	uint64_t bytes;

	if (!kept || !kept->from[injection->site] ||
	    injection->nth < kept->from[injection->site])
		return;
	picture->counter[MACHDEV_COUNTER_THREADS] += kept->threads;
	picture->counter[MACHDEV_COUNTER_PORTS] += kept->ports;
	bytes = kept->bytes ?: plain->after.balance[0][0] -
			       plain->before.balance[0][0];
	picture->counter[MACHDEV_COUNTER_CHARGED] += bytes;
	picture->balance[0][0] += bytes;
}

static inline void sweep_expect_refusal(struct sweep *sweep,
					const struct run *run)
{
	const struct form *form = sweep->form;
	const long *code = form->refusals->code[sweep->injection.site];
	struct picture want = run->before;

	while (*code && *code != run->code)
		code++;
	if (!*code)
		SWEEP_WRONG(sweep, "%s (%#lx) is no answer to it",
			    mach_code_string(run->code), run->code);
	sweep_keep(sweep, &want);
	sweep_compare(sweep, &run->before, &want, run);
	if (run->again != form->expected)
		SWEEP_WRONG(sweep, "repeated: %s (%#lx)",
			    mach_code_string(run->again), run->again);
	/* With what it has found it makes no more than in one go. */
	sweep_compare_accounts(sweep, &sweep->plain.before,
			       &sweep->plain.after, &run->before, &run->last,
			       SWEEP_LIVE_COUNTERS);
}

/* Compared with a call in vain that lost the same by other means. */
static inline void sweep_expect_loss(struct sweep *sweep,
				     const struct run *run,
				     const struct loss *loss)
{
	struct run like;

	if (!sweep_run(sweep->form, &sweep->injection, loss, &like))
		SWEEP_WRONG(sweep, "no end, undisturbed");
	else
		sweep_compare(sweep, &like.before, &like.after, run);
}

/* Fails what the injection says. False when there was nothing left to fail. */
static inline bool sweep_step(struct sweep *sweep)
{
	const struct form *form = sweep->form;
	const struct loss *loss;
	struct run run;

	if (!sweep_run(form, &sweep->injection, NULL, &run)) {
		SWEEP_WRONG(sweep, "no end");
		return false;
	}
	loss = sweep_loss(form, run.code, &sweep->injection);
	if (!run.checked)
		SWEEP_WRONG(sweep, "it has not done what it says");
	if (run.code == form->expected) {
		if (run.failed && !form->shrugs)
			SWEEP_WRONG(sweep, "it does not say so");
		sweep_compare(sweep, &sweep->plain.before,
			      &sweep->plain.after, &run);
	} else if (!run.failed) {
		SWEEP_WRONG(sweep, "%s (%#lx)", mach_code_string(run.code),
			    run.code);
	} else if (loss) {
		sweep_expect_loss(sweep, &run, loss);
	} else {
		sweep_expect_refusal(sweep, &run);
	}
	sweep_expect_nothing_left(sweep);
	sweep->failures += run.failed ? 1 : 0;
	return run.failed;
}

static inline void sweep_at(struct sweep *sweep, enum sweep_site site, bool all)
{
	unsigned int n;

	for (n = 1; n <= SWEEP_MAX; n++) {
		sweep->injection = (struct injection) {
			.site = site, .nth = n, .all = all,
		};
		if (!sweep_step(sweep))
			break;
	}
	if (n > SWEEP_MAX)
		SWEEP_WRONG(sweep, "and so on");
	if (!all)
		sweep->points[site] = n - 1;
}

/* All of a form. */
static inline void sweep_form(struct sweep *sweep)
{
	static const struct injection none;
	unsigned int points = 0;
	enum sweep_site site;

	MUST(test_count(&sweep->live));
	if (!sweep_run(sweep->form, &none, NULL, &sweep->plain)) {
		SWEEP_WRONG(sweep, "no end");
		return;
	}
	if (sweep->plain.code != sweep->form->expected)
		SWEEP_WRONG(sweep, "%s (%#lx)",
			    mach_code_string(sweep->plain.code),
			    sweep->plain.code);
	sweep_expect_nothing_left(sweep);
	for (site = 0; site < SWEEP_SITES; site++) {
		sweep_at(sweep, site, false);
		sweep_at(sweep, site, true);
		points += sweep->points[site];
	}
	/* A form of which nothing was made to fail has shown nothing. */
	if (sweep->form->cannot_fail != !points)
		SWEEP_WRONG(sweep, "%u places where it can fail", points);
}

static inline void sweep_main(const struct form *form, unsigned int forms)
{
	unsigned int i, points[SWEEP_SITES] = { 0 }, failures = 0;
	enum sweep_site site;

	ksft_print_header();
	ksft_set_plan(forms);
	if (fault_load("alloc,copy,kernel"))
		ksft_exit_fail_msg("no mach_fault.ko\n");
	for (i = 0; i < forms; i++) {
		struct sweep sweep = { .form = &form[i] };

		sweep_form(&sweep);
		ksft_test_result(!sweep.wrong,
				 "%-44s %2u allocations %2u copies %2u others %3u failures\n",
				 form[i].name, sweep.points[SWEEP_ALLOC],
				 sweep.points[SWEEP_COPY],
				 sweep.points[SWEEP_KERNEL], sweep.failures);
		fflush(stdout);
		for (site = 0; site < SWEEP_SITES; site++)
			points[site] += sweep.points[site];
		failures += sweep.failures;
	}
	MUST(fault_unload());
	ksft_print_msg("sum: %u forms, %u allocations, %u copies, %u others, %u failures\n",
		       forms, points[SWEEP_ALLOC], points[SWEEP_COPY],
		       points[SWEEP_KERNEL], failures);
	ksft_finished();
}

/* Once at the end of a program. */
#define SWEEP_MAIN(forms)						\
	int main(void)							\
	{								\
		sweep_main(forms, ARRAY_SIZE(forms));			\
	}

/*
 * What forms share
 */

/* Of the calls of <mach/mach_port.h> and the like. */
__attribute__((unused))
static const struct refusals call_refusals = { {
	[SWEEP_ALLOC] = { KERN_RESOURCE_SHORTAGE, -ENOMEM },
	[SWEEP_COPY] = { -EFAULT, KERN_INVALID_ADDRESS },
	[SWEEP_KERNEL] = { KERN_RESOURCE_SHORTAGE },
} };

/* A receive right with two send rights, used so that nothing counts 0. */
static inline void scene_used_port(struct scene *scene)
{
	struct msg msg;

	scene->port = port_new_send(2);
	MUST(msg_send_id(scene->port, MACH_MSG_TYPE_COPY_SEND, 1));
	MUST(msg_receive(&msg, scene->port));
	MUST(msg_send_id(scene->port, MACH_MSG_TYPE_COPY_SEND, 2));
	scene->name = scene->port;
}

/* Dead names until the next name needs another segment. */
static inline void scene_fill(task_t task)
{
	mach_port_t name;

	do {
		MUST(mach_port_allocate(task, MACH_PORT_RIGHT_DEAD_NAME,
					&name));
	} while (name >> 8 != 31);
}

#endif /* SWEEP_H */
