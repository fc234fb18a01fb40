# SPDX-License-Identifier: Apache-2.0
"""C of the project as a library that Python can call: the FS-1 in software, and what
makes readings of detections."""

import ctypes
import glob
import hashlib
import os
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDERS = ("driver/fs1", "userspace/libfs1", "userspace", "uapi")
HEADERS = ("driver/fs1/*.h", "userspace/libfs1/*.h", "userspace/libfovea/reading.h",
           "uapi/linux/*.h")


def sources():
    """The core, what runs it in userspace, and the functions for Python."""
    runs = "host npu npu-avx2 npu-avx2-product npu-neon pipeline threads".split()
    return (sorted(glob.glob(os.path.join(TOP, "driver/fs1/fs1-*.c"))) +
            [os.path.join(TOP, f"userspace/libfs1/{name}.c") for name in runs] +
            [os.path.join(TOP, name) for name in (
                "userspace/libfovea/reading.c", "scripts/meter/sensor.c",
                "scripts/meter/npu.c")])


def build():
    """The library's file, compiled anew when a source or a header has changed."""
    folder = os.path.join(TOP, "build", "meter")
    files = sources()
    headers = [path for pattern in HEADERS
               for path in sorted(glob.glob(os.path.join(TOP, pattern)))]
    digest = hashlib.sha256()
    for path in files + headers:
        with open(path, "rb") as file:
            digest.update(file.read())
    library = os.path.join(folder, f"fs1-{digest.hexdigest()[:16]}.so")
    if not os.path.exists(library):
        os.makedirs(folder, exist_ok=True)
        part = f"{library}.{os.getpid()}"
        subprocess.run(
            [os.environ.get("CC", "cc"), "-std=c17", "-D_GNU_SOURCE", "-O3", "-fPIC",
             "-shared", "-pthread", *("-I" + os.path.join(TOP, path)
                                      for path in FOLDERS),
             "-o", part, *files, "-lm"], check=True)
        os.rename(part, library)
    return library


def load():
    return ctypes.CDLL(build())
