"""A trace of what a device does, made by the engine's own profiler, put where TensorBoard's profile page looks."""

import os
from collections.abc import Callable
from typing import Any


def trace(engine: str, folder: str) -> Callable[[], Any]:
    """Begin to trace; the function that comes back ends it and leaves the trace in `folder`."""
    if engine == "jax":
        import jax

        jax.profiler.start_trace(folder)
        return jax.profiler.stop_trace
    if engine == "tensorflow":
        import tensorflow as tf

        tf.profiler.experimental.start(folder)
        return tf.profiler.experimental.stop
    import torch

    place = os.path.join(folder, "plugins", "profile", "torch")
    profiler = torch.profiler.profile(on_trace_ready=torch.profiler.tensorboard_trace_handler(place))
    profiler.start()
    return profiler.stop
