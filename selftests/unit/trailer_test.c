// SPDX-License-Identifier: GPL-2.0-only
/* Trailers of each size, and who they say has sent. */
#include "trailer.h"
#include "unit.h"

#define ELEMENTS(n) ((u32)(n) << 24)
#define ORIGIN (MACHDEV_TRAILER_FORMAT_ORIGIN << 28)

static struct machdev_origin_trailer fill(u32 option,
					  const struct mach_identity *identity)
{
	struct machdev_origin_trailer trailer;

	memset(&trailer, 0xcc, sizeof(trailer));
	mach_trailer_fill(&trailer, option, identity, 42,
			  0x1122334455667788);
	return trailer;
}

TEST(sizes)
{
	static const u32 sizes[16] = {
		8, 12, 20, 52, 60, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68, 68
	};
	u32 n;

	for (n = 0; n < 16; n++) {
		EXPECT_EQ(sizes[n], mach_trailer_size(ELEMENTS(n)));
		EXPECT_EQ(sizes[n], mach_trailer_size(ELEMENTS(n) | 2u << 28));
		EXPECT_EQ(112, mach_trailer_size(ELEMENTS(n) | ORIGIN));
	}
}

TEST_F(world, as_much_is_written_as_was_asked_for)
{
	struct mach_identity *identity = mach_task_identity(&self->a.task);
	struct machdev_origin_trailer trailer;
	u32 n, i, size;

	for (n = 0; n < 16; n++) {
		trailer = fill(ELEMENTS(n), identity);
		size = mach_trailer_size(ELEMENTS(n));
		EXPECT_EQ(0, trailer.trailer.type);
		EXPECT_EQ(size, trailer.trailer.size);
		for (i = size; i < sizeof(trailer); i++)
			EXPECT_EQ(0xcc, ((u8 *)&trailer)[i]);
		if (size >= 12)
			EXPECT_EQ(42, trailer.trailer.seqno);
		if (size >= 20)
			EXPECT_EQ(1000, trailer.trailer.security[0]);
		if (size >= 52)
			EXPECT_EQ(100, trailer.trailer.audit[5]);
		if (size >= 60)
			EXPECT_EQ(0x55667788, trailer.trailer.context_low);
		if (size >= 60)
			EXPECT_EQ(0x11223344, trailer.trailer.context_high);
		if (size >= 68)
			EXPECT_EQ(0, trailer.trailer.ad | trailer.trailer.label);
	}
	mach_identity_put(identity);
}

TEST_F(world, the_kernel_sent)
{
	struct machdev_origin_trailer trailer = fill(ORIGIN, NULL);

	EXPECT_EQ(1, trailer.trailer.type);
	EXPECT_EQ(112, trailer.trailer.size);
	EXPECT_EQ(0, trailer.trailer.security[0]);
	EXPECT_EQ(1, trailer.trailer.security[1]);
	EXPECT_EQ(MACHDEV_ORIGIN_KERNEL, trailer.kind);
	EXPECT_EQ(0, trailer.pid);
	EXPECT_EQ(0, trailer.uid);
	EXPECT_EQ(0, trailer.loginuid);
	EXPECT_EQ(0, trailer.cgroup_high);
}

TEST_F(world, the_receivers_name_spaces_show_the_sender)
{
	struct mach_identity *identity = mach_task_identity(&self->a.task);
	struct user_namespace users = {
		.parent = &init_user_ns, .lower = 1000, .count = 1,
	};
	struct pid_namespace pids = { 1 };
	struct machdev_origin_trailer trailer;

	current = &self->b.thread;
	current->cred->user_ns = &users;
	current->pid_ns = &pids;
	trailer = fill(ORIGIN, identity);
	EXPECT_EQ(MACHDEV_ORIGIN_DERIVED, trailer.kind);
	EXPECT_EQ(0, trailer.trailer.security[0]);
	EXPECT_EQ(0, trailer.trailer.audit[5]);
	EXPECT_EQ(0, trailer.euid);
	EXPECT_EQ(0, trailer.uid);
	EXPECT_EQ(0, trailer.pid);
	EXPECT_EQ(U32_MAX, trailer.loginuid);
	EXPECT_EQ(7, trailer.session);
	EXPECT_EQ(self->a.task.version, trailer.pidversion);
	EXPECT_EQ(100, trailer.cgroup_low);
	EXPECT_EQ(5, trailer.cgroup_high);
	mach_identity_put(identity);
	current->cred->user_ns = &init_user_ns;
	current->pid_ns = &init_pid_ns;
}

TEST_F(world, the_origin_of_explicit_tokens)
{
	struct mach_words words = { { 71, 72 }, { 73, 74, 75, 76, 77, 78, 79, 80 } };
	struct mach_token *token = mach_token_new(&words);
	struct machdev_origin_trailer trailer;
	struct mach_identity *identity;

	identity = mach_identity_new(&self->a.pid, 5, token, NULL, NULL);
	mach_token_put(token);
	trailer = fill(ORIGIN, identity);
	EXPECT_EQ(0, memcmp(words.security, trailer.trailer.security,
			    sizeof(words.security)));
	EXPECT_EQ(0, memcmp(words.audit, trailer.trailer.audit,
			    sizeof(words.audit)));
	EXPECT_EQ(MACHDEV_ORIGIN_EXPLICIT, trailer.kind);
	EXPECT_EQ(1000, trailer.uid);
	EXPECT_EQ(1000, trailer.egid);
	EXPECT_EQ(100, trailer.pid);
	EXPECT_EQ(5, trailer.pidversion);
	mach_identity_put(identity);
}

TEST_F(world, who_has_the_kernels_words_is_not_the_kernel)
{
	struct machdev_origin_trailer trailer;
	struct mach_identity *identity;
	struct mach_token *token;
	struct mach_words words;

	mach_words_kernel(&words);
	token = mach_token_new(&words);
	identity = mach_identity_new(&self->a.pid, 5, token, NULL, NULL);
	mach_token_put(token);
	trailer = fill(ORIGIN, identity);
	EXPECT_EQ(1, trailer.trailer.security[1]);
	EXPECT_EQ(MACHDEV_ORIGIN_EXPLICIT, trailer.kind);
	EXPECT_EQ(100, trailer.pid);
	mach_identity_put(identity);
}

TEST_F(world, an_identity_fits_until_something_changes)
{
	struct mach_identity *identity = mach_task_identity(&self->a.task);
	struct mach_words words = { };
	struct mach_token *token = mach_token_new(&words);
	struct cred cred = self->a.cred;
	u32 version = self->a.task.version;

	EXPECT_TRUE(mach_identity_fits(identity, version, NULL));
	EXPECT_FALSE(mach_identity_fits(identity, version + 1, NULL));
	EXPECT_FALSE(mach_identity_fits(identity, version, token));
	current->cred = &cred;
	EXPECT_FALSE(mach_identity_fits(identity, version, NULL));
	current->cred = &self->a.cred;
	current->loginuid.val = 0;
	EXPECT_FALSE(mach_identity_fits(identity, version, NULL));
	current->loginuid = INVALID_UID;
	current->sessionid++;
	EXPECT_FALSE(mach_identity_fits(identity, version, NULL));
	current->sessionid--;
	current->cgroup++;
	EXPECT_FALSE(mach_identity_fits(identity, version, NULL));
	current->cgroup--;
	EXPECT_TRUE(mach_identity_fits(identity, version, NULL));
	mach_token_put(token);
	mach_identity_put(identity);
}

TEST_HARNESS_MAIN
