// SPDX-License-Identifier: GPL-2.0-only
/* Fileports: open files that are sent as port rights. */
#include "fd_helpers.h"

#include <sys/resource.h>

#include <mach_debug/mach_debug_types.h>

/* What the ledger of an ordinary user has room for, at most. */
#define FILEPORTS_MAX ((64u << 20) / 4096)

/* Each call makes its port, and a descriptor, or fails with errno. */
#define EXPECT_ERRNO(expected, call) do {				\
	int __value;							\
									\
	errno = 0;							\
	__value = (call);						\
	EXPECT_EQ(-1, __value);						\
	EXPECT_EQ(expected, errno);					\
} while (0)

/* The same, and nothing has changed. */
#define EXPECT_ERRNO_REFUSED(expected, call) do {			\
	struct space __space;						\
	unsigned int __count;						\
									\
	space_read(&__space);						\
	__count = fd_count();						\
	EXPECT_ERRNO(expected, call);					\
	EXPECT_TRUE(space_is(&__space))					\
		TH_LOG("after %s", #call);				\
	EXPECT_EQ(__count, fd_count());					\
} while (0)

static void drop(mach_port_t name)
{
	MUST(mach_port_deallocate(mach_task_self(), name));
}

TEST(a_descriptor_goes_in_and_comes_out)
{
	fileport_t port;
	char text[8] = "";
	int fd[2], out;

	ASSERT_EQ(0, pipe(fd));
	ASSERT_EQ(0, fileport_makeport(fd[1], &port));
	EXPECT_NAME(MACH_PORT_TYPE_SEND, 1, port);
	out = fileport_makefd(port);
	ASSERT_LE(0, out);
	EXPECT_NE(fd[1], out);
	EXPECT_EQ(FD_CLOEXEC, fcntl(out, F_GETFD));
	EXPECT_NAME(MACH_PORT_TYPE_SEND, 1, port);
	EXPECT_EQ(5, write(out, "hello", 5));
	EXPECT_EQ(5, read(fd[0], text, sizeof(text)));
	EXPECT_STREQ("hello", text);
}

TEST(it_is_the_same_open_file)
{
	int fd = open("/proc/self/exe", O_RDONLY), out;

	ASSERT_LE(0, fd);
	out = fileport_makefd(fileport_of(fd));
	ASSERT_LE(0, out);
	ASSERT_EQ(7, lseek(fd, 7, SEEK_SET));
	EXPECT_EQ(7, lseek(out, 0, SEEK_CUR));
	ASSERT_EQ(0, fcntl(out, F_SETFL, O_NONBLOCK));
	EXPECT_TRUE(fcntl(fd, F_GETFL) & O_NONBLOCK);
}

TEST(each_call_makes_a_port)
{
	fileport_t one, another;
	int reader = fileport_of_pipe(&one), fd;

	fd = MUST_BE(fileport_makefd(one));
	another = fileport_of(fd);
	close(fd);
	EXPECT_NE(one, another);
	EXPECT_NAME(MACH_PORT_TYPE_SEND, 1, one);
	EXPECT_NAME(MACH_PORT_TYPE_SEND, 1, another);
	drop(one);
	EXPECT_TRUE(pipe_lives(reader));
	drop(another);
	EXPECT_TRUE(pipe_ends(reader));
}

TEST(it_is_told_by_its_kind)
{
	kobject_description_t description;
	mach_vm_address_t address;
	natural_t type;
	fileport_t port;

	fileport_of_pipe(&port);
	ASSERT_KR(KERN_SUCCESS,
		  mach_port_kobject_description(mach_task_self(), port, &type,
						&address, description));
	EXPECT_WORD(IKOT_FILEPORT, type);
	EXPECT_STREQ("fileport", description);
}

/* A descriptor of a place, which can be sent over a socket, too. */
TEST(a_place)
{
	struct stat of_path, of_fd;
	int path = open("/proc", O_PATH | O_CLOEXEC), fd;

	ASSERT_LE(0, path);
	fd = fileport_makefd(fileport_of(path));
	ASSERT_LE(0, fd);
	EXPECT_TRUE(fcntl(fd, F_GETFL) & O_PATH);
	ASSERT_EQ(0, fstat(path, &of_path));
	ASSERT_EQ(0, fstat(fd, &of_fd));
	EXPECT_EQ(of_path.st_ino, of_fd.st_ino);
	EXPECT_EQ(of_path.st_dev, of_fd.st_dev);
}

