"""Packages that are imported when they are used, and not before."""

import importlib
from typing import Any


def imported(module: str, who: str, package: str = "") -> Any:
    """A module that need not be installed; `package` is what pip calls it.

    Raises:
        ImportError: it is not there; says who needs it and how to get it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = package or module
        raise ImportError(f"{who} needs {package}: pip install {package}.") from error
