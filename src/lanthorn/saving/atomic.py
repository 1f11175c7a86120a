"""Writing a file whole or not at all, and telling a format by its first bytes."""

import os
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HDF5_SIGNATURE = b"\x89HDF\r\n\x1a\n"


@contextmanager
def replacing(path: str | os.PathLike, overwrite: bool = True) -> Iterator[str]:
    """Gives a temporary path beside `path`; what was written there takes `path`'s place when the block ends well.

    When the block fails (an error, Ctrl-C, a full disk) the temporary file is removed and the old file stays as
    it was. The folder is made if it is missing.

    Raises:
        FileExistsError: if there is such a file and `overwrite` is False.
        IsADirectoryError: if `path` is a folder.

    Example:
        >>> with replacing("model.json") as temporary:
        ...     Path(temporary).write_text("{}")
    """
    target = Path(os.path.realpath(path))  # a symbolic link stays a link; its target is replaced
    if target.is_dir():
        raise IsADirectoryError(f"save: {os.fspath(path)!r} is a folder; give the name of a file.")
    if target.exists() and not overwrite:
        raise FileExistsError(
            f"save: {os.fspath(path)!r} exists already. Pass overwrite=True to replace it, or another name."
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=f".{target.name[:40]}.", suffix=".tmp", dir=target.parent)
    os.close(handle)
    try:
        yield temporary
        with open(temporary, "rb+") as written:
            os.fsync(written.fileno())
        os.chmod(temporary, target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask())
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def kind_of(path: str | os.PathLike) -> str:
    """ "hdf5", "zip", "json", "safetensors", "folder" or "unknown", by the first bytes and never by the suffix.

    Raises:
        FileNotFoundError: if nothing is there.
        ValueError: if the file is empty.
    """
    path = Path(path)
    if path.is_dir():
        return "folder"
    if not path.exists():
        near = sorted(p.name for p in path.parent.glob(f"{path.stem}*"))[:5] if path.parent.is_dir() else []
        hint = f" There is {', '.join(near)}." if near else ""
        raise FileNotFoundError(f"load: no file at {str(path)!r}.{hint}")
    with open(path, "rb") as file:
        start = file.read(64)
    if not start:
        raise ValueError(f"load: {str(path)!r} is empty (0 bytes).")
    if start.startswith(HDF5_SIGNATURE):
        return "hdf5"
    if start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    size = int.from_bytes(start[:8], "little")
    if start[8:9] == b"{" and 2 <= size <= path.stat().st_size - 8:
        return "safetensors"
    return "json" if start.lstrip()[:1] in (b"{", b"[") else "unknown"


def check_zip_member(name: str, archive: zipfile.ZipFile, member: str, limit: int) -> zipfile.ZipInfo:
    """The member's entry, after its name and its declared size were found sane; `name` is the file's, for errors.

    Raises:
        ValueError: a path that leads outside, an encrypted member, a size above `limit`, or one that is far more
            than the stored bytes could hold (a bomb).
    """
    info = archive.getinfo(member)
    parts = Path(info.filename.replace("\\", "/")).parts
    if info.filename.startswith(("/", "\\")) or ".." in parts or ":" in info.filename:
        raise ValueError(f"{name}: refused, its member {info.filename!r} points outside the archive.")
    if info.flag_bits & 1:
        raise ValueError(f"{name}: its member {info.filename!r} is encrypted; save the model without a password.")
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{name}: its member {info.filename!r} is packed in a way that model files do not use.")
    if info.file_size > limit:
        raise ValueError(f"{name}: refused, its member {info.filename!r} declares {info.file_size:,} bytes.")
    if info.file_size > (1 << 24) and info.file_size > 100 * max(info.compress_size, 1):
        raise ValueError(
            f"{name}: refused, its member {info.filename!r} declares {info.file_size:,} bytes but only "
            f"{info.compress_size:,} are stored (a decompression bomb)."
        )
    return info
