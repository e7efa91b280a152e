// SPDX-License-Identifier: GPL-2.0-only
/* Tokens, as the name spaces of who looks show them. */
#include "token.h"
#include "unit.h"

/* A sender: @inner is a user name space that has ids 0 to 9 for 1000 to 1009. */
FIXTURE(sender)
{
	struct user_namespace inner;
	struct pid_namespace pids, other_pids;
	struct cred cred;
	struct pid pid;
	struct mach_origin origin;
	struct mach_words words;
};

FIXTURE_SETUP(sender)
{
	self->inner = (struct user_namespace){
		.parent = &init_user_ns,
		.lower = 1000,
		.count = 10,
	};
	self->pid = (struct pid){ { 1 }, &self->pids, { 4321, 7 } };
	self->cred = (struct cred){
		.uid = { 1001 },
		.euid = { 1002 },
		.gid = { 1003 },
		.egid = { 1004 },
	};
	self->origin = (struct mach_origin){
		.cred = &self->cred,
		.pid = &self->pid,
		.loginuid = { 1005 },
		.session = 88,
		.version = 99,
	};
	memset(&self->words, 0xcc, sizeof(self->words));
}

FIXTURE_TEARDOWN(sender)
{
}

TEST_F(sender, as_the_initial_name_spaces_show_it)
{
	static const u32 audit[] = {
		1005, 1002, 1004, 1001, 1003, 4321, 88, 99
	};

	mach_words_derive(&self->words, &self->origin, &init_user_ns,
			  &init_pid_ns);
	EXPECT_EQ(1002, self->words.security[0]);
	EXPECT_EQ(1004, self->words.security[1]);
	EXPECT_EQ(0, memcmp(audit, self->words.audit, sizeof(audit)));
}

TEST_F(sender, as_its_own_name_spaces_show_it)
{
	static const u32 audit[] = { 5, 2, 4, 1, 3, 7, 88, 99 };

	mach_words_derive(&self->words, &self->origin, &self->inner,
			  &self->pids);
	EXPECT_EQ(2, self->words.security[0]);
	EXPECT_EQ(4, self->words.security[1]);
	EXPECT_EQ(0, memcmp(audit, self->words.audit, sizeof(audit)));
}

TEST_F(sender, as_strange_name_spaces_show_it)
{
	static const u32 audit[] = {
		OVERFLOW_ID, OVERFLOW_ID, OVERFLOW_ID, OVERFLOW_ID,
		OVERFLOW_ID, 0, 88, 99
	};

	self->inner.lower = 5000;
	mach_words_derive(&self->words, &self->origin, &self->inner,
			  &self->other_pids);
	EXPECT_EQ(OVERFLOW_ID, self->words.security[0]);
	EXPECT_EQ(OVERFLOW_ID, self->words.security[1]);
	EXPECT_EQ(0, memcmp(audit, self->words.audit, sizeof(audit)));
}

TEST_F(sender, an_unset_login_user_is_not_translated)
{
	self->origin.loginuid = INVALID_UID;
	mach_words_derive(&self->words, &self->origin, &self->inner,
			  &self->pids);
	EXPECT_EQ(U32_MAX, self->words.audit[0]);
	mach_words_derive(&self->words, &self->origin, &init_user_ns,
			  &init_pid_ns);
	EXPECT_EQ(U32_MAX, self->words.audit[0]);
}

TEST(the_kernels_words)
{
	struct mach_words words;
	unsigned int i;

	memset(&words, 0xcc, sizeof(words));
	mach_words_kernel(&words);
	EXPECT_EQ(0, words.security[0]);
	EXPECT_EQ(1, words.security[1]);
	for (i = 0; i < MACH_AUDIT_WORDS; i++)
		EXPECT_EQ(0, words.audit[i]);
}

TEST(pid_versions_go_round_and_are_never_0)
{
	u32 last, version;
	int i;

	mach_pidversion_init();
	last = mach_pidversion_next();
	for (i = 0; i < 100; i++) {
		version = mach_pidversion_next();
		ASSERT_NE(0, version);
		ASSERT_EQ(last + 1 ?: 1, version);
		last = version;
	}
	EXPECT_LT(last, 100);
}

TEST(explicit_tokens)
{
	struct mach_words words = { { 1, 2 }, { 3, 4, 5 } };
	struct mach_token *token;
	unsigned int nth;

	FOR_EACH_FAILURE(nth) {
		token = mach_token_new(&words);
		ASSERT_EQ(nth > 1, !!token);
	}
	EXPECT_EQ(0, memcmp(&words, &token->words, sizeof(words)));
	EXPECT_EQ(token, mach_token_get(token));
	mach_token_put(token);
	mach_token_put(token);
	mach_token_put(NULL);
	EXPECT_EQ(NULL, mach_token_get(NULL));
	EXPECT_EQ(0, shim_allocated);
}

TEST_HARNESS_MAIN
