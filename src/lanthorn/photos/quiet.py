"""Load an engine without what its C++ parts write to standard error as they start."""

import contextlib
import os
import sys
from typing import Any

from .. import engines


@contextlib.contextmanager
def standard_error_closed():
    """What any language writes to standard error inside goes nowhere; exceptions pass."""
    try:
        sys.stderr.flush()
        kept = os.dup(2)
    except (OSError, ValueError, AttributeError):  # there is none
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def engine(name: str | None) -> Any:
    """The engine of that name, or the default one, loaded quietly; one that is named becomes the default."""
    with standard_error_closed():
        found = engines.get(name)
    if name:
        engines.set_engine(name)
    return found
