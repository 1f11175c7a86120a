"""The report: a screen, a dict, an exit code, a page; and the cleaned copy."""

import csv
import html.parser
import json
import shutil

import pytest
from PIL import Image

from lanthorn.data import CheckReport, FolderError, PictureError, check_photos, scan_folder
from lanthorn.data.checking.twins import Duplicate, Twin
from lanthorn.data.checking.wording import width

NAMES = ("القط", "日本語の猫", "🦊 Füchse", "<img src=x onerror=alert(1)>", "x" * 120)


def trouble(n=40, classes=60):
    """A report of everything at once."""
    names = [f"{NAMES[k % 5]} {k}/{'very_long_name_' * 9}{k}.jpg" for k in range(n)]
    return CheckReport(
        123_456,
        broken=dict.fromkeys(names, "is truncated (image file is truncated (46 bytes not processed))"),
        odd={f"have oddity {k} (read all the same)": names for k in range(8)},
        stray=[f"{name}.txt" for name in names] + names,
        duplicates=[Duplicate(a, a, "near", False) for a in names],
        counts={f"{NAMES[k % 5]} {k}": k for k in range(classes)},
        compared=True,
        misnamed={"PNG named .jpg": names, "JPEG named .png": names},
        poor={f"look poor in way {k}": names for k in range(6)},
        two_labels=[Twin(a, a, "mirrored", ("a", "b")) for a in names],
        copies=[Twin(a, a + "2", "same file", ("a", "a")) for a in names],
        few={f"{NAMES[k % 5]} {k}": k for k in range(10)},
        spellings=[(NAMES[4], NAMES[4].upper(), NAMES[1])] * 9,
    )


@pytest.mark.parametrize("n, classes", [(40, 60), (1, 2), (3, 1000)])
def test_a_summary_fits_a_screen(n, classes):
    lines = str(trouble(n, classes)).splitlines()
    assert len(lines) <= 24 and max(map(width, lines)) <= 79
    assert "under two labels" in lines[1] and "nothing is broken" not in "\n".join(lines)


def test_one_is_one(photos, cut):
    cut(photos / "cat" / "3.jpg")
    shutil.copy(photos / "cat" / "0.jpg", photos / "again.jpg")
    report = check_photos(scan_folder(photos))
    text = str(report)
    for said in (
        "1 picture cannot be read and is left out",
        "1 other file was ignored: notes.txt",
        "1 picture lies beside the class folders, in no class",
    ):
        assert said in text
    assert "1 pictures" not in text and "nothing is broken" not in text
    assert report.loose == [str(photos / "again.jpg")]


def test_what_was_left_out_before_is_not_forgotten(photos):
    report = check_photos(scan_folder(photos), broken=[PictureError("gone.jpg", "is empty (0 bytes)")])
    assert report.pictures == 13 and report.severity == 1 and "gone.jpg: is empty" in str(report)


def test_ignored_files_are_counted_once(photos):
    folder = scan_folder(photos)
    report = check_photos(folder.select([0, 1, 7, 8]), folder.select([2, 9]))
    assert report.stray == [str(photos / "notes.txt")] and "1 other file" in str(report)


@pytest.mark.parametrize(
    "change, severity",
    [
        ({}, 0),
        ({"poor": {"look blurred": ["a"]}}, 0),
        ({"copies": [Twin("a", "b", "near", ("x", "x"))]}, 0),
        ({"few": {"a": 3}}, 0),
        ({"broken": {"a": "is empty"}}, 1),
        ({"duplicates": [Duplicate("a", "b", "near", True)]}, 1),
        ({"two_labels": [Twin("a", "b", "near", ("x", "y"))]}, 1),
        ({"spellings": [("a", "A")]}, 1),
        ({"counts": {"a": 20, "b": 1}}, 1),
    ],
)
def test_severity(change, severity):
    report = CheckReport(40, **{"counts": {"a": 20, "b": 20}} | change)
    assert report.severity == severity and report.ok == (severity == 0)


def test_dicts_are_json():
    report = trouble()
    whole, short = json.loads(json.dumps(report.to_dict())), json.loads(json.dumps(report.summary()))
    assert len(whole["unreadable"]) == 40 and whole["in_both_sets"][0]["same_class"] is False
    assert short["unreadable"] == 40 and short["suspicious_labels"] is None and "jpg" not in str(short["two_labels"])


