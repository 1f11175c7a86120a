"""Fetching a file: to a temporary name, checked, then renamed. What stands under the name is always whole."""

import os
from urllib.parse import urlsplit

from ..core.cache import cache_folder as cache_folder
from ..core.cache import hash_file as hash_file

CHUNK = 1 << 16
TIMEOUT = 30  # seconds without a byte


def hash_algorithm(file_hash: str, algorithm: str = "auto") -> str:
    """'sha256' or 'md5': as given, or told from the length of the hash."""
    known = {64: "sha256", 32: "md5"}
    if algorithm in ("sha256", "md5"):
        return algorithm
    if algorithm != "auto" or len(file_hash) not in known:
        raise ValueError(f"Expected a SHA-256 (64 digits) or MD5 (32 digits) hash, got {file_hash!r} ({algorithm}).")
    return known[len(file_hash)]


def download(
    address: str,
    path: str | os.PathLike,
    file_hash: str | None = None,
    algorithm: str = "auto",
    schemes: tuple[str, ...] = ("http", "https"),
) -> str:
    """Fetch `address` into the file `path`, with a progress bar on a terminal.

    Args:
        address: http:// or https://, or what `schemes` allows.
        file_hash: SHA-256 or MD5 that the file must have, in hexadecimal digits.

    Returns:
        The SHA-256 of what came.

    Raises:
        OSError: it could not be fetched whole; what stood at `path` stays as it was.
        ValueError: it has another hash, or the address is of another kind.
    """
    if urlsplit(address).scheme not in schemes:
        wanted = " or ".join(f"{scheme}://" for scheme in schemes)
        raise ValueError(f"download: expected an address that starts with {wanted}, got {address!r}.")
    from ..saving.atomic import replacing

    wanted = hash_algorithm(file_hash, algorithm) if file_hash else None
    with replacing(path) as temporary:
        _fetch(address, temporary)
        if file_hash and wanted:
            seen = hash_file(temporary, wanted)
            if seen != file_hash.lower():
                raise ValueError(
                    f"{address}: the file that came has the {wanted.upper()} {seen}, expected {file_hash.lower()}. "
                    "It was damaged on its way or changed at its source, and was not kept."
                )
        return hash_file(temporary)


def _fetch(address: str, path: str) -> None:
    import http.client
    import urllib.error
    import urllib.request

    request = urllib.request.Request(address, headers={"User-Agent": "lanthorn", "Accept-Encoding": "identity"})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer, open(path, "wb") as file:
            length = answer.headers.get("Content-Length")
            total = int(length) if length and length.isdigit() else None
            done = _copy(answer, file, total, address)
    except urllib.error.HTTPError as error:
        error.close()
        raise OSError(f"{address}: the server answered {error.code} ({error.reason}).") from error
    except urllib.error.URLError as error:
        raise OSError(f"{address}: not reached ({error.reason}). Is this machine online?") from error
    except (http.client.HTTPException, TimeoutError, ConnectionError) as error:
        raise OSError(f"{address}: the connection broke off ({error or type(error).__name__}). Try again.") from error
    if total is not None and done != total:
        raise OSError(f"{address}: the connection broke off after {done:,} of {total:,} bytes. Try again.")


def _copy(answer, file, total: int | None, address: str) -> int:
    from ..callbacks.progress import Progbar, choose_verbose

    verbose = choose_verbose("auto")
    name = urlsplit(address).path.rpartition("/")[2]
    print(f"Downloading {name}" + (f" ({total / 1e6:.1f} MB)" if total else ""), flush=True)
    bar = Progbar(max(1, -(-total // 1_000_000)) if total else None, verbose=verbose, unit_name="MB")
    done = 0
    while chunk := answer.read(CHUNK):
        file.write(chunk)
        done += len(chunk)
        if verbose == 1 and (total is None or done < total):
            bar.update(done // 1_000_000, finalize=False)
    if verbose == 1:
        bar.update(-(-done // 1_000_000), finalize=True)
    return done