TEST(a_process)
{
	pid_t pid = child_fork();
	struct pollfd poll_fd = { .events = POLLIN };
	fileport_t port;
	int fd;

	if (!pid) {
		for (;;)
			pause();
	}
	fd = syscall(SYS_pidfd_open, pid, 0);
	ASSERT_LE(0, fd);
	port = fileport_of(fd);
	close(fd);
	poll_fd.fd = fileport_makefd(port);
	ASSERT_LE(0, poll_fd.fd);
	EXPECT_EQ(0, syscall(SYS_pidfd_send_signal, poll_fd.fd, SIGKILL, NULL,
			     0));
	EXPECT_EQ(1, poll(&poll_fd, 1, test_ms(10000)));
	EXPECT_EQ(128 + SIGKILL, child_status(pid));
}

TEST(a_socket)
{
	char byte = 0;
	int fd[2], out;
	fileport_t port;

	ASSERT_EQ(0, socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	port = fileport_of(fd[1]);
	close(fd[1]);
	out = fileport_makefd(port);
	ASSERT_LE(0, out);
	ASSERT_EQ(1, write(out, "x", 1));
	ASSERT_EQ(1, read(fd[0], &byte, 1));
	EXPECT_EQ('x', byte);
	close(out);
	drop(port);
	/* The peer has gone. */
	EXPECT_EQ(0, read(fd[0], &byte, 1));
}

TEST(the_device)
{
	struct machdev_name self = { 0 };
	fileport_t port;
	int fd = mach_open();

	ASSERT_LE(0, fd);
	port = fileport_of(fd);
	close(fd);
	fd = fileport_makefd(port);
	ASSERT_LE(0, fd);
	EXPECT_KR(KERN_SUCCESS, mach_ioctl_fd(fd, MACHDEV_IOC_TASK_SELF,
					      &self));
	EXPECT_WORD(mach_task_self(), self.name);
}

TEST(the_last_right_closes)
{
	fileport_t port;
	int reader = fileport_of_pipe(&port), fd;

	MUST(mach_port_mod_refs(mach_task_self(), port, MACH_PORT_RIGHT_SEND,
				1));
	drop(port);
	EXPECT_TRUE(pipe_lives(reader));
	fd = MUST_BE(fileport_makefd(port));
	drop(port);
	EXPECT_NAME(0, 0, port);
	EXPECT_TRUE(pipe_lives(reader));
	close(fd);
	EXPECT_TRUE(pipe_ends(reader));
}

TEST(a_right_in_a_message)
{
	mach_port_t queue = port_new();
	struct port_msg msg;
	fileport_t port;
	int reader = fileport_of_pipe(&port), i;

	for (i = 0; i < 2; i++) {
		port_msg_init(&msg, queue, MACH_MSG_TYPE_MAKE_SEND, 0, 0, 1);
		msg.port[0] = msg_port(port, MACH_MSG_TYPE_MOVE_SEND);
		ASSERT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(1)));
		EXPECT_NAME(0, 0, port);
		EXPECT_TRUE(pipe_lives(reader));
		if (i)
			break;
		ASSERT_KR(KERN_SUCCESS, port_msg_receive(&msg, queue));
		port = msg.port[0].name;
		EXPECT_NAME(MACH_PORT_TYPE_SEND, 1, port);
		close(MUST_BE(fileport_makefd(port)));
	}
	/* The second time it is destroyed with the message. */
	ASSERT_KR(KERN_SUCCESS, mach_port_destroy(mach_task_self(), queue));
	EXPECT_TRUE(pipe_ends(reader));
}

TEST(as_the_reply_port_of_a_message)
{
	mach_port_t queue = port_new();
	fileport_t port;
	struct msg msg;
	int reader = fileport_of_pipe(&port);

	msg_init(&msg, queue, MACH_MSG_TYPE_MAKE_SEND, port,
		 MACH_MSG_TYPE_MOVE_SEND, 1);
	ASSERT_KR(KERN_SUCCESS, msg_send(&msg, MSG_HEADER));
	ASSERT_KR(KERN_SUCCESS, msg_receive(&msg, queue));
	close(MUST_BE(fileport_makefd(msg.head.msgh_remote_port)));
	drop(msg.head.msgh_remote_port);
	EXPECT_TRUE(pipe_ends(reader));
}

/* The name that a right gets in another task. */
enum { THERE = 0x1e03 };

FIXTURE(others) {
	struct test_pipe go, done;
	mach_port_t task;
	fileport_t port;
	pid_t pid;
	int reader;
};

