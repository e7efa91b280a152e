// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of tasks: what is mapped, read and written in the own one, in one that
 * has never run, and in one that runs.
 */
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "actor.h"

#define PAGE 4096ul

static task_t embryo(boolean_t memory)
{
	task_t task;

	return task_create(own_task(), NULL, 0, memory, &task) ? MACH_PORT_NULL :
								 task;
}

static struct vm_region_basic_info_64 region_of(task_t task,
						vm_address_t address)
{
	mach_msg_type_number_t count = VM_REGION_BASIC_INFO_COUNT_64;
	struct vm_region_basic_info_64 info = { .protection = -1 };
	vm_address_t start = address;
	mach_port_t object;
	vm_size_t size;

	if (vm_region(task, &start, &size, VM_REGION_BASIC_INFO_64,
		      (vm_region_info_t)&info, &count, &object) ||
	    start > address)
		info.protection = -1;
	return info;
}

static vm_prot_t protection_of(task_t task, vm_address_t address)
{
	return region_of(task, address).protection;
}

static uint32_t word_of(task_t task, vm_address_t address)
{
	uint32_t word = TEST_POISON32;
	vm_size_t size;

	if (vm_read_overwrite(task, address, sizeof(word), (vm_address_t)&word,
			      &size))
		return TEST_POISON32;
	return word;
}

static kern_return_t put_word(task_t task, vm_address_t address, uint32_t word)
{
	return vm_write(task, address, (vm_offset_t)&word, sizeof(word));
}

FIXTURE(memory) {
	task_t task;
	vm_address_t at;	/* of four pages, a word in each */
};

FIXTURE_VARIANT(memory) {
	bool own;
	boolean_t inherits;
};

FIXTURE_VARIANT_ADD(memory, own) { .own = true };
FIXTURE_VARIANT_ADD(memory, empty) { .inherits = FALSE };
FIXTURE_VARIANT_ADD(memory, copy) { .inherits = TRUE };

FIXTURE_SETUP(memory)
{
	uint32_t i;

	self->task = variant->own ? own_task() : embryo(variant->inherits);
	ASSERT_KR(KERN_SUCCESS, vm_allocate(self->task, &self->at, 4 * PAGE,
					    VM_FLAGS_ANYWHERE));
	for (i = 0; i < 4; i++)
		ASSERT_KR(KERN_SUCCESS,
			  put_word(self->task, self->at + i * PAGE, i + 1));
}

FIXTURE_TEARDOWN(memory)
{
}

TEST_F(memory, is_there_and_zero)
{
	vm_offset_t data;
	mach_msg_type_number_t count, i, set = 0;

	EXPECT_EQ(0, self->at % PAGE);
	ASSERT_KR(KERN_SUCCESS, vm_read(self->task, self->at, 4 * PAGE, &data,
					&count));
	ASSERT_EQ(4 * PAGE, count);
	for (i = 0; i < count; i++)
		set += !!((unsigned char *)data)[i];
	EXPECT_EQ(4, set);
	EXPECT_KR(KERN_SUCCESS, vm_deallocate(own_task(), data, count));
}

TEST_F(memory, can_be_at_an_address)
{
	vm_address_t at = self->at + 100, other;

	EXPECT_KR(KERN_NO_SPACE, vm_allocate(self->task, &at, 1,
					     VM_FLAGS_FIXED));
	ASSERT_KR(KERN_SUCCESS, vm_deallocate(self->task, self->at + PAGE, 1));
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  put_word(self->task, self->at + PAGE, 1));
	at = self->at + PAGE + 100;
	ASSERT_KR(KERN_SUCCESS, vm_allocate(self->task, &at, 1,
					    VM_FLAGS_FIXED));
	EXPECT_EQ(self->at + PAGE, at);
	EXPECT_EQ(0, word_of(self->task, at));
	other = self->at + 2 * PAGE;
	ASSERT_KR(KERN_SUCCESS,
		  vm_allocate(self->task, &other, PAGE, VM_FLAGS_FIXED |
			      VM_FLAGS_OVERWRITE | VM_MAKE_TAG(3)));
	EXPECT_EQ(0, word_of(self->task, other));
	EXPECT_EQ(4, word_of(self->task, self->at + 3 * PAGE));
}

