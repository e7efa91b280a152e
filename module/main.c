// SPDX-License-Identifier: GPL-2.0-only
/* The module: up in the order of the floors, down in reverse. */
#include <linux/module.h>
#include <linux/rcupdate.h>

#include "attach.h"
#include "device.h"
#include "embryo.h"
#include "event.h"
#include "fpregs.h"
#include "host.h"
#include "inherit.h"
#include "kmsg.h"
#include "netlink.h"
#include "policy.h"
#include "port.h"
#include "pset.h"
#include "sample.h"
#include "stock.h"
#include "task.h"
#include "thread.h"
#include "token.h"

static int __init mach_init(void)
{
	int ret;

	mach_pidversion_init();
	ret = mach_policy_init();
	if (ret)
		return ret;
	ret = mach_event_init();
	if (ret)
		goto err_policy;
	ret = mach_kmsg_cache_init();
	if (ret)
		goto err_event;
	ret = mach_port_cache_init();
	if (ret)
		goto err_kmsg;
	ret = mach_pset_cache_init();
	if (ret)
		goto err_port;
	ret = mach_inherit_init();
	if (ret)
		goto err_pset;
	ret = mach_task_init();
	if (ret)
		goto err_inherit;
	mach_thread_init();
	mach_fpregs_init();
	mach_sample_init();
	ret = mach_host_init();
	if (ret)
		goto err_task;
	ret = mach_stock_init();
	if (ret)
		goto err_host;
	ret = mach_attach_init();
	if (ret)
		goto err_stock;
	mach_embryo_init();
	ret = mach_netlink_init();
	if (ret)
		goto err_embryo;
	ret = mach_device_init();
	if (ret)
		goto err_netlink;
	return 0;

err_netlink:
	mach_netlink_exit();
err_embryo:
	mach_embryo_exit();
	mach_attach_exit();
err_stock:
	mach_stock_exit();
err_host:
	mach_host_exit();
err_task:
	rcu_barrier();
	mach_task_exit();
err_inherit:
	mach_inherit_exit();
err_pset:
	mach_pset_cache_exit();
err_port:
	rcu_barrier();
	mach_port_cache_exit();
err_kmsg:
	mach_kmsg_cache_exit();
err_event:
	mach_event_exit();
err_policy:
	mach_policy_exit();
	return ret;
}

static void __exit mach_exit(void)
{
	mach_device_exit();
	mach_netlink_exit();
	mach_embryo_exit();
	mach_attach_exit();
	mach_task_teardown_all();
	mach_sample_exit();
	mach_stock_exit();
	mach_host_exit();
	rcu_barrier();
	mach_task_exit();
	mach_inherit_exit();
	rcu_barrier();
	mach_pset_cache_exit();
	mach_port_cache_exit();
	mach_kmsg_cache_exit();
	mach_event_exit();
	mach_policy_exit();
}

module_init(mach_init);
module_exit(mach_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Mach ports, rights, messages and tokens for Linux tasks");
MODULE_VERSION(MACH_VERSION);
