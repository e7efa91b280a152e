// SPDX-License-Identifier: GPL-2.0-only
/*
 * An exec that stalls while its image is loaded: the process has taken on new
 * credentials, but what becomes of its port is not decided yet. Until it is,
 * the port answers everybody like a dead task's.
 */
#include "actor.h"
#include "fault.h"
#include "stall.h"

FIXTURE(exec) {
	struct actor actor;
	mach_port_t task;	/* the port of the old image */
	pthread_t thread;	/* in which the actor is ordered to exec */
	uint32_t order;
	long code;
	atomic_bool ended;
};

FIXTURE_VARIANT(exec) {
	mode_t mode;
	bool gains;
};

FIXTURE_VARIANT_ADD(exec, setuid) {
	.mode = 04755, .gains = true,
};

FIXTURE_VARIANT_ADD(exec, plain) {
	.mode = 0755,
};

FIXTURE_SETUP(exec)
{
	char path[PATH_MAX];

	/* The other one is for who dawdles, beside whom nobody else runs. */
	ASSERT_EQ(0, test_run_on(0));
	ASSERT_EQ(0, helper_path("actor", path, sizeof(path)));
	ASSERT_EQ(0, unshare(CLONE_NEWNS));
	ASSERT_EQ(0, mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ASSERT_EQ(0, stall_mount(path, 0, variant->mode));
	ASSERT_NE(MACH_PORT_NULL, own_task());
	ASSERT_EQ(0, actor_start(&self->actor));
	ASSERT_EQ(0, actor_become(&self->actor, TEST_UID));
	self->task = actor_task(&self->actor);
	ASSERT_TRUE(MACH_PORT_VALID(self->task));
	ASSERT_EQ(0, stall_start());
}

FIXTURE_TEARDOWN(exec)
{
	stall_release();
	EXPECT_EQ(0, actor_end(&self->actor));
	stall_end();
}

static void *order_exec(void *argument)
{
	FIXTURE_DATA(exec) *self = argument;

	self->code = actor_run_as(&self->actor, self->order, stall.path);
	self->ended = true;
	return NULL;
}

/* Did the actor come as far as the page that is kept back? */
static bool exec_stalls(FIXTURE_DATA(exec) *self, uint32_t order)
{
	stall_arm();
	self->order = order;
	if (pthread_create(&self->thread, NULL, order_exec, self))
		return false;
	return TEST_UNTIL(stall.stalled || self->ended, 10000) &&
	       !self->ended;
}

/* Let it go on: 0 when the new image runs. */
static long exec_ends(FIXTURE_DATA(exec) *self)
{
	stall_release();
	pthread_join(self->thread, NULL);
	return self->code;
}

static mach_port_t get_special(task_t task, int which)
{
	mach_port_t port = TEST_POISON32;

	if (task_get_special_port(task, which, &port))
		return TEST_POISON32;
	return port;
}

static const int selectors[] = {
	TASK_KERNEL_PORT, TASK_HOST_PORT, TASK_EXCEPTION_PORT,
	TASK_BOOTSTRAP_PORT, TASK_WIRED_LEDGER_PORT, TASK_PAGED_LEDGER_PORT,
	TASK_ACCESS_PORT, TASK_DEBUG_CONTROL_PORT, TASK_RESOURCE_NOTIFY_PORT,
};

TEST_F(exec, special_ports_are_out_of_reach)
{
	mach_port_t value = port_new(), port;
	size_t i;

	ASSERT_TRUE(exec_stalls(self, ORDER_EXEC));
	for (i = 0; i < ARRAY_SIZE(selectors); i++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  task_get_special_port(self->task, selectors[i],
						&port));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  task_set_special_port(self->task, selectors[i],
						value));
	}
	EXPECT_KR(KERN_SUCCESS, mach_port_deallocate(own_task(), value));
	ASSERT_EQ(0, exec_ends(self));
	/* None of them has been set. */
	EXPECT_EQ(0, port_has_senders(value));
}

