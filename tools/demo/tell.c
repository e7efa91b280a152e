// SPDX-License-Identifier: GPL-2.0-only
/* Numbered lines, checks and the verdict. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <bsm/libbsm.h>

#include "demo.h"

static unsigned int steps;

void chapter(const char *title)
{
	printf("%s%s\n", steps ? "\n" : "", title);
	fflush(stdout);
}

void step(const struct actor *who, const char *format, ...)
{
	va_list args;

	printf("[%2u] ", ++steps);
	if (who)
		printf("%-10s pid %-5d uid %-4u  ", who->name, who->pid,
		       who->uid);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	fflush(stdout);
}

void pass(void)
{
	printf("  ok\n");
	fflush(stdout);
}

void pass_with(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	pass();
}

void fail(const char *format, ...)
{
	va_list args;

	printf("\n     ");
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	clear_stage();
	printf("\ndemo: FAILED at step %u\n", steps);
	exit(EXIT_FAILURE);
}

/* An id that was never set. */
static const char *id_text(unsigned int id, char text[16])
{
	if (id == 0xffffffffu)
		return "unset";
	snprintf(text, 16, "%u", id);
	return text;
}

void show_tokens(const struct tokens *tokens)
{
	audit_token_t audit = tokens->audit;
	char auid[16], asid[16];

	printf("     security token {uid %u, gid %u}\n",
	       tokens->security.val[0], tokens->security.val[1]);
	printf("     audit token {auid %s, euid %u, egid %u",
	       id_text(audit_token_to_auid(audit), auid),
	       audit_token_to_euid(audit), audit_token_to_egid(audit));
	printf(", ruid %u, rgid %u, pid %d",
	       audit_token_to_ruid(audit), audit_token_to_rgid(audit),
	       audit_token_to_pid(audit));
	printf(", session %s, version %u}\n",
	       id_text(audit_token_to_asid(audit), asid),
	       (unsigned int)audit_token_to_pidversion(audit));
}

void show_answer(const char *what, const char *answer)
{
	printf("     %-50s %s\n", what, answer);
}

void verdict(void)
{
	printf("\ndemo: PASSED, %u steps, each of them checked\n", steps);
}
