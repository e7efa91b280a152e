// SPDX-License-Identifier: GPL-2.0-only
/// Under a spin lock, and in functions that are called under one, nothing
/// touches user memory, allocates with what may sleep, or sleeps.
// Options: --no-includes --include-headers

virtual report

@initialize:python@
@@
def say(position, what):
    print("%s:%s: %s may sleep under a spin lock" %
          (position[0].file, position[0].line, what[0] if
           isinstance(what, list) else what))

@user exists@
expression lock;
position p;
identifier take =~ "^(raw_)?spin_lock(_bh|_irq|_irqsave)?$|^mach_space_lock_room(_for)?$";
identifier give =~ "^(raw_)?spin_unlock(_bh|_irq|_irqrestore)?$";
identifier f =~ "^(copy_(from|to)_user|copy_struct_from_user|get_user|put_user|clear_user|strncpy_from_user|memdup_user|vmemdup_user|mutex_lock|mutex_lock_interruptible|mutex_lock_killable|down_read|down_read_killable|down_write|down_write_killable|schedule|schedule_timeout|schedule_hrtimeout|cond_resched|might_sleep|msleep|synchronize_rcu|rcu_barrier|flush_work|flush_workqueue|wait_for_completion|kvfree|vfree|vmalloc|mach_reap_run)$";
@@
 take(lock, ...)
 ... when != give(...)
 f@p(...)

@script:python@
p << user.p;
f << user.f;
@@
say(p, f)

@memory exists@
expression lock;
position p;
identifier take =~ "^(raw_)?spin_lock(_bh|_irq|_irqsave)?$|^mach_space_lock_room(_for)?$";
identifier give =~ "^(raw_)?spin_unlock(_bh|_irq|_irqrestore)?$";
identifier f;
@@
 take(lock, ...)
 ... when != give(...)
 f@p(..., \(GFP_KERNEL\|GFP_KERNEL_ACCOUNT\|GFP_USER\|MACH_GFP\|MACH_GFP | __GFP_ZERO\|GFP_KERNEL | __GFP_ZERO\), ...)

@script:python@
p << memory.p;
f << memory.f;
@@
say(p, f)

@locked exists@
position p;
identifier fn =~ "_locked$";
identifier f =~ "^(copy_(from|to)_user|copy_struct_from_user|get_user|put_user|clear_user|mutex_lock|down_read|down_write|schedule|cond_resched|might_sleep|synchronize_rcu|kvfree|vfree|vmalloc|mach_reap_run)$";
@@
 fn(...)
 {
 <+...
 f@p(...)
 ...+>
 }

@script:python@
p << locked.p;
f << locked.f;
@@
say(p, f)

@locked_memory exists@
position p;
identifier fn =~ "_locked$", f;
@@
 fn(...)
 {
 <+...
 f@p(..., \(GFP_KERNEL\|GFP_KERNEL_ACCOUNT\|GFP_USER\|MACH_GFP\|MACH_GFP | __GFP_ZERO\|GFP_KERNEL | __GFP_ZERO\), ...)
 ...+>
 }

@script:python@
p << locked_memory.p;
f << locked_memory.f;
@@
say(p, f)
