/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Operations on the privileged host port. */
#ifndef _MACH_HOST_PRIV_H_
#define _MACH_HOST_PRIV_H_

#include <mach/exception_types.h>
#include <mach/host_special_ports.h>
#include <mach/kern_return.h>
#include <mach/mach_types.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * host_get_special_port() - read a special port of the host
 * @host_priv: the privileged host port, see host_get_host_priv_port()
 * @node: HOST_LOCAL_NODE; ignored
 * @which: HOST_SECURITY_PORT to HOST_MAX_SPECIAL_PORT, or HOST_BOOTSTRAP_PORT
 * @port: where a send right goes, the caller's to release; MACH_PORT_NULL when
 *	none is set, MACH_PORT_DEAD when it has died
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @host_priv is not that port or
 * there is no such special port; KERN_NO_ACCESS, HOST_SECURITY_PORT without
 * CAP_MAC_ADMIN in the initial user name space; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t host_get_special_port(host_priv_t host_priv, int node, int which,
				    mach_port_t *port);

/**
 * host_set_special_port() - set a special port of the host
 * @host_priv: the privileged host port
 * @which: 8 to HOST_MAX_SPECIAL_PORT, or HOST_BOOTSTRAP_PORT
 * @port: name of a send right, which is copied; MACH_PORT_NULL clears
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @host_priv is not that port, or
 * @which cannot be set; KERN_INVALID_RIGHT, the caller has no send right of that
 * name.
 */
kern_return_t host_set_special_port(host_priv_t host_priv, int which,
				    mach_port_t port);

/**
 * host_set_exception_ports() - say who handles what no thread or task handles
 * @host_priv: the privileged host port
 * @exception_mask: which exceptions, bits of EXC_MASK_VALID
 * @new_port: name of a send right, which is copied; MACH_PORT_NULL: nobody
 * @behavior: what a message to it tells, EXCEPTION_*, with MACH_EXCEPTION_CODES
 *	and the other flags
 * @new_flavor: of the state that a message has; 0 or THREAD_STATE_NONE for none
 *
 * Return: KERN_SUCCESS; otherwise, with nothing changed: KERN_INVALID_ARGUMENT,
 * @host_priv is no such port, @exception_mask has other bits, the behavior of a port
 * or the flavor is unknown, or the behavior needs MACH_EXCEPTION_CODES;
 * KERN_INVALID_RIGHT, the caller has no send right of that name;
 * KERN_RESOURCE_SHORTAGE.
 */
kern_return_t host_set_exception_ports(host_priv_t host_priv,
				       exception_mask_t exception_mask,
				       mach_port_t new_port,
				       exception_behavior_t behavior,
				       thread_state_flavor_t new_flavor);

/**
 * host_get_exception_ports() - who handles what no thread or task handles
 * @host_priv: the privileged host port
 * @exception_mask: which exceptions, bits of EXC_MASK_VALID
 * @masks: room for EXC_TYPES_COUNT masks: exceptions that are handled alike are
 *	in one, also those that nobody handles
 * @masksCnt: where their number goes; not looked at
 * @old_handlers: room for as many ports: send rights, the caller's to release;
 *	MACH_PORT_NULL for nobody, MACH_PORT_DEAD for a port that has died
 * @old_behaviors: room for as many behaviors
 * @old_flavors: room for as many flavors
 *
 * Return: KERN_SUCCESS; KERN_INVALID_ARGUMENT, @host_priv is no such port, or
 * @exception_mask has other bits; KERN_RESOURCE_SHORTAGE.
 */
kern_return_t host_get_exception_ports(host_priv_t host_priv,
				       exception_mask_t exception_mask,
				       exception_mask_array_t masks,
				       mach_msg_type_number_t *masksCnt,
				       exception_handler_array_t old_handlers,
				       exception_behavior_array_t old_behaviors,
				       exception_flavor_array_t old_flavors);

/**
 * host_swap_exception_ports() - both at once
 * @host_priv: the privileged host port
 * @exception_mask: which exceptions, bits of EXC_MASK_VALID
 * @new_port: as host_set_exception_ports() has it
 * @behavior: see there
 * @new_flavor: see there
 * @masks: as host_get_exception_ports() has it: what was before
 * @masksCnt: see there
 * @old_handlers: see there
 * @old_behaviors: see there
 * @old_flavors: see there
 *
 * Return: as host_set_exception_ports(); KERN_ABORTED, a signal came
 * while others set handlers again and again.
 */
kern_return_t
host_swap_exception_ports(host_priv_t host_priv,
			  exception_mask_t exception_mask,
			  mach_port_t new_port,
			  exception_behavior_t behavior,
			  thread_state_flavor_t new_flavor,
			  exception_mask_array_t masks,
			  mach_msg_type_number_t *masksCnt,
			  exception_handler_array_t old_handlers,
			  exception_behavior_array_t old_behaviors,
			  exception_flavor_array_t old_flavors);

#ifdef __cplusplus
}
#endif

#endif /* _MACH_HOST_PRIV_H_ */
