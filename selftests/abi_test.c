// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ioctl contract as numbers: every command, size and offset as programs
 * were built with them. A failure here means that old programs break.
 */
#include "port_helpers.h"

#include <stddef.h>

struct command {
	const char *name;
	unsigned long command;
	unsigned int number;
	size_t size;
};

#define COMMAND(name, number, size) \
	{ #name, MACHDEV_IOC_##name, number, size }

static const struct command table[] = {
	COMMAND(QUERY, 0x00, 16),
	COMMAND(SYNC, 0x01, 8),
	COMMAND(PIDVERSION, 0x02, 8),
	COMMAND(SHUTDOWN, 0x03, 8),
	COMMAND(MSG, 0x08, 56),
	COMMAND(TASK_SELF, 0x10, 8),
	COMMAND(THREAD_SELF, 0x11, 8),
	COMMAND(HOST_SELF, 0x12, 8),
	COMMAND(REPLY_PORT, 0x13, 8),
	COMMAND(HOST_PRIV, 0x14, 8),
	COMMAND(PORT_ALLOCATE, 0x20, 16),
	COMMAND(PORT_DEALLOCATE, 0x21, 8),
	COMMAND(PORT_DESTROY, 0x22, 8),
	COMMAND(PORT_MOD_REFS, 0x23, 16),
	COMMAND(PORT_GET_REFS, 0x24, 16),
	COMMAND(PORT_TYPE, 0x25, 16),
	COMMAND(PORT_NAMES, 0x26, 24),
	COMMAND(PORT_INSERT_RIGHT, 0x27, 16),
	COMMAND(PORT_EXTRACT_RIGHT, 0x28, 16),
	COMMAND(PORT_GET_ATTRIBUTES, 0x29, 24),
	COMMAND(PORT_SET_ATTRIBUTES, 0x2a, 24),
	COMMAND(PORT_REQUEST_NOTIFICATION, 0x2b, 32),
	COMMAND(PORT_SET_MSCOUNT, 0x30, 16),
	COMMAND(PORT_SET_SEQNO, 0x31, 16),
	COMMAND(PORT_GET_SRIGHTS, 0x32, 16),
	COMMAND(PORT_GET_CONTEXT, 0x33, 16),
	COMMAND(PORT_SET_CONTEXT, 0x34, 16),
	COMMAND(PORT_GUARD, 0x35, 32),
	COMMAND(PORT_UNGUARD, 0x36, 32),
	COMMAND(PORT_SWAP_GUARD, 0x37, 32),
	COMMAND(PORT_ASSERT_ATTRIBUTES, 0x38, 24),
	COMMAND(PORT_CONSTRUCT, 0x39, 24),
	COMMAND(PORT_DESTRUCT, 0x3a, 24),
	COMMAND(PORT_RENAME, 0x3b, 16),
	COMMAND(PORT_PEEK, 0x3c, 40),
	COMMAND(PORT_KOBJECT, 0x3d, 24),
	COMMAND(PORT_SPACE_INFO, 0x3e, 32),
	COMMAND(TASK_GET_SPECIAL_PORT, 0x40, 16),
	COMMAND(TASK_SET_SPECIAL_PORT, 0x41, 16),
	COMMAND(TASK_INFO, 0x42, 24),
	COMMAND(TASK_FOR_PID, 0x43, 16),
	COMMAND(PID_FOR_TASK, 0x44, 16),
	COMMAND(TASK_CREATE, 0x45, 80),
	COMMAND(PORTS_REGISTER, 0x46, 24),
	COMMAND(PORTS_LOOKUP, 0x47, 24),
	COMMAND(HOST_GET_SPECIAL_PORT, 0x60, 16),
	COMMAND(HOST_SET_SPECIAL_PORT, 0x61, 16),
	COMMAND(HOST_SET_TASK_TOKEN, 0x62, 56),
	COMMAND(PORT_MOVE_MEMBER, 0x70, 16),
	COMMAND(PORT_INSERT_MEMBER, 0x71, 16),
	COMMAND(PORT_EXTRACT_MEMBER, 0x72, 16),
	COMMAND(PORT_GET_SET_STATUS, 0x73, 24),
	COMMAND(FILEPORT_MAKEPORT, 0x78, 16),
	COMMAND(FILEPORT_MAKEFD, 0x79, 16),
	COMMAND(PORT_FD, 0x7a, 16),
	COMMAND(EMBRYO_ADOPT, 0x48, 16),
	COMMAND(EMBRYO_WAIT, 0x49, 16),
	COMMAND(EMBRYO_TAKE, 0x4a, 16),
	COMMAND(LEDGER_CREATE, 0x63, 32),
	COMMAND(LEDGER_READ, 0x64, 32),
	COMMAND(LEDGER_TRANSFER, 0x65, 32),
	COMMAND(LEDGER_TERMINATE, 0x66, 32),
	COMMAND(TASK_THREADS, 0x90, 16),
	COMMAND(THREAD_GET_SPECIAL_PORT, 0x91, 16),
	COMMAND(THREAD_SET_SPECIAL_PORT, 0x92, 16),
	COMMAND(THREAD_INFO, 0x93, 24),
	COMMAND(TASK_SUSPEND, 0x94, 16),
	COMMAND(TASK_RESUME, 0x95, 16),
	COMMAND(TASK_SUSPEND2, 0x96, 16),
	COMMAND(TASK_RESUME2, 0x97, 16),
	COMMAND(TASK_TERMINATE, 0x98, 16),
	COMMAND(PROCESSOR_SET_DEFAULT, 0x99, 16),
	COMMAND(HOST_PROCESSOR_SET_PRIV, 0x9a, 16),
	COMMAND(PROCESSOR_SET_TASKS, 0x9b, 16),
	COMMAND(VM_MAP, 0xa0, 40),
	COMMAND(VM_DEALLOCATE, 0xa1, 24),
	COMMAND(VM_PROTECT, 0xa2, 24),
	COMMAND(VM_INHERIT, 0xa3, 24),
	COMMAND(VM_READ, 0xa4, 32),
	COMMAND(VM_WRITE, 0xa5, 32),
	COMMAND(VM_COPY, 0xa6, 32),
	COMMAND(VM_REGION, 0xa7, 48),
	COMMAND(THREAD_CREATE, 0xa8, 8),
	COMMAND(THREAD_GET_STATE, 0xa9, 24),
	COMMAND(THREAD_SET_STATE, 0xaa, 24),
	COMMAND(THREAD_SUSPEND, 0xab, 8),
	COMMAND(THREAD_RESUME, 0xac, 8),
	COMMAND(THREAD_TERMINATE, 0xad, 8),
	COMMAND(THREAD_BEAR, 0xae, 16),
	COMMAND(THREAD_PARK, 0xaf, 8),
	COMMAND(HOST_GET_CLOCK_SERVICE, 0xb0, 16),
	COMMAND(CLOCK_IDENTIFY, 0xb1, 16),
	COMMAND(TASK_SET_EXCEPTIONS, 0xb2, 24),
	COMMAND(TASK_GET_EXCEPTIONS, 0xb3, 240),
	COMMAND(THREAD_SET_EXCEPTIONS, 0xb4, 24),
	COMMAND(THREAD_GET_EXCEPTIONS, 0xb5, 240),
	COMMAND(HOST_SET_EXCEPTIONS, 0xb6, 24),
	COMMAND(HOST_GET_EXCEPTIONS, 0xb7, 240),
	COMMAND(TASK_SAMPLE, 0xc0, 16),
	COMMAND(THREAD_SAMPLE, 0xc1, 16),
};

TEST(commands)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		const struct command *c = &table[i];

		/* Direction both ways, 14 bits of size, type 0xc4, number. */
		EXPECT_EQ(0xc000c400ul | c->size << 16 | c->number, c->command)
			TH_LOG("MACHDEV_IOC_%s", c->name);
	}
}