class Reader(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.open, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "img", "br", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_page_needs_nothing_and_runs_nothing(photos, tmp_path):
    hostile = "<img src=x onerror=alert(1)>\"'&.jpg"
    try:
        shutil.copy(photos / "cat" / "0.jpg", photos / "dog" / hostile)
    except OSError:
        pytest.skip("this file system takes no such names")
    (photos / "القط").mkdir()
    for k in range(2):
        shutil.copy(photos / "dog" / f"{k}.jpg", photos / "القط" / f"日本🦊{k}.jpg")
    report = check_photos(scan_folder(photos))
    report.page(tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    reader = Reader()
    reader.feed(text)
    assert reader.open == [] and hostile in reader.text and "日本🦊0.jpg" in reader.text and "القط" in reader.text
    images = [attrs for tag, attrs in reader.tags if tag == "img"]
    assert len(images) >= 6 and all(image["src"].startswith("data:image/jpeg;base64,") for image in images)
    assert all(image.get("alt") for image in images) and not any("onerror" in attrs for _, attrs in reader.tags)
    assert {tag for tag, _ in reader.tags}.isdisjoint({"script", "link", "iframe"}) and "://" not in text
    ids = [attrs["id"] for _, attrs in reader.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [attrs["href"] for tag, attrs in reader.tags if tag == "a"]
    assert links and all(link[0] == "#" and link[1:] in ids for link in links)


def test_a_page_of_much_trouble_stays_small(tmp_path, monkeypatch, photos):
    from lanthorn.data.checking import page

    report = check_photos(scan_folder(photos))
    names = [report.sets[0].path(k % 12) for k in range(1000)]
    report.two_labels = [Twin(a, b, "near", ("cat", "dog")) for a, b in zip(names, names[1:], strict=False)]
    monkeypatch.setattr(page, "MOST_BYTES", 20_000)
    text = page.page(report)
    assert text.count("<img") < 40 and len(text) < 120_000 and "(not shown)" in text and "… and 939 more" in text


@pytest.fixture
def split(photos, tmp_path, cut):
    """train/ and validation/ with one of each trouble."""
    root = tmp_path / "set"
    shutil.copytree(photos, root / "train")
    for name in ("cat", "dog"):
        (root / "validation" / name).mkdir(parents=True)
    cut(root / "train" / "cat" / "6.jpg")
    shutil.copy(root / "train" / "cat" / "0.jpg", root / "train" / "cat" / "copy.jpg")  # left out
    shutil.copy(root / "train" / "cat" / "1.jpg", root / "train" / "dog" / "cat1.jpg")  # both to be looked at
    shutil.copy(root / "train" / "dog" / "0.jpg", root / "validation" / "dog" / "leak.jpg")  # training copy left out
    with Image.open(root / "train" / "dog" / "2.jpg") as image:
        image.resize((70, 60)).save(root / "validation" / "dog" / "near.jpg")  # training copy to be looked at
    for k in range(3):
        shutil.copy(root / "train" / "cat" / f"{k + 2}.jpg", root / "validation" / "cat" / f"{k}.jpg")
        with Image.open(root / "validation" / "cat" / f"{k}.jpg") as image:
            image.transpose(Image.Transpose.ROTATE_90).save(root / "validation" / "cat" / f"{k}.jpg")
    return root


def listing(root):
    return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())


def test_a_cleaned_copy(split, tmp_path):
    before = listing(split)
    report = check_photos(scan_folder(split / "train"), scan_folder(split / "validation"))
    done = report.fix(tmp_path / "clean")
    assert listing(split) == before
    copied = listing(tmp_path / "clean")
    assert [name for name in copied if name.startswith("_look")] == [
        "_look_at_these/cat/1.jpg",
        "_look_at_these/dog/2.jpg",
        "_look_at_these/dog/cat1.jpg",
    ]
    gone = {"train/cat/6.jpg", "train/cat/copy.jpg", "train/dog/0.jpg"}
    assert gone <= set(before) and gone.isdisjoint(copied) and "validation/dog/leak.jpg" in copied
    assert done == {"copied": len(copied) - 4, "left_out": 3, "to_look_at": 3}
    with open(tmp_path / "clean" / "moves.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 6 and all(row["reason"] and row["class"] for row in rows if row["path"] != "train/cat/6.jpg")
    again = check_photos(scan_folder(tmp_path / "clean" / "train"), scan_folder(tmp_path / "clean" / "validation"))
    assert again.ok and not again.copies


def test_a_list_of_moves(split, tmp_path):
    report = check_photos(scan_folder(split / "train"), scan_folder(split / "validation"))
    assert report.fix(tmp_path / "moves.csv") == {"copied": 0, "left_out": 3, "to_look_at": 3}
    text = (tmp_path / "moves.csv").read_text("utf-8")
    assert "train/cat/copy.jpg,leave out,same file as train/cat/0.jpg,cat" in text.replace("\\", "/")
    with pytest.raises(FolderError, match="exists already"):
        report.fix(tmp_path / "moves.csv")


@pytest.mark.parametrize("target", ["set/train/clean", "set/train", ".", "full"])
def test_no_copy_into_the_photos_or_onto_something(split, tmp_path, target):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "something").write_text("")
    report, before = check_photos(scan_folder(split / "train")), listing(tmp_path)
    with pytest.raises(FolderError, match=r"photos or around them|holds something"):
        report.fix(tmp_path / target)
    assert listing(tmp_path) == before
