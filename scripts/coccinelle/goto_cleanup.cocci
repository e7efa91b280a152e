// SPDX-License-Identifier: GPL-2.0-only
/// A function that has cleanup attributes has no goto, which could jump over
/// what they clean up. What they look like here is in macros.h.
// Options: --no-includes --include-headers

virtual report

@initialize:python@
@@
cleaned = set()

@cleanup@
position p;
@@
 cleanup_attribute@p(...)

@script:python@
p << cleanup.p;
@@
cleaned.add(p[0].current_element)

@jump@
identifier label;
position p;
@@
 goto label@p;

@script:python@
p << jump.p;
@@
if p[0].current_element in cleaned:
    print("%s:%s: goto beside a cleanup attribute" % (p[0].file, p[0].line))
