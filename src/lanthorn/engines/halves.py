"""Whether training in bfloat16 is a gain on an engine, on this machine: what `fit(precision='auto')` goes by."""

from typing import Any

from . import processor

# A step in bfloat16, in parts of one in float32, on an AMD EPYC with AVX-512 bf16 (benchmarks/precision.py; see
# docs/decisions/mixed-precision.md): CNN on 28x28 and ResNet-18 on 64x64: torch 0.56, 0.62; TensorFlow 0.59, 0.78;
# JAX 1.08: XLA casts back and forth between its float32 kernels.
PROCESSOR = "the processor multiplies it"
PAYS_ON_PROCESSOR = ("torch", "tensorflow")


def gain(engine: Any) -> str | None:
    """What makes bfloat16 fast here, in words; None where it is no gain."""
    found = _GPUS[engine.name]() if engine.name in _GPUS else None
    if found is not None:
        name, capability = found
        return name if capability >= (8, 0) else None  # Ampere is the first that multiplies bfloat16
    if engine.name in PAYS_ON_PROCESSOR and processor.has_bfloat16():
        return PROCESSOR
    return None


def _torch_gpu() -> tuple[str, tuple] | None:
    import torch

    if not torch.cuda.is_available():
        return None
    return torch.cuda.get_device_name(), torch.cuda.get_device_capability()


def _jax_gpu() -> tuple[str, tuple] | None:
    import jax

    device = jax.devices()[0]
    if device.platform != "gpu":
        return None
    return device.device_kind, tuple(int(n) for n in str(getattr(device, "compute_capability", "0.0")).split("."))


def _tensorflow_gpu() -> tuple[str, tuple] | None:
    import tensorflow as tf

    devices = tf.config.list_physical_devices("GPU")
    if not devices:
        return None
    details = tf.config.experimental.get_device_details(devices[0])
    return details.get("device_name", "GPU"), tuple(details.get("compute_capability", (0, 0)))


_GPUS = {"torch": _torch_gpu, "jax": _jax_gpu, "tensorflow": _tensorflow_gpu}
