"""ResNet-50 files of Keras before 2.2.5: other layer names, and another epsilon in the normalisation."""

import re
from typing import Any

OLD_EPSILON, NEW_EPSILON = 1e-3, 1.001e-5
_PLAIN = {"conv1": "conv1_conv", "bn_conv1": "conv1_bn", "fc1000": "predictions"}
_BRANCH = {"1": "0", "2a": "1", "2b": "2", "2c": "3"}


def modern(name: str) -> str:
    """'res4f_branch2c' → 'conv4_block6_3_conv', 'bn2a_branch1' → 'conv2_block1_0_bn'; other names as they are."""
    match = re.fullmatch(r"(res|bn)(\d)([a-z])_branch(1|2a|2b|2c)", name)
    if not match:
        return _PLAIN.get(name, name)
    kind, stage, block, branch = match.groups()
    part = "conv" if kind == "res" else "bn"
    return f"conv{stage}_block{ord(block) - ord('a') + 1}_{_BRANCH[branch]}_{part}"


def resnet(stored: dict[str, list]) -> dict[str, list]:
    """The stored arrays of a ResNet under today's layer names; a file of today comes back as it is.

    The old network divided by sqrt(variance + 1e-3), today's by sqrt(variance + 1.001e-5): the difference goes into
    the stored variance, so that a network that is not trained further gives the numbers it gave then.
    """
    if "bn_conv1" not in stored:
        return stored
    return {modern(name): _shifted(arrays) if name.startswith("bn") else arrays for name, arrays in stored.items()}


def _shifted(arrays: list[Any]) -> list[Any]:
    """gamma, beta, moving mean, moving variance: the last one moved by the difference of the epsilons."""

    def read(variance: Any = arrays[-1]) -> Any:
        return variance.read() + (OLD_EPSILON - NEW_EPSILON)

    return [*arrays[:-1], arrays[-1]._replace(read=read)]