TEST_F(memory, cannot_be_anywhere)
{
	mach_vm_address_t at = 1ull << 62;
	kern_return_t kr;

	/* Of itself a program may know only that there is no room. */
	kr = mach_vm_allocate(self->task, &at, PAGE, VM_FLAGS_FIXED);
	EXPECT_TRUE(kr == KERN_INVALID_ADDRESS ||
		    (variant->own && kr == KERN_NO_SPACE));
	EXPECT_KR(KERN_NO_SPACE, mach_vm_allocate(self->task, &at, 1ull << 62,
						  VM_FLAGS_ANYWHERE));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  mach_vm_allocate(self->task, &at, ~0ull, VM_FLAGS_ANYWHERE));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  mach_vm_allocate(self->task, &at, PAGE, 2));
	EXPECT_KR(KERN_SUCCESS, mach_vm_allocate(self->task, &at, 0,
						 VM_FLAGS_ANYWHERE));
	EXPECT_EQ(0, at);
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  mach_vm_deallocate(self->task, ~0ull, 2));
	EXPECT_KR(KERN_SUCCESS, mach_vm_deallocate(self->task, 0, 0));
}

TEST_F(memory, has_the_protection_that_was_set)
{
	vm_address_t middle = self->at + PAGE;

	EXPECT_EQ(VM_PROT_DEFAULT, protection_of(self->task, middle));
	ASSERT_KR(KERN_SUCCESS,
		  vm_protect(self->task, middle + 1, PAGE, FALSE,
			     VM_PROT_READ | VM_PROT_EXECUTE));
	EXPECT_EQ(VM_PROT_DEFAULT, protection_of(self->task, self->at));
	EXPECT_EQ(VM_PROT_READ | VM_PROT_EXECUTE,
		  protection_of(self->task, middle));
	EXPECT_EQ(VM_PROT_READ | VM_PROT_EXECUTE,
		  protection_of(self->task, middle + PAGE));
	EXPECT_EQ(VM_PROT_DEFAULT,
		  protection_of(self->task, middle + 2 * PAGE));
	EXPECT_EQ(2, word_of(self->task, middle));
	EXPECT_EQ(3, word_of(self->task, middle + PAGE));
	EXPECT_KR(KERN_PROTECTION_FAILURE, put_word(self->task, middle, 9));
	ASSERT_KR(KERN_SUCCESS, vm_protect(self->task, middle, PAGE, FALSE,
					   VM_PROT_NONE));
	EXPECT_EQ(TEST_POISON32, word_of(self->task, middle));
	EXPECT_KR(variant->own ? KERN_SUCCESS : KERN_NOT_SUPPORTED,
		  vm_protect(self->task, middle, PAGE, FALSE,
			     VM_PROT_COPY | VM_PROT_READ));
	ASSERT_KR(KERN_SUCCESS, vm_protect(self->task, middle, PAGE, FALSE,
					   VM_PROT_ALL));
	EXPECT_EQ(2, word_of(self->task, middle));
	EXPECT_KR(KERN_SUCCESS, put_word(self->task, middle, 9));
}

TEST_F(memory, keeps_its_protection_when_another_is_refused)
{
	vm_address_t hole = self->at + 2 * PAGE;

	ASSERT_KR(KERN_SUCCESS, vm_deallocate(self->task, hole, PAGE));
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  vm_protect(self->task, self->at, 4 * PAGE, FALSE,
			     VM_PROT_READ));
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  vm_protect(self->task, hole, PAGE, FALSE, VM_PROT_READ));
	EXPECT_EQ(VM_PROT_DEFAULT, protection_of(self->task, self->at));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_protect(self->task, self->at, PAGE, FALSE, 8));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  mach_vm_protect(self->task, self->at, ~0ull, FALSE, 1));
	EXPECT_KR(KERN_SUCCESS,
		  vm_protect(self->task, hole, 0, FALSE, VM_PROT_READ));
	EXPECT_KR(KERN_SUCCESS, vm_protect(self->task, self->at, PAGE, TRUE,
					   VM_PROT_ALL));
	EXPECT_KR(KERN_NOT_SUPPORTED,
		  vm_protect(self->task, self->at, PAGE, TRUE, VM_PROT_READ));
	EXPECT_EQ(VM_PROT_DEFAULT, protection_of(self->task, self->at));
}

