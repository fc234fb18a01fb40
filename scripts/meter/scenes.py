# SPDX-License-Identifier: Apache-2.0
"""Synthetic scenes with counters and displays, seen through the FS-1.

A scene is a photograph with one to six displays in it; the sensor gives four grey
pictures of parts of it. Scene i of a set is made of random numbers that depend on
the seed, the set and i only, so that each can be made again alone.
"""

import csv
import functools
import os

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

import digits
import library
import sensor

FOLDER = os.path.dirname(os.path.abspath(__file__))
SETS = ("train", "held-out")
WIDTH, HEIGHT = 256, 192	# the network's input
SCENE_WIDTH, SCENE_HEIGHT = 1014, 760
ARRAY = 4		# array pixels for each of the scene
VIEWS = 4
LOWEST = 9.0		# digits that are less high count for nothing, pixels
VISIBLE = 0.75		# likewise those of which less than this is in the picture

# What a label is: an array of these, one for each digit of a picture.
# @length is of the whole display, some digits of which may be outside.
LABEL = np.dtype([("view", "i4"), ("digit", "i2"), ("display", "i2"), ("length", "i2"),
                  ("ignore", "?"), ("box", "f4", 4)])


@functools.lru_cache(maxsize=None)
def split(which, kind):
    """Names of that kind ("photograph", "font", ...) in a set, in the file's order."""
    with open(os.path.join(FOLDER, "split.csv"), newline="") as file:
        return tuple(row["Name"] for row in csv.DictReader(file)
                     if row["Set"] == which and row["Kind"] == kind)


@functools.lru_cache(maxsize=None)
def missing():
    """Fonts of both sets that aren't installed."""
    fonts = [name for which in SETS for kind in ("font", "segments")
             for name in split(which, kind) if "." in name]
    return [name for name in fonts if not os.path.exists(digits.FONTS + name)]


def photograph(name):
    """A photograph of Documentation/photographs.csv, at most 1600 pixels wide."""
    table = os.path.join(library.TOP, "Documentation", "photographs.csv")
    with open(table, newline="") as file:
        path = {os.path.basename(row["File"]): row["File"]
                for row in csv.DictReader(file)}[name]
    with Image.open(path) as picture:
        picture.draft("RGB", (1600, 1200))
        picture = picture.convert("RGB")
    picture.thumbnail((1600, 1600), Image.BILINEAR)
    return picture


def background(rng, which):
    """A part of a photograph, of the scene's size."""
    names = split(which, "photograph")
    picture = photograph(names[rng.integers(len(names))])
    share = rng.uniform(0.35, 1.0)
    width = min(picture.width, picture.height * 4 / 3) * share
    height = width * 3 / 4
    left = rng.uniform(0, picture.width - width)
    top = rng.uniform(0, picture.height - height)
    picture = picture.resize((SCENE_WIDTH, SCENE_HEIGHT), Image.BILINEAR,
                             (left, top, left + width, top + height))
    if rng.random() < 0.5:
        picture = picture.transpose(Image.FLIP_LEFT_RIGHT)
    return picture


def luma(colour):
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255


def shade(rng, low, high, tint=20):
    """A nearly grey colour of that brightness, 0 to 255."""
    level = rng.uniform(low, high)
    return tuple(float(np.clip(level + rng.uniform(-tint, tint), 0, 255))
                 for _ in range(3))


def field(rng, low, high, size, rows=3, columns=4):
    """A smooth random field of bytes, @low to @high."""
    small = rng.uniform(low, high, (rows, columns))
    return Image.fromarray(small.astype(np.uint8)).resize(size, Image.BICUBIC)


class Panel:
    """A display, flat: pixels from 0 to 255, height x width x 3, and its digits.

    @cells: (digit, left, top, right, bottom) each, pixels
    """

    def __init__(self, pixels, cells):
        self.pixels = pixels
        self.cells = cells


