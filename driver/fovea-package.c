// SPDX-License-Identifier: GPL-2.0-only
/*
 * Network packages before the device sees them: copied, so that nobody can change
 * them any more, looked at, and verified as the kernel's modules are, but against a
 * keyring of their own.
 *
 * Copyright The Fovea authors
 */
#include <linux/cred.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/key.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/verification.h>
#include <linux/vmalloc.h>

#include "fovea-core.h"
#include "fovea-package.h"

#if IS_REACHABLE(CONFIG_CRYPTO_LIB_SHA256)
#include <crypto/sha2.h>
#endif

static_assert(FOVEA_NETWORK_SIZE_MAX == FS1_PACKAGE_SIZE_MAX);

static bool unsigned_networks = true;
module_param(unsigned_networks, bool, 0644);
MODULE_PARM_DESC(unsigned_networks, "take networks without a signature of a key in the keyring .fovea (default on)");

#ifdef CONFIG_SYSTEM_DATA_VERIFICATION
/* One for all devices: root says with it whose networks may run here. */
static struct key *fovea_keyring;
#endif

struct fovea_package *fovea_package_copy(struct fovea_device *fovea,
					 const void *data, u32 size)
{
	gfp_t gfp = GFP_KERNEL;
	struct fovea_package *package;

	package = kzalloc(sizeof(*package), GFP_KERNEL);
	if (!package)
		return NULL;
	if (fovea->ops->gfp_flags)
		gfp |= fovea->ops->gfp_flags(fovea->backend);
	/* In pages, which is what a bus can map. */
	package->data = __vmalloc(size, gfp | __GFP_NOWARN);
	if (!package->data) {
		kfree(package);
		return NULL;
	}
	memcpy(package->data, data, size);
	package->size = size;
	return package;
}

void fovea_package_free(struct fovea_package *package)
{
	if (!package)
		return;
	vfree(package->data);
	kfree(package);
}

/* A kernel that has no SHA-256 at all says so when the module is loaded. */
static int fovea_package_check_hash(const struct fs1_package *contents,
				    struct fovea_event_network *event)
{
#if IS_REACHABLE(CONFIG_CRYPTO_LIB_SHA256)
	u8 hash[SHA256_DIGEST_SIZE];
	__le32 is, should;

	static_assert(sizeof(hash) == sizeof(contents->hash));
	sha256(contents->hashed.data, contents->hashed.length, hash);
	if (!memcmp(hash, contents->hash, sizeof(hash)))
		return 0;
	memcpy(&is, contents->hash, sizeof(is));
	memcpy(&should, hash, sizeof(should));
	event->fault = FS1_PACKAGE_CHANGED;
	event->offset = offsetof(struct fs1_package_header, hash);
	event->value = le32_to_cpu(is);
	event->limit = le32_to_cpu(should);
	return -EINVAL;
#else
	return 0;
#endif
}

/* 0: a key of the keyring has signed it. */
static int fovea_package_verify(struct fovea_device *fovea,
				const struct fs1_package *contents)
{
#ifdef CONFIG_SYSTEM_DATA_VERIFICATION
	int r;

	if (!contents->signature.data)
		return -ENODATA;
	r = verify_pkcs7_signature(contents->content.data,
				   contents->content.length,
				   contents->signature.data,
				   contents->signature.length, fovea_keyring,
				   VERIFYING_UNSPECIFIED_SIGNATURE, NULL, NULL);
	if (r)
		dev_notice(fovea->dev,
			   "network %*phN: its signature doesn't count: error %d\n",
			   FS1_PACKAGE_HASH, contents->hash, -r);
	return r;
#else
	return -EOPNOTSUPP;
#endif
}

static int fovea_package_look(struct fovea_device *fovea,
			      struct fovea_package *package,
			      struct fs1_package *contents,
			      struct fovea_event_network *event)
{
	struct fs1_package_refusal refusal;
	int r;

	event->stage = FOVEA_STAGE_CHECK;
	if (!fs1_package_read(package->data, package->size, contents,
			      &refusal)) {
		event->fault = refusal.fault;
		event->offset = refusal.offset;
		event->value = refusal.value;
		event->limit = refusal.limit;
		return -EINVAL;
	}
	r = fovea_package_check_hash(contents, event);
	if (r)
		return r;
	memcpy(package->hash, contents->hash, sizeof(package->hash));
	memcpy(package->name, contents->name, sizeof(package->name));
	memcpy(package->version, contents->version, sizeof(package->version));

	event->stage = FOVEA_STAGE_SIGNATURE;
	package->is_signed = !fovea_package_verify(fovea, contents);
	if (!package->is_signed && !READ_ONCE(unsigned_networks))
		return -EKEYREJECTED;
	return 0;
}

int fovea_package_check(struct fovea_device *fovea,
			struct fovea_package *package,
			struct fovea_event_network *event)
{
	struct fs1_package *contents;
	int r;

	contents = kzalloc(sizeof(*contents), GFP_KERNEL);
	if (!contents)
		return -ENOMEM;
	r = fovea_package_look(fovea, package, contents, event);
	kfree(contents);
	return r;
}

int fovea_package_init(void)
{
	if (!IS_REACHABLE(CONFIG_CRYPTO_LIB_SHA256))
		pr_warn("fovea: this kernel has no SHA-256: hashes of networks aren't compared\n");
#ifdef CONFIG_SYSTEM_DATA_VERIFICATION
	fovea_keyring = keyring_alloc(".fovea", GLOBAL_ROOT_UID,
				      GLOBAL_ROOT_GID, current_cred(),
				      KEY_POS_SEARCH | KEY_USR_VIEW |
				      KEY_USR_READ | KEY_USR_WRITE |
				      KEY_USR_SEARCH | KEY_USR_SETATTR,
				      KEY_ALLOC_NOT_IN_QUOTA, NULL, NULL);
	return PTR_ERR_OR_ZERO(fovea_keyring);
#else
	pr_info("fovea: this kernel verifies no signatures: all networks count as unsigned\n");
	return 0;
#endif
}

void fovea_package_exit(void)
{
#ifdef CONFIG_SYSTEM_DATA_VERIFICATION
	key_revoke(fovea_keyring);
	key_put(fovea_keyring);
#endif
}