#define EXPECT_OFFSET(offset, type, member) \
	EXPECT_EQ((size_t)(offset), offsetof(struct type, member))

TEST(query_layout)
{
	EXPECT_EQ(16u, sizeof(struct machdev_record));
	EXPECT_OFFSET(0, machdev_record, id);
	EXPECT_OFFSET(4, machdev_record, reserved);
	EXPECT_OFFSET(8, machdev_record, value);
	EXPECT_OFFSET(0, machdev_query, what);
	EXPECT_OFFSET(4, machdev_query, count);
	EXPECT_OFFSET(8, machdev_query, records);
	EXPECT_OFFSET(0, machdev_sync, flags);
	EXPECT_OFFSET(4, machdev_sync, reserved);
	EXPECT_OFFSET(0, machdev_pidversion, pid);
	EXPECT_OFFSET(4, machdev_pidversion, version);
}

TEST(msg_layout)
{
	EXPECT_OFFSET(0, machdev_msg, msg);
	EXPECT_OFFSET(8, machdev_msg, rcv_msg);
	EXPECT_OFFSET(16, machdev_msg, option);
	EXPECT_OFFSET(20, machdev_msg, send_size);
	EXPECT_OFFSET(24, machdev_msg, rcv_size);
	EXPECT_OFFSET(28, machdev_msg, rcv_name);
	EXPECT_OFFSET(32, machdev_msg, timeout);
	EXPECT_OFFSET(36, machdev_msg, notify);
	EXPECT_OFFSET(40, machdev_msg, deadline);
	EXPECT_OFFSET(48, machdev_msg, flags);
	EXPECT_OFFSET(52, machdev_msg, reserved);
}

