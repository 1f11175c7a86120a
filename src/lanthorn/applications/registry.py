"""Where weights come from: `weights.toml` as rows, the folders to look in, the download into the cache.

One network, Wick, comes with the package: its weights lie beside `weights.toml` and are never downloaded.
"""

import os
import tomllib
import warnings
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ..utils.download import cache_folder, download, hash_file

TABLE = Path(__file__).with_name("weights.toml")
PACKAGE = TABLE.parent  # where the weights lie that come with it


class WeightsFile(NamedTuple):
    """One row of the registry: a file of weights and how pictures are prepared for it."""

    network: str
    file: str
    address: str
    include_top: bool = True
    alpha: float | None = None
    size: int = 224
    also: tuple[str, ...] = ()
    sha256: str | None = None
    md5: str | None = None
    scale: str = "none"
    interpolation: str = "bilinear"
    licence: str = ""
    packaged: bool = False

    @property
    def known_hash(self) -> str | None:
        """The hash to hold the file against, None if nobody has written one down."""
        return self.sha256 or self.md5


class FoundWeights(NamedTuple):
    """Where weights would come from: `path` on this machine, or None and the row to download."""

    path: Path | None
    row: WeightsFile
    source: str  # "LANTHORN_WEIGHTS", "package", "cache", "Keras's cache" or "download"


@cache
def table() -> dict[str, Any]:
    """`weights.toml`, read once."""
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))


def family(name: str) -> dict[str, Any]:
    """The entry of a network, by any spelling of its name: 'MobileNetV2', 'mobilenet_v2'."""
    spelled = _spelling(name)
    for entry in table()["network"]:
        if _spelling(entry["name"]) == spelled:
            return entry
    known = ", ".join(entry["name"] for entry in table()["network"])
    raise ValueError(f"applications: no network is named {name!r}. There are {known}.")