TEST_F(memory, has_the_inheritance_that_was_set)
{
	vm_address_t middle = self->at + PAGE;

	EXPECT_EQ(VM_INHERIT_COPY, region_of(self->task, middle).inheritance);
	ASSERT_KR(KERN_SUCCESS, vm_inherit(self->task, middle, PAGE,
					   VM_INHERIT_NONE));
	EXPECT_EQ(VM_INHERIT_NONE, region_of(self->task, middle).inheritance);
	EXPECT_EQ(VM_INHERIT_COPY,
		  region_of(self->task, self->at).inheritance);
	EXPECT_EQ(VM_INHERIT_COPY,
		  region_of(self->task, middle + PAGE).inheritance);
	EXPECT_EQ(2, word_of(self->task, middle));
	ASSERT_KR(KERN_SUCCESS, vm_inherit(self->task, self->at, 4 * PAGE,
					   VM_INHERIT_COPY));
	EXPECT_EQ(VM_INHERIT_COPY, region_of(self->task, middle).inheritance);
	ASSERT_KR(KERN_SUCCESS, vm_inherit(self->task, middle, PAGE,
					   VM_INHERIT_SHARE));
	EXPECT_EQ(VM_INHERIT_SHARE, region_of(self->task, middle).inheritance);
	EXPECT_TRUE(region_of(self->task, middle).shared);
	EXPECT_FALSE(region_of(self->task, self->at).shared);
	EXPECT_EQ(2, word_of(self->task, middle));
	EXPECT_KR(KERN_NOT_SUPPORTED, vm_inherit(self->task, middle, PAGE,
						 VM_INHERIT_COPY));
	EXPECT_KR(KERN_INVALID_ARGUMENT, vm_inherit(self->task, middle, PAGE,
						    3));
	/* What is shared stays so under another protection. */
	ASSERT_KR(KERN_SUCCESS, vm_protect(self->task, middle, PAGE, FALSE,
					   VM_PROT_READ));
	EXPECT_TRUE(region_of(self->task, middle).shared);
	EXPECT_EQ(2, word_of(self->task, middle));
}

TEST_F(memory, inheritance_leaves_holes_alone)
{
	ASSERT_KR(KERN_SUCCESS,
		  vm_deallocate(self->task, self->at + PAGE, PAGE));
	EXPECT_KR(KERN_SUCCESS, vm_inherit(self->task, self->at, 4 * PAGE,
					   VM_INHERIT_NONE));
	EXPECT_EQ(VM_INHERIT_NONE,
		  region_of(self->task, self->at + 3 * PAGE).inheritance);
	EXPECT_EQ(-1, protection_of(self->task, self->at + PAGE));
}

TEST_F(memory, is_copied_inside_the_task)
{
	vm_address_t from = self->at + 100, to = self->at + PAGE + 50;
	uint32_t i;

	for (i = 0; i < 300; i++)
		ASSERT_KR(KERN_SUCCESS,
			  put_word(self->task, from + i * 16, 1000 + i));
	/* Over itself, upwards and back. */
	ASSERT_KR(KERN_SUCCESS, vm_copy(self->task, from, 300 * 16, to));
	for (i = 0; i < 300; i += 13)
		EXPECT_EQ(1000 + i, word_of(self->task, to + i * 16));
	ASSERT_KR(KERN_SUCCESS, vm_copy(self->task, to, 300 * 16, from));
	for (i = 0; i < 300; i += 13)
		EXPECT_EQ(1000 + i, word_of(self->task, from + i * 16));
	EXPECT_KR(KERN_SUCCESS, vm_copy(self->task, 0, 0, 0));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  mach_vm_copy(self->task, from, 2, ~0ull));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  mach_vm_copy(self->task, ~0ull, 2, to));
}

