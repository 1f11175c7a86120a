"""`lanthorn.train`: the same as the command, class weights, a second stage, and going on where one stopped."""

import dataclasses
from unittest.mock import Mock

import numpy as np
import pytest

import lanthorn
from lanthorn.cli import main, parser
from lanthorn.photos import TrainOptions, head

from .conftest import QUICK


def test_python_and_the_command_line_train_the_same_model(photos, tmp_path, capsys):
    result = lanthorn.train(photos, tmp_path / "a.keras", **QUICK, seed=3)
    words = [w for k, v in QUICK.items() if k != "verbose" for w in ("--" + k.replace("_", "-"), str(v))]
    assert main(["train", str(photos), "-o", str(tmp_path / "b.keras"), *words, "--seed", "3"]) == 0
    out = capsys.readouterr().out
    mine, other = (lanthorn.load_model(tmp_path / f"{name}.keras") for name in "ab")
    assert all(np.array_equal(a, b) for a, b in zip(mine.get_weights(), other.get_weights(), strict=True))
    assert mine.metadata["validation"] == other.metadata["validation"]
    assert result.evaluation is not None and f"accuracy           {result.accuracy:.3f}" in out


def test_every_option_has_one_name_and_one_default():
    known = parser()._subparsers._group_actions[0].choices["train"]._option_string_actions
    for each in dataclasses.fields(TrainOptions):
        assert "--" + each.name.replace("_", "-") in known
        assert each.name in lanthorn.train.__doc__


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"epochs": 0}, "epochs: expected a whole number of at least 1, got 0"),
        ({"epochs": 2.5}, "epochs: expected a whole number"),
        ({"backbone": "mobilenetv2"}, "Did you mean 'mobilenet_v2'"),
        ({"dropout": 1}, "dropout: expected a number of at least 0 and below 1"),
        ({"augment": "no"}, "augment: expected True or False"),
        ({"class_weight": "balance"}, "class_weight must be one of balanced"),
        ({"class_weight": {"cat": 2.0}, "backbone": "none"}, "names 'cat'; the classes are boat"),
        ({"validation": 1.5}, "validation: a share must lie between 0"),
        ({"resume": True}, "give output"),
        ({"fine_tune": 1, "backbone": "none"}, "second stage"),
    ],
)
def test_a_wrong_option_is_named(photos, options, expected):
    with pytest.raises(ValueError, match=expected.replace("(", r"\(")):
        lanthorn.train(photos, verbose=0, **options)


def test_an_option_that_does_not_exist_names_the_nearest(photos):
    with pytest.raises(TypeError, match="no option 'epoch'. Did you mean 'epochs'"):
        lanthorn.train(photos, epoch=3)


def test_nothing_is_printed_where_nothing_is_asked_for(photos, capsys):
    lanthorn.train(photos, **QUICK)
    out, err = capsys.readouterr()
    assert out == "" and err == ""


class Unequal:
    """800 of one class, 3 of another, none of a third, as a data set tells."""

    class_names = ["many", "few", "none"]

    class folder:
        @staticmethod
        def counts():
            return {"many": 800, "few": 3, "none": 0}


def test_balanced_weights_are_those_of_scikit_learn():
    weights = head.class_weights("balanced", Unequal)
    assert weights == {0: pytest.approx(803 / (2 * 800)), 1: pytest.approx(803 / (2 * 3)), 2: 1.0}
    assert head.class_weights({"few": 5, 0: 0.5}, Unequal) == {1: 5.0, 0: 0.5}
    assert head.class_weights({"few": 5, "0": 0.5}, Unequal) == {1: 5.0, 0: 0.5}  # as JSON gives it back


def test_class_weights_change_what_is_learnt(engine, photos):
    plain = lanthorn.train(photos, **QUICK, engine=engine).model.get_weights()
    only = {"boat": 1.0, "fish": 0.0, "house": 0.0, "lantern": 0.0, "tree": 0.0}
    weighted = lanthorn.train(photos, **QUICK | {"epochs": 8}, engine=engine, class_weight=only)
    assert not all(np.array_equal(a, b) for a, b in zip(plain, weighted.model.get_weights(), strict=True))
    assert set(weighted.evaluation.predictions.names) == {"boat"}  # nothing else counted


