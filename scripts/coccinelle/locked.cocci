// SPDX-License-Identifier: GPL-2.0-only
/// A function that wants a lock held, which its name ends in _locked for, says
/// to lockdep which one.
// Options: --no-includes --include-headers

virtual report

@asserted@
position p;
identifier fn =~ "_locked$";
@@
 fn@p(...)
 {
 <+...
(
 lockdep_assert_held(...)
|
 lockdep_assert_held_read(...)
|
 lockdep_assert_held_write(...)
)
 ...+>
 }

@silent@
position p != asserted.p;
identifier fn =~ "_locked$";
@@
 fn@p(...)
 { ... }

@script:python@
p << silent.p;
f << silent.fn;
@@
print("%s:%s: %s() does not assert its lock" % (p[0].file, p[0].line, f))
