# SPDX-License-Identifier: Apache-2.0
"""The FS-1 in software, for pictures to train and to test with."""

import ctypes

import numpy as np

import library

ARRAY_WIDTH = 4056
ARRAY_HEIGHT = 3040
VIEWS_MAX = 4
STATUS_OK = 0


class Shot(ctypes.Structure):
    """struct meter_shot of sensor.c."""

    _fields_ = [(name, ctypes.c_uint32) for name in (
        "exposure", "gain", "red", "blue", "seed", "width", "height", "count")
    ] + [("crop", ctypes.c_uint16 * 4 * VIEWS_MAX)]


class Sensor:
    """An FS-1 that is shown scenes."""

    def __init__(self):
        self.library = library.load()
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