def test_class_weights_count_on_a_frozen_backbone_too(one_engine, photos, packaged_wick):
    options = QUICK | {"backbone": "wick", "epochs": 3}
    plain = lanthorn.train(photos, **options).history.history["loss"]
    weights = {"boat": 9.0, "fish": 0.0, "house": 1.0, "lantern": 1.0, "tree": 1.0}
    weighted = lanthorn.train(photos, **options, class_weight=weights).history.history["loss"]
    assert abs(plain[0] - weighted[0]) > 0.1


def test_fine_tuning_moves_the_backbone_least_and_leaves_its_statistics(one_engine, photos, packaged_wick):
    options = QUICK | {"backbone": "wick", "augment": False, "validation": 0}
    before = lanthorn.train(photos / "train", **options)
    after = lanthorn.train(photos / "train", **options, fine_tune=2)
    moved = {}
    for a, b in zip(before.model.variables, after.model.variables, strict=True):
        moved[a.path] = float(np.abs(a.numpy() - b.numpy()).max())
    statistics = [path for path in moved if "moving_" in path]
    kernels = [path for path in moved if path.endswith("kernel")]
    assert statistics and all(moved[path] == 0 for path in statistics)
    assert 0 < moved[kernels[0]] < moved[kernels[-1]]
    assert len(after.history.history["loss"]) == 3


@pytest.mark.parametrize("how", ["worse", "not a number"])
def test_fine_tuning_that_harms_is_taken_back(one_engine, photos, packaged_wick, monkeypatch, capsys, how):
    from lanthorn.photos import fine_tuning

    if how == "worse":
        found = iter([0.9, 0.5])
        monkeypatch.setattr(fine_tuning, "measured", lambda *_: Mock(balanced_accuracy=next(found), to_dict=dict))
    else:
        monkeypatch.setattr(fine_tuning, "RATE", 1e4)
    options = QUICK | {"backbone": "wick", "augment": False}
    before = lanthorn.train(photos, **options)
    after = lanthorn.train(photos, **options | {"verbose": 2}, fine_tune=1)
    assert f"{how}" in (out := capsys.readouterr().out) and "is that of the first stage" in out
    assert all(np.array_equal(a, b) for a, b in zip(before.model.get_weights(), after.model.get_weights(), strict=True))


class Stop:
    """Ctrl-C in the first step of one epoch; lists the epochs that were read to their end."""

    def __init__(self, monkeypatch, epoch):
        self.at, self.read = epoch, []
        batches = lanthorn.data.Dataset.epoch_batches

        def interrupted(dataset, number, *args, **kwargs):
            for i, batch in enumerate(batches(dataset, number, *args, **kwargs)):
                if number == self.at and i == 0 and dataset.shuffled:
                    raise KeyboardInterrupt
                yield batch
            if dataset.shuffled:
                self.read.append(number)

        monkeypatch.setattr(lanthorn.data.Dataset, "epoch_batches", interrupted)


def test_a_stopped_training_goes_on_and_ends_as_it_would_have(engine, photos, tmp_path, monkeypatch):
    options = QUICK | {"epochs": 3, "engine": engine, "augment": False}
    whole = lanthorn.train(photos, **options)
    file = tmp_path / "m.keras"
    stop = Stop(monkeypatch, 1)
    with pytest.raises(KeyboardInterrupt, match="stopped in epoch 2 of 3; .*--resume"):
        lanthorn.train(photos, file, **options)
    assert lanthorn.load_model(file).metadata["unfinished"]["epochs"] == 1
    with pytest.raises(ValueError, match="where epochs is 3; got 4"):
        lanthorn.train(photos, file, **options | {"epochs": 4}, resume=True)
    stop.at, stop.read = None, []
    gone_on = lanthorn.train(photos, file, resume=True, verbose=0)
    assert stop.read == [1, 2]
    assert len(gone_on.history.history["loss"]) == 3
    assert gone_on.history.history["loss"][0] == pytest.approx(whole.history.history["loss"][0], rel=1e-4)
    assert "unfinished" not in lanthorn.load_model(file).metadata
    with pytest.raises(ValueError, match="no stopped training .* holds a finished model"):
        lanthorn.train(photos, file, resume=True)