TEST(port_layout)
{
	EXPECT_OFFSET(0, machdev_name, name);
	EXPECT_OFFSET(4, machdev_name, reserved);
	EXPECT_OFFSET(0, machdev_port_allocate, task);
	EXPECT_OFFSET(4, machdev_port_allocate, right);
	EXPECT_OFFSET(8, machdev_port_allocate, name);
	EXPECT_OFFSET(12, machdev_port_allocate, flags);
	EXPECT_OFFSET(0, machdev_port_name, task);
	EXPECT_OFFSET(4, machdev_port_name, name);
	EXPECT_OFFSET(0, machdev_port_refs, task);
	EXPECT_OFFSET(4, machdev_port_refs, name);
	EXPECT_OFFSET(8, machdev_port_refs, right);
	EXPECT_OFFSET(12, machdev_port_refs, delta);
	EXPECT_OFFSET(0, machdev_port_type, task);
	EXPECT_OFFSET(4, machdev_port_type, name);
	EXPECT_OFFSET(8, machdev_port_type, type);
	EXPECT_OFFSET(12, machdev_port_type, reserved);
	EXPECT_OFFSET(0, machdev_port_names, task);
	EXPECT_OFFSET(4, machdev_port_names, count);
	EXPECT_OFFSET(8, machdev_port_names, names);
	EXPECT_OFFSET(16, machdev_port_names, types);
	EXPECT_OFFSET(0, machdev_port_right, task);
	EXPECT_OFFSET(4, machdev_port_right, name);
	EXPECT_OFFSET(8, machdev_port_right, port);
	EXPECT_OFFSET(12, machdev_port_right, disposition);
	EXPECT_OFFSET(0, machdev_port_attributes, task);
	EXPECT_OFFSET(4, machdev_port_attributes, name);
	EXPECT_OFFSET(8, machdev_port_attributes, flavor);
	EXPECT_OFFSET(12, machdev_port_attributes, count);
	EXPECT_OFFSET(16, machdev_port_attributes, info);
	EXPECT_OFFSET(0, machdev_port_count, task);
	EXPECT_OFFSET(4, machdev_port_count, name);
	EXPECT_OFFSET(8, machdev_port_count, count);
	EXPECT_OFFSET(12, machdev_port_count, reserved);
	EXPECT_OFFSET(0, machdev_port_context, task);
	EXPECT_OFFSET(4, machdev_port_context, name);
	EXPECT_OFFSET(8, machdev_port_context, context);
	EXPECT_OFFSET(0, machdev_port_guard, task);
	EXPECT_OFFSET(4, machdev_port_guard, name);
	EXPECT_OFFSET(8, machdev_port_guard, flags);
	EXPECT_OFFSET(12, machdev_port_guard, reserved);
	EXPECT_OFFSET(16, machdev_port_guard, guard);
	EXPECT_OFFSET(24, machdev_port_guard, new_guard);
	EXPECT_OFFSET(0, machdev_port_construct, task);
	EXPECT_OFFSET(4, machdev_port_construct, name);
	EXPECT_OFFSET(8, machdev_port_construct, flags);
	EXPECT_OFFSET(12, machdev_port_construct, qlimit);
	EXPECT_OFFSET(16, machdev_port_construct, context);
	EXPECT_OFFSET(0, machdev_port_destruct, task);
	EXPECT_OFFSET(4, machdev_port_destruct, name);
	EXPECT_OFFSET(8, machdev_port_destruct, delta);
	EXPECT_OFFSET(12, machdev_port_destruct, reserved);
	EXPECT_OFFSET(16, machdev_port_destruct, guard);
	EXPECT_OFFSET(0, machdev_port_rename, task);
	EXPECT_OFFSET(4, machdev_port_rename, name);
	EXPECT_OFFSET(8, machdev_port_rename, new_name);
	EXPECT_OFFSET(12, machdev_port_rename, reserved);
	EXPECT_EQ(28u, sizeof(struct machdev_name_info));
	EXPECT_OFFSET(0, machdev_port_peek, task);
	EXPECT_OFFSET(4, machdev_port_peek, name);
	EXPECT_OFFSET(8, machdev_port_peek, trailer);
	EXPECT_OFFSET(12, machdev_port_peek, seqno);
	EXPECT_OFFSET(16, machdev_port_peek, size);
	EXPECT_OFFSET(20, machdev_port_peek, id);
	EXPECT_OFFSET(24, machdev_port_peek, count);
	EXPECT_OFFSET(28, machdev_port_peek, reserved);
	EXPECT_OFFSET(32, machdev_port_peek, info);
	EXPECT_OFFSET(0, machdev_port_kobject, task);
	EXPECT_OFFSET(4, machdev_port_kobject, name);
	EXPECT_OFFSET(8, machdev_port_kobject, type);
	EXPECT_OFFSET(12, machdev_port_kobject, reserved);
	EXPECT_OFFSET(16, machdev_port_kobject, address);
	EXPECT_OFFSET(0, machdev_name_info, name);
	EXPECT_OFFSET(4, machdev_name_info, collision);
	EXPECT_OFFSET(8, machdev_name_info, type);
	EXPECT_OFFSET(12, machdev_name_info, urefs);
	EXPECT_OFFSET(16, machdev_name_info, object);
	EXPECT_OFFSET(20, machdev_name_info, next);
	EXPECT_OFFSET(24, machdev_name_info, hash);
	EXPECT_OFFSET(0, machdev_port_space, task);
	EXPECT_OFFSET(4, machdev_port_space, count);
	EXPECT_OFFSET(8, machdev_port_space, mask);
	EXPECT_OFFSET(12, machdev_port_space, size);
	EXPECT_OFFSET(16, machdev_port_space, next_size);
	EXPECT_OFFSET(20, machdev_port_space, used);
	EXPECT_OFFSET(24, machdev_port_space, table);
	EXPECT_OFFSET(0, machdev_port_notification, task);
	EXPECT_OFFSET(4, machdev_port_notification, name);
	EXPECT_OFFSET(8, machdev_port_notification, msgid);
	EXPECT_OFFSET(12, machdev_port_notification, sync);
	EXPECT_OFFSET(16, machdev_port_notification, notify);
	EXPECT_OFFSET(20, machdev_port_notification, disposition);
	EXPECT_OFFSET(24, machdev_port_notification, previous);
	EXPECT_OFFSET(28, machdev_port_notification, reserved);
}

