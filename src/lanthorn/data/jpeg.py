"""What the head of a JPEG says, read without decoding it: size, components, orientation.

Needed to choose a decoder, to decode at a reduced scale and to refuse a bomb before memory is taken.
Markers after ITU-T T.81, annex B; the orientation tag after the EXIF and TIFF 6.0 specifications.
"""

from typing import Literal, NamedTuple

_FRAMES = set(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOF0 to SOF15; the three are tables
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length


class JpegHead(NamedTuple):
    height: int
    width: int
    components: int
    bits: int
    orientation: int  # EXIF: 1 upright … 8
    plain: bool  # nothing in it that only the careful decoder knows how to read
    complete: bool  # ends with the end-of-image marker
    progressive: bool = False  # its coefficients are held whole, at whatever scale it is decoded


def jpeg_head(data: bytes) -> JpegHead | None:
    """The head of a JPEG, or None where it cannot be followed (the decoder will say why)."""
    place, end, orientation, plain = 2, len(data), 1, True
    while place + 9 < end:
        if data[place] != 0xFF:
            return None
        marker = data[place + 1]
        if marker == 0xFF or marker in _ALONE:
            place += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        if marker in _FRAMES:
            bits = data[place + 4]
            height = int.from_bytes(data[place + 5 : place + 7], "big")
            width = int.from_bytes(data[place + 7 : place + 9], "big")
            complete = data[-64:].rstrip(b"\0")[-2:] == b"\xff\xd9"
            return JpegHead(height, width, data[place + 9], bits, orientation, plain, complete, marker in _PROGRESSIVE)
        if marker == 0xE1:
            segment = data[place + 4 : place + 2 + length]
            if segment[:6] == b"Exif\0\0":
                found = exif_orientation(segment[6:])
                orientation, plain = found or 1, plain and found is not None
            elif b"tiff:Orientation" in segment:
                plain = False  # an orientation in XMP: Pillow reads it
        place += 2 + length
    return None


def exif_orientation(tiff: bytes) -> int | None:
    """The orientation (1 to 8) in an EXIF block; 1 where it has none, None where it cannot be read."""
    if tiff[:2] not in (b"II", b"MM") or len(tiff) < 10:
        return None
    order: Literal["little", "big"] = "little" if tiff[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)

    start = number(4, 4)
    if start + 2 > len(tiff):
        return None
    for k in range(number(start, 2)):
        entry = start + 2 + 12 * k
        if entry + 12 > len(tiff):
            return None
        if number(entry, 2) == 0x0112:
            value = number(entry + 8, 2)
            return value if 1 <= value <= 8 else 1
    return 1
