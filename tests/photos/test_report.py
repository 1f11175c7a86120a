"""`lanthorn.report`: one page that names every mistake, whatever photos and classes are called."""

import importlib
import re
import shutil

import numpy as np
import pytest
from PIL import Image

import lanthorn
from lanthorn.data.words import counted
from lanthorn.datasets import pictures as draw_pictures
from lanthorn.photos import Evaluation, Predictions
from lanthorn.photos.reporting import markup, matrix, thumbnails
from lanthorn.photos.reporting.measured import Measured

from .conftest import QUICK
from .pages import Page

# Arabic, Japanese, an emoji of three people, and names that would do harm where they were taken for markup.
NAMES = ["<img src=x onerror=alert(1)>", '"><script>alert(2)', "زهرة اللوتس", "日本の蟹", "👨\u200d👩\u200d👧 & co"]


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """A folder of photos with such names, a model trained on it, its page taken apart, and what `report` gave."""
    folder = draw_pictures.folder(tmp_path_factory.mktemp("report") / "photos", train=8, validation=3)
    for part in ("train", "validation"):
        for old, new in zip(sorted((folder / part).iterdir()), NAMES, strict=True):
            old.rename(folder / part / new)
    held = folder / "validation" / NAMES[0]
    (held / "000.jpg").rename(held / "<b onclick=alert(3)>صورة 1.jpg")
    (held / "broken.jpg").write_bytes(b"\xff\xd8\xff no photo")
    shutil.copy(next((folder / "train" / NAMES[2]).iterdir()), folder / "validation" / NAMES[2] / "leak.jpg")
    model = folder.parent / "model.keras"
    with pytest.warns(match="skipped"):
        lanthorn.train(folder, model, **QUICK)
    result = lanthorn.report(model, folder, folder.parent / "report.html", verbose=0)
    return folder, model, Page(result.path.read_text("utf-8")), result


def test_every_mistake_is_named_with_a_picture_and_a_map(hostile):
    folder, _, page, result = hostile
    errors = result.evaluation.errors
    assert len(errors) > 3, "the test needs mistakes"
    shown = page.section("wrong")
    for each in errors:
        name = each.photo.removeprefix(f"{folder / 'validation'}/")
        assert name in shown and f"{each.truth}, taken for {each.answer}" in shown
    cards = [a for t, a, path in page.elements if t == "img" and "figure" in path and a["alt"].startswith("where the")]
    assert len(cards) == result.maps == len(errors) + len(result.evaluation.doubtful())
    pictures = [a["src"] for a in page.all("img")]
    assert len(set(pictures)) > 0.8 * len(pictures), "each photo is embedded once"


def test_nothing_on_the_page_runs_or_loads(hostile):
    *_, page, result = hostile
    assert not page.all("script") and not page.all("link") and not page.all("iframe")
    for tag, attributes, _ in page.elements:
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        assert attributes.get("src", "data:image/").startswith("data:image/"), (tag, attributes)
        assert attributes.get("href", "#").startswith("#"), (tag, attributes)
    assert not re.search(r"url\(|@import", page.text)
    policy = page.all("meta")[2]["content"]
    assert "default-src 'none'" in policy and "script" not in policy
    assert result.path.stat().st_size < 2_000_000


def test_names_of_every_script_arrive_whole(hostile):
    _, _, page, _ = hostile
    words = [words for words, _, _ in page.words]
    for name in NAMES:
        assert name in words, f"{name} is not shown, or not by itself"
    assert {a.get("dir") for a in page.all("bdi")} == {"auto", "ltr"}


def test_links_lead_somewhere_and_the_outline_is_in_order(hostile):
    *_, page, _ = hostile
    assert len(page.ids) == len(set(page.ids))
    links = [a["href"][1:] for a in page.all("a")]
    assert len(links) > 20 and set(links) <= set(page.ids)
    levels = [int(t[1]) for t, _, _ in page.elements if re.fullmatch(r"h[1-6]", t)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b - a <= 1 for a, b in zip(levels, levels[1:]))
    assert all(a.get("alt") for a in page.all("img"))
    assert all(a.get("scope") in ("row", "col") for a in page.all("th"))
    assert {t for t, _, _ in page.elements} >= {"header", "nav", "main", "footer", "caption"}
    assert page.elements[0][1]["lang"] == "en"


def test_cells_of_the_matrix_lead_to_their_photos(hostile):
    *_, page, result = hostile
    evaluation, best = result.evaluation, result.evaluation.predictions.table.argmax(1)
    cells = [
        a for a in page.all("a") if " taken for " in a.get("aria-label", "") or "named right" in a.get("aria-label", "")
    ]
    assert len(cells) == np.count_nonzero(evaluation.confusion)
    wrong = [a for a in cells if "taken for" in a["aria-label"]]
    assert wrong
    for cell in wrong:
        number = int(re.fullmatch(r"#photo-(\d+)", cell["href"]).group(1))
        truth, answer = evaluation.class_names[evaluation.labels[number]], evaluation.class_names[best[number]]
        n = evaluation.confusion[evaluation.labels[number], best[number]]
        assert cell["aria-label"] == f"{counted(int(n), 'photo')} of {truth} taken for {answer}"


