"""What a model carries besides its network: class names, preprocessing and metadata, as plain data in its file."""

import json
import warnings
from typing import Any

from . import quirks


def write(model: Any) -> dict[str, Any]:
    """Class names, preprocessing and metadata, and who wrote the file."""
    from .. import __version__

    preprocessing = model.preprocessing
    if preprocessing is not None and not isinstance(preprocessing, dict):
        config = preprocessing.get_config() if hasattr(preprocessing, "get_config") else preprocessing.to_config()
        preprocessing = config
    names = model.class_names
    return {
        "version": __version__,
        "engine": model.engine.name,
        "class_names": [str(name) for name in names] if names is not None else None,
        "preprocessing": preprocessing,
        "metadata": _plain(model),
    }


def _plain(model: Any) -> dict[str, Any] | None:
    """The model's metadata, where JSON can hold them."""
    metadata = model.metadata
    if not isinstance(metadata, dict):
        return None
    try:
        return json.loads(json.dumps(metadata))
    except (TypeError, ValueError) as error:
        warnings.warn(
            f"{model.describe()}: its metadata are not saved, because JSON cannot hold them ({error}). Keep texts, "
            "numbers, lists and dicts in model.metadata.",
            stacklevel=4,
        )
        return None


def read(model: Any, data: Any, file: str) -> None:
    """Give a loaded model its class names, preprocessing and metadata; a file of Keras has none."""
    if not isinstance(data, dict):
        return
    names = data.get("class_names")
    if names is not None:
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError(f"{file}: its class names are not a list of texts.")
        model.class_names = names
    metadata = data.get("metadata")
    if metadata is not None:
        if not isinstance(metadata, dict):
            raise ValueError(f"{file}: its metadata are not a dict.")
        model.metadata = metadata
    config = data.get("preprocessing")
    if config is not None:
        if not isinstance(config, dict):
            raise ValueError(f"{file}: its preprocessing is not a dict of settings.")
        from ..data import Preprocessing

        model.preprocessing = Preprocessing.from_config(quirks.adapt(Preprocessing, config, f"{file}: preprocessing"))
