// SPDX-License-Identifier: GPL-2.0-only
/* The ports that stand for ledgers. */
#include "alloc.h"
#include "entry.h"
#include "ledger.h"
#include "ledger_port.h"
#include "reap.h"

/* The last right to a draw port has gone; see struct mach_port.idle. */
static bool draw_port_idle(struct mach_port *port)
{
	struct mach_ledger *ledger = port->ledger;
	bool idle;

	spin_lock(&ledger->lock);
	idle = ledger->port == port && !atomic_read(&port->srights);
	if (idle)
		ledger->port = NULL;
	spin_unlock(&ledger->lock);
	return idle;
}

/**
 * mach_ledger_port_draw() - a send right to the draw port of a ledger
 * @ledger: the ledger, or, if it was terminated, the one above it
 * @right: out: the right
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE.
 */
int mach_ledger_port_draw(struct mach_ledger *ledger, struct mach_right *right)
{
	struct mach_port *new = NULL;

	ledger = mach_ledger_effective(ledger);
	for (;;) {
		spin_lock(&ledger->lock);
		if (!ledger->port && new) {
			ledger->port = new;
			new = NULL;
		}
		if (ledger->port) {
			*right = mach_port_make_send(ledger->port);
			spin_unlock(&ledger->lock);
			mach_port_put(new);
			return MACHDEV_KERN_SUCCESS;
		}
		spin_unlock(&ledger->lock);

		/* It is charged to the ledger it stands for, and holds it. */
		new = mach_port_new(MACH_KIND_LEDGER, ledger, ledger, MACH_GFP);
		if (!new)
			return MACHDEV_KERN_RESOURCE_SHORTAGE;
		new->idle = draw_port_idle;
	}
}

/* Only who has shown a right makes another: at 0 there is none for good. */
static bool control_port_idle(struct mach_port *port)
{
	struct mach_ledger *ledger = NULL;
	bool idle;

	spin_lock(&port->lock);
	idle = !port->dead && port->object && !atomic_read(&port->srights);
	if (idle) {
		ledger = port->object;
		port->object = NULL;
	}
	spin_unlock(&port->lock);
	mach_ledger_put(ledger);
	return idle;
}

/**
 * mach_ledger_port_control() - the control port of a new ledger
 * @ledger: just created; the reference is consumed on success
 * @right: out: the only send right
 *
 * Context: Process; may sleep.
 * Return: KERN_SUCCESS; KERN_RESOURCE_SHORTAGE.
 */
int mach_ledger_port_control(struct mach_ledger *ledger,
			     struct mach_right *right)
{
	struct mach_port *port;

	port = mach_port_new(MACH_KIND_LEDGER_CONTROL, ledger, ledger->payer,
			     MACH_GFP);
	if (!port)
		return MACHDEV_KERN_RESOURCE_SHORTAGE;
	port->idle = control_port_idle;
	*right = mach_port_make_send(port);
	return MACHDEV_KERN_SUCCESS;
}

/**
 * mach_ledger_port_get() - the ledger that a name stands for
 * @space: the caller's
 * @name: any number
 * @control: out: it is the ledger's control port; or NULL
 *
 * Return: a reference, or NULL.
 */
struct mach_ledger *mach_ledger_port_get(struct mach_space *space, u32 name,
					 bool *control)
{
	struct mach_ledger *ledger = NULL;
	struct mach_entry *entry;
	struct mach_port *port;

	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	if (!entry || !(entry->rights & MACH_ENTRY_SEND))
		goto out;
	port = entry->port;
	if (port->kind != MACH_KIND_LEDGER_CONTROL &&
	    port->kind != MACH_KIND_LEDGER)
		goto out;
	if (control)
		*control = port->kind == MACH_KIND_LEDGER_CONTROL;
	spin_lock(&port->lock);
	if (!port->dead && port->object)
		ledger = mach_ledger_get(port->object);
	spin_unlock(&port->lock);
out:
	spin_unlock(&space->lock);
	return ledger;
}

/**
 * mach_ledger_port_kill() - end the control port of a ledger
 * @space: the caller's
 * @name: its name for that port; if it has another meaning by now, the port
 *	lives on as long as somebody has it
 * @ended: the ledger
 * @reap: gets the port
 */
void mach_ledger_port_kill(struct mach_space *space, u32 name,
			   const struct mach_ledger *ended,
			   struct mach_reap *reap)
{
	struct mach_ledger *ledger = NULL;
	struct mach_port *port = NULL;
	struct mach_entry *entry;

	spin_lock(&space->lock);
	entry = mach_entry_lookup_locked(space, name);
	if (entry && (entry->rights & MACH_ENTRY_SEND) &&
	    entry->port->kind == MACH_KIND_LEDGER_CONTROL) {
		port = entry->port;
		spin_lock(&port->lock);
		if (port->object == ended) {
			ledger = port->object;
			port->object = NULL;
		}
		spin_unlock(&port->lock);
	}
	spin_unlock(&space->lock);
	/* Whoever took the object has the kernel's reference to the port. */
	if (ledger)
		mach_reap_port(reap, port);
	mach_ledger_put(ledger);
}
