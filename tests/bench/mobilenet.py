#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the network that fs1-npu-bench computes, a MobileNetV2 of width 0.35 for
128 x 128 pixels with random weights, as its peers read it: float.onnx, int8.onnx
(quantised, QDQ) and opencv.onnx (float, for OpenCV 4.6).

Usage: mobilenet.py FOLDER
"""
import os
import sys

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

# Expansion, channels, blocks, stride of the first.
BLOCKS = [(1, 8, 1, 1), (6, 8, 2, 2), (6, 16, 3, 2), (6, 24, 4, 2), (6, 32, 3, 1),
          (6, 56, 3, 2), (6, 112, 1, 1)]
RECTIFIED = (6 / 255, 0)  # scale and zero point
OTHERS = (12 / 255, 128)


class Network:
    """A network that is being put together; self.at is its latest tensor."""

    def __init__(self, quantised, opset):
        self.quantised = quantised
        self.opset = opset
        self.random = numpy.random.default_rng(1)
        self.nodes = []
        self.constants = []
        self.at = self.rounded('input', OTHERS)
        self.scale = OTHERS[0]
        self.channels = 3

    def constant(self, value):
        name = f'constant{len(self.constants)}'
        self.constants.append(numpy_helper.from_array(numpy.asarray(value), name))
        return name

    def node(self, operator, inputs, **attributes):
        name = f'{operator.lower()}{len(self.nodes)}'
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def rounded(self, name, quantisation):
        if not self.quantised:
            return name
        scale = self.constant(numpy.float32(quantisation[0]))
        zero = self.constant(numpy.uint8(quantisation[1]))
        name = self.node('QuantizeLinear', [name, scale, zero])
        return self.node('DequantizeLinear', [name, scale, zero])

    def integers(self, values, scales, kind):
        """Constants that are real numbers, kept as integers."""
        steps = scales.reshape(-1, *[1] * (values.ndim - 1))
        return self.node('DequantizeLinear', [
            self.constant(numpy.round(values / steps).astype(kind)),
            self.constant(scales.astype(numpy.float32)),
            self.constant(numpy.zeros(len(scales), kind))], axis=0)

    def convolution(self, channels, kernel=1, stride=1, each=False, rectified=False):
        depth = 1 if each else self.channels
        weights = (self.random.standard_normal((channels, depth, kernel, kernel)) /
                   numpy.sqrt(kernel * kernel * depth)).astype(numpy.float32)
        bias = (self.random.standard_normal(channels) / 10).astype(numpy.float32)
        if self.quantised:
            scales = abs(weights).reshape(channels, -1).max(1) / 127 + 1e-9
            constants = [self.integers(weights, scales, numpy.int8),
                         self.integers(bias, scales * self.scale, numpy.int32)]
        else:
            constants = [self.constant(weights), self.constant(bias)]
        self.at = self.node('Conv', [self.at, *constants],
                            kernel_shape=[kernel] * 2, strides=[stride] * 2,
                            pads=[kernel // 2] * 4,
                            group=self.channels if each else 1)
        if rectified and self.opset < 11:
            self.at = self.node('Clip', [self.at], min=0.0, max=6.0)
        elif rectified:
            self.at = self.node('Clip', [self.at, self.constant(numpy.float32(0)),
                                         self.constant(numpy.float32(6))])
        quantisation = RECTIFIED if rectified else OTHERS
        self.at = self.rounded(self.at, quantisation)
        self.scale = quantisation[0]
        self.channels = channels

    def block(self, expansion, channels, stride):
        source, depth = self.at, self.channels
        if expansion > 1:
            self.convolution(expansion * depth, rectified=True)
        self.convolution(self.channels, 3, stride, each=True, rectified=True)
        self.convolution(channels)
        if stride == 1 and channels == depth:
            self.at = self.rounded(self.node('Add', [source, self.at]), OTHERS)

    def save(self, path):
        graph = helper.make_graph(
            self.nodes, 'mobilenet',
            [helper.make_tensor_value_info('input', TensorProto.FLOAT,
                                           [1, 3, 128, 128])],
            [helper.make_tensor_value_info(self.at, TensorProto.FLOAT,
                                           [1, 1000, 1, 1])], self.constants)
        model = helper.make_model(graph, opset_imports=[
            helper.make_opsetid('', self.opset)])
        model.ir_version = 5 if self.opset < 11 else 8
        onnx.checker.check_model(model)
        onnx.save(model, path)


def mobilenet(quantised, opset):
    network = Network(quantised, opset)
    network.convolution(16, 3, 2, rectified=True)
    for expansion, channels, blocks, stride in BLOCKS:
        for i in range(blocks):
            network.block(expansion, channels, 1 if i else stride)
    network.convolution(1280, rectified=True)
    network.at = network.rounded(network.node('GlobalAveragePool', [network.at]),
                                 RECTIFIED)
    network.convolution(1000)
    return network


def main():
    if len(sys.argv) != 2:
        sys.exit('usage: mobilenet.py FOLDER')
    mobilenet(False, 13).save(os.path.join(sys.argv[1], 'float.onnx'))
    mobilenet(True, 13).save(os.path.join(sys.argv[1], 'int8.onnx'))
    mobilenet(False, 10).save(os.path.join(sys.argv[1], 'opencv.onnx'))


main()
