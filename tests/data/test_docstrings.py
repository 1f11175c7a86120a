"""The examples in the docstrings run."""

import doctest
import importlib

import pytest

MODULES = [
    "lanthorn.data.augment",
    "lanthorn.data.preprocessing",
    "lanthorn.data.transforms",
    "lanthorn.preprocessing.generator",
    "lanthorn.preprocessing.pictures",
    "lanthorn.preprocessing.sequence",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    failed, attempted = doctest.testmod(importlib.import_module(name))
    assert attempted > 0 and failed == 0
