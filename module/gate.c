// SPDX-License-Identifier: GPL-2.0-only
/* The gate: whether calls are still let in. */
#include "gate.h"

bool mach_gate_shut;