def blend(pixels, mask, left, top, colour):
    """Draw @mask in @colour at a place; what lies outside is left out."""
    height, width = pixels.shape[:2]
    x0, y0 = max(left, 0), max(top, 0)
    x1, y1 = min(left + mask.shape[1], width), min(top + mask.shape[0], height)
    if x0 >= x1 or y0 >= y1:
        return
    part = mask[y0 - top:y1 - top, x0 - left:x1 - left, None]
    area = pixels[y0:y1, x0:x1]
    area += part * (np.asarray(colour, np.float32) - area)


def random_text(rng, count):
    """Digits: all alike, as often as a counter has leading zeros."""
    text = "".join(str(rng.integers(10)) for _ in range(count))
    zeros = int(rng.integers(count)) if rng.random() < 0.15 else 0
    return "0" * zeros + text[zeros:]


def odometer(rng, which, height, count):
    """Drums with digits behind windows."""
    names = split(which, "font")
    face = digits.font_face(names[rng.integers(len(names))], height,
                            rng.uniform(0.8, 1.15))
    text = random_text(rng, count)
    pitch = round(face.width * rng.uniform(1.12, 1.7))
    tall = round(height * rng.uniform(1.15, 1.7))
    margin = round(height * rng.uniform(0.05, 0.4))
    gap = round(pitch * rng.choice([0.0, rng.uniform(0.02, 0.14)]))
    dark = rng.random() < 0.55
    drum = shade(rng, 5, 60) if dark else shade(rng, 150, 250)
    ink = shade(rng, 190, 255) if dark else shade(rng, 0, 60)
    reds = int(rng.integers(0, 4)) if rng.random() < 0.5 else 0
    frame = shade(rng, 0, 255)
    pixels = np.empty((tall + 2 * margin, pitch * count + 2 * margin, 3), np.float32)
    pixels[:] = frame
    rounding = rng.uniform(0, 0.6)
    angle = np.linspace(-1, 1, tall)
    light = (1 - rounding * angle ** 2)[:, None, None].astype(np.float32)
    jitter = height * rng.choice([0.0, 0.03, 0.06])
    rolling = rng.random() < 0.25
    cells = []
    for place, digit in enumerate(text):
        window = np.empty((tall, pitch - gap, 3), np.float32)
        colour, on = ink, drum
        if place >= count - reds:
            red = (rng.uniform(150, 220), rng.uniform(10, 50), rng.uniform(10, 50))
            colour, on = (ink, red) if dark else (red, drum)
        window[:] = on
        left = (pitch - gap - face.width) // 2
        shift = rng.uniform(-jitter, jitter)
        if rolling and place == count - 1:
            shift = rng.uniform(-0.2, 0.2) * height
        top = round((tall - height) / 2 + shift)
        blend(window, face.masks[digit], left, top, colour)
        step = round(height * 1.25)	# the neighbours on the drum
        blend(window, face.masks[str((int(digit) + 1) % 10)], left, top + step, colour)
        blend(window, face.masks[str((int(digit) - 1) % 10)], left, top - step, colour)
        x = margin + place * pitch + gap // 2
        pixels[margin:margin + tall, x:x + pitch - gap] = window * light
        cells.append((int(digit), x + left, margin + top, x + left + face.width,
                      margin + top + height))
    return Panel(pixels, cells)


