// SPDX-License-Identifier: GPL-2.0-only
/// The kernel's for_each_thread() does not link into modules of kernels with
/// lockdep: mach_for_each_thread() does.
// Options: --no-includes --include-headers

virtual report

@kernels@
iterator name for_each_thread;
expression leader, thread;
statement body;
position p;
@@
 for_each_thread@p(leader, thread) body

@script:python@
p << kernels.p;
@@
print("%s:%s: for_each_thread() in a module" % (p[0].file, p[0].line))
