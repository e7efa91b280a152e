// SPDX-License-Identifier: LGPL-2.1-or-later OR MIT
/* What the host does, as /proc tells it. */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

/* What struct vm_statistics64 is made of, by its name in /proc/vmstat. */
enum vmstat {
	FREE, ACTIVE_ANON, ACTIVE_FILE, INACTIVE_ANON, INACTIVE_FILE,
	UNEVICTABLE, SLAB, PAGE_TABLES, ACTIVATED, READ, WRITTEN, FAULTS,
	LAZILY_FREED, DECOMPRESSED, COMPRESSED, SWAPPED_IN, SWAPPED_OUT,
	COMPRESSED_PAGES, FILE_PAGES, ANON_PAGES, VMSTATS,
};

static const char * const vmstat_names[VMSTATS] = {
	[FREE] = "nr_free_pages",
	[ACTIVE_ANON] = "nr_active_anon",
	[ACTIVE_FILE] = "nr_active_file",
	[INACTIVE_ANON] = "nr_inactive_anon",
	[INACTIVE_FILE] = "nr_inactive_file",
	[UNEVICTABLE] = "nr_unevictable",
	[SLAB] = "nr_slab_unreclaimable",
	[PAGE_TABLES] = "nr_page_table_pages",
	[ACTIVATED] = "pgactivate",
	[READ] = "pgpgin",
	[WRITTEN] = "pgpgout",
	[FAULTS] = "pgfault",
	[LAZILY_FREED] = "pglazyfreed",
	[DECOMPRESSED] = "zswpin",
	[COMPRESSED] = "zswpout",
	[SWAPPED_IN] = "pswpin",
	[SWAPPED_OUT] = "pswpout",
	[COMPRESSED_PAGES] = "nr_zspages",
	[FILE_PAGES] = "nr_file_pages",
	[ANON_PAGES] = "nr_anon_pages",
};

/* A kernel that does not count something leaves it 0. */
static bool read_vmstat(uint64_t *value)
{
	FILE *file = fopen("/proc/vmstat", "re");
	unsigned long long number;
	char name[64];
	bool found = false;
	int i;

	if (!file)
		return false;
	memset(value, 0, VMSTATS * sizeof(*value));
	while (fscanf(file, "%63s %llu", name, &number) == 2) {
		for (i = 0; i < VMSTATS; i++) {
			if (!strcmp(name, vmstat_names[i]))
				value[i] = number;
		}
		found = true;
	}
	fclose(file);
	return found;
}

/* What goes to and from disks is counted in KiB. */
static uint64_t as_pages(uint64_t kib)
{
	return kib / ((uint64_t)sysconf(_SC_PAGESIZE) / 1024);
}

static bool vm_info64(struct vm_statistics64 *info)
{
	uint64_t value[VMSTATS];

	if (!read_vmstat(value))
		return false;
	*info = (struct vm_statistics64){
		.free_count = (natural_t)value[FREE],
		.active_count =
			(natural_t)(value[ACTIVE_ANON] + value[ACTIVE_FILE]),
		.inactive_count =
			(natural_t)(value[INACTIVE_ANON] + value[INACTIVE_FILE]),
		.wire_count = (natural_t)(value[UNEVICTABLE] + value[SLAB] +
					  value[PAGE_TABLES]),
		.reactivations = value[ACTIVATED],
		.pageins = as_pages(value[READ]),
		.pageouts = as_pages(value[WRITTEN]),
		.faults = value[FAULTS],
		.purges = value[LAZILY_FREED],
		.decompressions = value[DECOMPRESSED],
		.compressions = value[COMPRESSED],
		.swapins = value[SWAPPED_IN],
		.swapouts = value[SWAPPED_OUT],
		.compressor_page_count = (natural_t)value[COMPRESSED_PAGES],
		.external_page_count = (natural_t)value[FILE_PAGES],
		.internal_page_count = (natural_t)value[ANON_PAGES],
	};
	return true;
}

static bool vm_info(struct vm_statistics *info)
{
	struct vm_statistics64 wide;

	if (!vm_info64(&wide))
		return false;
	*info = (struct vm_statistics){
		.free_count = wide.free_count,
		.active_count = wide.active_count,
		.inactive_count = wide.inactive_count,
		.wire_count = wide.wire_count,
		.reactivations = (natural_t)wide.reactivations,
		.pageins = (natural_t)wide.pageins,
		.pageouts = (natural_t)wide.pageouts,
		.faults = (natural_t)wide.faults,
		.purges = (natural_t)wide.purges,
	};
	return true;
}

static bool load_info(struct host_load_info *info)
{
	double cpus = (double)sysconf(_SC_NPROCESSORS_ONLN);
	double load[3], factor;
	int i;

	if (getloadavg(load, 3) != 3)
		return false;
	for (i = 0; i < 3; i++) {
		factor = load[i] < cpus ? cpus - load[i] :
					  cpus / (load[i] + 1);
		info->avenrun[i] = (integer_t)(load[i] * LOAD_SCALE);
		info->mach_factor[i] = (integer_t)(factor * LOAD_SCALE);
	}
	return true;
}