def row(rng, face, text, height, on, ink, ghost, stretch):
    """Digits beside each other on a plain ground, with perhaps a decimal point."""
    pitch = round(face.width * stretch)
    margin_x = round(height * rng.uniform(0.15, 0.6))
    margin_y = round(height * rng.uniform(0.12, 0.5))
    point = int(rng.integers(1, len(text))) if rng.random() < 0.35 else None
    room = round(height * rng.uniform(0.0, 0.25)) if point else 0
    width = pitch * len(text) + 2 * margin_x + room
    pixels = np.empty((height + 2 * margin_y, width, 3), np.float32)
    pixels[:] = on
    cells = []
    for place, digit in enumerate(text):
        x = margin_x + place * pitch + (pitch - face.width) // 2
        if point and place >= point:
            x += room
        if ghost and face.ghost is not None:
            colour = [a + (b - a) * ghost for a, b in zip(on, ink)]
            blend(pixels, face.ghost, x, margin_y, colour)
        blend(pixels, face.masks[digit], x, margin_y, ink)
        cells.append((int(digit), x, margin_y, x + face.width, margin_y + height))
    if point:
        size = max(2, round(height * rng.uniform(0.08, 0.14)))
        x = margin_x + point * pitch + (room - size) // 2
        dot = np.ones((size, size), np.float32)
        blend(pixels, dot, x, margin_y + height - size, ink)
        if rng.random() < 0.25:		# a clock's
            blend(pixels, dot, x, margin_y + height // 3, ink)
    return Panel(pixels, cells)


# As a sensor sees them: the brightest channel is clipped, the others aren't dark.
LEDS = ((255, 90, 70), (255, 110, 100), (90, 255, 120), (255, 190, 80),
        (140, 190, 255), (240, 250, 255), (120, 255, 230))


def lit_colours(rng):
    """Ground, ink and how much is seen of what isn't lit: a LED or a LCD."""
    if rng.random() < 0.55:
        colour = np.array(LEDS[rng.integers(len(LEDS))]) * rng.uniform(0.75, 1.0)
        ground = shade(rng, 2, 40, 8)
        ghost = rng.uniform(0.03, 0.15) if rng.random() < 0.5 else 0
        return ground, tuple(colour), ghost, True
    ground = np.array(shade(rng, 110, 210, 12)) * (0.95, 1.0, rng.uniform(0.75, 1.0))
    ink = shade(rng, 5, 60, 10)
    ghost = rng.uniform(0.03, 0.14) if rng.random() < 0.5 else 0
    if rng.random() < 0.15:		# negative
        ground, ink = ink, tuple(ground)
    return tuple(ground), ink, ghost, False


def glow(rng, panel, height):
    """What a LED lights up around itself."""
    picture = Image.fromarray(panel.pixels.clip(0, 255).astype(np.uint8))
    blurred = picture.filter(ImageFilter.GaussianBlur(height * rng.uniform(0.03, 0.12)))
    blurred = blurred.point([round(v * 0.6) for v in range(256)] * 3)
    panel.pixels = np.asarray(ImageChops.screen(picture, blurred), np.float32)
    return panel


def lit(rng, which, height, count, kind):
    """Seven segments, or dots."""
    names = split(which, kind)
    name = names[rng.integers(len(names))]
    draw = digits.segment_face if kind == "segments" else digits.dot_face
    face = draw(rng, name, height)
    ground, ink, ghost, led = lit_colours(rng)
    stretch = rng.uniform(1.15, 1.5) if kind == "segments" else rng.uniform(1.15, 1.35)
    panel = row(rng, face, random_text(rng, count), height, ground, ink, ghost, stretch)
    return glow(rng, panel, height) if led and rng.random() < 0.6 else panel


def printed(rng, which, height, count):
    """Digits of a font on a plain ground, as on displays of pixels or on labels."""
    names = split(which, "font")
    face = digits.font_face(names[rng.integers(len(names))], height,
                            rng.uniform(0.85, 1.1))
    dark = rng.random() < 0.5
    ground = shade(rng, 0, 90) if dark else shade(rng, 130, 250)
    ink = shade(rng, luma(ground) * 255 + 100, 255) if dark else \
        shade(rng, 0, luma(ground) * 255 - 90)
    return row(rng, face, random_text(rng, count), height, ground, ink, 0,
               rng.uniform(1.06, 1.4))


WORDS = ("kWh", "m\u00b3", "rpm", "bar", "kPa", "\u00b0C", "max", "min", "temp", "HOUR", "Type",
         "WATER", "AC", "Watt", "Phase", "mA", "Hz", "pump", "ALARM", "run", "km/h",
         "NET", "TARE", "kg", "Meter", "Power", "heat", "QUARTZ", "mbar", "Unit")


def housing(rng, which, panel, height):
    """The panel in a case, with words on it: pixels and mask, and the panel's cells
    moved along."""
    tall, wide = panel.pixels.shape[:2]
    room = [round(height * rng.uniform(0.0, 0.8)) for _ in range(4)]
    if rng.random() < 0.15:
        room = [0] * 4
    size = (wide + room[0] + room[2], tall + room[1] + room[3])
    base = shade(rng, 10, 245, 25)
    case = Image.new("RGB", size, tuple(map(round, base)))
    pen = ImageDraw.Draw(case)
    names = split(which, "font")
    other = tuple(map(round, shade(rng, 0, 90) if luma(base) > 0.5
                      else shade(rng, 170, 255)))
    for above in (True, False):
        space = room[1] if above else room[3]
        if space < height * 0.25 or rng.random() < 0.4:
            continue
        letters = max(8, round(space * rng.uniform(0.35, 0.75)))
        font = digits.font_at(names[rng.integers(len(names))], letters)
        text = WORDS[rng.integers(len(WORDS))]
        pen.text((rng.uniform(0.05, 0.6) * size[0],
                  space / 2 if above else size[1] - space / 2), text, fill=other,
                 font=font, anchor="lm")
    for _ in range(int(rng.integers(0, 3))):	# screws, buttons, lines
        if room[1] + room[3] < height * 0.3:
            break
        radius = height * rng.uniform(0.05, 0.2)
        x = rng.uniform(0, size[0])
        y = room[1] / 2 if rng.random() < 0.5 else size[1] - room[3] / 2
        pen.ellipse((x - radius, y - radius, x + radius, y + radius),
                    fill=tuple(map(round, shade(rng, 0, 255))))
    case.paste(Image.fromarray(panel.pixels.clip(0, 255).astype(np.uint8)),
               (room[0], room[1]))
    if rng.random() < 0.5:
        edge = max(1, round(height * rng.uniform(0.02, 0.08)))
        pen.rectangle((room[0] - edge, room[1] - edge, room[0] + wide, room[1] + tall),
                      outline=tuple(map(round, shade(rng, 0, 255))), width=edge)
    mask = Image.new("L", size, 0)
    ImageDraw.Draw(mask).rounded_rectangle(
        (0, 0, size[0] - 1, size[1] - 1), radius=round(height * rng.uniform(0, 0.3)),
        fill=255)
    cells = [(d, a + room[0], b + room[1], c + room[0], e + room[1])
             for d, a, b, c, e in panel.cells]
    return case, mask, cells


def homography(source, target):
    """The 3 x 3 matrix that takes four points to four others."""
    rows = []
    for (x, y), (u, v) in zip(source, target):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, v])
    rows = np.array(rows)
    solution = np.linalg.solve(rows[:, :8], rows[:, 8])
    return np.append(solution, 1).reshape(3, 3)


