"""`lanthorn train`: from a folder to a file, and what it says when it cannot."""

import signal
import subprocess
import sys
import threading

import pytest

from lanthorn import data

TRAIN = ["--backbone", "none", "--epochs", "1", "--image-size", "32", "--batch-size", "8"]


def test_trains_on_each_engine_and_says_what_it_did(engine, lanthorn, photos, tmp_path):
    file = tmp_path / "new" / "model.keras"
    code, out, err = lanthorn("train", photos, "-o", file, *TRAIN, "--engine", engine)
    assert code == 0, err
    assert file.stat().st_size > 10_000
    assert "40 for training, 15 for validation" in out
    assert "boat" in out and "tree" in out
    assert f"a small network from scratch, 1 epoch, pictures of 32 × 32, on {engine}" in out
    assert "validation accuracy" in out and f"lanthorn predict {file}" in out
    assert "\r" not in out + err and "\x1b" not in out + err  # a log gets plain lines


def test_the_same_seed_gives_the_same_model(lanthorn, photos, tmp_path):
    import numpy as np

    import lanthorn as keras

    weights = []
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        code, _, err = lanthorn("train", photos, "-o", tmp_path / f"{name}.keras", *TRAIN, "--seed", seed)
        assert code == 0, err
        weights.append(keras.models.load_model(tmp_path / f"{name}.keras").get_weights())
    assert all(np.array_equal(a, b) for a, b in zip(weights[0], weights[1]))
    assert not all(np.array_equal(a, c) for a, c in zip(weights[0], weights[2]))


def test_a_flat_folder_is_split_class_by_class(lanthorn, photos, tmp_path):
    code, out, err = lanthorn("train", photos / "train", "-o", tmp_path / "m.keras", *TRAIN, "--validation", "0.25")
    assert code == 0, err
    assert "30 for training, 10 for validation" in out


def test_validation_may_be_a_folder(lanthorn, photos, tmp_path):
    options = ["--validation", photos / "validation", "--no-augment", "--learning-rate", "0.01"]
    code, out, err = lanthorn("train", photos / "train", "-o", tmp_path / "m.keras", *TRAIN, *options)
    assert code == 0, err
    assert "40 for training, 15 for validation" in out


def test_a_backbone_from_random_weights(lanthorn, photos, tmp_path):
    options = ["--backbone", "mobilenet", "--weights", "none", "--image-size", "32", "--epochs", "1"]
    code, out, err = lanthorn("train", photos, "-o", tmp_path / "m.keras", *options)
    assert code == 0, err
    assert "mobilenet from random weights" in out


def test_a_frozen_backbone_with_real_weights(lanthorn, own_photos, tmp_path, shared_data):
    for name in ("house", "lantern", "tree"):
        for part in ("train", "validation"):
            (own_photos / part / name).rename(tmp_path / f"{part}_{name}")
    weights = shared_data / "weights" / "mobilenet_v2_1.0_224_imagenet.weights.h5"
    options = ["--backbone", "mobilenet_v2", "--weights", weights, "--image-size", "96", "--epochs", "2"]
    code, out, err = lanthorn("train", own_photos, "-o", tmp_path / "m.keras", *options)
    assert code == 0, err
    assert "a new head on mobilenet_v2" in out and "frozen" in out


def test_views_are_used_in_turn(lanthorn, photos, tmp_path, monkeypatch):
    from lanthorn.applications import MobileNet

    weights = tmp_path / "base.weights.h5"
    MobileNet(include_top=False, weights=None, input_shape=(32, 32, 3)).save_weights(weights)
    seen, plain = [], data.Dataset.epoch_batches

    def epoch_batches(self, epoch=0, *args, **kwargs):
        seen.append(epoch)
        return plain(self, epoch, *args, **kwargs)

    monkeypatch.setattr(data.Dataset, "epoch_batches", epoch_batches)
    options = ["--backbone", "mobilenet", "--weights", weights, "--image-size", "32", "--epochs", "5"]
    assert lanthorn("train", photos, "-o", tmp_path / "m.keras", *options, "--augment-views", "2")[0] == 0
    assert max(seen) == 1  # epochs 2, 3 and 4 came from what was kept of 0 and 1


def test_auto_falls_back_to_the_small_network_and_says_so(lanthorn, photos, tmp_path, monkeypatch):
    import lanthorn.applications.mobilenet_v2 as module

    def offline(*args, **kwargs):
        raise FileNotFoundError("MobileNetV2: the weights cannot be fetched.")

    monkeypatch.setattr(module, "MobileNetV2", offline)
    options = ["--epochs", "1", "--image-size", "32"]
    code, out, err = lanthorn("train", photos, "-o", tmp_path / "m.keras", *options)
    assert code == 0, err
    assert "no ImageNet weights for mobilenet_v2: MobileNetV2: the weights cannot be fetched." in out
    assert "a small network from scratch" in out