TEST_F(memory, is_mapped_as_vm_map_says)
{
	vm_address_t at = 0;

	ASSERT_KR(KERN_SUCCESS,
		  vm_map(self->task, &at, PAGE, 0xfffff, VM_FLAGS_ANYWHERE,
			 MEMORY_OBJECT_NULL, 77, TRUE, VM_PROT_READ,
			 VM_PROT_ALL, VM_INHERIT_NONE));
	EXPECT_EQ(0, at & 0xfffff);
	EXPECT_EQ(VM_PROT_READ, protection_of(self->task, at));
	EXPECT_EQ(VM_INHERIT_NONE, region_of(self->task, at).inheritance);
	ASSERT_KR(KERN_SUCCESS,
		  vm_map(self->task, &at, PAGE, 0, VM_FLAGS_ANYWHERE,
			 MEMORY_OBJECT_NULL, 0, FALSE, VM_PROT_DEFAULT,
			 VM_PROT_ALL, VM_INHERIT_SHARE));
	EXPECT_TRUE(region_of(self->task, at).shared);
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_map(self->task, &at, PAGE, 0, VM_FLAGS_ANYWHERE,
			 own_task(), 0, FALSE, VM_PROT_READ, VM_PROT_ALL,
			 VM_INHERIT_COPY));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_map(self->task, &at, PAGE, 0, VM_FLAGS_ANYWHERE,
			 MEMORY_OBJECT_NULL, 0, FALSE, VM_PROT_ALL,
			 VM_PROT_READ, VM_INHERIT_COPY));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_map(self->task, &at, 0, 0, VM_FLAGS_ANYWHERE,
			 MEMORY_OBJECT_NULL, 0, FALSE, VM_PROT_READ,
			 VM_PROT_ALL, VM_INHERIT_COPY));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_map(self->task, &at, PAGE, 2, VM_FLAGS_ANYWHERE,
			 MEMORY_OBJECT_NULL, 0, FALSE, VM_PROT_READ,
			 VM_PROT_ALL, VM_INHERIT_COPY));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_map(self->task, &at, PAGE, 0, VM_FLAGS_ANYWHERE,
			 MEMORY_OBJECT_NULL, 0, FALSE, VM_PROT_READ,
			 VM_PROT_ALL, 3));
	EXPECT_KR(KERN_NOT_SUPPORTED,
		  vm_map(self->task, &at, PAGE, 0, VM_FLAGS_ANYWHERE,
			 MEMORY_OBJECT_NULL, 0, FALSE, VM_PROT_READ,
			 VM_PROT_DEFAULT, VM_INHERIT_COPY));
}

TEST_F(memory, is_described)
{
	mach_msg_type_number_t count = VM_REGION_BASIC_INFO_COUNT_64;
	struct vm_region_basic_info_64 info;
	vm_address_t at = self->at;
	mach_vm_address_t wide = self->at;
	mach_vm_size_t wide_size;
	mach_port_t object = TEST_POISON32;
	vm_size_t size;

	/* No neighbour of the same kind. */
	ASSERT_KR(KERN_SUCCESS, vm_protect(self->task, self->at + PAGE, PAGE,
					   FALSE, VM_PROT_READ));
	ASSERT_KR(KERN_SUCCESS,
		  vm_deallocate(self->task, self->at + 2 * PAGE, PAGE));
	at = self->at + PAGE + 17;
	ASSERT_KR(KERN_SUCCESS,
		  vm_region(self->task, &at, &size, VM_REGION_BASIC_INFO_64,
			    (vm_region_info_t)&info, &count, &object));
	EXPECT_EQ(self->at + PAGE, at);
	EXPECT_EQ(PAGE, size);
	EXPECT_EQ(9, count);
	EXPECT_EQ(MACH_PORT_NULL, object);
	EXPECT_EQ(VM_PROT_READ, info.protection);
	EXPECT_EQ(VM_PROT_ALL, info.max_protection);
	EXPECT_EQ(0, info.user_wired_count);
	/* Over the hole. */
	at += size;
	ASSERT_KR(KERN_SUCCESS,
		  vm_region_64(self->task, &at, &size, VM_REGION_BASIC_INFO,
			       (vm_region_info_t)&info, &count, &object));
	EXPECT_EQ(self->at + 3 * PAGE, at);
	ASSERT_KR(KERN_SUCCESS,
		  mach_vm_region(self->task, &wide, &wide_size,
				 VM_REGION_BASIC_INFO_64,
				 (vm_region_info_t)&info, &count, &object));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_region(self->task, &at, &size, 99, (vm_region_info_t)&info,
			    &count, &object));
	count = 8;
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_region(self->task, &at, &size, VM_REGION_BASIC_INFO_64,
			    (vm_region_info_t)&info, &count, &object));
	count = 9;
	wide = ~0ull;
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  mach_vm_region(self->task, &wide, &wide_size,
				 VM_REGION_BASIC_INFO_64,
				 (vm_region_info_t)&info, &count, &object));
}