def project(matrix, points):
    points = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return points[:, :2] / points[:, 2:]


def place(rng, scene, region, which, height, count):
    """Put a display into @region (left, top, width, height) of the scene; give its
    digits as quadrilaterals in the scene, and how high they are."""
    draws = (odometer, lambda *a: lit(*a, "segments"), lambda *a: lit(*a, "dots"),
             printed)
    draw = draws[rng.choice(4, p=(0.35, 0.33, 0.14, 0.18))]
    fine = max(24, round(1.6 * height))		# drawn larger than it will be
    panel = draw(rng, which, fine, count)
    case, mask, cells = housing(rng, which, panel, fine)
    scale = height / fine
    roll = np.radians(rng.normal(0, 3.5)) if rng.random() < 0.8 else 0.0
    corners = np.array([(0, 0), (case.width, 0), (case.width, case.height),
                        (0, case.height)], float)
    centred = (corners - corners.mean(0)) * scale * (rng.uniform(0.88, 1.0), 1.0)
    turn = np.array([[np.cos(roll), -np.sin(roll)], [np.sin(roll), np.cos(roll)]])
    quad = centred @ turn.T
    quad += rng.uniform(-0.06, 0.06, (4, 2)) * min(quad.ptp(0))
    extent = quad.ptp(0)
    shrink = min(1.0, region[2] / extent[0], region[3] / extent[1])
    quad *= shrink
    extent = extent * shrink
    free = np.array(region[2:]) - extent
    quad += np.array(region[:2]) + rng.uniform(0, 1, 2) * free - quad.min(0)
    low = np.floor(quad.min(0)).astype(int) - 2
    high = np.ceil(quad.max(0)).astype(int) + 2
    size = tuple(high - low)
    matrix = homography(corners, quad)
    inverse = np.linalg.inv(homography(corners, quad - low))
    inverse /= inverse[2, 2]
    factor = 1 / (scale * shrink)
    if factor > 1.8:		# what becomes much smaller is averaged first
        case = case.filter(ImageFilter.BoxBlur(factor / 4))
    coefficients = inverse.ravel()[:8]
    warped = case.transform(size, Image.PERSPECTIVE, coefficients, Image.BILINEAR)
    cover = mask.transform(size, Image.PERSPECTIVE, coefficients, Image.BILINEAR)
    if rng.random() < 0.5:		# light and reflections on the glass
        light = field(rng, 110, 255, size)
        warped = ImageChops.multiply(warped, Image.merge("RGB", [light] * 3))
    if rng.random() < 0.3:
        gleam = field(rng, 0, rng.uniform(30, 130), size, 2, 5)
        warped = ImageChops.screen(warped, Image.merge("RGB", [gleam] * 3))
    blur = rng.uniform(0, 0.04) * height * shrink
    if blur > 0.25:
        warped = warped.filter(ImageFilter.GaussianBlur(blur))
    if rng.random() < 0.15:		# it or the sensor moves
        distance = max(1, round(rng.uniform(0.02, 0.08) * height * shrink))
        step = (distance, 0) if rng.random() < 0.5 else (0, distance)
        warped = Image.blend(warped, ImageChops.offset(warped, *step), 0.5)
    scene.paste(warped, tuple(low), cover)
    quads = [(d, project(matrix, np.array([(a, b), (c, b), (c, e), (a, e)])))
             for d, a, b, c, e in cells]
    return quads, height * shrink