TEST_F(exec, tokens_are_out_of_reach)
{
	mach_port_t security = host_security_port(), port = port_receive();
	struct tokens seen;

	ASSERT_TRUE(exec_stalls(self, ORDER_EXEC));
	EXPECT_KR(KERN_INVALID_ARGUMENT, task_tokens(self->task, &seen));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_set_tokens(security, self->task, tokens_made(1),
				  MACH_PORT_NULL));
	ASSERT_EQ(0, exec_ends(self));
	self->actor.task = MACH_PORT_NULL;
	ASSERT_KR(MACH_MSG_SUCCESS, actor_speak(&self->actor, port, &seen));
	EXPECT_EQ(variant->gains ? 0 : TEST_UID, seen.audit[AUDIT_EUID]);
	EXPECT_EQ(self->actor.pid, seen.audit[AUDIT_PID]);
}

TEST_F(exec, names_are_out_of_reach)
{
	mach_port_t right = port_new(), port, previous;
	mach_port_status_t status;
	mach_msg_type_number_t count = MACH_PORT_RECEIVE_STATUS_COUNT;
	mach_port_limits_t limits = { .mpl_qlimit = 1 };
	mach_port_type_t type;
	mach_port_urefs_t refs;
	mach_msg_type_name_t got;
	uint32_t name;

	ASSERT_EQ(0, actor_allocate(&self->actor, &name));
	ASSERT_TRUE(exec_stalls(self, ORDER_EXEC));
	EXPECT_EQ(-1, task_names(self->task));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_allocate(self->task, MACH_PORT_RIGHT_RECEIVE,
				     &port));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_type(self->task, name, &type));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_get_refs(self->task, name, MACH_PORT_RIGHT_RECEIVE,
				     &refs));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_mod_refs(self->task, name, MACH_PORT_RIGHT_RECEIVE,
				     -1));
	EXPECT_KR(KERN_INVALID_TASK, mach_port_destroy(self->task, name));
	EXPECT_KR(KERN_INVALID_TASK, mach_port_deallocate(self->task, name));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_insert_right(self->task, 0x50003, right,
					 MACH_MSG_TYPE_COPY_SEND));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_extract_right(self->task, name,
					  MACH_MSG_TYPE_MAKE_SEND, &port,
					  &got));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_get_attributes(self->task, name,
					   MACH_PORT_RECEIVE_STATUS,
					   (mach_port_info_t)&status, &count));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_set_attributes(self->task, name,
					   MACH_PORT_LIMITS_INFO,
					   (mach_port_info_t)&limits,
					   MACH_PORT_LIMITS_INFO_COUNT));
	EXPECT_KR(KERN_INVALID_TASK,
		  mach_port_request_notification(self->task, name,
						 MACH_NOTIFY_DEAD_NAME, 0,
						 right,
						 MACH_MSG_TYPE_MAKE_SEND_ONCE,
						 &previous));
	ASSERT_EQ(0, exec_ends(self));
	self->actor.task = MACH_PORT_NULL;
	/* Not even the new image's first name has been made for it. */
	EXPECT_EQ(0, task_names(actor_task(&self->actor)));
}

static kern_return_t look_at(task_t task, vm_address_t *address)
{
	mach_msg_type_number_t count = VM_REGION_BASIC_INFO_COUNT_64;
	struct vm_region_basic_info_64 info;
	mach_port_t object;
	vm_size_t size;

	return vm_region(task, address, &size, VM_REGION_BASIC_INFO_64,
			 (vm_region_info_t)&info, &count, &object);
}

TEST_F(exec, memory_is_out_of_reach)
{
	vm_address_t at = 0;
	uint32_t word = 0;
	vm_size_t size;

	ASSERT_KR(KERN_SUCCESS, look_at(self->task, &at));
	ASSERT_TRUE(exec_stalls(self, ORDER_EXEC));
	EXPECT_KR(KERN_INVALID_ARGUMENT, look_at(self->task, &at));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_read_overwrite(self->task, at, sizeof(word),
				    (vm_address_t)&word, &size));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_write(self->task, at, (vm_offset_t)&word, sizeof(word)));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_copy(self->task, at, sizeof(word), at + 8));
	ASSERT_EQ(0, exec_ends(self));
	at = 0;
	EXPECT_KR(variant->gains ? KERN_INVALID_ARGUMENT : KERN_SUCCESS,
		  look_at(self->task, &at));
}

