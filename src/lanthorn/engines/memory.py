"""Keep freed memory for the next step, instead of giving it back and asking for it again.

glibc hands large blocks back to the operating system as soon as they are freed. A network allocates the same large
blocks in every step, and each time the system clears them page by page: on a virtual machine this took more than half
of a forward pass (MobileNetV2 on torch, batch 32, two cores: 31 pictures/s as it is, 72 with the memory kept).
"""

import os
import sys

M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4  # from malloc.h
_done = False


def keep_freed_memory() -> bool:
    """Tell glibc, once per process, to keep what is freed; True if it was told.

    `LANTHORN_MALLOC=system` leaves the allocator alone. Other allocators and systems are not touched.
    """
    global _done
    if _done or sys.platform != "linux" or os.environ.get("LANTHORN_MALLOC") == "system":
        return _done
    import ctypes

    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):  # no glibc
        return False
    _done = all(
        mallopt(option, value) for option, value in ((M_MMAP_MAX, 0), (M_TRIM_THRESHOLD, 2**31 - 1), (M_TOP_PAD, 2**26))
    )
    return _done