TEST(task_and_host_layout)
{
	EXPECT_OFFSET(0, machdev_special_port, object);
	EXPECT_OFFSET(4, machdev_special_port, which);
	EXPECT_OFFSET(8, machdev_special_port, port);
	EXPECT_OFFSET(12, machdev_special_port, node);
	EXPECT_OFFSET(0, machdev_ports, task);
	EXPECT_OFFSET(4, machdev_ports, count);
	EXPECT_OFFSET(8, machdev_ports, port);
	EXPECT_OFFSET(20, machdev_ports, reserved);
	EXPECT_OFFSET(0, machdev_task_info, task);
	EXPECT_OFFSET(4, machdev_task_info, flavor);
	EXPECT_OFFSET(8, machdev_task_info, count);
	EXPECT_OFFSET(12, machdev_task_info, reserved);
	EXPECT_OFFSET(16, machdev_task_info, info);
	EXPECT_OFFSET(0, machdev_task_pid, task);
	EXPECT_OFFSET(4, machdev_task_pid, pid);
	EXPECT_OFFSET(8, machdev_task_pid, port);
	EXPECT_OFFSET(12, machdev_task_pid, flavor);
	EXPECT_OFFSET(0, machdev_task_token, host_security);
	EXPECT_OFFSET(4, machdev_task_token, task);
	EXPECT_OFFSET(8, machdev_task_token, security);
	EXPECT_OFFSET(16, machdev_task_token, audit);
	EXPECT_OFFSET(48, machdev_task_token, host);
	EXPECT_OFFSET(52, machdev_task_token, reserved);
	EXPECT_OFFSET(0, machdev_task_create, host_security);
	EXPECT_OFFSET(4, machdev_task_create, parent);
	EXPECT_OFFSET(8, machdev_task_create, security);
	EXPECT_OFFSET(16, machdev_task_create, audit);
	EXPECT_OFFSET(48, machdev_task_create, host);
	EXPECT_OFFSET(52, machdev_task_create, inherit_memory);
	EXPECT_OFFSET(56, machdev_task_create, ledgers);
	EXPECT_OFFSET(64, machdev_task_create, ledger_count);
	EXPECT_OFFSET(68, machdev_task_create, descriptor);
	EXPECT_OFFSET(72, machdev_task_create, flags);
	EXPECT_OFFSET(76, machdev_task_create, reserved);
	EXPECT_OFFSET(0, machdev_embryo, descriptor);
	EXPECT_OFFSET(4, machdev_embryo, pid);
	EXPECT_OFFSET(8, machdev_embryo, child);
	EXPECT_OFFSET(12, machdev_embryo, flags);
	EXPECT_OFFSET(0, machdev_ledger, ledger);
	EXPECT_OFFSET(4, machdev_ledger, other);
	EXPECT_OFFSET(8, machdev_ledger, created);
	EXPECT_OFFSET(12, machdev_ledger, reserved);
	EXPECT_OFFSET(16, machdev_ledger, amount);
	EXPECT_OFFSET(24, machdev_ledger, limit);
	EXPECT_OFFSET(0, machdev_clock, object);
	EXPECT_OFFSET(4, machdev_clock, id);
	EXPECT_OFFSET(8, machdev_clock, port);
	EXPECT_OFFSET(12, machdev_clock, reserved);
	EXPECT_OFFSET(0, machdev_exception_set, object);
	EXPECT_OFFSET(4, machdev_exception_set, reserved);
	EXPECT_OFFSET(8, machdev_exception_set, action);
	EXPECT_OFFSET(0, machdev_exception_get, object);
	EXPECT_OFFSET(4, machdev_exception_get, flags);
	EXPECT_OFFSET(8, machdev_exception_get, count);
	EXPECT_OFFSET(12, machdev_exception_get, reserved);
	EXPECT_OFFSET(16, machdev_exception_get, action);
	EXPECT_OFFSET(32, machdev_exception_get, row);
	EXPECT_OFFSET(0, machdev_exception_action, mask);
	EXPECT_OFFSET(4, machdev_exception_action, port);
	EXPECT_OFFSET(8, machdev_exception_action, behavior);
	EXPECT_OFFSET(12, machdev_exception_action, flavor);
	EXPECT_OFFSET(0, machdev_processor_set, host);
	EXPECT_OFFSET(4, machdev_processor_set, set_name);
	EXPECT_OFFSET(8, machdev_processor_set, set);
	EXPECT_OFFSET(12, machdev_processor_set, reserved);
	EXPECT_OFFSET(0, machdev_task_control, task);
	EXPECT_OFFSET(4, machdev_task_control, token);
	EXPECT_OFFSET(8, machdev_task_control, flags);
	EXPECT_OFFSET(12, machdev_task_control, reserved);
	EXPECT_OFFSET(0, machdev_port_array, object);
	EXPECT_OFFSET(4, machdev_port_array, count);
	EXPECT_OFFSET(8, machdev_port_array, names);
}

