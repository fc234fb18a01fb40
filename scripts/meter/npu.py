# SPDX-License-Identifier: Apache-2.0
"""A network package on an FS-1's neural unit in software."""

import ctypes

import numpy as np

import library

EIGHTHS = 8		# boxes of detections, of a pixel
ONE = 32768		# score that is certain
FASTEST = 0xffffffff	# way to compute


class Npu:
    """A package that is loaded."""

    def __init__(self, path, score_min=0.0, way=FASTEST):
        """@score_min: of detections, instead of the package's own
        @way: to compute, 0 is plain C"""
        self.library = library.load()
        self.library.meter_npu_new.restype = ctypes.c_void_p
        self.library.meter_npu_new.argtypes = [
            ctypes.c_char_p, ctypes.c_uint32, ctypes.c_double, ctypes.c_uint32]
        self.library.meter_npu_size.argtypes = [
            ctypes.c_void_p, ctypes.POINTER(ctypes.c_uint32),
            ctypes.POINTER(ctypes.c_uint32)]
        self.library.meter_npu_run.argtypes = [
            ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
        self.library.meter_npu_free.argtypes = [ctypes.c_void_p]
        with open(path, "rb") as file:
            data = file.read()
        self.npu = self.library.meter_npu_new(data, len(data), score_min, way)
        if not self.npu:
            raise ValueError(f"{path}: not a package that an FS-1 takes, or no way "
                             f"{way} to compute it here")
        width, height = ctypes.c_uint32(), ctypes.c_uint32()
        self.outputs = np.empty(self.library.meter_npu_size(self.npu, width, height),
                                np.uint8)
        self.size = width.value, height.value

    def __del__(self):
        if getattr(self, "npu", None):
            self.library.meter_npu_free(self.npu)

    def run(self, picture):
        """Bytes of all outputs for a picture as the sensor gives it to the unit."""
        if picture.shape[:2] != self.size[::-1]:
            raise ValueError(f"a picture of {picture.shape[1]} x {picture.shape[0]}; "
                             f"the network wants {self.size[0]} x {self.size[1]}")
        picture = np.ascontiguousarray(picture, np.uint8)
        self.first = self.library.meter_npu_run(self.npu, picture.ctypes.data,
                                                self.outputs.ctypes.data)
        return self.outputs

    def detect(self, pictures):
        """What the network finds in each of @pictures: boxes, scores, classes."""
        found = []
        for picture in pictures:
            self.run(picture)
            rows = self.outputs[:self.first].view("<i2").reshape(-1, 6).astype(float)
            rows = rows[rows[:, 4] > 0]
            found.append((rows[:, :4] / EIGHTHS, rows[:, 4] / ONE,
                          rows[:, 5].astype(int)))
        return found
