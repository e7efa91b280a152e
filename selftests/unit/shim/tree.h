/* SPDX-License-Identifier: GPL-2.0-only */
/* Red-black trees, without their balance. */
#ifndef SHIM_TREE_H
#define SHIM_TREE_H

#include "base.h"

struct rb_node {
	struct rb_node *parent, *rb_left, *rb_right;
};

struct rb_root {
	struct rb_node *rb_node;
};

#define RB_ROOT ((struct rb_root){ NULL })
#define rb_entry(node, type, member) container_of(node, type, member)

static inline void rb_link_node(struct rb_node *node, struct rb_node *parent,
				struct rb_node **link)
{
	SHIM_NEVER(*link);
	*node = (struct rb_node){ .parent = parent };
	*link = node;
}

static inline void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	while (node->parent)
		node = node->parent;
	SHIM_NEVER(root->rb_node != node);
}

static inline struct rb_node *rb_next(const struct rb_node *node)
{
	struct rb_node *next = node->rb_right;

	if (next) {
		while (next->rb_left)
			next = next->rb_left;
		return next;
	}
	for (next = node->parent; next && node == next->rb_right;
	     next = next->parent)
		node = next;
	return next;
}

/* Puts @by, which may be null, where a node is. */
static inline void rb_replace(struct rb_root *root, struct rb_node *node,
			      struct rb_node *by)
{
	struct rb_node *parent = node->parent;

	if (!parent)
		root->rb_node = by;
	else if (parent->rb_left == node)
		parent->rb_left = by;
	else
		parent->rb_right = by;
	if (by)
		by->parent = parent;
}

/* What is on its left goes below what follows it. */
static inline void rb_erase(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *least = node->rb_right, *top = node;

	while (top->parent)
		top = top->parent;
	SHIM_NEVER(root->rb_node != top);
	if (!least) {
		rb_replace(root, node, node->rb_left);
		return;
	}
	while (least->rb_left)
		least = least->rb_left;
	least->rb_left = node->rb_left;
	if (least->rb_left)
		least->rb_left->parent = least;
	rb_replace(root, node, node->rb_right);
}

#endif /* SHIM_TREE_H */
