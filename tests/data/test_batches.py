"""Batches: exact replay with any number of threads, resuming, labels, broken pictures, memory, Ctrl-C."""

import gc
import pickle
import signal
import subprocess
import sys
import threading
import time
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from lanthorn.data import Affine, Dataset, Flip, PictureError, Preprocessing, Resize, folder_dataset, scan_folder
from lanthorn.data.check import PictureWarning
from lanthorn.data.workers import for_each, in_order, parts_of

CHANGES = [Affine(shear=10, zoom=0.2), Flip()]


def made(photos, **settings):
    settings = {"size": (24, 32), "batch_size": 5, "augment": CHANGES, "scale": "tf", "seed": 3} | settings
    return folder_dataset(photos, **settings)


def everything(batches):
    return [tuple(part.copy() for part in batch) for batch in batches]


def same(a, b):
    assert len(a) == len(b)
    for one, other in zip(a, b, strict=True):
        for x, y in zip(one, other, strict=True):
            np.testing.assert_array_equal(x, y)


def test_what_a_dataset_tells(photos):
    data = made(photos)
    assert data.class_names == ["cat", "dog"] and data.num_classes == 2 and data.samples == 12 and len(data) == 3
    assert data.shape == (24, 32, 3) and not data.repeats and made(photos, augment=None).repeats
    assert data.preprocessing.scale == "tf" and data.labels.tolist() == [0] * 7 + [1] * 5
    assert data.filenames[0].endswith("0.jpg") and "12 pictures" in repr(data)
    shapes = [(x.shape, y.shape, x.dtype, y.dtype) for x, y in data]
    assert shapes == [((n, 24, 32, 3), (n,), np.float32, np.int32) for n in (5, 5, 2)]


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_any_number_of_threads_gives_the_same_batches(photos, workers):
    alone = made(photos, workers=0)
    for epoch in (0, 1):
        same(everything(alone.epoch_batches(epoch)), everything(made(photos, workers=workers).epoch_batches(epoch)))


def test_epochs_differ_and_come_again(photos):
    data = made(photos)
    first, second = everything(data), everything(data)
    assert data.epoch == 2
    assert not np.array_equal(first[0][0], second[0][0])
    same(first, everything(data.epoch_batches(0)))
    same(second, everything(data.epoch_batches(1)))
    assert sorted(np.concatenate([y for _, y in first])) == [0] * 7 + [1] * 5
    other = made(photos, seed=4)
    assert not np.array_equal(other.order(0), data.order(0))


def test_resuming_in_the_middle_of_an_epoch(photos):
    data = made(photos)
    same(everything(data.epoch_batches(2))[1:], everything(data.epoch_batches(2, start_batch=1)))
    assert everything(data.epoch_batches(2, start_batch=3)) == []


def test_what_the_network_saw_of_a_file(photos):
    data = made(photos)
    for batch, (x, y, numbers) in enumerate(data.epoch_batches(4, with_numbers=True)):
        np.testing.assert_array_equal(numbers, data.order(4)[batch * 5 : batch * 5 + 5])
        for k, number in enumerate(numbers):
            one, label = data.sample(int(number), epoch=4)
            np.testing.assert_array_equal(x[k], one)
            assert y[k] == label
            by_name, _ = data.sample(data.filenames[int(number)], epoch=4)
            np.testing.assert_array_equal(by_name, one)
    picture = data.picture(3, epoch=4)
    assert picture.dtype == np.uint8 and picture.shape == (24, 32, 3)
    np.testing.assert_array_equal(data.preprocessing.scale_pixels(picture), data.sample(3, epoch=4)[0])


def test_without_augmentation_pictures_are_the_preprocessings(photos):
    prep = Preprocessing((20, 28), fit="crop", scale="torch")
    data = Dataset(scan_folder(photos), prep, batch_size=12, shuffle=False)
    ((x, y),) = data.epoch_batches(0)
    np.testing.assert_array_equal(x, prep.batch([data.folder.path(k) for k in range(12)]))
    assert y.tolist() == [0] * 7 + [1] * 5


@pytest.mark.parametrize("settings", [{"fit": "pad"}, {"interpolation": "bicubic"}, {"augment": [Resize(40), Flip()]}])
def test_sizes_hold_with_any_fit_and_list(photos, settings):
    data = made(photos, **settings)
    assert next(data.epoch_batches(0))[0].shape == (5, 24, 32, 3)


def test_labels(photos):
    assert next(iter(made(photos, labels=None))).shape == (5, 24, 32, 3)
    y = next(iter(made(photos, labels="categorical", shuffle=False)))[1]
    assert y.tolist() == [[1, 0]] * 5 and y.dtype == np.float32
    y = next(iter(made(photos, labels="binary", shuffle=False)))[1]
    assert y.tolist() == [[0]] * 5 and y.dtype == np.float32
    with pytest.raises(ValueError, match="labels must be 'int'"):
        made(photos, labels="onehot")
    with pytest.raises(ValueError, match="batch_size must be 1 or more"):
        made(photos, batch_size=0)
    with pytest.raises(ValueError, match="on_error must be 'skip' or 'raise'"):
        made(photos, on_error="ignore")


