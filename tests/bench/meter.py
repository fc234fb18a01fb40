#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the network meter as peers of libfs1 read it: meter-float.onnx as it is
shipped, meter-int8.onnx (quantised, QDQ, weights by channel; how well doesn't matter to
the time) and meter-opencv.onnx (float, in the older form that OpenCV 4.6 reads).

Usage: meter.py FOLDER
"""
import os
import sys

import numpy
import onnx
from onnx import helper, numpy_helper

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
INPUT = (4 / 255, 128)		# scale and zero point
RECTIFIED = (6 / 255, 0)
OTHERS = (24 / 255, 128)


class Quantised:
    """The nodes of a float graph, with quantisation between them."""

    def __init__(self, graph):
        self.graph = graph
        self.weights = {w.name: numpy_helper.to_array(w) for w in graph.initializer}
        self.constants = list(graph.initializer)
        self.nodes = []
        self.scales = {}
        self.renamed = {}

    def constant(self, value):
        name = f"quantised{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(numpy.asarray(value), name))
        return name

    def rounded(self, name, quantisation):
        """What others read instead of @name."""
        scale = self.constant(numpy.float32(quantisation[0]))
        zero = self.constant(numpy.uint8(quantisation[1]))
        for kind, source in (("QuantizeLinear", name),
                             ("DequantizeLinear", f"{name}/bytes")):
            output = f"{name}/bytes" if kind == "QuantizeLinear" else f"{name}/rounded"
            self.nodes.append(helper.make_node(kind, [source, scale, zero], [output]))
        self.scales[f"{name}/rounded"] = quantisation[0]
        self.renamed[name] = f"{name}/rounded"

    def integers(self, name, steps, kind):
        values = self.weights[name]
        shape = steps.reshape(-1, *[1] * (values.ndim - 1))
        constants = [self.constant(numpy.round(values / shape).astype(kind)),
                     self.constant(steps.astype(numpy.float32)),
                     self.constant(numpy.zeros(len(steps), kind))]
        self.nodes.append(helper.make_node("DequantizeLinear", constants,
                                           [f"{name}/rounded"], axis=0))
        return f"{name}/rounded"

    def convolution(self, inputs):
        weights = self.weights[inputs[1]]
        steps = abs(weights).reshape(len(weights), -1).max(1) / 127 + 1e-9
        return [inputs[0], self.integers(inputs[1], steps, numpy.int8),
                self.integers(inputs[2], steps * self.scales[inputs[0]], numpy.int32)]

    def build(self):
        outputs = {value.name for value in self.graph.output}
        limited = {node.input[0] for node in self.graph.node if node.op_type == "Clip"}
        self.rounded(self.graph.input[0].name, INPUT)
        for node in self.graph.node:
            inputs = [self.renamed.get(name, name) for name in node.input]
            made = onnx.NodeProto()
            made.CopyFrom(node)
            if node.op_type == "Conv":
                inputs = self.convolution(inputs)
            del made.input[:]
            made.input.extend(inputs)
            self.nodes.append(made)
            name = node.output[0]
            if node.op_type == "Constant" or name in limited or name in outputs:
                continue
            self.rounded(name, RECTIFIED if node.op_type in ("Clip", "Resize")
                         else OTHERS)
        del self.graph.node[:]
        self.graph.node.extend(self.nodes)
        used = {name for node in self.nodes for name in node.input}
        del self.graph.initializer[:]
        self.graph.initializer.extend(c for c in self.constants if c.name in used)


def older(graph):
    """Limits of Clip are attributes, Resize has factors only."""
    for node in graph.node:
        if node.op_type == "Clip":
            del node.input[1:]
            node.attribute.extend([helper.make_attribute("min", 0.0),
                                   helper.make_attribute("max", 6.0)])
        elif node.op_type == "Resize":
            del node.input[1]
            del node.attribute[:]
            node.attribute.append(helper.make_attribute("mode", "nearest"))


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: meter.py FOLDER")
    shipped = os.path.join(TOP, "userspace", "networks", "meter.onnx")
    model = onnx.load(shipped)
    onnx.save(model, os.path.join(sys.argv[1], "meter-float.onnx"))
    Quantised(model.graph).build()
    onnx.checker.check_model(model)
    onnx.save(model, os.path.join(sys.argv[1], "meter-int8.onnx"))
    model = onnx.load(shipped)
    older(model.graph)
    model.opset_import[0].version = 10
    onnx.checker.check_model(model)
    onnx.save(model, os.path.join(sys.argv[1], "meter-opencv.onnx"))


main()
