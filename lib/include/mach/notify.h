/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Notifications: messages that the kernel makes when rights change. */
#ifndef _MACH_NOTIFY_H_
#define _MACH_NOTIFY_H_

#include <mach/message.h>
#include <mach/ndr.h>
#include <mach/port.h>

#define MACH_NOTIFY_FIRST 0x40
#define MACH_NOTIFY_PORT_DELETED 0x41	/* a name was freed, its port lives */
#define MACH_NOTIFY_SEND_POSSIBLE 0x42	/* a queue has room again */
#define MACH_NOTIFY_PORT_DESTROYED 0x45	/* here is a receive right that was dropped */
#define MACH_NOTIFY_NO_SENDERS 0x46	/* the last send right has gone */
#define MACH_NOTIFY_SEND_ONCE 0x47	/* a send-once right was dropped unused */
#define MACH_NOTIFY_DEAD_NAME 0x48	/* the port of a name has died */
#define MACH_NOTIFY_LAST 0x4d

typedef mach_port_t notify_port_t;

#pragma pack(push, 4)

typedef struct {
	mach_msg_header_t not_header;
	NDR_record_t NDR;
	mach_port_name_t not_port;
	mach_msg_format_0_trailer_t trailer;
} mach_port_deleted_notification_t;

typedef struct {
	mach_msg_header_t not_header;
	NDR_record_t NDR;
	mach_port_name_t not_port;
	mach_msg_format_0_trailer_t trailer;
} mach_send_possible_notification_t;

typedef struct {
	mach_msg_header_t not_header;
	mach_msg_body_t not_body;
	mach_msg_port_descriptor_t not_port;
	mach_msg_format_0_trailer_t trailer;
} mach_port_destroyed_notification_t;

typedef struct {
	mach_msg_header_t not_header;
	NDR_record_t NDR;
	mach_msg_type_number_t not_count;
	mach_msg_format_0_trailer_t trailer;
} mach_no_senders_notification_t;

typedef struct {
	mach_msg_header_t not_header;
	mach_msg_format_0_trailer_t trailer;
} mach_send_once_notification_t;

typedef struct {
	mach_msg_header_t not_header;
	NDR_record_t NDR;
	mach_port_name_t not_port;
	mach_msg_format_0_trailer_t trailer;
} mach_dead_name_notification_t;

#pragma pack(pop)

#endif /* _MACH_NOTIFY_H_ */