/*
 * What Linux refuses
 */

TEST(what_a_file_does_not_allow_is_no_protection)
{
	char path[64];
	void *memory;
	task_t task;
	int fd;

	fd = memfd_create("read-only", 0);
	ASSERT_EQ(0, ftruncate(fd, PAGE));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fd = open(path, O_RDONLY);
	ASSERT_LE(0, fd);
	memory = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0);
	ASSERT_NE(MAP_FAILED, memory);
	task = embryo(TRUE);
	EXPECT_KR(KERN_PROTECTION_FAILURE,
		  vm_protect(task, (vm_address_t)memory, PAGE, FALSE,
			     VM_PROT_READ | VM_PROT_WRITE));
	EXPECT_EQ(VM_PROT_READ, protection_of(task, (vm_address_t)memory));
	EXPECT_KR(KERN_PROTECTION_FAILURE,
		  vm_protect(own_task(), (vm_address_t)memory, PAGE, FALSE,
			     VM_PROT_READ | VM_PROT_WRITE));
}

TEST(memory_stays_below_the_limit_of_its_process)
{
	const struct rlimit limit = { 64 << 20, 64 << 20 };
	vm_address_t at = 0, fixed;
	task_t task;

	ASSERT_EQ(0, setrlimit(RLIMIT_AS, &limit));
	task = embryo(FALSE);
	EXPECT_KR(KERN_NO_SPACE, vm_allocate(task, &at, 128 << 20,
					     VM_FLAGS_ANYWHERE));
	ASSERT_KR(KERN_SUCCESS, vm_allocate(task, &at, 32 << 20,
					    VM_FLAGS_ANYWHERE));
	fixed = at + (32 << 20);
	EXPECT_KR(KERN_NO_SPACE, vm_allocate(task, &fixed, 48 << 20,
					     VM_FLAGS_FIXED));
	EXPECT_KR(KERN_SUCCESS, vm_allocate(task, &fixed, 16 << 20,
					    VM_FLAGS_FIXED));
}

#define MAX_REGIONS "/proc/sys/vm/max_map_count"

TEST(what_would_be_too_many_regions_is_refused_whole)
{
	kern_return_t unmap, protect, inherit;
	vm_address_t at = 0;
	char before[16];
	task_t task;

	snprintf(before, sizeof(before), "%u", file_number(MAX_REGIONS, 65530));
	task = embryo(FALSE);
	ASSERT_KR(KERN_SUCCESS, vm_allocate(task, &at, 3 * PAGE,
					    VM_FLAGS_ANYWHERE));
	ASSERT_EQ(0, file_write(MAX_REGIONS, "1"));
	unmap = vm_deallocate(task, at + PAGE, PAGE);
	protect = vm_protect(task, at + PAGE, PAGE, FALSE, VM_PROT_READ);
	inherit = vm_inherit(task, at + PAGE, PAGE, VM_INHERIT_SHARE);
	ASSERT_EQ(0, file_write(MAX_REGIONS, before));
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, unmap);
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, protect);
	EXPECT_KR(KERN_RESOURCE_SHORTAGE, inherit);
	EXPECT_EQ(VM_PROT_DEFAULT, protection_of(task, at + PAGE));
	EXPECT_EQ(VM_INHERIT_COPY, region_of(task, at + PAGE).inheritance);
	EXPECT_KR(KERN_SUCCESS, put_word(task, at + PAGE, 1));
}

/*
 * What children get
 */