def test_the_numbers_are_those_of_evaluate(hostile):
    folder, model, page, result = hostile
    with pytest.warns(match="skipped"):
        wanted = lanthorn.evaluate(model, folder, verbose=0)
    head = "".join(words for words, section, _ in page.words if not section)
    low, high = wanted.interval
    for share in (wanted.accuracy, wanted.balanced_accuracy, low, high):
        assert markup.percent(share) in head
    table = page.section("classes")
    for each in wanted.classes:
        shares = f"{markup.percent(each.recall)}{markup.percent(each.precision)}".replace("\N{NO-BREAK SPACE}", " ")
        assert f"{each.name}{each.photos}{each.right}{shares}" in table
    found = lanthorn.vision.calibration(wanted.labels, wanted.predictions.table)
    assert f"{found.ece:.3f}" in page.section("calibration")


def test_what_is_wrong_with_the_photos_is_told(hostile):
    *_, page, result = hostile
    assert "broken.jpg" in page.section("unreadable") and "leak.jpg" in page.section("check")
    labels, best = result.evaluation.labels, result.evaluation.predictions.table.argmax(1)
    clean = [i for i, photo in enumerate(result.evaluation.predictions.photos) if not photo.endswith("leak.jpg")]
    right = int((labels[clean] == best[clean]).sum())
    head = "".join(words for words, section, _ in page.words if not section)
    assert f"named right ({right} of {len(clean)})" in head


def test_how_the_model_came_about_is_told(hostile):
    folder, model, page, _ = hostile
    told = page.section("settings")
    metadata = lanthorn.load_model(model).metadata
    assert metadata["command"] in told and f"lanthorn {lanthorn.__version__}" in told
    assert f"lanthorn report {model}" in told and metadata["versions"]["python"] in told
    assert "image_size 32" in told and "wick" not in told.lower()
    assert len([a for a in page.all("svg") if "lanthorn-plot" in a["class"]]) == 3  # loss, accuracy, calibration
    views = [a["alt"] for a in page.all("img") if re.search(r", (view \d|as it is)$", a["alt"])]
    assert len(views) == 12 and len({a["src"] for a in page.all("img") if a["alt"] in views}) == 12


def test_the_same_again_is_the_same_page(hostile, tmp_path):
    folder, model, _, result = hostile
    other = lanthorn.report(model, folder, result.path.with_name("again.html"), verbose=0)
    assert other.path.read_text("utf-8").replace("again.html", "report.html") == result.path.read_text("utf-8")


def test_a_model_that_tells_little_gets_a_shorter_page(trained, photos, tmp_path):
    model = lanthorn.models.clone_model(trained.model)
    model.set_weights(trained.model.get_weights())
    model.class_names, model.preprocessing = trained.model.class_names, trained.model.preprocessing
    model.metadata = None
    result = lanthorn.report(model, photos, tmp_path / "r.html", check=False, maps=0, verbose=0)
    page = Page(result.path.read_text("utf-8"))
    sections = {a["aria-labelledby"] for a in page.all("section")}
    assert sections >= {"wrong", "matrix", "classes", "calibration", "settings"}
    assert not sections & {"curves", "replay", "check", "unreadable"}
    assert result.maps == 0 and result.check is None and "None" not in page.section("settings")


def test_photos_that_the_training_held_back_are_found_again(own_photos, tmp_path):
    photos = own_photos
    (photos / "train" / "boat" / "bad.jpg").write_bytes(b"\xff\xd8\xff no photo")
    with pytest.warns(match=r"bad\.jpg"):
        trained = lanthorn.train(photos / "train", tmp_path / "m.keras", **QUICK, validation=0.3, seed=3)
    options = {"output": tmp_path / "r.html", "check": False, "maps": 0, "verbose": 0}
    result = lanthorn.report(tmp_path / "m.keras", photos / "train", **options)
    wanted = [str(photos / "train" / name) for name in trained.validation.filenames]
    assert sorted(result.evaluation.predictions.photos) == sorted(wanted) and "held back" in result.note
    assert result.evaluation.accuracy == pytest.approx(trained.accuracy)
    assert list(result.skipped) == [str(photos / "train" / "boat" / "bad.jpg")]
    assert "bad.jpg" in Page(result.path.read_text("utf-8")).section("unreadable")
    other = shutil.copytree(photos / "validation", tmp_path / "others")
    result = lanthorn.report(tmp_path / "m.keras", other, tmp_path / "r2.html", check=False, maps=0, verbose=0)
    assert len(result.evaluation) == 15 and "all photos" in result.note


