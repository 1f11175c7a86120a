"""Tables of file names and labels, written in every way that people write them."""

import os
import warnings

import numpy as np
import pytest
from PIL import Image

from lanthorn.data import Dataset, FolderError, Preprocessing, find_photos, folder_dataset, folder_datasets

NAMES = ("a1.jpg", "a2.JPG", "b 1.jpg", "b2.jpg", "c.jpg", "ä.png")


@pytest.fixture
def place(tmp_path):
    """A folder with six photos in images/ and one deeper; `place(text)` writes the table beside them."""
    for k, name in enumerate([*NAMES, "deep/x.jpg"]):
        path = tmp_path / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.full((9, 9, 3), 30 * k, np.uint8)).save(path)

    def write(text, name="labels.csv", encoding="utf-8"):
        (tmp_path / name).write_bytes(text.encode(encoding))
        return tmp_path / name

    return write


def rows(separator=",", header="filename,label", stem=str):
    labels = ("cat", "cat", "dog", "dog", "cat", "dog")
    lines = [header.replace(",", separator)] if header else []
    return "\n".join([*lines, *(f"{stem(n)}{separator}{label}" for n, label in zip(NAMES, labels, strict=True))])


LINES = rows().split("\n")[1:]
PAIRS = [line.split(",") for line in LINES]
WRITTEN = {
    "plain": (rows(), "utf-8"),
    "semicolons": (rows(";"), "utf-8"),
    "tabs": (rows("\t"), "utf-8"),
    "a mark of UTF-8": (rows(), "utf-8-sig"),
    "Windows": (rows().replace("\n", "\r\n"), "cp1252"),
    "UTF-16": (rows("\t"), "utf-16"),
    "no header": (rows(header=""), "utf-8"),
    "blanks, as of Caffe": (rows(" ", header=""), "utf-8"),
    "blank lines and spaces": ("\n\n" + rows(", ").replace("\n", "\n\n   \n") + "\n,\n\n", "utf-8"),
    "quotes": (rows(stem=lambda n: f'"{n}"'), "utf-8"),
    "no suffix": (rows(header="id,breed", stem=lambda n: os.path.splitext(n)[0]), "utf-8"),
    "capitals": (rows(stem=str.upper), "utf-8"),
    "with the folder": (rows(stem=lambda n: f"images/{n}"), "utf-8"),
    "from here": (rows(stem=lambda n: f"./images/{n}"), "utf-8"),
    "backslashes": (rows(stem=lambda n: f".\\images\\{n}"), "utf-8"),
    "another machine": (rows(stem=lambda n: f"C:\\Users\\me\\My Photos\\images\\{n}"), "utf-8"),
    "another machine (2)": (rows(stem=lambda n: f"/data/mine/{n}"), "utf-8"),
    "addresses": (rows(stem=lambda n: f"https://example.org/photos/images/{n}"), "utf-8"),
    "single quotes": (rows(stem=lambda n: f"'{n}'").replace(",cat", ",'cat'"), "utf-8"),
    "labels first": ("\n".join(["class,image", *(f"{label},{name}" for name, label in PAIRS)]), "utf-8"),
    "pandas' index": ("\n".join([",file,label", *(f"{k},{line}" for k, line in enumerate(LINES))]), "utf-8"),
    "more columns": ("\n".join(["file,width,label,label_id", *(
        f"{name},{640 + k},{label},{int(label == 'dog')}" for k, (name, label) in enumerate(PAIRS))]), "utf-8"),
    "one-hot, one each": ("\n".join(["image,cat,dog", *(
        f"{name},{'1.0,0.0' if label == 'cat' else '0.0,1.0'}" for name, label in PAIRS)]), "utf-8"),
    "rows twice": (rows() + "\n" + "\n".join(LINES[:2]), "utf-8"),
}  # fmt: skip


@pytest.mark.parametrize("how", WRITTEN)
def test_the_same_photos_however_they_are_written_down(place, how):
    text, encoding = WRITTEN[how]
    folder = find_photos(place(text, encoding=encoding)).train
    found = {os.path.basename(folder.path(i)): folder.class_names[folder.labels[i]] for i in range(len(folder.labels))}
    assert found == dict(zip(NAMES, ("cat", "cat", "dog", "dog", "cat", "dog"), strict=True))
    assert folder.labels.dtype == np.int32 and folder.counts() == {"cat": 3, "dog": 3} and not folder.several
    assert all(os.path.isfile(folder.path(i)) for i in range(6))


def test_a_table_trains_like_a_folder(place):
    train, validation = folder_datasets(place(rows()), 0.34, size=(8, 8))
    assert train.samples == 4 and validation.samples == 2 and train.class_names == ["cat", "dog"]
    assert next(iter(validation))[1].tolist() == [0, 1]
    other = place("file,label\nimages/c.jpg,dog", "held.csv")
    with pytest.warns(UserWarning, match="no validation photos of cat"):
        _, validation = folder_datasets(place(rows()), other, size=(8, 8))
    assert validation.labels.tolist() == [1]
    chosen = folder_dataset(place(rows()), class_names=["dog", "cat"], size=(8, 8))
    assert chosen.class_names == ["dog", "cat"] and sorted(chosen.labels) == [0, 0, 0, 1, 1, 1]


