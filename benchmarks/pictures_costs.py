"""What a picture costs apart from the clock: where its time goes, what it leaves in memory, what a million files need.

    python benchmarks/pictures_costs.py [folder of classes] [--stages] [--memory] [--million]

`--stages` says where the time of a picture goes; `--memory` what a hundred epochs leave behind; `--million` what a
million files cost (links to a few, in the temporary folder). Without a folder it takes the pictures of `pictures.py`.
"""

import argparse
import os
import resource
import shutil
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
from pictures import BATCH, SHARED, SHEAR, SIZE, ZOOM, drawn
from rows import append


def _row(what: str, value: float, unit: str, who: str = "lanthorn") -> dict:
    print(f"  {what:72} {value:10,.1f} {unit}", flush=True)
    return {"what": what, "engine": None, "who": who, "value": value, "unit": unit}


def stages(folder, rounds: int = 5) -> list[dict]:
    """Processor time of one thread per picture: the parts that OpenCV and NumPy must do, and the whole."""
    import cv2

    from lanthorn.data import Affine, Flip, folder_dataset, read_picture
    from lanthorn.data.augment import run
    from lanthorn.data.draws import lent_generator
    from lanthorn.data.jpeg import jpeg_head

    threads = cv2.getNumThreads()
    cv2.setNumThreads(1)
    augment = [Affine(shear=SHEAR, zoom=ZOOM), Flip()]
    dataset = folder_dataset(folder, SIZE, BATCH, augment=augment, scale="tf", cache=0, workers=0)
    paths = [dataset.folder.path(k) for k in range(dataset.samples)]
    files = [Path(path).read_bytes() for path in paths]
    places = [k for k, data in enumerate(files) if data[:3] == b"\xff\xd8\xff"][:500]
    pictures = {k: read_picture(files[k]).copy() for k in places}
    four = {k: cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA) for k, picture in pictures.items()}
    warped, seen = np.empty((SIZE, SIZE, 4), np.uint8), np.empty((SIZE, SIZE, 3), np.uint8)
    out, xy = np.empty((SIZE, SIZE, 3), np.float32), np.array([[0.9, 0.1, 3.0], [0.0, 0.8, 5.0]])
    whole = {"flags": cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, "borderMode": cv2.BORDER_REPLICATE}
    bare = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    parts = {
        "read the file": (True, lambda k: Path.read_bytes(Path(paths[k]))),
        "look at its head": (False, lambda k: jpeg_head(files[k])),
        "decode (imdecode)": (True, lambda k: cv2.imdecode(np.frombuffer(files[k], np.uint8), bare)),
        "random numbers": (False, lambda k: [t.draw(lent_generator(0, 1, k), SIZE, SIZE) for t in augment]),
        "to four channels": (True, lambda k: cv2.cvtColor(pictures[k], cv2.COLOR_RGB2RGBA, dst=four[k])),
        "warp (warpAffine)": (True, lambda k: cv2.warpAffine(four[k], xy, (SIZE, SIZE), dst=warped, **whole)),
        "to three channels": (True, lambda k: cv2.cvtColor(warped, cv2.COLOR_RGBA2RGB, dst=seen)),
        "scale to float32": (True, lambda k: dataset.preprocessing.scale_pixels(seen, out)),
        "augment: the middle five": (
            False,
            lambda k: run(dataset._transforms, pictures[k], lent_generator(0, 1, k)),
        ),
        "all of it": (False, lambda k: dataset._fill(out, k, 1)),
    }
    best = dict.fromkeys(parts, float("inf"))
    for _ in range(rounds):
        for name, (_, work) in parts.items():
            start = time.process_time()
            for k in places:
                work(k)
            best[name] = min(best[name], (time.process_time() - start) / len(places))
    cv2.setNumThreads(threads)
    floor = sum(best[name] for name, (bare, _) in parts.items() if bare)
    print(f"processor time per picture, one thread, {len(places)} JPEGs of {folder}")
    rows = [_row(f"stage of a picture: {name}", value * 1e6, "µs") for name, value in best.items()]
    return [*rows, _row("stage of a picture: floor (what libraries must do)", floor * 1e6, "µs")]