static bool cpu_load_info(struct host_cpu_load_info *info)
{
	unsigned long long user, nice, system, idle, wait, hard, soft;
	FILE *file = fopen("/proc/stat", "re");
	int found;

	if (!file)
		return false;
	found = fscanf(file, "cpu %llu %llu %llu %llu %llu %llu %llu", &user,
		       &nice, &system, &idle, &wait, &hard, &soft);
	fclose(file);
	if (found != 7)
		return false;
	info->cpu_ticks[CPU_STATE_USER] = (natural_t)user;
	info->cpu_ticks[CPU_STATE_SYSTEM] = (natural_t)(system + hard + soft);
	info->cpu_ticks[CPU_STATE_IDLE] = (natural_t)(idle + wait);
	info->cpu_ticks[CPU_STATE_NICE] = (natural_t)nice;
	return true;
}

static bool load(void *info)
{
	return load_info(info);
}

static bool vm(void *info)
{
	return vm_info(info);
}

static bool cpu_load(void *info)
{
	return cpu_load_info(info);
}

static bool vm64(void *info)
{
	return vm_info64(info);
}

static const struct flavor {
	bool (*read)(void *info);
	/* Words of each revision, the latest first. */
	mach_msg_type_number_t words[3];
} flavors[] = {
	[HOST_LOAD_INFO] = { load, { HOST_LOAD_INFO_COUNT } },
	[HOST_VM_INFO] = { vm, { HOST_VM_INFO_REV2_COUNT,
				 HOST_VM_INFO_REV1_COUNT,
				 HOST_VM_INFO_REV0_COUNT } },
	[HOST_CPU_LOAD_INFO] = { cpu_load, { HOST_CPU_LOAD_INFO_COUNT } },
	[HOST_VM_INFO64] = { vm64, { HOST_VM_INFO64_REV1_COUNT,
				     HOST_VM_INFO64_REV0_COUNT } },
};

/* The words of the latest revision that @count has room for, or 0. */
static mach_msg_type_number_t words_of(const struct flavor *flavor,
				       mach_msg_type_number_t count)
{
	int i;

	for (i = 0; i < 3; i++) {
		if (count >= flavor->words[i])
			return flavor->words[i];
	}
	return 0;
}

static bool read_uncancelled(const struct flavor *flavor, void *info)
{
	int cancel;
	bool done;

	/* A cancelled thread would leave a file open. */
	pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &cancel);
	done = flavor->read(info);
	pthread_setcancelstate(cancel, &cancel);
	return done;
}

static kern_return_t statistics(const struct flavor *flavor, host_info_t out,
				mach_msg_type_number_t *count)
{
	union {
		struct host_load_info load;
		struct vm_statistics vm;
		struct host_cpu_load_info cpu_load;
		struct vm_statistics64 vm64;
	} info;
	mach_msg_type_number_t words = words_of(flavor, *count);

	if (!words || !read_uncancelled(flavor, &info))
		return KERN_FAILURE;
	memcpy(out, &info, words * sizeof(*out));
	*count = words;
	return KERN_SUCCESS;
}

MACHDEV_EXPORT kern_return_t
host_statistics(host_t host_priv, host_flavor_t flavor,
		host_info_t host_info_out,
		mach_msg_type_number_t *host_info_outCnt)
{
	kern_return_t result = __machdev_check_host(host_priv);
	int saved = errno;

	if (result != KERN_SUCCESS)
		return result;
	switch (flavor) {
	case HOST_LOAD_INFO ... HOST_CPU_LOAD_INFO:
		result = statistics(&flavors[flavor], host_info_out,
				    host_info_outCnt);
		break;
	case HOST_EXPIRED_TASK_INFO:
		result = KERN_NOT_SUPPORTED;
		break;
	default:
		result = KERN_INVALID_ARGUMENT;
	}
	errno = saved;
	return result;
}

MACHDEV_EXPORT kern_return_t
host_statistics64(host_t host_priv, host_flavor_t flavor,
		  host_info64_t host_info64_out,
		  mach_msg_type_number_t *host_info64_outCnt)
{
	kern_return_t result;
	int saved = errno;

	if (flavor != HOST_VM_INFO64 && flavor != HOST_EXTMOD_INFO64)
		return host_statistics(host_priv, flavor, host_info64_out,
				       host_info64_outCnt);
	result = __machdev_check_host(host_priv);
	if (result != KERN_SUCCESS)
		return result;
	result = flavor == HOST_EXTMOD_INFO64 ? KERN_NOT_SUPPORTED :
		 statistics(&flavors[flavor], host_info64_out,
			    host_info64_outCnt);
	errno = saved;
	return result;
}