TEST(wire_layout)
{
	EXPECT_EQ(24u, sizeof(struct machdev_msg_header));
	EXPECT_EQ(12u, sizeof(struct machdev_msg_port));
	EXPECT_EQ(16u, sizeof(struct machdev_msg_ool));
	EXPECT_EQ(16u, sizeof(struct machdev_msg_guarded));
	EXPECT_EQ(68u, sizeof(struct machdev_msg_trailer));
	EXPECT_EQ(8u, sizeof(struct machdev_ndr));
	EXPECT_EQ(36u, sizeof(struct machdev_msg_notify));
	/* Always byte 11 of a descriptor. */
	EXPECT_OFFSET(11, machdev_msg_port, type);
	EXPECT_OFFSET(11, machdev_msg_ool, type);
	EXPECT_OFFSET(11, machdev_msg_guarded, type);
	EXPECT_OFFSET(10, machdev_msg_port, disposition);
	EXPECT_OFFSET(10, machdev_msg_ool, disposition);
	EXPECT_OFFSET(10, machdev_msg_guarded, disposition);
	EXPECT_OFFSET(12, machdev_msg_ool, size);
	EXPECT_OFFSET(12, machdev_msg_guarded, name);
	EXPECT_OFFSET(8, machdev_msg_trailer, seqno);
	EXPECT_OFFSET(12, machdev_msg_trailer, security);
	EXPECT_OFFSET(20, machdev_msg_trailer, audit);
	EXPECT_OFFSET(52, machdev_msg_trailer, context_low);
	EXPECT_OFFSET(60, machdev_msg_trailer, ad);
	EXPECT_OFFSET(64, machdev_msg_trailer, label);
	EXPECT_OFFSET(32, machdev_msg_notify, value);
}