def test_absolute_paths_and_photos_outside_the_folder(place, tmp_path):
    text = rows(stem=lambda n: str(tmp_path / "images" / n))
    assert list(find_photos(place(text)).train.filenames)[0] == os.path.join("images", "a1.jpg")
    (tmp_path / "tables").mkdir()
    for stem in (str, lambda n: f"../images/{n}", lambda n: f"images/{n}", lambda n: str(tmp_path / "images" / n)):
        text = rows(stem=stem)
        path = place(text, "tables/a.csv")
        if stem is str:
            with pytest.raises(FolderError, match="none of the 6 photos that it names is there"):
                find_photos(path)
        else:
            folder = find_photos(path).train
            assert folder.counts() == {"cat": 3, "dog": 3} and os.path.isfile(folder.path(2))


SEVERAL = {
    "bars": "file,labels\na1,cat|dog\na2,cat\nb 1,dog|owl\nb2,\nc,owl",
    "semicolons": "file,labels\na1,cat;dog\na2,cat\nb 1, dog; owl\nb2,\nc,owl",
    "commas in quotes": 'file,tags\na1,"cat, dog"\na2,cat\nb 1,"dog,owl"\nb2,\nc,owl',
    "blanks": "file,label\na1,cat dog\na2,cat\nb 1,dog owl\nb2,\nc,owl",
    "lists": "file,label\na1,\"['cat', 'dog']\"\na2,['cat']\nb 1,\"['dog','owl']\"\nb2,[]\nc,['owl']",
    "columns": "file,cat,dog,owl\na1,1,1,0\na2,1,0,0\nb 1,0,1,1\nb2,0,0,0\nc,0,0,1",
    "columns of words": "file,cat,dog,owl\na1,True,True,False\na2,True,False,False\nb 1,False,True,True\n"
    "b2,False,False,False\nc,False,False,True",
    "columns of -1": "file cat dog owl".replace(" ", "\t")
    + "\na1\t1\t1\t-1\na2\t1\t-1\t-1\nb 1\t-1\t1\t1\nb2\t-1\t-1\t-1\nc\t-1\t-1\t1",
}


@pytest.mark.parametrize("how", SEVERAL)
def test_several_labels(place, how):
    folder = find_photos(place(SEVERAL[how])).train
    assert folder.class_names == ("cat", "dog", "owl") and folder.several and folder.labels.dtype == np.uint8
    assert folder.labels.tolist() == [[1, 1, 0], [1, 0, 0], [0, 1, 1], [0, 0, 0], [0, 0, 1]]
    assert folder.counts() == {"cat": 2, "dog": 2, "owl": 2} and "several to a picture" in str(folder)
    assert folder.select([0, 3]).counts() == {"cat": 1, "dog": 1, "owl": 0}
    data = Dataset(folder, Preprocessing((8, 8)), batch_size=5, shuffle=False)
    _, y = next(iter(data))
    assert data.label_mode == "multi" and y.dtype == np.float32 and y.tolist() == folder.labels.tolist()
    assert data.sample(1)[1].tolist() == [1, 0, 0]


def test_a_photo_in_several_rows_has_all_their_labels(place):
    folder = find_photos(place("file,label\na1,cat\na1,dog\na2,cat\nb 1,dog\nb 1,owl")).train
    assert folder.labels.tolist() == [[1, 1, 0], [1, 0, 0], [0, 1, 1]]


def test_several_labels_are_split_and_validated(place):
    train, validation = folder_datasets(place(SEVERAL["bars"]), 0.4, size=(8, 8))
    assert train.samples + validation.samples == 5 and validation.samples
    path = place("file,labels\nc,cat", "held.csv")
    with pytest.warns(UserWarning, match="no validation photos of dog, owl"):
        _, validation = folder_datasets(place(SEVERAL["bars"]), path, size=(8, 8))
    assert next(iter(validation))[1].tolist() == [[1, 0, 0]]
    with pytest.raises(ValueError, match="labels='multi' needs several"):
        folder_dataset(place(rows()), labels="multi")


ONE_LABEL = {
    "breeds": ("golden retriever", "german shepherd", "husky"),
    "places": ("Paris, France", "Rome, Italy", "Oslo, Norway"),
    "colours": ("red car", "blue car", "red bus"),
    "either": ("n/a", "on/off", "on"),
}


@pytest.mark.parametrize("what", ONE_LABEL)
def test_a_label_may_hold_blanks_and_commas(place, what):
    labels = [ONE_LABEL[what][k % 3] for k in range(6)]
    text = "file,label\n" + "\n".join(f'{n},"{label}"' for n, label in zip(NAMES, labels, strict=True))
    folder = find_photos(place(text)).train
    assert not folder.several and folder.class_names == tuple(sorted(ONE_LABEL[what]))