def test_a_truncated_picture_is_left_out_before_the_first_batch(photos, cut):
    cut(photos / "cat" / "2.jpg")
    with pytest.warns(PictureWarning, match=r"1 picture cannot be read and was skipped .*2\.jpg: is truncated"):
        data = made(photos)
    assert data.samples == 11 and sum(len(x) for x, _ in data) == 11
    with pytest.raises(PictureError, match=r"2\.jpg: is truncated"):
        made(photos, on_error="raise")


@pytest.mark.parametrize("workers", [0, 2])
def test_a_picture_that_breaks_later(photos, cut, workers):
    data, strict = made(photos, workers=workers), made(photos, workers=workers, on_error="raise")
    cut(photos / "cat" / "2.jpg")
    (photos / "dog" / "3.jpg").unlink()
    with pytest.warns(PictureWarning) as caught:
        seen = everything(data)
        assert sum(len(x) for x, _ in seen) == 10 and all(len(x) == len(y) for x, y in seen)
        everything(data)  # warned of once each
    assert sorted(str(w.message).split(" (")[1].split(": ")[0][-9:] for w in caught) == ["cat/2.jpg", "dog/3.jpg"]
    with pytest.raises(PictureError, match=r"(2|3)\.jpg"):
        everything(strict)


def test_the_cache_keeps_to_its_budget_and_changes_nothing(photos):
    plain = made(photos, cache=0)
    kept = made(photos)
    small = made(photos, cache=9000)
    for epoch in range(2):
        expected = everything(plain.epoch_batches(epoch))
        same(expected, everything(kept.epoch_batches(epoch)))
        same(expected, everything(small.epoch_batches(epoch)))
    assert len(kept._cache) == 12 and sum(p.nbytes for p in small._cache.values()) <= 9000 and small._cache


def test_a_function_that_writes_to_its_picture_does_not_spoil_the_kept_one(photos):
    def darken(picture):
        picture //= 2
        return picture

    plain, kept = (made(photos, augment=[darken, Flip()], cache=cache) for cache in (0, 10**7))
    for epoch in range(2):
        same(everything(plain.epoch_batches(epoch)), everything(kept.epoch_batches(epoch)))


def test_kept_pictures_stay_behind_when_a_data_set_is_pickled(photos):
    data = made(photos)
    first = everything(data.epoch_batches(0))
    assert data._cache
    again = pickle.loads(pickle.dumps(data))
    assert not again._cache and again._cache.left == data._cache.budget
    same(first, everything(again.epoch_batches(0)))


def test_grey_pictures(photos):
    data = Dataset(scan_folder(photos), Preprocessing((10, 10)), grayscale=True, shuffle=False, batch_size=3)
    x, _ = next(data.epoch_batches(0))
    path = data.folder.path(0)
    expected = Image.fromarray(Preprocessing((10, 10)).read(path)).convert("L")
    np.testing.assert_array_equal(x[0, ..., 0], np.asarray(expected))


def test_memory_does_not_grow_over_epochs(photos):
    data = made(photos, size=64)
    everything(data), everything(data)
    gc.collect()
    tracemalloc.start()
    sizes = []
    for _ in range(4):
        for _batch in data:
            pass
        gc.collect()
        sizes.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert sizes[-1] - sizes[0] < 64 * 64 * 3 * 4  # less than one picture in three epochs


def data_threads():
    return [t for t in threading.enumerate() if t.name.startswith("lanthorn-data")]


def test_threads_end_with_the_iterator(photos):
    batches = made(photos, workers=3, batch_size=1).epoch_batches(0)
    next(batches)
    assert data_threads()
    batches.close()
    until = time.monotonic() + 20
    while data_threads() and time.monotonic() < until:
        time.sleep(0.01)
    assert not data_threads()


def test_in_order_reads_ahead_but_not_without_end():
    started = []

    def job(k):
        return parts_of(1, lambda _: started.append(k)), lambda: k

    batches = in_order((job(k) for k in range(100)), workers=2, ahead=3)
    assert next(batches) == 0
    until = time.monotonic() + 20
    while len(started) < 4 and time.monotonic() < until:
        time.sleep(0.01)
    assert sorted(started) == [0, 1, 2, 3]
    assert list(batches) == list(range(1, 100))
    assert for_each(lambda k: k * k, 20, 3) == [k * k for k in range(20)]
    with pytest.raises(KeyError):
        for_each(lambda k: {}[k], 5, 2)


@pytest.mark.skipif(sys.platform == "win32", reason="signals work differently there")
def test_ctrl_c_ends_a_run_promptly(photos):
    code = (
        "import sys; from lanthorn.data import folder_dataset\n"
        f"data = folder_dataset({str(photos)!r}, 512, 2, workers=2)\n"
        "try:\n"
        "    while True:\n"
        "        for x, y in data: print('batch', flush=True)\n"
        "except KeyboardInterrupt:\n"
        "    print('stopped', flush=True)\n"
    )
    run = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert run.stdout.readline() == "batch\n"
    run.send_signal(signal.SIGINT)
    out, _ = run.communicate(timeout=60)
    assert out.endswith("stopped\n") and run.returncode == 0
