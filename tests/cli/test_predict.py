"""`lanthorn predict` and `lanthorn evaluate`: nothing but the model's file is needed."""

import csv
import json
import os
import shutil
import subprocess
import sys

import pytest
from PIL import Image

from lanthorn import data


def test_a_table_of_photos_and_folders(lanthorn, trained, photos):
    one, folder = photos / "validation" / "boat" / "000.jpg", photos / "validation" / "fish"
    code, out, err = lanthorn("predict", trained, one, folder, "--top", "5")
    assert code == 0, err
    lines = out.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith(str(one)) and all(line.count("%") == 5 for line in lines)


def test_json_holds_probabilities_that_sum_to_one(lanthorn, trained, photos):
    code, out, _ = lanthorn("predict", trained, photos / "validation", "--json", "--top", "5")
    rows = json.loads(out)
    assert code == 0 and len(rows) == 15
    for row in rows:
        assert sum(row["classes"].values()) == pytest.approx(1, abs=1e-4)
        assert row["class"] == max(row["classes"], key=row["classes"].get)
        assert row["probability"] == row["classes"][row["class"]]


def test_pictures_are_drawn(lanthorn, trained, photos, tmp_path):
    code, out, _ = lanthorn("predict", trained, photos / "validation" / "boat", "-o", tmp_path / "drawn")
    assert code == 0
    assert str(tmp_path / "drawn") in out
    names = sorted(p.name for p in (tmp_path / "drawn").iterdir())
    assert names == ["000_jpg.png", "001_jpg.png", "002_jpg.png", "sheet.png"]
    with Image.open(tmp_path / "drawn" / "sheet.png") as sheet:
        assert sheet.width > 192 * 3


def test_it_predicts_the_same_on_every_engine(lanthorn, trained, photos, any_engine):
    arguments = [trained, photos / "validation" / "tree", "--json", "--top", "5"]
    here = json.loads(lanthorn("predict", *arguments)[1])
    there = json.loads(lanthorn("predict", *arguments, "--engine", any_engine)[1])
    for a, b in zip(here, there, strict=True):
        assert a["classes"] == pytest.approx(b["classes"], abs=1e-4)


def test_flip_averages_a_photo_and_its_mirror_image(lanthorn, trained, photos, tmp_path):
    photo, mirrored = tmp_path / "photo.png", tmp_path / "mirrored.png"
    with Image.open(photos / "validation" / "boat" / "000.jpg") as picture:
        picture.save(photo)
        picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(mirrored)
    options = ["--json", "--top", "5"]
    ahead, back = (row["classes"] for row in json.loads(lanthorn("predict", trained, photo, mirrored, *options)[1]))
    both = json.loads(lanthorn("predict", trained, photo, "--flip", *options)[1])[0]["classes"]
    assert ahead != back
    assert both == pytest.approx({name: (ahead[name] + back[name]) / 2 for name in both}, abs=1e-5)
    code, out, _ = lanthorn("evaluate", trained, photos, "--flip", "--json")
    assert code == 0 and json.loads(out)["photos"] == 15


def test_broken_photos_are_named_and_skipped(lanthorn, trained, photos, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(b"\xff\xd8\xff nothing")
    shutil.copy(photos / "validation" / "boat" / "000.jpg", tmp_path / "good.jpg")
    code, out, err = lanthorn("predict", trained, tmp_path)
    assert code == 0
    assert "broken.jpg" in err and err.startswith("lanthorn: skipped ") and len(out.splitlines()) == 1
    code, out, err = lanthorn("predict", trained, tmp_path, "--on-error", "raise")
    assert code == 1 and "broken.jpg" in err and out == ""
    (tmp_path / "good.jpg").unlink()
    code, _, err = lanthorn("predict", trained, tmp_path)
    assert code == 1 and "broken.jpg: is a damaged JPEG picture" in err
    shutil.copy(tmp_path / "broken.jpg", tmp_path / "second.jpg")
    code, _, err = lanthorn("predict", trained, tmp_path)
    assert code == 1 and "none of the 2 photos could be read" in err and "broken.jpg" in err


def test_missing_things_are_named(lanthorn, trained, photos, tmp_path):
    code, _, err = lanthorn("predict", tmp_path / "no.keras", photos)
    assert code == 1 and "no.keras: there is no such model" in err
    code, _, err = lanthorn("predict", trained, tmp_path / "no.jpg")
    assert code == 1 and "no.jpg: there is no such photo or folder" in err
    code, _, err = lanthorn("predict", trained, tmp_path)
    assert code == 1 and "there are no photos in this folder" in err


def test_a_model_without_preprocessing_is_refused(lanthorn, photos, tmp_path):
    import lanthorn as keras

    keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]).save(tmp_path / "plain.keras")
    code, _, err = lanthorn("predict", tmp_path / "plain.keras", photos)
    assert code == 1 and "does not say how its pictures are prepared" in err