TEST(a_part_of_what_no_child_gets_is_not_shared)
{
	task_t task = embryo(FALSE);
	vm_address_t at = 0;

	ASSERT_KR(KERN_SUCCESS, vm_allocate(task, &at, 3 * PAGE,
					    VM_FLAGS_ANYWHERE));
	ASSERT_KR(KERN_SUCCESS, vm_inherit(task, at, 3 * PAGE,
					   VM_INHERIT_SHARE));
	/* To make a part differ it would have to be mapped anew. */
	EXPECT_KR(KERN_NOT_SUPPORTED, vm_inherit(task, at + PAGE, PAGE,
						 VM_INHERIT_NONE));
	ASSERT_KR(KERN_SUCCESS, vm_inherit(task, at, 3 * PAGE,
					   VM_INHERIT_NONE));
	EXPECT_KR(KERN_NOT_SUPPORTED, vm_inherit(task, at + PAGE, PAGE,
						 VM_INHERIT_SHARE));
	EXPECT_KR(KERN_SUCCESS, vm_inherit(task, at + PAGE, PAGE,
					   VM_INHERIT_NONE));
	EXPECT_EQ(VM_INHERIT_NONE, region_of(task, at + PAGE).inheritance);
}

TEST(what_is_shared_with_a_child_and_what_is_not)
{
	vm_address_t at = 0;
	pid_t pid;

	ASSERT_KR(KERN_SUCCESS, vm_allocate(own_task(), &at, 3 * PAGE,
					    VM_FLAGS_ANYWHERE));
	((char *)at)[2 * PAGE] = 3;
	ASSERT_KR(KERN_SUCCESS, vm_inherit(own_task(), at + PAGE, PAGE,
					   VM_INHERIT_NONE));
	ASSERT_KR(KERN_SUCCESS, vm_inherit(own_task(), at + 2 * PAGE, PAGE,
					   VM_INHERIT_SHARE));
	EXPECT_EQ(3, ((char *)at)[2 * PAGE]);
	pid = child_fork();
	if (!pid) {
		unsigned char resident;

		*(char *)at = 1;
		((char *)at)[2 * PAGE] = 4;
		EXPECT_EQ(-1, mincore((void *)(at + PAGE), PAGE, &resident));
		child_exit();
	}
	EXPECT_CHILD(pid);
	EXPECT_EQ(0, *(char *)at);
	EXPECT_EQ(4, ((char *)at)[2 * PAGE]);
}

TEST(what_a_created_task_gets)
{
	vm_address_t at = 0;
	task_t task;

	ASSERT_KR(KERN_SUCCESS, vm_allocate(own_task(), &at, 3 * PAGE,
					    VM_FLAGS_ANYWHERE));
	((uint32_t *)at)[0] = 5;
	ASSERT_KR(KERN_SUCCESS, vm_inherit(own_task(), at + PAGE, PAGE,
					   VM_INHERIT_NONE));
	ASSERT_KR(KERN_SUCCESS, vm_inherit(own_task(), at + 2 * PAGE, PAGE,
					   VM_INHERIT_SHARE));
	task = embryo(TRUE);
	EXPECT_EQ(5, word_of(task, at));
	ASSERT_KR(KERN_SUCCESS, put_word(task, at, 6));
	EXPECT_EQ(5, *(uint32_t *)at);
	EXPECT_EQ(-1, protection_of(task, at + PAGE));
	ASSERT_KR(KERN_SUCCESS, put_word(task, at + 2 * PAGE, 7));
	EXPECT_EQ(7, *(uint32_t *)(at + 2 * PAGE));
}

TEST(the_stack_is_not_shared)
{
	vm_address_t here = (vm_address_t)__builtin_frame_address(0);

	EXPECT_KR(KERN_NOT_SUPPORTED, vm_inherit(own_task(), here & ~(PAGE - 1),
						 PAGE, VM_INHERIT_SHARE));
}

/*
 * Tasks that run
 */

static uint32_t shown[2 * PAGE / 4] __attribute__((aligned(PAGE)));

FIXTURE(live) {
	struct test_pipe done;
	pid_t pid;
	task_t task;
	task_t reader;
};

