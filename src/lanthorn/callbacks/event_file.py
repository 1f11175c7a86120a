"""TensorBoard's event files, written by ourselves: records with checksums around a few protocol buffers.

The formats are TensorFlow's: `tensorflow/core/lib/io/record_writer.h`, `core/util/event.proto` and
`core/framework/summary.proto`; the contents of a summary are those that TensorBoard's plugins document.
"""

import functools
import os
import struct
import time
from typing import Any

import numpy as np

_SCALAR, _TENSOR, _BLOBS = 1, 2, 3  # SummaryMetadata.data_class: which reader takes a tag
_FLOAT, _DOUBLE, _STRING = 1, 2, 7  # TensorProto.dtype
_BUCKETS = 30


class EventFile:
    """A file of events in a folder; it is made when the first event comes, and never held open.

    Args:
        folder: where it lies, the name of a run. TensorBoard finds all files in it.

    Example:
        >>> file = EventFile("logs/train")
        >>> file.scalar("epoch_loss", 0.5, step=0)
    """

    _made = 0  # two files that begin in one second have two names

    def __init__(self, folder: str):
        self.folder = folder
        self._path = ""

    def scalar(self, tag: str, value: Any, step: int) -> None:
        tensor = _number(1, _FLOAT) + _field(2, b"") + _field(4, np.asarray(value, "<f4").tobytes())
        self._summary(tag, step, "scalars", _SCALAR, tensor)

    def histogram(self, tag: str, values: Any, step: int) -> None:
        """How often which values come, in 30 buckets of one width."""
        values = np.ravel(np.asarray(values, "float64"))
        counts, edges = np.histogram(values[np.isfinite(values)], _BUCKETS)
        table = np.stack([edges[:-1], edges[1:], counts], 1).astype("<f8")
        tensor = _number(1, _DOUBLE) + _shape(*table.shape) + _field(4, table.tobytes())
        self._summary(tag, step, "histograms", _TENSOR, tensor)

    def images(self, tag: str, images: np.ndarray, step: int) -> None:
        """Pictures of whole numbers from 0 to 255: (count, height, width), or with colours at the end."""
        parts = [str(images.shape[2]).encode(), str(images.shape[1]).encode(), *map(_png, images)]
        tensor = _number(1, _STRING) + _shape(len(parts)) + b"".join(_field(8, part) for part in parts)
        self._summary(tag, step, "images", _BLOBS, tensor)

    def text(self, tag: str, text: str, step: int, plugin: str, content: bytes = b"") -> None:
        """A text for one of TensorBoard's plugins."""
        tensor = _number(1, _STRING) + _field(2, b"") + _field(8, text.encode())
        self._summary(tag, step, plugin, 0, tensor, content)

    def _summary(self, tag: str, step: int, plugin: str, kind: int, tensor: bytes, content: bytes = b"") -> None:
        metadata = _field(1, _field(1, plugin.encode()) + _field(2, content)) + (_number(4, kind) if kind else b"")
        value = _field(1, tag.encode()) + _field(8, tensor) + _field(9, metadata)
        self._event(_number(2, step) + _field(5, _field(1, value)))

    def _event(self, what: bytes) -> None:
        if not self._path:
            import socket

            os.makedirs(self.folder, exist_ok=True)
            EventFile._made += 1
            ending = f"{int(time.time()):010d}.{socket.gethostname()}.{os.getpid()}.{EventFile._made}.v2"
            self._path = os.path.join(self.folder, f"events.out.tfevents.{ending}")
            self._event(_field(3, b"brain.Event:2"))
        data = b"\x09" + struct.pack("<d", time.time()) + what
        length = struct.pack("<Q", len(data))
        with open(self._path, "ab") as file:
            file.write(length + _checksum(length) + data + _checksum(data))


# -- protocol buffers ------------------------------------------------------------------------------------------------
def _varint(number: int) -> bytes:
    number &= 0xFFFFFFFFFFFFFFFF
    digits = bytearray()
    while number > 0x7F:
        digits.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*digits, number])


def _number(field: int, number: int) -> bytes:
    return _varint(field << 3) + _varint(int(number))


def _field(field: int, data: bytes) -> bytes:
    """Bytes, a text or a message within a message."""
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _shape(*sizes: int) -> bytes:
    return _field(2, b"".join(_field(2, _number(1, size)) for size in sizes))


def _png(image: np.ndarray) -> bytes:
    import io

    from PIL import Image

    file = io.BytesIO()
    Image.fromarray(np.asarray(image, "uint8")).save(file, "png")
    return file.getvalue()


# -- CRC-32C (Castagnoli), turned and shifted as records want it
@functools.cache
def _table() -> list[int]:
    table = []
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        table.append(byte)
    return table


def _checksum(data: bytes) -> bytes:
    crc, table = 0xFFFFFFFF, _table()
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    crc ^= 0xFFFFFFFF
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)