def test_evaluate_counts_and_draws(lanthorn, trained, photos, tmp_path):
    code, out, err = lanthorn("evaluate", trained, photos, "--confusion", tmp_path / "confusion.png")
    assert code == 0, err
    assert "of 15 photos" in out and "boat" in out
    with Image.open(tmp_path / "confusion.png") as picture:
        assert picture.width > 300
    code, out, _ = lanthorn("evaluate", trained, photos / "validation", "--json")
    result = json.loads(out)
    assert result["photos"] == 15 == sum(map(sum, result["confusion"]))
    assert result["accuracy"] == pytest.approx(sum(c["right"] for c in result["classes"].values()) / 15)


def test_evaluate_agrees_with_the_model_itself(lanthorn, trained, photos):
    import lanthorn as keras

    model = keras.models.load_model(trained)
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    data = keras.data.folder_dataset(photos / "validation", preprocessing=model.preprocessing, shuffle=False)
    loss, accuracy = model.evaluate(data, verbose=0)
    result = json.loads(lanthorn("evaluate", trained, photos, "--json")[1])
    assert result["accuracy"] == pytest.approx(accuracy, abs=1e-6)
    assert result["loss"] == pytest.approx(loss, rel=1e-4)


def test_evaluate_takes_classes_by_name_not_by_place(lanthorn, trained, photos, tmp_path):
    shutil.copytree(photos / "validation" / "tree", tmp_path / "some" / "tree")
    result = json.loads(lanthorn("evaluate", trained, tmp_path / "some", "--json")[1])
    assert sum(result["confusion"][4]) == 3 == result["classes"]["tree"]["photos"]
    (tmp_path / "some" / "tree").rename(tmp_path / "some" / "shrub")
    code, _, err = lanthorn("evaluate", trained, tmp_path / "some")
    assert code == 1 and "shrub" in err and "boat, fish, house, lantern, tree" in err


@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_no_photos_at_a_time_is_wrong_usage(lanthorn, trained, photos, command):
    code, _, err = lanthorn(command, trained, photos, "--batch-size", "0")
    assert code == 2 and "at least 1, got '0'" in err


# Without an engine

ENGINES = ("torch", "jax", "tensorflow", "keras")

ALONE = """
import json, sys
from lanthorn.cli import main
from lanthorn.engines import openvino
if {without_openvino}:
    openvino.available = lambda: False
code = main(sys.argv[1:])
print(json.dumps([name for name in {engines} if name in sys.modules]), file=sys.stderr)
raise SystemExit(code)
"""


def in_a_process_of_its_own(*arguments, without_openvino=False):
    """Run a command; returns its answers and the engines that it imported."""
    code = ALONE.format(without_openvino=without_openvino, engines=ENGINES)
    environment = {key: value for key, value in os.environ.items() if key != "LANTHORN_ENGINE"}
    command = [sys.executable, "-c", code, *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), json.loads(done.stderr.splitlines()[-1])


@pytest.mark.parametrize("without_openvino", [False, True])
@pytest.mark.parametrize("command", ["predict", "evaluate"])
def test_photos_are_named_without_an_engine(lanthorn, trained, photos, command, without_openvino):
    """By OpenVINO however many they are; where that is missing, by NumPy if they are few, else by an engine."""
    pytest.importorskip("openvino")
    pytest.importorskip("onnx")
    few = photos / "validation" / "tree"
    arguments = [command, trained, few, "--top", "5"] if command == "predict" else [command, trained, photos]
    found, engines = in_a_process_of_its_own(*arguments, without_openvino=without_openvino)
    assert bool(engines) == (without_openvino and command == "evaluate")
    expected = json.loads(lanthorn(*arguments, "--json", "--engine", "torch")[1])
    if command == "evaluate":
        assert found["confusion"] == expected["confusion"]
        assert found["loss"] == pytest.approx(expected["loss"], abs=1e-4)
    else:
        assert len(found) == 3
        for a, b in zip(found, expected, strict=True):
            assert a["photo"] == b["photo"] and a["classes"] == pytest.approx(b["classes"], abs=1e-4)


def test_an_engine_that_is_asked_for_answers(trained, photos):
    pytest.importorskip("torch", reason="torch is not installed")
    photo = photos / "validation" / "tree" / "000.jpg"
    assert "torch" in in_a_process_of_its_own("predict", trained, photo, "--engine", "torch")[1]