def _resident() -> float:
    """Megabytes of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def memory(folder, epochs: int = 100, pictures: int = 320) -> list[dict]:
    """How much larger the process is after a hundred epochs than after the fifth."""
    from lanthorn.data import Affine, Dataset, Flip, Preprocessing, scan_folder

    some = scan_folder(folder)
    some = some.select(np.linspace(0, len(some.labels) - 1, min(pictures, len(some.labels))).astype(int))
    rows = []
    for cache, name in ((0, "nothing kept"), (256 << 20, "pictures kept")):
        dataset = Dataset(
            some, Preprocessing(SIZE, scale="tf"), BATCH, [Affine(shear=SHEAR, zoom=ZOOM), Flip()], cache=cache
        )
        early = 0.0
        for epoch in range(epochs):
            for _ in dataset.epoch_batches(epoch):
                pass
            early = _resident() if epoch == 4 else early
        rows.append(_row(f"memory: growth from epoch 5 to {epochs}, {name}", _resident() - early, "MB"))
        rows.append(_row(f"memory: process after {epochs} epochs, {name}", _resident(), "MB"))
    return rows


def million(folder, n: int = 1_000_000) -> list[dict]:
    """A folder of ten classes with a million files: links to ten pictures."""
    from lanthorn.data import Dataset, Preprocessing, check_photos, scan_folder, stratified_split

    source = [path for path in sorted(Path(folder).rglob("*")) if path.is_file()][:10]
    rows = []

    def timed(what, work):
        start, used = time.perf_counter(), time.process_time()
        result = work()
        wall, used = time.perf_counter() - start, time.process_time() - used
        rows.append(_row(f"growth: {n:,} files, {what} (processor {used:.1f} s)", wall, "s"))
        return result

    def batches(dataset, count):
        made = dataset.epoch_batches(0)
        for _ in range(count):
            next(made)
        made.close()

    with tempfile.TemporaryDirectory() as place:
        _repeat(source, Path(place), n)
        before = _resident()
        found = timed("scan", lambda: scan_folder(place))
        train, held = timed("split", lambda: stratified_split(found.labels, 0.2))
        timed(
            "check (100,000 of them)", lambda: check_photos(found.select(train[:80_000]), found.select(held[:20_000]))
        )
        dataset = timed("Dataset, which looks at every file's ends", lambda: Dataset(found, Preprocessing(64), BATCH))
        timed("order of an epoch", lambda: dataset.order(1))
        timed("100 batches of 32", lambda: batches(dataset, 100))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        rows.append(_row(f"memory: {n:,} files, peak of the process", peak, "MB"))
        rows.append(_row(f"memory: {n:,} files, before the scan", before, "MB"))
    return rows


def _repeat(source: list[Path], place: Path, n: int) -> None:
    """`n` files in ten folders, as hard links; a file system allows some ten thousand links to one file."""
    for c in range(10):
        (place / f"class_{c}").mkdir()
        for k in range(n // 10):
            path = place / f"class_{c}" / f"{k:07}.jpg"
            if k % 20_000 == 0:
                shutil.copy(source[(c + k) % len(source)], path)
                first = path
            else:
                os.link(first, path)


PARTS = {"stages": stages, "memory": memory, "million": million}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?")
    for name in PARTS:
        parser.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--json", type=Path, help="file to which rows are appended, one JSON a line")
    given = parser.parse_args()
    warnings.simplefilter("ignore")
    for name, part in PARTS.items():
        if getattr(given, name):
            with tempfile.TemporaryDirectory() as made:
                folder = given.folder or (SHARED if SHARED.is_dir() else drawn(Path(made, "drawn"), 400))
                append(given.json, part(folder))


if __name__ == "__main__":
    main()
