"""Variables around what an engine's own code made: the storage is theirs, the handle is ours."""

from typing import Any

from .variable import Variable


def adopt(storage: Any, engine: Any, name: str, path: str | None = None, trainable: bool = True) -> Variable:
    """A Variable whose value is this very object (a `tf.Variable`, a torch Parameter): both names change the same."""
    from ..ops.dtypes import standardize

    handle = Variable(0.0, trainable=trainable, name=name, path=path, engine=engine.name)
    handle.value, handle.shape = storage, tuple(storage.shape)
    handle.dtype = standardize(storage.dtype)
    return handle
