"""Convolutions as Keras 1 called them: `Convolution2D(32, 3, 3)` has kernels of 3 x 3, `Conv2D(32, 3, 3)` has not."""

from typing import Any

from .. import layers
from .said import renamed


class OldName(type):
    """A class under an old name: called, it makes today's; whatever is of today's class is of this one too."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        rank = cls.today.rank  # pyright: ignore[reportAttributeAccessIssue]
        sizes = args[1 : 1 + rank]
        if rank > 1 and len(sizes) == rank and all(isinstance(n, int) for n in sizes):
            given = ", ".join(map(str, args[: 1 + rank]))
            renamed(f"{cls.__name__}({given})", f"{cls.today.__name__}({args[0]}, {sizes})")
            args = (args[0], sizes, *args[1 + rank :])
        if cls.drops_output_shape:
            if len(args) > 2 and isinstance(args[2], (tuple, list)) and len(args[2]) > rank:
                args = (*args[:2], *args[3:])
            kwargs.pop("output_shape", None)
        return type.__call__(cls.today if "today" in cls.__dict__ else cls, *args, **kwargs)

    def __instancecheck__(cls, x: Any) -> bool:
        return cls.__subclasscheck__(type(x))

    def __subclasscheck__(cls, other: type) -> bool:
        return issubclass(other, cls.today) if "today" in cls.__dict__ else type.__subclasscheck__(cls, other)


def _old(name: str, today: str, **more: Any) -> Any:
    cls = getattr(layers, today)
    body = {"today": cls, "drops_output_shape": False, "__doc__": f"{today} by its name in Keras 1.", **more}
    return OldName(name, (cls,), body)


Convolution1D = _old("Convolution1D", "Conv1D")
Convolution2D = _old("Convolution2D", "Conv2D")
Convolution3D = _old("Convolution3D", "Conv3D")
AtrousConvolution1D = _old("AtrousConvolution1D", "Conv1D")
AtrousConvolution2D = _old("AtrousConvolution2D", "Conv2D")
SeparableConvolution2D = _old("SeparableConvolution2D", "SeparableConv2D")
Deconvolution2D = _old("Deconvolution2D", "Conv2DTranspose", drops_output_shape=True)
Deconvolution3D = _old("Deconvolution3D", "Conv3DTranspose", drops_output_shape=True)