/* The library's names for the wire format are the same bytes. */
TEST(library_layout)
{
	EXPECT_EQ(24u, sizeof(mach_msg_header_t));
	EXPECT_EQ(4u, sizeof(mach_msg_body_t));
	EXPECT_EQ(12u, sizeof(mach_msg_port_descriptor_t));
	EXPECT_EQ(16u, sizeof(mach_msg_ool_descriptor_t));
	EXPECT_EQ(16u, sizeof(mach_msg_ool_ports_descriptor_t));
	EXPECT_EQ(16u, sizeof(mach_msg_guarded_port_descriptor_t));
	EXPECT_EQ(8u, sizeof(mach_msg_trailer_t));
	EXPECT_EQ(12u, sizeof(mach_msg_seqno_trailer_t));
	EXPECT_EQ(20u, sizeof(mach_msg_security_trailer_t));
	EXPECT_EQ(52u, sizeof(mach_msg_audit_trailer_t));
	EXPECT_EQ(60u, sizeof(mach_msg_context_trailer_t));
	EXPECT_EQ(68u, sizeof(mach_msg_mac_trailer_t));
	EXPECT_EQ(40u, sizeof(mach_port_status_t));
	EXPECT_EQ(4u, sizeof(mach_port_limits_t));
	EXPECT_EQ(8u, sizeof(security_token_t));
	EXPECT_EQ(32u, sizeof(audit_token_t));
	EXPECT_EQ(4u, sizeof(boolean_t));
	EXPECT_EQ(4u, sizeof(mach_port_t));
	EXPECT_EQ(4u, sizeof(natural_t));
	EXPECT_EQ(8u, sizeof(NDR_record_t));
}

