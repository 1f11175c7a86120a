"""What a file is, told by its first bytes, and which files are looked into at all.

A photo's suffix is believed, and so is that of what is plainly no photo: among a million files few need be opened.
Whatever else there is (no suffix, `.jpg_large`, `.dat`) is judged by its first bytes.
"""

import os
import re
import stat
from typing import Literal

SUFFIXES = (
    ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".ppm", ".pgm", ".tif", ".tiff", ".gif", ".webp",
    ".heic", ".heif", ".hif", ".avif", ".jp2", ".j2k", ".jpx", ".jxl",
)  # fmt: skip
# Photos that only the makers' programs read in full: pictures, but ones that cannot be read.
RAW_SUFFIXES = tuple(
    f".{s}" for s in "3fr arw cr2 cr3 crw dng erf kdc mef mos mrw nef nrw orf pef raf rw2 rwl sr2 srf srw x3f".split()
)
# Not opened: text, code, tables, documents, archives, films (also those beside a phone's live photos), sounds, models,
# icons, thumbnails of films (.thm), edits (.aae, .xmp), drawings that are programs (.eps, .svg).
_OTHERS = set(
    "txt md rst csv tsv json jsonl ndjson xml yaml yml toml ini cfg conf log html htm xhtml css js ts py pyc ipynb c h "
    "cc cpp cs java go rs r m sh bat ps1 exe dll so dylib bin pdf doc docx xls xlsx ppt pptx odt ods rtf tex epub zip "
    "tar gz tgz bz2 xz 7z rar zst iso dmg mp4 m4v mov avi mkv webm wmv flv mpg mpeg 3gp mts m2ts lrv insv thm mp3 wav "
    "m4a aac flac ogg opus mat npy npz pkl pickle pt pth ckpt h5 hdf5 keras onnx pb tflite safetensors parquet feather "
    "db sqlite sqlite3 tfrecord lmdb mdb ico cur icns ttf otf woff woff2 aae xmp xcf ai eps ps svg lnk url tmp lock "
    "md5 sha1 sha256 sig torrent".split()
)
_LOOKED_AT = 64  # bytes: enough for the brands that a HEIC names

_FIRST_BYTES = {
    b"\xff\xd8\xff": "jpeg",
    b"\x89PNG\r\n\x1a\n": "png",
    b"GIF8": "gif",
    b"II*\0": "tiff",
    b"MM\0*": "tiff",
    b"II+\0": "tiff",
    b"MM\0+": "tiff",
    b"\0\0\0\x0cjP  \r\n\x87\n": "jpeg 2000",
    b"\xff\x4f\xff\x51": "jpeg 2000",
    b"\0\0\0\x0cJXL \r\n\x87\n": "jpeg xl",
    b"\xff\x0a": "jpeg xl",
    b"8BPS\0": "psd",
    b"qoif": "qoi",
    b"DDS ": "dds",
    b"IIRO": "raw",  # Olympus
    b"IIRS": "raw",
    b"IIU\0": "raw",  # Panasonic
    b"FUJIFILMCCD-RAW": "raw",
    b"FOVb": "raw",  # Sigma
    b"\0MRM": "raw",  # Minolta
}
# Brands of ISO/IEC 14496-12 files that hold pictures (23008-12 and AV1 Image File Format); the others hold films.
_HEIC = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"hevm", b"hevs"}
_AVIF = {b"avif", b"avis"}
_EITHER = {b"mif1", b"mif2", b"msf1", b"miaf"}  # says "a picture", and with its other brands which
_PPM = re.compile(rb"P[1-6]\s+(#|\d)")
_BMP_HEADS = (12, 16, 40, 52, 56, 64, 108, 124)
_NO_PICTURE = {
    b"%PDF": "a PDF document",
    b"%!PS": "a PostScript program",
    b"PK\3\4": "a zip archive (or an office document)",
    b"\x1f\x8b": "a gzip archive",
    b"Rar!": "a rar archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"\x1aE\xdf\xa3": "a film (WebM or Matroska)",
    b"OggS": "a sound",
    b"ID3": "a sound",
    b"\x89HDF": "an HDF5 file",
    b"version https://git-lfs": "a pointer of Git LFS (fetch the file itself with: git lfs pull)",
}


