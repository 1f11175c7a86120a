"""What the processor can do that decides how fast something runs on it."""

import functools


@functools.cache
def has_bfloat16() -> bool:
    """Whether the processor multiplies bfloat16 matrices (AMX or AVX-512)."""
    try:
        with open("/proc/cpuinfo") as file:
            flags = next((line for line in file if line.startswith("flags")), "")
    except OSError:
        return False
    return "amx_bf16" in flags or "avx512_bf16" in flags
