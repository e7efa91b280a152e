// SPDX-License-Identifier: GPL-2.0-only
/*
 * A plugin of QEMU that counts instructions by address, between the marks that
 * the guest's program sets (mark.h).
 *
 * usage: qemu-system-x86_64 -plugin profile_plugin.so,out=FILE
 *
 * When an end mark is executed, FILE gets a line for each address that was
 * executed since the last begin mark: its number in hexadecimal and how often.
 *
 * Instructions of programs are summed up under address 0: they are not what
 * this is about, and several programs have the same addresses.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mark.h"
#include "qemu_plugin.h"

int qemu_plugin_version = 1;

/* A power of two, far more than the addresses that a guest executes. */
#define SLOTS (1u << 22)

/* The first address that belongs to the kernel. */
#define KERNEL (UINT64_C(1) << 63)

/* Found by open addressing; never moved, since translated code counts here. */
static struct slot {
	uint64_t address;
	uint64_t count;
} *slots;

static unsigned int used;
static const char *out;

static struct slot *slot_of(uint64_t address)
{
	uint32_t i = (address * UINT64_C(0x9e3779b97f4a7c15)) >> 42;

	if (address < KERNEL)
		address = 0;
	if (!address)
		return &slots[SLOTS];
	for (;; i = (i + 1) % SLOTS) {
		if (slots[i].address == address)
			return &slots[i];
		if (!slots[i].address) {
			if (++used > SLOTS / 2)
				abort();
			slots[i].address = address;
			return &slots[i];
		}
	}
}

static void begin(unsigned int cpu, void *data)
{
	unsigned int i;

	(void)cpu;
	(void)data;
	for (i = 0; i <= SLOTS; i++)
		slots[i].count = 0;
}

static void end(unsigned int cpu, void *data)
{
	FILE *file = fopen(out, "w");
	unsigned int i;

	(void)cpu;
	(void)data;
	if (!file)
		abort();
	for (i = 0; i <= SLOTS; i++) {
		if (slots[i].count)
			fprintf(file, "%016" PRIx64 " %" PRIu64 "\n",
				slots[i].address, slots[i].count);
	}
	fclose(file);
}

/* Whether these are the bytes of a prefetcht2 of an absolute @address. */
static bool is_mark(const struct qemu_plugin_insn *insn, uint32_t address)
{
	static const unsigned char start[] = { 0x0f, 0x18, 0x1c, 0x25 };
	const unsigned char *bytes = qemu_plugin_insn_data(insn);

	return qemu_plugin_insn_size(insn) == sizeof(start) + sizeof(address) &&
	       !memcmp(bytes, start, sizeof(start)) &&
	       !memcmp(bytes + sizeof(start), &address, sizeof(address));
}

static void watch(struct qemu_plugin_insn *insn)
{
	qemu_plugin_exec_fn mark = is_mark(insn, MARK_BEGIN) ? begin :
				   is_mark(insn, MARK_END) ? end : NULL;
	uint64_t *count;

	if (mark) {
		qemu_plugin_register_vcpu_insn_exec_cb(insn, mark,
						       QEMU_PLUGIN_CB_NO_REGS,
						       NULL);
		return;
	}
	count = &slot_of(qemu_plugin_insn_vaddr(insn))->count;
	qemu_plugin_register_vcpu_insn_exec_inline(insn,
						   QEMU_PLUGIN_INLINE_ADD_U64,
						   count, 1);
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t i;

	(void)id;
	for (i = 0; i < qemu_plugin_tb_n_insns(tb); i++)
		watch(qemu_plugin_tb_get_insn(tb, i));
}

int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info,
			int argc, char **argv)
{
	int i;

	(void)info;
	for (i = 0; i < argc; i++) {
		if (!strncmp(argv[i], "out=", 4))
			out = strdup(argv[i] + 4);
	}
	slots = calloc(SLOTS + 1, sizeof(*slots));
	if (!out || !slots)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	return 0;
}
