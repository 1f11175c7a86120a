"""What a new user broke: each once, by its effect."""

import os
import shutil

import pytest
from PIL import Image

import lanthorn as library
from lanthorn.data import FolderError
from lanthorn.datasets import pictures

from .conftest import TRAIN


@pytest.mark.parametrize(
    "words",
    [
        ["check", "{photos}", "--no-suspects", "-o", "{photo}"],
        ["evaluate", "{model}", "{photos}", "--confusion", "{photo}"],
        ["evaluate", "{model}", "{photos}", "--csv", "{photo}"],
        ["predict", "{model}", "{photos}", "--csv", "{photo}"],
        ["predict", "{model}", "{photos}", "--csv", "{model}"],
        ["evaluate", "{model}", "{photos}", "--confusion", "{drawing}"],
        ["evaluate", "{model}", "{table}", "--csv", "{table}"],
        ["predict", "{model}", "{photos}", "-o", "{photos}"],
        ["predict", "{model}", "{photos}", "-o", "{photos}/drawn"],
    ],
)
def test_no_result_is_written_over_a_photo_or_a_model(lanthorn, trained, own_photos, tmp_path, words):
    model = shutil.copy(trained, tmp_path / "m.keras")
    photo = own_photos / "validation" / "boat" / "000.jpg"
    drawing, table = photo.with_name("drawn.png"), own_photos / "labels.csv"
    with Image.open(photo) as image:
        image.save(drawing)
    table.write_text(f"file,label\n{photo},boat\n", "utf-8")
    names = {"photos": own_photos, "photo": photo, "model": model, "drawing": drawing, "table": table}
    before = {path: path.read_bytes() for path in (*own_photos.rglob("*.*"), model)}
    code, _, err = lanthorn(*(word.format(**names) for word in words))
    assert code == 1 and len(err.splitlines()) == 1
    assert {path: path.read_bytes() for path in (*own_photos.rglob("*.*"), model)} == before


def test_a_cleaned_copy_has_the_classes_that_the_photos_have(lanthorn, own_photos, tmp_path):
    flat = shutil.copytree(own_photos / "train", tmp_path / "flat")
    shutil.copy(flat / "boat" / "000.jpg", flat / "fish" / "same.jpg")
    code, out, _ = lanthorn("check", flat, "--no-suspects", "--fix", tmp_path / "clean")
    assert code == 1 and "2 pictures to look at" in out
    found = library.data.find_photos(tmp_path / "clean").train
    assert list(found.class_names) == ["boat", "fish", "house", "lantern", "tree"] and found.counts()["boat"] == 7
    assert sorted(p.name for p in (tmp_path / "clean_look_at_these").rglob("*.jpg")) == ["000.jpg", "same.jpg"]

    rows = [f"{path.relative_to(flat)},{path.parent.name}" for path in sorted(flat.rglob("*.jpg"))]
    (flat / "labels.csv").write_text("\n".join(["file,label", *rows]), "utf-8")
    lanthorn("check", flat / "labels.csv", "--no-suspects", "--fix", tmp_path / "sorted")
    assert library.data.find_photos(tmp_path / "sorted").train.counts() == found.counts()


@pytest.fixture
def table(own_photos):
    """Writes a table of the training photos beside them; `row(i, class)` gives what stands behind the name."""

    def write(head, row, name="labels.csv"):
        paths = sorted((own_photos / "train").rglob("*.jpg"))
        lines = [f"{path.relative_to(own_photos)},{row(i, path.parent.name)}" for i, path in enumerate(paths)]
        (own_photos / name).write_text("\n".join([head, *lines]), "utf-8")
        return own_photos / name

    return write


def test_a_split_column_counts_or_is_asked_about(table):
    strange = table("file,label,split", lambda i, name: f"{name},{'train' if i % 4 else 'extra'}")
    with pytest.raises(FolderError, match="column 'split' .* what is 'extra'"):
        library.data.find_photos(strange)
    with pytest.raises(FolderError, match="'prueba'"):
        library.data.find_photos(table("f,label,split", lambda i, n: f"{n},{'entrenamiento' if i % 4 else 'prueba'}"))
    sets = ["train", "train", "val", "test"]
    found = library.data.find_photos(table("file,label,split", lambda i, name: f"{name},{sets[i % 4]}"))
    assert len(found.train.filenames) == 20 and "10 test photos are left for later." in found.notes
    found = library.data.find_photos(table("file,label,fold", lambda i, name: f"{name},{i % 5}"))
    assert any("'fold' is not used" in note for note in found.notes)


def test_a_set_of_a_single_class_is_no_class(own_photos, tmp_path):
    for place in ("entreno/boat", "entreno/fish", "prueba/boat"):
        shutil.copytree(own_photos / "train" / place[-4:], tmp_path / "two" / place)
    with pytest.raises(FolderError, match="look like a training and a validation set"):
        library.data.find_photos(tmp_path / "two")


def test_a_class_without_photos_is_none(lanthorn, table):
    listed = table("file,label", lambda i, name: name)
    text = listed.read_text("utf-8").replace("train/boat", "gone/boat").splitlines()
    listed.write_text("\n".join([text[0], *(row for row in text if "boat" in row or "fish" in row)]), "utf-8")
    with pytest.warns(UserWarning, match="8 of 16 photos are not there"):
        code, out, err = lanthorn("train", listed, "-o", listed.with_name("m.keras"), *TRAIN)
    assert code == 1 and "photos of one class only (fish)" in err and "accuracy" not in out


