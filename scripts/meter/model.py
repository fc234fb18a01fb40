# SPDX-License-Identifier: Apache-2.0
"""The network meter: layers, targets, loss, and its export to ONNX.

Two levels, with cells of 4 and of 8 pixels, give for each cell the logarithms of the
distances (in cells) from its middle to the left, top, right and bottom of a digit, a
score for "there is a digit", and one for each of the ten digits. The sensor's tables
make distances and scores of them: form "distances" of FS-1's DETECT, exp() and the
logistic function.
"""

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import scenes

CLASSES = 10
STRIDES = (4, 8)
# Heights of digits, in pixels, that a level learns; both learn what lies between.
SPANS = ((0, 25), (20, 1000))
# Half of the part of a digit, each way, whose cells are to find it.
CENTRE = (0.28, 0.16)
# Of detections: more of their union in common is the same digit; less is no digit of
# a reading. Both were chosen on the training set.
OVERLAP_MAX = 0.25
READ_MIN = 0.35
NAMES = tuple(f"{what}{stride}" for stride in STRIDES
              for what in ("boxes", "objects", "classes"))


def clip(x):
    """ReLU6, in the form that becomes one operator."""
    return functional.hardtanh(x, 0.0, 6.0)


class Layer(nn.Module):
    """Convolution, normalisation (folded into it for export), ReLU6."""

    def __init__(self, inputs, outputs, size=3, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, size, stride, size // 2, bias=False)
        self.norm = nn.BatchNorm2d(outputs, momentum=0.03)

    def forward(self, x):
        return clip(self.linear(x))

    def linear(self, x):
        return self.norm(self.conv(x))


class Residual(nn.Module):
    """A convolution beside the identity."""

    def __init__(self, channels):
        super().__init__()
        self.layer = Layer(channels, channels)

    def forward(self, x):
        return clip(x + self.layer.linear(x))


class Head(nn.Module):
    """The three maps of a level."""

    def __init__(self, channels):
        super().__init__()
        self.boxes = nn.Conv2d(channels, 4, 1)
        self.objects = nn.Conv2d(channels, 1, 1)
        self.classes = nn.Conv2d(channels, CLASSES, 1)
        nn.init.constant_(self.objects.bias, -4.0)
        for conv in (self.boxes, self.objects, self.classes):
            nn.init.normal_(conv.weight, std=0.01)

    def forward(self, x):
        return self.boxes(x), self.objects(x), self.classes(x)


class Meter(nn.Module):
    """Grey in, (byte - 128) / 64; six maps out, in the order of NAMES."""

    def __init__(self):
        super().__init__()
        self.fine = nn.Sequential(Layer(1, 16, 3, 2), Layer(16, 24, 3, 2),
                                  Residual(24), Residual(24))
        self.middle = nn.Sequential(Layer(24, 64, 3, 2), Residual(64))
        self.coarse = nn.Sequential(Layer(64, 64, 3, 2), Residual(64),
                                    Layer(64, 64, 1))
        self.out8 = Layer(64, 48)
        self.side = Layer(48, 24, 1)
        self.out4 = Layer(24, 32)
        self.head8 = Head(48)
        self.head4 = Head(32)

    def forward(self, x):
        fine = self.fine(x)
        middle = self.middle(fine)
        coarse = functional.interpolate(self.coarse(middle), scale_factor=2.0,
                                        mode="nearest")
        out8 = self.out8(middle + coarse)
        side = functional.interpolate(self.side(out8), scale_factor=2.0,
                                      mode="nearest")
        out4 = self.out4(fine + side)
        return (*self.head4(out4), *self.head8(out8))


def to_input(grey):
    """Bytes, N x H x W, as the network's input."""
    return (torch.from_numpy(np.ascontiguousarray(grey)).float().unsqueeze(1)
            - 128) / 64


def parameters(model):
    return sum(p.numel() for p in model.parameters())


def multiplications(model, width=scenes.WIDTH, height=scenes.HEIGHT):
    """Of one picture."""
    total = []

    def count(module, _, output):
        weights = module.weight
        total.append(weights.numel() * output.shape[-1] * output.shape[-2])

    hooks = [m.register_forward_hook(count) for m in model.modules()
             if isinstance(m, nn.Conv2d)]
    with torch.no_grad():
        model.eval()(torch.zeros(1, 1, height, width))
    for hook in hooks:
        hook.remove()
    return sum(total)


class Targets:
    """What the maps of a level should be for a batch."""

    def __init__(self, count, height, width, stride):
        shape = (count, height // stride, width // stride)
        self.stride = stride
        self.found = np.zeros(shape, np.float32)
        self.weight = np.ones(shape, np.float32)
        self.digit = np.zeros(shape, np.int64)
        self.box = np.zeros(shape + (4,), np.float32)
        self.near = np.full(shape, np.inf, np.float32)

    def cells(self, low, high, axis):
        """First and last cell whose middles lie from @low to @high."""
        last = self.found.shape[2 - axis] - 1
        first = int(np.ceil(low / self.stride - 0.5))
        end = int(np.floor(high / self.stride - 0.5))
        return max(0, first), min(last, end)

    def leave_out(self, number, box):
        """Neither right nor wrong there."""
        x0, x1 = self.cells(box[0], box[2], 0)
        y0, y1 = self.cells(box[1], box[3], 1)
        self.weight[number, y0:y1 + 1, x0:x1 + 1] = 0

    def add(self, number, digit, box):
        """A digit that cells near its middle are to find."""
        middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        ranges = []
        for axis in (0, 1):
            half = CENTRE[axis] * (box[axis + 2] - box[axis])
            half = max(half, self.stride * 0.501)
            first, end = self.cells(middle[axis] - half, middle[axis] + half, axis)
            ranges.append(range(first, end + 1))
        for y in ranges[1]:
            for x in ranges[0]:
                px, py = (x + 0.5) * self.stride, (y + 0.5) * self.stride
                distances = (px - box[0], py - box[1], box[2] - px, box[3] - py)
                if min(distances) < 0.25:
                    continue
                away = abs(px - middle[0]) + abs(py - middle[1])
                if away >= self.near[number, y, x]:
                    continue
                self.near[number, y, x] = away
                self.found[number, y, x] = 1
                self.weight[number, y, x] = 1
                self.digit[number, y, x] = digit
                self.box[number, y, x] = distances


def targets(labels, height, width):
    """@labels: for each picture of a batch rows (digit, ignore, left, top, right,
    bottom). Return: Targets for each level."""
    levels = [Targets(len(labels), height, width, stride) for stride in STRIDES]
    for number, rows in enumerate(labels):
        for row in rows:
            if row[1]:
                for level in levels:
                    level.leave_out(number, row[2:])
        for row in rows:
            if row[1]:
                continue
            for level, (low, high) in zip(levels, SPANS):
                if low <= row[5] - row[3] < high:
                    level.add(number, int(row[0]), row[2:])
                else:
                    level.leave_out(number, row[2:])
    return levels


def loss(maps, levels):
    """Scores by focal loss, boxes by their intersection over union.

    A digit that is the business of the other level is neither right nor wrong.
    """
    objects = boxes = classes = 0.0
    found_all = 0
    for index, level in enumerate(levels):
        raw_box, raw_object, raw_class = maps[3 * index:3 * index + 3]
        found = torch.from_numpy(level.found)
        weight = torch.from_numpy(level.weight)
        logits = raw_object[:, 0]
        score = torch.sigmoid(logits)
        wrong = torch.where(found > 0, 1 - score, score)
        cross = functional.binary_cross_entropy_with_logits(logits, found,
                                                            reduction="none")
        balance = torch.where(found > 0, 0.5, 0.5)
        objects = objects + (balance * wrong ** 2 * cross * weight).sum() * 4
        places = found.nonzero(as_tuple=True)
        count = len(places[0])
        found_all += count
        if not count:
            continue
        digit = torch.from_numpy(level.digit)[places]
        wanted = functional.one_hot(digit, CLASSES).float()
        got = raw_class.permute(0, 2, 3, 1)[places]
        classes = classes + functional.binary_cross_entropy_with_logits(
            got, wanted, reduction="sum")
        distance = torch.exp(raw_box.permute(0, 2, 3, 1)[places].clamp(-4, 4))
        aim = torch.from_numpy(level.box)[places] / level.stride
        both = torch.minimum(distance, aim)
        inside = (both[:, 0] + both[:, 2]) * (both[:, 1] + both[:, 3])
        area = (distance[:, 0] + distance[:, 2]) * (distance[:, 1] + distance[:, 3])
        area_aim = (aim[:, 0] + aim[:, 2]) * (aim[:, 1] + aim[:, 3])
        overlap = inside / (area + area_aim - inside)
        boxes = boxes + (1 - overlap).sum() + 0.2 * functional.smooth_l1_loss(
            torch.log(distance), torch.log(aim), reduction="sum", beta=0.2) / 4
    scale = 1 / max(1, found_all)
    return objects * scale, boxes * scale, classes * scale


def fold(model):
    """A copy whose normalisations are worked into the convolutions."""
    folded = Meter()
    folded.load_state_dict(model.state_dict())
    folded.eval()
    for module in folded.modules():
        if isinstance(module, Layer):
            module.conv = nn.utils.fusion.fuse_conv_bn_eval(module.conv, module.norm)
            module.norm = nn.Identity()
    return folded


def export(model, path):
    """Write @model as ONNX, with what a reader needs to make detections of it."""
    import onnx

    torch.onnx.export(fold(model), torch.zeros(1, 1, scenes.HEIGHT, scenes.WIDTH), path,
                      opset_version=13, input_names=["grey"],
                      output_names=list(NAMES), do_constant_folding=True)
    graph = onnx.load(path)
    graph.producer_name, graph.producer_version = "meter", "1"
    facts = {
        "name": "meter",
        "version": "1",
        "description": "finds the digits of counters and displays",
        "source": "scripts/train-meter",
        "licence": "Apache-2.0",
        "labels": "0,1,2,3,4,5,6,7,8,9",
        "input.order": "grey",
        "input.fit": "stretch",
        "input.mean": "0.501960784",	# 128 / 255
        "input.deviation": "0.250980392",	# 64 / 255
        "detect.form": "distances",
        "detect.strides": ",".join(map(str, STRIDES)),
        "detect.outputs": ",".join(NAMES),
        "detect.position": "exp",
        "detect.score": "logistic",
        "detect.score_min": str(READ_MIN),
        "detect.overlap_max": str(OVERLAP_MAX),
        "detect.by_class": "0",
    }
    del graph.metadata_props[:]
    onnx.helper.set_model_props(graph, facts)
    onnx.checker.check_model(graph)
    onnx.save(graph, path)
