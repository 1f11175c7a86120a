"""Weights of a file into a network, by layer names: what does not belong together raises and changes nothing.

By order would be wrong without an error: a ResNet-50 file of 2018 has 10 layers in another place with the same shapes.
"""

from pathlib import Path
from typing import Any

from . import old_names, registry

# The layers a classifier is made of. A file may have them in excess when the network was made without a top.
HEAD = {"predictions", "conv_preds", "fc1", "fc2"}


def load(
    model: Any, network: str, weights: Any, include_top: bool, size: tuple[int | None, int | None], variant: dict
) -> None:
    """Load the weights of a file, or those published for the network (None), into one that was just made.

    Raises:
        ValueError: the file is of another network: names the file, the layer and both shapes.
        FileNotFoundError: the published weights are not here and could not be fetched.
    """
    if weights is None:
        if variant.get("depth_multiplier", 1) != 1:
            raise ValueError(
                f"{network}: there are ImageNet weights for depth_multiplier=1, got {variant['depth_multiplier']}. "
                "Pass weights=None."
            )
        side = size[0] if size[0] == size[1] else None
        path = registry.fetch_weights(network, include_top, variant.get("alpha"), side).path
    else:
        path = Path(weights)
    assert path is not None
    load_file(model, path, network, include_top)


def load_file(model: Any, path: Path, network: str, include_top: bool) -> None:
    """Load a file by the names of its layers. With `include_top` False it may have a classifier in excess."""
    from ..saving import h5_safe, hdf5, keras1
    from ..saving.atomic import kind_of
    from ..saving.matching import Plan, arrange

    if kind_of(path) != "hdf5":
        model.load_weights(path)
        return
    with h5_safe.opened(path) as file:
        group = hdf5.weights_group(file)
        if hdf5.is_weights_group(group):
            stored = hdf5.stored_layers(group)
        elif h5_safe.find(file, "layers") is not None:
            group, stored = None, _keras3_layers(file, model)
        else:
            raise ValueError(
                f"{path}: not a file of weights of Keras: it has {', '.join(list(file)[:5]) or 'nothing'}."
            )
        stored = {name: arrays for name, arrays in stored.items() if arrays}
        if network.startswith("ResNet"):
            stored = old_names.resnet(stored)
        layers = [layer for layer in model.layers if layer.weights]
        _check_names([layer.name for layer in layers], list(stored), path, network, include_top)
        plan = Plan(str(path))
        pairs = [(layer, layer.name, stored[layer.name]) for layer in layers]
        for layer, _, arrays in pairs if group is None else keras1.modern(group, pairs):
            plan.add(layer, arrange(layer, arrays), arrays)
        plan.carry_out()


def _keras3_layers(file: Any, model: Any) -> dict[str, list]:
    """The arrays per layer of a `.weights.h5` of Keras 3, which numbers layers by class and notes their names.

    Older files note no names: then the numbers count, which a classifier at the end does not change.
    """
    from ..saving import h5_safe, weights_h5
    from ..saving.paths import places

    numbered = {place.path: place.layer.name for place in places(model)}
    found = {}
    for key in h5_safe.group(file, "layers"):
        path = f"layers/{key}"
        group = h5_safe.find(file, f"{path}/vars")
        name = h5_safe.attribute(group, "name") if group is not None else None
        if name or path in numbered:
            found[str(name or numbered[path])] = weights_h5.stored_at(file, path)
    return found


def _check_names(ours: list[str], theirs: list[str], path: Path, network: str, include_top: bool) -> None:
    missing = [name for name in ours if name not in set(theirs)]
    extra = [name for name in theirs if name not in set(ours)]
    if not missing and (not extra or (not include_top and set(extra) <= HEAD)):
        return
    who = f"{path}: not the weights of this {network}"
    if missing and set(missing) <= HEAD:
        raise ValueError(
            f"{who}: it has no classifier (no {_some(missing)}). Pass include_top=False, or a file with a top."
        )
    if extra and not missing and set(extra) <= HEAD:
        raise ValueError(f"{who}: it has more layers than the network: {_some(extra)}.")
    parts = [
        f"the network has {_some(missing)}, which the file lacks" if missing else "",
        f"the file has {_some(extra)}, which the network lacks" if extra else "",
    ]
    raise ValueError(
        f"{who}: {'; '.join(filter(None, parts))}. Nothing was loaded. Make the network that the file was saved from "
        "(same alpha and include_top), or make it with weights=None and use load_weights(file, by_name=True)."
    )


def _some(names: list[str]) -> str:
    shown = ", ".join(repr(name) for name in names[:4])
    return shown + (f" and {len(names) - 4} more layers" if len(names) > 4 else "")