def _spelling(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def row(name: str, include_top: bool = True, alpha: float | None = None, size: int | None = None) -> WeightsFile:
    """The row of one variant. A `size` that no weights were trained at stands for the largest.

    Raises:
        ValueError: no such network, or no weights of that width.
    """
    entry = family(name)
    alphas = entry.get("alphas")
    alpha = float(1.0 if alpha is None else alpha) if alphas else None
    if alphas and alpha not in alphas:
        raise ValueError(
            f"{entry['name']}: there are ImageNet weights for alpha = {', '.join(map(str, alphas))}, got {alpha}. "
            "Pass one of these, or weights=None."
        )
    size = max(entry["sizes"]) if size is None or size not in entry["sizes"] else size
    packaged = entry.get("packaged", False)  # without a classifier, whoever asks: `include_top` says so
    include_top = bool(include_top) and not packaged
    filled = {
        "alpha": alpha,
        "alpha_": entry.get("alpha_", {}).get(str(alpha)),
        "size": size,
        "top": "" if include_top else entry.get("no_top"),
    }
    file = entry["file"].format(**filled)
    return WeightsFile(
        network=entry["name"],
        file=file,
        address="" if packaged else entry["address"] + file,
        include_top=include_top,
        alpha=alpha,
        size=size,
        also=tuple(name.format(**filled) for name in entry.get("also", ())),
        sha256=entry.get("sha256", {}).get(file),
        md5=entry.get("md5", {}).get(file),
        scale=entry["scale"],
        interpolation=entry["interpolation"],
        licence=entry["licence"],
        packaged=packaged,
    )


def rows() -> list[WeightsFile]:
    """All rows: every file that there is an address for, and the one that comes with the package."""
    return [
        row(entry["name"], top, alpha, size)
        for entry in table()["network"]
        for alpha in entry.get("alphas", [None])
        for size in entry["sizes"]
        for top in ((False,) if entry.get("packaged") else (True, False))
    ]


def named_like(path: Path) -> WeightsFile | None:
    """The row that a file belongs to by its name alone, None if the name says nothing."""
    name = path.name.lower()
    for one in rows():
        if name in (one.file, *one.also) or (one.packaged and name.startswith(one.network.lower())):
            return one
    return None


def preprocessing(name: str, size: tuple[int | None, int | None] = (None, None)) -> Any:
    """The `lanthorn.data.Preprocessing` of a network: its scale, at the size of its input (or its own size)."""
    from ..data import Preprocessing

    entry = family(name)
    height, width = (side or max(entry["sizes"]) for side in size)
    return Preprocessing(size=(height, width), scale=entry["scale"], interpolation=entry["interpolation"])


def _serving(wanted: WeightsFile) -> list[WeightsFile]:
    """Rows that serve as well as `wanted`, the best first: of another size, or with a top that is left out.

    The filters do not depend on the size of the pictures they were trained on.
    """
    sizes = [wanted.size, *(s for s in family(wanted.network)["sizes"] if s != wanted.size)]
    tops = [True] if wanted.include_top else [False, True]
    return [row(wanted.network, top, wanted.alpha, size) for size in sizes for top in tops]


def find_weights(
    name: str, include_top: bool = True, alpha: float | None = None, size: int | None = None
) -> FoundWeights:
    """Where the published weights of a network would come from. Downloads nothing.

    Looks at `LANTHORN_WEIGHTS` (a file, or a folder with files under their published names), then into the cache,
    then into Keras's own. A file with a classifier serves a network without one. Wick's weights come with the package:
    before them comes only what `LANTHORN_WEIGHTS` has under Wick's name.

    Args:
        name: 'MobileNetV2', 'mobilenet_v2', 'resnet50', 'wick', …
        alpha, size: the width and the picture size, for the networks that have several.

    Returns:
        `path` (None if it has to be downloaded), `row` (with `address`, `scale`, …) and `source`, in words.

    Raises:
        ValueError: no such network, or no weights of that width.
        FileNotFoundError: `LANTHORN_WEIGHTS` names something that is not there, or the package lacks its file.

    Example:
        >>> find_weights("resnet50", include_top=False).row.file
        'resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5'
    """
    wanted = row(name, include_top, alpha, size)
    given = given_place()
    if given is not None and given.is_file():
        named = named_like(given)
        if wanted.packaged == (named is not None and named.packaged):
            return FoundWeights(given, wanted, "LANTHORN_WEIGHTS")
    elif given is not None:
        for candidate in _serving(wanted):
            for file in (candidate.file, *candidate.also):
                if (given / file).is_file():
                    return FoundWeights(given / file, candidate, "LANTHORN_WEIGHTS")
    if wanted.packaged:
        return FoundWeights(_in_package(wanted), wanted, "package")
    exact = [row(name, True, alpha, size)] if wanted.include_top else [wanted, row(name, True, alpha, size)]
    for folder, source in ((cache_folder("models"), "cache"), (_keras_cache(), "Keras's cache")):
        for candidate in exact:
            if _intact(folder / candidate.file, candidate.known_hash):
                return FoundWeights(folder / candidate.file, candidate, source)
    return FoundWeights(None, wanted, "download")


def _in_package(wanted: WeightsFile) -> Path:
    path = PACKAGE / wanted.file
    if not path.is_file():
        raise FileNotFoundError(
            f"{wanted.network}: {path} is not there, although it is part of the package. Install lanthorn again, or "
            "pass weights=None."
        )
    return path


def given_place() -> Path | None:
    """What `LANTHORN_WEIGHTS` names: a file or a folder that exists, or None if it is not set."""
    given = os.environ.get("LANTHORN_WEIGHTS")
    if not given:
        return None
    place = Path(given).expanduser()
    if not place.exists():
        raise FileNotFoundError(f"LANTHORN_WEIGHTS is {given!r}, which is neither a file nor a folder that exists.")
    return place


def _keras_cache() -> Path:
    return Path(os.environ.get("KERAS_HOME") or "~/.keras").expanduser() / "models"


def _intact(path: Path, known_hash: str | None) -> bool:
    """Whether the file is there with the hash that is known, or that was seen when it was downloaded.

    Keras of 2018 gave other ResNet weights the same file names: only the hash tells them apart.
    """
    if not path.is_file():
        return False
    seen = path.with_name(path.name + ".sha256")
    wanted = known_hash or ((seen.read_text().split() or [None])[0] if seen.is_file() else None)
    return wanted is None or hash_file(path, "md5" if len(wanted) == 32 else "sha256") == wanted.lower()


def fetch_weights(
    name: str, include_top: bool = True, alpha: float | None = None, size: int | None = None
) -> FoundWeights:
    """As `find_weights`, and downloads what is not on this machine into the cache (never for Wick).

    Raises:
        FileNotFoundError: it could not be fetched; says which file to put where.
        ValueError: the file that came has another hash than is known.
    """
    found = find_weights(name, include_top, alpha, size)
    if found.path:
        return found
    path = _fetch(found.row.address, cache_folder("models", found.row.file), found.row.known_hash, found.row.network)
    return FoundWeights(path, found.row, "download")


def _fetch(address: str, path: Path, known_hash: str | None, who: str) -> Path:
    try:
        seen = download(address, path, known_hash)
    except OSError as error:
        raise FileNotFoundError(
            f"{who}: {path.name} is not on this machine and could not be fetched: {error} Fetch {address} "
            f"elsewhere and put it at {path}, or into a folder that LANTHORN_WEIGHTS names"
            + ("." if who == "decode_predictions" else "; or pass weights=None, or weights='path/of/a/file.h5'.")
        ) from error
    if not known_hash:
        path.with_name(path.name + ".sha256").write_text(f"{seen}  {path.name}\n")
        warnings.warn(
            f"{who}: no hash is known for {path.name}, so nobody vouches for it. It came with the SHA-256 {seen}, "
            "which is kept beside it and checked from now on.",
            stacklevel=2,
        )
    return path


def find_class_names() -> Path:
    """The file with the names of the 1000 classes: given, cached, or downloaded now."""
    entry = table()["class_names"]
    given = given_place()
    if given is not None:
        folder = given if given.is_dir() else given.parent
        for place in (folder, folder.parent):
            for file in (*entry["also"], entry["file"]):
                if (place / file).is_file():
                    return place / file
    for folder in (cache_folder("models"), _keras_cache()):
        if _intact(folder / entry["file"], entry["md5"]):
            return folder / entry["file"]
    return _fetch(
        entry["address"] + entry["file"], cache_folder("models", entry["file"]), entry["md5"], "decode_predictions"
    )
