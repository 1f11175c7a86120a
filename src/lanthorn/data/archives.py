"""Unpacking an archive that came from elsewhere: nothing outside the folder, no links, no bombs."""

import lzma
import os
import re
import shutil
import tarfile
import tempfile
import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

MAX_RATIO = 200  # unpacked bytes per byte of the archive
MAX_BYTES = 1 << 38  # 256 GiB
MAX_MEMBERS = 5_000_000
SLACK = 1 << 24  # small archives may unpack to 16 MiB whatever their ratio


def extract(archive: str | os.PathLike, folder: str | os.PathLike) -> Path:
    """Unpack a .zip or .tar (plain, gz, bz2, xz) into a new `folder`, all of it or nothing.

    Raises:
        ValueError: not an archive, or one with a member that leads outside, is a link or a device, or with more
            bytes than an archive of its size can honestly hold.
        FileExistsError: the folder is there already.
    """
    archive, folder = Path(archive), Path(folder)
    if folder.exists():
        raise FileExistsError(f"extract: {folder} exists already; remove it first.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
    try:
        _unpack(archive, work)
        os.chmod(work, 0o755)
        os.replace(work, folder)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return folder


# What the readers of the standard library raise where an archive is broken off, damaged, or locked with a password.
_BROKEN = (
    zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, lzma.LZMAError, NotImplementedError, RuntimeError,
)  # fmt: skip


def _unpack(archive: Path, folder: Path) -> None:
    try:
        if zipfile.is_zipfile(archive):
            _unzip(archive, folder)
        elif is_tar(archive):
            _untar(archive, folder)
        else:
            raise ValueError(f"{archive}: not a .zip or .tar archive.")
    except (OSError, *_BROKEN) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise  # the disk, not the archive
        raise ValueError(f"{archive}: cannot be unpacked ({str(error).rstrip('.')}). Is it whole?") from error


def is_archive(path: str | os.PathLike) -> bool:
    """Whether a file is a .zip or .tar (plain, gz, bz2, xz), by its content."""
    return os.path.isfile(path) and (zipfile.is_zipfile(path) or is_tar(Path(path)))


def is_tar(path: Path) -> bool:
    """Whether a file is a .tar, packed or not; of an empty file that is not so."""
    try:
        return path.stat().st_size > 0 and tarfile.is_tarfile(path)
    except (OSError, *_BROKEN):
        return False


def _name(info: zipfile.ZipInfo) -> str:
    """A member's name. macOS and Linux write UTF-8 without saying so, which then reads as the code page of 1981."""
    if info.flag_bits & 0x800 or info.filename.isascii():
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename


class _Budget:
    """How many members and bytes may still come out."""

    def __init__(self, archive: Path):
        self.archive, self.members = archive, 0
        self.left = min(MAX_BYTES, MAX_RATIO * archive.stat().st_size + SLACK)

    def member(self, name: str) -> Path:
        """The member's path relative to the folder, if it may come out."""
        self.members += 1
        if self.members > MAX_MEMBERS:
            raise ValueError(f"{self.archive}: refused, it has more than {MAX_MEMBERS:,} members.")
        path = PurePosixPath(name.replace("\\", "/"))
        drive = ":" in name if os.name == "nt" else re.match("[A-Za-z]:", name)
        if path.is_absolute() or ".." in path.parts or drive or "\0" in name:
            raise ValueError(f"{self.archive}: refused, its member {name!r} leads outside the folder.")
        return Path(*path.parts)

    def copy(self, source: Any, target: Path) -> None:
        """Write a member's bytes, counted as they come: what an archive declares is not believed."""
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise ValueError(f"{self.archive}: refused, it holds {target.name!r} twice in one place.")
        with open(target, "xb") as file:
            while chunk := source.read(1 << 20):
                self.left -= len(chunk)
                if self.left < 0:
                    raise ValueError(
                        f"{self.archive}: refused, it unpacks to more than {MAX_RATIO} times its size "
                        "(a decompression bomb)."
                    )
                file.write(chunk)


def _unzip(archive: Path, folder: Path) -> None:
    budget = _Budget(archive)
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            path = folder / budget.member(_name(info))
            kind = (info.external_attr >> 16) & 0o170000
            if info.is_dir():
                path.mkdir(parents=True, exist_ok=True)
            elif kind not in (0, 0o100000):
                raise ValueError(f"{archive}: refused, its member {info.filename!r} is a link or a device.")
            else:
                with opened.open(info) as source:
                    budget.copy(source, path)


def _untar(archive: Path, folder: Path) -> None:
    budget = _Budget(archive)
    with tarfile.open(archive) as opened:
        for info in opened:
            path = folder / budget.member(info.name)
            if info.isdir():
                path.mkdir(parents=True, exist_ok=True)
            elif not info.isreg():
                raise ValueError(f"{archive}: refused, its member {info.name!r} is a link or a device.")
            else:
                source = opened.extractfile(info)
                assert source is not None  # a regular file has content
                budget.copy(source, path)