FIXTURE_SETUP(live)
{
	shown[3] = 33;
	ASSERT_EQ(0, test_pipe_open(&self->done));
	self->pid = child_fork();
	if (!self->pid) {
		uint32_t word = 0;

		own_task();
		test_get(&self->done, &word);
		_exit(shown[3] != word);
	}
	ASSERT_KR(KERN_SUCCESS,
		  task_for_pid(mach_task_self(), self->pid, &self->task));
	ASSERT_KR(KERN_SUCCESS, task_read_for_pid(mach_task_self(), self->pid,
						  &self->reader));
}

FIXTURE_TEARDOWN(live)
{
	child_kill(self->pid);
}

TEST_F(live, is_read_and_written)
{
	shown[3] = 11;
	EXPECT_EQ(33, word_of(self->task, (vm_address_t)&shown[3]));
	ASSERT_KR(KERN_SUCCESS,
		  put_word(self->task, (vm_address_t)&shown[3], 55));
	EXPECT_EQ(11, shown[3]);
	ASSERT_KR(KERN_SUCCESS,
		  vm_copy(self->task, (vm_address_t)&shown[3], 4,
			  (vm_address_t)&shown[1500]));
	EXPECT_EQ(55, word_of(self->task, (vm_address_t)&shown[1500]));
	EXPECT_EQ(VM_PROT_DEFAULT,
		  protection_of(self->task, (vm_address_t)&shown[3]));
	ASSERT_EQ(0, test_put(&self->done, 55));
	EXPECT_CHILD(self->pid);
}

TEST_F(live, is_not_mapped_by_others)
{
	vm_address_t at = 0, there = (vm_address_t)&shown[0];

	EXPECT_KR(KERN_NOT_SUPPORTED, vm_allocate(self->task, &at, PAGE,
						  VM_FLAGS_ANYWHERE));
	EXPECT_KR(KERN_NOT_SUPPORTED, vm_deallocate(self->task, there, PAGE));
	EXPECT_KR(KERN_NOT_SUPPORTED, vm_protect(self->task, there, PAGE, FALSE,
						 VM_PROT_READ));
	EXPECT_KR(KERN_NOT_SUPPORTED, vm_inherit(self->task, there, PAGE,
						 VM_INHERIT_NONE));
	EXPECT_EQ(VM_PROT_DEFAULT, protection_of(self->task, there));
}

TEST_F(live, a_read_port_reads)
{
	vm_address_t there = (vm_address_t)&shown[3], at = 0;

	EXPECT_EQ(33, word_of(self->reader, there));
	EXPECT_EQ(VM_PROT_DEFAULT, protection_of(self->reader, there));
	EXPECT_KR(KERN_INVALID_ARGUMENT, put_word(self->reader, there, 1));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_copy(self->reader, there, 4, there + 8));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_allocate(self->reader, &at, PAGE, VM_FLAGS_ANYWHERE));
	EXPECT_EQ(33, word_of(self->task, there));
	EXPECT_EQ(0, word_of(self->task, there + 8));
}

TEST_F(live, a_name_or_inspect_port_does_not)
{
	vm_address_t there = (vm_address_t)&shown[3];
	mach_msg_type_number_t count = 9;
	struct vm_region_basic_info_64 info;
	mach_port_t port, object;
	vm_size_t size;

	ASSERT_KR(KERN_SUCCESS, task_inspect_for_pid(mach_task_self(),
						     self->pid, &port));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_read_overwrite(port, there, 4, (vm_address_t)&info,
				    &size));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  vm_region(port, &there, &size, VM_REGION_BASIC_INFO_64,
			    (vm_region_info_t)&info, &count, &object));
}