def regions(rng):
    """How the scene is divided among displays: left, top, width, height."""
    columns, rows = ((2, 2), (1, 2), (2, 3), (1, 1))[
        rng.choice(4, p=(0.5, 0.25, 0.15, 0.1))]
    wide, tall = SCENE_WIDTH / columns, SCENE_HEIGHT / rows
    return [(c * wide + 6, r * tall + 6, wide - 12, tall - 12)
            for r in range(rows) for c in range(columns)]


def view_of(rng, quads, height):
    """The part of the scene that shows a display as large as chance wants: left,
    top, width, height on the array."""
    points = np.concatenate([q for _, q in quads])
    low, high = points.min(0), points.max(0)
    wanted = np.exp(rng.uniform(np.log(10), np.log(54)))
    most = min(SCENE_WIDTH / WIDTH, SCENE_HEIGHT / HEIGHT)
    scale = np.clip(height / wanted, 1.0, most)
    if rng.random() < 0.9:		# all of its digits
        need = (high - low + 8) / (WIDTH, HEIGHT)
        scale = min(max(scale, need.max()), most)
    size = np.array([WIDTH, HEIGHT]) * scale
    least = np.maximum(0, high + 3 - size)
    greatest = np.minimum((SCENE_WIDTH, SCENE_HEIGHT) - size, low - 3)
    corner = rng.uniform(np.minimum(least, greatest), np.maximum(least, greatest))
    corner = corner.clip(0, (SCENE_WIDTH, SCENE_HEIGHT) - size)
    width, height = (2 * round(v * ARRAY / 2) for v in size)
    left = min(2 * int(corner[0] * ARRAY / 2), sensor.ARRAY_WIDTH - width)
    top = min(2 * int(corner[1] * ARRAY / 2), sensor.ARRAY_HEIGHT - height)
    return left, top, width, height


