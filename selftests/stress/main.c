// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stress: more threads than processors send, receive, move receive rights,
 * fork, exec and are killed, under signals and with little memory, for a given
 * time. Then nothing may be lost, have come twice, hang, or be left.
 *
 * usage: stress [--time S] [--seed N] [--until-shutdown]
 *
 * Exit status: 0 when all is well; 1; 3 when the gate was shut, which is well
 * with --until-shutdown, whose accounts stay open.
 */
#include "stress.h"

#include "../cgroup.h"

#include <getopt.h>
#include <sys/wait.h>

/* Nobody may get on for so long, in ms. */
#define HANG test_ms(6000)
#define LITTLE_MEMORY "4M"

#define WORKERS (NODES + SENDERS + 1)
#define BREEDER (WORKERS - 1)

/* A process that is begun again when it was killed. */
struct worker {
	pid_t pid;
	uint64_t killed;	/* when; 0 for not */
};

static struct worker worker[WORKERS];
static const char *program;
static unsigned int seconds = 30;
static bool until_shutdown;
static bool restarting = true;
static uint64_t began;

static const char *const doings[] = {
	[OUT] = "is not there",
	[IDLE] = "idles",
	[SENDING] = "sends to port",
	[ANSWERED] = "answers",
	[RECEIVING] = "receives from, or waits for an answer of, port",
	[HANDING] = "hands on port",
	[FINDING] = "asks for port",
	[NOTIFIED] = "waits to be told of the death of port",
	[FILLING_UP] = "fills its memory",
	[FORKING] = "forks",
	[REAPING] = "waits for its children",
	[SERVING] = "serves as registry",
};

/*
 * The watchdog
 */

static void show_file(pid_t pid, pid_t tid, const char *name)
{
	char path[64], line[160];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/%s", pid, tid, name);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		if (strcmp(name, "status") || !strncmp(line, "State:", 6))
			printf("#     %s", line);
	}
	if (file)
		fclose(file);
}

static void show_thread(const struct beat *b)
{
	printf("#   process %d thread %d %s %u for %ju s\n", b->pid, b->tid,
	       doings[b->doing], b->port,
	       (uintmax_t)(test_now_ms() - b->since) / 1000);
	show_file(b->pid, b->tid, "status");
	show_file(b->pid, b->tid, "stack");
}

static void show_module(void)
{
	static const char *const list[] = { "queues", "ports", "stat" };
	char command[PATH_MAX + 32];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(list); i++) {
		printf("# machctl %s:\n", list[i]);
		fflush(stdout);
		snprintf(command, sizeof(command),
			 "$(dirname %s)/../tools/machctl %s 2>&1 | sed 's/^/#   /'",
			 program, list[i]);
		if (system(command))
			printf("#   (failed)\n");
	}
}

/* Idle threads hang, too, once they should end. */
static bool hangs(const struct beat *b, uint64_t now, bool ending)
{
	uint32_t doing = __atomic_load_n(&b->doing, __ATOMIC_ACQUIRE);
	uint64_t since = __atomic_load_n(&b->since, __ATOMIC_RELAXED);

	return doing > (ending ? OUT : IDLE) && since + HANG < now;
}

static bool everybody_gets_on(bool ending)
{
	uint64_t now = test_now_ms();
	unsigned int i, count = 0;

	for (i = 0; i < BEATS; i++)
		count += hangs(&shared->beat[i], now, ending);
	for (i = 0; i < WORKERS; i++) {
		if (!worker[i].killed || worker[i].killed + HANG > now)
			continue;
		printf("# process %d was killed and has not ended:\n",
		       worker[i].pid);
		show_file(worker[i].pid, worker[i].pid, "stack");
		count++;
	}
	if (!count)
		return true;
	failed("somebody hangs");
	printf("# These have not got on for %u s:\n", HANG / 1000);
	for (i = 0; i < BEATS; i++) {
		if (hangs(&shared->beat[i], now, ending))
			show_thread(&shared->beat[i]);
	}
	show_module();
	return false;
}

/*
 * Workers
 */

static void worker_start(unsigned int i)
{
	const char *kind = i < NODES ? "node" :
			   i < BREEDER ? "sender" : "breeder";
	char number[16];
	pid_t pid;

	snprintf(number, sizeof(number), "%u", i < NODES ? i : i - NODES);
	pid = child_fork();
	if (!pid) {
		execl(program, program, kind, number, NULL);
		_exit(127);
	}
	MUST(pid < 0 ? -errno : 0);
	worker[i] = (struct worker) { .pid = pid };
}