/* Numbers that programs have compiled in. */
TEST(library_numbers)
{
	EXPECT_WORD(0, MACH_PORT_NULL);
	EXPECT_WORD(~0, MACH_PORT_DEAD);
	EXPECT_WORD(0, MACH_PORT_RIGHT_SEND);
	EXPECT_WORD(1, MACH_PORT_RIGHT_RECEIVE);
	EXPECT_WORD(2, MACH_PORT_RIGHT_SEND_ONCE);
	EXPECT_WORD(3, MACH_PORT_RIGHT_PORT_SET);
	EXPECT_WORD(4, MACH_PORT_RIGHT_DEAD_NAME);
	EXPECT_WORD(6, MACH_PORT_RIGHT_NUMBER);
	EXPECT_WORD(0x10000, MACH_PORT_TYPE_SEND);
	EXPECT_WORD(0x20000, MACH_PORT_TYPE_RECEIVE);
	EXPECT_WORD(0x40000, MACH_PORT_TYPE_SEND_ONCE);
	EXPECT_WORD(0x80000, MACH_PORT_TYPE_PORT_SET);
	EXPECT_WORD(0x100000, MACH_PORT_TYPE_DEAD_NAME);
	EXPECT_WORD(0x30000, MACH_PORT_TYPE_SEND_RECEIVE);
	EXPECT_WORD(0x50000, MACH_PORT_TYPE_SEND_RIGHTS);
	EXPECT_WORD(0x70000, MACH_PORT_TYPE_PORT_RIGHTS);
	EXPECT_WORD(0x170000, MACH_PORT_TYPE_PORT_OR_DEAD);
	EXPECT_WORD(0x80000000, MACH_PORT_TYPE_DNREQUEST);
	EXPECT_WORD(16, MACH_MSG_TYPE_MOVE_RECEIVE);
	EXPECT_WORD(17, MACH_MSG_TYPE_MOVE_SEND);
	EXPECT_WORD(18, MACH_MSG_TYPE_MOVE_SEND_ONCE);
	EXPECT_WORD(19, MACH_MSG_TYPE_COPY_SEND);
	EXPECT_WORD(20, MACH_MSG_TYPE_MAKE_SEND);
	EXPECT_WORD(21, MACH_MSG_TYPE_MAKE_SEND_ONCE);
	EXPECT_WORD(1, MACH_PORT_LIMITS_INFO);
	EXPECT_WORD(2, MACH_PORT_RECEIVE_STATUS);
	EXPECT_WORD(1, MACH_PORT_LIMITS_INFO_COUNT);
	EXPECT_WORD(10, MACH_PORT_RECEIVE_STATUS_COUNT);
	EXPECT_WORD(5, MACH_PORT_QLIMIT_DEFAULT);
	EXPECT_WORD(1024, MACH_PORT_QLIMIT_MAX);
	EXPECT_WORD(65, MACH_NOTIFY_PORT_DELETED);
	EXPECT_WORD(66, MACH_NOTIFY_SEND_POSSIBLE);
	EXPECT_WORD(69, MACH_NOTIFY_PORT_DESTROYED);
	EXPECT_WORD(70, MACH_NOTIFY_NO_SENDERS);
	EXPECT_WORD(71, MACH_NOTIFY_SEND_ONCE);
	EXPECT_WORD(72, MACH_NOTIFY_DEAD_NAME);
}

MACH_TEST_MAIN