FIXTURE_VARIANT(others) {
	mach_msg_type_name_t how;
};

FIXTURE_VARIANT_ADD(others, copied) { .how = MACH_MSG_TYPE_COPY_SEND };
FIXTURE_VARIANT_ADD(others, moved) { .how = MACH_MSG_TYPE_MOVE_SEND };

/* What the other task does: 0 if the descriptor that it takes out is right. */
static int take_out(fileport_t port, int reader)
{
	struct stat here, there;
	int fd = fileport_makefd(port);

	if (fd < 0)
		return errno;
	if (fstat(fd, &there) || fstat(reader, &here))
		return errno;
	return here.st_ino == there.st_ino && here.st_dev == there.st_dev ?
		0 : ESTALE;
}

FIXTURE_SETUP(others)
{
	MUST_BE(test_pipe_open(&self->go));
	MUST_BE(test_pipe_open(&self->done));
	self->reader = fileport_of_pipe(&self->port);
	self->pid = child_fork();
	if (!self->pid) {
		uint32_t name;

		while (!test_get(&self->go, &name))
			test_put(&self->done, take_out(name, self->reader));
		_exit(1);
	}
	MUST(task_for_pid(mach_task_self(), self->pid, &self->task));
}

FIXTURE_TEARDOWN(others)
{
}

static void give(mach_port_t task, fileport_t port, mach_msg_type_name_t how)
{
	MUST(mach_port_insert_right(task, THERE, port, how));
	if (how == MACH_MSG_TYPE_COPY_SEND)
		drop(port);
}

TEST_F(others, take_the_descriptor_out)
{
	uint32_t error = TEST_POISON32;

	give(self->task, self->port, variant->how);
	EXPECT_NAME(0, 0, self->port);
	ASSERT_EQ(0, test_put(&self->go, THERE));
	ASSERT_EQ(0, test_get(&self->done, &error));
	EXPECT_WORD(0, error);
	/* The other one has right and descriptor. */
	ASSERT_KR(KERN_SUCCESS, mach_port_deallocate(self->task, THERE));
	EXPECT_TRUE(pipe_lives(self->reader));
	child_kill(self->pid);
	EXPECT_TRUE(pipe_ends(self->reader));
}

TEST_F(others, end_and_close)
{
	give(self->task, self->port, variant->how);
	EXPECT_TRUE(pipe_lives(self->reader));
	child_kill(self->pid);
	EXPECT_TRUE(pipe_ends(self->reader));
}

/* A name of this task means nothing in another. */
TEST_F(others, need_a_right)
{
	uint32_t error = TEST_POISON32;

	ASSERT_EQ(0, test_put(&self->go, self->port));
	ASSERT_EQ(0, test_get(&self->done, &error));
	EXPECT_WORD(EINVAL, error);
	child_kill(self->pid);
}

/* Its rights go with the image; the descriptor went with it, too. */
TEST(an_exec_closes)
{
	struct test_pipe ready;
	fileport_t port;
	int fd[2];
	pid_t pid;

	MUST_BE(pipe2(fd, O_CLOEXEC));
	MUST_BE(test_pipe_open(&ready));
	pid = child_fork();
	if (!pid) {
		port = fileport_of(fd[1]);
		close(fd[1]);
		test_put(&ready, port);
		execl("/bin/sleep", "sleep", "1000", NULL);
		_exit(1);
	}
	close(fd[1]);
	ASSERT_EQ(0, test_wait(&ready));
	EXPECT_TRUE(pipe_ends(fd[0]));
	EXPECT_EQ(128 + SIGKILL, child_kill(pid));
}

TEST(a_forked_child_has_no_right)
{
	fileport_t port;
	int reader = fileport_of_pipe(&port);
	pid_t pid = child_fork();

	if (!pid) {
		EXPECT_ERRNO(EINVAL, fileport_makefd(port));
		child_exit();
	}
	EXPECT_CHILD(pid);
	EXPECT_TRUE(pipe_lives(reader));
}

TEST(no_descriptor)
{
	fileport_t port = TEST_POISON32;
	int fd = 500;

	ASSERT_EQ(-1, fcntl(fd, F_GETFD));
	EXPECT_ERRNO_REFUSED(EBADF, fileport_makeport(fd, &port));
	EXPECT_WORD(FILEPORT_NULL, port);
	EXPECT_ERRNO_REFUSED(EBADF, fileport_makeport(-1, &port));
	EXPECT_ERRNO_REFUSED(EBADF, fileport_makeport(INT_MAX, &port));
}