def test_what_no_runner_knows_is_named_all_the_same(lanthorn, photos, tmp_path):
    """An op that has no ONNX form here, and more than one chunk of photos."""
    import lanthorn as keras

    x = keras.Input((8, 8, 3), engine="numpy")
    y = keras.layers.Dense(2, activation="softmax")(keras.ops.sort(keras.layers.Flatten()(x)))
    model = keras.Model(x, y)
    model.preprocessing, model.class_names = keras.data.Preprocessing(size=(8, 8), scale="tf"), ["a", "b"]
    model.save(tmp_path / "odd.keras")
    arguments = ["predict", tmp_path / "odd.keras", photos / "validation", "--json"]
    here = json.loads(lanthorn(*arguments)[1])
    there = json.loads(lanthorn(*arguments, "--engine", "jax")[1])
    assert len(here) == 15
    for a, b in zip(here, there, strict=True):
        assert a["classes"] == pytest.approx(b["classes"], abs=1e-4)


def test_an_option_lifts_the_limit_of_pixels(lanthorn, trained, photos, tmp_path, monkeypatch):
    path = tmp_path / "large.png"
    with Image.open(photos / "validation" / "boat" / "000.jpg") as image:
        image.resize((400, 300)).save(path)
    before = data.set_max_pixels(100_000)
    try:
        code, _, err = lanthorn("predict", trained, path)
        assert code == 1 and "--max-pixels 120000" in err and "MAX_PIXELS" not in err
        assert lanthorn("predict", trained, path, "--max-pixels", "120000")[0] == 0
        assert data.max_pixels() == 100_000
    finally:
        data.set_max_pixels(before)


def test_photos_are_sorted_and_the_least_certain_listed(lanthorn, trained, photos, tmp_path):
    out_of = tmp_path / "sorted"
    code, out, err = lanthorn("predict", trained, photos / "validation", "--sort", out_of, "--uncertain", "4")
    assert code == 0, err
    assert len(out.splitlines()) == 4 and f"sorted into {out_of}: " in err
    assert sum(len(names) for _, _, names in os.walk(out_of)) == 15
    code, _, err = lanthorn("predict", trained, photos / "validation", "--sort", tmp_path / "b", "--unsure-below", "1")
    assert code == 0 and "unsure 15." in err and len(os.listdir(tmp_path / "b" / "unsure")) == 15


def test_what_cannot_be_done_is_said_before_anything_is_read(lanthorn, trained, photos, tmp_path):
    folder = photos / "validation"
    cases = [
        (["--sort", folder / "sorted"], 1, "expected a folder outside"),
        (["--link"], 1, "belong to --sort FOLDER"),
        (["--unsure-below", "60"], 2, "expected a share from 0 to 1, got '60'"),
        (["--threshold", "half"], 2, "expected auto, none or a probability from 0 to 1, got 'half'"),
        (["--threshold", "auto"], 1, "has not learnt when to answer 'none of these'. Train it anew with --unknown"),
        (["--csv", "-", "--json"], 1, "leave one out"),
    ]
    for words, expected, message in cases:
        code, out, err = lanthorn("predict", trained, folder, *words)
        assert (code, out) == (expected, "") and message in err, words
    assert not (folder / "sorted").exists()
    assert lanthorn("evaluate", trained, photos, "--threshold", "auto")[0] == 1


def test_a_table_is_printed_for_other_programs(lanthorn, trained, photos):
    code, out, _ = lanthorn("predict", trained, photos / "validation", "--csv", "-")
    rows = list(csv.DictReader(out.splitlines()))
    assert code == 0 and len(rows) == 15 and rows[0].keys() >= {"photo", "class", "probability", "boat", "tree"}
    code, out, _ = lanthorn("evaluate", trained, photos, "--csv", "-")
    assert code == 0 and out.startswith("photo,truth,answer,")


def test_a_probability_may_be_asked_for(lanthorn, trained, photos, tmp_path):
    _, out, _ = lanthorn("predict", trained, photos / "validation", "--threshold", "1", "-o", tmp_path / "drawn")
    assert out.count("none of these:") == 15
    code, out, _ = lanthorn("evaluate", trained, photos, "--threshold", "1")
    assert code == 0 and "none of these      15 of 15 photos" in out
    assert json.loads(lanthorn("evaluate", trained, photos, "--json")[1])["unknown"] is None


def test_relative_and_absolute_paths_are_drawn_together(lanthorn, trained, photos, tmp_path, monkeypatch):
    monkeypatch.chdir(photos / "validation" / "boat")
    one, other = "000.jpg", photos / "validation" / "fish" / "000.jpg"
    code, _, err = lanthorn("predict", trained, one, other, "-o", tmp_path / "drawn")
    assert code == 0, err
    drawn = sorted(str(p.relative_to(tmp_path / "drawn")) for p in (tmp_path / "drawn").rglob("*_jpg.png"))
    assert drawn == [os.path.join("boat", "000_jpg.png"), os.path.join("fish", "000_jpg.png")]
