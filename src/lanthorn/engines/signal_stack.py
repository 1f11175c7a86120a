"""The stack on which a thread takes signals stays the one that it was."""

import contextlib
import sys
from collections.abc import Iterator


@contextlib.contextmanager
def kept() -> Iterator[None]:
    """What runs inside may give the thread another stack for signals: afterwards it has its own again.

    OpenVINO sets one when it compiles, and gives its memory back when the compiled model goes, while the thread may
    still point to it: the next Ctrl-C then ends the process, with nothing saved.
    """
    if sys.platform != "linux":
        yield
        return
    import ctypes

    class Stack(ctypes.Structure):  # stack_t of signal.h
        _fields_ = [("ss_sp", ctypes.c_void_p), ("ss_flags", ctypes.c_int), ("ss_size", ctypes.c_size_t)]

    sigaltstack, before = ctypes.CDLL(None).sigaltstack, Stack()
    known = sigaltstack(None, ctypes.byref(before)) == 0
    try:
        yield
    finally:
        if known:
            sigaltstack(ctypes.byref(before), None)
