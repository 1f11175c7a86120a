"""The examples in the docstrings of applications and utils say what happens."""

import doctest
import importlib

import numpy as np
import pytest

import lanthorn

MODULES = (
    "applications.imagenet_utils", "applications.mobilenet", "applications.mobilenet_v2", "applications.registry",
    "applications.resnet", "applications.vgg16", "applications.vgg19", "utils.numerical",
)  # fmt: skip


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    module = importlib.import_module(f"lanthorn.{name}")
    found = doctest.testmod(module, extraglobs={"lanthorn": lanthorn, "np": np})
    assert found.attempted and not found.failed