SETS = {
    "split": "file,label,split\na1,cat,train\na2,cat,Training\nb 1,dog,TRAIN\nb2,dog,val\nc,cat,valid\nä,dog,test",
    "set": "file;set;label\na1;train;cat\na2;train;cat\nb 1;train;dog\nb2;dev;dog\nc;dev;cat\nä;test;dog",
    "no header": "a1.jpg,cat,train\na2.jpg,cat,train\nb 1.jpg,dog,train\nb2.jpg,dog,val\nc.jpg,cat,val\nä.png,dog,test",
}


@pytest.mark.parametrize("how", SETS)
def test_a_column_may_say_what_is_trained_on(place, how):
    found = find_photos(place(SETS[how]))
    assert [len(some.filenames) for some in (found.train, found.validation, found.test)] == [3, 2, 1]
    assert found.test.counts() == {"cat": 0, "dog": 1} and found.measured is found.validation
    train, validation = folder_datasets(found.place, size=(8, 8))
    assert (train.samples, validation.samples) == (3, 2) and validation.class_names == ["cat", "dog"]
    with pytest.raises(FolderError, match="holds a training and a validation set"):
        folder_dataset(found.place)


def test_a_flag_for_validation(place):
    found = find_photos(place("file,label,is_valid\na1,cat,False\na2,dog,False\nb 1,cat,True\nb2,dog,True"))
    assert (len(found.train.filenames), len(found.validation.filenames)) == (2, 2)


def test_numbers_are_classes_where_they_are_few(place):
    found = find_photos(place("file,grade\na1,0\na2,10\nb 1,2.0\nb2,10\nc,0\nä,2")).train
    assert found.class_names == ("0", "2", "10") and found.labels.tolist() == [0, 2, 1, 2, 0, 1]
    assert any("'grade' (0, 2, 10) are taken for 3 classes" in note for note in found.notes)
    with pytest.raises(FolderError, match="'age' holds 3 different numbers, from 0.5 to 7.25: a quantity"):
        find_photos(place("file,age\na1,0.5\na2,7.25\nb 1,3"))


def test_missing_photos_are_counted_and_named(place):
    more = "\n".join(f"gone{k}.jpg,cat" for k in range(7))
    with pytest.warns(
        UserWarning, match=r"7 of 13 photos are not there and were left out: gone0.jpg, .*gone4.jpg and 2"
    ):
        found = find_photos(place(rows() + "\n" + more)).train
    assert len(found.filenames) == 6
    with pytest.raises(FolderError, match=r"none of the 7 photos .* \(gone0.jpg.*put the table beside the photos"):
        find_photos(place("file,label\n" + more))


def test_what_is_left_out_is_told(place):
    with pytest.warns(UserWarning, match="1 of 6 rows has no label"):
        assert len(find_photos(place(rows().replace("c.jpg,cat", "c.jpg,"))).train.labels) == 5
    twice = "file,label\n" + "\n".join(f"images/deep/../{n},{'cat' if k < 3 else 'dog'}" for k, n in enumerate(NAMES))
    with pytest.warns(UserWarning, match=r"1 photo has two labels .* left out: images/a1.jpg \(cat, dog\)"):
        assert find_photos(place(twice + "\na1,dog")).train.counts() == {"cat": 2, "dog": 3}


def test_the_folder_called_like_the_table_goes_first_and_test_last(place, tmp_path):
    for folder in ("test", "train", "xtra"):
        (tmp_path / folder).mkdir()
        Image.new("RGB", (8, 8)).save(tmp_path / folder / "7.png")
        Image.new("RGB", (8, 8)).save(tmp_path / folder / "8.png")
    for table, folder in (("train.csv", "train"), ("test.csv", "test"), ("labels.csv", "train")):
        names = list(find_photos(place("id,label\n7,cat\n8,dog", table)).train.filenames)
        assert names == [os.path.join(folder, "7.png"), os.path.join(folder, "8.png")]


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "is empty"),
        ("file,label\n", "one column|a header and no rows"),
        ("a1.jpg\na2.jpg", "one column only"),
        ("file,label\na1,cat\na2,cat", "one class only"),
        ("file,label\na1,x\na2,y\nb 1,z\nb2,w", "each photo has a label of its own"),
        ("file,colour,shape\na1,red,round\na2,blue,flat\nc,red,flat", "which of its columns holds the labels"),
        ("file,species,breed\na1,cat,a\na2,cat,b\nc,dog,c\nb2,dog,c", "may all be the labels"),
        ("file,label\na1,cat,,x\na2,dog\nc,dog", "row 2 has 4 cells, others have 2"),
        ("file,label,split\na1,cat,train\na2,dog,train\na1,cat,val", "is named for train and for validation"),
        ("file,label\na1,\0cat", "is no text"),
    ],
)
def test_tables_that_cannot_be_used(place, text, match):
    with warnings.catch_warnings(), pytest.raises(FolderError, match=match):
        find_photos(place(text)).train  # noqa: B018