TEST_F(exec, the_pid_is_out_of_reach)
{
	int pid = 0;

	ASSERT_TRUE(exec_stalls(self, ORDER_EXEC));
	EXPECT_KR(KERN_FAILURE, pid_for_task(self->task, &pid));
	ASSERT_EQ(0, exec_ends(self));
	EXPECT_KR(variant->gains ? KERN_FAILURE : KERN_SUCCESS,
		  pid_for_task(self->task, &pid));
}

/* Neither stopped nor ended, and nothing told of its memory and its threads. */
TEST_F(exec, threads_and_control_are_out_of_reach)
{
	mach_msg_type_number_t count;
	task_suspension_token_t token;
	thread_basic_info_data_t info;
	thread_act_array_t threads;
	task_vm_info_data_t memory;
	mach_port_t port;
	thread_t thread;

	ASSERT_KR(KERN_SUCCESS, task_threads(self->task, &threads, &count));
	ASSERT_EQ(1, count);
	thread = threads[0];
	ASSERT_TRUE(exec_stalls(self, ORDER_EXEC));
	EXPECT_KR(KERN_INVALID_ARGUMENT, task_suspend(self->task));
	EXPECT_KR(KERN_INVALID_ARGUMENT, task_suspend2(self->task, &token));
	EXPECT_KR(KERN_INVALID_ARGUMENT, task_resume(self->task));
	EXPECT_KR(KERN_INVALID_ARGUMENT, task_terminate(self->task));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_threads(self->task, &threads, &count));
	count = TASK_VM_INFO_COUNT;
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_info(self->task, TASK_VM_INFO, (task_info_t)&memory,
			    &count));
	count = THREAD_BASIC_INFO_COUNT;
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  thread_info(thread, THREAD_BASIC_INFO, (thread_info_t)&info,
			      &count));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  thread_get_special_port(thread, THREAD_KERNEL_PORT, &port));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  thread_set_special_port(thread, THREAD_KERNEL_PORT,
					  MACH_PORT_NULL));
	/* It runs on, and nobody has been told to stop it. */
	ASSERT_EQ(0, exec_ends(self));
	/* Who looks at it waits until the exec is settled. */
	count = THREAD_BASIC_INFO_COUNT;
	EXPECT_KR(variant->gains ? KERN_INVALID_ARGUMENT : KERN_SUCCESS,
		  thread_info(thread, THREAD_BASIC_INFO, (thread_info_t)&info,
			      &count));
	EXPECT_EQ(variant->gains, port_is_dead(thread));
}

TEST_F(exec, afterwards_it_is_decided)
{
	mach_port_t notify = port_receive(), before = port_new(), port;
	struct letter letter;

	ASSERT_KR(KERN_SUCCESS, port_watch(self->task, notify));
	ASSERT_KR(KERN_SUCCESS, task_set_bootstrap_port(self->task, before));
	ASSERT_TRUE(exec_stalls(self, ORDER_EXEC));
	/* Nobody is told of a death that may not come. */
	EXPECT_KR(MACH_RCV_TIMED_OUT, letter_wait(notify, &letter, 0));
	EXPECT_FALSE(port_is_dead(self->task));
	ASSERT_EQ(0, exec_ends(self));
	if (variant->gains) {
		ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
		EXPECT_EQ(self->task, letter_dead_name(&letter));
		EXPECT_TRUE(port_is_dead(self->task));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  task_get_special_port(self->task,
						TASK_BOOTSTRAP_PORT, &port));
		return;
	}
	EXPECT_FALSE(port_is_dead(self->task));
	EXPECT_EQ(before, get_special(self->task, TASK_BOOTSTRAP_PORT));
	EXPECT_EQ(self->task, actor_trap(&self->actor, MACHDEV_IOC_TASK_SELF));
	EXPECT_KR(KERN_SUCCESS, task_set_bootstrap_port(self->task,
							MACH_PORT_NULL));
}

TEST_F(exec, by_another_thread_than_the_first)
{
	mach_port_t port;

	ASSERT_TRUE(exec_stalls(self, ORDER_EXEC_THREAD));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_get_special_port(self->task, TASK_HOST_PORT, &port));
	ASSERT_EQ(0, exec_ends(self));
	EXPECT_KR(variant->gains ? KERN_INVALID_ARGUMENT : KERN_SUCCESS,
		  task_get_special_port(self->task, TASK_HOST_PORT, &port));
}