def test_a_model_on_numpy_gets_its_maps_and_stays_there(trained, photos, tmp_path):
    model = lanthorn.models.clone_model(trained.model)
    model.set_weights(trained.model.get_weights())
    model.class_names, model.preprocessing = trained.model.class_names, trained.model.preprocessing
    model.to("numpy")
    assert lanthorn.report(model, photos, tmp_path / "r.html", check=False, maps=2, verbose=0).maps == 2
    assert model.engine.name == "numpy"


def test_without_an_engine_the_page_says_why_there_are_no_maps(trained, photos, tmp_path, monkeypatch):
    trained.model.save(tmp_path / "m.keras")
    for module in ("lanthorn.photos.reporting.maps", "lanthorn.photos.loading"):
        monkeypatch.setattr(importlib.import_module(module).engines, "default_name", lambda: "numpy")
    result = lanthorn.report(tmp_path / "m.keras", photos, tmp_path / "r.html", check=False, verbose=0)
    assert result.maps == 0 and "pip install 'lanthorn[torch]'" in Page(result.path.read_text("utf-8")).section("wrong")


@pytest.mark.parametrize("classes", [30, 31, 120])
def test_many_classes_become_a_map_and_a_list_of_pairs(classes):
    names = [f"class number {i}" for i in range(classes)]
    labels = np.arange(2 * classes) % classes
    table = np.eye(classes)[labels] * 0.8
    table[3] = np.eye(classes)[7] * 0.9  # two mistakes of one kind, one of another
    table[classes + 3], table[5] = table[3], np.eye(classes)[6]
    evaluation = Evaluation(Predictions(table, [f"{i}.jpg" for i in range(len(labels))], names), labels, names)
    best = table.argmax(1)
    wrong, right = np.flatnonzero(best != labels).tolist(), np.flatnonzero(best == labels).tolist()
    page = Page(matrix.matrix(Measured(evaluation, "", wrong, [], right)))
    links = [a["href"] for a in page.all("a")]
    assert "#photo-3" in links and "#photo-5" in links
    if classes <= 30:
        assert len(page.all("td")) == classes**2 and not page.all("svg")
        return
    items = "".join(words for words, _, _ in page.words).partition("Most often taken for others")[2]
    assert items.index("class number 3 taken for class number 7: 2 of 2") < items.index("class number 5 taken for")
    assert len(page.all("rect")) == 1 + np.count_nonzero(evaluation.confusion) and not page.all("td")


def test_thumbnails_stay_in_their_room(tmp_path, rng):
    files = [tmp_path / f"{i}.jpg" for i in range(40)]
    for file in files:
        Image.fromarray(rng.integers(0, 255, (200, 260, 3), "uint8")).save(file, quality=90)
    for room, all_of_them in ((1_000_000, True), (150_000, True), (20_000, False)):
        made = thumbnails.thumbnails(files, room)
        assert sum(len(each.data) for each in made.values()) <= room
        assert (len(made) == 40) == all_of_them and made
    assert max(made[next(iter(made))][1:]) == thumbnails.LADDER[-1][0]


@pytest.mark.slow
def test_a_thousand_photos_stay_under_ten_megabytes(trained, tmp_path, rng):
    """Noise is the hardest to compress; photos take a third of it."""
    for name in trained.class_names:
        (tmp_path / "photos" / name).mkdir(parents=True)
        for i in range(200):
            Image.fromarray(rng.integers(0, 255, (240, 320, 3), "uint8")).save(
                tmp_path / "photos" / name / f"{i}.jpg", quality=50
            )
    result = lanthorn.report(trained.model, tmp_path / "photos", tmp_path / "r.html", check=False, verbose=0)
    assert 2_000_000 < result.path.stat().st_size < 10_000_000
    page = Page(result.path.read_text("utf-8"))
    assert len(result.evaluation) == 1000 and len(page.all("img")) > 300
    shown = page.section("wrong")
    missing = [each.photo for each in result.evaluation.errors if "/".join(each.photo.split("/")[-2:]) not in shown]
    assert len(result.evaluation.errors) > 300 and not missing


def test_what_is_no_page_is_refused(trained, photos, tmp_path):
    (tmp_path / "model.keras").write_bytes(b"precious")
    with pytest.raises(ValueError, match=r"ends in \.html, got .*model\.keras"):
        lanthorn.report(trained.model, photos, tmp_path / "model.keras")
    with pytest.raises(IsADirectoryError, match="report.html"):
        lanthorn.report(trained.model, photos, tmp_path)
    assert (tmp_path / "model.keras").read_bytes() == b"precious"
