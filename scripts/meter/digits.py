# SPDX-License-Identifier: Apache-2.0
"""Digits as counters and displays have them: what each looks like, as a mask, and
the box that is its label.

A face draws the digits 0 to 9 as masks of one size, its cell, which is the digit's
box: as high as the digits' ink, as wide as the widest of them. A digit's box is its
cell, so that a narrow 1 has the same box as its neighbours.
"""

import functools

import numpy as np
from PIL import Image, ImageDraw, ImageFont

FONTS = "/usr/share/fonts/"

# Which of the segments a to g are lit; the lines below are other ways to draw a digit.
SEGMENTS = {
    "0": "abcdef", "1": "bc", "2": "abdeg", "3": "abcdg", "4": "bcfg",
    "5": "acdfg", "6": "acdefg", "7": "abc", "8": "abcdefg", "9": "abcdfg",
}
OTHER_SEGMENTS = {"6": "cdefg", "7": "abcf", "9": "abcfg"}

# 5 x 7 dots, a line of the digit in each number, the leftmost dot the highest bit.
DOTS = {
    "controller": [
        (14, 17, 19, 21, 25, 17, 14), (4, 12, 4, 4, 4, 4, 14),
        (14, 17, 1, 2, 4, 8, 31), (31, 2, 4, 2, 1, 17, 14),
        (2, 6, 10, 18, 31, 2, 2), (31, 16, 30, 1, 1, 17, 14),
        (6, 8, 16, 30, 17, 17, 14), (31, 1, 2, 4, 8, 8, 8),
        (14, 17, 17, 14, 17, 17, 14), (14, 17, 17, 15, 1, 2, 12)],
    "slim": [
        (14, 17, 17, 17, 17, 17, 14), (4, 12, 20, 4, 4, 4, 4),
        (14, 17, 1, 6, 8, 16, 31), (14, 17, 1, 6, 1, 17, 14),
        (1, 3, 5, 9, 31, 1, 1), (31, 16, 16, 30, 1, 1, 30),
        (14, 16, 16, 30, 17, 17, 14), (31, 1, 1, 2, 4, 4, 4),
        (14, 17, 17, 14, 17, 17, 14), (14, 17, 17, 15, 1, 1, 14)],
    "square": [
        (31, 17, 17, 17, 17, 17, 31), (2, 6, 2, 2, 2, 2, 7),
        (31, 1, 1, 31, 16, 16, 31), (31, 1, 1, 15, 1, 1, 31),
        (17, 17, 17, 31, 1, 1, 1), (31, 16, 16, 31, 1, 1, 31),
        (31, 16, 16, 31, 17, 17, 31), (31, 1, 1, 1, 1, 1, 1),
        (31, 17, 17, 31, 17, 17, 31), (31, 17, 17, 31, 1, 1, 31)],
    "round": [
        (14, 17, 17, 21, 17, 17, 14), (4, 12, 4, 4, 4, 4, 31),
        (14, 17, 1, 14, 16, 16, 31), (30, 1, 1, 14, 1, 1, 30),
        (6, 10, 18, 18, 31, 2, 2), (31, 16, 30, 1, 1, 1, 30),
        (15, 16, 16, 30, 17, 17, 14), (31, 17, 1, 2, 4, 4, 4),
        (14, 17, 17, 14, 17, 17, 14), (14, 17, 17, 15, 1, 1, 30)],
}


class Face:
    """The ten digits as masks of one size.

    @masks: for "0" to "9" an array of floats from 0 to 1, height x width
    @ghost: what of a display's digit can be seen though it isn't lit, or None
    """

    def __init__(self, masks, ghost=None):
        self.masks = masks
        self.ghost = ghost
        self.height, self.width = masks["8"].shape


@functools.lru_cache(maxsize=512)
def font_at(name, size):
    return ImageFont.truetype(FONTS + name, size)


@functools.lru_cache(maxsize=512)
def font_cell(name):
    """Left and right ends of the cell for each digit, top and bottom of all, in
    200ths of the font's size."""
    font = font_at(name, 200)
    boxes = {d: font.getbbox(d, anchor="ls") for d in "0123456789"}
    top = min(b[1] for b in boxes.values())
    bottom = max(b[3] for b in boxes.values())
    widest = max(b[2] - b[0] for b in boxes.values())
    even = len({round(font.getlength(d)) for d in boxes}) == 1
    ends = {}
    for digit, box in boxes.items():
        if even:	# as the font has them: a display's 1 stands on the right
            left = min(b[0] for b in boxes.values())
            right = max(b[2] for b in boxes.values())
        else:
            middle = (box[0] + box[2]) / 2
            left, right = middle - widest / 2, middle + widest / 2
        ends[digit] = (left, right)
    return ends, top, bottom


def font_face(name, height, stretch=1.0):
    """Digits of the font file @name, @height pixels high, @stretch as wide."""
    ends, top, bottom = font_cell(name)
    size = max(8, round(200 * height / (bottom - top)))
    font = font_at(name, size)
    scale = size / 200
    left, right = ends["8"]
    width = max(3, round((right - left) * scale))
    masks = {}
    for digit, (left, _) in ends.items():
        mask = Image.new("L", (width + 2, height), 0)
        ImageDraw.Draw(mask).text((1 - left * scale, -top * scale), digit, fill=255,
                                  font=font, anchor="ls")
        mask = mask.resize((max(3, round((width + 2) * stretch)), height),
                           Image.BILINEAR)
        masks[digit] = np.asarray(mask, np.float32) / 255
    return Face(masks)