TEST(no_fileport)
{
	mach_port_t plain = port_new_send(1), once = port_new_once(plain);
	mach_port_t dead = port_new_dead(1), stale = port_new_stale();
	mach_port_t host = mach_host_self();
	fileport_t gone;
	int reader = fileport_of_pipe(&gone);

	drop(gone);
	EXPECT_TRUE(pipe_ends(reader));
	EXPECT_ERRNO_REFUSED(EINVAL, fileport_makefd(MACH_PORT_NULL));
	EXPECT_ERRNO_REFUSED(EINVAL, fileport_makefd(MACH_PORT_DEAD));
	EXPECT_ERRNO_REFUSED(EINVAL, fileport_makefd(plain));
	EXPECT_ERRNO_REFUSED(EINVAL, fileport_makefd(once));
	EXPECT_ERRNO_REFUSED(EINVAL, fileport_makefd(dead));
	EXPECT_ERRNO_REFUSED(EINVAL, fileport_makefd(stale));
	EXPECT_ERRNO_REFUSED(EINVAL, fileport_makefd(gone));
	EXPECT_ERRNO_REFUSED(EINVAL, fileport_makefd(mach_task_self()));
	EXPECT_ERRNO_REFUSED(EINVAL, fileport_makefd(host));
}

TEST(flags_that_are_not_known)
{
	struct machdev_fileport call = { .fd = 0, .flags = 1 };
	fileport_t port;

	fileport_of_pipe(&port);
	EXPECT_REFUSED(-EINVAL,
		       mach_ioctl(MACHDEV_IOC_FILEPORT_MAKEPORT, &call));
	call = (struct machdev_fileport) { .fd = 0, .reserved = 1 };
	EXPECT_REFUSED(-EINVAL,
		       mach_ioctl(MACHDEV_IOC_FILEPORT_MAKEPORT, &call));
	call = (struct machdev_fileport) { .port = port, .flags = 1 };
	EXPECT_REFUSED(-EINVAL, mach_ioctl(MACHDEV_IOC_FILEPORT_MAKEFD, &call));
	call = (struct machdev_fileport) { .port = port, .reserved = 1 };
	EXPECT_REFUSED(-EINVAL, mach_ioctl(MACHDEV_IOC_FILEPORT_MAKEFD, &call));
}

TEST(no_room_for_a_descriptor)
{
	struct rlimit limit;
	fileport_t port;
	int fd;

	fileport_of_pipe(&port);
	ASSERT_EQ(0, getrlimit(RLIMIT_NOFILE, &limit));
	limit.rlim_cur = fd_count() + 8;
	ASSERT_EQ(0, setrlimit(RLIMIT_NOFILE, &limit));
	while ((fd = dup(0)) >= 0)
		;
	EXPECT_ERRNO(EMFILE, fileport_makefd(port));
	EXPECT_NAME(MACH_PORT_TYPE_SEND, 1, port);
	close(limit.rlim_cur - 1);
	EXPECT_EQ((int)limit.rlim_cur - 1, fileport_makefd(port));
}

/* Nobody receives from it, and it answers nothing. */
TEST(it_is_no_queue)
{
	mach_port_t notify = port_new(), previous;
	struct msg msg;
	fileport_t port;

	fileport_of_pipe(&port);
	EXPECT_REFUSED(KERN_NOT_SUPPORTED,
		       msg_send_id(port, MACH_MSG_TYPE_COPY_SEND, 1));
	EXPECT_REFUSED(MACH_SEND_INVALID_DEST,
		       msg_send_id(port, MACH_MSG_TYPE_MAKE_SEND, 1));
	EXPECT_REFUSED(MACH_RCV_INVALID_NAME, msg_receive(&msg, port));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       mach_port_insert_right(mach_task_self(), port, port,
					      MACH_MSG_TYPE_MAKE_SEND));
	EXPECT_REFUSED(KERN_INVALID_RIGHT,
		       mach_port_request_notification(mach_task_self(), port,
						      MACH_NOTIFY_NO_SENDERS, 1,
						      notify,
						      MACH_MSG_TYPE_MAKE_SEND_ONCE,
						      &previous));
}

/*
 * A socket whose queue holds itself, and a pipe to tell when it is closed: with
 * the fileport goes the last thing from outside that keeps it, and the kernel
 * collects the ring.
 */
