# SPDX-License-Identifier: Apache-2.0
"""The FS-1 in software, for pictures to train and to test with."""

import ctypes
import glob
import hashlib
import os
import subprocess

import numpy as np

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ARRAY_WIDTH = 4056
ARRAY_HEIGHT = 3040
VIEWS_MAX = 4
STATUS_OK = 0


class Shot(ctypes.Structure):
    """struct meter_shot of sensor.c."""

    _fields_ = [(name, ctypes.c_uint32) for name in (
        "exposure", "gain", "red", "blue", "seed", "width", "height", "count")
    ] + [("crop", ctypes.c_uint16 * 4 * VIEWS_MAX)]


def sources():
    """The array, the pipeline and what runs them in userspace."""
    core = ("auto chart convert demosaic engine isp math memory output pattern "
            "scale scene sensor statistics strip").split()
    files = [f"driver/fs1/fs1-{name}.c" for name in core]
    files += [f"userspace/libfs1/{name}.c" for name in ("pipeline", "host", "threads")]
    return ["scripts/meter/sensor.c"] + files


def build():
    """The library's file, compiled anew when a source has changed."""
    folder = os.path.join(TOP, "build", "meter")
    files = [os.path.join(TOP, name) for name in sources()]
    headers = glob.glob(os.path.join(TOP, "driver/fs1/*.h")) + \
        glob.glob(os.path.join(TOP, "userspace/libfs1/*.h"))
    digest = hashlib.sha256()
    for name in files + sorted(headers):
        with open(name, "rb") as file:
            digest.update(file.read())
    library = os.path.join(folder, f"sensor-{digest.hexdigest()[:16]}.so")
    if not os.path.exists(library):
        os.makedirs(folder, exist_ok=True)
        part = f"{library}.{os.getpid()}"
        subprocess.run(
            [os.environ.get("CC", "cc"), "-std=c17", "-D_GNU_SOURCE", "-O3", "-fPIC",
             "-shared", "-pthread", "-ffunction-sections", "-Wl,--gc-sections",
             "-I" + os.path.join(TOP, "driver/fs1"),
             "-I" + os.path.join(TOP, "userspace/libfs1"),
             "-o", part, *files, "-lm"], check=True)
        os.rename(part, library)
    return library


class Sensor:
    """An FS-1 that is shown scenes."""

    def __init__(self):
        self.library = ctypes.CDLL(build())
        self.library.meter_sensor_new.restype = ctypes.c_void_p
        self.library.meter_sensor_shoot.argtypes = [
            ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_uint32,
            ctypes.POINTER(Shot), ctypes.c_void_p]
        self.pipeline = self.library.meter_sensor_new()
        if not self.pipeline:
            raise MemoryError("no memory for the sensor")

    def shoot(self, rgb, size, crops, **settings):
        """Grey pictures of @size (width, height), one for each of @crops (left, top,
        width, height on the array) of the scene @rgb (height, width, 3)."""
        rgb = np.ascontiguousarray(rgb, np.uint8)
        shot = Shot(width=size[0], height=size[1], count=len(crops), **settings)
        for view, crop in enumerate(crops):
            shot.crop[view][:] = crop
        grey = np.empty((len(crops), size[1], size[0]), np.uint8)
        status = self.library.meter_sensor_shoot(
            self.pipeline, rgb.ctypes.data, rgb.shape[1], rgb.shape[0],
            ctypes.byref(shot), grey.ctypes.data)
        if status != STATUS_OK:
            raise ValueError(f"the sensor answered with status {status} to {crops}")
        return grey