def test_a_second_stage_that_was_stopped_goes_on_where_it_was(one_engine, photos, tmp_path, monkeypatch, packaged_wick):
    options = QUICK | {"backbone": "wick", "epochs": 2, "augment": False, "fine_tune": 3}
    whole = lanthorn.train(photos, **options).history.history
    file = tmp_path / "m.keras"
    stop = Stop(monkeypatch, 3)
    with pytest.raises(KeyboardInterrupt, match="stopped in epoch 4 of 5"):
        lanthorn.train(photos, file, **options)
    stopped = lanthorn.load_model(file)
    step = int(stopped.optimizer.iterations.numpy())
    assert stopped.metadata["unfinished"]["first"] == 2 and step == 5  # of its 15: one epoch of 5 batches
    stop.at, stop.read = None, []
    gone_on = lanthorn.train(photos, file, resume=True, verbose=0)
    assert stop.read == [3, 4]
    assert int(gone_on.model.optimizer.iterations.numpy()) == 15  # the schedule was not begun anew
    assert gone_on.history.history["loss"] == pytest.approx(whole["loss"], rel=2e-2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["m.keras"]


def test_fine_tuning_after_early_stopping_takes_the_epochs_that_were_asked(one_engine, photos, packaged_wick):
    options = QUICK | {"backbone": "wick", "epochs": 30, "learning_rate": 1e-30, "early_stopping": 1}
    history = lanthorn.train(photos, **options, fine_tune=2).history.history
    assert len(history["loss"]) == 2 + 2  # the second epoch was no better than the first


def test_a_model_that_is_there_is_kept(photos, tmp_path, capsys):
    file = tmp_path / "m.keras"
    file.write_bytes(b"the good one of yesterday")
    lanthorn.train(photos, file, **QUICK | {"verbose": 2})
    assert f"the old one is kept as {tmp_path / 'm.previous.keras'}" in capsys.readouterr().out
    assert (tmp_path / "m.previous.keras").read_bytes() == b"the good one of yesterday"
    assert lanthorn.load_model(file).class_names[0] == "boat"


def test_the_file_says_how_it_was_made(photos, tmp_path, capsys):
    lanthorn.train(photos, tmp_path / "my model.keras", **QUICK)
    assert main(["inspect", str(tmp_path / "my model.keras")]) == 0
    out = capsys.readouterr().out
    assert "small_photos" in out and "boat, fish, house, lantern, tree" in out
    assert f"-o '{tmp_path / 'my model.keras'}'" in out and "--epochs 1" in out
    assert "on 15 photos" in out


def test_early_stopping_is_not_fooled_by_a_large_class(one_engine, own_photos):
    result = lanthorn.train(own_photos, **QUICK | {"epochs": 2}, early_stopping=1)
    assert "val_balanced_loss" in result.history.history
    with pytest.raises(ValueError, match="early_stopping watches the validation photos"):
        lanthorn.train(own_photos / "train", **QUICK, early_stopping=1, validation=0)
    stops = {}
    for name, logs in {
        "fooled": [{"val_loss": 1.0 - k / 10, "val_balanced_loss": 1.0 + k / 10} for k in range(4)],
        "better": [{"val_loss": 1.0 + k / 10, "val_balanced_loss": 1.0 - k / 10} for k in range(4)],
    }.items():
        (watch,) = head.callbacks(TrainOptions(early_stopping=1))
        watch.set_model(result.model)
        result.model.stop_training = False
        watch.on_train_begin()
        for epoch, each in enumerate(logs):
            watch.on_epoch_end(epoch, each)
        stops[name] = result.model.stop_training
    assert stops == {"fooled": True, "better": False}


def test_a_crash_leaves_what_was_trained(photos, tmp_path, monkeypatch):
    from lanthorn.photos import checkpoint

    monkeypatch.setattr(checkpoint, "EVERY", -1.0)
    batches = lanthorn.data.Dataset.epoch_batches

    def crashing(self, epoch, *args, **kwargs):
        if epoch == 2 and self.shuffled:
            raise MemoryError("the machine is full")
        return batches(self, epoch, *args, **kwargs)

    file = tmp_path / "m.keras"
    file.write_bytes(b"the good one of yesterday")
    with monkeypatch.context() as patch:
        patch.setattr(lanthorn.data.Dataset, "epoch_batches", crashing)
        with pytest.raises(MemoryError):
            lanthorn.train(photos, file, **QUICK | {"epochs": 4})
    assert file.read_bytes() == b"the good one of yesterday"
    gone_on = lanthorn.train(photos, file, resume=True, verbose=0)
    assert len(gone_on.history.history["loss"]) == 4
    assert lanthorn.load_model(file).metadata["history"] == gone_on.history.history
    assert not (tmp_path / "m.unfinished.keras").exists()
    assert (tmp_path / "m.previous.keras").read_bytes() == b"the good one of yesterday"


def test_without_validation_photos_all_are_trained_on(photos, capsys):
    result = lanthorn.train(photos / "train", **QUICK | {"verbose": 2}, validation=0)
    assert result.validation is None and result.evaluation is None and result.train.samples == 40
    assert "none for validation" in capsys.readouterr().out and "none were held out" in str(result)


def test_photos_with_several_labels(engine, photos, tmp_path):
    rows = ["file,labels"]
    for k, path in enumerate(sorted((photos / "train").rglob("*.jpg"))):
        more = ["", "|odd"][k % 2]
        rows.append(f"{path},{path.parent.name}{more}")
    (tmp_path / "labels.csv").write_text("\n".join(rows), "utf-8")
    result = lanthorn.train(tmp_path / "labels.csv", tmp_path / "m.keras", **QUICK | {"engine": engine, "epochs": 4})
    assert result.class_names == ["boat", "fish", "house", "lantern", "odd", "tree"]
    assert str(result.model.layers[-1].activation).find("sigmoid") >= 0
    assert len(result.evaluation) >= 8 and "photos all right" in str(result)
    losses = result.history.history["loss"]
    assert losses[-1] < losses[0]
    seen = lanthorn.predict(tmp_path / "m.keras", photos / "train" / "boat", verbose=0)
    assert seen.several and seen.names[0] == (
        ", ".join(n for n, p in zip(seen.class_names, np.asarray(seen)[0]) if p >= 0.5) or "none of these"
    )
    for option in ({"class_weight": "balanced"}, {"unknown": True}):
        with pytest.raises(ValueError, match="one class each"):
            lanthorn.train(tmp_path / "labels.csv", **QUICK, **option)


def test_an_archive_of_photos(photos, tmp_path, monkeypatch):
    import shutil

    monkeypatch.setenv("LANTHORN_CACHE", str(tmp_path / "cache"))
    shutil.make_archive(str(tmp_path / "mine"), "zip", photos.parent, photos.name)
    result = lanthorn.train(tmp_path / "mine.zip", **QUICK)
    assert result.train.samples == 40 and result.validation.samples == 15


def test_twins_stay_on_one_side_and_what_was_left_out_is_told(own_photos, capsys):
    from PIL import Image

    for name in ("boat", "fish"):
        for k in range(8):
            with Image.open(own_photos / "train" / name / f"{k:03}.jpg") as image:
                image.save(own_photos / "train" / name / f"copy{k}.jpg", quality=60)
    (own_photos / "train" / "tree" / "000.jpg").write_bytes(b"\xff\xd8\xff nothing")
    with pytest.warns(UserWarning, match="1 picture cannot be read"):
        result = lanthorn.train(own_photos / "train", **QUICK | {"verbose": 2}, validation=0.3)
    assert result.check.duplicates == [] and result.check.compared and len(result.check.copies) >= 8
    assert list(result.check.broken) == [str(own_photos / "train" / "tree" / "000.jpg")]
    out = capsys.readouterr().out
    assert "nothing is broken" not in out and "1 picture cannot be read" in out
    assert result.model.metadata["check"]["unreadable"] == 1
