#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Photographs with meters in them, for the demo: what falls onto the sensor, and what
can be read there.

Backgrounds, fonts and segments are those of the held-out set: the network has seen
none of them. A meter is as large as the network wants it when it looks at the whole
array. Writes NN.rgb (pixels of 3 bytes) and scenes.json:
{ "width", "height", "scenes": [ { "file", "displays": [ { "text", "left", "top",
"width", "height" } ] } ] }, in pixels of the scene.
"""

import argparse
import json
import os

import numpy as np

import scenes

# Heights of digits, in pixels of the scene; 4 of them are one of the network's input.
LOW, HIGH = 55.0, 130.0


def draw(seed, index):
    """A scene with one or two meters: pixels, and their digits."""
    rng = np.random.default_rng([seed, 0xde30, index])
    scene = scenes.background(rng, "held-out")
    width, height = scenes.SCENE_WIDTH, scenes.SCENE_HEIGHT
    rows = int(rng.integers(1, 3))
    displays = []
    for row in range(rows):
        region = (30, 25 + row * height / rows, width - 60, height / rows - 50)
        count = int(rng.integers(4, 7))
        high = min(HIGH, region[2] / (0.95 * count + 1), region[3] / 2.2)
        size = rng.uniform(LOW, max(LOW + 5, high))
        quads, _ = scenes.place(rng, scene, region, "held-out", size, count)
        displays.append(quads)
    return scenes.light_up(rng, scene), displays


def label(quads):
    """A display's digits and the box around them."""
    points = np.concatenate([quad for _, quad in quads])
    low, high = points.min(0), points.max(0)
    return {"text": "".join(str(digit) for digit, _ in quads),
            "left": float(low[0]), "top": float(low[1]),
            "width": float(high[0] - low[0]), "height": float(high[1] - low[1])}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("folder")
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    table = {"width": scenes.SCENE_WIDTH, "height": scenes.SCENE_HEIGHT, "scenes": []}
    for index in range(options.count):
        scene, displays = draw(options.seed, index)
        name = f"{index + 1:02d}.rgb"
        with open(os.path.join(options.folder, name), "wb") as file:
            file.write(np.asarray(scene.convert("RGB")).tobytes())
        # Small, for the report.
        scene.save(os.path.join(options.folder, f"{index + 1:02d}.jpg"), quality=80)
        table["scenes"].append({"file": name,
                                "displays": [label(quads) for quads in displays]})
    with open(os.path.join(options.folder, "scenes.json"), "w",
              encoding="utf-8") as file:
        json.dump(table, file, indent=1)


if __name__ == "__main__":
    main()