def segment_polygons(kind, width, height, thick, gap):
    """The polygons of segments a to g in a cell of that size."""
    half = thick / 2
    x = {"l": half, "r": width - half}
    y = {"t": half, "m": height / 2, "b": height - half}
    across = {"a": "t", "g": "m", "d": "b"}
    down = {"f": ("l", "t", "m"), "b": ("r", "t", "m"),
            "e": ("l", "m", "b"), "c": ("r", "m", "b")}
    polygons = {}
    for name, line in across.items():
        x0, x1, yy = x["l"] + gap, x["r"] - gap, y[line]
        if kind in ("hexagon", "round"):
            points = [(x0, yy), (x0 + half, yy - half), (x1 - half, yy - half),
                      (x1, yy), (x1 - half, yy + half), (x0 + half, yy + half)]
        elif kind == "bar":
            points = [(x0 + half, yy - half), (x1 - half, yy - half),
                      (x1 - half, yy + half), (x0 + half, yy + half)]
        elif line == "m":
            points = [(x0, yy), (x0 + half, yy - half), (x1 - half, yy - half),
                      (x1, yy), (x1 - half, yy + half), (x0 + half, yy + half)]
        else:		# mitred: trapezia that meet in the corners
            out, into = (-half, half) if line == "t" else (half, -half)
            points = [(x0 - half, yy + out), (x1 + half, yy + out),
                      (x1 - half, yy + into), (x0 + half, yy + into)]
        polygons[name] = points
    for name, (side, above, below) in down.items():
        y0, y1, xx = y[above] + gap, y[below] - gap, x[side]
        out, into = (-half, half) if side == "l" else (half, -half)
        if kind in ("hexagon", "round"):
            points = [(xx, y0), (xx + half, y0 + half), (xx + half, y1 - half),
                      (xx, y1), (xx - half, y1 - half), (xx - half, y0 + half)]
        elif kind == "bar":
            points = [(xx - half, y0 + half), (xx + half, y0 + half),
                      (xx + half, y1 - half), (xx - half, y1 - half)]
        else:
            first, last = (y0 - half, y1) if above == "t" else (y0, y1 + half)
            points = [(xx + out, first), (xx + out, last),
                      (xx + into, y1 - half), (xx + into, y0 + half)]
        polygons[name] = points
    return polygons


def segment_face(rng, kind, height):
    """Seven segments of our own drawing, or a font of segments."""
    if kind.endswith(".ttf"):
        face = font_face(kind, height, rng.uniform(0.85, 1.05))
        face.ghost = face.masks["8"]
        return face
    width = round(height * rng.uniform(0.5, 0.62))
    thick = height * rng.uniform(0.10, 0.17)
    gap = height * rng.uniform(0.0, 0.02)
    slant = rng.choice([0.0, rng.uniform(0.05, 0.16)])
    shapes = segment_polygons(kind, width, height, thick, gap)
    other = {d for d in OTHER_SEGMENTS if rng.random() < 0.2}
    extra = slant * height
    all_width = max(3, round(width + extra))

    def draw(names):
        big = Image.new("L", (all_width * 2, height * 2), 0)
        pen = ImageDraw.Draw(big)
        for name in names:
            points = [(2 * (px + extra * (1 - py / height)), 2 * py)
                      for px, py in shapes[name]]
            pen.polygon(points, fill=255)
            if kind == "round":
                for end in (0, 3):
                    cx, cy = points[end]
                    cx += (points[3 - end][0] - cx) * 0.12
                    cy += (points[3 - end][1] - cy) * 0.12
                    pen.ellipse((cx - thick, cy - thick, cx + thick, cy + thick),
                                fill=255)
        return np.asarray(big.reduce(2), np.float32) / 255

    masks = {d: draw(OTHER_SEGMENTS[d] if d in other else names)
             for d, names in SEGMENTS.items()}
    return Face(masks, draw("abcdefg"))


def dot_face(rng, kind, height):
    """5 x 7 dots."""
    pitch = height / 7
    size = pitch * rng.uniform(0.65, 1.0)
    round_dots = rng.random() < 0.5
    aspect = rng.uniform(0.85, 1.0)
    width = max(3, round(5 * pitch * aspect))

    def draw(lines):
        big = Image.new("L", (width * 2, height * 2), 0)
        pen = ImageDraw.Draw(big)
        for row, bits in enumerate(lines):
            for column in range(5):
                if not bits >> (4 - column) & 1:
                    continue
                cx = 2 * (column + 0.5) * pitch * aspect
                cy = 2 * (row + 0.5) * pitch
                box = (cx - size * aspect, cy - size, cx + size * aspect, cy + size)
                (pen.ellipse if round_dots else pen.rectangle)(box, fill=255)
        return np.asarray(big.reduce(2), np.float32) / 255

    masks = {str(d): draw(lines) for d, lines in enumerate(DOTS[kind])}
    return Face(masks, draw((31,) * 7))