static void forget_beats(pid_t pid)
{
	unsigned int i;

	for (i = 0; i < BEATS; i++) {
		if (shared->beat[i].pid == pid)
			shared->beat[i].doing = OUT;
	}
}

static void worker_ended(unsigned int i, int status)
{
	bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL &&
		      worker[i].killed;
	bool ended = WIFEXITED(status) && !WEXITSTATUS(status);

	forget_beats(worker[i].pid);
	worker[i] = (struct worker) { 0 };
	if (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_GONE)
		shared->gone = 1;
	else if (!killed && (!ended || !stopping()))
		failed("worker %u ends with status %#x", i, status);
	if (restarting && !shared->gone && (killed || !stopping()))
		worker_start(i);
}

/* Whoever else ends is a visitor whose breeder was killed. */
static void reap(void)
{
	int status, i;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (i = 0; i < WORKERS; i++) {
			if (worker[i].pid == pid)
				worker_ended(i, status);
		}
	}
}

static void kill_somebody(void)
{
	struct worker *victim = &worker[random_below(WORKERS)];

	if (!victim->pid || victim->killed)
		return;
	if (!random_below(3)) {
		kill(victim->pid, SIGSTOP);
		test_sleep_ms(random_below(30));
		kill(victim->pid, SIGCONT);
		return;
	}
	victim->killed = test_now_ms();
	kill(victim->pid, SIGKILL);
	count(KILLS);
}

static unsigned int living(unsigned int first, unsigned int end)
{
	unsigned int count = 0;

	while (first < end)
		count += !!worker[first++].pid;
	return count;
}

/*
 * Phases
 */

static const char *const rate_names[RATES] = {
	"sent", "received", "answers", "moves", "dead ports", "kills",
	"visitors", "signals", "refused", "returned",
};

static void progress(void)
{
	static uint64_t last[RATES], last_time;
	uint64_t now = test_now_ms(), value;
	int i;

	if (now - (last_time ?: began) < 5000)
		return;
	printf("# %3ju s, in the last %ju s:",
	       (uintmax_t)(now - began + 500) / 1000,
	       (uintmax_t)(now - (last_time ?: began) + 500) / 1000);
	for (i = 0; i < RATES; i++) {
		value = __atomic_load_n(&shared->rate[i], __ATOMIC_RELAXED);
		printf("%s %ju %s", i ? "," : "",
		       (uintmax_t)(value - last[i]), rate_names[i]);
		last[i] = value;
	}
	printf("\n");
	fflush(stdout);
	last_time = now;
}

/* For who judges several runs: nothing of it may be missing in all of them. */
static void totals(void)
{
	int i;

	printf("# in all:");
	for (i = 0; i < RATES; i++)
		printf("%s %ju %s", i ? "," : "", (uintmax_t)shared->rate[i],
		       rate_names[i]);
	printf("\n");
}

/* One turn of a wait; false when it is of no use to go on. */
static bool step(bool ending)
{
	test_sleep_ms(20);
	reap();
	progress();
	return !shared->failures && !shared->gone && everybody_gets_on(ending);
}

static bool run(void)
{
	uint64_t next = 0, now;

	while ((now = test_now_ms()) < began + 1000 * seconds ||
	       until_shutdown) {
		if (!step(false))
			return false;
		if (now < next)
			continue;
		kill_somebody();
		next = now + 50 + random_below(1000);
	}
	return true;
}

/* Everybody ends by himself, first those who send. */
static bool wind_up(void)
{
	__atomic_store_n(&shared->stop, 1, __ATOMIC_RELEASE);
	while (living(NODES, WORKERS)) {
		if (!step(false))
			return false;
	}
	while (!registry_ended()) {
		registry_drain();
		if (!step(false))
			return false;
	}
	while (living(0, NODES)) {
		if (!step(true))
			return false;
	}
	return true;
}

/* The gate is shut: every call and every wait of everybody ends. */
static void leave(void)
{
	uint64_t end = test_now_ms() + HANG;

	restarting = false;
	while (living(0, WORKERS) && test_now_ms() < end) {
		test_sleep_ms(20);
		reap();
	}
	if (living(0, WORKERS)) {
		failed("%u processes stay though the gate is shut",
		       living(0, WORKERS));
		for (unsigned int i = 0; i < BEATS; i++) {
			if (shared->beat[i].doing != OUT)
				show_thread(&shared->beat[i]);
		}
	}
}