def sniff(data: bytes) -> str | None:
    """The format of a picture that its first bytes tell: jpeg, png, gif, bmp, tiff, ppm, webp, heic, avif,
    jpeg 2000, jpeg xl, psd, qoi, dds, or raw (of a camera); None where they are no picture's.

        >>> sniff(b"RIFF....WEBPVP8 ")
        'webp'
    """
    for start, name in _FIRST_BYTES.items():
        if data.startswith(start):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[:2] == b"BM":  # two letters would make a picture of "BMW.txt"
        return "bmp" if int.from_bytes(data[14:18], "little") in _BMP_HEADS else None
    if data[4:8] == b"ftyp":
        return _by_brand(data)
    return "ppm" if _PPM.match(data) else None


def _by_brand(data: bytes) -> str | None:
    main, end = data[8:12], min(int.from_bytes(data[:4], "big"), len(data))
    others = {data[at : at + 4] for at in range(16, end, 4)}
    if main in _AVIF or main in _EITHER and others & _AVIF:
        return "avif"
    if main in _HEIC or main in _EITHER:
        return "heic"
    return "raw" if main == b"crx " else None  # Canon's CR3


def is_picture(path: str) -> bool:
    """Whether a file is taken for a picture: by its suffix where that is a photo's, or plainly none; else by its
    first bytes. A camera's raw file is one, and so is a HEIC whose reader is not installed: they are told of when read.
    """
    suffix = os.path.splitext(path)[1].lower()
    if suffix in SUFFIXES or suffix in RAW_SUFFIXES:
        return True
    if suffix[1:] in _OTHERS:
        return False
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # to open a pipe would be to wait for ever
            return False
        with open(path, "rb", buffering=0) as file:
            return sniff(file.read(_LOOKED_AT)) is not None
    except OSError:
        return False


def other_kind(data: bytes) -> str:
    """What these bytes of no picture are, in words: 'a web page (HTML)'."""
    for start, name in _NO_PICTURE.items():
        if data.startswith(start):
            return name
    if data[4:8] == b"ftyp":
        return "a film (MP4 or MOV)"
    if data[:4] == b"RIFF":
        return "a film or a sound (RIFF)"
    if not data.strip(b"\0"):
        return "nothing but zeros"
    start = data[:200].lstrip(b"\xef\xbb\xbf \r\n\t")
    if start[:1] == b"<":
        kind = "a drawing (SVG)" if b"<svg" in data[:1000].lower() else "XML"
        return "a web page (HTML)" if re.match(rb"<(!doctype html|html|head|body|!--)", start, re.I) else kind
    try:
        text = " ".join(start[:24].decode("ascii").split())
    except UnicodeDecodeError:
        text = ""
    return f'text: "{text}…"' if text.isprintable() and text else f"unknown; it starts with {data[:8].hex(' ')}"


def raw_maker(data: bytes) -> str | None:
    """Which kind of raw file of a camera a TIFF is (DNG, CR2, …), None where it is an ordinary TIFF.

    Read as a TIFF, most of them give their thumbnail: a picture of 160 x 120 in the place of the photo. Tags after
    TIFF 6.0 and Adobe's DNG specification 1.7.
    """
    if data[8:10] == b"CR" and data[:4] == b"II*\0":
        return "CR2"
    if data[:4] not in (b"II*\0", b"MM\0*"):
        return None
    order: Literal["little", "big"] = "little" if data[:2] == b"II" else "big"
    start, tags = int.from_bytes(data[4:8], order), {}
    for at in range(start + 2, start + 2 + 12 * int.from_bytes(data[start : start + 2], order), 12):
        size = 2 if int.from_bytes(data[at + 2 : at + 4], order) == 3 else 4
        tags[int.from_bytes(data[at : at + 2], order)] = int.from_bytes(data[at + 8 : at + 8 + size], order)
        if at > len(data):
            break
    if 0xC612 in tags:
        return "DNG"
    sensor = tags.get(0x0106) in (32803, 34892)  # PhotometricInterpretation: CFA, or LinearRaw
    thumbnail_first = tags.get(0x00FE, 0) & 1 and 0x014A in tags  # NewSubfileType: reduced; the rest in SubIFDs
    return "NEF, ARW or such" if sensor or thumbnail_first else None
