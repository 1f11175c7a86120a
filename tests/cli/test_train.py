"""`lanthorn train`: from a folder to a file, and what it says when it cannot."""

import signal
import subprocess
import sys
import threading

import pytest

from lanthorn import data
from lanthorn.models import Model, load_model
from lanthorn.photos import networks

TRAIN = ["--backbone", "none", "--epochs", "1", "--image-size", "32", "--batch-size", "8"]


def test_trains_on_each_engine_and_says_what_it_did(engine, lanthorn, photos, tmp_path):
    file = tmp_path / "new" / "model.keras"
    code, out, err = lanthorn("train", photos, "-o", file, *TRAIN, "--engine", engine)
    assert code == 0, err
    assert file.stat().st_size > 10_000
    assert "40 for training, 15 for validation" in out
    assert "boat" in out and "tree" in out
    assert f"a small network from scratch, 1 epoch, pictures of 32 × 32, on {engine}" in out
    assert "balanced accuracy" in out and "of 3 " in out and f"lanthorn predict {file}" in out
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


SMALL = ["--backbone", "wick", "--image-size", "32", "--no-augment"]


@pytest.mark.parametrize(
    ("options", "head"),
    [
        ([], {"hidden": 128, "dropout": 0.5, "classes": 5}),
        (["--hidden", "16", "--dropout", "0"], {"hidden": 16, "classes": 5}),
        (["--hidden", "0"], {"dropout": 0.5, "classes": 5}),
    ],
)
def test_the_head_is_as_asked(lanthorn, photos, tmp_path, packaged_wick, options, head):
    code, _, err = lanthorn("train", photos, "-o", tmp_path / "m.keras", *SMALL, "--epochs", "1", *options)
    assert code == 0, err
    layers = load_model(tmp_path / "m.keras", engine="numpy").layers
    after = [layer.name for layer in layers].index("avg_pool") + 1
    found = {layer.name: getattr(layer, "units", None) or layer.rate for layer in layers[after:]}
    assert found == head


def test_epochs_of_a_head_and_its_rate_fall_by_default(lanthorn, photos, tmp_path, packaged_wick, monkeypatch):
    seen = {}
    plain = Model.fit

    def fit(self, *args, **kwargs):
        seen.update(kwargs, model=self)
        return plain(self, *args, **{**kwargs, "epochs": 1})

    monkeypatch.setattr(Model, "fit", fit)
    options = ["--backbone", "wick", "--image-size", "32", "--batch-size", "8", "--weight-decay", "0.01"]
    code, _, err = lanthorn("train", photos, "-o", tmp_path / "m.keras", *options)
    assert code == 0, err
    optimizer = seen["model"].optimizer
    assert seen["epochs"] == 30 and seen["augment_views"] == 3 and optimizer.weight_decay == 0.01
    rates = [float(optimizer._learning_rate(step)) for step in (0, 75, 150)]
    assert rates == pytest.approx([3e-3, 1.5e-3, 0], abs=1e-9)
    assert lanthorn("train", photos, "-o", tmp_path / "m.keras", *options, "--schedule", "constant")[0] == 0
    assert float(seen["model"].optimizer.learning_rate) == pytest.approx(3e-3)


def test_early_stopping_keeps_the_best(lanthorn, photos, tmp_path, packaged_wick):
    options = [*SMALL, "--epochs", "50", "--learning-rate", "1e-30", "--early-stopping", "2"]
    code, out, err = lanthorn("train", photos, "-o", tmp_path / "m.keras", *options)
    assert code == 0, err
    assert "Epoch 3/50" in out and "Epoch 4/50" not in out  # nothing got better after the first


# Which network `--backbone auto` takes


