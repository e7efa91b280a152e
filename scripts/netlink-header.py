#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Write the C header of a generic netlink family from its YAML specification.

usage: scripts/netlink-header.py docs/netlink/mach.yaml >HEADER

It knows as much of the form as this family uses, and refuses the rest.
"""

import sys
import textwrap

import yaml

WIDTH = 80
LICENCE = "GPL-2.0-only WITH Linux-syscall-note"


def keys(table, where, *known):
    """Refuse what this program would pass over in silence."""
    unknown = set(table) - set(known)
    if unknown:
        sys.exit(f"{where}: unknown: {', '.join(sorted(unknown))}")


def c_name(*parts):
    return "".join(parts).upper().replace("-", "_")


def words(text):
    return " ".join(text.split())


def doc_line(name, text):
    """One member of a kernel-doc comment."""
    return textwrap.wrap(f"@{name}: {words(text)}", WIDTH - 3,
                         initial_indent=" * ", subsequent_indent=" *\t",
                         expand_tabs=False, break_on_hyphens=False)


def enum(doc, name, start, members, last=()):
    """An enum: members are pairs of a name and what it means."""
    title = f"enum {name} - {words(doc)}" if name else words(doc)
    lines = ["/**" if name else "/*"]
    lines += textwrap.wrap(title, WIDTH - 3, initial_indent=" * ",
                           subsequent_indent=" *\t")
    for member, text in members:
        lines += doc_line(member, text)
    lines += [" */", f"enum {name} {{" if name else "enum {"]
    for i, (member, _) in enumerate(members):
        value = f" = {start}" if i == 0 and start else ""
        lines.append(f"\t{member}{value},")
    if last:
        lines += [""] + [f"\t{line}," for line in last]
    lines += ["};", ""]
    return lines


def definition(item):
    keys(item, item["name"], "type", "name", "name-prefix", "enum-name", "doc",
         "value-start", "entries")
    if item["type"] != "enum":
        sys.exit(f"{item['name']}: not an enum")
    name = c_name(item["enum-name"]).lower()
    members = []
    for entry in item["entries"]:
        keys(entry, item["name"], "name", "doc")
        members.append((c_name(item["name-prefix"], entry["name"]),
                        entry["doc"]))
    return enum(item["doc"], name, item.get("value-start", 0), members)


def attribute_doc(attribute, enums):
    kind = attribute["type"]
    if kind == "pad":
        return "fills up to 8 bytes; no attribute of its own"
    if "sub-type" in attribute:
        kind = f"{attribute['sub-type']}[]"
    if "enum" in attribute:
        kind = f"{kind}, enum {enums[attribute['enum']]}"
    return f"{kind}: {attribute['doc']}"


def attribute_set(item, enums):
    keys(item, item["name"], "name", "name-prefix", "attributes")
    prefix = item["name-prefix"]
    members = []
    for attribute in item["attributes"]:
        keys(attribute, f"{item['name']} {attribute['name']}", "name", "type",
             "sub-type", "enum", "doc", "checks")
        members.append((c_name(prefix, attribute["name"]),
                        attribute_doc(attribute, enums)))
    end = c_name("__", prefix, "end")
    last = [end, f"{c_name(prefix, 'max')} = {end} - 1"]
    return enum(f"Attributes of a {item['name']}.", None, 1, members, last)


def operation_doc(operation):
    text = words(operation["doc"]).rstrip(".")
    requests = operation.get("dump", {}).get("request", {}).get("attributes")
    return text + (f"; may be asked with {', '.join(requests)}"
                   if requests else "")


def operations(item):
    keys(item, "operations", "name-prefix", "list")
    prefix = item["name-prefix"]
    members = []
    for operation in item["list"]:
        keys(operation, operation["name"], "name", "doc", "attribute-set",
             "dump", "event", "mcgrp")
        members.append((c_name(prefix, operation["name"]),
                        operation_doc(operation)))
    end = c_name("__", prefix, "end")
    last = [end, f"{c_name(prefix, 'max')} = {end} - 1"]
    return enum("Commands.", None, 1, members, last)


def header(spec):
    keys(spec, "the family", "name", "protocol", "uapi-header",
         "c-family-name", "c-version-name", "doc", "definitions",
         "attribute-sets", "operations", "mcast-groups")
    guard = "_" + spec["uapi-header"].upper().replace("/", "_").replace(".",
                                                                        "_")
    lines = [f"/* SPDX-License-Identifier: {LICENCE} */", "/*",
             " * Made from docs/netlink/mach.yaml by scripts/"
             "netlink-header.py: change that.", " *"]
    for paragraph in spec["doc"].rstrip().split("\n\n"):
        lines += textwrap.wrap(words(paragraph), WIDTH - 3,
                               initial_indent=" * ", subsequent_indent=" * ",
                               break_on_hyphens=False)
        lines.append(" *")
    lines[-1] = " */"
    lines += [f"#ifndef {guard}", f"#define {guard}", "",
              f"#define {c_name(spec['c-family-name'])} \"{spec['name']}\"",
              f"#define {c_name(spec['c-version-name'])} 1", ""]
    for group in spec["mcast-groups"]["list"]:
        keys(group, group["name"], "name", "c-define-name")
        lines.append(f"#define {c_name(group['c-define-name'])} "
                     f"\"{group['name']}\"")
    lines.append("")

    enums = {}
    for item in spec["definitions"]:
        lines += definition(item)
        enums[item["name"]] = c_name(item["enum-name"]).lower()
    for item in spec["attribute-sets"]:
        lines += attribute_set(item, enums)
    lines += operations(spec["operations"])
    lines.append(f"#endif /* {guard} */")
    return lines


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    with open(sys.argv[1], encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    print("\n".join(header(spec)))


main()
