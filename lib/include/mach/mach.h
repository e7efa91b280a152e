/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* All of Mach that this library offers, but for <machdev.h>. */
#ifndef _MACH_MACH_H_
#define _MACH_MACH_H_

#include <mach/std_types.h>
#include <mach/mach_types.h>
#include <mach/mach_interface.h>
#include <mach/mach_port.h>
#include <mach/mach_init.h>
#include <mach/mach_traps.h>
#include <mach/clock.h>
#include <mach/mach_host.h>
#include <mach/mach_error.h>
#include <mach/mach_vm.h>
#include <mach/message.h>
#include <mach/mig.h>
#include <mach/mig_errors.h>
#include <mach/notify.h>
#include <mach/task.h>
#include <mach/thread_act.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * mach_msg_server_once() - receive one request and send its reply
 * @demux: fills in a reply of at most @max_size bytes, a mig_reply_error_t if
 *	there is nothing else to say, and returns whether it knew the request; that
 *	is not looked at. With MIG_NO_REPLY as its result nothing is sent; with
 *	another error what a complex request carries is released
 * @max_size: bytes of the largest request and reply, without trailer
 * @rcv_name: port to receive from
 * @options: of the receive; with MACH_RCV_LARGE requests may be larger
 *
 * A client that is gone, or whose queue is full, makes no error: the reply is
 * destroyed.
 *
 * Return: MACH_MSG_SUCCESS; what mach_msg() returns; KERN_RESOURCE_SHORTAGE, no
 * memory; KERN_INVALID_ARGUMENT, @max_size is too large.
 */
mach_msg_return_t
mach_msg_server_once(boolean_t (*demux)(mach_msg_header_t *request,
					mach_msg_header_t *reply),
		     mach_msg_size_t max_size, mach_port_t rcv_name,
		     mach_msg_options_t options);

/**
 * mach_msg_server() - mach_msg_server_once() again and again
 * @demux: as there
 * @max_size: as there
 * @rcv_name: as there
 * @options: as there
 *
 * Return: what ended it, never MACH_MSG_SUCCESS.
 */
mach_msg_return_t mach_msg_server(boolean_t (*demux)(mach_msg_header_t *request,
						     mach_msg_header_t *reply),
				  mach_msg_size_t max_size,
				  mach_port_t rcv_name,
				  mach_msg_options_t options);

/**
 * mach_msg_server_importance() - the same as mach_msg_server()
 * @demux: as there
 * @max_size: as there
 * @rcv_name: as there
 * @options: as there
 *
 * Return: as mach_msg_server().
 */
mach_msg_return_t
mach_msg_server_importance(boolean_t (*demux)(mach_msg_header_t *request,
					      mach_msg_header_t *reply),
			   mach_msg_size_t max_size, mach_port_t rcv_name,
			   mach_msg_options_t options);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_MACH_H_ */