TEST_F(live, what_cannot_be_read_or_written)
{
	vm_address_t there = (vm_address_t)&shown[3], text;
	const mach_vm_address_t kernel = 0xffff800000000000ull;
	static const uint32_t constant = 7;
	mach_vm_size_t size = 99;
	uint32_t word = 0;

	text = (vm_address_t)&constant;
	EXPECT_EQ(7, word_of(self->task, text));
	EXPECT_KR(KERN_PROTECTION_FAILURE, put_word(self->task, text, 8));
	EXPECT_EQ(7, word_of(self->task, text));
	EXPECT_KR(KERN_INVALID_ADDRESS, put_word(self->task, 16, 8));
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  mach_vm_read_overwrite(self->task, there, 4, 16, &size));
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  mach_vm_read_overwrite(self->task, kernel, 4,
					 (vm_address_t)&word, &size));
	EXPECT_KR(KERN_INVALID_ADDRESS,
		  mach_vm_write(self->task, kernel, (vm_offset_t)&word, 4));
	EXPECT_KR(KERN_INVALID_ARGUMENT,
		  mach_vm_read_overwrite(self->task, there, ~0ull,
					 (vm_address_t)&word, &size));
	if (sizeof(vm_address_t) == sizeof(kernel)) {
		EXPECT_KR(KERN_INVALID_ADDRESS,
			  mach_vm_read_overwrite(self->task, there, 4, kernel,
						 &size));
	}
	EXPECT_EQ(99, size);
	EXPECT_KR(KERN_SUCCESS,
		  mach_vm_read_overwrite(self->task, 16, 0, 16, &size));
	EXPECT_EQ(0, size);
	EXPECT_EQ(0, word);
}

TEST(no_task_has_no_memory)
{
	mach_port_t port = port_new(), names[] = {
		MACH_PORT_NULL, MACH_PORT_DEAD, 0x7777703, port,
	};
	vm_address_t at = 0;
	vm_size_t size;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  vm_allocate(names[i], &at, PAGE, 1));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  vm_deallocate(names[i], at, 0));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  vm_protect(names[i], at, 0, FALSE, 1));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  vm_inherit(names[i], at, 0, 1));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  vm_read_overwrite(names[i], at, 0, at, &size));
		EXPECT_KR(KERN_INVALID_ARGUMENT, vm_write(names[i], at, at, 0));
		EXPECT_KR(KERN_INVALID_ARGUMENT,
			  vm_copy(names[i], at, 0, at));
		EXPECT_EQ(-1, protection_of(names[i], at));
	}
}

/*
 * Ends
 */

TEST(an_embryo_that_dies_ends_what_is_done_to_it)
{
	task_t task = embryo(FALSE);
	vm_address_t at = 0;
	kern_return_t kr;
	int pid;

	ASSERT_KR(KERN_SUCCESS, vm_allocate(task, &at, PAGE, 1));
	ASSERT_KR(KERN_SUCCESS, pid_for_task(task, &pid));
	ASSERT_EQ(0, kill(pid, SIGKILL));
	while (!(kr = vm_allocate(task, &at, PAGE, VM_FLAGS_ANYWHERE)))
		;
	EXPECT_TRUE(kr == KERN_FAILURE || kr == KERN_INVALID_ARGUMENT) {
		TH_LOG("%s", mach_error_string(kr));
	}
	EXPECT_TRUE(TEST_UNTIL(port_is_dead(task), 5000));
	EXPECT_KR(KERN_INVALID_ARGUMENT, put_word(task, at, 1));
}

static void *map_often(void *argument)
{
	task_t task = *(task_t *)argument;
	vm_address_t at;
	long wrong = 0;
	uint32_t i;

	for (i = 1; i < 50; i++) {
		at = 0;
		wrong += vm_allocate(task, &at, 2 * PAGE, 1) ||
			 put_word(task, at + PAGE, i) ||
			 vm_protect(task, at, 2 * PAGE, FALSE, VM_PROT_READ) ||
			 word_of(task, at + PAGE) != i ||
			 vm_deallocate(task, at, 2 * PAGE);
	}
	return (void *)wrong;
}

TEST(many_threads_change_an_embryo)
{
	task_t task = embryo(FALSE);
	pthread_t thread[4];
	void *wrong;
	int i;

	for (i = 0; i < 4; i++)
		ASSERT_EQ(0, pthread_create(&thread[i], NULL, map_often,
					    &task));
	for (i = 0; i < 4; i++) {
		ASSERT_EQ(0, pthread_join(thread[i], &wrong));
		EXPECT_EQ(NULL, wrong);
	}
}

MACH_TEST_MAIN
