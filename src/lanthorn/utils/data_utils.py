"""`get_file`: a file from the network, kept in a cache folder."""

import os
import warnings
import zipfile
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from ..core.cache import keras_folder
from ..data.archives import extract, is_tar
from .download import cache_folder, download, hash_algorithm, hash_file
from .py_dataset import PyDataset, Sequence

__all__ = ["PyDataset", "Sequence", "get_file", "pack_x_y_sample_weight", "unpack_x_y_sample_weight"]


def get_file(
    fname: str | os.PathLike | None = None,
    origin: str | None = None,
    untar: bool = False,
    md5_hash: str | None = None,
    file_hash: str | None = None,
    cache_subdir: str = "datasets",
    hash_algorithm: str = "auto",
    extract: bool = False,
    archive_format: Any = "auto",
    cache_dir: str | os.PathLike | None = None,
    force_download: bool = False,
) -> str:
    """Download `origin` once and return the path of the file, or of the folder it was unpacked into.

    Args:
        fname: name of the file in the cache; the last part of `origin` when None.
        origin: address, http://, https:// or file://.
        file_hash: SHA-256 or MD5 of the file; `md5_hash` and `hash_algorithm` are the older ways to say so.
        extract: unpack a .zip or .tar (gz, bz2, xz); `untar` is the older name. Members that lead outside the
            folder, links and decompression bombs are refused.
        archive_format: "tar", "zip", a list of them, or "auto" for either; None: it is not unpacked, with a warning.
        cache_dir, cache_subdir: where the file is kept: `LANTHORN_CACHE` if that is set, else where Keras keeps it
            (`KERAS_HOME`, else `~/.keras`), sub-folder `datasets`.
        force_download: fetch it even if it is there.

    Raises:
        ValueError: a name that leads out of the folder, another hash, an archive that is refused.
        OSError: it could not be fetched; the message says where to put it by hand.

    Example:
        >>> get_file("flowers.tgz", "https://example.org/flowers.tgz", extract=True)  # doctest: +SKIP
        '…/.keras/datasets/flowers_extracted'
    """
    if not origin:
        raise ValueError("get_file: `origin` is missing: the address to download from.")
    name = _plain_name(os.fspath(fname) if fname else unquote(urlsplit(origin).path.rpartition("/")[2]), origin)
    if md5_hash and not file_hash:
        file_hash, hash_algorithm = md5_hash, "md5"
    home = cache_folder() if os.environ.get("LANTHORN_CACHE") else keras_folder()
    folder = (Path(cache_dir).expanduser() if cache_dir else home) / cache_subdir
    path, unpacked = folder / name, None
    if extract or untar:  # Keras's names: flowers.tgz -> flowers_extracted; flowers -> flowers, from flowers_archive
        if fname and "." in name:
            unpacked = folder / f"{name.partition('.')[0]}_extracted"
        else:
            path, unpacked = folder / f"{name}_archive", folder / name
    if force_download or not _is_there(path, file_hash, hash_algorithm):
        _fetch(origin, path, file_hash, hash_algorithm)
    if unpacked is None:
        return str(path)
    kinds = [archive_format] if isinstance(archive_format, str) else archive_format
    if kinds:
        _check_kind(path, kinds)
        return str(_unpack(path, unpacked, force_download))
    warnings.warn(f"get_file: {path} is not unpacked, as archive_format={archive_format!r} says.", stacklevel=2)
    return str(unpacked)


def _fetch(origin: str, path: Path, file_hash: str | None, algorithm: str) -> None:
    try:
        download(origin, path, file_hash, algorithm, ("http", "https", "file"))
    except OSError as error:
        if error.errno is not None:
            raise  # the disk, not the network
        raise OSError(
            f"{error} {path.name} is not on this machine. Without a network, fetch {origin} elsewhere and put it into "
            f"{path.parent} as {path.name}."
        ) from error


def _check_kind(path: Path, kinds: Any) -> None:
    """Whether an archive is of one of the kinds that are asked for."""
    if unknown := set(kinds) - {"auto", "tar", "zip"}:
        raise ValueError(f"get_file: archive_format must be 'auto', 'tar', 'zip' or None, got {unknown.pop()!r}.")
    if "auto" in kinds or "tar" in kinds and is_tar(path) or "zip" in kinds and zipfile.is_zipfile(path):
        return
    raise ValueError(f"get_file: {path} is no {' or '.join(kinds)} archive; archive_format='auto' takes what it is.")


def _plain_name(name: str, origin: str) -> str:
    if not name or name in (".", "..") or any(sign in name for sign in "/\\:\0"):
        raise ValueError(
            f"get_file: the file needs a plain name, without folders, got {name!r} (origin {origin!r}). Pass fname=, "
            "and cache_dir= or cache_subdir= for the folder."
        )
    return name


def _is_there(path: Path, file_hash: str | None, algorithm: str) -> bool:
    if not path.is_file():
        return False
    if file_hash and hash_file(path, hash_algorithm(file_hash, algorithm)) != file_hash.lower():
        print(f"{path} has another hash than expected; it is downloaded again.")
        return False
    return True


def _unpack(path: Path, folder: Path, again: bool) -> Path:
    """The folder that `path` is unpacked into, anew when the archive is newer."""
    import shutil

    if folder.is_dir() and (again or folder.stat().st_mtime < path.stat().st_mtime):
        shutil.rmtree(folder)
    return folder if folder.is_dir() else extract(path, folder)


def unpack_x_y_sample_weight(data: Any) -> tuple:
    """(x, y, sample_weight) of what `train_step` is given; None for what is missing.

    Example:
        >>> lanthorn.utils.unpack_x_y_sample_weight((1, 2))
        (1, 2, None)
    """
    from ..training.work import unpack

    return unpack(data)


def pack_x_y_sample_weight(x: Any, y: Any = None, sample_weight: Any = None) -> Any:
    """x, y and sample weights as `train_step` is given them.

    Example:
        >>> lanthorn.utils.pack_x_y_sample_weight(1, 2)
        (1, 2)
    """
    from ..training.work import pack

    return pack(x, y, sample_weight)
