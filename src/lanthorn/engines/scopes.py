"""What an engine can be told for a while: where to compute, by which kernels, and what to compute again."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext


class Scopes:
    """The part of `Engine` that most engines leave as it is."""

    def flash_attention(self, allowed: bool) -> None:
        """Whether the engine may take its flash kernels for attention, where it has any."""

    def on_device(self, name: str) -> AbstractContextManager:
        """What is made inside goes to this device: "cpu", "gpu:0"."""
        return nullcontext()

    def remat(self, function: Callable) -> Callable:
        """`function` of arrays, computed anew where its gradient is taken instead of keeping what is inside it."""
        return function