def test_ctrl_c_saves_what_was_trained(lanthorn, photos, tmp_path, monkeypatch):
    import lanthorn as keras
    from lanthorn.data import Dataset

    batches = Dataset.epoch_batches

    def interrupted(self, epoch, *args, **kwargs):
        for i, batch in enumerate(batches(self, epoch, *args, **kwargs)):
            if epoch == 1 and i == 1:
                raise KeyboardInterrupt
            yield batch

    monkeypatch.setattr(Dataset, "epoch_batches", interrupted)
    code, _, err = lanthorn("train", photos, "-o", tmp_path / "m.keras", *TRAIN, "--epochs", "3")
    assert code == 130
    assert f"stopped in epoch 2 of 3; what was trained so far is in {tmp_path / 'm.keras'}" in err
    assert keras.models.load_model(tmp_path / "m.keras").class_names == ["boat", "fish", "house", "lantern", "tree"]


def test_ctrl_c_before_the_first_step_leaves_an_older_model_alone(lanthorn, photos, tmp_path, monkeypatch):
    from lanthorn.training import loop

    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(loop, "fit", interrupted)
    (tmp_path / "m.keras").write_bytes(b"the good one of yesterday")
    code, _, err = lanthorn("train", photos, "-o", tmp_path / "m.keras", *TRAIN)
    assert code == 130 and "nothing was trained and nothing saved" in err
    assert (tmp_path / "m.keras").read_bytes() == b"the good one of yesterday"


def test_a_real_ctrl_c_in_the_middle_of_an_epoch(lanthorn, photos, tmp_path):
    """In a process of its own, from outside, as a terminal does it."""
    file, options = tmp_path / "m.keras", ["--batch-size", "1", "--epochs", "500", "--no-augment"]
    command = [sys.executable, "-u", "-m", "lanthorn.cli", "train", photos, "-o", file, *TRAIN, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        deadline = threading.Timer(120, process.kill)  # a signal that is not heard must not hang the tests
        deadline.start()
        try:
            next(line for line in process.stdout if line.startswith("Epoch 2/"))
            process.send_signal(signal.SIGINT)
            rest = process.stdout.read()
        finally:
            deadline.cancel()
            process.kill()
    assert process.returncode == 130, rest
    assert f"what was trained so far is in {file}" in rest and "Traceback" not in rest
    code, out, err = lanthorn("predict", file, photos / "validation" / "boat")
    assert code == 0, err
    assert len(out.splitlines()) == 3


def test_a_broken_photo_is_named_and_skipped_or_raised(lanthorn, own_photos, tmp_path):
    broken = own_photos / "train" / "boat" / "000.jpg"
    broken.write_bytes(broken.read_bytes()[:400])
    with pytest.warns(UserWarning, match="000.jpg"):
        code, out, _ = lanthorn("train", own_photos, "-o", tmp_path / "m.keras", *TRAIN)
    assert code == 0
    assert "39 for training" in out
    code, _, err = lanthorn("train", own_photos, "-o", tmp_path / "m.keras", *TRAIN, "--on-error", "raise")
    assert code == 1
    assert err.startswith("lanthorn: ") and "000.jpg" in err and len(err.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["nowhere"], "nowhere: there is no such folder"),
        (["{photos}/train/boat"], "no class folders"),
        (["{photos}", "--weights", "missing.h5"], "there is no file 'missing.h5'"),
        (["{photos}", "--backbone", "none", "--weights", "imagenet"], "--backbone none"),
        (["{photos}", "-o", "model.txt"], "ends in .keras or .h5"),
        (["{photos}", "-o", "{photos}"], "is a folder"),
        (["{photos}", "--engine", "theano"], "there is no engine 'theano'"),
        (["{photos}", "--engine", "numpy", "--backbone", "none"], "the engine 'numpy' cannot train"),
        (["{photos}", "--backbone", "none", "--augment-views", "2"], "--augment-views belongs to a frozen network"),
    ],
)
def test_errors_are_one_line(lanthorn, photos, tmp_path, monkeypatch, arguments, expected):
    monkeypatch.chdir(tmp_path)
    code, _, err = lanthorn("train", *[a.format(photos=photos) for a in arguments])
    assert code == 1
    assert err.startswith("lanthorn: ") and expected in err
    assert len(err.splitlines()) == 1 and "Traceback" not in err


def test_a_warning_is_a_remark_without_our_code_in_it(own_photos, tmp_path):
    (own_photos / "train" / "boat" / "000.jpg").write_bytes(b"")
    command = [sys.executable, "-m", "lanthorn.cli", "train", own_photos, "-o", tmp_path / "m.keras", *TRAIN]
    done = subprocess.run(command, capture_output=True, text=True)  # a process of its own: pytest collects warnings
    err = done.stderr
    assert done.returncode == 0, err
    assert err.startswith("lanthorn: ") and "1 picture cannot be read" in err and len(err.splitlines()) == 1


WRONG = [
    ["--epochs", "0"],
    ["--validation", "1.5"],
    ["--backbone", "alexnet"],
    ["--learning-rate", "-1"],
    ["--learning-rate", "nan"],
    [],
]


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_usage_is_exit_code_2(lanthorn, wrong):
    code, _, err = lanthorn("train", *(["photos", *wrong] if wrong else []))
    assert code == 2
    assert "usage: lanthorn train" in err


def test_debug_shows_where_an_error_came_from(lanthorn):
    with pytest.raises(ValueError, match="nowhere"):
        lanthorn("train", "nowhere", "--debug")
