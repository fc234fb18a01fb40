# SPDX-License-Identifier: Apache-2.0
"""Sets of pictures on the disk, made once, and batches of parts of them."""

import os
import time

import numpy as np

import library
import scenes
import sensor

CHUNK = 25		# scenes in a file
PART_WIDTH, PART_HEIGHT = 128, 96	# that training looks at; multiples of 16


class OutOfTime(Exception):
    """What was asked for needs another portion."""


def chunk_path(which, seed, number):
    folder = os.path.join(library.TOP, "build", "meter", f"scenes-{seed}")
    os.makedirs(folder, exist_ok=True)
    return os.path.join(folder, f"{which}-{number:04d}.npz")


def make_set(which, seed, count, deadline, say):
    """Make what is missing of the first @count scenes of a set."""
    camera = sensor.Sensor()
    for number in range((count + CHUNK - 1) // CHUNK):
        path = chunk_path(which, seed, number)
        if os.path.exists(path):
            continue
        if time.monotonic() > deadline:
            raise OutOfTime
        began = time.monotonic()
        pictures, labels = [], []
        for index in range(number * CHUNK, (number + 1) * CHUNK):
            seen, rows = scenes.make(camera, which, seed, index)
            rows["view"] += scenes.VIEWS * (index - number * CHUNK)
            pictures.append(seen)
            labels.append(rows)
        part = f"{path}.{os.getpid()}.npz"
        np.savez(part, pictures=np.concatenate(pictures), labels=np.concatenate(labels))
        os.rename(part, path)
        say(f"{which} scenes {number * CHUNK} to {(number + 1) * CHUNK - 1}: "
            f"{time.monotonic() - began:.1f} s")


def read_set(which, seed, count):
    """Pictures, N x height x width, and for each its LABELs."""
    pictures, labels = [], []
    for number in range((count + CHUNK - 1) // CHUNK):
        with np.load(chunk_path(which, seed, number)) as chunk:
            pictures.append(chunk["pictures"])
            rows = chunk["labels"]
        labels += [rows[rows["view"] == view] for view in range(len(pictures[-1]))]
    views = count * scenes.VIEWS
    return np.concatenate(pictures)[:views], labels[:views]


def part(rng, picture, rows):
    """A part of a picture, and what there is in it: rows of digit, ignore, box."""
    boxes = rows["box"]
    good = np.flatnonzero(~rows["ignore"])
    most = np.array([scenes.WIDTH - PART_WIDTH, scenes.HEIGHT - PART_HEIGHT])
    if len(good) and rng.random() < 0.88:
        box = boxes[good[rng.integers(len(good))]]
        low = np.ceil(box[2:] - (PART_WIDTH, PART_HEIGHT)).clip(0, most)
        high = np.floor(box[:2]).clip(0, most)
        low, high = np.minimum(low, high), np.maximum(low, high)
    else:
        low, high = np.zeros(2), most
    left, top = rng.integers(low.astype(int), high.astype(int) + 1)
    pixels = picture[top:top + PART_HEIGHT, left:left + PART_WIDTH].astype(np.float32)
    moved = boxes - np.array([left, top, left, top], np.float32)
    inside = moved.clip(0, (PART_WIDTH, PART_HEIGHT, PART_WIDTH, PART_HEIGHT))
    area = np.prod(inside[:, 2:] - inside[:, :2], 1)
    share = area / np.prod(moved[:, 2:] - moved[:, :2], 1)
    ignore = rows["ignore"] | (share < scenes.VISIBLE)
    labels = [(int(digit), bool(skip), *box) for digit, skip, box, seen
              in zip(rows["digit"], ignore, inside, share) if seen > 0.02]
    # Other light than the sensor had, and ink and ground exchanged.
    if rng.random() < 0.2:
        pixels = 255 - pixels
    pixels = pixels * rng.uniform(0.7, 1.35) + rng.uniform(-25, 25)
    return pixels.clip(0, 255), labels


def batch(seed, step, size, pictures, labels):
    """The batch of a step: always the same one."""
    rng = np.random.default_rng([seed, 2, step])
    chosen = rng.integers(len(pictures), size=size)
    parts = [part(rng, pictures[number], labels[number]) for number in chosen]
    return np.stack([p for p, _ in parts]), [rows for _, rows in parts]