/*
 * Another thread becomes the first one while somebody is about to ask for the
 * task: he must not take the image that is on its way for the one that was.
 */
TEST_F(exec, somebody_asks_for_it_as_the_leader_changes)
{
	struct machdev_task_pid argument = { .pid = self->actor.pid };
	struct test_pipe go;
	vm_address_t at = 0;
	uint32_t word = 0;
	vm_size_t size;
	uint64_t by;
	pid_t pid;

	if (test_real_time())
		SKIP(return, TEST_HOLDS_UP_EXECS);
	ASSERT_KR(KERN_SUCCESS, look_at(self->task, &at));
	ASSERT_EQ(0, test_pipe_open(&go));
	pid = child_fork();
	if (!pid) {
		_exit(test_run_on(1) || test_wait(&go) ||
		      mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &argument));
	}
	ASSERT_EQ(0, fault_load("mach_stock_wait"));
	ASSERT_EQ(0, fault_set("mach_stock_wait", "pid", pid));
	/* Until it is told otherwise. */
	ASSERT_EQ(0, fault_set("mach_stock_wait", "delay",
			       test_ms(2000) * 1000));
	ASSERT_EQ(0, test_put(&go, 1));
	by = test_now_ms() + test_ms(5000);
	while (!fault_get("mach_stock_wait", "calls") && test_now_ms() < by)
		;
	ASSERT_TRUE(exec_stalls(self, ORDER_EXEC_THREAD));
	ASSERT_EQ(0, fault_set("mach_stock_wait", "delay", 0));
	EXPECT_CHILD(pid);
	EXPECT_EQ(0, fault_unload());
	EXPECT_KR(KERN_INVALID_ARGUMENT, look_at(self->task, &at));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_read_overwrite(self->task, at, sizeof(word),
				    (vm_address_t)&word, &size));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_write(self->task, at, (vm_offset_t)&word, sizeof(word)));
	EXPECT_KR(KERN_INVALID_ARGUMENT, task_suspend(self->task));
	ASSERT_EQ(0, exec_ends(self));
	at = 0;
	EXPECT_KR(variant->gains ? KERN_INVALID_ARGUMENT : KERN_SUCCESS,
		  look_at(self->task, &at));
}

/* What root is given meanwhile is the old image's, as the port that it has. */
TEST_F(exec, a_port_that_is_asked_for_meanwhile)
{
	struct machdev_task_pid argument = { .pid = self->actor.pid };
	mach_port_t port;

	ASSERT_TRUE(exec_stalls(self, ORDER_EXEC));
	ASSERT_KR(KERN_SUCCESS,
		  mach_ioctl(MACHDEV_IOC_TASK_FOR_PID, &argument));
	EXPECT_EQ(self->task, argument.port);
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_get_special_port(argument.port, TASK_HOST_PORT, &port));
	ASSERT_EQ(0, exec_ends(self));
	EXPECT_KR(variant->gains ? KERN_INVALID_ARGUMENT : KERN_SUCCESS,
		  task_get_special_port(argument.port, TASK_HOST_PORT, &port));
	EXPECT_EQ(variant->gains, port_is_dead(argument.port));
}

TEST_F(exec, killed_before_it_is_decided)
{
	mach_port_t notify = port_receive(), port;
	struct letter letter;

	ASSERT_KR(KERN_SUCCESS, port_watch(self->task, notify));
	ASSERT_TRUE(exec_stalls(self, ORDER_EXEC));
	ASSERT_EQ(0, kill(self->actor.pid, SIGKILL));
	EXPECT_NE(0, exec_ends(self));
	ASSERT_KR(MACH_MSG_SUCCESS, letter_receive(notify, &letter));
	EXPECT_EQ(self->task, letter_dead_name(&letter));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  task_get_special_port(self->task, TASK_HOST_PORT, &port));
	EXPECT_EQ(128 + SIGKILL, actor_end(&self->actor));
	ASSERT_EQ(0, actor_start(&self->actor));
}

MACH_TEST_MAIN