static void kill_all(void)
{
	int i;

	restarting = false;
	for (i = 0; i < WORKERS; i++) {
		if (worker[i].pid)
			kill(worker[i].pid, SIGKILL);
	}
	while (waitpid(-1, NULL, 0) > 0)
		;
}

static void check_visitors(void)
{
	uint32_t i;

	for (i = 0; i < shared->visitors && i < VISITORS; i++) {
		if (shared->said[i] > 1 || shared->said[i] < shared->sent[i])
			failed("visitor %u was heard %u times", i,
			       shared->said[i]);
	}
}

static int supervise(void)
{
	unsigned int i;

	supervising = true;
	thread_begin(BEATS - 1);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	registry_open();
	for (i = 0; i < WORKERS; i++)
		worker_start(i);
	registry_start();
	thread_end();
	if (run() && wind_up()) {
		while (waitpid(-1, NULL, 0) > 0)
			;
		registry_close();
		check_visitors();
		totals();
	}
	if (shared->gone)
		leave();
	kill_all();
	for (i = 0; i < shared->told && i < FAILURES; i++)
		printf("# %s\n", shared->failure[i]);
	fflush(stdout);
	if (shared->failures)
		return 1;
	return shared->gone ? EXIT_GONE : 0;
}

static void share(void)
{
	int fd = memfd_create("stress", 0);

	MUST(fd < 0 || ftruncate(fd, sizeof(*shared)) ? -errno : 0);
	MUST(dup2(fd, SHARED_FD) < 0 ? -errno : 0);
	close(fd);
	shared_map();
}

/* Everything that lives in the module, before and after. */
static int compare(const struct test_counters *before)
{
	static const char *const names[TEST_LIVE_COUNTERS] = {
		"tasks", "threads", "ports", "names", "message buffers",
		"requests", "ledgers", "identities", "bytes charged",
		"queued messages",
	};
	struct test_counters after;
	int i, wrong = 0;

	MUST(test_count(&after));
	for (i = 0; i < TEST_LIVE_COUNTERS; i++) {
		if (before->value[i] == after.value[i])
			continue;
		printf("# %s: %ju before, %ju after\n", names[i],
		       (uintmax_t)before->value[i], (uintmax_t)after.value[i]);
		wrong = 1;
	}
	return wrong;
}

static int stress(uint64_t seed)
{
	struct test_counters before;
	struct cgroup group;
	int status;
	pid_t pid;

	share();
	shared->seed = seed;
	printf("# seed %ju, %u threads in %u processes and their children\n",
	       (uintmax_t)seed, BEATS - 1, WORKERS + 1);
	fflush(stdout);
	MUST(cgroup_make(&group, "stress"));
	MUST(cgroup_set(&group, "memory.max", LITTLE_MEMORY));
	MUST(cgroup_set(&group, "memory.swap.max", "0"));
	memcpy(shared->group, group.path, sizeof(group.path));

	MUST(test_count(&before));
	began = test_now_ms();
	pid = child_fork();
	if (!pid)
		exit(supervise());
	MUST(pid < 0 ? -errno : 0);
	status = child_status(pid);
	if (!status && compare(&before))
		status = 1;
	if (cgroup_remove(&group)) {
		printf("# the memory control group cannot be removed\n");
		status = 1;
	}
	return status;
}

/* What the supervisor has executed. */
static int work(char **argv)
{
	uint32_t number = strtoul(argv[2], NULL, 10);

	shared_map();
	my_random = (shared->seed ^ number << 8) | 1;
	if (!strcmp(argv[1], "node"))
		return node_main(number);
	if (!strcmp(argv[1], "sender"))
		return sender_main(number);
	if (!strcmp(argv[1], "breeder"))
		return breeder_main(program);
	return visitor_main(number);
}

static int usage(void)
{
	fprintf(stderr, "usage: stress [--time S] [--seed N] [--until-shutdown]\n");
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "time", required_argument, NULL, 't' },
		{ "seed", required_argument, NULL, 's' },
		{ "until-shutdown", no_argument, NULL, 'u' },
		{ 0 }
	};
	static char path[PATH_MAX];
	uint64_t seed = test_now_ms() ^ (uint64_t)getpid() << 32;
	int option;

	MUST(readlink("/proc/self/exe", path, sizeof(path) - 1) < 0 ? -errno :
								      0);
	program = path;
	if (argc == 3 && argv[1][0] != '-')
		return work(argv);
	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 't':
			seconds = strtoul(optarg, NULL, 10);
			break;
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'u':
			until_shutdown = true;
			break;
		default:
			return usage();
		}
	}
	return optind < argc ? usage() : stress(seed);
}
