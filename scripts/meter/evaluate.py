# SPDX-License-Identifier: Apache-2.0
"""How good meter is: digits (average precision) and whole readings."""

import numpy as np
import torch

import model as meter
import scenes

SCORE_MIN = 0.02	# for precision at every recall
CANDIDATES = 512
DETECTIONS = 64
MATCH = 0.5		# intersection over union


def overlaps(box, boxes):
    """Intersection over union of a box with others."""
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[2:], boxes[:, 2:])
    inside = np.prod((high - low).clip(0), 1)
    area = np.prod(box[2:] - box[:2])
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], 1)
    return inside / np.maximum(area + areas - inside, 1e-9)


def suppress(boxes, scores, digits):
    """As FS-1's DETECT: the best stays, what overlaps it goes, whatever its class."""
    order = np.argsort(-scores, kind="stable")[:CANDIDATES]
    boxes, scores, digits = boxes[order], scores[order], digits[order]
    kept = []
    alive = np.ones(len(boxes), bool)
    for index in range(len(boxes)):
        if not alive[index]:
            continue
        kept.append(index)
        if len(kept) == DETECTIONS:
            break
        alive &= overlaps(boxes[index], boxes) <= meter.OVERLAP_MAX
    return boxes[kept], scores[kept], digits[kept]


def decode(maps, height=scenes.HEIGHT, width=scenes.WIDTH):
    """Detections of each picture of a batch of maps: boxes, scores, digits.

    @maps: arrays, in the order of meter.NAMES
    """
    found = []
    for number in range(len(maps[0])):
        boxes, scores, digits = [], [], []
        for index, stride in enumerate(meter.STRIDES):
            box, score, classes = (m[number] for m in maps[3 * index:3 * index + 3])
            digit = classes.argmax(0)
            score = 1 / (1 + np.exp(-score[0])) / (1 + np.exp(-classes.max(0)))
            y, x = np.nonzero(score >= SCORE_MIN)
            points = (np.stack([x, y], 1) + 0.5) * stride
            distance = np.exp(box[:, y, x]).T * stride
            boxes.append(np.concatenate([points - distance[:, :2],
                                         points + distance[:, 2:]], 1))
            scores.append(score[y, x])
            digits.append(digit[y, x])
        boxes = np.concatenate(boxes).clip(0, (width, height, width, height))
        found.append(suppress(boxes, np.concatenate(scores), np.concatenate(digits)))
    return found


def detect(model, pictures, batch=16):
    """Detections of each of @pictures."""
    model.eval()
    found = []
    with torch.no_grad():
        for first in range(0, len(pictures), batch):
            maps = model(meter.to_input(pictures[first:first + batch]))
            found += decode([m.double().numpy() for m in maps])
    return found


def readings(boxes, digits):
    """Digits that stand in a row: (text, box) each.

    Two belong together when the smaller is at least 2/3 as high as the other, their
    middles differ by at most half a height up or down and by at most 1.7 heights
    sideways. A row is read from left to right.
    """
    count = len(boxes)
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    height = boxes[:, 3] - boxes[:, 1]
    group = list(range(count))

    def root(index):
        while group[index] != index:
            index = group[index]
        return index

    for a in range(count):
        for b in range(a + 1, count):
            low, high = sorted((height[a], height[b]))
            mean = (low + high) / 2
            apart = np.abs(centre[a] - centre[b])
            if low >= high / 1.5 and apart[1] <= mean / 2 and apart[0] <= 1.7 * mean:
                group[root(b)] = root(a)
    rows = {}
    for index in range(count):
        rows.setdefault(root(index), []).append(index)
    result = []
    for row in rows.values():
        row.sort(key=lambda index: centre[index, 0])
        box = np.append(boxes[row, :2].min(0), boxes[row, 2:].max(0))
        result.append(("".join(str(digits[index]) for index in row), box))
    return result


def average_precision(hits, scores, truths):
    """Area below precision over recall, every point counted."""
    if not truths:
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    hits = hits[order]
    right = np.cumsum(hits)
    recall = right / truths
    precision = right / np.arange(1, len(hits) + 1)
    precision = np.maximum.accumulate(precision[::-1])[::-1]
    recall = np.concatenate([[0], recall])
    return float(np.sum((recall[1:] - recall[:-1]) * precision))


def match(found, rows):
    """Which detections of a picture are right, and which don't count: +1, 0, -1."""
    boxes, scores, digits = found
    verdict = np.zeros(len(boxes), int)
    taken = np.zeros(len(rows), bool)
    for index in np.argsort(-scores, kind="stable"):
        if not len(rows):
            break
        share = overlaps(boxes[index], rows["box"].astype(float))
        good = (share >= MATCH) & (rows["digit"] == digits[index]) & ~rows["ignore"]
        best = np.where(good & ~taken, share, 0)
        if best.max() >= MATCH:
            taken[best.argmax()] = True
            verdict[index] = 1
            continue
        # A part of a digit that doesn't count is neither right nor wrong.
        low = np.maximum(boxes[index, :2], rows["box"][:, :2])
        high = np.minimum(boxes[index, 2:], rows["box"][:, 2:])
        inside = np.prod((high - low).clip(0), 1)
        area = np.prod(boxes[index, 2:] - boxes[index, :2])
        if (rows["ignore"] & (inside >= 0.5 * area)).any():
            verdict[index] = -1
    return verdict


def displays(rows):
    """Those that are wholly in the picture and large enough: (text, box)."""
    result = []
    for number in np.unique(rows["display"]):
        row = rows[rows["display"] == number]
        if row["ignore"].any() or len(row) < row["length"][0]:
            continue
        row = row[np.argsort(row["box"][:, 0] + row["box"][:, 2])]
        box = np.append(row["box"][:, :2].min(0), row["box"][:, 2:].max(0))
        result.append(("".join(map(str, row["digit"])), box))
    return result


def score(found, labels):
    """Figures: mAP of digits, exact readings, and what they were counted from.

    @found: detections of each picture
    @labels: LABELs of each picture
    """
    hits, scores, digits = [], [], []
    truths = np.zeros(meter.CLASSES, int)
    right = all_displays = 0
    for detections, rows in zip(found, labels):
        verdict = match(detections, rows)
        counted = verdict >= 0
        hits.append(verdict[counted])
        scores.append(detections[1][counted])
        digits.append(detections[2][counted])
        for digit in rows["digit"][~rows["ignore"]]:
            truths[digit] += 1
        sure = detections[1] >= meter.READ_MIN
        read = readings(detections[0][sure], detections[2][sure])
        for text, box in displays(rows):
            all_displays += 1
            right += any(text == other and
                         overlaps(box, place[None])[0] >= MATCH
                         for other, place in read)
    hits, scores, digits = map(np.concatenate, (hits, scores, digits))
    each = [average_precision(hits[digits == d], scores[digits == d], truths[d])
            for d in range(meter.CLASSES)]
    sure = scores >= meter.READ_MIN
    return {
        "mAP": float(np.nanmean(each)), "AP": each,
        "precision": float(hits[sure].mean()) if sure.any() else 0.0,
        "recall": float(hits[sure].sum() / max(1, truths.sum())),
        "readings": right / max(1, all_displays), "right": right,
        "displays": all_displays, "digits": int(truths.sum()),
        "pictures": len(found),
    }