@pytest.fixture
def bare(monkeypatch, tmp_path, packaged_wick):
    """A machine with nothing but Lanthorn, and Wick in it; whoever asks for a connection is refused."""
    monkeypatch.setenv("LANTHORN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    monkeypatch.delenv("LANTHORN_WEIGHTS", raising=False)

    def refuse(*_, **__):
        raise OSError("this machine is not online.")

    monkeypatch.setattr("lanthorn.applications.registry.download", refuse)
    return tmp_path


def put(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


V2 = "mobilenet_v2_weights_tf_dim_ordering_tf_kernels_1.0_{}_no_top.h5"
RESNET = "resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"


def test_wick_is_trained_tried_and_used_where_nothing_else_is(engine, lanthorn, photos, bare):
    file, options = bare / "m.keras", ["--epochs", "1", "--image-size", "64", "--engine", engine]
    code, out, err = lanthorn("train", photos, "-o", file, *options)
    assert code == 0, err
    lines = out.splitlines()
    why = "no weights of MobileNet or ResNet are on this machine; --backbone mobilenet_v2 fetches them"
    assert f"backbone: wick, which comes with Lanthorn ({why})" in lines
    assert any(line.startswith("Training a new head on wick (frozen), 1 epoch, pictures of 64 × 64") for line in lines)
    code, out, err = lanthorn("predict", file, photos / "validation" / "boat")
    assert code == 0, err
    assert len(out.splitlines()) == 3
    code, out, err = lanthorn("evaluate", file, photos)
    assert code == 0, err
    assert "15" in out


@pytest.mark.parametrize(
    "there, size, wanted, source",
    [
        (["cache/models/" + V2.format(224)], None, "mobilenet_v2", "the cache"),
        (["keras/models/" + V2.format(160)], 160, "mobilenet_v2", "Keras's cache"),
        (["cache/models/" + V2.format(224)], 96, "mobilenet_v2", "the cache"),
        (["given/" + V2.format(96)], None, "mobilenet_v2", "LANTHORN_WEIGHTS"),
        (["given/" + RESNET], None, "resnet50", "LANTHORN_WEIGHTS"),
        (["given/" + RESNET, "keras/models/" + V2.format(224)], None, "mobilenet_v2", "Keras's cache"),
        (["given/mobilenet_1_0_224_tf_no_top.h5", "given/" + RESNET], None, "mobilenet", "LANTHORN_WEIGHTS"),
    ],
)
def test_auto_takes_the_best_that_is_at_hand(bare, monkeypatch, there, size, wanted, source):
    files = [put(bare / name) for name in there]
    if any(name.startswith("given") for name in there):
        monkeypatch.setenv("LANTHORN_WEIGHTS", str(bare / "given"))
    plan = networks.plan("auto", None, size)
    assert (plan.backbone, plan.size) == (wanted, size or 224)
    assert plan.weights in map(str, files)
    assert plan.why == f"backbone: {wanted} (weights in {source}: {plan.weights})"


@pytest.mark.parametrize("there", ["cache/models/mobilenet_2_5_224_tf_no_top.h5", "keras/models/" + RESNET])
def test_auto_takes_nothing_worse_than_wick_and_nothing_with_another_hash(bare, there):
    put(bare / there)
    assert networks.plan("auto", None, None)[:3] == ("wick", "wick", 192)


@pytest.mark.parametrize(
    ("name", "backbone", "why"),
    [
        ("mobilenet_v2_1.0_224.h5", "mobilenet_v2", "backbone: mobilenet_v2 (weights in LANTHORN_WEIGHTS: {file})"),
        ("vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5", "vgg16", "backbone: vgg16 (weights in {where}: {file})"),
        ("wick-mine.safetensors", "wick", "backbone: wick (weights in LANTHORN_WEIGHTS: {file})"),
        ("mobilenet_v1_0.25_224.h5", "wick", "{ours} ({where} is {file}, MobileNet of width 0.25; only width 1.0 can"),
        ("mine.h5", "wick", "{ours} ({where} does not fit mobilenet_v2: {file}: "),
    ],
)
def test_a_given_file_is_told_by_its_name_or_tried(bare, monkeypatch, name, backbone, why):
    file = put(bare / name)
    monkeypatch.setenv("LANTHORN_WEIGHTS", str(file))
    plan = networks.plan("auto", None, None)
    assert plan.backbone == backbone
    words = {"file": file, "where": "LANTHORN_WEIGHTS", "ours": "backbone: wick, which comes with Lanthorn"}
    assert plan.why.startswith(why.format(**words)) and "\n" not in plan.why
    assert plan.weights == ("wick" if "comes with" in plan.why else str(file))


def test_a_given_file_of_any_name_is_taken_where_it_fits(bare, monkeypatch):
    from lanthorn.applications import MobileNetV2

    MobileNetV2(include_top=False, weights=None, engine="numpy").save_weights(bare / "mine.h5")
    monkeypatch.setenv("LANTHORN_WEIGHTS", str(bare / "mine.h5"))
    assert networks.plan("auto", None, 64)[:3] == ("mobilenet_v2", str(bare / "mine.h5"), 64)


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        (("wick", None, None), ("wick", "wick", 192)),
        (("wick", "imagenet", 96), ("wick", "wick", 96)),
        (("wick", "none", None), ("wick", None, 192)),
        (("auto", "none", None), ("wick", None, 192)),
        (("auto", "imagenet", None), ("mobilenet_v2", "imagenet", 224)),
        (("resnet50", None, None), ("resnet50", "imagenet", 224)),
        (("none", None, None), ("none", None, 64)),
    ],
)
def test_what_is_asked_for_is_what_is_planned(bare, asked, wanted):
    assert networks.plan(*asked) == (*wanted, "")