def labels_of(view, crop, displays):
    """What of the displays lies in a view, in pixels of the network's input."""
    found = []
    scale = np.array([WIDTH / crop[2], HEIGHT / crop[3]])
    for number, quads in enumerate(displays):
        for digit, quad in quads:
            points = (quad * ARRAY - crop[:2]) * scale
            low, high = points.min(0), points.max(0)
            inside_low = low.clip(0, (WIDTH, HEIGHT))
            inside_high = high.clip(0, (WIDTH, HEIGHT))
            seen = np.prod(inside_high - inside_low) / np.prod(high - low)
            if seen <= 0.02:
                continue
            ignore = bool(seen < VISIBLE or high[1] - low[1] < LOWEST)
            found.append((view, digit, number, len(quads), ignore,
                          (*inside_low, *inside_high)))
    return found


def light_up(rng, scene):
    """Light that is not the same everywhere, and the edge of a shadow."""
    if rng.random() < 0.7:
        light = field(rng, rng.uniform(90, 200), 255, scene.size)
        scene = ImageChops.multiply(scene, Image.merge("RGB", [light] * 3))
    if rng.random() < 0.25:
        small = Image.new("L", (64, 48), 255)
        corners = [tuple(p) for p in rng.uniform((-20, -20), (84, 68), (3, 2))]
        ImageDraw.Draw(small).polygon(corners, fill=int(rng.uniform(90, 190)))
        small = small.filter(ImageFilter.GaussianBlur(rng.uniform(0.3, 3)))
        shadow = small.resize(scene.size, Image.BILINEAR)
        scene = ImageChops.multiply(scene, Image.merge("RGB", [shadow] * 3))
    return scene


def draw_scene(rng, which):
    """A scene: its pixels, and for each display its digits as (digit, quadrilateral)
    and their height."""
    scene = background(rng, which)
    if rng.random() < 0.15:		# a wall
        plain = Image.new("RGB", scene.size, tuple(map(round, shade(rng, 20, 235, 25))))
        scene = Image.blend(scene, plain, rng.uniform(0.6, 0.95))
    displays, heights = [], []
    for region in regions(rng):
        count = int(rng.integers(3, 9))
        largest = min(region[2] / (0.85 * count + 0.8), region[3] / 1.9, 170)
        height = np.exp(rng.uniform(np.log(min(20, largest)), np.log(largest)))
        quads, height = place(rng, scene, region, which, height, count)
        displays.append(quads)
        heights.append(height)
    return light_up(rng, scene), displays, heights


def shot_of(rng, seed):
    """Settings: from dark and noisy to nearly too bright."""
    gain = float(np.exp(rng.uniform(0, np.log(8)))) if rng.random() < 0.5 else 1.0
    bright = np.exp(rng.uniform(np.log(0.45), np.log(1.25)))
    return {"exposure": max(1, round(1000 * bright / gain)), "gain": round(256 * gain),
            "red": int(rng.integers(215, 301)), "blue": int(rng.integers(215, 301)),
            "seed": seed & 0xffffffff}


def make(camera, which, seed, index):
    """Scene @index of a set through the sensor.

    Return: pictures, VIEWS x HEIGHT x WIDTH bytes of grey, and LABELs.
    """
    rng = np.random.default_rng([seed, SETS.index(which), index])
    scene, displays, heights = draw_scene(rng, which)
    crops, labels = [], []
    for view in range(VIEWS):
        target = (view + int(rng.integers(len(displays)))) % len(displays) \
            if view >= len(displays) else view
        crop = view_of(rng, displays[target], heights[target])
        crops.append(crop)
        labels += labels_of(view, crop, displays)
    pictures = camera.shoot(np.asarray(scene), (WIDTH, HEIGHT), crops,
                            **shot_of(rng, index))
    return pictures, np.array(labels, LABEL)
