/* SPDX-License-Identifier: LGPL-2.1-or-later OR MIT */
/* Operations on the privileged host port. */
#ifndef _MACH_HOST_PRIV_H_
#define _MACH_HOST_PRIV_H_

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
 * CAP_MAC_ADMIN in the initial user name space; KERN_NO_SPACE;
 * KERN_RESOURCE_SHORTAGE.
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

#ifdef __cplusplus
}
#endif

#endif /* _MACH_HOST_PRIV_H_ */
