"""Sizes and paddings of convolutions, as TensorFlow and Keras define them. Plain numbers, no engine."""

from __future__ import annotations


def per_axis(value: int | tuple[int, ...] | list[int], n: int) -> tuple[int, ...]:
    """One value per spatial axis."""
    return (value,) * n if isinstance(value, int) else tuple(value) * (n if len(value) == 1 and n > 1 else 1)


def same(size: int, kernel: int, stride: int, dilation: int = 1) -> tuple[int, int]:
    """(before, after) of 'same': the output has ceil(size / stride) elements; the odd one is padded after."""
    total = max((-(-size // stride) - 1) * stride + (kernel - 1) * dilation + 1 - size, 0)
    return total // 2, total - total // 2


def amounts(padding, sizes, kernel, strides, dilations) -> list[tuple[int, int]]:
    """(before, after) per spatial axis for 'valid', 'same', 'causal' or explicit pairs."""
    if isinstance(padding, str):
        padding = padding.lower()
    if padding == "valid":
        return [(0, 0)] * len(kernel)
    if padding == "same":
        return [same(*row) for row in zip(sizes, kernel, strides, dilations, strict=True)]
    if padding == "causal":
        return [((k - 1) * d, 0) for k, d in zip(kernel, dilations, strict=True)]
    if isinstance(padding, str):
        raise ValueError(f"padding: expected 'valid', 'same' or 'causal', got {padding!r}.")
    return [tuple(p) for p in padding]


def transposed(padding: str, size: int, kernel: int, stride: int, dilation: int, extra: int | None) -> tuple[int, int]:
    """(crop, length) of a transposed convolution's axis: how many of the full result are cut off at the start, and
    how many remain. The full result has (size - 1) * stride + reach elements; beyond it there are zeros."""
    reach = (kernel - 1) * dilation + 1
    if extra is None:
        if padding == "same":
            return max(reach - stride, 0) // 2, size * stride
        return 0, size * stride + max(reach - stride, 0)
    if padding != "same":
        return 0, (size - 1) * stride + reach + extra
    total = reach + reach % 2 - 2 + extra  # zeros around the input; the odd one goes before
    return reach - 1 - min(total // 2 + total % 2, reach - 1), (size - 1) * stride + reach % 2 + extra
