/* SPDX-License-Identifier: GPL-2.0-only */
/* Lists, which notice when an element is on two or on none. */
#ifndef SHIM_LIST_H
#define SHIM_LIST_H

#include "base.h"

struct list_head {
	struct list_head *next, *prev;
};

#define LIST_HEAD_INIT(name) { &(name), &(name) }
#define LIST_HEAD(name) struct list_head name = LIST_HEAD_INIT(name)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->next = list;
	list->prev = list;
}

static inline bool list_empty(const struct list_head *list)
{
	return list->next == list;
}

static inline void list_add(struct list_head *new, struct list_head *list)
{
	SHIM_NEVER(list->next->prev != list);
	SHIM_NEVER(new == list || new == list->next);
	new->next = list->next;
	new->prev = list;
	list->next->prev = new;
	list->next = new;
}

static inline void list_add_tail(struct list_head *new, struct list_head *list)
{
	SHIM_NEVER(list->prev->next != list);
	SHIM_NEVER(new == list || new == list->prev);
	new->next = list;
	new->prev = list->prev;
	list->prev->next = new;
	list->prev = new;
}

static inline void list_del_init(struct list_head *entry)
{
	SHIM_NEVER(entry->prev->next != entry || entry->next->prev != entry);
	entry->prev->next = entry->next;
	entry->next->prev = entry->prev;
	INIT_LIST_HEAD(entry);
}

/* Who looks at it afterwards crashes. */
static inline void list_del(struct list_head *entry)
{
	SHIM_NEVER(list_empty(entry));
	list_del_init(entry);
	entry->next = NULL;
	entry->prev = NULL;
}

static inline void list_move(struct list_head *entry, struct list_head *list)
{
	list_del_init(entry);
	list_add(entry, list);
}

static inline void list_move_tail(struct list_head *entry,
				  struct list_head *list)
{
	list_del_init(entry);
	list_add_tail(entry, list);
}

static inline void list_splice_tail_init(struct list_head *from,
					 struct list_head *to)
{
	while (!list_empty(from))
		list_move_tail(from->next, to);
}

#define list_entry(link, type, member) container_of(link, type, member)
#define list_first_entry(list, type, member) \
	list_entry((list)->next, type, member)
#define list_first_entry_or_null(list, type, member) \
	(list_empty(list) ? NULL : list_first_entry(list, type, member))
#define list_for_each_entry(entry, list, member) \
	for (entry = list_entry((list)->next, __typeof__(*entry), member); \
	     &entry->member != (list); \
	     entry = list_entry(entry->member.next, __typeof__(*entry), member))
#define list_for_each_entry_safe(entry, following, list, member) \
	for (entry = list_entry((list)->next, __typeof__(*entry), member), \
	     following = list_entry(entry->member.next, __typeof__(*entry), \
				    member); \
	     &entry->member != (list); \
	     entry = following, \
	     following = list_entry(following->member.next, \
				    __typeof__(*entry), member))
#define list_for_each_entry_continue_reverse(entry, list, member) \
	for (entry = list_entry(entry->member.prev, __typeof__(*entry), \
				member); \
	     &entry->member != (list); \
	     entry = list_entry(entry->member.prev, __typeof__(*entry), member))

struct hlist_node {
	struct hlist_node *next, **link;
};

struct hlist_head {
	struct hlist_node *first;
};

#define DEFINE_HASHTABLE(name, bits) struct hlist_head name[1 << (bits)]
#define HASH_SIZE(table) (sizeof(table) / sizeof((table)[0]))
#define hash_bucket(table, key) (&(table)[(key) % HASH_SIZE(table)])
#define hash_add(table, node, key) hlist_add(hash_bucket(table, key), node)
#define hash_del(node) hlist_del(node)
#define hash_for_each_possible(table, entry, member, key) \
	hlist_for_each_entry(entry, hash_bucket(table, key), member)
#define hlist_entry_or_null(node, type, member) \
	((node) ? container_of(node, type, member) : NULL)
#define hlist_for_each_entry(entry, head, member) \
	for (entry = hlist_entry_or_null((head)->first, __typeof__(*entry), \
					 member); \
	     entry; \
	     entry = hlist_entry_or_null(entry->member.next, \
					 __typeof__(*entry), member))

static inline void hlist_add(struct hlist_head *head, struct hlist_node *node)
{
	node->next = head->first;
	if (node->next)
		node->next->link = &node->next;
	node->link = &head->first;
	head->first = node;
}

static inline void hlist_del(struct hlist_node *node)
{
	SHIM_NEVER(*node->link != node);
	*node->link = node->next;
	if (node->next)
		node->next->link = node->link;
	node->next = NULL;
	node->link = NULL;
}

#define hlist_add_head(node, head) hlist_add(head, node)
#define hlist_entry(node, type, member) container_of(node, type, member)

static inline void INIT_HLIST_NODE(struct hlist_node *node)
{
	node->next = NULL;
	node->link = NULL;
}

static inline bool hlist_empty(const struct hlist_head *head)
{
	return !head->first;
}

static inline bool hlist_unhashed(const struct hlist_node *node)
{
	return !node->link;
}

static inline void hlist_del_init(struct hlist_node *node)
{
	if (!hlist_unhashed(node))
		hlist_del(node);
}

/* For readers under RCU, who may stand on an entry that is taken off. */
#define hlist_add_head_rcu(node, head) hlist_add(head, node)
#define hlist_for_each_entry_rcu(entry, head, member) \
	hlist_for_each_entry(entry, (SHIM_NEVER(!shim_rcu_readers), (head)), \
			     member)

static inline void hlist_del_rcu(struct hlist_node *node)
{
	struct hlist_node *next = node->next;

	hlist_del(node);
	node->next = next;
}

static inline bool hlist_unhashed_lockless(const struct hlist_node *node)
{
	return !node->link;
}

struct llist_node {
	struct llist_node *next;
};

#endif /* SHIM_LIST_H */