def test_weights_without_a_backbone_are_told_by_their_name(bare):
    assert networks.plan("auto", str(put(bare / RESNET)), None).backbone == "resnet50"
    assert networks.plan("auto", str(put(bare / "wick.h5")), None)[::2] == ("wick", 192)
    assert networks.plan("auto", str(put(bare / "mine.h5")), None).backbone == "mobilenet_v2"


def test_a_named_network_that_cannot_be_fetched_offers_wick(lanthorn, photos, bare):
    code, _, err = lanthorn("train", photos, "-o", bare / "m.keras", "--backbone", "mobilenet_v2")
    assert code == 1 and len(err.splitlines()) == 1
    assert "could not be fetched" in err and "LANTHORN_WEIGHTS" in err
    assert "train with --backbone wick, which comes with Lanthorn" in err


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
        (["{photos}", "--backbone", "none", "--weights", "imagenet"], "backbone 'none'"),
        (["{photos}", "-o", "model.txt"], "ends in .keras or .h5"),
        (["{photos}", "-o", "{photos}"], "is a folder"),
        (["{photos}", "--engine", "theano"], "there is no engine 'theano'"),
        (["{photos}", "--engine", "numpy", "--backbone", "none"], "the engine 'numpy' cannot train"),
        (["{photos}", "--backbone", "none", "--augment-views", "2"], "augment-views belong to a frozen network"),
        (["{photos}", "--backbone", "none", "--hidden", "8"], "hidden and dropout belong to the head"),
    ],
)
def test_errors_are_one_line(lanthorn, photos, tmp_path, monkeypatch, packaged_wick, arguments, expected):
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
    ["--dropout", "1"],
    ["--hidden", "-1"],
    ["--weight-decay", "x"],
    [],
]


@pytest.mark.parametrize("wrong", WRONG)
def test_wrong_usage_is_exit_code_2(lanthorn, wrong):
    code, _, err = lanthorn("train", *(["photos", *wrong] if wrong else []))
    assert code == 2
    assert "usage: lanthorn train" in err


def test_debug_shows_where_an_error_came_from(lanthorn, packaged_wick):
    with pytest.raises(ValueError, match="nowhere"):
        lanthorn("train", "nowhere", "--debug")