TEST(a_ring_of_sockets_is_collected)
{
	int socket[2], pipe_fd[2], idle[2];
	fileport_t port;

	MUST_BE(pipe2(pipe_fd, O_CLOEXEC));
	MUST_BE(socketpair(AF_UNIX, SOCK_STREAM, 0, socket));
	port = fileport_of(socket[0]);
	socket_send(socket[1], (int[]){ socket[0], pipe_fd[1] }, 2);
	close(socket[0]);
	close(socket[1]);
	close(pipe_fd[1]);
	EXPECT_TRUE(pipe_lives(pipe_fd[0]));

	/* While there is the fileport it is no garbage. */
	MUST_BE(socketpair(AF_UNIX, SOCK_STREAM, 0, idle));
	close(idle[0]);
	close(idle[1]);
	close(MUST_BE(fileport_makefd(port)));
	EXPECT_TRUE(pipe_lives(pipe_fd[0]));

	drop(port);
	EXPECT_TRUE(TEST_UNTIL(({
		MUST_BE(socketpair(AF_UNIX, SOCK_STREAM, 0, idle));
		close(idle[0]);
		close(idle[1]);
		!pipe_lives(pipe_fd[0]);
	}), 20000));
}

/* A socket that is sent in a message and holds the device in its queue. */
TEST(the_device_in_a_socket_in_a_port)
{
	int socket[2], fd = mach_open();
	mach_port_t queue = port_new();
	struct port_msg msg;
	fileport_t port;

	ASSERT_LE(0, fd);
	MUST_BE(socketpair(AF_UNIX, SOCK_STREAM, 0, socket));
	socket_send(socket[1], &fd, 1);
	port = fileport_of(socket[0]);
	close(fd);
	close(socket[0]);
	close(socket[1]);
	port_msg_init(&msg, queue, MACH_MSG_TYPE_MAKE_SEND, 0, 0, 2);
	msg.port[0] = msg_port(port, MACH_MSG_TYPE_MOVE_SEND);
	msg.port[1] = msg_port(queue, MACH_MSG_TYPE_MOVE_RECEIVE);
	/* The queue goes into itself: a ring that is destroyed at once. */
	EXPECT_KR(KERN_SUCCESS, msg_send(&msg, PORT_MSG_SIZE(2)));
	EXPECT_NAME(0, 0, queue);
	EXPECT_NAME(0, 0, port);
}

/* Fileports are limited by what they are charged. */
TEST(a_user_cannot_have_any_number)
{
	pid_t pid = child_fork();

	if (!pid) {
		fileport_t port = 0, first;
		unsigned int count = 1;
		int reader;

		ASSERT_EQ(0, test_become(TEST_UID, TEST_GID));
		reader = fileport_of_pipe(&first);
		while (count <= FILEPORTS_MAX &&
		       !fileport_makeport(reader, &port))
			count++;
		EXPECT_EQ(ENOMEM, errno);
		EXPECT_WORD(FILEPORT_NULL, port);
		EXPECT_LT(FILEPORTS_MAX / 2, count);
		EXPECT_GT(FILEPORTS_MAX, count);
		/* One that goes makes room for another. */
		drop(first);
		EXPECT_EQ(0, fileport_makeport(reader, &port));
		child_exit();
	}
	EXPECT_CHILD(pid);
}

static void *make_descriptors(void *argument)
{
	fileport_t *port = argument;
	int i, fd;

	for (i = 0; i < 2000; i++) {
		fd = fileport_makefd(__atomic_load_n(port, __ATOMIC_RELAXED));
		if (fd >= 0)
			MUST_BE(close(fd));
		else
			MUST(errno == EINVAL ? 0 : -errno);
	}
	return NULL;
}

TEST(taken_out_while_the_right_goes)
{
	fileport_t port = MACH_PORT_NULL;
	unsigned int before;
	pthread_t thread;
	int reader, i;

	MUST(mach_task_self() ? 0 : -ENODEV);
	before = fd_count();
	MUST(-pthread_create(&thread, NULL, make_descriptors, &port));
	for (i = 0; i < 2000; i++) {
		fileport_t name;

		reader = fileport_of_pipe(&name);
		__atomic_store_n(&port, name, __ATOMIC_RELAXED);
		drop(name);
		ASSERT_TRUE(pipe_ends(reader));
		close(reader);
	}
	pthread_join(thread, NULL);
	EXPECT_EQ(before, fd_count());
}

MACH_TEST_MAIN
