// SPDX-License-Identifier: GPL-2.0-only
/*
 * For the tests of suspend in a virtual machine whose file system comes from the
 * host by virtio: virtio-9p can't be suspended, the kernel resets it and nobody
 * sets it up again. While this module is loaded all virtio devices stay as they
 * are when the system is suspended, like what the system itself needs last.
 *
 * Copyright The Fovea authors
 */
#include <linux/device.h>
#include <linux/module.h>
#include <linux/pci.h>

#define FOVEA_AWAKE_ID_FIRST	0x1000
#define FOVEA_AWAKE_ID_LAST	0x107f

static int fovea_awake_set(struct device *dev, void *data)
{
	const bool *awake = data;

	dev_pm_syscore_device(dev, *awake);
	return device_for_each_child(dev, data, fovea_awake_set);
}

static void fovea_awake_set_all(bool awake)
{
	struct pci_dev *pdev = NULL;

	for_each_pci_dev(pdev)
		if (pdev->vendor == PCI_VENDOR_ID_REDHAT_QUMRANET &&
		    pdev->device >= FOVEA_AWAKE_ID_FIRST &&
		    pdev->device <= FOVEA_AWAKE_ID_LAST)
			fovea_awake_set(&pdev->dev, &awake);
}

static int __init fovea_awake_init(void)
{
	fovea_awake_set_all(true);
	return 0;
}

static void __exit fovea_awake_exit(void)
{
	fovea_awake_set_all(false);
}

module_init(fovea_awake_init);
module_exit(fovea_awake_exit);

MODULE_AUTHOR("The Fovea authors");
MODULE_DESCRIPTION("Keeps virtio devices awake, for tests");
MODULE_LICENSE("GPL");