def test_photos_beside_their_table(own_photos, tmp_path):
    (tmp_path / "set" / "images").mkdir(parents=True)
    rows = ["image,label"]
    for path in (own_photos / "train").rglob("*.jpg"):
        name = f"{path.parent.name}{path.name}"
        shutil.copy(path, tmp_path / "set" / "images" / name)
        rows.append(f"{name},{path.parent.name}")
    (tmp_path / "set" / "labels.csv").write_text("\n".join(rows), "utf-8")
    found = library.data.find_photos(tmp_path / "set")
    assert found.train.counts() == dict.fromkeys(["boat", "fish", "house", "lantern", "tree"], 8)
    assert "labels.csv" in found.notes[0]


def test_advice_is_given_where_it_can_be_followed(lanthorn, tmp_path):
    uneven = pictures.folder(tmp_path / "uneven", train=30, validation=2, names=("boat", "fish"))
    for path in sorted((uneven / "train" / "boat").iterdir())[1:]:
        path.unlink()
    assert "try --class-weight balanced" in lanthorn("train", uneven, "-o", tmp_path / "m.keras", *TRAIN)[1]
    words = ["train", uneven, "-o", tmp_path / "m.keras", *TRAIN, "--class-weight", "balanced"]
    assert "boat only" in (out := lanthorn(*words)[1]) and "try --class-weight" not in out


def test_ctrl_c_is_told_in_words_of_the_command_line(lanthorn, photos, tmp_path, monkeypatch):
    batches = library.data.Dataset.epoch_batches

    def interrupted(self, epoch, *args, **kwargs):
        for i, batch in enumerate(batches(self, epoch, *args, **kwargs)):
            if epoch == 1 and i == 1 and self.shuffle:
                raise KeyboardInterrupt
            yield batch

    monkeypatch.setattr(library.data.Dataset, "epoch_batches", interrupted)
    words = ["train", photos, "-o", tmp_path / "m.keras", *TRAIN]
    words[words.index("--epochs") + 1] = "3"
    code, out, err = lanthorn(*words)
    assert code == 130 and "--resume" in err and "fit(" not in out + err and "initial_epoch" not in out + err


def test_a_photo_that_is_gone_is_left_out(lanthorn, trained, own_photos):
    (own_photos / "validation" / "boat" / "gone.jpg").symlink_to("/nowhere.jpg")
    code, out, _ = lanthorn("evaluate", trained, own_photos / "validation", "--all")
    assert code == 0 and "of 15 photos" in out


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="/proc cannot be written to by anybody")
def test_a_place_that_cannot_be_written_to_is_told_before_the_training(lanthorn, photos):
    code, out, err = lanthorn("train", photos, "-o", "/proc/m.keras", *TRAIN)
    assert code == 1 and "cannot be written to" in err and "Epoch" not in out


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_a_pipe_is_no_photo(own_photos):
    os.mkfifo(own_photos / "train" / "boat" / "pipe.jpg")
    found = library.data.find_photos(own_photos / "train").train
    assert found.counts()["boat"] == 8


def test_a_terminal_obeys_no_name(lanthorn, own_photos, tmp_path):
    for part in ("train", "validation"):
        (own_photos / part / "boat").rename(own_photos / part / "a\nb\x1b[31m")
    code, out, _ = lanthorn("train", own_photos, "-o", tmp_path / "m.keras", *TRAIN)
    assert code == 0 and "\x1b" not in out and r"a\nb\x1b[31m" in out
    for words in (["predict"], ["evaluate", "--errors"]):
        code, out, _ = lanthorn(words[0], tmp_path / "m.keras", own_photos / "validation", *words[1:])
        assert code == 0 and "\x1b" not in out and r"a\nb" in out


def test_what_is_no_number_is_told(lanthorn, photos, tmp_path, monkeypatch):
    measured = library.photos.training.measured

    def broken(model, validation):
        found = measured(model, validation)
        found.predictions[0, 0] = float("nan")
        return found

    monkeypatch.setattr(library.photos.training, "measured", broken)
    _, out, _ = lanthorn("train", photos, "-o", tmp_path / "m.keras", *TRAIN)
    assert "what is no number" in out and "lower rate" in out


def test_counts_are_those_of_what_is_trained_on(lanthorn, own_photos, tmp_path):
    (own_photos / "train" / "boat" / "bad.jpg").write_bytes(b"\xff\xd8\xff no photo")
    with pytest.warns(UserWarning, match="1 picture cannot be read"):
        _, out, _ = lanthorn("train", own_photos, "-o", tmp_path / "m.keras", *TRAIN)
    assert "Photos: 40 for training, 15 for validation." in out and "55 pictures: boat 11" in out


def test_no_word_of_python_in_errors_and_remarks(lanthorn, trained, photos):
    photo = photos / "validation" / "boat" / "000.jpg"
    code, _, err = lanthorn("predict", trained, photo, "--max-pixels", "10")
    assert code == 1 and "allow more pixels (--max-pixels" in err and "in Python" not in err and "set_max" not in err
