"""What is refused: files that are no pictures, broken ones, and pictures that would take more memory than any photo."""

MAX_PIXELS = 89_478_485  # what Pillow warns of: 256 MiB of RGB
# A JPEG over the limit is decoded at 1/2, 1/4 or 1/8, so that it takes no more memory than the limit allows. It may
# declare eight times as many pixels (the largest cameras make 400 megapixels); a progressive one, whose coefficients
# are held whole whatever the scale, twice as many.
JPEG_TIMES, PROGRESSIVE_TIMES = 8, 2

_limit = MAX_PIXELS


class PictureError(ValueError):
    """A file that cannot be read as a picture. `.path` names it, `.reason` says why."""

    def __init__(self, path: str, reason: str, advice: str = ""):
        self.path, self.reason = path, reason
        super().__init__(f"{path}: {reason}." + (f" {advice}" if advice else ""))

    def __reduce__(self):
        return _rebuild, (self.path, self.reason, str(self))


def _rebuild(path, reason, text):
    error = PictureError(path, reason)
    error.args = (text,)
    return error


def failed(name: str, error: Exception) -> PictureError:
    """What a decoder's complaint means, with the name of the file."""
    text = str(error) or type(error).__name__
    short = "truncated" in text.lower() or "end of file" in text.lower() or isinstance(error, (EOFError, IndexError))
    word = "is truncated" if short else "is damaged"
    return PictureError(name, f"{word} ({text})", "Fetch it again or remove it.")


def max_pixels() -> int:
    """How many pixels a picture may have once it is decoded (width times height)."""
    return _limit


def set_max_pixels(n: int | None) -> int:
    """Sets how many pixels a decoded picture may have, for this process; None: MAX_PIXELS, as at the start.

    The limit guards against small files that declare huge pictures (decompression bombs). A pixel takes 3 bytes
    in each thread that reads. Returns the limit there was. Pillow's own is not asked, and stays as it is. Raises
    ValueError where `n` is no positive number.

        >>> before = lanthorn.data.set_max_pixels(200_000_000)
        >>> lanthorn.data.set_max_pixels(before)
        200000000
    """
    global _limit
    if n is not None and (isinstance(n, bool) or n != int(n) or n < 1):
        raise ValueError(f"max_pixels: expected a number of pixels such as 200000000 (or none at all), got {n!r}.")
    before, _limit = _limit, MAX_PIXELS if n is None else int(n)
    return before


def check_size(name: str, height: int, width: int, times: int = 1) -> None:
    """Refuses a picture that declares more than `times` the limit of pixels."""
    limit = _limit * times
    if height * width > limit:
        raise PictureError(
            name,
            f"declares {width} x {height} pixels, more than the limit of {limit:,} (a decompression bomb?)",
            f"If you trust it, allow more pixels (--max-pixels {-(-height * width // times)} on the command line, "
            f"max_pixels={-(-height * width // times)} or lanthorn.data.set_max_pixels in Python), or shrink it.",
        )


def jpeg_scale(name: str, height: int, width: int, progressive: bool, scale: int = 1) -> int:
    """2, 4 or 8 where a JPEG must be decoded at that part of its size to stay within the limit, else `scale`."""
    check_size(name, height, width, PROGRESSIVE_TIMES if progressive else JPEG_TIMES)
    while scale < 8 and -(-height // scale) * -(-width // scale) > _limit:
        scale *= 2
    return scale
