"""ONNX: ops that add nodes to a graph. What networks are made of; an op without a function here says so."""

import numpy as np

from .graph import Graph, OnnxArray

TYPES = (OnnxArray,)
SEARCH = ()
PARTS = ("arrays", "nn", "convolutions")


def wrap(function, row):
    return function


def convert(x, first=None, weak=False):
    """Numbers and NumPy arrays as constants of the graph that `first` is in."""
    if isinstance(x, OnnxArray):
        return x
    graph = first.graph if first is not None else Graph()
    value = np.asarray(x)
    if weak and first is not None:
        value = value.astype(first.dtype)
    return graph.constant(value)
